//! The alphabet of text messages (GSM 03.38): what fits into one message, and what is done so that all does.
//!
//! One character outside this alphabet turns a whole message into another encoding with 70 characters
//! instead of 160, and doubles its price.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Septets in one unsegmented text message.
pub(crate) const ONE_MESSAGE: usize = 160;

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// These take an escape, so two septets.
const EXTENDED: &str = "^{}\\[~]|€";

/// How many septets `text` takes, or `None` where it holds a character outside the alphabet.
pub(crate) fn septets(text: &str) -> Option<usize> {
    text.chars().map(cost).sum()
}

fn cost(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// `text` in the alphabet: typographic signs become plain ones, letters outside it lose their accents
/// (`Zoë` becomes `Zoe`, `Siân` becomes `Sian`, `Hywel Ŵyn` becomes `Hywel Wyn`), line breaks become spaces,
/// and what is left becomes `?`.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{2032}' | '`' | '\u{00B4}' | '\u{02BC}' => {
                folded.push('\'');
            }
            '\u{201C}' | '\u{201D}' | '\u{201E}' | '«' | '»' => folded.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            '\u{2026}' => folded.push_str("..."),
            'œ' => folded.push_str("oe"),
            'Œ' => folded.push_str("OE"),
            'ł' => folded.push('l'),
            'Ł' => folded.push('L'),
            'đ' | 'ð' => folded.push('d'),
            'Đ' | 'Ð' => folded.push('D'),
            'þ' => folded.push_str("th"),
            'Þ' => folded.push_str("Th"),
            'ı' => folded.push('i'),
            c if c.is_whitespace() || c.is_control() => folded.push(' '),
            c if cost(c).is_some() => folded.push(c),
            c => {
                let plain: String = std::iter::once(c)
                    .nfkd()
                    .filter(|part| !is_combining_mark(*part) && cost(*part).is_some())
                    .collect();
                folded.push_str(if plain.is_empty() { "?" } else { &plain });
            }
        }
    }
    folded
}

/// The first characters of `text` (already in the alphabet) within `septets`, with three dots where it was cut.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if septets(text).is_some_and(|length| length <= most) {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(3);
    let mut kept = String::new();
    for c in text.chars() {
        let Some(left) = room.checked_sub(cost(c).unwrap_or(2)) else {
            break;
        };
        room = left;
        kept.push(c);
    }
    format!("{}...", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_keep_what_the_alphabet_has_and_lose_what_it_has_not() {
        for (from, to) in [
            ("O\u{2019}Brien", "O'Brien"),
            ("Zoë", "Zoe"),
            ("Siân Ŵyn", "Sian Wyn"),
            ("Åse Müller", "Åse Müller"),
            ("Łukasz", "Lukasz"),
            ("St Mary\u{2019}s \u{2013} North", "St Mary's - North"),
            ("愛", "?"),
            ("a\nb", "a b"),
        ] {
            assert_eq!(fold(from), to);
        }
    }

    #[test]
    fn brackets_and_the_euro_sign_count_twice() {
        assert_eq!(septets("abc"), Some(3));
        assert_eq!(septets("[€]"), Some(6));
        assert_eq!(septets("ë"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_folded_is_in_the_alphabet(text in "\\PC{0,80}") {
            prop_assert!(septets(&fold(&text)).is_some());
        }

        #[test]
        fn whatever_is_shortened_fits(text in "\\PC{0,80}", most in 3_usize..60) {
            prop_assert!(septets(&shorten(&fold(&text), most)).unwrap() <= most);
        }
    }
}

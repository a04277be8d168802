//! What people's keyboards, spreadsheets and e-mail programs do to text, undone.

/// The zeros of the Unicode decimal digits in use; each is followed by its one to nine.
const ZEROS: [u32; 38] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
    0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x1D7F6,
];

/// The ASCII digit that a decimal digit of any script stands for.
pub(crate) fn digit(c: char) -> Option<char> {
    let point = u32::from(c);
    ZEROS
        .iter()
        .find_map(|zero| point.checked_sub(*zero).filter(|value| *value <= 9))
        .and_then(|value| char::from_digit(value, 10))
}

/// Hyphens, dashes and minus signs of every length.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Apostrophes, and the quotation marks and accents that are typed in their place.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '\u{b4}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201b}'
            | '\u{2bb}'
            | '\u{2bc}'
            | '\u{2b9}'
            | '\u{2c8}'
            | '\u{2032}'
            | '\u{ff07}'
    )
}

/// Characters without a shape that come along when text is copied: joiners, direction marks, byte order marks.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What may surround or separate the characters of something copied from a message.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Without what was copied along in front and behind.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The digits of a text in which only digits count; `None` when something else than blanks and dashes is there.
pub(crate) fn digits_only(text: &str) -> Option<String> {
    text.chars().filter(|c| !is_blank(*c) && !is_dash(*c)).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_many_scripts_are_digits() {
        for (written, meant) in
            [('7', '7'), ('７', '7'), ('٧', '7'), ('۷', '7'), ('७', '7'), ('৭', '7'), ('𝟽', '7')]
        {
            assert_eq!(digit(written), Some(meant), "{written}");
        }
        for not_one in ['a', 'Ⅶ', '⑦', '七', '½', '²', '/', ':'] {
            assert_eq!(digit(not_one), None, "{not_one}");
        }
    }

    #[test]
    fn every_table_entry_is_a_zero_that_unicode_knows() {
        for zero in ZEROS {
            let c = char::from_u32(zero).unwrap();
            assert!(c.is_numeric(), "{zero:x}");
        }
    }
}

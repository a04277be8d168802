//! The default alphabet of GSM (3GPP TS 23.038), one octet for each of its signs.

/// The signs 0 to 127. The escape (27) stands as U+00A0, which is no sign of the alphabet.
const ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{a0}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
    abcdefghijklmnopqrstuvwxyzäöñüà";
const ESCAPE: u8 = 27;
/// Signs that take an escape before them.
const EXTENDED: [(char, u8); 10] = [
    ('\u{c}', 10),
    ('^', 20),
    ('{', 40),
    ('}', 41),
    ('\\', 47),
    ('[', 60),
    ('~', 61),
    (']', 62),
    ('|', 64),
    ('€', 101),
];

/// The text in the alphabet, unpacked; none where it has a sign that the alphabet has not.
pub(crate) fn encode(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    for sign in text.chars() {
        if let Some((_, octet)) = EXTENDED.iter().find(|(extended, _)| *extended == sign) {
            octets.extend([ESCAPE, *octet]);
        } else {
            let at = ALPHABET.chars().position(|known| known == sign)?;
            octets.push(u8::try_from(at).ok().filter(|octet| *octet != ESCAPE)?);
        }
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_128_signs_in_their_places() {
        assert_eq!(ALPHABET.chars().count(), 128);
        for (sign, octet) in
            [('@', 0), ('£', 1), ('\n', 10), (' ', 32), ('0', 48), ('A', 65), ('a', 97), ('à', 127), ('é', 5)]
        {
            assert_eq!(encode(&sign.to_string()), Some(vec![octet]), "{sign}");
        }
    }

    #[test]
    fn letters_and_digits_are_those_of_ascii() {
        let ascii = "012345 is your Northfield Staff ID security code. @";
        let octets = encode(ascii).unwrap();
        assert_eq!(octets.get(..50), ascii.as_bytes().get(..50));
    }

    #[test]
    fn brackets_and_the_euro_cost_two_and_other_letters_are_not_there() {
        assert_eq!(encode("[€"), Some(vec![27, 60, 27, 101]));
        for foreign in ["ł", "ë", "č", "漢", "\u{a0}", "😀"] {
            assert_eq!(encode(foreign), None, "{foreign}");
        }
    }
}

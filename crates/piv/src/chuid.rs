//! The Card Holder Unique Identifier, which names the card (part 1, section 3.1.2).

use crate::tlv;

/// The number of a card: 16 bytes that never change. It is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Of 32 hexadecimal digits; hyphens don't count.
    pub fn from_digits(digits: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = digits
            .chars()
            .filter(|sign| *sign != '-')
            .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let digits: [u8; 32] = digits?.try_into().ok()?;
        let (pairs, _) = digits.as_chunks::<2>();
        let mut guid = [0; 16];
        guid.iter_mut().zip(pairs).for_each(|(byte, [high, low])| *byte = (high << 4) | low);
        Some(Self(guid))
    }
}

impl std::fmt::Display for Guid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What we read of a CHUID, and write for a card of our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chuid {
    /// The card's number.
    pub guid: Guid,
    /// The day from which the card is no longer good: eight digits, YYYYMMDD.
    pub expires: [u8; 8],
}

/// A FASC-N of an organisation that is not an agency of the United States: all nines (SP 800-73-4, part 1, section 3.1.2).
const NO_AGENCY: [u8; 25] = [
    0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE, 0x73, 0x9D, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42,
    0x10, 0x84, 0x21, 0xC8, 0x42, 0x10, 0xC3, 0xEB,
];

impl Chuid {
    /// Reads the content of the object; none where it is not one.
    pub fn read(content: &[u8]) -> Option<Self> {
        let guid = tlv::find(content, 0x34).ok()??.try_into().ok()?;
        let expires = tlv::find(content, 0x35).ok()??.try_into().ok()?;
        Some(Self { guid: Guid(guid), expires })
    }

    /// The content of the object, without a signature.
    pub fn content(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(64);
        tlv::write(&mut content, 0x30, &NO_AGENCY);
        tlv::write(&mut content, 0x34, &self.guid.0);
        tlv::write(&mut content, 0x35, &self.expires);
        tlv::write(&mut content, 0x3E, &[]);
        tlv::write(&mut content, 0xFE, &[]);
        content
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_card_is_named_by_its_chuid(guid in any::<[u8; 16]>(), expires in any::<[u8; 8]>()) {
            let chuid = Chuid { guid: Guid(guid), expires };
            prop_assert_eq!(Chuid::read(&chuid.content()), Some(chuid));
            prop_assert_eq!(Guid::from_digits(&Guid(guid).to_string()), Some(Guid(guid)));
        }

        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..100), digits in ".{0,40}") {
            let _ = Chuid::read(&bytes);
            let _ = Guid::from_digits(&digits);
        }
    }

    #[test]
    fn a_guid_of_another_length_is_none() {
        assert_eq!(Guid::from_digits("00"), None);
        assert_eq!(Guid::from_digits("0123456789abcdef0123456789abcdeg"), None);
        assert!(Guid::from_digits("01234567-89ab-cdef-0123-456789abcdef").is_some());
    }
}

//! Bytes that travel as hexadecimal digits and are wiped when dropped: some of them are secret.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroize;

/// Bytes, written as lower-case hexadecimal digits. What they are is not printed.
#[derive(Clone, PartialEq, Eq, Zeroize)]
#[zeroize(drop)]
pub struct Hex(pub Vec<u8>);

impl Hex {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As digits.
    pub fn digits(&self) -> String {
        self.0
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(u32::from(digit), 16))
            .collect()
    }

    /// Reads digits; none where they are not an even number of hexadecimal digits.
    pub fn parse(digits: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = digits
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let (pairs, rest) = digits.as_ref()?.as_chunks::<2>();
        rest.is_empty().then(|| Self(pairs.iter().map(|[high, low]| (high << 4) | low).collect()))
    }
}

impl std::fmt::Debug for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hex({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Hex {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digits())
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        Self::parse(&digits).ok_or_else(|| D::Error::custom("not an even number of hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_their_digits() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(Hex::parse(&Hex(bytes.clone()).digits()), Some(Hex(bytes)));
    }

    #[test]
    fn half_a_byte_and_other_signs_are_refused() {
        for wrong in ["0", "0g", "00 11", "é0"] {
            assert_eq!(Hex::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_they_are_is_not_printed() {
        assert_eq!(format!("{:?}", Hex(vec![1, 2])), "Hex(2 bytes)");
    }
}

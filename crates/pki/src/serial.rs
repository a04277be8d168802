//! The number of a certificate.

use std::fmt;

use x509_cert::serial_number::SerialNumber;

use crate::Random;

/// A certificate's serial number: 1 to 20 bytes, big-endian, without leading zeros (RFC 5280, section 4.1.2.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// The most bytes of a serial number.
    pub const MAX_BYTES: usize = 20;

    /// 128 bits that nobody can foresee, never zero.
    pub fn draw(random: &dyn Random) -> Self {
        loop {
            let mut bytes = [0; 16];
            random.fill(&mut bytes);
            if let Some(serial) = Self::from_bytes(&bytes) {
                return serial;
            }
        }
    }

    /// A serial from its big-endian bytes; leading zeros don't count. `None` when it is zero or longer than 20 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let significant = bytes.iter().position(|byte| *byte != 0).and_then(|first| bytes.get(first..))?;
        (significant.len() <= Self::MAX_BYTES).then(|| Self(significant.to_vec()))
    }

    /// A serial from hexadecimal digits, as [`fmt::Display`] writes them; colons between bytes are let through.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: Vec<u8> =
            text.chars().filter(|sign| *sign != ':').map(hex_digit).collect::<Option<_>>()?;
        if digits.len() > 2 * (Self::MAX_BYTES + 1) {
            return None;
        }
        let bytes: Vec<u8> =
            digits.rchunks(2).rev().map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit)).collect();
        Self::from_bytes(&bytes)
    }

    /// The bytes, big-endian, without leading zeros. What a database keeps.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn of(number: &SerialNumber) -> Option<Self> {
        let bytes = number.as_bytes();
        // A number whose first bit is set is negative, unless a zero stands before it.
        if bytes.first().is_some_and(|first| first & 0x80 != 0) {
            return None;
        }
        Self::from_bytes(bytes)
    }

    pub(crate) fn number(&self) -> Result<SerialNumber, der::Error> {
        SerialNumber::new(&self.0)
    }
}

fn hex_digit(sign: char) -> Option<u8> {
    sign.to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl fmt::Display for Serial {
    /// Upper-case hexadecimal digits, two for each byte, as OpenSSL shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    #[test]
    fn a_serial_has_no_leading_zeros_and_comes_back_from_its_text() {
        let serial = Serial::from_bytes(&[0, 0, 0x8A, 0x01]).unwrap();
        assert_eq!(serial.as_bytes(), [0x8A, 0x01]);
        assert_eq!(serial.to_string(), "8A01");
        assert_eq!(Serial::from_hex("8A01"), Some(serial.clone()));
        assert_eq!(Serial::from_hex("00:8a:01"), Some(serial.clone()));
        assert_eq!(Serial::of(&serial.number().unwrap()), Some(serial));
    }

    #[test]
    fn zero_and_what_is_too_long_are_no_serials() {
        assert_eq!(Serial::from_bytes(&[0, 0]), None);
        assert_eq!(Serial::from_bytes(&[]), None);
        assert_eq!(Serial::from_bytes(&[1; 21]), None);
        assert_eq!(Serial::from_hex("8G"), None);
        assert_eq!(Serial::from_hex(&"1".repeat(1000)), None);
    }

    #[test]
    fn a_draw_of_nothing_but_zeros_is_drawn_again() {
        let calls = AtomicU8::new(0);
        let serial = Serial::draw(&|bytes: &mut [u8]| bytes.fill(calls.fetch_add(1, Ordering::SeqCst)));
        assert_eq!(serial.as_bytes(), [1; 16]);
    }
}

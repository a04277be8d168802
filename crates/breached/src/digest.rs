//! The form in which passwords are looked for.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use zeroize::Zeroizing;

/// Bytes of a SHA-1.
pub(crate) const LENGTH: usize = 20;

/// The SHA-1 of a password. The public lists are made of it; nothing is kept or protected by it here.
#[derive(Clone)]
pub struct PasswordDigest(Zeroizing<[u8; LENGTH]>);

impl PasswordDigest {
    /// Of a password as it stands, in UTF-8.
    pub fn of(password: &str) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        let made = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        for (byte, made) in bytes.iter_mut().zip(made.as_ref()) {
            *byte = *made;
        }
        Self(bytes)
    }

    /// Of a SHA-1 that was made elsewhere.
    pub fn from_bytes(bytes: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    #[cfg(any(feature = "service", test))]
    pub(crate) fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// What a list knows it by.
    pub(crate) fn key(&self) -> u64 {
        key(&self.0)
    }

    /// The first five digits, which are all that a service learns.
    #[cfg(any(feature = "service", test))]
    pub(crate) fn prefix(&self) -> String {
        let mut digits = self.0.iter().take(3).fold(String::with_capacity(6), |digits, byte| {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase();
            digits + &String::from_iter([digit(byte >> 4), digit(byte & 0xf)])
        });
        digits.truncate(5);
        digits
    }
}

impl fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordDigest(••••)")
    }
}

/// The first 64 bits: among a billion passwords hardly two have the same, and they sort as the whole does.
pub(crate) fn key(hash: &[u8; LENGTH]) -> u64 {
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_digested_as_the_standard_says() {
        // FIPS 180-4, the example "abc".
        let abc = PasswordDigest::of("abc");
        assert_eq!(abc.bytes()[..4], [0xa9, 0x99, 0x3e, 0x36]);
        assert_eq!(abc.key(), 0xa999_3e36_4706_816a);
        assert_eq!(abc.prefix(), "A9993");
    }

    #[test]
    fn a_digest_is_not_printed() {
        assert_eq!(format!("{:?}", PasswordDigest::of("abc")), "PasswordDigest(••••)");
    }
}

//! A value that must not be seen.

use std::fmt;

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// A secret: wiped when dropped, `••••` when printed, never serialised, compared in constant time.
///
/// It can be *de*serialised, so that a form can have a password field of this type.
#[derive(Clone, Default)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes a value in. Copies made before are the caller's.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value. Whoever calls this takes care that it goes nowhere.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self::new(value.to_owned())
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(••••)")
    }
}

/// In constant time for values of one length; that lengths differ can be seen.
impl<T: Zeroize + AsRef<[u8]>> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_ref().ct_eq(other.0.as_ref()).into()
    }
}

impl<T: Zeroize + AsRef<[u8]>> Eq for Secret<T> {}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "read by Debug alone")]
        struct Form {
            password: Secret<String>,
            seed: Option<Secret<Vec<u8>>>,
        }
        let form = Form { password: "lantern orbit".into(), seed: Some(Secret::new(vec![77, 78, 79])) };
        for shown in [format!("{form:?}"), format!("{form:#?}")] {
            assert!(shown.contains("••••") && !shown.contains("lantern") && !shown.contains("77"), "{shown}");
        }
    }

    #[test]
    fn secrets_are_equal_when_all_of_them_is() {
        let secret = |text: &str| Secret::<String>::from(text);
        assert_eq!(secret("lantern"), secret("lantern"));
        for other in ["Lantern", "lanterm", "lanter", "lanternn", ""] {
            assert_ne!(secret("lantern"), secret(other));
        }
        assert_eq!(Secret::new([1_u8; 32]), Secret::new([1_u8; 32]));
    }

    #[test]
    fn a_form_can_have_a_secret_field() {
        let secret: Secret<String> = serde_json::from_str("\"lantern\"").unwrap();
        assert_eq!(secret.expose(), "lantern");
    }

    #[test]
    fn a_secret_is_wiped() {
        fn wipes<T: zeroize::ZeroizeOnDrop>() {}
        wipes::<Zeroizing<String>>();
        let mut secret = Secret::new(vec![7_u8; 4]);
        secret.0.zeroize();
        assert!(secret.expose().is_empty());
    }
}

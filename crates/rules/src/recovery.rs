//! Recovery codes: ten, shown once, each good once, for the day on which the phone is lost.

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// So many are made at once.
pub const HOW_MANY: usize = 10;

/// Letters and digits of one code, without the hyphen in its middle.
pub const LENGTH: usize = 10;

/// What codes are made of: Crockford's base 32 without `i`, `l`, `o`, `u`, `0` and `1`, so that nobody mistakes one sign for
/// another. 28 signs in ten places are 48 bits: with five tries in a quarter of an hour nobody guesses one.
pub const SIGNS: &[u8; 28] = b"23456789abcdefghjkmnpqrstvwx";

/// A code as a person typed it, in the form in which it is kept.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct TypedRecoveryCode(String);

/// What was typed cannot be a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a recovery code is ten letters and numbers")]
pub struct NotARecoveryCode;

impl TypedRecoveryCode {
    /// Reads what a person typed: capitals, spaces and hyphens don't matter.
    ///
    /// # Errors
    /// [`NotARecoveryCode`] where it has other signs, or more or fewer of them.
    pub fn parse(typed: &str) -> Result<Self, NotARecoveryCode> {
        let kept: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
            .map(|c| c.to_ascii_lowercase())
            .take(LENGTH + 1)
            .collect();
        let known = kept.bytes().all(|byte| SIGNS.contains(&byte));
        if kept.len() == LENGTH && known { Ok(Self(kept)) } else { Err(NotARecoveryCode) }
    }

    /// The ten signs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for TypedRecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedRecoveryCode(••••••••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_copied_from_the_paper() {
        for typed in ["abcde-23456", "ABCDE 23456", "abcde23456", " abcde–23456\n"] {
            assert_eq!(TypedRecoveryCode::parse(typed).unwrap().as_str(), "abcde23456");
        }
    }

    #[test]
    fn what_is_no_code_is_not_read_as_one() {
        for typed in ["", "abcde-2345", "abcde-234567", "abcde-2345o", "abcde-2345!", "ábcde-23456"] {
            assert_eq!(TypedRecoveryCode::parse(typed), Err(NotARecoveryCode), "{typed:?}");
        }
        assert_eq!(TypedRecoveryCode::parse(&"a".repeat(1_000_000)), Err(NotARecoveryCode));
    }
}

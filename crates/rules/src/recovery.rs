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

/// A new code.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Draws a code: `byte` gives bytes that nobody can foresee. Every sign is equally likely in every place.
    pub fn draw(mut byte: impl FnMut() -> u8) -> Self {
        let mut code = String::with_capacity(LENGTH);
        while code.len() < LENGTH {
            // 252 is nine times the number of signs; what lies beyond would make some of them likelier.
            let drawn = usize::from(byte());
            if let Some(sign) = SIGNS.get(drawn % SIGNS.len()).filter(|_| drawn < 252) {
                code.push(char::from(*sign));
            }
        }
        Self(code)
    }

    /// The ten signs, as they are kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is shown: with a hyphen in its middle.
    pub fn shown(&self) -> String {
        let (first, second) = self.0.split_at_checked(LENGTH / 2).unwrap_or((&self.0, ""));
        format!("{first}-{second}")
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(••••••••••)")
    }
}

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
    fn a_drawn_code_is_read_as_it_is_shown_and_is_not_printed() {
        let mut drawn = [255, 252, 0, 27, 28, 251, 1, 2, 3, 4, 5, 6].into_iter();
        let code = RecoveryCode::draw(|| drawn.next().unwrap());
        assert_eq!(code.shown(), "2x2x3-45678");
        assert_eq!(TypedRecoveryCode::parse(&code.shown()).unwrap().as_str(), code.as_str());
        assert!(!format!("{code:?}").contains("2x"));
    }

    #[test]
    fn every_sign_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        let mut next = 0_u8;
        for _ in 0..2_520 {
            let code = RecoveryCode::draw(|| {
                next = next.wrapping_add(1);
                next
            });
            for sign in code.as_str().bytes() {
                *counts.entry(sign).or_insert(0) += 1;
            }
        }
        assert!(counts.len() == SIGNS.len() && counts.values().all(|count| *count == 900), "{counts:?}");
    }

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

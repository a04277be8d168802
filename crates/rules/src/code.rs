//! One-time codes: the six digits of a message (guide 003, steps 4, 5 and 9).
//!
//! Each code is good for [`LIFETIME`] of its own: mails cross on their way, so a new code does not end an
//! earlier one. Using one ends all; so do [`WRONG_TRIES`] wrong tries in all.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::fold;

/// How many digits a code has.
pub const DIGITS: usize = 6;

/// How long a code is good after it was made: "Your code will expire in 15 minutes."
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// This many wrong tries end every code of the same journey.
pub const WRONG_TRIES: u32 = 5;

/// The first instant at which a code made at `made_at` is no longer good, with the default [`LIFETIME`].
pub fn expires_at(made_at: Timestamp) -> Timestamp {
    made_at.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX)
}

/// Whether a code made at `made_at` is still good at `now`. A clock that went back does not make it bad.
pub fn is_good(made_at: Timestamp, now: Timestamp) -> bool {
    now < expires_at(made_at)
}

/// How many wrong tries are left after `wrong` of them.
pub fn tries_left(wrong: u32) -> u32 {
    WRONG_TRIES.saturating_sub(wrong)
}

/// Six digits as a person typed or pasted them. It says nothing about whether they are right.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct TypedCode(String);

/// Why what was typed cannot be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeFormat {
    /// Nothing was typed.
    #[error("the code is empty")]
    Empty,
    /// Fewer than six digits.
    #[error("the code has too few digits")]
    TooShort,
    /// More than six digits.
    #[error("the code has too many digits")]
    TooLong,
    /// Something else than digits, spaces and hyphens.
    #[error("the code has characters that are not digits")]
    NotDigits,
}

impl TypedCode {
    /// Reads a code out of what a person typed: spaces, hyphens and dashes don't count, and digits of any script do.
    ///
    /// # Errors
    /// A [`CodeFormat`] that tells which of the messages of the guide applies.
    pub fn parse(typed: &str) -> Result<Self, CodeFormat> {
        let Some(digits) = fold::digits_only(typed) else {
            return Err(CodeFormat::NotDigits);
        };
        match digits.len() {
            0 => Err(CodeFormat::Empty),
            DIGITS => Ok(Self(digits)),
            1..DIGITS => Err(CodeFormat::TooShort),
            _ => Err(CodeFormat::TooLong),
        }
    }

    /// The six ASCII digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode(••••••)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("123456")]
    #[case(" 123456\n")]
    #[case("123 456")]
    #[case("1 2 3 4 5 6")]
    #[case("123-456")]
    #[case("123–456")]
    #[case("123\u{a0}456")]
    #[case("\u{200b}123456\u{feff}")]
    #[case("１２３４５６")]
    #[case("١٢٣٤٥٦")]
    fn a_code_is_read_however_it_was_pasted(#[case] typed: &str) {
        assert_eq!(TypedCode::parse(typed).unwrap().digits(), "123456");
    }

    #[rstest]
    #[case("", CodeFormat::Empty)]
    #[case("  - ", CodeFormat::Empty)]
    #[case("12345", CodeFormat::TooShort)]
    #[case("1234567", CodeFormat::TooLong)]
    #[case("12345a", CodeFormat::NotDigits)]
    #[case("l23456", CodeFormat::NotDigits)]
    #[case("code 123456", CodeFormat::NotDigits)]
    #[case("123.456", CodeFormat::NotDigits)]
    #[case("①②③④⑤⑥", CodeFormat::NotDigits)]
    fn what_is_no_code_says_why(#[case] typed: &str, #[case] why: CodeFormat) {
        assert_eq!(TypedCode::parse(typed).unwrap_err(), why);
    }

    #[rstest]
    #[case(SignedDuration::ZERO, true)]
    #[case(SignedDuration::from_millis(899_999), true)]
    #[case(SignedDuration::from_secs(900), false)]
    #[case(SignedDuration::from_hours(24), false)]
    #[case(SignedDuration::from_mins(-5), true)]
    fn a_code_is_good_for_fifteen_minutes_and_not_a_moment_more(
        #[case] age: SignedDuration,
        #[case] good: bool,
    ) {
        let made_at: Timestamp = "2026-03-29T00:50:00Z".parse().unwrap();
        assert_eq!(is_good(made_at, made_at + age), good);
    }

    #[test]
    fn the_fifth_wrong_try_is_the_last() {
        assert_eq!([0, 1, 4, 5, 6, u32::MAX].map(tries_left), [5, 4, 1, 0, 0, 0]);
    }

    #[test]
    fn a_typed_code_is_not_printed() {
        assert!(!format!("{:?}", TypedCode::parse("123456").unwrap()).contains("123456"));
    }
}

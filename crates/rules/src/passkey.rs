//! Passkeys: how long a browser may take to answer, how many an account has, what they may be called.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::limits::Limit;

/// An answer this long after the question, or later, is not taken.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// So many passkeys one account can have: more than anybody's devices.
pub const AT_MOST: usize = 20;

/// How many characters a name may have.
pub const LONGEST_NAME: usize = 60;

/// Questions put to browsers of one network: the page for signing in asks by itself, so a change of shift of 2,000 people fits
/// in several times.
pub const QUESTIONS_PER_NETWORK: Limit =
    Limit { name: "passkey-questions-per-network", at_most: 20_000, within: SignedDuration::from_mins(10) };

/// A question that is answered at `now` must have been asked after this.
pub fn asked_after(now: Timestamp) -> Timestamp {
    now.saturating_sub(LIFETIME).unwrap_or(Timestamp::MIN)
}

/// Why a name is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasskeyNameProblem {
    /// Nothing was typed.
    #[error("a passkey needs a name")]
    Empty,
    /// Longer than [`LONGEST_NAME`].
    #[error("the name is too long")]
    TooLong,
}

/// A name as its owner typed it, without white space around it and signs that cannot be seen.
///
/// # Errors
/// [`PasskeyNameProblem`].
pub fn name(typed: &str) -> Result<String, PasskeyNameProblem> {
    // Marks that turn the direction of writing would change the look of what stands beside the name.
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let seen: String =
        typed.chars().filter(|c| !c.is_control() && !turns(*c)).take(LONGEST_NAME * 4).collect();
    let name = seen.trim();
    match name.chars().count() {
        0 => Err(PasskeyNameProblem::Empty),
        length if length > LONGEST_NAME => Err(PasskeyNameProblem::TooLong),
        _ => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_five_minutes_and_not_a_moment_more() {
        let asked: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let after = |ms| asked + SignedDuration::from_millis(ms);
        assert!(asked > asked_after(after(299_999)));
        assert!(asked <= asked_after(after(300_000)));
        assert_eq!(asked_after(Timestamp::MIN), Timestamp::MIN);
    }

    #[test]
    fn a_name_is_what_can_be_seen_of_it() {
        assert_eq!(name("  Ward’s phone \t\r\n").as_deref(), Ok("Ward’s phone"));
        assert_eq!(name("a\u{202e}b\0c").as_deref(), Ok("abc"));
        assert_eq!(name(&"ŵ".repeat(60)).map(|name| name.chars().count()), Ok(60));
    }

    #[test]
    fn a_name_is_neither_empty_nor_endless() {
        for empty in ["", " ", "\u{200f}\n"] {
            assert_eq!(name(empty), Err(PasskeyNameProblem::Empty), "{empty:?}");
        }
        for long in [61, 241, 100_000] {
            assert_eq!(name(&"a".repeat(long)), Err(PasskeyNameProblem::TooLong), "{long}");
        }
    }
}

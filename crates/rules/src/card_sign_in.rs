//! Signing in with a smartcard: how long a question or a code is good, and how many there are.

use jiff::{SignedDuration, Timestamp};

use crate::limits::Limit;

/// A question that is answered this long after it was asked, or later, is not taken.
pub const QUESTION_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// A code with which the host for certificates sends somebody back is good for so long.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// By so much the clocks of two nodes may differ.
pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(5);

/// Questions put to cards of one network: a change of shift of 2,000 people fits in several times.
pub const QUESTIONS_PER_NETWORK: Limit =
    Limit { name: "card-questions-per-network", at_most: 20_000, within: SignedDuration::from_mins(10) };

/// A question that is answered at `now` must have been asked after this.
pub fn asked_after(now: Timestamp) -> Timestamp {
    now.saturating_sub(QUESTION_LIFETIME).unwrap_or(Timestamp::MIN)
}

/// Whether a code that was made at `made` is still good at `now`.
pub fn code_is_good(made: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(made);
    age < CODE_LIFETIME && age >= -CLOCKS_DIFFER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_minute_and_not_a_moment_more() {
        let made: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let good = |ms| code_is_good(made, made + SignedDuration::from_millis(ms));
        assert_eq!([good(0), good(59_999), good(60_000)], [true, true, false]);
        assert_eq!([good(-5_000), good(-5_001)], [true, false], "made by a node whose clock is ahead");
        assert!(!code_is_good(Timestamp::MIN, Timestamp::MAX));
    }

    #[test]
    fn an_answer_has_five_minutes_and_not_a_moment_more() {
        let asked: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        assert!(asked > asked_after(asked + SignedDuration::from_millis(299_999)));
        assert!(asked <= asked_after(asked + SignedDuration::from_millis(300_000)));
        assert_eq!(asked_after(Timestamp::MIN), Timestamp::MIN);
    }
}

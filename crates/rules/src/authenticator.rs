//! What is taken from our authenticator, and how often.

use crate::fold::is_invisible;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// How far a phone's clock may be off, either way.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// How long a phone may wait for a question.
pub const LONGEST_WAIT: Duration = Duration::from_secs(25);

/// So many requests of one phone are heard in a minute: one that waits makes three.
pub const HEARD_PER_MINUTE: u32 = 60;

/// What was heard is kept for so long, in which nothing is taken twice: as long as it could be in time, and as long again.
pub const HEARD_KEPT: SignedDuration = SignedDuration::from_mins(10);

/// How often it is kept when a phone was seen.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// The longest name of a phone, in characters.
const LONGEST_NAME: usize = 60;

/// Whether what was signed at `iat`, seconds since 1970, is taken at `now`.
pub fn is_in_time(iat: i64, now: Timestamp) -> bool {
    Timestamp::from_second(iat).is_ok_and(|signed| now.duration_since(signed).abs() <= CLOCK_SKEW)
}

/// A minute before `now`.
pub fn minute_before(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_mins(1)).unwrap_or(Timestamp::MIN)
}

/// Whoever was last seen before this is noted as seen now.
pub fn stale(now: Timestamp) -> Timestamp {
    now.checked_sub(SEEN_EVERY).unwrap_or(Timestamp::MIN)
}

/// What a phone calls itself, as one line of at most 60 characters that can be seen.
pub fn device_name(told: &str) -> String {
    let line = told.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|sign| !sign.is_control() && !is_invisible(*sign)).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_five_minutes_off_either_way() {
        let now: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let at = |off: i64| is_in_time(now.as_second() + off, now);
        assert!(at(0) && at(300) && at(-300));
        assert!(!at(301) && !at(-301));
        assert!(!is_in_time(i64::MAX, now) && !is_in_time(i64::MIN, now));
    }

    #[test]
    fn a_phone_is_called_by_what_can_be_seen() {
        assert_eq!(device_name("  Pixel\u{202e} 8,\n Chrome "), "Pixel 8, Chrome");
        assert_eq!(device_name(&"é".repeat(90)).chars().count(), 60);
    }
}

//! Wrong passwords slow down, then lock for a while, never for good.

use jiff::{SignedDuration, Timestamp};

/// So many wrong passwords cost no waiting.
pub const FREE_TRIES: u32 = 3;

/// From this many wrong passwords on, each further one locks for [`FIRST_LOCK`] or longer.
pub const LOCK_AFTER: u32 = 10;

/// The first lock. Every further ten wrong passwords double it.
pub const FIRST_LOCK: SignedDuration = SignedDuration::from_mins(15);

/// No lock is longer.
pub const LONGEST_LOCK: SignedDuration = SignedDuration::from_hours(4);

/// The longest pause short of a lock.
const LONGEST_PAUSE: u64 = 60;

/// How long after the last of `failures` wrong passwords in a row the next try is refused, with the default numbers.
pub fn pause_after(failures: u32) -> Option<SignedDuration> {
    pause_with(LOCK_AFTER, FIRST_LOCK, failures)
}

/// The same with an organisation's own numbers: nothing for the first [`FREE_TRIES`], then 2, 4, 8 … up to 60
/// seconds, from `lock_after` failures `first_lock`, doubled by every further `lock_after`, at most
/// [`LONGEST_LOCK`] (or `first_lock`, if that is longer).
pub fn pause_with(lock_after: u32, first_lock: SignedDuration, failures: u32) -> Option<SignedDuration> {
    let lock_after = lock_after.max(1);
    if failures >= lock_after {
        let doublings = (failures / lock_after - 1).min(16);
        let lock = first_lock.saturating_mul(1 << doublings);
        return Some(lock.min(LONGEST_LOCK.max(first_lock)));
    }
    let slow = failures.checked_sub(FREE_TRIES).filter(|slow| *slow > 0)?;
    let seconds = (1_u64 << slow.min(16)).min(LONGEST_PAUSE);
    Some(SignedDuration::from_secs(seconds.cast_signed()))
}

/// Wrong passwords in a row for one account from one kind of device: how many, and when the last was.
///
/// A right password forgets them; so does a reset. Known devices are counted apart from the rest of the world, so
/// that a stranger's wrong guesses don't keep out the person who has signed in here before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    /// Wrong passwords in a row.
    pub failures: u32,
    /// When the last of them was typed.
    pub last_failure: Timestamp,
}

/// Whether a password may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayTry {
    /// Yes.
    Now,
    /// Not before `until`. It is a pause of seconds, which the page need not make much of.
    Soon {
        /// The first instant at which it may.
        until: Timestamp,
    },
    /// Not before `until`. The person is told that the account is locked for a while, and what else they can do.
    Locked {
        /// The first instant at which it may.
        until: Timestamp,
    },
}

impl Lockout {
    /// Nobody has typed a wrong password.
    pub const NONE: Self = Self { failures: 0, last_failure: Timestamp::UNIX_EPOCH };

    /// With one more wrong password at `now`.
    #[must_use]
    pub fn after_failure(self, now: Timestamp) -> Self {
        Self { failures: self.failures.saturating_add(1), last_failure: now }
    }

    /// Whether a password may be tried at `now`, with the default numbers.
    pub fn at(&self, now: Timestamp) -> MayTry {
        self.with(LOCK_AFTER, FIRST_LOCK, now)
    }

    /// Whether a password may be tried at `now`, with an organisation's own numbers.
    pub fn with(&self, lock_after: u32, first_lock: SignedDuration, now: Timestamp) -> MayTry {
        let Some(pause) = pause_with(lock_after, first_lock, self.failures) else {
            return MayTry::Now;
        };
        let until = self.last_failure.saturating_add(pause).unwrap_or(Timestamp::MAX);
        match now >= until {
            true => MayTry::Now,
            false if self.failures >= lock_after.max(1) => MayTry::Locked { until },
            false => MayTry::Soon { until },
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, None)]
    #[case(1, None)]
    #[case(3, None)]
    #[case(4, Some(2))]
    #[case(5, Some(4))]
    #[case(6, Some(8))]
    #[case(7, Some(16))]
    #[case(8, Some(32))]
    #[case(9, Some(60))]
    #[case(10, Some(15 * 60))]
    #[case(19, Some(15 * 60))]
    #[case(20, Some(30 * 60))]
    #[case(30, Some(60 * 60))]
    #[case(40, Some(2 * 60 * 60))]
    #[case(50, Some(4 * 60 * 60))]
    #[case(60, Some(4 * 60 * 60))]
    #[case(u32::MAX, Some(4 * 60 * 60))]
    fn wrong_passwords_slow_down_and_then_lock(#[case] failures: u32, #[case] seconds: Option<i64>) {
        assert_eq!(pause_after(failures), seconds.map(SignedDuration::from_secs));
    }

    #[test]
    fn no_further_failure_makes_the_pause_shorter() {
        let pauses: Vec<_> = (0..200).map(pause_after).collect();
        assert!(pauses.is_sorted());
    }

    #[test]
    fn the_tenth_failure_locks_for_a_quarter_of_an_hour_and_not_a_moment_more() {
        let last: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let nine = Lockout { failures: 9, last_failure: last };
        let ten = nine.after_failure(last);
        let until = "2026-11-22T09:15:00Z".parse().unwrap();
        assert_eq!(ten.at(last + SignedDuration::from_millis(899_999)), MayTry::Locked { until });
        assert_eq!(ten.at(until), MayTry::Now);
        assert_eq!(nine.at(last + SignedDuration::from_secs(60)), MayTry::Now);
        assert!(matches!(nine.at(last + SignedDuration::from_secs(59)), MayTry::Soon { .. }));
        assert_eq!(Lockout::NONE.at(Timestamp::MIN), MayTry::Now);
    }

    #[test]
    fn an_organisation_can_lock_earlier_and_longer() {
        assert_eq!(pause_with(5, SignedDuration::from_hours(6), 5), Some(SignedDuration::from_hours(6)));
        assert_eq!(pause_with(5, SignedDuration::from_hours(6), 500), Some(SignedDuration::from_hours(6)));
        assert_eq!(pause_with(0, FIRST_LOCK, 1), Some(FIRST_LOCK));
    }
}

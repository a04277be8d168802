//! How long a signed-in browser stays signed in.

use jiff::{SignedDuration, Timestamp};

/// Without a request for this long, the person signs in again.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// After this long the person signs in again, busy or not.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);

/// Whether a session can still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAge {
    /// It can.
    Live,
    /// Nothing came for too long.
    Idle,
    /// It is too old, however busy it was.
    Over,
}

impl SessionAge {
    /// The age with the default limits; see [`Self::with`].
    pub fn at(started: Timestamp, last_seen: Timestamp, now: Timestamp) -> Self {
        Self::with(IDLE, ABSOLUTE, started, last_seen, now)
    }

    /// The age of a session that started at `started` and last had a request at `last_seen`. A clock that went back
    /// makes no session older.
    pub fn with(
        idle: SignedDuration,
        absolute: SignedDuration,
        started: Timestamp,
        last_seen: Timestamp,
        now: Timestamp,
    ) -> Self {
        if now.duration_since(started) >= absolute {
            Self::Over
        } else if now.duration_since(last_seen) >= idle {
            Self::Idle
        } else {
            Self::Live
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 0, SessionAge::Live)]
    #[case(0, 30 * 60 * 1000 - 1, SessionAge::Live)]
    #[case(0, 30 * 60 * 1000, SessionAge::Idle)]
    #[case(12 * 3_600_000 - 1000, 12 * 3_600_000 - 1, SessionAge::Live)]
    #[case(12 * 3_600_000 - 1000, 12 * 3_600_000, SessionAge::Over)]
    #[case(0, 12 * 3_600_000, SessionAge::Over)]
    #[case(0, -5000, SessionAge::Live)]
    fn a_session_ends_after_half_an_hour_of_silence_or_twelve_hours(
        #[case] seen_after_ms: i64,
        #[case] now_after_ms: i64,
        #[case] age: SessionAge,
    ) {
        let started: Timestamp = "2026-10-24T20:00:00Z".parse().unwrap();
        let after = |ms| started + SignedDuration::from_millis(ms);
        assert_eq!(SessionAge::at(started, after(seen_after_ms), after(now_after_ms)), age);
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        assert_eq!(SessionAge::at(Timestamp::MIN, Timestamp::MIN, Timestamp::MAX), SessionAge::Over);
        assert_eq!(SessionAge::at(Timestamp::MAX, Timestamp::MAX, Timestamp::MIN), SessionAge::Live);
    }
}

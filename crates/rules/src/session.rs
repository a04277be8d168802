//! How long a signed-in browser stays signed in.

use jiff::{SignedDuration, Timestamp};

/// Without a request for this long, the person signs in again.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// After this long the person signs in again, busy or not.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);

/// A second factor proved longer ago than this is no fresh proof: sensitive pages ask for it again.
pub const FRESH_PROOF: SignedDuration = SignedDuration::from_mins(10);

/// How long before its end a session's owner is warned.
pub const WARNING: SignedDuration = SignedDuration::from_mins(2);

/// On a browser that the person asked to remember, no second factor is asked for so many days.
pub const REMEMBER_DEVICE_DAYS: u32 = 30;

/// Whether a second factor proved at `proved` is still fresh at `now`. A clock that went back makes it no staler.
pub fn is_fresh(fresh_proof: SignedDuration, proved: Option<Timestamp>, now: Timestamp) -> bool {
    proved.is_some_and(|proved| now.duration_since(proved) < fresh_proof)
}

/// Whether a browser remembered at `remembered` is still remembered at `now`, for `days` of 24 hours.
pub fn is_remembered(days: u32, remembered: Option<Timestamp>, now: Timestamp) -> bool {
    let within = SignedDuration::from_hours(24).saturating_mul(i32::try_from(days).unwrap_or(i32::MAX));
    remembered.is_some_and(|remembered| now.duration_since(remembered) < within)
}

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
    fn a_proof_is_fresh_for_ten_minutes_and_not_a_moment_more() {
        let proved: Timestamp = "2026-10-25T00:55:00Z".parse().unwrap();
        let after = |ms| proved + SignedDuration::from_millis(ms);
        assert!(is_fresh(FRESH_PROOF, Some(proved), after(599_999)));
        assert!(!is_fresh(FRESH_PROOF, Some(proved), after(600_000)));
        assert!(is_fresh(FRESH_PROOF, Some(proved), after(-1)));
        assert!(!is_fresh(FRESH_PROOF, None, proved));
    }

    #[test]
    fn a_browser_is_remembered_for_thirty_days_or_as_the_organisation_says() {
        let remembered: Timestamp = "2026-10-01T09:00:00Z".parse().unwrap();
        let after = |ms| remembered + SignedDuration::from_millis(ms);
        let month = 30 * 24 * 3_600_000;
        assert!(is_remembered(REMEMBER_DEVICE_DAYS, Some(remembered), after(month - 1)));
        assert!(!is_remembered(REMEMBER_DEVICE_DAYS, Some(remembered), after(month)));
        assert!(!is_remembered(0, Some(remembered), remembered));
        assert!(!is_remembered(u32::MAX, None, remembered));
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        assert_eq!(SessionAge::at(Timestamp::MIN, Timestamp::MIN, Timestamp::MAX), SessionAge::Over);
        assert_eq!(SessionAge::at(Timestamp::MAX, Timestamp::MAX, Timestamp::MIN), SessionAge::Live);
    }
}

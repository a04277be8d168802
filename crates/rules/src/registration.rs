//! A registration that was begun (guide 003).

use jiff::{SignedDuration, Timestamp};

/// A half-done registration can be resumed from the same browser for this long; then its data is erased.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// After this many mismatches of the details with the roster the person is sent to the local organisation.
pub const MISMATCHES: u32 = 3;

/// The first instant at which a registration begun at `started` can no longer be resumed.
pub fn expires_at(started: Timestamp) -> Timestamp {
    started.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX)
}

/// Whether a registration begun at `started` can be gone on with at `now`.
pub fn is_open(started: Timestamp, now: Timestamp) -> bool {
    now < expires_at(started)
}

/// How often the details may still be wrong after `mismatches` times.
pub fn mismatches_left(mismatches: u32) -> u32 {
    MISMATCHES.saturating_sub(mismatches)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, true)]
    #[case(24 * 3600 * 1000 - 1, true)]
    #[case(24 * 3600 * 1000, false)]
    fn a_registration_is_kept_for_a_day_of_24_hours_also_when_the_clocks_change(
        #[case] ms: i64,
        #[case] open: bool,
    ) {
        for started in ["2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z", "2026-11-22T12:00:00Z"] {
            let started: Timestamp = started.parse().unwrap();
            assert_eq!(is_open(started, started + SignedDuration::from_millis(ms)), open);
        }
    }

    #[test]
    fn the_third_mismatch_is_the_last() {
        assert_eq!([0, 2, 3, 4].map(mismatches_left), [3, 1, 0, 0]);
    }
}

//! When an organisation's staff records are pulled from its HR system: every morning, so that what changed yesterday is provided today.

use jiff::civil::Date;
use jiff::{SignedDuration, Zoned};

/// The hour of the local day.
const HOUR: i8 = 5;

/// So long after a pull that failed nobody tries again by itself.
pub const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// So long after a node was last heard of another one goes on with its pull.
pub const HELD_FOR: SignedDuration = SignedDuration::from_mins(5);
/// No pull takes longer: a source that has not told everything by then never will.
pub const LONGEST_PULL: SignedDuration = SignedDuration::from_hours(2);

/// The local day whose pull is due at a moment in the organisation's zone: from 05:00 until midnight, so that a service that was down
/// at five does it later that day. What a day missed the next one's pull brings.
pub fn due(local: &Zoned) -> Option<Date> {
    (local.hour() >= HOUR).then(|| local.date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use rstest::rstest;

    #[rstest]
    #[case::winter_too_early("2026-11-23T04:59:59.999Z", None)]
    #[case::winter("2026-11-23T05:00:00Z", Some("2026-11-23"))]
    #[case::down_until_two("2026-11-23T14:00:00Z", Some("2026-11-23"))]
    #[case::last_moment("2026-11-23T23:59:59.999Z", Some("2026-11-23"))]
    #[case::midnight("2026-11-24T00:00:00Z", None)]
    #[case::sunday("2026-11-22T05:00:00Z", Some("2026-11-22"))]
    #[case::summer_too_early("2026-07-06T03:59:59.999Z", None)]
    #[case::summer("2026-07-06T04:00:00Z", Some("2026-07-06"))]
    #[case::summer_midnight("2026-07-06T23:00:00Z", None)]
    // The clocks went forward at 01:00 UTC on Sunday 29 March 2026, and go back at 01:00 UTC on Sunday 25 October.
    #[case::day_before_spring("2026-03-28T05:00:00Z", Some("2026-03-28"))]
    #[case::spring_too_early("2026-03-29T03:59:59.999Z", None)]
    #[case::spring("2026-03-29T04:00:00Z", Some("2026-03-29"))]
    #[case::day_before_autumn("2026-10-24T04:00:00Z", Some("2026-10-24"))]
    #[case::autumn_too_early("2026-10-25T04:59:59.999Z", None)]
    #[case::autumn("2026-10-25T05:00:00Z", Some("2026-10-25"))]
    fn a_pull_is_due_from_five_by_the_clock_on_the_wall_until_midnight(
        #[case] utc: &str,
        #[case] day: Option<&str>,
    ) {
        let local = utc.parse::<Timestamp>().unwrap().in_tz("Europe/London").unwrap();
        assert_eq!(due(&local), day.map(|day| day.parse().unwrap()), "{utc}");
    }
}

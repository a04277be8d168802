//! When people are reminded of credentials that they have not reviewed: every Monday morning (guide 000).

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan as _, Zoned};

/// The hour of the local day.
const HOUR: i8 = 8;

/// The Monday whose reminder is due at a moment in the organisation's zone: from 08:00 on that day until midnight, so that a service
/// that was down at eight does it later that day, and never on another one.
pub fn due(local: &Zoned) -> Option<Date> {
    (local.weekday() == Weekday::Monday && local.hour() >= HOUR).then(|| local.date())
}

/// The next Monday at 08:00 after a moment in the organisation's zone.
pub fn next(local: &Zoned) -> Option<Zoned> {
    let days = i64::from(Weekday::Monday.since(local.weekday()));
    let at = |date: Date| date.at(HOUR, 0, 0, 0).to_zoned(local.time_zone().clone()).ok();
    let this = at(local.date().checked_add(days.days()).ok()?)?;
    if this > *local { Some(this) } else { at(this.date().checked_add(7.days()).ok()?) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use rstest::rstest;

    fn london(utc: &str) -> Zoned {
        utc.parse::<Timestamp>().unwrap().in_tz("Europe/London").unwrap()
    }

    #[rstest]
    #[case::sunday("2026-11-22T23:59:59Z", None)]
    #[case::too_early("2026-11-23T07:59:59.999Z", None)]
    #[case::on_time("2026-11-23T08:00:00Z", Some("2026-11-23"))]
    #[case::down_until_two("2026-11-23T14:00:00Z", Some("2026-11-23"))]
    #[case::last_moment("2026-11-23T23:59:59.999Z", Some("2026-11-23"))]
    #[case::tuesday("2026-11-24T00:00:00Z", None)]
    #[case::tuesday_at_eight("2026-11-24T08:00:00Z", None)]
    // The clocks went forward on Sunday 29 March 2026, and go back on Sunday 25 October.
    #[case::before_spring("2026-03-23T07:59:59Z", None)]
    #[case::before_spring_on_time("2026-03-23T08:00:00Z", Some("2026-03-23"))]
    #[case::after_spring("2026-03-30T06:59:59Z", None)]
    #[case::after_spring_on_time("2026-03-30T07:00:00Z", Some("2026-03-30"))]
    #[case::summer_midnight("2026-03-30T22:59:59Z", Some("2026-03-30"))]
    #[case::summer_tuesday("2026-03-30T23:00:00Z", None)]
    #[case::before_autumn_on_time("2026-10-19T07:00:00Z", Some("2026-10-19"))]
    #[case::after_autumn("2026-10-26T07:59:59Z", None)]
    #[case::after_autumn_on_time("2026-10-26T08:00:00Z", Some("2026-10-26"))]
    fn a_reminder_is_due_from_eight_on_monday_until_midnight(#[case] utc: &str, #[case] day: Option<&str>) {
        assert_eq!(due(&london(utc)), day.map(|day| day.parse().unwrap()), "{utc}");
    }

    #[rstest]
    #[case("2026-11-22T12:00:00Z", "2026-11-23T08:00:00Z")]
    #[case("2026-11-23T07:59:59Z", "2026-11-23T08:00:00Z")]
    #[case("2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z")]
    #[case("2026-11-24T08:00:00Z", "2026-11-30T08:00:00Z")]
    #[case::into_summer("2026-03-24T12:00:00Z", "2026-03-30T07:00:00Z")]
    #[case::into_winter("2026-10-20T12:00:00Z", "2026-10-26T08:00:00Z")]
    fn the_next_one_comes_at_eight_by_the_clock_on_the_wall(#[case] utc: &str, #[case] expected: &str) {
        let expected: Timestamp = expected.parse().unwrap();
        assert_eq!(next(&london(utc)).unwrap().timestamp(), expected, "{utc}");
    }
}

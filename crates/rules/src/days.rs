//! Local days as stretches of equal length, so that what happened can be counted by day where the clocks change, too.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// Days that follow on each other and are equally long. All but those of the clock changes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first local day.
    pub first: Date,
    /// When it begins, UTC.
    pub begins: Timestamp,
    /// How long each of the days is: 24 hours, or 23 or 25 where the clocks change.
    pub day: SignedDuration,
    /// How many days.
    pub days: u32,
}

/// The first instant of a local day. Where the clocks are put forward at midnight, that is one o'clock.
pub fn begins(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

/// Whole days from one local day to another; negative where the other is earlier.
pub fn between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// So many days later, and no later than the calendar goes.
pub fn after(day: Date, days: u32) -> Date {
    day.saturating_add(whole_days(days))
}

/// So many days earlier, and no earlier than the calendar goes.
pub fn before(day: Date, days: u32) -> Date {
    day.saturating_sub(whole_days(days))
}

fn whole_days(days: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

/// The `count` local days that end with `last`, the earliest first.
pub fn days_until(last: Date, count: u32) -> Vec<Date> {
    (0..count).rev().map(|ago| last.saturating_sub(i64::from(ago).days())).collect()
}

/// The same days as stretches.
pub fn stretches(last: Date, count: u32, zone: &TimeZone) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for first in days_until(last, count) {
        let from = begins(first, zone);
        let day = begins(first.saturating_add(1.day()), zone).duration_since(from);
        match stretches.last_mut() {
            Some(stretch) if stretch.day == day => stretch.days += 1,
            _ => stretches.push(Stretch { first, begins: from, day, days: 1 }),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    #[test]
    fn a_week_without_a_clock_change_is_one_stretch() {
        let week = stretches(date(2026, 11, 25), 7, &london());
        assert_eq!(
            week,
            [Stretch {
                first: date(2026, 11, 19),
                begins: "2026-11-19T00:00:00Z".parse().unwrap(),
                day: SignedDuration::from_hours(24),
                days: 7
            }]
        );
    }

    #[rstest]
    #[case(date(2026, 3, 29), 23, "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z")]
    #[case(date(2026, 10, 25), 25, "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z")]
    fn the_day_of_a_clock_change_is_a_stretch_of_its_own(
        #[case] changes: Date,
        #[case] hours: i64,
        #[case] from: &str,
        #[case] next: &str,
    ) {
        let found = stretches(changes.saturating_add(1.day()), 4, &london());
        let days: Vec<_> = found.iter().map(|stretch| (stretch.days, stretch.day.as_hours())).collect();
        assert_eq!(days, [(2, 24), (1, hours), (1, 24)]);
        assert_eq!(found[1].begins, from.parse().unwrap());
        assert_eq!(found[2].begins, next.parse().unwrap());
    }

    #[test]
    fn ninety_days_are_ninety_days_whatever_the_clocks_do() {
        for last in [date(2026, 4, 30), date(2026, 11, 25), date(2028, 3, 1)] {
            let found = stretches(last, 90, &london());
            assert_eq!(found.iter().map(|stretch| stretch.days).sum::<u32>(), 90, "{last}");
            for pair in found.windows(2) {
                let [before, after] = pair else { panic!("two") };
                let ends = before.begins + before.day * i32::try_from(before.days).unwrap();
                assert_eq!(ends, after.begins, "{last}: no gap");
            }
        }
        assert_eq!(days_until(date(2028, 3, 1), 2), [date(2028, 2, 29), date(2028, 3, 1)]);
    }
}

//! Dates, times and spans as a message writes them: "22 November 2026 at 9:58am", "15 minutes".

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use crate::{Language, phrase::text};

/// A local date in words, for example `22 November 2026`.
pub fn date(language: Language, date: Date) -> String {
    let month = text(language, &format!("month-{}", date.month()), &[]);
    let (day, year) = (date.day().to_string(), date.year().to_string());
    text(language, "moment-date", &[("day", &day), ("month", &month), ("year", &year)])
}

/// A local date and time in words, for example `22 November 2026 at 9:58am`.
///
/// `local` is in the organisation's zone: a message tells the time on the wall of the ward.
pub fn date_and_time(language: Language, local: DateTime) -> String {
    let date = date(language, local.date());
    let time = time(language, local.time());
    text(language, "moment-date-and-time", &[("date", &date), ("time", &time)])
}

/// A local time in words, for example `9:58am`. Noon and midnight are said as words, because 12am is misread.
pub fn time(language: Language, local: Time) -> String {
    match (local.hour(), local.minute()) {
        (0, 0) => text(language, "moment-midnight", &[]),
        (12, 0) => text(language, "moment-noon", &[]),
        (hour, minute) => {
            let half = if hour < 12 { "moment-morning" } else { "moment-afternoon" };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            let clock = if minute == 0 { hour.to_string() } else { format!("{hour}:{minute:02}") };
            text(language, half, &[("clock", &clock)])
        }
    }
}

/// A span in words, for example `15 minutes`, in the largest of hours, minutes and seconds that says it exactly.
pub fn span(language: Language, span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    let (key, count) = match seconds {
        _ if seconds > 0 && seconds % 3_600 == 0 => ("hours", seconds / 3_600),
        _ if seconds > 0 && seconds % 60 == 0 => ("minutes", seconds / 60),
        _ => ("seconds", seconds),
    };
    text(language, key, &[(key, &count.to_string())])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[test]
    fn times_read_as_the_nhs_style_guide_writes_them() {
        let on = day(2026, 11, 22);
        for (hour, minute, expected) in [
            (0, 0, "22 November 2026 at midnight"),
            (0, 5, "22 November 2026 at 12:05am"),
            (9, 58, "22 November 2026 at 9:58am"),
            (12, 0, "22 November 2026 at midday"),
            (12, 30, "22 November 2026 at 12:30pm"),
            (17, 0, "22 November 2026 at 5pm"),
            (23, 59, "22 November 2026 at 11:59pm"),
        ] {
            assert_eq!(date_and_time(Language::En, on.at(hour, minute, 0, 0)), expected);
        }
    }

    #[test]
    fn a_span_is_said_in_the_largest_unit_that_fits() {
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (90, "90 seconds"),
            (60, "1 minute"),
            (900, "15 minutes"),
            (5_400, "90 minutes"),
            (3_600, "1 hour"),
            (86_400, "24 hours"),
        ] {
            assert_eq!(span(Language::En, SignedDuration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn every_month_has_a_name() {
        let names: std::collections::BTreeSet<_> =
            (1..=12).map(|month| date(Language::En, day(2026, month, 1))).collect();
        assert_eq!(names.len(), 12);
        assert!(names.contains("1 March 2026"));
    }
}

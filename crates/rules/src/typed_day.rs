//! Days that people type in three fields.

use crate::fold;
use jiff::civil::Date;

/// Reads a day from its three fields. The month may be a number or a name ("3", "03", "march", "Mar"); the year has four digits.
/// Spaces around them do not matter. None where there is no such day.
pub fn typed_day(day: &str, month: &str, year: &str) -> Option<Date> {
    let [day, month, year] = [day, month, year].map(fold::trim);
    let month = number(month, 1..=2).or_else(|| month_named(month))?;
    from_numbers(number(day, 1..=2)?, month, number(year, 4..=4)?)
}

pub(crate) fn from_numbers(day: i16, month: i16, year: i16) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// So many digits, of whatever script.
pub(crate) fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let ascii: String = text.chars().map(fold::digit).collect::<Option<_>>()?;
    digits.contains(&ascii.len()).then(|| ascii.parse().ok()).flatten()
}

/// A month by its English name or by at least its first three letters.
fn month_named(text: &str) -> Option<i16> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let typed = text.trim_end_matches('.').to_lowercase();
    let found = MONTHS.iter().position(|month| typed.len() >= 3 && month.starts_with(&typed))?;
    i16::try_from(found + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("29", "2", "2028", Some(date(2028, 2, 29)))]
    #[case("29", "2", "2027", None)]
    #[case(" 1", "sept.", "2027 ", Some(date(2027, 9, 1)))]
    #[case("1", "ma", "2027", None)]
    #[case("0", "1", "2027", None)]
    #[case("1", "13", "2027", None)]
    #[case("1", "1", "27", None)]
    #[case("", "", "", None)]
    fn a_day_is_read_from_its_three_fields(
        #[case] day: &str,
        #[case] month: &str,
        #[case] year: &str,
        #[case] read: Option<Date>,
    ) {
        assert_eq!(typed_day(day, month, year), read);
    }

    proptest! {
        #[test]
        fn every_day_is_read_as_it_is_written(year in 1_000_i16..=9_999, month in 1_i8..=12, day in 1_i8..=28) {
            let typed = typed_day(&day.to_string(), &month.to_string(), &year.to_string());
            prop_assert_eq!(typed, Some(date(year, month, day)));
        }

        #[test]
        fn nothing_that_is_typed_makes_it_fall_over(day in ".*", month in ".*", year in ".*") {
            let _ = typed_day(&day, &month, &year);
        }
    }
}

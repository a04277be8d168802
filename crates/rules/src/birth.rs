//! Dates of birth, typed in three fields (guide 003, step 6) or standing in a roster.

use jiff::civil::Date;
use thiserror::Error;

use crate::fold;
use crate::typed_day::{from_numbers, number, typed_day};

/// Nobody older than this works here: an older date is a slip of the finger. Years.
pub const OLDEST: i16 = 120;

/// Nobody younger than this has an account. Years; work experience begins at 14.
pub const YOUNGEST: i16 = 14;

/// Why three fields don't make a date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BirthProblem {
    /// All three fields are empty.
    #[error("the date of birth is empty")]
    Empty,
    /// Only the day, or the day and more, is missing.
    #[error("the date of birth has no day")]
    MissingDay,
    /// The month is missing.
    #[error("the date of birth has no month")]
    MissingMonth,
    /// The year is missing.
    #[error("the date of birth has no year")]
    MissingYear,
    /// There is no such day, or the year has not four digits.
    #[error("the date of birth is not a real date")]
    NotADate,
    /// Later than today.
    #[error("the date of birth is in the future")]
    InFuture,
    /// More than [`OLDEST`] years ago.
    #[error("the date of birth is more than {OLDEST} years ago")]
    TooLongAgo,
    /// Less than [`YOUNGEST`] years ago.
    #[error("the date of birth is less than {YOUNGEST} years ago")]
    TooYoung,
}

/// Reads a date of birth from its three fields. The month may be a number or a name ("3", "03", "march", "Mar");
/// the year has four digits. `today` is the organisation's local day.
///
/// # Errors
/// [`BirthProblem`]; of several missing fields, the first.
pub fn parse(day: &str, month: &str, year: &str, today: Date) -> Result<Date, BirthProblem> {
    let [day, month, year] = [day, month, year].map(fold::trim);
    match (day.is_empty(), month.is_empty(), year.is_empty()) {
        (true, true, true) => return Err(BirthProblem::Empty),
        (true, _, _) => return Err(BirthProblem::MissingDay),
        (_, true, _) => return Err(BirthProblem::MissingMonth),
        (_, _, true) => return Err(BirthProblem::MissingYear),
        _ => {}
    }
    judge(typed_day(day, month, year), today)
}

/// Reads the two ways in which rosters write a date: `1985-03-29` and `29/03/1985`.
///
/// # Errors
/// [`BirthProblem`].
pub fn parse_written(text: &str, today: Date) -> Result<Date, BirthProblem> {
    let text = fold::trim(text);
    if text.is_empty() {
        return Err(BirthProblem::Empty);
    }
    let by = |separator| text.split(separator).collect::<Vec<_>>();
    let (day, month, year) = match (by('/').as_slice(), by('-').as_slice()) {
        ([day, month, year], _) | (_, [year, month, day]) => (*day, *month, *year),
        _ => return Err(BirthProblem::NotADate),
    };
    match (number(day, 1..=2), number(month, 1..=2), number(year, 4..=4)) {
        (Some(day), Some(month), Some(year)) => judge(from_numbers(day, month, year), today),
        _ => Err(BirthProblem::NotADate),
    }
}

fn judge(born: Option<Date>, today: Date) -> Result<Date, BirthProblem> {
    let born = born.ok_or(BirthProblem::NotADate)?;
    match age(born, today) {
        _ if born > today => Err(BirthProblem::InFuture),
        ..YOUNGEST => Err(BirthProblem::TooYoung),
        YOUNGEST..=OLDEST => Ok(born),
        _ => Err(BirthProblem::TooLongAgo),
    }
}

/// Full years at `today`. Who was born on 29 February is a year older on 1 March of a common year.
fn age(born: Date, today: Date) -> i16 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    #[rstest]
    #[case("29", "3", "1985")]
    #[case("29", "03", "1985")]
    #[case(" 29 ", "march", " 1985")]
    #[case("29", "Mar", "1985")]
    #[case("29", "MAR.", "1985")]
    #[case("２９", "３", "１９８５")]
    fn a_date_of_birth_is_read_however_it_is_typed(
        #[case] day: &str,
        #[case] month: &str,
        #[case] year: &str,
    ) {
        assert_eq!(parse(day, month, year, TODAY), Ok(date(1985, 3, 29)));
    }

    #[rstest]
    #[case("", "", "", BirthProblem::Empty)]
    #[case("", "3", "1985", BirthProblem::MissingDay)]
    #[case("29", " ", "1985", BirthProblem::MissingMonth)]
    #[case("29", "3", "", BirthProblem::MissingYear)]
    #[case("", "3", "", BirthProblem::MissingDay)]
    #[case("30", "2", "1985", BirthProblem::NotADate)]
    #[case("29", "2", "1985", BirthProblem::NotADate)]
    #[case("0", "2", "1985", BirthProblem::NotADate)]
    #[case("1", "13", "1985", BirthProblem::NotADate)]
    #[case("1", "ma", "1985", BirthProblem::NotADate)]
    #[case("1", "marsh", "1985", BirthProblem::NotADate)]
    #[case("1", "3", "85", BirthProblem::NotADate)]
    #[case("1", "3", "19855", BirthProblem::NotADate)]
    #[case("-1", "3", "1985", BirthProblem::NotADate)]
    #[case("23", "11", "2026", BirthProblem::InFuture)]
    #[case("22", "11", "2026", BirthProblem::TooYoung)]
    #[case("23", "11", "2012", BirthProblem::TooYoung)]
    #[case("22", "11", "1905", BirthProblem::TooLongAgo)]
    fn a_wrong_date_of_birth_says_why(
        #[case] day: &str,
        #[case] month: &str,
        #[case] year: &str,
        #[case] why: BirthProblem,
    ) {
        assert_eq!(parse(day, month, year, TODAY), Err(why));
    }

    #[test]
    fn the_fourteenth_birthday_and_the_last_day_of_the_121st_year_count() {
        assert_eq!(parse("22", "11", "2012", TODAY), Ok(date(2012, 11, 22)));
        assert_eq!(parse("23", "11", "1905", TODAY), Ok(date(1905, 11, 23)));
    }

    #[test]
    fn who_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() {
        assert_eq!(parse("29", "2", "2012", date(2026, 2, 28)), Err(BirthProblem::TooYoung));
        assert_eq!(parse("29", "2", "2012", date(2026, 3, 1)), Ok(date(2012, 2, 29)));
    }

    #[rstest]
    #[case("1985-03-29", Ok(date(1985, 3, 29)))]
    #[case("29/03/1985", Ok(date(1985, 3, 29)))]
    #[case("29/3/1985", Ok(date(1985, 3, 29)))]
    #[case("03/29/1985", Err(BirthProblem::NotADate))]
    #[case("29.03.1985", Err(BirthProblem::NotADate))]
    #[case("29-03-1985", Err(BirthProblem::NotADate))]
    #[case("29/mar/1985", Err(BirthProblem::NotADate))]
    #[case("31135", Err(BirthProblem::NotADate))]
    #[case("1985-03-29T00:00:00", Err(BirthProblem::NotADate))]
    #[case("", Err(BirthProblem::Empty))]
    fn rosters_write_dates_in_two_ways(#[case] text: &str, #[case] read: Result<Date, BirthProblem>) {
        assert_eq!(parse_written(text, TODAY), read);
    }
}

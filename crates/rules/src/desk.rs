//! What holds at the service desk: being sure who is calling, giving reasons, looking people up.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::{email::EmailAddress, fold, name};

/// How long the code that a caller reads out is good.
pub const CALLER_CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// How long a member of the service desk who made sure who is calling may act on that.
pub const CALLER_PROOF: SignedDuration = SignedDuration::from_mins(10);

/// How long a role that one administrator proposed waits for a second one: seven days of 24 hours.
pub const PROPOSAL_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long what one member of the Registration Authority asks for waits for a second one: 24 hours.
pub const RA_REQUEST_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How many people one search lists on a page.
pub const FOUND_PER_PAGE: u32 = 20;

/// A search lists so many pages and no more: whoever has more is asked for more letters.
pub const FOUND_PAGES: u32 = 5;

/// Whether a caller who proved at `proved` who they are is still known at `now`. A clock that went back makes it no staler.
pub fn is_checked(proved: Option<Timestamp>, now: Timestamp) -> bool {
    proved.is_some_and(|proved| now.duration_since(proved) < CALLER_PROOF)
}

/// Whether something proposed at `proposed` can still be confirmed at `now`.
pub fn is_open(proposed: Timestamp, now: Timestamp) -> bool {
    now.duration_since(proposed) < PROPOSAL_LIFETIME
}

/// Whether what one member of the Registration Authority asked for at `asked` can still be approved at `now`.
pub fn is_waiting(asked: Timestamp, now: Timestamp) -> bool {
    now.duration_since(asked) < RA_REQUEST_LIFETIME
}

/// Why somebody of the organisation's staff acts on another person's account, in their own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReasonProblem {
    /// Nothing was typed.
    #[error("the reason is empty")]
    Empty,
    /// Fewer than [`Reason::SHORTEST`] characters.
    #[error("the reason is shorter than {} characters", Reason::SHORTEST)]
    TooShort,
    /// More than [`Reason::LONGEST`] characters.
    #[error("the reason is longer than {} characters", Reason::LONGEST)]
    TooLong,
}

impl Reason {
    /// The shortest reason, in characters.
    pub const SHORTEST: usize = 10;
    /// The longest reason, in characters.
    pub const LONGEST: usize = 500;

    /// Reads a reason; line ends and repeated spaces count as one space.
    ///
    /// # Errors
    /// [`ReasonProblem`].
    pub fn parse(typed: &str) -> Result<Self, ReasonProblem> {
        let words: Vec<&str> = typed
            .split(|c: char| fold::is_blank(c) || c.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let reason = words.join(" ");
        match reason.chars().count() {
            0 => Err(ReasonProblem::Empty),
            length if length < Self::SHORTEST => Err(ReasonProblem::TooShort),
            length if length > Self::LONGEST => Err(ReasonProblem::TooLong),
            _ => Ok(Self(reason)),
        }
    }

    /// The reason on one line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A document by which somebody at the desk's counter made sure who stands there. Which ones were seen is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the document that its name says")]
pub enum Document {
    Passport,
    DrivingLicence,
    ResidencePermit,
    StaffCard,
    ProfessionalRegister,
}

impl Document {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Passport,
        Self::DrivingLicence,
        Self::ResidencePermit,
        Self::StaffCard,
        Self::ProfessionalRegister,
    ];

    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::DrivingLicence => "driving-licence",
            Self::ResidencePermit => "residence-permit",
            Self::StaffCard => "staff-card",
            Self::ProfessionalRegister => "professional-register",
        }
    }

    /// The documents with these names, each once and in the order of [`Document::ALL`]; other names are passed over.
    pub fn among<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let names: Vec<&str> = names.into_iter().collect();
        Self::ALL.into_iter().filter(|document| names.contains(&document.as_str())).collect()
    }
}

/// The beginning of a name, of an e-mail address or of a staff number, by which a person is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// In the form in which two spellings of one name are equal.
    pub name: String,
    /// As an address or a staff number is kept.
    pub identifier: String,
}

/// Why a text finds nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SearchProblem {
    /// Nothing was typed.
    #[error("nothing to look for")]
    Empty,
    /// Fewer than [`Search::SHORTEST`] letters or digits: it would list everybody.
    #[error("fewer than {} letters or digits", Search::SHORTEST)]
    TooShort,
    /// More than [`Search::LONGEST`] characters.
    #[error("more than {} characters", Search::LONGEST)]
    TooLong,
}

impl Search {
    /// So many letters or digits it takes.
    pub const SHORTEST: usize = 2;
    /// No name or address is longer.
    pub const LONGEST: usize = 254;

    /// Reads what somebody looks for.
    ///
    /// # Errors
    /// [`SearchProblem`].
    pub fn parse(typed: &str) -> Result<Self, SearchProblem> {
        let typed = fold::trim(typed);
        if typed.is_empty() {
            return Err(SearchProblem::Empty);
        }
        if typed.chars().count() > Self::LONGEST {
            return Err(SearchProblem::TooLong);
        }
        let name = name::folded(typed);
        if name.chars().filter(|c| c.is_alphanumeric()).count() < Self::SHORTEST {
            return Err(SearchProblem::TooShort);
        }
        let identifier = EmailAddress::parse(typed)
            .map_or_else(|_| typed.to_lowercase(), |email| email.as_str().to_owned());
        Ok(Self { name, identifier })
    }
}

/// A name in the form in which it is looked for.
pub fn searchable(name: &str) -> String {
    name::folded(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, true)]
    #[case(599_999, true)]
    #[case(600_000, false)]
    #[case(-1, true)]
    fn who_calls_is_known_for_ten_minutes_and_not_a_moment_more(#[case] after_ms: i64, #[case] known: bool) {
        let proved: Timestamp = "2026-03-29T00:55:00Z".parse().unwrap();
        assert_eq!(is_checked(Some(proved), proved + SignedDuration::from_millis(after_ms)), known);
        assert!(!is_checked(None, proved));
    }

    #[test]
    fn a_proposal_waits_seven_days_of_24_hours_whatever_the_clocks_on_the_wall_do() {
        let proposed: Timestamp = "2026-10-20T09:00:00Z".parse().unwrap();
        let week = SignedDuration::from_hours(7 * 24);
        assert!(is_open(proposed, proposed + week - SignedDuration::from_millis(1)));
        assert!(!is_open(proposed, proposed + week));
    }

    #[test]
    fn a_request_to_a_second_member_of_staff_waits_24_hours() {
        let asked: Timestamp = "2026-10-24T23:00:00Z".parse().unwrap();
        let day = SignedDuration::from_hours(24);
        assert!(is_waiting(asked, asked + day - SignedDuration::from_millis(1)));
        assert!(!is_waiting(asked, asked + day));
    }

    #[rstest]
    #[case("", ReasonProblem::Empty)]
    #[case(" \n\u{200b} ", ReasonProblem::Empty)]
    #[case("lost it..", ReasonProblem::TooShort)]
    fn a_reason_says_something(#[case] typed: &str, #[case] problem: ReasonProblem) {
        assert_eq!(Reason::parse(typed), Err(problem));
    }

    #[test]
    fn a_reason_has_ten_to_five_hundred_characters_on_one_line() {
        assert_eq!(Reason::parse("lost phone\r\n at work ").unwrap().as_str(), "lost phone at work");
        assert_eq!(Reason::parse("0123456789").unwrap().as_str(), "0123456789");
        assert!(Reason::parse(&"ö".repeat(500)).is_ok());
        assert_eq!(Reason::parse(&"ö".repeat(501)), Err(ReasonProblem::TooLong));
    }

    #[test]
    fn documents_are_read_from_a_form_and_others_passed_over() {
        let seen = Document::among(["staff-card", "library-card", "passport", "passport"]);
        assert_eq!(seen, [Document::Passport, Document::StaffCard]);
    }

    #[rstest]
    #[case("", SearchProblem::Empty)]
    #[case("a", SearchProblem::TooShort)]
    #[case("%%", SearchProblem::TooShort)]
    #[case("a%", SearchProblem::TooShort)]
    fn nobody_is_found_by_less_than_two_letters(#[case] typed: &str, #[case] problem: SearchProblem) {
        assert_eq!(Search::parse(typed), Err(problem));
    }

    #[test]
    fn a_name_is_found_however_it_is_spelt_and_an_address_as_it_is_kept() {
        let search = Search::parse(" Sinéad O’Brien ").unwrap();
        assert_eq!(search.name, searchable("Sinead O'BRIEN"));
        assert_eq!(
            Search::parse("Amina.Khan@NORTHFIELD.example").unwrap().identifier,
            "amina.khan@northfield.example"
        );
        assert_eq!(Search::parse("20004711").unwrap().identifier, "20004711");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_or_refused_without_a_panic(typed in "\\PC{0,600}") {
            if let Ok(reason) = Reason::parse(&typed) {
                prop_assert!((Reason::SHORTEST..=Reason::LONGEST).contains(&reason.as_str().chars().count()));
                prop_assert!(!reason.as_str().contains(char::is_control));
            }
            if let Ok(search) = Search::parse(&typed) {
                prop_assert!(search.name.chars().count() >= Search::SHORTEST);
            }
        }
    }
}

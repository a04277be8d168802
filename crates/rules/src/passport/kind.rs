//! The kinds of credentials that a staff passport holds: what each says stands in a file (see [`TypeFile`](super::TypeFile)).

use super::{Attribute, AttributeForm, CredentialFamily, Words, known};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The kind that signs its holder in. It says nothing about them but which passport it opens.
const ACCESS_KEY: &str = "access-key";

/// A kind of credential. Kinds are equal that have one name.
#[derive(Clone, Copy)]
pub struct CredentialKind(pub(super) &'static Kind);

/// What the file of a kind says.
pub(super) struct Kind {
    pub(super) name: String,
    pub(super) place: u32,
    pub(super) family: CredentialFamily,
    pub(super) usual_policy: Option<String>,
    pub(super) title: Words,
    pub(super) about: Words,
    pub(super) attributes: &'static [Attribute],
    pub(super) validity: Option<Validity>,
    pub(super) variants_by: &'static [&'static str],
    pub(super) variants: Vec<CredentialVariant>,
}

/// For how long a credential holds by itself.
pub(super) struct Validity {
    /// The day from which it counts: that in the first of these attributes that is there.
    pub(super) from: &'static [&'static str],
    /// So many months; none where each variant says it, or nothing counts.
    pub(super) months: Option<u32>,
    /// It ends with the earliest of the days in these attributes, at the latest.
    pub(super) until: &'static [&'static str],
}

/// One of several of a kind that somebody holds side by side: a subject of the Core Skills Training Framework at a level.
#[derive(Debug, PartialEq, Eq)]
pub struct CredentialVariant {
    /// What tells it from others: lower case, with hyphens.
    pub code: &'static str,
    /// What people call it.
    pub title: Words,
    /// It holds for so many months, where it does not hold until it is revoked.
    pub valid_months: Option<u32>,
    /// Its place among those of its kind.
    pub(super) place: u32,
    /// What it says, by the name of the attribute.
    pub(super) claims: Vec<(&'static str, &'static str)>,
}

impl CredentialVariant {
    /// What it says of an attribute that tells variants apart; nothing where it has none of it.
    pub fn claim(&self, name: &str) -> Option<&'static str> {
        self.claims.iter().find(|(each, _)| *each == name).map(|(_, words)| *words)
    }
}

impl CredentialKind {
    /// All kinds, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        known().iter().map(Self)
    }

    /// The one with this name, if any.
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.as_str() == name)
    }

    /// The kind that signs its holder in.
    ///
    /// # Panics
    /// Where this program was built without the file of that kind.
    #[expect(
        clippy::expect_used,
        reason = "it is among the types of the field, which are part of this program"
    )]
    pub fn access_key() -> Self {
        Self::parse(ACCESS_KEY).expect("the file of access keys")
    }

    /// Its stable name for the database and for addresses: lower case, with hyphens.
    pub fn as_str(self) -> &'static str {
        &self.0.name
    }

    /// Whether it is the kind that signs its holder in.
    pub fn is_access_key(self) -> bool {
        self.as_str() == ACCESS_KEY
    }

    /// Whether it is reviewed by its owner. An access key is collected, not reviewed.
    pub fn is_reviewed(self) -> bool {
        !self.is_access_key()
    }

    /// What people call it.
    pub fn title(self) -> Words {
        self.0.title
    }

    /// What it is, in a sentence.
    pub fn about(self) -> Words {
        self.0.about
    }

    /// With which others it is shown.
    pub fn family(self) -> CredentialFamily {
        self.0.family
    }

    /// The assurance policy that it usually follows; none where there is none that all trusts follow.
    pub fn usual_policy(self) -> Option<&'static str> {
        self.0.usual_policy.as_deref()
    }

    /// What a credential of this kind says, in the order in which it is shown. An access key says nothing about its owner.
    pub fn attributes(self) -> &'static [Attribute] {
        self.0.attributes
    }

    /// The names of the attributes that tell apart what somebody may hold side by side, from the widest to the narrowest.
    pub fn variants_by(self) -> &'static [&'static str] {
        self.0.variants_by
    }

    /// What somebody may hold side by side, in the order in which it is shown.
    pub fn variants(self) -> &'static [CredentialVariant] {
        &self.0.variants
    }

    /// The day that is all that has to be said of a variant: where there is one, several are provided together by a list of days.
    pub fn day_of_a_variant(self) -> Option<&'static Attribute> {
        let mut needed = self.attributes().iter().filter(|each| each.required);
        let apart = |each: &&Attribute| !self.variants_by().contains(&each.name);
        let (day, more) = (needed.by_ref().find(apart)?, needed.any(|each| apart(&each)));
        let is_day = matches!(day.form, AttributeForm::Day | AttributeForm::PastDay);
        (is_day && !more && !self.variants().is_empty()).then_some(day)
    }

    /// The variant with this code, if any.
    pub fn variant(self, code: &str) -> Option<&'static CredentialVariant> {
        self.variants().iter().find(|variant| variant.code == code)
    }

    /// The variant of which a credential says what tells it apart, word for word, if any; `said` answers what is in an attribute.
    pub fn variant_that_says<'a>(
        self,
        said: impl Fn(&str) -> Option<&'a str>,
    ) -> Option<&'static CredentialVariant> {
        let is_it = |variant: &&CredentialVariant| {
            self.variants_by().iter().all(|name| variant.claim(name) == said(name))
        };
        self.variants().iter().find(is_it)
    }

    /// The last day on which a credential holds by itself, from what it says (`day` answers the day in an attribute): the day before it
    /// must be there again, or the end that it states, whichever comes first. None where it holds until it is revoked.
    pub fn valid_until(
        self,
        variant: Option<&CredentialVariant>,
        day: impl Fn(&str) -> Option<Date>,
    ) -> Option<Date> {
        let stated = self.stated_end(&day).map(|(_, last)| last);
        self.before_it_must_be_there_again(variant, day).into_iter().chain(stated).min()
    }

    fn before_it_must_be_there_again(
        self,
        variant: Option<&CredentialVariant>,
        day: impl Fn(&str) -> Option<Date>,
    ) -> Option<Date> {
        let months = self.valid_months(variant)?;
        let from = self.0.validity.as_ref()?.from.iter().find_map(|name| day(name))?;
        let months = i32::try_from(months).unwrap_or(i32::MAX);
        let again = from.checked_add(months.months());
        Some(again.and_then(|again| again.checked_sub(1.day())).unwrap_or(Date::MAX))
    }

    /// The attributes in which a credential states its own end, in the order of the file.
    pub fn ends(self) -> impl Iterator<Item = &'static Attribute> {
        let names = self.0.validity.as_ref().map_or(&[][..], |validity| validity.until);
        names.iter().filter_map(move |name| self.attributes().iter().find(|each| each.name == *name))
    }

    /// The last day that a credential states itself, and the attribute in which it stands: the earliest, where there are several.
    pub fn stated_end(self, day: impl Fn(&str) -> Option<Date>) -> Option<(&'static Attribute, Date)> {
        let stated = self.ends().filter_map(|attribute| Some((attribute, day(attribute.name)?)));
        stated.min_by_key(|(_, last)| *last)
    }

    /// So many months it holds by itself, as its file says.
    pub(super) fn valid_months(self, variant: Option<&CredentialVariant>) -> Option<u32> {
        let validity = self.0.validity.as_ref()?;
        variant.and_then(|variant| variant.valid_months).or(validity.months)
    }
}

impl fmt::Debug for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for CredentialKind {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for CredentialKind {}

impl Hash for CredentialKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialOrd for CredentialKind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order in which they are shown.
impl Ord for CredentialKind {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.place, self.as_str()).cmp(&(other.0.place, other.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn core_skill() -> CredentialKind {
        CredentialKind::parse("core-skill").unwrap()
    }

    /// The last day of a core skill that was attained on a day.
    fn last_day(code: &str, attained: Date) -> Option<Date> {
        let variant = core_skill().variant(code);
        core_skill().valid_until(variant, |name| (name == "attained_on").then_some(attained))
    }

    #[test]
    fn fire_safety_holds_for_two_years_and_not_a_day_longer() {
        assert_eq!(last_day("fire-safety", date(2026, 11, 22)), Some(date(2028, 11, 21)));
        assert_eq!(last_day("fire-safety", date(2024, 2, 29)), Some(date(2026, 2, 27)));
        assert_eq!(last_day("fire-safety", Date::MAX), Some(Date::MAX));
    }

    #[test]
    fn a_later_award_counts_and_what_has_no_period_holds_until_it_is_revoked() {
        let fire = core_skill().variant("fire-safety");
        let days = |name: &str| match name {
            "last_awarded_on" => Some(date(2026, 6, 1)),
            _ => Some(date(2025, 6, 1)),
        };
        assert_eq!(core_skill().valid_until(fire, days), Some(date(2028, 5, 31)));
        assert_eq!(core_skill().valid_until(fire, |_| None), None);
        let dbs = CredentialKind::parse("dbs").unwrap();
        assert_eq!(dbs.valid_until(None, |_| Some(date(2026, 1, 1))), None);
    }

    #[test]
    fn what_states_its_end_ends_with_that_day_and_what_states_none_holds_until_it_is_revoked() {
        for (kind, end) in [
            ("professional-registration", "expires_on"),
            ("right-to-work", "leave_until"),
            ("temporary-placement", "ends_on"),
            ("employment-assignment", "fixed_term_ends_on"),
        ] {
            let kind = CredentialKind::parse(kind).unwrap();
            let said = |name: &str| (name == end).then_some(date(2027, 3, 31));
            assert_eq!(kind.valid_until(None, said), Some(date(2027, 3, 31)), "{kind:?}");
            assert_eq!(kind.valid_until(None, |_| None), None, "{kind:?}");
            assert_eq!(kind.ends().map(|each| each.name).collect::<Vec<_>>(), [end]);
        }
    }

    #[test]
    fn every_day_in_which_a_type_of_the_field_can_end_is_named_as_its_end() {
        let starts = ["starts_on"];
        for kind in CredentialKind::all() {
            let days = kind.attributes().iter().filter(|each| each.form == AttributeForm::Day);
            let days = days.map(|each| each.name).filter(|name| !starts.contains(name));
            assert_eq!(days.collect::<Vec<_>>(), kind.ends().map(|each| each.name).collect::<Vec<_>>());
        }
    }

    #[test]
    fn of_a_core_skill_the_day_is_all_that_has_to_be_said() {
        assert_eq!(core_skill().day_of_a_variant().map(|day| day.name), Some("attained_on"));
        let with_a_day = CredentialKind::all().filter(|kind| kind.day_of_a_variant().is_some());
        assert_eq!(with_a_day.collect::<Vec<_>>(), [core_skill()]);
    }

    #[test]
    fn the_periods_are_those_of_the_framework() {
        let months = |code: &str| core_skill().variant(code).unwrap().valid_months;
        for (code, expected) in [
            ("conflict-resolution", 36),
            ("fire-safety", 24),
            ("infection-prevention-1", 36),
            ("infection-prevention-2", 12),
            ("information-governance", 12),
            ("moving-handling-2", 24),
            ("resuscitation-adult-basic", 12),
            ("safeguarding-children-3", 36),
        ] {
            assert_eq!(months(code), Some(expected), "{code}");
        }
    }

    #[test]
    fn the_access_key_alone_is_collected_and_says_nothing() {
        for kind in CredentialKind::all() {
            assert_eq!(kind.is_access_key(), kind.as_str() == "access-key");
            assert_eq!(kind.attributes().is_empty(), !kind.is_reviewed(), "{kind:?}");
            assert_eq!(CredentialKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(CredentialKind::parse("juggling"), None);
    }
}

//! What a trust can provide, as people choose it: a kind of credential, or one core skill at its level.

use super::{Attribute, CredentialKind, CredentialVariant, Words, named};

named! {
    /// Kinds of credentials that belong together.
    CredentialFamily {
        /// Who somebody is, and what a new starter says.
        Identity = "identity";
        /// What is checked before somebody works.
        EmploymentChecks = "employment-checks";
        /// Where somebody works.
        Assignment = "assignment";
        /// What somebody has learned.
        CoreSkills = "core-skills";
    }
}

/// What can be provided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialType {
    /// What kind.
    pub kind: CredentialKind,
    /// Which of a kind that has variants.
    pub variant: Option<&'static CredentialVariant>,
}

impl CredentialType {
    /// All that can be provided, in the order in which it is shown.
    pub fn all() -> impl Iterator<Item = Self> {
        CredentialKind::all().filter(|kind| kind.is_reviewed()).flat_map(|kind| {
            let alone = kind.variants_by().is_empty().then_some(Self { kind, variant: None });
            let variants = kind.variants().iter();
            alone.into_iter().chain(variants.map(move |variant| Self { kind, variant: Some(variant) }))
        })
    }

    /// Its stable name: that of the kind, or of the variant. Lower case, with hyphens.
    pub fn code(self) -> &'static str {
        self.variant.map_or(self.kind.as_str(), |variant| variant.code)
    }

    /// The one with this name, if any.
    pub fn parse(code: &str) -> Option<Self> {
        Self::all().find(|each| each.code() == code)
    }

    /// What tells two of a kind apart: the code of the variant; else empty.
    pub fn variant_code(self) -> &'static str {
        self.variant.map_or("", |variant| variant.code)
    }

    /// What people call it.
    pub fn title(self) -> Words {
        self.variant.map_or(self.kind.title(), |variant| variant.title)
    }

    /// What is asked for beside what its name says already: a core skill's name is its subject and level.
    pub fn asked(self) -> impl Iterator<Item = &'static Attribute> {
        let said = self.kind.variants_by();
        self.kind.attributes().iter().filter(move |each| !said.contains(&each.name))
    }

    /// So many months it holds by itself; none where no period counts.
    pub fn valid_months(self) -> Option<u32> {
        self.kind.valid_months(self.variant)
    }

    /// The attributes in which it states its own end, in the order of the file.
    pub fn ends(self) -> impl Iterator<Item = &'static Attribute> {
        self.kind.ends()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_type_of_the_field_is_there_has_a_name_of_its_own_and_is_found_by_it() {
        let mut seen = BTreeSet::new();
        for each in CredentialType::all() {
            assert!(seen.insert(each.code()), "{}", each.code());
            assert_eq!(CredentialType::parse(each.code()), Some(each));
        }
        assert_eq!(seen.len(), 11 + 24);
        for none in ["access-key", "core-skill", "", "juggling"] {
            assert_eq!(CredentialType::parse(none), None);
        }
    }

    #[test]
    fn types_of_a_family_are_shown_together() {
        let mut families: Vec<_> = CredentialType::all().map(|each| each.kind.family()).collect();
        families.dedup();
        assert_eq!(families, CredentialFamily::ALL);
    }

    #[test]
    fn a_core_skill_is_asked_for_neither_its_subject_nor_its_level() {
        let fire = CredentialType::parse("fire-safety").unwrap();
        let asked: Vec<_> = fire.asked().map(|each| each.name).collect();
        assert_eq!(asked, ["attained_on", "last_awarded_on", "proficiency"]);
        assert_eq!((fire.title().get("en"), fire.valid_months()), ("Fire safety", Some(24)));
        let dbs = CredentialType::parse("dbs").unwrap();
        assert_eq!(dbs.asked().count(), dbs.kind.attributes().len());
        assert_eq!(dbs.valid_months(), None);
    }
}

//! What a trust can provide, as people choose it: a kind of credential, or one core skill at its level.

use super::{Attribute, CoreSkill, CredentialKind, named};

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
    /// Which core skill, where that is the kind.
    pub skill: Option<CoreSkill>,
}

impl CredentialType {
    /// All that can be provided, in the order in which it is shown.
    pub fn all() -> impl Iterator<Item = Self> {
        let kinds = CredentialKind::ALL.iter().copied();
        let kinds = kinds.filter(|kind| kind.is_reviewed() && *kind != CredentialKind::CoreSkill);
        let skills = CoreSkill::ALL.iter().copied();
        kinds
            .map(|kind| Self { kind, skill: None })
            .chain(skills.map(|skill| Self { kind: CredentialKind::CoreSkill, skill: Some(skill) }))
    }

    /// Its stable name: that of the kind, or of the core skill. Lower case, with hyphens.
    pub fn code(self) -> &'static str {
        self.skill.map_or(self.kind.as_str(), |skill| skill.code)
    }

    /// The one with this name, if any.
    pub fn parse(code: &str) -> Option<Self> {
        Self::all().find(|each| each.code() == code)
    }

    /// What tells two of a kind apart: the code of a core skill; else empty.
    pub fn variant(self) -> &'static str {
        self.skill.map_or("", |skill| skill.code)
    }

    /// What it says beside what its name says already: a core skill's name is its subject and level.
    pub fn asked(self) -> impl Iterator<Item = &'static Attribute> {
        let said = self.skill.is_some();
        self.kind.attributes().iter().filter(move |each| !said || !["subject", "level"].contains(&each.name))
    }
}

impl CredentialKind {
    /// With which others it is shown.
    pub const fn family(self) -> CredentialFamily {
        match self {
            Self::AccessKey | Self::Identity | Self::NewStarter => CredentialFamily::Identity,
            Self::RightToWork
            | Self::Dbs
            | Self::DbsSupporting
            | Self::OccupationalHealth
            | Self::ProfessionalRegistration
            | Self::Tuberculosis
            | Self::Varicella => CredentialFamily::EmploymentChecks,
            Self::EmploymentAssignment | Self::TemporaryPlacement => CredentialFamily::Assignment,
            Self::CoreSkill => CredentialFamily::CoreSkills,
        }
    }

    /// The assurance policy that it usually follows; none where there is none that all trusts follow.
    pub const fn usual_policy(self) -> Option<&'static str> {
        match self {
            Self::Identity => Some("GPG 45"),
            Self::CoreSkill => Some("CSTF"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_type_has_a_name_of_its_own_and_is_found_by_it() {
        let mut seen = BTreeSet::new();
        for each in CredentialType::all() {
            assert!(seen.insert(each.code()), "{}", each.code());
            assert_eq!(CredentialType::parse(each.code()), Some(each));
        }
        assert_eq!(seen.len(), CoreSkill::ALL.len() + CredentialKind::ALL.len() - 2);
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
        let dbs = CredentialType::parse("dbs").unwrap();
        assert_eq!(dbs.asked().count(), CredentialKind::Dbs.attributes().len());
    }
}

//! What a job role requires of a staff passport, and how far somebody has come: pending until all of it is there or somebody bypasses the
//! rest, then active.

use super::{CredentialKind, CredentialType, named};

/// A job role's name has at most so many characters.
pub const LONGEST_JOB_ROLE: usize = 60;
/// An organisation has at most so many job roles.
pub const MOST_JOB_ROLES: u32 = 300;
/// Why the rest is bypassed takes at most so many characters.
pub const LONGEST_BYPASS_REASON: usize = 300;

/// The name of a job role as it is compared with others, and with what an employer's list says: lower case, one space between words.
pub fn folded_job_role(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

named! {
    /// How a passport stands against its job role.
    PassportStanding {
        /// It has none: nothing is required.
        NoJobRole = "no-job-role";
        /// Something is missing.
        Pending = "pending";
        /// All that is required is there.
        Active = "active";
        /// Something is missing, and somebody has said that it need not be there.
        Bypassed = "bypassed";
    }
}

/// How far a passport has come with what its job role requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is there.
    pub completed: Vec<CredentialType>,
    /// What is not.
    pub missing: Vec<CredentialType>,
}

impl Progress {
    /// Compares what is required with the credentials that are held and good, each as its kind and variant.
    pub fn of<'a>(
        required: impl IntoIterator<Item = CredentialType>,
        held: impl IntoIterator<Item = (CredentialKind, &'a str)>,
    ) -> Self {
        let held: Vec<_> = held.into_iter().collect();
        let is_held = |each: &CredentialType| {
            held.iter().any(|(kind, variant)| *kind == each.kind && *variant == each.variant_code())
        };
        let (completed, missing) = required.into_iter().partition(is_held);
        Self { completed, missing }
    }

    /// How a passport stands that has come this far, where these need not be there. What is missing beside them, since it ended later,
    /// nobody has bypassed.
    pub fn standing(&self, bypassed: &[CredentialType]) -> PassportStanding {
        if self.missing.is_empty() {
            PassportStanding::Active
        } else if self.missing.iter().all(|each| bypassed.contains(each)) {
            PassportStanding::Bypassed
        } else {
            PassportStanding::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(codes: &[&str]) -> Vec<CredentialType> {
        codes.iter().map(|code| CredentialType::parse(code).unwrap()).collect()
    }

    fn held(codes: &[&str]) -> Vec<(CredentialKind, &'static str)> {
        types(codes).into_iter().map(|each| (each.kind, each.variant_code())).collect()
    }

    #[test]
    fn a_passport_is_pending_until_all_is_there_or_the_rest_is_bypassed() {
        let required = types(&["identity", "dbs", "fire-safety"]);
        let progress = Progress::of(required.clone(), held(&["fire-safety", "varicella"]));
        assert_eq!((progress.completed.len(), progress.missing.len()), (1, 2));
        assert_eq!(progress.standing(&[]), PassportStanding::Pending);
        assert_eq!(progress.standing(&types(&["dbs"])), PassportStanding::Pending, "identity ended later");
        assert_eq!(progress.standing(&types(&["dbs", "identity"])), PassportStanding::Bypassed);
        let whole = Progress::of(required, held(&["identity", "dbs", "fire-safety"]));
        assert_eq!(whole.standing(&[]), PassportStanding::Active);
        assert_eq!(
            whole.standing(&types(&["dbs"])),
            PassportStanding::Active,
            "a bypass that is not needed says nothing"
        );
        assert_eq!(Progress::of([], []).standing(&[]), PassportStanding::Active);
    }

    #[test]
    fn job_roles_are_the_same_whatever_their_capitals_and_spaces() {
        assert_eq!(folded_job_role("  Staff\u{a0} NURSE\t"), "staff nurse");
        assert_eq!(folded_job_role("Élève Infirmière"), folded_job_role("élève infirmière"));
        assert_ne!(folded_job_role("Staff Nurse"), folded_job_role("Staff-Nurse"));
        assert_eq!(folded_job_role(&folded_job_role("Ward  Clerk")), "ward clerk");
    }

    #[test]
    fn another_core_skill_is_not_the_one_that_is_required() {
        let progress = Progress::of(types(&["safeguarding-adults-2"]), held(&["safeguarding-adults-1"]));
        assert_eq!(progress.missing, types(&["safeguarding-adults-2"]));
        assert!(progress.completed.is_empty());
    }
}

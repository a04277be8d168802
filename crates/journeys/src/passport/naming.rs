//! What people call a credential.

use rules::passport::{CoreSkill, CredentialKind};
use wording::{Language, text};

/// What people call a credential: "Right to work"; a core skill by its subject and level: "Safeguarding adults, Level 2".
pub fn title(kind: CredentialKind, variant: &str) -> String {
    let skill = match kind {
        CredentialKind::CoreSkill => CoreSkill::by_code(variant),
        _ => None,
    };
    match skill {
        Some(CoreSkill { subject, level: Some(level), .. }) => format!("{subject}, {level}"),
        Some(CoreSkill { subject, level: None, .. }) => subject.to_owned(),
        None => text(Language::En, &format!("credential-kind-{}", kind.as_str()), &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::passport::{ASSURANCE, RejectReason, RevokeReason, WithdrawReason};
    use wording::exists;

    fn has_words(key: &str) {
        assert!(exists(Language::En, key), "{key}");
    }

    #[test]
    fn everything_that_a_credential_says_has_its_words() {
        for kind in CredentialKind::ALL {
            has_words(&format!("credential-kind-{}", kind.as_str()));
            for attribute in kind.attributes() {
                has_words(&format!("claim-{}", attribute.name.replace('_', "-")));
            }
        }
        for attribute in ASSURANCE {
            has_words(&format!("assurance-{}", attribute.name.replace('_', "-")));
        }
        for reason in RejectReason::ALL {
            has_words(&format!("reject-{}", reason.as_str()));
            has_words(&format!("advice-{}", reason.as_str()));
            has_words(&format!("share-reject-{}", reason.as_str()));
            has_words(&format!("not-taken-{}", reason.as_str()));
        }
        for reason in WithdrawReason::ALL {
            has_words(&format!("withdraw-{}", reason.as_str()));
        }
        for reason in RevokeReason::ALL {
            has_words(&format!("revoke-{}", reason.as_str()));
        }
    }

    #[test]
    fn a_core_skill_goes_by_its_subject_and_level() {
        assert_eq!(title(CredentialKind::CoreSkill, "fire-safety"), "Fire safety");
        assert_eq!(title(CredentialKind::CoreSkill, "safeguarding-adults-2"), "Safeguarding adults, Level 2");
        assert_eq!(title(CredentialKind::CoreSkill, "juggling"), "Core skill");
        assert_eq!(title(CredentialKind::RightToWork, ""), "Right to work");
    }
}

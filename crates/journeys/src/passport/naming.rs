//! What people call a credential.

use rules::passport::CredentialKind;
use wording::Language;

/// What people call a credential: "Right to work"; a core skill by its subject and level: "Safeguarding adults, Level 2".
pub fn title(kind: CredentialKind, variant: &str) -> String {
    let words = kind.variant(variant).map_or(kind.title(), |variant| variant.title);
    words.get(Language::En.tag()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::passport::{RejectReason, RevokeReason, WithdrawReason};
    use wording::exists;

    fn has_words(key: &str) {
        assert!(exists(Language::En, key), "{key}");
    }

    #[test]
    fn every_reason_has_its_words() {
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
        let called = |kind, variant| title(CredentialKind::parse(kind).unwrap(), variant);
        assert_eq!(called("core-skill", "fire-safety"), "Fire safety");
        assert_eq!(called("core-skill", "safeguarding-adults-2"), "Safeguarding adults, Level 2");
        assert_eq!(called("core-skill", "juggling"), "Core skill");
        assert_eq!(called("right-to-work", ""), "Right to work");
    }
}

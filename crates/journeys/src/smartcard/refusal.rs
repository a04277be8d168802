//! Why the portal does not go on.

use jiff::SignedDuration;
use rules::smartcard::{PasscodeKind, PasscodeProblem, RuleOf};

use crate::{FieldProblem, Service};

/// Why the Self Service Portal does not go on. Each has a stable public code, explained in the docs for the service desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmartcardRefusal {
    /// The person has no card that can be used, or not this one.
    #[error("no such smartcard")]
    NoCard,
    /// The passcodes were changed in another window meanwhile.
    #[error("the passcodes were changed meanwhile")]
    ChangedMeanwhile,
    /// The passcode is so old that only the Registration Authority can help.
    #[error("the account is locked until the Registration Authority unlocks it")]
    Locked,
    /// The certificates have expired: only the Registration Authority can help.
    #[error("the certificates have expired")]
    Expired,
    /// The person has renewed as often as they can by themselves.
    #[error("the Registration Authority must renew")]
    RenewalByAuthority,
    /// The certificates are good for so long that they are not renewed yet.
    #[error("the certificates are not due")]
    NotDue,
    /// The Account Recovery Passcode was wrong too often.
    #[error("no Account Recovery Passcode is taken for a while")]
    RecoveryPaused {
        /// How long.
        wait: SignedDuration,
    },
    /// There is no Account Recovery Passcode, or the organisation unlocks in another way.
    #[error("the card cannot be unlocked here")]
    NotUnlockable,
}

impl SmartcardRefusal {
    /// The public code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoCard => "FW-2001",
            Self::ChangedMeanwhile => "FW-2002",
            Self::Locked => "FW-2003",
            Self::Expired => "FW-2004",
            Self::RenewalByAuthority => "FW-2005",
            Self::NotDue => "FW-2006",
            Self::RecoveryPaused { .. } => "FW-2007",
            Self::NotUnlockable => "FW-2008",
        }
    }
}

/// The name of a passcode, as pages say it.
pub(crate) fn name_of(service: &Service, kind: PasscodeKind) -> String {
    let key = match kind {
        PasscodeKind::Smartcard => "passcode-smartcard",
        PasscodeKind::Recovery => "passcode-recovery",
        PasscodeKind::Verification => "passcode-verification",
    };
    service.word(key, &[])
}

/// What is wrong with a new passcode, and whose rule refused it.
pub(crate) fn passcode_problem(
    service: &Service,
    field: &'static str,
    kind: PasscodeKind,
    problem: PasscodeProblem,
) -> FieldProblem {
    let by_card = problem.of() == Some(RuleOf::Card);
    let key = match (problem, by_card) {
        (PasscodeProblem::Empty, _) => "passcode-new-empty",
        (PasscodeProblem::TooShort { .. }, false) => "passcode-too-short",
        (PasscodeProblem::TooShort { .. }, true) => "passcode-too-short-card",
        (PasscodeProblem::TooLong { .. }, false) => "passcode-too-long",
        (PasscodeProblem::TooLong { .. }, true) => "passcode-too-long-card",
        (PasscodeProblem::NotDigits { .. }, false) => "passcode-not-digits",
        (PasscodeProblem::NotDigits { .. }, true) => "passcode-not-digits-card",
        (PasscodeProblem::OddCharacter { .. }, false) => "passcode-odd-character",
        (PasscodeProblem::OddCharacter { .. }, true) => "passcode-odd-character-card",
    };
    let named = FieldProblem::new(field, key).with("passcode", &name_of(service, kind));
    match problem {
        PasscodeProblem::TooShort { min, .. } => named.with("min", &min),
        PasscodeProblem::TooLong { max, .. } => named.with("max", &max),
        _ => named,
    }
}

//! What can happen around an account that its owner is shown under *Recent activity*.

use thiserror::Error;

/// One kind of happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each says what happened; its words for people are in the message files")]
pub enum ActivityKind {
    SignedIn,
    SignedOut,
    PasswordWrong,
    FactorWrong,
    ProvedAgain,
    SignedOutEverywhere,
    SessionEnded,
    MethodAdded,
    MethodChanged,
    MethodRemoved,
    PasskeyAdded,
    PasskeyChanged,
    PasskeyRemoved,
    PasskeyRefused,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    DeviceRemembered,
    DeviceForgotten,
    PasswordChanged,
    PasswordReset,
    ApprovalRefused,
    ApprovalsPaused,
    ResetStarted,
    ResetFailed,
    Unlocked,
    AccountDisabled,
    AccountEnabled,
    CallerChecked,
    AssistedResetStarted,
    RoleGiven,
    RoleTaken,
    SmartcardIssued,
    SmartcardRenewed,
    PasscodesSet,
    PasscodesForced,
    PasscodeRefused,
    SmartcardBlocked,
    SmartcardUnblocked,
    SmartcardUnlocked,
    CertificatesRevoked,
    SmartcardCancelled,
    SmartcardCleared,
    CardSignInRefused,
    WalletDisowned,
    CardHolderChecked,
    VerificationChecked,
    VerificationRefused,
    Reported,
}

/// No happening has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such activity")]
pub struct UnknownActivity;

impl ActivityKind {
    /// All of them.
    pub const ALL: [Self; 48] = [
        Self::SignedIn,
        Self::SignedOut,
        Self::PasswordWrong,
        Self::FactorWrong,
        Self::ProvedAgain,
        Self::SignedOutEverywhere,
        Self::SessionEnded,
        Self::MethodAdded,
        Self::MethodChanged,
        Self::MethodRemoved,
        Self::PasskeyAdded,
        Self::PasskeyChanged,
        Self::PasskeyRemoved,
        Self::PasskeyRefused,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::DeviceRemembered,
        Self::DeviceForgotten,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::ApprovalRefused,
        Self::ApprovalsPaused,
        Self::ResetStarted,
        Self::ResetFailed,
        Self::Unlocked,
        Self::AccountDisabled,
        Self::AccountEnabled,
        Self::CallerChecked,
        Self::AssistedResetStarted,
        Self::RoleGiven,
        Self::RoleTaken,
        Self::SmartcardIssued,
        Self::SmartcardRenewed,
        Self::PasscodesSet,
        Self::PasscodesForced,
        Self::PasscodeRefused,
        Self::SmartcardBlocked,
        Self::SmartcardUnblocked,
        Self::SmartcardUnlocked,
        Self::CertificatesRevoked,
        Self::SmartcardCancelled,
        Self::SmartcardCleared,
        Self::CardSignInRefused,
        Self::WalletDisowned,
        Self::CardHolderChecked,
        Self::VerificationChecked,
        Self::VerificationRefused,
        Self::Reported,
    ];

    /// Its name in the database, and in the keys of the message files after `activity-`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::SignedOut => "signed-out",
            Self::PasswordWrong => "password-wrong",
            Self::FactorWrong => "factor-wrong",
            Self::ProvedAgain => "proved-again",
            Self::SignedOutEverywhere => "signed-out-everywhere",
            Self::SessionEnded => "session-ended",
            Self::MethodAdded => "method-added",
            Self::MethodChanged => "method-changed",
            Self::MethodRemoved => "method-removed",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyChanged => "passkey-changed",
            Self::PasskeyRemoved => "passkey-removed",
            Self::PasskeyRefused => "passkey-refused",
            Self::RecoveryCodesMade => "recovery-codes-made",
            Self::RecoveryCodeUsed => "recovery-code-used",
            Self::DeviceRemembered => "device-remembered",
            Self::DeviceForgotten => "device-forgotten",
            Self::PasswordChanged => "password-changed",
            Self::PasswordReset => "password-reset",
            Self::ApprovalRefused => "approval-refused",
            Self::ApprovalsPaused => "approvals-paused",
            Self::ResetStarted => "reset-started",
            Self::ResetFailed => "reset-failed",
            Self::Unlocked => "unlocked",
            Self::AccountDisabled => "account-disabled",
            Self::AccountEnabled => "account-enabled",
            Self::CallerChecked => "caller-checked",
            Self::AssistedResetStarted => "assisted-reset-started",
            Self::RoleGiven => "role-given",
            Self::RoleTaken => "role-taken",
            Self::SmartcardIssued => "smartcard-issued",
            Self::SmartcardRenewed => "smartcard-renewed",
            Self::PasscodesSet => "passcodes-set",
            Self::PasscodesForced => "passcodes-forced",
            Self::PasscodeRefused => "passcode-refused",
            Self::SmartcardBlocked => "smartcard-blocked",
            Self::SmartcardUnblocked => "smartcard-unblocked",
            Self::SmartcardUnlocked => "smartcard-unlocked",
            Self::CertificatesRevoked => "certificates-revoked",
            Self::SmartcardCancelled => "smartcard-cancelled",
            Self::SmartcardCleared => "smartcard-cleared",
            Self::CardSignInRefused => "card-sign-in-refused",
            Self::WalletDisowned => "wallet-disowned",
            Self::CardHolderChecked => "card-holder-checked",
            Self::VerificationChecked => "verification-checked",
            Self::VerificationRefused => "verification-refused",
            Self::Reported => "reported",
        }
    }

    /// The happening with this name.
    ///
    /// # Errors
    /// [`UnknownActivity`] where there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownActivity> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownActivity)
    }

    /// Whether it was a try that failed, which may have been somebody else's.
    pub fn is_attempt(self) -> bool {
        matches!(
            self,
            Self::PasswordWrong
                | Self::FactorWrong
                | Self::PasskeyRefused
                | Self::ApprovalRefused
                | Self::ResetFailed
                | Self::PasscodeRefused
                | Self::SmartcardBlocked
                | Self::CardSignInRefused
                | Self::WalletDisowned
                | Self::VerificationRefused
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_happening_is_read_as_it_is_written() {
        for kind in ActivityKind::ALL {
            assert_eq!(ActivityKind::parse(kind.as_str()), Ok(kind));
        }
        assert_eq!(ActivityKind::parse("danced"), Err(UnknownActivity));
    }
}

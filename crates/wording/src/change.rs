//! What a person is told was changed of their own security, in the words that every channel uses.

use serde::{Deserialize, Serialize};

use crate::phrase::text;
use crate::{Language, SignInMethod};

/// A change that its owner is told of by every channel that the account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each says what was changed; its words are in the message files")]
pub enum SecurityChange {
    MethodAdded(SignInMethod),
    MethodChanged(SignInMethod),
    MethodRemoved(SignInMethod),
    PasskeyAdded,
    PasskeyRemoved,
    /// The count of a passkey went back: there may be a copy.
    PasskeyRefused,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    PasswordChanged,
    PasswordReset,
    Unlocked,
    SignedOutEverywhere,
    /// Requests in the authenticator were refused or not answered too often.
    ApprovalsPaused,
    /// Whoever has the password entered so many wrong codes of an app that no more are taken today.
    CodesGuessed,
    /// The app took the account off the phone, and the method with it.
    AppLeft,
    /// A staff passport signed in where nobody had signed in before.
    PassportSignIn,
    /// The access key of the staff passport went to a wallet, the first one or after none was left.
    AccessKeyAdded,
    /// Another one took the place of the one before.
    AccessKeyReplaced,
    /// A wallet got a new copy of it, and the copies before ended.
    AccessKeyCopied,
    AccessKeyRevoked,
    AccountDisabled,
    AccountEnabled,
    /// The service desk checked who was calling.
    CallerChecked,
    /// The service desk began a reset with the person.
    AssistedReset,
    RoleGiven,
    RoleTaken,
    /// A smartcard came with certificates.
    SmartcardIssued,
    SmartcardRenewed,
    /// An authority that took its time has decided.
    SmartcardCertificatesReady,
    SmartcardUnblocked,
    /// Passcodes of a smartcard were changed or removed.
    PasscodesSet,
    /// The Registration Authority made sure who was there.
    IdentityChecked,
    /// The Registration Authority unlocked the account, whose passcodes were too old.
    SmartcardUnlocked,
    /// The Registration Authority asks for new passcodes.
    PasscodesForced,
    SmartcardRevoked,
    SmartcardCancelled,
    SmartcardCleared,
}

impl SecurityChange {
    /// One of each kind.
    pub const ALL: [Self; 37] = [
        Self::MethodAdded(SignInMethod::AuthenticatorApp),
        Self::MethodChanged(SignInMethod::TextMessage),
        Self::MethodRemoved(SignInMethod::AlternativePhone),
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::PasskeyRefused,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::Unlocked,
        Self::SignedOutEverywhere,
        Self::ApprovalsPaused,
        Self::CodesGuessed,
        Self::AppLeft,
        Self::PassportSignIn,
        Self::AccessKeyAdded,
        Self::AccessKeyReplaced,
        Self::AccessKeyCopied,
        Self::AccessKeyRevoked,
        Self::AccountDisabled,
        Self::AccountEnabled,
        Self::CallerChecked,
        Self::AssistedReset,
        Self::RoleGiven,
        Self::RoleTaken,
        Self::SmartcardIssued,
        Self::SmartcardRenewed,
        Self::SmartcardCertificatesReady,
        Self::SmartcardUnblocked,
        Self::PasscodesSet,
        Self::IdentityChecked,
        Self::SmartcardUnlocked,
        Self::PasscodesForced,
        Self::SmartcardRevoked,
        Self::SmartcardCancelled,
        Self::SmartcardCleared,
    ];

    /// What was changed, as half a sentence: "an authenticator app was added".
    pub fn words(self, language: Language) -> String {
        let (key, method) = match self {
            Self::MethodAdded(method) => ("change-method-added", Some(method)),
            Self::MethodChanged(method) => ("change-method-changed", Some(method)),
            Self::MethodRemoved(method) => ("change-method-removed", Some(method)),
            Self::PasskeyAdded => ("change-passkey-added", None),
            Self::PasskeyRemoved => ("change-passkey-removed", None),
            Self::PasskeyRefused => ("change-passkey-refused", None),
            Self::RecoveryCodesMade => ("change-recovery-codes-made", None),
            Self::RecoveryCodeUsed => ("change-recovery-code-used", None),
            Self::PasswordChanged => ("change-password-changed", None),
            Self::PasswordReset => ("change-password-reset", None),
            Self::Unlocked => ("change-unlocked", None),
            Self::SignedOutEverywhere => ("change-signed-out-everywhere", None),
            Self::ApprovalsPaused => ("change-approvals-paused", None),
            Self::CodesGuessed => ("change-codes-guessed", None),
            Self::AppLeft => ("change-app-left", None),
            Self::PassportSignIn => ("change-passport-sign-in", None),
            Self::AccessKeyAdded => ("change-access-key-added", None),
            Self::AccessKeyReplaced => ("change-access-key-replaced", None),
            Self::AccessKeyCopied => ("change-access-key-copied", None),
            Self::AccessKeyRevoked => ("change-access-key-revoked", None),
            Self::AccountDisabled => ("change-account-disabled", None),
            Self::AccountEnabled => ("change-account-enabled", None),
            Self::CallerChecked => ("change-caller-checked", None),
            Self::AssistedReset => ("change-assisted-reset", None),
            Self::RoleGiven => ("change-role-given", None),
            Self::RoleTaken => ("change-role-taken", None),
            Self::SmartcardIssued => ("change-smartcard-issued", None),
            Self::SmartcardRenewed => ("change-smartcard-renewed", None),
            Self::SmartcardCertificatesReady => ("change-smartcard-certificates-ready", None),
            Self::SmartcardUnblocked => ("change-smartcard-unblocked", None),
            Self::PasscodesSet => ("change-passcodes-set", None),
            Self::IdentityChecked => ("change-identity-checked", None),
            Self::SmartcardUnlocked => ("change-smartcard-unlocked", None),
            Self::PasscodesForced => ("change-passcodes-forced", None),
            Self::SmartcardRevoked => ("change-smartcard-revoked", None),
            Self::SmartcardCancelled => ("change-smartcard-cancelled", None),
            Self::SmartcardCleared => ("change-smartcard-cleared", None),
        };
        let method = method.map(|method| method.label(language)).unwrap_or_default();
        let values: &[(&str, &str)] = if method.is_empty() { &[] } else { &[("method", &method)] };
        text(language, key, values)
    }
}

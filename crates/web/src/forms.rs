//! What forms hold. A field that is missing is an empty one: the page then says what to enter.

use serde::Deserialize;
use vault::Secret;

/// One field: an e-mail address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct EmailForm {
    pub email: String,
}

/// One field: a telephone number.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NumberForm {
    pub number: String,
    pub how: String,
}

/// One field: a code.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct CodeForm {
    pub code: String,
}

/// The code of a second factor, and whether to be spared it in this browser from now on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct FactorForm {
    pub code: String,
    pub remember: String,
}

/// The password alone.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PasswordForm {
    pub password: Typed,
}

/// A new password while it is typed, and what it must not hold.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct StrengthForm {
    pub password: Typed,
    pub organisation: String,
    pub names: String,
}

/// One choice: the second factor.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct MethodForm {
    pub method: String,
}

/// One choice: what comes after the account is made.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NextForm {
    pub next: String,
}

/// The name of a sign-in method.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NameForm {
    pub name: String,
}

/// Whether the person says that they know what they do.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ConfirmForm {
    confirm: String,
}

impl ConfirmForm {
    pub fn confirmed(&self) -> bool {
        !self.confirm.is_empty()
    }
}

/// Which sign-in method comes first, and which after it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PreferForm {
    pub default: String,
    pub backup: String,
}

/// The recovery codes that the page told of, and whether the person knows that they end.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RecoveryCodesForm {
    pub version: String,
    pub confirm: String,
}

/// Guide 003, step 6.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct DetailsForm {
    pub first_name: String,
    pub last_name: String,
    pub day: String,
    pub month: String,
    pub year: String,
    pub password: Typed,
}

/// What a browser answered of a passkey, as JSON.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct CredentialForm {
    pub credential: String,
}

/// User name and password.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct SignInForm {
    pub user_name: String,
    pub password: Typed,
}

/// Whom somebody looks for in the console, and which page of what is found.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct SearchForm {
    pub search: String,
    pub page: String,
}

/// Where a code for a caller is sent.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ChannelForm {
    pub channel: String,
}

/// An act of the service desk.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct HelpForm {
    pub reason: String,
}

/// A number that is put right.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NumberHelpForm {
    pub number: String,
    pub reason: String,
}

/// A role that is given or taken.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RoleForm {
    pub change: String,
    pub reason: String,
}

/// What is wanted of a reset.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PurposeForm {
    pub purpose: String,
}

/// The user name of who forgot a password; the ticket comes from the check against robots.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ResetForm {
    pub purpose: String,
    pub user_name: String,
    pub ticket: String,
}

/// A start code of the service desk.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct StartCodeForm {
    pub user_name: String,
    pub start_code: Typed,
}

/// A new password.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct NewPasswordForm {
    pub password: Typed,
}

/// A new password in the place of the current one.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ChangePasswordForm {
    pub current_password: Typed,
    pub password: Typed,
}

/// A secret that somebody typed.
#[derive(Deserialize)]
#[serde(from = "String")]
pub(crate) struct Typed(pub Secret<String>);

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

impl Default for Typed {
    fn default() -> Self {
        Self(Secret::new(String::new()))
    }
}

/// An act of the Registration Authority on a card.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RaForm {
    pub reason: String,
    pub why: String,
    pub current_passcode: Typed,
    pub new_passcode: Typed,
    pub new_passcode_again: Typed,
}

/// A card that is issued.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct IssueForm {
    pub card: String,
    pub handed_over: String,
    pub reason: String,
    pub new_passcode: Typed,
    pub new_passcode_again: Typed,
}

/// A blank card.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct BlankForm {
    pub guid: String,
    pub profile: String,
    pub label: String,
}

/// The Account Recovery Passcode of somebody who stands at the counter, and where it goes on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct IdentityForm {
    pub passcode: Typed,
    pub next: String,
}

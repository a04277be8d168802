//! What each kind of sign-in method serves for (guide 002, and its *Additional Note*).

use jiff::SignedDuration;
use thiserror::Error;

/// How many methods of one kind a person can have.
pub const AT_MOST: usize = 5;

/// The longest name that a person can give to a method, in characters.
pub const LONGEST_NAME: usize = 40;

/// How long a person may take to set a method up.
pub const SET_UP_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// The kinds of methods that a person can have on the *Security info* page. Passkeys and recovery codes are kept apart: they
/// have no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodKind {
    /// A code by e-mail.
    Email,
    /// *Mobile phone*: a code by text message.
    Text,
    /// *Authenticator app* of ours: the person approves in it. It shows time-based codes, too.
    Approval,
    /// *Authenticator app* of somebody else, with time-based codes (RFC 6238).
    App,
    /// *Alternative phone*: kept for contact only.
    AlternativePhone,
    /// *Office phone*: kept for contact only.
    OfficePhone,
}

/// No kind has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such kind of sign-in method")]
pub struct UnknownKind;

impl MethodKind {
    /// All of them, those that serve for most first.
    pub const ALL: [Self; 6] =
        [Self::Approval, Self::App, Self::Text, Self::Email, Self::AlternativePhone, Self::OfficePhone];

    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Text => "text",
            Self::Approval => "approval",
            Self::App => "app",
            Self::AlternativePhone => "alternative-phone",
            Self::OfficePhone => "office-phone",
        }
    }

    /// The kind with this name.
    ///
    /// # Errors
    /// [`UnknownKind`] where there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownKind)
    }

    /// Whether it proves who somebody is after their password.
    pub fn is_second_factor(self) -> bool {
        matches!(self, Self::Email | Self::Text | Self::App | Self::Approval)
    }

    /// Whether it can reset a password: "only the below 3 authentication methods are supported", of which a phone call comes
    /// beside the text message. *Alternative Phone* and *Office Phone* are not, and e-mail is not among them.
    pub fn resets_passwords(self) -> bool {
        matches!(self, Self::Text | Self::App | Self::Approval)
    }

    /// Whether it is an authenticator app, and makes time-based codes.
    pub fn is_app(self) -> bool {
        matches!(self, Self::App | Self::Approval)
    }

    /// Whether what it holds is a telephone number.
    pub fn is_phone(self) -> bool {
        matches!(self, Self::Text | Self::AlternativePhone | Self::OfficePhone)
    }
}

/// The name that a person typed for a method: one line, without what nobody can see; none where nothing was typed.
///
/// # Errors
/// [`NameTooLong`] where it has more than [`LONGEST_NAME`] characters.
pub fn name(typed: &str) -> Result<Option<String>, NameTooLong> {
    let name: String = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().filter(|c| !c.is_control() && !crate::fold::is_invisible(*c)).collect();
    if name.chars().count() > LONGEST_NAME {
        return Err(NameTooLong);
    }
    Ok((!name.is_empty()).then_some(name))
}

/// What was typed is longer than a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the name has more than {LONGEST_NAME} characters")]
pub struct NameTooLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_app_and_a_mobile_phone_reset_a_password() {
        let serving: Vec<_> = MethodKind::ALL.into_iter().filter(|kind| kind.resets_passwords()).collect();
        assert_eq!(serving, [MethodKind::Approval, MethodKind::App, MethodKind::Text]);
    }

    #[test]
    fn phones_for_contact_prove_nothing() {
        for kind in [MethodKind::AlternativePhone, MethodKind::OfficePhone] {
            assert!(kind.is_phone() && !kind.is_second_factor() && !kind.resets_passwords());
        }
    }

    #[test]
    fn a_name_is_one_line_of_what_can_be_seen_and_at_most_forty_characters() {
        assert_eq!(name("  Work\n phone\u{202e} "), Ok(Some("Work phone".to_owned())));
        assert_eq!(name(" \u{200b}\t"), Ok(None));
        assert_eq!(name(&"é".repeat(40)), Ok(Some("é".repeat(40))));
        assert_eq!(name(&"é".repeat(41)), Err(NameTooLong));
    }

    #[test]
    fn every_kind_is_read_as_it_is_written_and_nothing_else_is() {
        for kind in MethodKind::ALL {
            assert_eq!(MethodKind::parse(kind.as_str()), Ok(kind));
        }
        for name in ["", "Text", "fax", "passkey"] {
            assert_eq!(MethodKind::parse(name), Err(UnknownKind));
        }
    }
}

//! The messages that the service sends, each with what it needs to be written.
//!
//! A message is queued as data and turned into words when it is sent, so that a wording that was corrected
//! holds for what is still waiting. Every message can go out as an e-mail and as a text message.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::phrase::text;
use crate::{AlarmCause, Language, SecurityChange, SmartcardDue, SmartcardVisit};

mod samples;
mod words;

pub use words::EmailParts;

/// One message to one person.
///
/// Names of services and organisations, ways to reach support and moments are plain text, exactly as the
/// person reads them; nothing need be escaped. `when` is in the organisation's time zone, as
/// [`crate::date_and_time`] writes it. `support` completes "contact …", for example
/// `"the IT service desk on 0117 496 0000"`.
///
/// The serialised form holds one-time codes: whoever stores it encrypts it. `Debug` shows no field.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "kebab-case")]
pub enum Message {
    /// Guide 003, step 4: the code that proves the address of somebody who joins.
    JoinCode {
        /// The employer that the person joins.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// The same moment, for an address that the roster does not have: the page says nothing, this does.
    JoinUnknownAddress {
        /// The employer that the person tried to join.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// Completes "contact …".
        support: String,
    },
    /// The same moment, for an address that has an account.
    JoinAlreadyRegistered {
        /// The employer that the person tried to join.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// The sign-in page. It does nothing when opened.
        sign_in_url: String,
    },
    /// The same moment, for a training user or an authoriser, whose account was made for them.
    JoinElsewhere {
        /// The employer that made the account.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// The page of the first sign-in. It does nothing when opened.
        first_sign_in_url: String,
    },
    /// The same at the page of the first sign-in, for a member of staff, who creates the account.
    FirstSignInElsewhere {
        /// The employer that has the person on its roster.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// The page on which an account is created. It does nothing when opened.
        join_url: String,
    },
    /// The code that proves the address at the first sign-in of an account made beforehand.
    FirstSignInCode {
        /// The employer that made the account.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// Guide 003, step 8: the code that proves a second factor before it is saved.
    FactorCode {
        /// The name that this installation goes by.
        service: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// The second factor at a sign-in.
    SignInCode {
        /// The name that this installation goes by.
        service: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// A gate of a reset or an unlocking.
    ResetCode {
        /// The name that this installation goes by.
        service: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// Somebody asked to reset the password of an account that cannot be reset on the website.
    ResetNotPossible {
        /// The name that this installation goes by.
        service: String,
        /// Completes "contact …".
        support: String,
    },
    /// The account became active.
    AccountCreated {
        /// The name that this installation goes by.
        service: String,
        /// The employer that the account is with.
        organisation: String,
        /// Local date and time in words.
        when: String,
        /// Completes "contact …".
        support: String,
    },
    /// A code that opens a smartcard which took too many wrong passcodes.
    CardUnlockCode {
        /// The name that this installation goes by.
        service: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// Guide 000: the code that proves the mobile number before an access key is handed out.
    AccessKeyCode {
        /// The name that this installation goes by.
        service: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// The code that a wallet asks for when it takes a credential (`tx_code`). It is typed in the wallet, never on a page.
    WalletCode {
        /// The name that this installation goes by.
        service: String,
        /// Whose credentials it is good for, as the wallet names them: the host of this installation.
        host: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// To the Registration Authority: somebody has revoked the certificates of their own smartcard.
    SmartcardRevoked {
        /// The name that this installation goes by.
        service: String,
        /// The employer.
        organisation: String,
        /// Whose it was, by name.
        person: String,
        /// What is printed on the card.
        card: String,
        /// In one word: "Lost".
        reason: String,
        /// Local date and time in words.
        when: String,
    },
    /// To the operator of the installation: something costs money or time until it is looked at.
    Alarm {
        /// The name that this installation goes by.
        service: String,
        /// What it is.
        what: AlarmCause,
    },
    /// A code that somebody reads out to the service desk, so that it is sure who is calling.
    CallerCode {
        /// The name that this installation goes by.
        service: String,
        /// The employer whose service desk asks.
        organisation: String,
        /// Who asks, by name.
        asker: String,
        /// Six digits.
        code: String,
        /// How long the code works, in minutes.
        minutes: u32,
    },
    /// Something about the account's security was changed; told by every channel that the account has.
    SecurityNotice {
        /// The name that this installation goes by.
        service: String,
        /// What was changed.
        change: SecurityChange,
        /// Local date and time in words.
        when: String,
        /// Completes "contact …".
        support: String,
    },
    /// Guide 001: something falls due on the person's smartcard that they do in the portal.
    SmartcardDue {
        /// The name that this installation goes by.
        service: String,
        /// What it is.
        due: SmartcardDue,
        /// The portal. It does nothing when opened.
        portal_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// Guide 001: something falls due for which they must visit the Registration Authority.
    SmartcardVisit {
        /// The name that this installation goes by.
        service: String,
        /// What it is.
        visit: SmartcardVisit,
        /// Completes "contact …".
        support: String,
    },
    /// Guide 000: a trust has issued credentials, all at once, that wait for a review.
    PassportProvided {
        /// The employer.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// How many.
        count: u32,
        /// The portal, where one signs in. It does nothing when opened.
        portal_url: String,
        /// Where somebody without an access key begins. It does nothing when opened.
        access_key_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// Guide 000: the reminder of a Monday.
    PassportReminder {
        /// The name that this installation goes by.
        service: String,
        /// How many.
        count: u32,
        /// The portal, where one signs in. It does nothing when opened.
        portal_url: String,
        /// Where somebody without an access key begins. It does nothing when opened.
        access_key_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// A trust invites somebody to a staff passport.
    PassportInvitation {
        /// The trust.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// Where somebody without an account begins. It does nothing when opened.
        start_url: String,
        /// The portal, where somebody with an account signs in. It does nothing when opened.
        portal_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// A trust has reviewed all that somebody shared with it.
    PassportShareReviewed {
        /// The trust.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// How many credentials it has taken.
        accepted: u32,
        /// Of how many.
        count: u32,
        /// The portal, where one signs in. It does nothing when opened.
        portal_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// The trust has taken back a credential that was not accepted.
    PassportWithdrawn {
        /// The employer.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// What the credential is called.
        credential: String,
        /// Why, in half a sentence.
        reason: String,
        /// The portal, where one signs in. It does nothing when opened.
        portal_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// The trust has revoked a credential that was accepted.
    PassportRevoked {
        /// The employer.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// What the credential is called.
        credential: String,
        /// Why, in half a sentence.
        reason: String,
        /// The portal, where one signs in. It does nothing when opened.
        portal_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// The trust has archived a credential that was accepted: its owner can restore it.
    PassportArchived {
        /// The employer.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// What the credential is called.
        credential: String,
        /// The portal, where one signs in. It does nothing when opened.
        portal_url: String,
        /// Completes "contact …".
        support: String,
    },
    /// To the trust: somebody has rejected a credential.
    PassportRejected {
        /// The employer.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// Whose it is, by name.
        person: String,
        /// What the credential is called.
        credential: String,
        /// The id of the credential.
        number: String,
        /// Why, in half a sentence.
        reason: String,
        /// What the person wrote; empty where they wrote nothing.
        details: String,
        /// Local date and time in words.
        when: String,
    },
    /// To a team of the trust, every Monday: what stands open in its areas.
    PassportSummary {
        /// The trust.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// What the team is called.
        team: String,
        /// Rejections that nobody has looked into.
        rejected: u64,
        /// Credentials that wait for their owners.
        to_review: u64,
        /// Credentials of which the last day is near.
        expiring: u64,
        /// So many days away, or fewer.
        days: u32,
        /// The trust's side of the passports. It does nothing when opened.
        console_url: String,
    },
    /// To the trust: somebody asks for a credential.
    PassportRequested {
        /// The employer.
        organisation: String,
        /// The name that this installation goes by.
        service: String,
        /// Whose it is, by name.
        person: String,
        /// The address that the person signs in with.
        email: String,
        /// What the credential is called.
        credential: String,
        /// What the person wrote; empty where they wrote nothing.
        note: String,
        /// Local date and time in words.
        when: String,
    },
    /// The person reported something around their account that was not them.
    ActivityReported {
        /// The name that this installation goes by.
        service: String,
        /// What the service desk asks for, such as `ABCD-2345`.
        number: String,
        /// When the reported thing happened: local date and time in words.
        when: String,
        /// Completes "contact …".
        support: String,
    },
}

/// A way to sign in, as the security page names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInMethod {
    /// A code by e-mail.
    Email,
    /// A code by text message.
    TextMessage,
    /// A code from an app on the phone (RFC 6238).
    AuthenticatorApp,
    /// A number kept for contact.
    AlternativePhone,
    /// A number at work, kept for contact.
    OfficePhone,
}

impl SignInMethod {
    /// Its name, for example `Authenticator app`.
    pub fn label(self, language: Language) -> String {
        let key = match self {
            Self::Email => "method-email",
            Self::TextMessage => "method-text-message",
            Self::AuthenticatorApp => "method-authenticator-app",
            Self::AlternativePhone => "method-alternative-phone",
            Self::OfficePhone => "method-office-phone",
        };
        text(language, key, &[])
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} …)", self.kind())
    }
}

impl Message {
    /// A stable name for logs, metrics and the list of messages, for example `join-code`; the same as in the
    /// serialised form.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::JoinCode { .. } => "join-code",
            Self::JoinUnknownAddress { .. } => "join-unknown-address",
            Self::JoinAlreadyRegistered { .. } => "join-already-registered",
            Self::JoinElsewhere { .. } => "join-elsewhere",
            Self::FirstSignInElsewhere { .. } => "first-sign-in-elsewhere",
            Self::FirstSignInCode { .. } => "first-sign-in-code",
            Self::FactorCode { .. } => "factor-code",
            Self::SignInCode { .. } => "sign-in-code",
            Self::ResetCode { .. } => "reset-code",
            Self::ResetNotPossible { .. } => "reset-not-possible",
            Self::AccountCreated { .. } => "account-created",
            Self::CardUnlockCode { .. } => "card-unlock-code",
            Self::AccessKeyCode { .. } => "access-key-code",
            Self::WalletCode { .. } => "wallet-code",
            Self::SmartcardRevoked { .. } => "smartcard-revoked",
            Self::Alarm { .. } => "alarm",
            Self::CallerCode { .. } => "caller-code",
            Self::SecurityNotice { .. } => "security-notice",
            Self::SmartcardDue { .. } => "smartcard-due",
            Self::SmartcardVisit { .. } => "smartcard-visit",
            Self::PassportProvided { .. } => "passport-provided",
            Self::PassportReminder { .. } => "passport-reminder",
            Self::PassportInvitation { .. } => "passport-invitation",
            Self::PassportShareReviewed { .. } => "passport-share-reviewed",
            Self::PassportWithdrawn { .. } => "passport-withdrawn",
            Self::PassportRevoked { .. } => "passport-revoked",
            Self::PassportArchived { .. } => "passport-archived",
            Self::PassportRejected { .. } => "passport-rejected",
            Self::PassportSummary { .. } => "passport-summary",
            Self::PassportRequested { .. } => "passport-requested",
            Self::ActivityReported { .. } => "activity-reported",
        }
    }
}

//! The messages that the service sends, each with what it needs to be written.
//!
//! A message is queued as data and turned into words when it is sent, so that a wording that was corrected
//! holds for what is still waiting. Every message can go out as an e-mail and as a text message.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::mail::{self, Values};
use crate::phrase::text;
use crate::{AlarmCause, Language, SecurityChange, SmartcardDue, SmartcardVisit, gsm};

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

/// A message as an e-mail: subject on one line, and the same words as plain text and as HTML.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailParts {
    /// One line, not encoded.
    pub subject: String,
    /// The plain-text part; lines are as long as their paragraphs.
    pub text: String,
    /// A whole HTML document without images, scripts or anything fetched from elsewhere.
    pub html: String,
}

impl fmt::Debug for EmailParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailParts { … }")
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
            Self::PassportWithdrawn { .. } => "passport-withdrawn",
            Self::PassportRevoked { .. } => "passport-revoked",
            Self::PassportRejected { .. } => "passport-rejected",
            Self::PassportRequested { .. } => "passport-requested",
            Self::ActivityReported { .. } => "activity-reported",
        }
    }

    /// The message as an e-mail that greets nobody by name.
    pub fn email(&self, language: Language) -> EmailParts {
        mail::render(language, self.source(language), &self.values(language), None)
    }

    /// The message as an e-mail that starts with "Dear" and `name`.
    pub fn email_to(&self, language: Language, name: &str) -> EmailParts {
        mail::render(language, self.source(language), &self.values(language), Some(name))
    }

    /// The message as one text message: at most 160 characters of the GSM alphabet. Long names of services and
    /// organisations are cut with three dots, and letters outside the alphabet lose their accents.
    pub fn text_message(&self, language: Language) -> String {
        let mut values = self.values(language);
        for value in values.values_mut() {
            *value = gsm::fold(value);
        }
        let mut words = self.text_from(language, &values);
        for _ in 0..NAMES.len() {
            let excess = gsm::septets(&words).unwrap_or(0).saturating_sub(gsm::ONE_MESSAGE);
            if excess == 0 {
                break;
            }
            let length = |value: &String| gsm::septets(value).unwrap_or(0);
            let longest =
                values.iter_mut().filter(|(key, _)| NAMES.contains(key)).max_by_key(|(_, name)| length(name));
            if let Some((_, name)) = longest {
                *name = gsm::shorten(name, length(name).saturating_sub(excess).max(SHORTEST_NAME));
            }
            words = self.text_from(language, &values);
        }
        gsm::shorten(&words, gsm::ONE_MESSAGE)
    }

    fn text_from(&self, language: Language, values: &Values) -> String {
        let key = match self {
            Self::JoinCode { .. }
            | Self::FirstSignInCode { .. }
            | Self::FactorCode { .. }
            | Self::SignInCode { .. }
            | Self::CardUnlockCode { .. }
            | Self::AccessKeyCode { .. }
            | Self::ResetCode { .. } => "text-code",
            Self::WalletCode { .. } => "text-wallet-code",
            Self::CallerCode { .. } => "text-caller-code",
            Self::ResetNotPossible { .. } => "text-reset-not-possible",
            Self::JoinUnknownAddress { .. } => "text-join-unknown-address",
            Self::JoinAlreadyRegistered { .. } => "text-join-already-registered",
            Self::JoinElsewhere { .. } => "text-join-elsewhere",
            Self::FirstSignInElsewhere { .. } => "text-first-sign-in-elsewhere",
            Self::AccountCreated { .. } => "text-account-created",
            Self::SmartcardRevoked { .. } => "text-smartcard-revoked",
            Self::Alarm { .. } => "text-alarm",
            Self::SecurityNotice { .. } => "text-security-notice",
            Self::SmartcardDue { .. } => "text-smartcard-due",
            Self::SmartcardVisit { .. } => "text-smartcard-visit",
            Self::PassportProvided { .. } => "text-passport-provided",
            Self::PassportReminder { .. } => "text-passport-reminder",
            Self::PassportWithdrawn { .. } => "text-passport-withdrawn",
            Self::PassportRevoked { .. } => "text-passport-revoked",
            Self::PassportRejected { .. } => "text-passport-rejected",
            Self::PassportRequested { .. } => "text-passport-requested",
            Self::ActivityReported { .. } => "text-activity-reported",
        };
        let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(language, key, &pairs)
    }

    fn source(&self, language: Language) -> &'static str {
        match language {
            Language::En => match self {
                Self::JoinCode { .. } => include_str!("../messages/en/mail/join-code.md"),
                Self::JoinUnknownAddress { .. } => {
                    include_str!("../messages/en/mail/join-unknown-address.md")
                }
                Self::JoinAlreadyRegistered { .. } => {
                    include_str!("../messages/en/mail/join-already-registered.md")
                }
                Self::JoinElsewhere { .. } => include_str!("../messages/en/mail/join-elsewhere.md"),
                Self::FirstSignInElsewhere { .. } => {
                    include_str!("../messages/en/mail/first-sign-in-elsewhere.md")
                }
                Self::FirstSignInCode { .. } => include_str!("../messages/en/mail/first-sign-in-code.md"),
                Self::FactorCode { .. } => include_str!("../messages/en/mail/factor-code.md"),
                Self::SignInCode { .. } => include_str!("../messages/en/mail/sign-in-code.md"),
                Self::ResetCode { .. } => include_str!("../messages/en/mail/reset-code.md"),
                Self::ResetNotPossible { .. } => include_str!("../messages/en/mail/reset-not-possible.md"),
                Self::AccountCreated { .. } => include_str!("../messages/en/mail/account-created.md"),
                Self::CardUnlockCode { .. } => include_str!("../messages/en/mail/card-unlock-code.md"),
                Self::AccessKeyCode { .. } => include_str!("../messages/en/mail/access-key-code.md"),
                Self::WalletCode { .. } => include_str!("../messages/en/mail/wallet-code.md"),
                Self::SmartcardRevoked { .. } => include_str!("../messages/en/mail/smartcard-revoked.md"),
                Self::Alarm { .. } => include_str!("../messages/en/mail/alarm.md"),
                Self::CallerCode { .. } => include_str!("../messages/en/mail/caller-code.md"),
                Self::SecurityNotice { .. } => include_str!("../messages/en/mail/security-notice.md"),
                Self::SmartcardDue { .. } => include_str!("../messages/en/mail/smartcard-due.md"),
                Self::SmartcardVisit { .. } => include_str!("../messages/en/mail/smartcard-visit.md"),
                Self::PassportProvided { .. } => include_str!("../messages/en/mail/passport-provided.md"),
                Self::PassportReminder { .. } => include_str!("../messages/en/mail/passport-reminder.md"),
                Self::PassportWithdrawn { .. } => include_str!("../messages/en/mail/passport-withdrawn.md"),
                Self::PassportRevoked { .. } => include_str!("../messages/en/mail/passport-revoked.md"),
                Self::PassportRejected { .. } => include_str!("../messages/en/mail/passport-rejected.md"),
                Self::PassportRequested { .. } => include_str!("../messages/en/mail/passport-requested.md"),
                Self::ActivityReported { .. } => include_str!("../messages/en/mail/activity-reported.md"),
            },
        }
    }

    #[expect(clippy::too_many_lines, reason = "an entry for each kind of message")]
    fn values(&self, language: Language) -> Values {
        let minutes = |minutes: &u32| text(language, "minutes", &[("minutes", &minutes.to_string())]);
        let credentials = |count: &u32| text(language, "credentials", &[("count", &count.to_string())]);
        let written = |words: &String| match words.trim() {
            "" => text(language, "nothing-written", &[]),
            words => words.to_owned(),
        };
        let of = |pairs: &[(&'static str, &String)]| -> Values {
            pairs.iter().map(|(name, value)| (*name, (*value).clone())).collect()
        };
        match self {
            Self::JoinCode { organisation, service, code, minutes: m }
            | Self::FirstSignInCode { organisation, service, code, minutes: m } => of(&[
                ("organisation", organisation),
                ("service", service),
                ("code", code),
                ("minutes", &minutes(m)),
            ]),
            Self::JoinUnknownAddress { organisation, service, support } => {
                of(&[("organisation", organisation), ("service", service), ("support", support)])
            }
            Self::JoinAlreadyRegistered { organisation, service, sign_in_url } => {
                of(&[("organisation", organisation), ("service", service), ("sign_in_url", sign_in_url)])
            }
            Self::JoinElsewhere { organisation, service, first_sign_in_url } => of(&[
                ("organisation", organisation),
                ("service", service),
                ("first_sign_in_url", first_sign_in_url),
            ]),
            Self::FirstSignInElsewhere { organisation, service, join_url } => {
                of(&[("organisation", organisation), ("service", service), ("join_url", join_url)])
            }
            Self::FactorCode { service, code, minutes: m }
            | Self::SignInCode { service, code, minutes: m }
            | Self::CardUnlockCode { service, code, minutes: m }
            | Self::AccessKeyCode { service, code, minutes: m }
            | Self::ResetCode { service, code, minutes: m } => {
                of(&[("service", service), ("code", code), ("minutes", &minutes(m))])
            }
            Self::WalletCode { service, host, code, minutes: m } => {
                of(&[("service", service), ("host", host), ("code", code), ("minutes", &minutes(m))])
            }
            Self::ResetNotPossible { service, support } => of(&[("service", service), ("support", support)]),
            Self::AccountCreated { service, organisation, when, support } => of(&[
                ("service", service),
                ("organisation", organisation),
                ("when", when),
                ("support", support),
            ]),
            Self::SmartcardRevoked { service, organisation, person, card, reason, when } => of(&[
                ("service", service),
                ("organisation", organisation),
                ("person", person),
                ("card", card),
                ("reason", reason),
                ("when", when),
            ]),
            Self::Alarm { service, what } => of(&[("service", service), ("what", &what.words(language))]),
            Self::CallerCode { service, organisation, asker, code, minutes: m } => of(&[
                ("service", service),
                ("organisation", organisation),
                ("asker", asker),
                ("code", code),
                ("minutes", &minutes(m)),
            ]),
            Self::SecurityNotice { service, change, when, support } => of(&[
                ("service", service),
                ("change", &change.words(language)),
                ("when", when),
                ("support", support),
            ]),
            Self::SmartcardDue { service, due, portal_url, support } => of(&[
                ("service", service),
                ("headline", &due.headline(language)),
                ("detail", &due.detail(language)),
                ("portal_url", portal_url),
                ("support", support),
            ]),
            Self::SmartcardVisit { service, visit, support } => of(&[
                ("service", service),
                ("headline", &visit.headline(language)),
                ("detail", &visit.detail(language)),
                ("support", support),
            ]),
            Self::PassportProvided { organisation, service, count, portal_url, access_key_url, support } => {
                of(&[
                    ("organisation", organisation),
                    ("service", service),
                    ("credentials", &credentials(count)),
                    ("portal_url", portal_url),
                    ("access_key_url", access_key_url),
                    ("support", support),
                ])
            }
            Self::PassportReminder { service, count, portal_url, access_key_url, support } => of(&[
                ("service", service),
                ("credentials", &credentials(count)),
                ("portal_url", portal_url),
                ("access_key_url", access_key_url),
                ("support", support),
            ]),
            Self::PassportWithdrawn { organisation, service, credential, reason, portal_url, support }
            | Self::PassportRevoked { organisation, service, credential, reason, portal_url, support } => {
                of(&[
                    ("organisation", organisation),
                    ("service", service),
                    ("credential", credential),
                    ("reason", reason),
                    ("portal_url", portal_url),
                    ("support", support),
                ])
            }
            Self::PassportRejected {
                organisation,
                service,
                person,
                credential,
                number,
                reason,
                details,
                when,
            } => of(&[
                ("organisation", organisation),
                ("service", service),
                ("person", person),
                ("credential", credential),
                ("number", number),
                ("reason", reason),
                ("details", &written(details)),
                ("when", when),
            ]),
            Self::PassportRequested { organisation, service, person, email, credential, note, when } => {
                of(&[
                    ("organisation", organisation),
                    ("service", service),
                    ("person", person),
                    ("email", email),
                    ("credential", credential),
                    ("note", &written(note)),
                    ("when", when),
                ])
            }
            Self::ActivityReported { service, number, when, support } => {
                of(&[("service", service), ("number", number), ("when", when), ("support", support)])
            }
        }
    }

    /// One of each, with the kinds of names that break things, for tests and for previews.
    #[expect(clippy::too_many_lines, reason = "an entry for each kind of message")]
    pub fn samples() -> Vec<Self> {
        let organisation = || "St Mary\u{2019}s & Northfield Hospitals".to_owned();
        let service = || "Northfield Staff".to_owned();
        let code = || "012345".to_owned();
        let support = || "the service desk on 0117 496 0000 or help@northfield.example".to_owned();
        let when = || "22 November 2026 at 9:58am".to_owned();
        let page = |path: &str| format!("https://staff.northfield.example/{path}");
        vec![
            Self::JoinCode { organisation: organisation(), service: service(), code: code(), minutes: 15 },
            Self::JoinUnknownAddress { organisation: organisation(), service: service(), support: support() },
            Self::JoinAlreadyRegistered {
                organisation: organisation(),
                service: service(),
                sign_in_url: page("sign-in"),
            },
            Self::JoinElsewhere {
                organisation: organisation(),
                service: service(),
                first_sign_in_url: page("first-sign-in"),
            },
            Self::FirstSignInElsewhere {
                organisation: organisation(),
                service: service(),
                join_url: page("join/NTH"),
            },
            Self::FirstSignInCode {
                organisation: organisation(),
                service: service(),
                code: code(),
                minutes: 15,
            },
            Self::FactorCode { service: service(), code: code(), minutes: 15 },
            Self::SignInCode { service: service(), code: code(), minutes: 15 },
            Self::ResetCode { service: service(), code: code(), minutes: 15 },
            Self::ResetNotPossible { service: service(), support: support() },
            Self::CardUnlockCode { service: service(), code: code(), minutes: 15 },
            Self::AccessKeyCode { service: service(), code: code(), minutes: 15 },
            Self::WalletCode {
                service: service(),
                host: "staff.northfield.example".to_owned(),
                code: code(),
                minutes: 5,
            },
            Self::SmartcardRevoked {
                service: service(),
                organisation: organisation(),
                person: "Amina Khan".to_owned(),
                card: "NTH-000412".to_owned(),
                reason: "Lost".to_owned(),
                when: when(),
            },
            Self::AccountCreated {
                service: service(),
                organisation: organisation(),
                when: when(),
                support: support(),
            },
            Self::Alarm {
                service: service(),
                what: AlarmCause::TextBudget {
                    organisation: Some(organisation()),
                    percent: 80,
                    budget: 10_000,
                },
            },
            Self::CallerCode {
                service: service(),
                organisation: organisation(),
                asker: "Rosalind Achterberg".to_owned(),
                code: code(),
                minutes: 10,
            },
            Self::SecurityNotice {
                service: service(),
                change: SecurityChange::MethodAdded(SignInMethod::AuthenticatorApp),
                when: when(),
                support: support(),
            },
            Self::SmartcardDue {
                service: service(),
                due: SmartcardDue::PasscodesOverdue { days_until_locked: 21 },
                portal_url: page("smartcard"),
                support: support(),
            },
            Self::SmartcardVisit {
                service: service(),
                visit: SmartcardVisit::PasscodesLocked,
                support: support(),
            },
            Self::PassportProvided {
                organisation: organisation(),
                service: service(),
                count: 3,
                portal_url: page("passport"),
                access_key_url: page("passport/access-key"),
                support: support(),
            },
            Self::PassportReminder {
                service: service(),
                count: 3,
                portal_url: page("passport"),
                access_key_url: page("passport/access-key"),
                support: support(),
            },
            Self::PassportWithdrawn {
                organisation: organisation(),
                service: service(),
                credential: "Infection prevention and control, Level 2".to_owned(),
                reason: "There is updated information".to_owned(),
                portal_url: page("passport"),
                support: support(),
            },
            Self::PassportRevoked {
                organisation: organisation(),
                service: service(),
                credential: "Infection prevention and control, Level 2".to_owned(),
                reason: "There is updated information".to_owned(),
                portal_url: page("passport"),
                support: support(),
            },
            Self::PassportRejected {
                organisation: organisation(),
                service: service(),
                person: "Amina Khan".to_owned(),
                credential: "Infection prevention and control, Level 2".to_owned(),
                number: "0193a0f0-7b1c-7c3e-8d2f-1a2b3c4d5e6f".to_owned(),
                reason: "There is updated information".to_owned(),
                details: "The date is that of the course before.".to_owned(),
                when: when(),
            },
            Self::PassportRequested {
                organisation: organisation(),
                service: service(),
                person: "Amina Khan".to_owned(),
                email: "amina.khan@northfield.example".to_owned(),
                credential: "Infection prevention and control, Level 2".to_owned(),
                note: String::new(),
                when: when(),
            },
            Self::ActivityReported {
                service: service(),
                number: "ABCD-2345".to_owned(),
                when: when(),
                support: support(),
            },
        ]
    }
}

/// What a text message may cut when it gets too long.
const NAMES: [&str; 4] = ["organisation", "service", "asker", "host"];
/// A name is not cut below this, in septets.
const SHORTEST_NAME: usize = 12;

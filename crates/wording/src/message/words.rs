//! How each message reads, as an e-mail and as a text message.

use std::fmt;

use super::Message;
use crate::mail::{self, Values};
use crate::phrase::text;
use crate::{Language, gsm};

/// What a text message may cut when it gets too long.
const NAMES: [&str; 4] = ["organisation", "service", "asker", "host"];
/// A name is not cut below this, in septets.
const SHORTEST_NAME: usize = 12;

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

impl Message {
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
            Self::PassportInvitation { .. } => "text-passport-invitation",
            Self::PassportShareReviewed { .. } => "text-passport-share-reviewed",
            Self::PassportWithdrawn { .. } => "text-passport-withdrawn",
            Self::PassportRevoked { .. } => "text-passport-revoked",
            Self::PassportArchived { .. } => "text-passport-archived",
            Self::PassportRejected { .. } => "text-passport-rejected",
            Self::PassportSummary { .. } => "text-passport-summary",
            Self::PassportRequested { .. } => "text-passport-requested",
            Self::ActivityReported { .. } => "text-activity-reported",
        };
        let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(language, key, &pairs)
    }

    fn source(&self, language: Language) -> &'static str {
        match language {
            Language::En => match self {
                Self::JoinCode { .. } => include_str!("../../messages/en/mail/join-code.md"),
                Self::JoinUnknownAddress { .. } => {
                    include_str!("../../messages/en/mail/join-unknown-address.md")
                }
                Self::JoinAlreadyRegistered { .. } => {
                    include_str!("../../messages/en/mail/join-already-registered.md")
                }
                Self::JoinElsewhere { .. } => include_str!("../../messages/en/mail/join-elsewhere.md"),
                Self::FirstSignInElsewhere { .. } => {
                    include_str!("../../messages/en/mail/first-sign-in-elsewhere.md")
                }
                Self::FirstSignInCode { .. } => include_str!("../../messages/en/mail/first-sign-in-code.md"),
                Self::FactorCode { .. } => include_str!("../../messages/en/mail/factor-code.md"),
                Self::SignInCode { .. } => include_str!("../../messages/en/mail/sign-in-code.md"),
                Self::ResetCode { .. } => include_str!("../../messages/en/mail/reset-code.md"),
                Self::ResetNotPossible { .. } => include_str!("../../messages/en/mail/reset-not-possible.md"),
                Self::AccountCreated { .. } => include_str!("../../messages/en/mail/account-created.md"),
                Self::CardUnlockCode { .. } => include_str!("../../messages/en/mail/card-unlock-code.md"),
                Self::AccessKeyCode { .. } => include_str!("../../messages/en/mail/access-key-code.md"),
                Self::WalletCode { .. } => include_str!("../../messages/en/mail/wallet-code.md"),
                Self::SmartcardRevoked { .. } => include_str!("../../messages/en/mail/smartcard-revoked.md"),
                Self::Alarm { .. } => include_str!("../../messages/en/mail/alarm.md"),
                Self::CallerCode { .. } => include_str!("../../messages/en/mail/caller-code.md"),
                Self::SecurityNotice { .. } => include_str!("../../messages/en/mail/security-notice.md"),
                Self::SmartcardDue { .. } => include_str!("../../messages/en/mail/smartcard-due.md"),
                Self::SmartcardVisit { .. } => include_str!("../../messages/en/mail/smartcard-visit.md"),
                Self::PassportProvided { .. } => include_str!("../../messages/en/mail/passport-provided.md"),
                Self::PassportReminder { .. } => include_str!("../../messages/en/mail/passport-reminder.md"),
                Self::PassportInvitation { .. } => {
                    include_str!("../../messages/en/mail/passport-invitation.md")
                }
                Self::PassportShareReviewed { .. } => {
                    include_str!("../../messages/en/mail/passport-share-reviewed.md")
                }
                Self::PassportWithdrawn { .. } => {
                    include_str!("../../messages/en/mail/passport-withdrawn.md")
                }
                Self::PassportRevoked { .. } => include_str!("../../messages/en/mail/passport-revoked.md"),
                Self::PassportArchived { .. } => include_str!("../../messages/en/mail/passport-archived.md"),
                Self::PassportRejected { .. } => include_str!("../../messages/en/mail/passport-rejected.md"),
                Self::PassportSummary { .. } => include_str!("../../messages/en/mail/passport-summary.md"),
                Self::PassportRequested { .. } => {
                    include_str!("../../messages/en/mail/passport-requested.md")
                }
                Self::ActivityReported { .. } => include_str!("../../messages/en/mail/activity-reported.md"),
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
            Self::PassportInvitation { organisation, service, start_url, portal_url, support } => of(&[
                ("organisation", organisation),
                ("service", service),
                ("start_url", start_url),
                ("portal_url", portal_url),
                ("support", support),
            ]),
            Self::PassportShareReviewed { organisation, service, accepted, count, portal_url, support } => {
                of(&[
                    ("organisation", organisation),
                    ("service", service),
                    ("accepted", &accepted.to_string()),
                    ("credentials", &credentials(count)),
                    ("portal_url", portal_url),
                    ("support", support),
                ])
            }
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
            Self::PassportArchived { organisation, service, credential, portal_url, support } => of(&[
                ("organisation", organisation),
                ("service", service),
                ("credential", credential),
                ("portal_url", portal_url),
                ("support", support),
            ]),
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
            Self::PassportSummary {
                organisation,
                service,
                team,
                rejected,
                to_review,
                expiring,
                days,
                console_url,
            } => of(&[
                ("organisation", organisation),
                ("service", service),
                ("team", team),
                ("rejected", &rejected.to_string()),
                ("to_review", &to_review.to_string()),
                ("expiring", &expiring.to_string()),
                ("days", &days.to_string()),
                ("console_url", console_url),
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
}

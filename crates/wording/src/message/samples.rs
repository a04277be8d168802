//! One message of each kind.

use super::{Message, SignInMethod};
use crate::{AlarmCause, SecurityChange, SmartcardDue, SmartcardVisit};

impl Message {
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
            Self::PassportInvitation {
                organisation: organisation(),
                service: service(),
                start_url: page(""),
                portal_url: page("passport"),
                support: support(),
            },
            Self::PassportShareReviewed {
                organisation: organisation(),
                service: service(),
                accepted: 11,
                count: 12,
                portal_url: page("passport"),
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
            Self::PassportArchived {
                organisation: organisation(),
                service: service(),
                credential: "Infection prevention and control, Level 2".to_owned(),
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
            Self::PassportSummary {
                organisation: organisation(),
                service: service(),
                team: "Occupational health".to_owned(),
                rejected: 2,
                to_review: 340,
                expiring: 17,
                days: 30,
                console_url: page("console/passports"),
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

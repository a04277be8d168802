//! *Home*: the cards, their certificates, the passcodes, and what falls due when.

use serde::Serialize;

use crate::smartcard::{PasscodeLine, PasscodeState, PortalFrame, PortalTab};
use crate::{Page, Place};

/// What was done just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each says what was done; its words are in smartcard-home.html")]
pub enum PortalDone {
    PasscodesUpdated,
    Renewed,
    Revoked,
    Unlocked,
}

/// What a certificate serves for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is what its name says; its words are in smartcard-home.html")]
pub enum CertificatePurpose {
    SignIn,
    Signature,
}

/// How a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum CertificateState {
    /// It is good for a while.
    Valid,
    /// It can be renewed.
    Reminding {
        /// Until it expires.
        days_left: u32,
    },
    /// It must be renewed before anything else.
    Forced {
        /// Until it expires.
        days_left: u32,
    },
    /// Its last day is over.
    Expired,
}

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateLine {
    /// What it serves for.
    pub purpose: CertificatePurpose,
    /// Its serial number, in hexadecimal digits.
    pub serial: String,
    /// Its last day, in words.
    pub until: String,
    /// How it stands.
    #[serde(flatten)]
    pub state: CertificateState,
}

/// Who renews next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum RenewalsLeft {
    /// The person, so many times more.
    Person {
        /// At least 1.
        left: u32,
    },
    /// The person, as often as they like.
    PersonAlways,
    /// The Registration Authority, who makes sure who it is.
    RegistrationAuthority,
}

/// How a card stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum CardState {
    /// It can be used.
    Live,
    /// Its passcode was wrong too often.
    Blocked,
    /// It was revoked or cancelled, and stays so.
    Cancelled {
        /// When, in words.
        when: String,
    },
}

/// One card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardSummary {
    /// How people call it: "Smartcard ending 4F2A".
    pub label: String,
    /// The day it was issued, in words.
    pub issued: String,
    /// How it stands.
    #[serde(flatten)]
    pub state: CardState,
    /// How many wrong passcodes it still takes, as it said when it was last in a reader.
    pub tries_left: Option<u8>,
    /// Its certificates.
    pub certificates: Vec<CertificateLine>,
    /// Who renews them next.
    pub renewals: RenewalsLeft,
}

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is what its name says; its words are in smartcard-home.html")]
pub enum CalendarWhat {
    PasscodeReminders,
    PasscodeForced,
    PasscodeLocks,
    CertificateReminders,
    CertificatesForced,
    CertificatesExpire,
}

/// A day on which something falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarEntry {
    /// The day in words: "22 November 2026".
    pub day: String,
    /// The same as browsers read it: "2026-11-22".
    pub iso: String,
    /// So many days from now; 0 is today.
    pub in_days: u32,
    /// What.
    pub what: CalendarWhat,
    /// Whether the Registration Authority must be visited for it.
    pub at_the_registration_authority: bool,
}

impl CalendarEntry {
    pub(crate) fn samples() -> Vec<Self> {
        let entry = |day: &str, iso: &str, in_days, what, at_the_registration_authority| Self {
            day: day.into(),
            iso: iso.into(),
            in_days,
            what,
            at_the_registration_authority,
        };
        vec![
            entry("22 November 2026", "2026-11-22", 0, CalendarWhat::PasscodeReminders, false),
            entry("23 November 2026", "2026-11-23", 1, CalendarWhat::CertificateReminders, true),
            entry("3 December 2026", "2026-12-03", 11, CalendarWhat::CertificatesForced, true),
            entry("6 December 2026", "2026-12-06", 14, CalendarWhat::PasscodeForced, false),
            entry("24 December 2026", "2026-12-24", 32, CalendarWhat::CertificatesExpire, true),
            entry("27 December 2026", "2026-12-27", 35, CalendarWhat::PasscodeLocks, false),
        ]
    }
}

/// *Home* of the Self Service Portal.
#[derive(Debug, Clone, Serialize)]
pub struct SmartcardHome {
    /// The tabs.
    pub frame: PortalFrame,
    /// What was done just now.
    pub done: Option<PortalDone>,
    /// The person's cards, those that can be used first.
    pub cards: Vec<CardSummary>,
    /// How the passcodes stand.
    pub passcodes: Vec<PasscodeLine>,
    /// What falls due in the next 12 months, the earliest first.
    pub calendar: Vec<CalendarEntry>,
    /// Where a job that was begun and not finished goes on.
    pub resume_href: Option<String>,
    /// Where a blocked card is unlocked.
    pub unlock_href: Option<String>,
}

impl Page for SmartcardHome {
    const TEMPLATE: &'static str = "smartcard-home.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);

    fn samples() -> Vec<Self> {
        let certificate = |purpose, serial: &str, state| CertificateLine {
            purpose,
            serial: serial.into(),
            until: "24 December 2026".into(),
            state,
        };
        let card = |state| CardSummary {
            label: "Smartcard ending 4F2A".into(),
            issued: "24 December 2024".into(),
            state: CardState::Live,
            tries_left: Some(3),
            certificates: vec![
                certificate(CertificatePurpose::SignIn, "3f9c0b7d5a1e48269c04d1f7a2b35e60", state),
                certificate(CertificatePurpose::Signature, "60b17c2e94d8403fb1a6c5e9d3f80725", state),
            ],
            renewals: RenewalsLeft::Person { left: 2 },
        };
        let plain = Self {
            frame: PortalFrame::sample(Some(PortalTab::Home)),
            done: None,
            cards: vec![card(CertificateState::Valid)],
            passcodes: PasscodeLine::samples(PasscodeState::Current),
            calendar: CalendarEntry::samples(),
            resume_href: None,
            unlock_href: Some("/smartcard/unlock".into()),
        };
        let due = Self {
            done: Some(PortalDone::PasscodesUpdated),
            cards: vec![
                CardSummary {
                    tries_left: Some(1),
                    renewals: RenewalsLeft::Person { left: 1 },
                    ..card(CertificateState::Reminding { days_left: 29 })
                },
                CardSummary {
                    label: "Smartcard ending 0C11".into(),
                    state: CardState::Cancelled { when: "24 December 2024".into() },
                    certificates: Vec::new(),
                    tries_left: None,
                    ..card(CertificateState::Valid)
                },
            ],
            passcodes: PasscodeLine::samples(PasscodeState::Reminding { days_left: 1 }),
            resume_href: Some("/smartcard/jobs/0193a0f0".into()),
            ..plain.clone()
        };
        let forced = Self {
            frame: PortalFrame::sample_with_authority(Some(PortalTab::Home)),
            done: Some(PortalDone::Renewed),
            cards: vec![CardSummary {
                state: CardState::Blocked,
                tries_left: Some(0),
                renewals: RenewalsLeft::RegistrationAuthority,
                ..card(CertificateState::Forced { days_left: 20 })
            }],
            passcodes: PasscodeLine::samples(PasscodeState::Overdue { days_until_locked: 21 }),
            ..plain.clone()
        };
        let expired = Self {
            done: Some(PortalDone::Unlocked),
            cards: vec![CardSummary {
                renewals: RenewalsLeft::PersonAlways,
                ..card(CertificateState::Expired)
            }],
            passcodes: PasscodeLine::samples(PasscodeState::Locked),
            calendar: Vec::new(),
            ..plain.clone()
        };
        let none = Self {
            done: Some(PortalDone::Revoked),
            cards: Vec::new(),
            passcodes: Vec::new(),
            calendar: Vec::new(),
            unlock_href: None,
            ..plain.clone()
        };
        vec![plain, due, forced, expired, none]
    }
}

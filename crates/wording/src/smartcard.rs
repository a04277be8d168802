//! What a person is told falls due on their smartcard: first in half a line, then what to do.

use serde::{Deserialize, Serialize};

use crate::Language;
use crate::phrase::text;

/// Something that the person can do by themselves in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "due", rename_all = "kebab-case")]
pub enum SmartcardDue {
    /// New passcodes are due.
    Passcodes {
        /// Days until they come before anything else; at least 1.
        days_left: u32,
    },
    /// New passcodes come before anything else.
    PasscodesOverdue {
        /// Days until only the Registration Authority can help; at least 1.
        days_until_locked: u32,
    },
    /// A renewal of the certificates is due.
    Certificates {
        /// Whole days to the last day; 0 on it.
        days_left: u32,
        /// Whether it comes before anything else.
        forced: bool,
    },
}

/// Something for which the person must visit the Registration Authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "visit", rename_all = "kebab-case")]
pub enum SmartcardVisit {
    /// The passcodes are too old.
    PasscodesLocked,
    /// A renewal is due, and the person has renewed as often as they may.
    Certificates {
        /// Whole days to the last day; 0 on it.
        days_left: u32,
    },
    /// The certificates have expired.
    CertificatesExpired,
}

fn days(language: Language, days: u32) -> String {
    text(language, "days", &[("days", &days.to_string())])
}

fn certificates(language: Language, days_left: u32) -> String {
    match days_left {
        0 => text(language, "smartcard-certificates-today", &[]),
        _ => text(language, "smartcard-certificates", &[("days", &days(language, days_left))]),
    }
}

impl SmartcardDue {
    /// One of each.
    pub const ALL: [Self; 4] = [
        Self::Passcodes { days_left: 14 },
        Self::PasscodesOverdue { days_until_locked: 21 },
        Self::Certificates { days_left: 30, forced: false },
        Self::Certificates { days_left: 0, forced: true },
    ];

    /// What it is: "Your smartcard passcodes expire in 14 days".
    pub fn headline(self, language: Language) -> String {
        match self {
            Self::Passcodes { days_left } => {
                text(language, "smartcard-passcodes", &[("days", &days(language, days_left))])
            }
            Self::PasscodesOverdue { .. } => text(language, "smartcard-passcodes-overdue", &[]),
            Self::Certificates { days_left, .. } => certificates(language, days_left),
        }
    }

    /// What to do, in one or two sentences.
    pub fn detail(self, language: Language) -> String {
        match self {
            Self::Passcodes { .. } => text(language, "smartcard-passcodes-do", &[]),
            Self::PasscodesOverdue { days_until_locked } => {
                let days = days(language, days_until_locked);
                text(language, "smartcard-passcodes-overdue-do", &[("days", &days)])
            }
            Self::Certificates { forced: false, .. } => text(language, "smartcard-certificates-do", &[]),
            Self::Certificates { forced: true, .. } => {
                text(language, "smartcard-certificates-forced-do", &[])
            }
        }
    }
}

impl SmartcardVisit {
    /// One of each.
    pub const ALL: [Self; 3] =
        [Self::PasscodesLocked, Self::Certificates { days_left: 1 }, Self::CertificatesExpired];

    /// What it is: "Your smartcard certificates have expired".
    pub fn headline(self, language: Language) -> String {
        match self {
            Self::PasscodesLocked => text(language, "smartcard-locked", &[]),
            Self::Certificates { days_left } => certificates(language, days_left),
            Self::CertificatesExpired => text(language, "smartcard-expired", &[]),
        }
    }

    /// Why nobody else can help, in one or two sentences.
    pub fn detail(self, language: Language) -> String {
        let key = match self {
            Self::PasscodesLocked => "smartcard-locked-why",
            Self::Certificates { .. } => "smartcard-certificates-visit-why",
            Self::CertificatesExpired => "smartcard-expired-why",
        };
        text(language, key, &[])
    }
}

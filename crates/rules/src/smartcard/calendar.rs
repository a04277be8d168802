//! What falls due when: the person's calendar, and who will have to come to the Registration Authority.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::age::{CertificateAge, Renewal};
use super::due::Standing;
use super::preset::SmartcardRules;
use crate::days::{after, before};

/// What falls on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Falls {
    /// Alerts about passcodes begin.
    PasscodesRemind,
    /// New passcodes come before anything else.
    PasscodesComeFirst,
    /// Only the Registration Authority can help.
    PasscodesLock,
    /// Alerts about certificates begin.
    CertificatesRemind,
    /// A renewal comes before anything else.
    CertificatesComeFirst,
    /// The last day of the certificates.
    CertificatesEnd,
}

/// A day of a person's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarEntry {
    /// The local day.
    pub day: Date,
    /// What falls on it.
    pub falls: Falls,
}

impl Falls {
    /// Its name for pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasscodesRemind => "passcodes-remind",
            Self::PasscodesComeFirst => "passcodes-come-first",
            Self::PasscodesLock => "passcodes-lock",
            Self::CertificatesRemind => "certificates-remind",
            Self::CertificatesComeFirst => "certificates-come-first",
            Self::CertificatesEnd => "certificates-end",
        }
    }
}

/// What falls due from today on within twelve months, the earliest first.
pub fn calendar(standing: &Standing, today: Date, rules: &SmartcardRules) -> Vec<CalendarEntry> {
    if standing.withdrawn {
        return Vec::new();
    }
    let until = today.saturating_add(12.months());
    let passcodes = standing.passcode_set_on.map(|set_on| {
        let [remind, first, lock] = rules.timeline.days(set_on);
        [(remind, Falls::PasscodesRemind), (first, Falls::PasscodesComeFirst), (lock, Falls::PasscodesLock)]
    });
    let certificates = standing.certificates_last_day.map(|last_day| {
        let [remind, first] = rules.renewal.days(last_day);
        [
            (remind, Falls::CertificatesRemind),
            (first, Falls::CertificatesComeFirst),
            (last_day, Falls::CertificatesEnd),
        ]
    });
    let mut entries: Vec<CalendarEntry> = passcodes
        .into_iter()
        .chain(certificates)
        .flatten()
        .map(|(day, falls)| CalendarEntry { day, falls })
        .filter(|entry| entry.day >= today && entry.day < until)
        .collect();
    entries.sort_by_key(|entry| (entry.day, entry.falls));
    entries
}

/// Why a person must come to the Registration Authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VisitReason {
    /// The passcode is too old.
    PasscodesLocked,
    /// The certificates have expired.
    CertificatesExpired,
    /// The renewals without a visit are used up.
    RenewalsUsedUp,
}

/// A visit to the Registration Authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The first local day on which the person is told of it, or on which they were stopped.
    pub from: Date,
    /// The last day on which they can still work without it: the day before they were stopped, or the certificates' last day.
    pub by: Date,
    /// Why.
    pub why: VisitReason,
}

impl VisitReason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PasscodesLocked, Self::CertificatesExpired, Self::RenewalsUsedUp];

    /// Its name for pages and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasscodesLocked => "passcodes-locked",
            Self::CertificatesExpired => "certificates-expired",
            Self::RenewalsUsedUp => "renewals-used-up",
        }
    }
}

impl Visit {
    /// Whether the person is told to come now; otherwise it lies ahead.
    pub fn is_due(&self, today: Date) -> bool {
        self.from <= today
    }

    /// Whether the person cannot work until they come.
    pub fn is_stopped(&self, today: Date) -> bool {
        self.by < today
    }
}

/// The next visit that the card's owner cannot do without, as it is today; none where they can do everything by themselves in
/// time. Whoever neglects their passcodes will need another one; nobody can know who.
pub fn visit(standing: &Standing, today: Date, rules: &SmartcardRules) -> Option<Visit> {
    if standing.withdrawn {
        return None;
    }
    if standing.is_locked(today, rules) {
        let from = after(standing.passcode_set_on?, rules.timeline.locks);
        return Some(Visit { from, by: before(from, 1), why: VisitReason::PasscodesLocked });
    }
    let last_day = standing.certificates_last_day?;
    if CertificateAge::at(last_day, today, &rules.renewal) == CertificateAge::Expired {
        return Some(Visit { from: after(last_day, 1), by: last_day, why: VisitReason::CertificatesExpired });
    }
    let from = before(last_day, rules.renewal.reminds_from_days);
    (standing.renewal(rules) == Renewal::AtTheRegistrationAuthority).then_some(Visit {
        from,
        by: last_day,
        why: VisitReason::RenewalsUsedUp,
    })
}

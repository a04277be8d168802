//! What falls due today: what stands between a person and their work at sign-in, and which messages they get.

use jiff::civil::Date;

use super::age::{CertificateAge, PasscodeAge, Renewal};
use super::preset::SmartcardRules;
use crate::days::{after, between};

/// How a card stands. Days are local days of the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// When its owner set its passcode; none where it was handed over locked and never opened.
    pub passcode_set_on: Option<Date>,
    /// When the Registration Authority last unlocked it.
    pub ra_unlocked_on: Option<Date>,
    /// When the Registration Authority asked for new passcodes. Taken away when they are set.
    pub passcodes_forced_on: Option<Date>,
    /// The last day on which both certificates are good; none where there are none.
    pub certificates_last_day: Option<Date>,
    /// Renewals without a visit since the card was issued or last renewed by the Registration Authority.
    pub renewals_used: u32,
    /// Revoked, cancelled or cleared: nothing falls due any more.
    pub withdrawn: bool,
}

/// Which of the two an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// Passcodes.
    Passcodes,
    /// Certificates.
    Certificates,
}

/// An alert at sign-in, once a day, with *now* and *later*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// New passcodes are due.
    Passcodes {
        /// Days until they come first.
        days_left: u32,
    },
    /// A renewal is due.
    Certificates {
        /// Whole days to the last day.
        days_left: u32,
        /// Who does it.
        renewal: Renewal,
    },
}

/// What stands between a person and their work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// Nothing.
    Open,
    /// Alerts that were not answered today.
    Alert(Vec<Alert>),
    /// New passcodes come before anything else.
    MustSetPasscodes {
        /// Why.
        why: MustSet,
    },
    /// A renewal comes before anything else.
    MustRenew {
        /// Whole days to the last day.
        days_left: u32,
        /// Who does it. Where it is the Registration Authority, the person can do nothing here but go there.
        renewal: Renewal,
    },
    /// The passcode is too old: visit the Registration Authority.
    Locked,
    /// The certificates have expired: visit the Registration Authority.
    Expired,
}

/// Why new passcodes come before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MustSet {
    /// The card was handed over locked.
    NeverSet,
    /// The passcode is old.
    Overdue {
        /// Days until it is locked.
        days_until_locked: u32,
    },
    /// The Registration Authority asked for it.
    Forced,
    /// The Registration Authority unlocked the account for this.
    Unlocked,
}

impl AlertKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Passcodes, Self::Certificates];

    /// Its name in the database and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passcodes => "passcodes",
            Self::Certificates => "certificates",
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Alert {
    /// What it is about.
    pub fn kind(self) -> AlertKind {
        match self {
            Self::Passcodes { .. } => AlertKind::Passcodes,
            Self::Certificates { .. } => AlertKind::Certificates,
        }
    }
}

impl Standing {
    /// How old the passcode is; none where it was never set.
    pub fn passcode_age(&self, today: Date, rules: &SmartcardRules) -> Option<PasscodeAge> {
        self.passcode_set_on.map(|set_on| PasscodeAge::at(set_on, today, &rules.timeline))
    }

    /// How near to their end the certificates are; none where there are none.
    pub fn certificate_age(&self, today: Date, rules: &SmartcardRules) -> Option<CertificateAge> {
        self.certificates_last_day.map(|last_day| CertificateAge::at(last_day, today, &rules.renewal))
    }

    /// Who does the next renewal.
    pub fn renewal(&self, rules: &SmartcardRules) -> Renewal {
        Renewal::after(self.renewals_used, &rules.renewal)
    }

    /// Whether the passcode is so old that only the Registration Authority can help, who has not done so yet.
    pub fn is_locked(&self, today: Date, rules: &SmartcardRules) -> bool {
        self.passcode_age(today, rules) == Some(PasscodeAge::Locked) && !self.is_unlocked(rules)
    }

    /// An unlock counts from the day of the lock on: one before it was for an earlier passcode.
    fn is_unlocked(&self, rules: &SmartcardRules) -> bool {
        match (self.passcode_set_on, self.ra_unlocked_on) {
            (Some(set_on), Some(unlocked_on)) => unlocked_on >= after(set_on, rules.timeline.locks),
            _ => false,
        }
    }

    fn must_set(&self, today: Date, rules: &SmartcardRules) -> Option<MustSet> {
        let Some(set_on) = self.passcode_set_on else { return Some(MustSet::NeverSet) };
        let forced = self.passcodes_forced_on.is_some_and(|forced_on| forced_on >= set_on);
        match PasscodeAge::at(set_on, today, &rules.timeline) {
            PasscodeAge::Locked => Some(MustSet::Unlocked),
            _ if forced => Some(MustSet::Forced),
            PasscodeAge::Overdue { days_until_locked } => Some(MustSet::Overdue { days_until_locked }),
            PasscodeAge::Current | PasscodeAge::Reminding { .. } => None,
        }
    }
}

impl Gate {
    /// `answered` are the alerts to which the person said *later* today. What only the Registration Authority can put right
    /// comes first, then passcodes, since a renewal takes one, then certificates.
    pub fn at(standing: &Standing, answered: &[AlertKind], today: Date, rules: &SmartcardRules) -> Self {
        if standing.withdrawn {
            return Self::Open;
        }
        if standing.is_locked(today, rules) {
            return Self::Locked;
        }
        let certificates = standing.certificate_age(today, rules);
        if certificates == Some(CertificateAge::Expired) {
            return Self::Expired;
        }
        if let Some(why) = standing.must_set(today, rules) {
            return Self::MustSetPasscodes { why };
        }
        let renewal = standing.renewal(rules);
        if let Some(CertificateAge::Forced { days_left }) = certificates {
            return Self::MustRenew { days_left, renewal };
        }
        let mut alerts = Vec::new();
        if let Some(PasscodeAge::Reminding { days_left }) = standing.passcode_age(today, rules) {
            alerts.push(Alert::Passcodes { days_left });
        }
        if let Some(CertificateAge::Reminding { days_left }) = certificates {
            alerts.push(Alert::Certificates { days_left, renewal });
        }
        alerts.retain(|alert| !answered.contains(&alert.kind()));
        if alerts.is_empty() { Self::Open } else { Self::Alert(alerts) }
    }
}

/// A message that is due today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueMessage {
    /// New passcodes are due: each day.
    PasscodesRemind {
        /// Days until they come first.
        days_left: u32,
    },
    /// New passcodes come first: each day.
    PasscodesOverdue {
        /// Days until it is locked.
        days_until_locked: u32,
    },
    /// Only the Registration Authority can help: once.
    PasscodesLocked {
        /// The local day on which it was locked.
        on: Date,
    },
    /// A renewal is due: each day.
    CertificatesRemind {
        /// Whole days to the last day.
        days_left: u32,
        /// Who does it.
        renewal: Renewal,
    },
    /// A renewal comes first: each day.
    CertificatesForced {
        /// Whole days to the last day.
        days_left: u32,
        /// Who does it.
        renewal: Renewal,
    },
    /// Only the Registration Authority can help: once.
    CertificatesExpired {
        /// The local day after their last.
        on: Date,
    },
}

/// Where no round went on the day on which somebody was locked out, they are told on one of the next days: from the day itself on, so
/// many days. Later they have found out, and what was written for the day may have been forgotten.
const TOLD_FOR_DAYS: i64 = 7;

impl DueMessage {
    /// Its name in the database, unique for a card and a day.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasscodesRemind { .. } => "passcodes-remind",
            Self::PasscodesOverdue { .. } => "passcodes-overdue",
            Self::PasscodesLocked { .. } => "passcodes-locked",
            Self::CertificatesRemind { .. } => "certificates-remind",
            Self::CertificatesForced { .. } => "certificates-forced",
            Self::CertificatesExpired { .. } => "certificates-expired",
        }
    }

    /// The day that it is written for, of which there is one message of its name for a card: `today`, or when it happened.
    pub fn day(self, today: Date) -> Date {
        match self {
            Self::PasscodesLocked { on } | Self::CertificatesExpired { on } => on,
            _ => today,
        }
    }
}

/// The messages of today: at most one about passcodes and one about certificates. Whoever was unlocked by the Registration
/// Authority, or asked by it for new passcodes, knows, and gets none about passcodes that are locked.
pub fn due_messages(
    standing: &Standing,
    today: Date,
    rules: &SmartcardRules,
) -> impl Iterator<Item = DueMessage> {
    let (passcodes, certificates) = if standing.withdrawn {
        (None, None)
    } else {
        (about_passcodes(standing, today, rules), about_certificates(standing, today, rules))
    };
    passcodes.into_iter().chain(certificates)
}

fn about_passcodes(standing: &Standing, today: Date, rules: &SmartcardRules) -> Option<DueMessage> {
    let set_on = standing.passcode_set_on?;
    match PasscodeAge::at(set_on, today, &rules.timeline) {
        PasscodeAge::Current => None,
        PasscodeAge::Reminding { days_left } => Some(DueMessage::PasscodesRemind { days_left }),
        PasscodeAge::Overdue { days_until_locked } => {
            Some(DueMessage::PasscodesOverdue { days_until_locked })
        }
        PasscodeAge::Locked => {
            let on = after(set_on, rules.timeline.locks);
            (is_told_of(on, today) && !standing.is_unlocked(rules))
                .then_some(DueMessage::PasscodesLocked { on })
        }
    }
}

fn about_certificates(standing: &Standing, today: Date, rules: &SmartcardRules) -> Option<DueMessage> {
    let last_day = standing.certificates_last_day?;
    let renewal = standing.renewal(rules);
    match CertificateAge::at(last_day, today, &rules.renewal) {
        CertificateAge::Valid { .. } => None,
        CertificateAge::Reminding { days_left } => {
            Some(DueMessage::CertificatesRemind { days_left, renewal })
        }
        CertificateAge::Forced { days_left } => Some(DueMessage::CertificatesForced { days_left, renewal }),
        CertificateAge::Expired => {
            let on = after(last_day, 1);
            is_told_of(on, today).then_some(DueMessage::CertificatesExpired { on })
        }
    }
}

fn is_told_of(happened_on: Date, today: Date) -> bool {
    (0..TOLD_FOR_DAYS).contains(&between(happened_on, today))
}

#[cfg(test)]
mod tests;

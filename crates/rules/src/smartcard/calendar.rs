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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::super::Preset;
    use super::*;

    const TODAY: Date = date(2026, 11, 29);

    fn card(set_on: Date, last_day: Date) -> Standing {
        Standing {
            passcode_set_on: Some(set_on),
            certificates_last_day: Some(last_day),
            ..Standing::default()
        }
    }

    fn written(standing: &Standing, preset: Preset) -> Vec<String> {
        calendar(standing, TODAY, &SmartcardRules::preset(preset))
            .into_iter()
            .map(|entry| format!("{} {}", entry.day, entry.falls.as_str()))
            .collect()
    }

    #[test]
    fn the_calendar_lists_what_falls_due_within_twelve_months() {
        let standing = card(date(2026, 11, 29), date(2027, 6, 30));
        let guide = [
            "2027-05-31 certificates-remind",
            "2027-06-10 certificates-come-first",
            "2027-06-30 certificates-end",
            "2027-11-15 passcodes-remind",
        ];
        // New passcodes come first in twelve months to the day, which is the next calendar's.
        assert_eq!(written(&standing, Preset::Guide), guide);
        let current = written(&standing, Preset::Current);
        assert_eq!(current[0], "2027-04-01 certificates-remind");
        assert_eq!(&current[1..], &guide[1..]);
    }

    #[test]
    fn what_is_over_is_in_no_calendar_and_what_is_today_is() {
        let standing = card(before(TODAY, 365), before(TODAY, 1));
        assert_eq!(
            written(&standing, Preset::Guide),
            ["2026-11-29 passcodes-come-first", "2026-12-20 passcodes-lock"]
        );
        assert!(written(&Standing { withdrawn: true, ..standing }, Preset::Guide).is_empty());
        assert!(written(&Standing::default(), Preset::Guide).is_empty());
    }

    #[rstest]
    #[case(0, None)]
    #[case(1, None)]
    #[case(2, Some((date(2027, 5, 31), date(2027, 6, 30), VisitReason::RenewalsUsedUp)))]
    #[case(7, Some((date(2027, 5, 31), date(2027, 6, 30), VisitReason::RenewalsUsedUp)))]
    fn a_visit_is_known_long_before_where_the_renewals_are_used_up(
        #[case] used: u32,
        #[case] expected: Option<(Date, Date, VisitReason)>,
    ) {
        let standing = Standing { renewals_used: used, ..card(TODAY, date(2027, 6, 30)) };
        let guide = visit(&standing, TODAY, &SmartcardRules::preset(Preset::Guide));
        assert_eq!(guide.map(|visit| (visit.from, visit.by, visit.why)), expected);
        assert!(guide.is_none_or(|visit| !visit.is_due(TODAY) && visit.is_due(date(2027, 5, 31))));
        assert_eq!(visit(&standing, TODAY, &SmartcardRules::preset(Preset::Current)), None);
    }

    #[test]
    fn whoever_is_locked_or_expired_must_come_now() {
        let rules = SmartcardRules::default();
        let locked = card(before(TODAY, 386), after(TODAY, 400));
        let must_come = visit(&locked, TODAY, &rules).unwrap();
        assert_eq!(must_come, Visit { from: TODAY, by: before(TODAY, 1), why: VisitReason::PasscodesLocked });
        assert!(must_come.is_due(TODAY) && must_come.is_stopped(TODAY));
        assert_eq!(visit(&Standing { ra_unlocked_on: Some(TODAY), ..locked }, TODAY, &rules), None);
        let expired = card(TODAY, before(TODAY, 1));
        let must_come = visit(&expired, TODAY, &rules).unwrap();
        assert_eq!((must_come.from, must_come.why), (TODAY, VisitReason::CertificatesExpired));
        assert!(must_come.is_due(TODAY) && must_come.is_stopped(TODAY));
        assert_eq!(visit(&card(TODAY, TODAY), TODAY, &rules), None, "the last day is a good one");
    }

    #[test]
    fn reasons_have_names_of_their_own() {
        let mut names = VisitReason::ALL.map(VisitReason::as_str).to_vec();
        names.dedup();
        assert_eq!(names.len(), 3);
    }
}

//! How old passcodes and certificates are, in the words of the guide to the Self Service Portal, sections 1.1 and 2.

use jiff::civil::Date;

use crate::days::{after, before, between};

/// When passcodes are due, in days since the smartcard passcode was set, which is day 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasscodeTimeline {
    /// The first day with an alert.
    pub reminds_from: u32,
    /// The first day on which new passcodes come before anything else.
    pub expires: u32,
    /// The first day on which only the Registration Authority can help.
    pub locks: u32,
}

impl PasscodeTimeline {
    /// The days on which a passcode set on `set_on` begins to remind, comes first, and locks.
    pub fn days(&self, set_on: Date) -> [Date; 3] {
        [self.reminds_from, self.expires, self.locks].map(|days| after(set_on, days))
    }
}

/// How old a smartcard passcode is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasscodeAge {
    /// Nothing to do.
    Current,
    /// Alert once a day; the person may set new passcodes now or later.
    Reminding {
        /// Days until it comes first: with the guide's numbers 14 down to 1.
        days_left: u32,
    },
    /// New passcodes come before anything else.
    Overdue {
        /// Days until it is locked: with the guide's numbers 21 down to 1.
        days_until_locked: u32,
    },
    /// Only the Registration Authority can help.
    Locked,
}

impl PasscodeAge {
    /// `set_on` and `today` are local days of the organisation; a `set_on` in the future counts as today.
    pub fn at(set_on: Date, today: Date, timeline: &PasscodeTimeline) -> Self {
        let day = u32::try_from(between(set_on, today)).unwrap_or(0);
        if day >= timeline.locks {
            Self::Locked
        } else if day >= timeline.expires {
            Self::Overdue { days_until_locked: timeline.locks - day }
        } else if day >= timeline.reminds_from {
            Self::Reminding { days_left: timeline.expires - day }
        } else {
            Self::Current
        }
    }
}

/// When certificates are due, in days to the last day on which they are good, and how often without a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenewalRules {
    /// With so many days left, or fewer, there is an alert.
    pub reminds_from_days: u32,
    /// With so many days left, or fewer, renewal comes before anything else.
    pub forced_from_days: u32,
    /// How often a person renews without a visit. None: as often as they like.
    pub self_service_limit: Option<u32>,
}

impl RenewalRules {
    /// The days on which certificates that are good to the end of `last_day` begin to remind, and come first.
    pub fn days(&self, last_day: Date) -> [Date; 2] {
        [self.reminds_from_days, self.forced_from_days].map(|days| before(last_day, days))
    }
}

/// How near to their end the certificates of a card are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateAge {
    /// Nothing to do.
    Valid {
        /// Whole days to the last day.
        days_left: u32,
    },
    /// Alert once a day; the person may renew now or later.
    Reminding {
        /// Whole days to the last day: with the guide's numbers 30 down to 21.
        days_left: u32,
    },
    /// Renewal comes before anything else.
    Forced {
        /// Whole days to the last day: 20 down to 0.
        days_left: u32,
    },
    /// Only the Registration Authority can help.
    Expired,
}

impl CertificateAge {
    /// `last_day` is the local day in which the earlier of the two certificates ends; on it they count as good still.
    pub fn at(last_day: Date, today: Date, renewal: &RenewalRules) -> Self {
        let Ok(days_left) = u32::try_from(between(today, last_day)) else { return Self::Expired };
        if days_left <= renewal.forced_from_days {
            Self::Forced { days_left }
        } else if days_left <= renewal.reminds_from_days {
            Self::Reminding { days_left }
        } else {
            Self::Valid { days_left }
        }
    }
}

/// Who does the next renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// The person, in the portal.
    SelfService {
        /// How many renewals are left with this one; none where nobody counts.
        left: Option<u32>,
    },
    /// The Registration Authority, who checks who they are; the count starts again.
    AtTheRegistrationAuthority,
}

impl Renewal {
    /// `used` is how often the person has renewed without a visit since the card was issued or last renewed by the
    /// Registration Authority.
    pub fn after(used: u32, rules: &RenewalRules) -> Self {
        match rules.self_service_limit.map(|limit| limit.saturating_sub(used)) {
            Some(0) => Self::AtTheRegistrationAuthority,
            left => Self::SelfService { left },
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::super::{Preset, SmartcardRules};
    use super::*;

    fn reminding(days_left: u32) -> PasscodeAge {
        PasscodeAge::Reminding { days_left }
    }

    fn overdue(days_until_locked: u32) -> PasscodeAge {
        PasscodeAge::Overdue { days_until_locked }
    }

    #[rstest]
    #[case(0, PasscodeAge::Current)]
    #[case(350, PasscodeAge::Current)]
    #[case(351, reminding(14))]
    #[case(364, reminding(1))]
    #[case(365, overdue(21))]
    #[case(385, overdue(1))]
    #[case(386, PasscodeAge::Locked)]
    #[case(387, PasscodeAge::Locked)]
    #[case(10_000, PasscodeAge::Locked)]
    fn a_passcode_reminds_for_fourteen_days_is_overdue_for_twenty_one_and_locks(
        #[case] day: u32,
        #[case] age: PasscodeAge,
        #[values(Preset::Guide, Preset::Current)] preset: Preset,
        // Over a leap day, from one, and over both changes of the clocks.
        #[values(
            date(2027, 3, 1),
            date(2028, 2, 29),
            date(2025, 3, 30),
            date(2025, 10, 26),
            date(2026, 12, 31)
        )]
        set_on: Date,
    ) {
        let timeline = SmartcardRules::preset(preset).timeline;
        assert_eq!(PasscodeAge::at(set_on, after(set_on, day), &timeline), age);
    }

    #[rstest]
    #[case(date(2027, 2, 28), date(2028, 2, 13), PasscodeAge::Current)]
    #[case(date(2027, 2, 28), date(2028, 2, 14), reminding(14))]
    #[case(date(2027, 2, 28), date(2028, 2, 27), reminding(1))]
    #[case(date(2027, 2, 28), date(2028, 2, 28), overdue(21))]
    #[case(date(2027, 3, 1), date(2028, 2, 28), reminding(1))]
    #[case(date(2027, 3, 1), date(2028, 2, 29), overdue(21))]
    #[case(date(2027, 3, 1), date(2028, 3, 20), overdue(1))]
    #[case(date(2027, 3, 1), date(2028, 3, 21), PasscodeAge::Locked)]
    #[case(date(2028, 2, 29), date(2029, 2, 27), reminding(1))]
    #[case(date(2028, 2, 29), date(2029, 2, 28), overdue(21))]
    // The days on which the clocks change are days like others.
    #[case(date(2026, 3, 29), date(2027, 3, 28), reminding(1))]
    #[case(date(2026, 3, 29), date(2027, 3, 29), overdue(21))]
    #[case(date(2025, 10, 26), date(2026, 10, 25), reminding(1))]
    #[case(date(2025, 10, 26), date(2026, 10, 26), overdue(21))]
    fn days_are_counted_on_the_calendar(#[case] set_on: Date, #[case] today: Date, #[case] age: PasscodeAge) {
        assert_eq!(PasscodeAge::at(set_on, today, &SmartcardRules::default().timeline), age);
    }

    #[test]
    fn a_passcode_set_tomorrow_counts_as_set_today() {
        let timeline = SmartcardRules::default().timeline;
        for set_on in [date(2026, 11, 30), date(2027, 11, 29), Date::MAX] {
            assert_eq!(PasscodeAge::at(set_on, date(2026, 11, 29), &timeline), PasscodeAge::Current);
        }
    }

    const VALID: fn(u32) -> CertificateAge = |days_left| CertificateAge::Valid { days_left };
    const REMINDS: fn(u32) -> CertificateAge = |days_left| CertificateAge::Reminding { days_left };
    const FORCED: fn(u32) -> CertificateAge = |days_left| CertificateAge::Forced { days_left };

    #[rstest]
    #[case(400, VALID(400), VALID(400))]
    #[case(91, VALID(91), VALID(91))]
    #[case(90, VALID(90), REMINDS(90))]
    #[case(31, VALID(31), REMINDS(31))]
    #[case(30, REMINDS(30), REMINDS(30))]
    #[case(21, REMINDS(21), REMINDS(21))]
    #[case(20, FORCED(20), FORCED(20))]
    #[case(1, FORCED(1), FORCED(1))]
    #[case(0, FORCED(0), FORCED(0))]
    #[case(-1, CertificateAge::Expired, CertificateAge::Expired)]
    #[case(-400, CertificateAge::Expired, CertificateAge::Expired)]
    fn certificates_remind_then_come_first_then_are_expired(
        #[case] days: i32,
        #[case] guide: CertificateAge,
        #[case] current: CertificateAge,
        #[values(
            date(2028, 2, 29),
            date(2028, 3, 1),
            date(2026, 3, 29),
            date(2026, 10, 25),
            date(2026, 12, 31)
        )]
        last_day: Date,
    ) {
        let shift = days.unsigned_abs();
        let today = if days >= 0 { before(last_day, shift) } else { after(last_day, shift) };
        for (preset, age) in [(Preset::Guide, guide), (Preset::Current, current)] {
            let rules = SmartcardRules::preset(preset).renewal;
            assert_eq!(CertificateAge::at(last_day, today, &rules), age, "{preset:?}");
        }
    }

    #[rstest]
    #[case(0, Renewal::SelfService { left: Some(2) })]
    #[case(1, Renewal::SelfService { left: Some(1) })]
    #[case(2, Renewal::AtTheRegistrationAuthority)]
    #[case(3, Renewal::AtTheRegistrationAuthority)]
    #[case(u32::MAX, Renewal::AtTheRegistrationAuthority)]
    fn the_third_renewal_is_a_visit_by_the_guide_and_never_today(#[case] used: u32, #[case] guide: Renewal) {
        assert_eq!(Renewal::after(used, &SmartcardRules::preset(Preset::Guide).renewal), guide);
        let current = Renewal::after(used, &SmartcardRules::preset(Preset::Current).renewal);
        assert_eq!(current, Renewal::SelfService { left: None });
    }
}

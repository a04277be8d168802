//! Promises about arbitrary days, standings and passcodes.

use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::days::{after, before};

/// Any day that there is, the ends of the calendar among them.
fn day() -> impl Strategy<Value = Date> {
    prop_oneof![
        1 => Just(Date::MIN),
        1 => Just(Date::MAX),
        8 => (any::<u32>(), any::<bool>()).prop_map(|(days, from_the_end)| {
            if from_the_end { before(Date::MAX, days % 8_000_000) } else { after(Date::MIN, days % 8_000_000) }
        }),
        8 => (0_u32..2_000).prop_map(|days| after(jiff::civil::date(2025, 1, 1), days)),
    ]
}

fn rules() -> impl Strategy<Value = SmartcardRules> {
    select(Preset::ALL.map(SmartcardRules::preset).to_vec())
}

fn standing() -> impl Strategy<Value = Standing> {
    let maybe = || proptest::option::of(day());
    (maybe(), maybe(), maybe(), maybe(), any::<u32>(), any::<bool>()).prop_map(
        |(set_on, unlocked, forced, last_day, used, withdrawn)| Standing {
            passcode_set_on: set_on,
            ra_unlocked_on: unlocked,
            passcodes_forced_on: forced,
            certificates_last_day: last_day,
            renewals_used: used % 4,
            withdrawn,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_day_is_a_panic(standing in standing(), today in day(), rules in rules(), days: u32) {
        let gate = Gate::at(&standing, &[], today, &rules);
        prop_assert!(!standing.withdrawn || gate == Gate::Open);
        prop_assert!(due_messages(&standing, today, &rules).count() <= 2);
        for entry in calendar(&standing, today, &rules) {
            prop_assert!(entry.day >= today);
        }
        if let Some(visit) = visit(&standing, today, &rules) {
            prop_assert!(!standing.withdrawn);
            // The two that stop a person stop them already.
            prop_assert_eq!(visit.is_stopped(today), visit.why != VisitReason::RenewalsUsedUp || visit.by < today);
        }
        prop_assert!(after(today, days) >= today && before(today, days) <= today);
    }

    #[test]
    fn who_is_stopped_has_a_visit_and_whoever_is_stopped_by_the_authority_alone_is_in_its_queue(
        standing in standing(), today in day(), rules in rules(),
    ) {
        let stopped = matches!(Gate::at(&standing, &[], today, &rules), Gate::Locked | Gate::Expired);
        let queued = visit(&standing, today, &rules).is_some_and(|visit| {
            visit.is_due(today) && visit.why != VisitReason::RenewalsUsedUp
        });
        prop_assert_eq!(stopped, queued);
    }

    #[test]
    fn a_passcode_only_gets_older(set_on in day(), today in day(), later: u32, rules in rules()) {
        let order = |age| match age {
            PasscodeAge::Current => 0,
            PasscodeAge::Reminding { .. } => 1,
            PasscodeAge::Overdue { .. } => 2,
            PasscodeAge::Locked => 3,
        };
        let at = |day| order(PasscodeAge::at(set_on, day, &rules.timeline));
        prop_assert!(at(after(today, later)) >= at(today));
    }

    #[test]
    fn the_days_of_the_calendar_are_those_on_which_the_age_changes(
        days in 0_u32..8_000_000, rules in rules(),
    ) {
        // Far enough from both ends of the calendar.
        let set_on = before(Date::MAX, 400).min(after(Date::MIN, days));
        let last_day = before(Date::MAX, 1).min(after(Date::MIN, 200 + days));
        let [reminds, expires, locks] = rules.timeline.days(set_on);
        let age = |day| PasscodeAge::at(set_on, day, &rules.timeline);
        let reminding = PasscodeAge::Reminding { days_left: rules.timeline.expires - rules.timeline.reminds_from };
        prop_assert_eq!(age(before(reminds, 1)), PasscodeAge::Current);
        prop_assert_eq!(age(reminds), reminding);
        prop_assert_eq!(age(before(expires, 1)), PasscodeAge::Reminding { days_left: 1 });
        let overdue = rules.timeline.locks - rules.timeline.expires;
        prop_assert_eq!(age(expires), PasscodeAge::Overdue { days_until_locked: overdue });
        prop_assert_eq!(age(before(locks, 1)), PasscodeAge::Overdue { days_until_locked: 1 });
        prop_assert_eq!(age(locks), PasscodeAge::Locked);
        let [reminds, forced] = rules.renewal.days(last_day);
        let age = |day| CertificateAge::at(last_day, day, &rules.renewal);
        let RenewalRules { reminds_from_days, forced_from_days, .. } = rules.renewal;
        let reminding = |days_left| CertificateAge::Reminding { days_left };
        prop_assert_eq!(age(before(reminds, 1)), CertificateAge::Valid { days_left: reminds_from_days + 1 });
        prop_assert_eq!(age(reminds), reminding(reminds_from_days));
        prop_assert_eq!(age(before(forced, 1)), reminding(forced_from_days + 1));
        prop_assert_eq!(age(forced), CertificateAge::Forced { days_left: rules.renewal.forced_from_days });
        prop_assert_eq!(age(last_day), CertificateAge::Forced { days_left: 0 });
        prop_assert_eq!(age(after(last_day, 1)), CertificateAge::Expired);
    }

    #[test]
    fn an_alert_that_was_answered_is_not_shown_again_today(
        standing in standing(), today in day(), rules in rules(),
    ) {
        let gate = Gate::at(&standing, &[], today, &rules);
        let answered = Gate::at(&standing, &AlertKind::ALL, today, &rules);
        match gate {
            Gate::Alert(alerts) => {
                prop_assert!(!alerts.is_empty());
                prop_assert_eq!(answered, Gate::Open);
            }
            // What comes before anything else cannot be answered with "later".
            other => prop_assert_eq!(answered, other),
        }
    }

    #[test]
    fn any_text_is_a_passcode_or_refused_with_a_rule(
        typed in "\\PC{0,24}", rules in rules(), profile in select(CardProfile::ALL.to_vec()),
    ) {
        for kind in PasscodeKind::ALL {
            match check_passcode(kind, &typed, &rules.passcode, profile) {
                Ok(()) => {
                    let length = typed.chars().count();
                    prop_assert!(length >= 4);
                    prop_assert!(kind != PasscodeKind::Smartcard || (length <= 8 && typed.is_ascii()));
                }
                Err(problem) => prop_assert_eq!(problem.of().is_none(), typed.is_empty()),
            }
        }
        let strength = Strength::of(&typed);
        prop_assert!(!strength.as_str().is_empty());
    }

    #[test]
    fn digits_that_suit_the_card_suit_both_presets(typed in "[0-9]{6,8}") {
        for rules in Preset::ALL.map(SmartcardRules::preset) {
            for profile in CardProfile::ALL {
                prop_assert_eq!(check_passcode(PasscodeKind::Smartcard, &typed, &rules.passcode, profile), Ok(()));
            }
        }
    }
}

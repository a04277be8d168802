//! Who is counted before a rule is changed: exactly those whom the change concerns.

use rstest::rstest;

use super::*;
use crate::session::{SessionAge, is_remembered};
use crate::smartcard::{CertificateAge, PasscodeAge};

fn at() -> Timestamp {
    "2026-11-25T09:00:00Z".parse().unwrap()
}

fn today() -> Date {
    jiff::civil::date(2026, 11, 25)
}

fn with(key: &str, value: &str) -> Policy {
    let mut policy = Policy::default();
    policy.stricter(key, value).unwrap();
    policy
}

#[rstest]
#[case("password-min", "15", Effect::CannotBeKnown)]
#[case("password-strength", "4", Effect::CannotBeKnown)]
#[case("reset-gates", "2", Effect::FewerWays { gates: 2 })]
#[case("put-offs", "0", Effect::PutOffs { times: 0 })]
#[case("non-uk-number-disables", "yes", Effect::Numbers { disables: true })]
#[case("crown-dependencies", "no", Effect::Numbers { disables: false })]
#[case("two-administrators", "yes", Effect::Administrators)]
#[case("code-lifetime", "5 min", Effect::FromNowOn)]
#[case("sign-in-lock-after", "5", Effect::FromNowOn)]
#[case("card-passcode-min", "6", Effect::PasscodesUnknown)]
#[case("card-passcode-digits", "yes", Effect::PasscodesUnknown)]
#[case("passcode-reminder-days", "30", Effect::FromNowOn)]
#[case("self-service-renewals", "0", Effect::RenewalVisits { from: 0, below: Some(2) })]
#[case("passcode-entry", "agent", Effect::FromNowOn)]
#[case("ra-second-approver", "yes", Effect::Approvers)]
fn each_rule_concerns_the_people_whom_it_takes_something_from(
    #[case] key: &str,
    #[case] value: &str,
    #[case] expected: Effect,
) {
    let (now, then) = (Policy::default(), with(key, value));
    assert_eq!(effect(key, &now, &then, at(), today()), expected);
    assert_eq!(effect(key, &then, &then, at(), today()), Effect::Nothing);
    assert_eq!(effect(key, &then, &now, at(), today()), Effect::Loosens, "back to what the installation has");
}

#[test]
fn a_browser_is_counted_exactly_where_it_is_remembered_now_and_would_not_be() {
    let (now, then) = (Policy::default(), with("remember-device-days", "7"));
    let Effect::Remembered { after, until } = effect("remember-device-days", &now, &then, at(), today())
    else {
        panic!("browsers");
    };
    let hour = 3_600_000;
    for ms in [0, 1, 7 * 24 * hour - 1, 7 * 24 * hour, 30 * 24 * hour - 1, 30 * 24 * hour, 31 * 24 * hour] {
        let remembered = at() - SignedDuration::from_millis(ms);
        let ends = is_remembered(30, Some(remembered), at()) && !is_remembered(7, Some(remembered), at());
        assert_eq!(remembered > after && remembered <= until, ends, "{ms} ms ago");
    }
}

#[test]
fn a_session_is_counted_exactly_where_it_lives_now_and_would_not() {
    let hour = 3_600_000;
    let minute = 60_000;
    for (key, value) in [("session-idle", "10 min"), ("session-absolute", "8 h")] {
        let (before, after) = (Policy::default(), with(key, value));
        let Effect::Sessions { now, then } = effect(key, &before, &after, at(), today()) else {
            panic!("sessions")
        };
        for started in [0, 8 * hour - 1, 8 * hour, 12 * hour - 1, 12 * hour] {
            for seen in [0, 10 * minute - 1, 10 * minute, 30 * minute - 1, 30 * minute] {
                let ago = |ms: i64| at() - SignedDuration::from_millis(ms);
                let (started_at, seen_at) = (ago(started), ago(seen.min(started)));
                let lives =
                    |policy: &Policy| policy.session_age(started_at, seen_at, at()) == SessionAge::Live;
                assert_eq!(now.holds(started_at, seen_at), lives(&before), "{started} {seen}");
                assert_eq!(then.holds(started_at, seen_at), lives(&after), "{started} {seen}");
            }
        }
    }
}

#[test]
fn choices_have_no_way_back_that_is_looser() {
    let (now, then) = (Policy::default(), with("smartcard-preset", "current"));
    assert_eq!(effect("smartcard-preset", &now, &then, at(), today()), Effect::Preset);
    assert_eq!(effect("smartcard-preset", &then, &now, at(), today()), Effect::Preset);
    let then = with("smartcard-unlock", "one-time-code");
    let by = |by| Effect::UnlockBy(by);
    assert_eq!(effect("smartcard-unlock", &now, &then, at(), today()), by(UnlockBy::OneTimeCode));
    assert_eq!(effect("smartcard-unlock", &then, &now, at(), today()), by(UnlockBy::RecoveryPasscode));
}

#[rstest]
#[case("passcode-lifetime-days", "180")]
#[case("passcode-lock-days", "7")]
fn a_card_is_counted_exactly_where_its_passcode_is_good_now_and_would_not_be(
    #[case] key: &str,
    #[case] value: &str,
) {
    let (now, then) = (Policy::default(), with(key, value));
    let Effect::Passcodes { first, locked } = effect(key, &now, &then, at(), today()) else {
        panic!("passcodes");
    };
    for days in 0..400 {
        let set_on = before(today(), days);
        let age = |policy: &Policy| PasscodeAge::at(set_on, today(), &policy.smartcard.timeline);
        let comes_first = |age| !matches!(age, PasscodeAge::Current | PasscodeAge::Reminding { .. });
        let counted = |days: Days| days.from <= set_on && set_on <= days.to;
        assert_eq!(counted(first), !comes_first(age(&now)) && comes_first(age(&then)), "{days}");
        let is_locked = |age| age == PasscodeAge::Locked;
        assert_eq!(counted(locked), !is_locked(age(&now)) && is_locked(age(&then)), "{days}");
    }
}

#[test]
fn a_card_is_counted_exactly_where_its_certificates_are_not_due_now_and_would_be() {
    for (key, value) in [("renewal-reminder-days", "90"), ("renewal-forced-days", "25")] {
        let (now, then) = (Policy::default(), with(key, value));
        let (Effect::RenewalAlerts(counted) | Effect::RenewalsFirst(counted)) =
            effect(key, &now, &then, at(), today())
        else {
            panic!("{key}");
        };
        for days in 0..120 {
            let last_day = after(today(), days);
            let age = |policy: &Policy| {
                std::mem::discriminant(&CertificateAge::at(last_day, today(), &policy.smartcard.renewal))
            };
            let is_counted = counted.from <= last_day && last_day <= counted.to;
            assert_eq!(is_counted, age(&now) != age(&then), "{key} {days}");
        }
    }
}

#[test]
fn two_gates_take_two_ways() {
    assert!(has_too_few_ways(0, 1) && has_too_few_ways(1, 2));
    assert!(!has_too_few_ways(1, 1) && !has_too_few_ways(2, 2));
}

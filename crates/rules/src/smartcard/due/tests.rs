use jiff::civil::date;
use rstest::rstest;

use super::super::Preset;
use super::*;
use crate::days::before;

const TODAY: Date = date(2026, 11, 29);

fn rules(preset: Preset) -> SmartcardRules {
    SmartcardRules::preset(preset)
}

/// A card with a passcode set so many days ago and certificates that end in so many.
fn card(passcode_days: u32, certificate_days: u32) -> Standing {
    Standing {
        passcode_set_on: Some(before(TODAY, passcode_days)),
        certificates_last_day: Some(after(TODAY, certificate_days)),
        ..Standing::default()
    }
}

fn gate(standing: &Standing) -> Gate {
    Gate::at(standing, &[], TODAY, &rules(Preset::Guide))
}

fn must_set(why: MustSet) -> Gate {
    Gate::MustSetPasscodes { why }
}

fn messages(standing: &Standing, preset: Preset) -> Vec<&'static str> {
    due_messages(standing, TODAY, &rules(preset)).map(DueMessage::as_str).collect()
}

const FIRST: Renewal = Renewal::SelfService { left: Some(2) };

#[rstest]
#[case(350, Gate::Open)]
#[case(351, Gate::Alert(vec![Alert::Passcodes { days_left: 14 }]))]
#[case(364, Gate::Alert(vec![Alert::Passcodes { days_left: 1 }]))]
#[case(365, must_set(MustSet::Overdue { days_until_locked: 21 }))]
#[case(385, must_set(MustSet::Overdue { days_until_locked: 1 }))]
#[case(386, Gate::Locked)]
#[case(387, Gate::Locked)]
fn an_old_passcode_alerts_then_comes_first_then_locks(#[case] days: u32, #[case] expected: Gate) {
    for preset in Preset::ALL {
        assert_eq!(Gate::at(&card(days, 400), &[], TODAY, &rules(preset)), expected, "{preset:?}");
    }
}

#[rstest]
#[case(31, Gate::Open)]
#[case(30, Gate::Alert(vec![Alert::Certificates { days_left: 30, renewal: FIRST }]))]
#[case(21, Gate::Alert(vec![Alert::Certificates { days_left: 21, renewal: FIRST }]))]
#[case(20, Gate::MustRenew { days_left: 20, renewal: FIRST })]
#[case(0, Gate::MustRenew { days_left: 0, renewal: FIRST })]
fn certificates_that_end_alert_then_come_first(#[case] days: u32, #[case] expected: Gate) {
    assert_eq!(gate(&card(0, days)), expected);
}

#[test]
fn today_alerts_begin_ninety_days_before_and_nobody_counts_renewals() {
    let current = |standing: &Standing| Gate::at(standing, &[], TODAY, &rules(Preset::Current));
    let unlimited = Renewal::SelfService { left: None };
    assert_eq!(current(&card(0, 91)), Gate::Open);
    let alert = Alert::Certificates { days_left: 90, renewal: unlimited };
    assert_eq!(current(&card(0, 90)), Gate::Alert(vec![alert]));
    let often = Standing { renewals_used: 40, ..card(0, 20) };
    assert_eq!(current(&often), Gate::MustRenew { days_left: 20, renewal: unlimited });
}

#[test]
fn expired_certificates_are_a_visit() {
    let expired = Standing { certificates_last_day: Some(before(TODAY, 1)), ..card(0, 0) };
    assert_eq!(gate(&expired), Gate::Expired);
    assert_eq!(gate(&Standing { passcode_set_on: Some(before(TODAY, 370)), ..expired }), Gate::Expired);
}

#[test]
fn the_third_renewal_is_at_the_registration_authority() {
    let renewal = |used| Standing { renewals_used: used, ..card(0, 20) };
    let at = Renewal::AtTheRegistrationAuthority;
    let left = |left| Gate::MustRenew { days_left: 20, renewal: Renewal::SelfService { left: Some(left) } };
    assert_eq!(gate(&renewal(0)), left(2));
    assert_eq!(gate(&renewal(1)), left(1));
    assert_eq!(gate(&renewal(2)), Gate::MustRenew { days_left: 20, renewal: at });
    let alert = Alert::Certificates { days_left: 25, renewal: at };
    assert_eq!(gate(&Standing { renewals_used: 2, ..card(0, 25) }), Gate::Alert(vec![alert]));
}

#[test]
fn later_holds_for_one_alert_and_one_day() {
    let both = card(360, 25);
    let (passcodes, certificates) =
        (Alert::Passcodes { days_left: 5 }, Alert::Certificates { days_left: 25, renewal: FIRST });
    let shown = |answered: &[AlertKind]| Gate::at(&both, answered, TODAY, &rules(Preset::Guide));
    assert_eq!(shown(&[]), Gate::Alert(vec![passcodes, certificates]));
    assert_eq!(shown(&[AlertKind::Passcodes]), Gate::Alert(vec![certificates]));
    assert_eq!(shown(&[AlertKind::Certificates]), Gate::Alert(vec![passcodes]));
    assert_eq!(shown(&AlertKind::ALL), Gate::Open);
    let forced = Gate::at(&card(365, 400), &AlertKind::ALL, TODAY, &rules(Preset::Guide));
    assert_eq!(forced, must_set(MustSet::Overdue { days_until_locked: 21 }), "nobody puts this off");
}

#[test]
fn passcodes_come_before_a_renewal_since_it_takes_one() {
    assert_eq!(gate(&card(365, 20)), must_set(MustSet::Overdue { days_until_locked: 21 }));
}

#[test]
fn an_unlock_opens_a_locked_account_until_new_passcodes_are_set() {
    let locked = card(400, 400);
    assert_eq!(gate(&locked), Gate::Locked);
    let locked_on = after(before(TODAY, 400), 386);
    for (unlocked_on, opens) in
        [(before(locked_on, 1), false), (locked_on, true), (before(TODAY, 1), true), (TODAY, true)]
    {
        let standing = Standing { ra_unlocked_on: Some(unlocked_on), ..locked };
        let expected = if opens { must_set(MustSet::Unlocked) } else { Gate::Locked };
        assert_eq!(gate(&standing), expected, "unlocked on {unlocked_on}");
    }
    let set = Standing { ra_unlocked_on: Some(TODAY), passcode_set_on: Some(TODAY), ..locked };
    assert_eq!(gate(&set), Gate::Open);
    // A year later the old unlock opens nothing.
    let year = after(TODAY, 386);
    assert_eq!(
        Gate::at(&Standing { certificates_last_day: None, ..set }, &[], year, &rules(Preset::Guide)),
        Gate::Locked
    );
}

#[test]
fn whoever_was_asked_for_new_passcodes_sets_them_first() {
    let forced = |on| Standing { passcodes_forced_on: Some(on), ..card(10, 400) };
    assert_eq!(gate(&forced(TODAY)), must_set(MustSet::Forced));
    assert_eq!(gate(&forced(before(TODAY, 10))), must_set(MustSet::Forced), "on the day they were set");
    assert_eq!(gate(&forced(before(TODAY, 11))), Gate::Open, "they have been set since");
    let never = Standing { passcode_set_on: None, ..card(0, 400) };
    assert_eq!(gate(&never), must_set(MustSet::NeverSet));
}

#[test]
fn a_card_that_is_withdrawn_asks_for_nothing() {
    let withdrawn = Standing { withdrawn: true, ..card(400, 0) };
    assert_eq!(gate(&withdrawn), Gate::Open);
    assert!(messages(&withdrawn, Preset::Guide).is_empty());
}

#[rstest]
#[case(350, &[])]
#[case(351, &["passcodes-remind"])]
#[case(364, &["passcodes-remind"])]
#[case(365, &["passcodes-overdue"])]
#[case(385, &["passcodes-overdue"])]
#[case(386, &["passcodes-locked"])]
#[case(392, &["passcodes-locked"])]
#[case(393, &[])]
fn one_message_a_day_about_passcodes_and_one_of_the_day_of_the_lock(
    #[case] days: u32,
    #[case] expected: &[&str],
    #[values(Preset::Guide, Preset::Current)] preset: Preset,
) {
    assert_eq!(messages(&card(days, 400), preset), expected);
}

#[rstest]
#[case(91, &[], &[])]
#[case(90, &[], &["certificates-remind"])]
#[case(31, &[], &["certificates-remind"])]
#[case(30, &["certificates-remind"], &["certificates-remind"])]
#[case(21, &["certificates-remind"], &["certificates-remind"])]
#[case(20, &["certificates-forced"], &["certificates-forced"])]
#[case(0, &["certificates-forced"], &["certificates-forced"])]
#[case(-1, &["certificates-expired"], &["certificates-expired"])]
#[case(-7, &["certificates-expired"], &["certificates-expired"])]
#[case(-8, &[], &[])]
fn one_message_a_day_about_certificates_and_one_when_they_have_expired(
    #[case] days: i32,
    #[case] guide: &[&str],
    #[case] current: &[&str],
) {
    let shift = days.unsigned_abs();
    let last_day = if days < 0 { before(TODAY, shift) } else { after(TODAY, shift) };
    let standing = Standing { certificates_last_day: Some(last_day), ..card(0, 0) };
    assert_eq!(messages(&standing, Preset::Guide), guide);
    assert_eq!(messages(&standing, Preset::Current), current);
}

#[test]
fn who_is_locked_out_is_told_once_also_where_nobody_could_tell_them_on_the_day() {
    let rules = rules(Preset::Guide);
    let days_of = |standing: &Standing| {
        let told = (0..10).flat_map(|later| {
            let today = after(TODAY, later);
            let due: Vec<_> = due_messages(standing, today, &rules).collect();
            due.into_iter().map(move |due| (due.as_str(), due.day(today)))
        });
        told.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(days_of(&card(386, 400)), [("passcodes-locked", TODAY)].into());
    let expired = Standing { certificates_last_day: Some(before(TODAY, 1)), ..card(0, 0) };
    assert_eq!(days_of(&expired), [("certificates-expired", TODAY)].into());
    let reminded = days_of(&card(351, 400));
    assert_eq!(reminded.len(), 10, "what is told each day is told for each: {reminded:?}");
}

#[test]
fn whoever_was_unlocked_on_the_day_of_the_lock_gets_no_message_that_they_are_locked() {
    let unlocked = Standing { ra_unlocked_on: Some(TODAY), ..card(386, 400) };
    assert!(messages(&unlocked, Preset::Guide).is_empty());
    assert_eq!(messages(&card(386, 20), Preset::Guide), ["passcodes-locked", "certificates-forced"]);
}

#[test]
fn alerts_are_read_as_they_are_written() {
    for kind in AlertKind::ALL {
        assert_eq!(AlertKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(AlertKind::parse("cards"), None);
}

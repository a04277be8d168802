//! The daily messages about what falls due: on the right days, once, on any number of nodes, whatever falls over.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::ward::{Node, Ward};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use journeys::smartcard::reminders::{Stretch, stretch};
use rstest::rstest;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::CommitPoint;
use store::method::{MethodKind, MethodSecret};
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate, RenewalCount};
use store::smartcard_life::NewSmartcard;
use testkit::SeededRandom;
use testkit::crowd::{self, OneOfMany};
use uuid::Uuid;

/// What is usual today, beside the guide.
const CURRENT: &str = r#"{"smartcard-preset": "current"}"#;

pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn new_id(now: Timestamp) -> Uuid {
    vault::new_id(now, &SeededRandom::unique())
}

/// People with accounts, of whom each has a card that works.
pub(super) async fn people_with_cards(ward: &Ward, count: usize) -> Vec<(OneOfMany, Uuid)> {
    let now = ward.clock.now();
    let rows = crowd::roster_of(count, now);
    ward.roster_gains(&rows).await;
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
    let mut tx = ward.store().begin().await.unwrap();
    let hash = "nobody signs in here";
    let people =
        crowd::settle(&mut tx, organisation, &rows, hash, &SeededRandom::unique(), now).await.unwrap();
    tx.commit().await.unwrap();
    let mut all = Vec::new();
    for person in people {
        let card = card(ward, person.id).await;
        all.push((person, card));
    }
    all
}

/// Gives a person a card that works, with a passcode of today and certificates of three years.
async fn card(ward: &Ward, account: Uuid) -> Uuid {
    let now = ward.clock.now();
    let (card, job) = (new_id(now), new_id(now));
    let organisation_id = ward.store().account(account).await.unwrap().unwrap().organisation_id;
    let mut tx = ward.store().begin().await.unwrap();
    let new = NewSmartcard {
        id: card,
        organisation_id,
        guid: card.into_bytes(),
        profile: "piv-6-8-digits",
        label: "5551 2345",
    };
    assert!(tx.add_smartcard(new, now).await.unwrap());
    assert!(tx.bind_smartcard(card, account, now).await.unwrap());
    let pair = [new_id(now), new_id(now)];
    for (id, slot) in pair.into_iter().zip([CertificateSlot::Authentication, CertificateSlot::Signature]) {
        let certificate = NewCardCertificate {
            id,
            smartcard_id: card,
            account_id: account,
            slot,
            serial: id.as_bytes(),
            der: b"a certificate",
            not_before: now,
            not_after: now + DAY * 1_095,
            job_id: job,
        };
        tx.add_card_certificate(certificate, now).await.unwrap();
    }
    let proved = tx.certificates_proved(card, job, pair, RenewalCount::StartsAgain, "superseded", now).await;
    assert!(proved.unwrap().is_some());
    assert!(tx.smartcard_issued(card, false, now).await.unwrap());
    assert!(tx.card_passcode_set(card, today(ward)).await.unwrap());
    tx.commit().await.unwrap();
    card
}

fn today(ward: &Ward) -> Date {
    ward.node.service.today()
}

/// The passcodes of all cards were set so many days ago.
async fn passcodes_are_old(ward: &Ward, days: i64) {
    let set_on = today(ward) - days.days();
    ward.db.tell(&format!("UPDATE smartcard SET passcode_set_on = '{set_on}'")).await;
}

/// The last day of all certificates is in so many days; they end at half past eleven at night.
async fn certificates_end_in(ward: &Ward, days: i64) {
    let last = today(ward) + days.days();
    let ends = last.at(23, 30, 0, 0).in_tz("Europe/London").unwrap().timestamp().as_millisecond();
    ward.db.tell(&format!("UPDATE smartcard SET expires_at = {ends}")).await;
}

/// A node goes on until today's round has ended. Answers how many messages it wrote.
async fn round(node: &Node) -> u32 {
    let mut written = 0;
    loop {
        match stretch(&node.service).await.unwrap() {
            Stretch::Went { messages, .. } => written += messages,
            Stretch::Overtaken => {}
            Stretch::Ended | Stretch::TooEarly => return written,
        }
    }
}

/// The subjects that came to a person today.
async fn told_on_a_new_day(ward: &Ward, who: &OneOfMany) -> Vec<String> {
    let before = ward.mailbox.messages_to(&who.email).len();
    round(&ward.node).await;
    let subjects = ward.subjects_to(&who.email).await;
    subjects[before..].to_vec()
}

#[rstest]
#[tokio::test]
async fn every_day_of_a_passcode_is_told_as_the_guide_says(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    for (days, subject) in [
        (0, None),
        (350, None),
        (351, Some("Your smartcard passcodes expire in 14 days")),
        (364, Some("Your smartcard passcodes expire in 1 day")),
        (365, Some("Your smartcard passcodes have expired")),
        (385, Some("Your smartcard passcodes have expired")),
        (
            386,
            Some("Your account is locked, as your passcodes are too old: visit your Registration Authority"),
        ),
        (387, None),
        (3_000, None),
    ] {
        ward.clock.advance(DAY);
        passcodes_are_old(&ward, days).await;
        assert_eq!(told_on_a_new_day(&ward, &people[0].0).await, Vec::from_iter(subject), "day {days}");
    }
    ward.audit_is_whole().await;
}

#[rstest]
#[case::guide("{}", &[
    (31, None),
    (30, Some("Your smartcard certificates expire in 30 days")),
    (21, Some("Your smartcard certificates expire in 21 days")),
    (20, Some("Your smartcard certificates expire in 20 days")),
    (1, Some("Your smartcard certificates expire in 1 day")),
    (0, Some("Your smartcard certificates expire today")),
    (-1, Some("Your smartcard certificates have expired: visit your Registration Authority")),
    (-2, None),
])]
#[case::current(CURRENT, &[
    (91, None),
    (90, Some("Your smartcard certificates expire in 90 days")),
    (31, Some("Your smartcard certificates expire in 31 days")),
    (21, Some("Your smartcard certificates expire in 21 days")),
    (20, Some("Your smartcard certificates expire in 20 days")),
    (0, Some("Your smartcard certificates expire today")),
    (-1, Some("Your smartcard certificates have expired: visit your Registration Authority")),
    (-2, None),
])]
#[tokio::test]
async fn every_day_of_a_certificate_is_told_as_the_rules_say(
    #[case] policy: &str,
    #[case] days: &[(i64, Option<&str>)],
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    ward.rules(policy).await;
    for (days, subject) in days {
        ward.clock.advance(DAY);
        passcodes_are_old(&ward, 10).await;
        certificates_end_in(&ward, *days).await;
        let expected: Vec<String> = subject.iter().map(|subject| (*subject).to_owned()).collect();
        assert_eq!(told_on_a_new_day(&ward, &people[0].0).await, expected, "{days} days left");
    }
}

#[rstest]
#[tokio::test]
async fn a_third_renewal_is_told_to_be_at_the_registration_authority(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    for (used, days, words) in [
        (1, 25, "Self Service Portal of Fobwatch"),
        (1, 15, "You have to renew them before you can do anything else."),
        (2, 25, "This time your Registration Authority has to check who you are"),
        (2, 15, "This time your Registration Authority has to check who you are"),
    ] {
        ward.clock.advance(DAY);
        passcodes_are_old(&ward, 10).await;
        certificates_end_in(&ward, days).await;
        ward.db.tell(&format!("UPDATE smartcard SET renewals_used = {used}")).await;
        assert_eq!(told_on_a_new_day(&ward, &people[0].0).await.len(), 1);
        let mail = ward.mailbox.messages_to(&people[0].0.email).pop().unwrap();
        assert!(mail.text.contains(words), "{}", mail.text);
        assert_eq!(mail.text.contains("/smartcard"), used == 1, "{}", mail.text);
    }
}

#[rstest]
#[tokio::test]
async fn where_renewals_are_not_counted_nobody_is_told_to_visit_for_one(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    ward.rules(CURRENT).await;
    for days in [90, 25, 15] {
        ward.clock.advance(DAY);
        passcodes_are_old(&ward, 10).await;
        certificates_end_in(&ward, days).await;
        ward.db.tell("UPDATE smartcard SET renewals_used = 7").await;
        assert_eq!(told_on_a_new_day(&ward, &people[0].0).await.len(), 1, "{days} days left");
        let mail = ward.mailbox.messages_to(&people[0].0.email).pop().unwrap();
        assert!(mail.text.contains("Self Service Portal of Fobwatch"), "{}", mail.text);
        assert!(!mail.text.contains("visit"), "{}", mail.text);
    }
}

#[rstest]
#[tokio::test]
async fn whoever_must_visit_is_told_where_and_when(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    ward.db.tell("UPDATE organisation SET support_phone = '01632 960100'").await;
    for (set, words) in [
        ("ra_phone = NULL", "contact 01632 960100."),
        ("ra_phone = '01632 960456'", "contact 01632 960456."),
        ("ra_place = 'Room 2.14, until 4pm'", "contact 01632 960456 (Room 2.14, until 4pm)."),
        ("ra_phone = NULL", "contact 01632 960100 (Room 2.14, until 4pm)."),
    ] {
        ward.db.tell(&format!("UPDATE organisation SET {set}")).await;
        ward.clock.advance(DAY);
        passcodes_are_old(&ward, 386).await;
        ward.db.tell("DELETE FROM smartcard_message").await;
        assert_eq!(told_on_a_new_day(&ward, &people[0].0).await.len(), 1);
        let mail = ward.mailbox.messages_to(&people[0].0.email).pop().unwrap();
        assert!(mail.text.contains(words), "{set}: {}", mail.text);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_tell_everybody_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 450).await;
    passcodes_are_old(&ward, 355).await;
    certificates_end_in(&ward, 25).await;
    let other = ward.another_node().await;
    let (one, two) = tokio::join!(round(&ward.node), round(&other));
    assert_eq!(one + two, 900, "{one} and {two}");
    assert_eq!(round(&other).await, 0, "the day's round has ended");
    everybody_was_told_twice(&ward, &people).await;
    let record = ward.newest_record("smartcard_round_ended").await;
    assert_eq!((record["cards"].as_u64(), record["messages"].as_u64()), (Some(450), Some(900)));
    assert_eq!(ward.db.count("audit", "event LIKE '%smartcard_round_ended%'").await, 1);
    ward.audit_is_whole().await;
}

/// Once about passcodes and once about certificates.
async fn everybody_was_told_twice(ward: &Ward, people: &[(OneOfMany, Uuid)]) {
    let count = i64::try_from(people.len()).unwrap();
    for kind in ["passcodes-remind", "certificates-remind"] {
        assert_eq!(ward.db.count("smartcard_message", &format!("kind = '{kind}'")).await, count);
    }
    assert_eq!(ward.db.count("outbox", "1 = 1").await, 2 * count);
    let each = "SELECT COUNT(*) FROM (SELECT account_id FROM outbox GROUP BY account_id HAVING COUNT(*) = 2) AS each";
    assert_eq!(ward.db.number(each).await, count);
}

/// The power goes at each commit of a round, just before and just after it; what then goes on is another node.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_at_any_commit_another_node_goes_on_and_nobody_is_told_twice(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 450).await;
    passcodes_are_old(&ward, 355).await;
    certificates_end_in(&ward, 25).await;
    // A round of three stretches: it begins, and then each commits once. Each dies a little further than the one before.
    for survives in 0..8 {
        let commits = Arc::new(AtomicUsize::new(0));
        let store = ward.db.node(4).await.with_commit_hook(Arc::new(move |_: CommitPoint| {
            assert!(commits.fetch_add(1, Ordering::SeqCst) < survives, "the power is gone");
        }));
        let node = ward.node_on(store);
        let fell = tokio::spawn(async move { round(&node).await }).await;
        if fell.is_ok() {
            break;
        }
    }
    round(&ward.node).await;
    everybody_was_told_twice(&ward, &people).await;
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn nobody_is_written_to_before_eight_and_whoever_was_down_then_does_it_later_that_day(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    passcodes_are_old(&ward, 0).await;
    let set = |clock: &str| ward.clock.set(clock.parse().unwrap());
    // The passcode is of 22 November 2026. Day 351 is 8 November 2027, day 352 the next.
    set("2027-11-08T07:59:59Z");
    assert_eq!(stretch(&ward.node.service).await.unwrap(), Stretch::TooEarly);
    set("2027-11-08T08:00:00Z");
    assert_eq!(told_on_a_new_day(&ward, &people[0].0).await, ["Your smartcard passcodes expire in 14 days"]);
    assert!(told_on_a_new_day(&ward, &people[0].0).await.is_empty(), "once a day");
    // The whole of the 9th nobody was there until just before midnight; the 10th is missed.
    set("2027-11-09T23:59:59Z");
    assert_eq!(told_on_a_new_day(&ward, &people[0].0).await, ["Your smartcard passcodes expire in 13 days"]);
    set("2027-11-11T00:00:01Z");
    assert!(
        told_on_a_new_day(&ward, &people[0].0).await.is_empty(),
        "what was due yesterday is not told today"
    );
    set("2027-11-11T10:00:00Z");
    assert_eq!(told_on_a_new_day(&ward, &people[0].0).await, ["Your smartcard passcodes expire in 11 days"]);
}

#[rstest]
#[tokio::test]
async fn a_round_that_midnight_overtakes_is_not_told_on_the_wrong_day(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    people_with_cards(&ward, 3).await;
    ward.clock.set("2026-12-01T23:59:59Z".parse().unwrap());
    passcodes_are_old(&ward, 386).await;
    // The round has begun on the 1st; before it writes, it is the 2nd.
    let clock = ward.clock.clone();
    let store = ward.db.node(4).await.with_commit_hook(Arc::new(move |point| {
        if point == CommitPoint::After {
            clock.set("2026-12-02T00:00:30Z".parse().unwrap());
        }
    }));
    let node = ward.node_on(store);
    assert_eq!(stretch(&node.service).await.unwrap(), Stretch::Overtaken);
    assert_eq!(stretch(&node.service).await.unwrap(), Stretch::TooEarly);
    ward.clock.set("2026-12-02T08:00:00Z".parse().unwrap());
    assert_eq!(round(&ward.node).await, 3, "a lock that could not be told on its day is told on the next");
    assert_eq!(ward.db.count("smartcard_message", "day = '2026-12-01'").await, 3, "as what it is");
    for day in ["2026-12-03T08:00:00Z", "2026-12-08T08:00:00Z"] {
        ward.clock.set(day.parse().unwrap());
        assert_eq!(round(&ward.node).await, 0, "and once: {day}");
    }
    assert_eq!(ward.db.count("outbox", "channel = 'email'").await, 3);
}

#[rstest]
#[tokio::test]
async fn a_reminder_that_could_not_be_told_on_its_day_is_not_told_on_the_next(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    people_with_cards(&ward, 3).await;
    ward.clock.set("2026-12-01T23:59:59Z".parse().unwrap());
    passcodes_are_old(&ward, 364).await;
    ward.clock.set("2026-12-02T08:00:00Z".parse().unwrap());
    assert_eq!(round(&ward.node).await, 3);
    assert_eq!(ward.db.count("smartcard_message", "kind = 'passcodes-overdue'").await, 3, "what is so today");
    assert_eq!(ward.db.count("smartcard_message", "kind = 'passcodes-remind'").await, 0);
}

#[rstest]
#[tokio::test]
async fn eight_is_eight_by_the_clock_on_the_wall_also_when_the_clocks_change(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    // Summer time begins on 28 March 2027 and ends on 31 October 2027.
    for (early, due) in [
        ("2027-03-28T06:59:59Z", "2027-03-28T07:00:00Z"),
        ("2027-10-30T06:59:59Z", "2027-10-30T07:00:00Z"),
        ("2027-10-31T07:59:59Z", "2027-10-31T08:00:00Z"),
    ] {
        ward.clock.set(early.parse().unwrap());
        passcodes_are_old(&ward, 351).await;
        assert_eq!(stretch(&ward.node.service).await.unwrap(), Stretch::TooEarly, "{early}");
        ward.clock.set(due.parse().unwrap());
        let told = told_on_a_new_day(&ward, &people[0].0).await;
        assert_eq!(told, ["Your smartcard passcodes expire in 14 days"], "{due}");
    }
}

#[rstest]
#[tokio::test]
async fn whoever_cannot_or_need_not_do_anything_is_told_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 5).await;
    // One is disabled, one has lost the card, one has given it back, one got another one since.
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    tx.disable_account(people[0].0.id, "number-not-allowed", now).await.unwrap();
    tx.revoke_card_certificates(people[1].1, "lost", now).await.unwrap();
    tx.cancel_smartcard(people[2].1, "left", now).await.unwrap();
    tx.commit().await.unwrap();
    ward.waits(60);
    let newer = card(&ward, people[3].0.id).await;
    ward.clock.advance(DAY);
    passcodes_are_old(&ward, 355).await;
    assert_eq!(round(&ward.node).await, 2);
    for (nth, mails) in [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1)] {
        assert_eq!(ward.subjects_to(&people[nth].0.email).await.len(), mails, "person {nth}");
    }
    let about_newer = format!("smartcard_id = {}", id_literal(kind, newer));
    assert_eq!(ward.db.count("smartcard_message", &about_newer).await, 1);
}

fn id_literal(kind: Kind, id: Uuid) -> String {
    match kind {
        Sqlite => format!("x'{}'", id.simple()),
        PostgreSql => format!("'{id}'"),
    }
}

#[rstest]
#[tokio::test]
async fn a_text_comes_too_when_work_stops_tomorrow_or_has_stopped(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    let account = people[0].0.id;
    let mut tx = ward.store().begin().await.unwrap();
    let number = MethodSecret::address("+447700900129");
    let now = ward.clock.now();
    tx.add_sign_in_method(new_id(now), account, MethodKind::Text, &number, 0, now).await.unwrap();
    tx.commit().await.unwrap();
    for (days, texts) in [(351, 0), (363, 0), (364, 1), (365, 1), (385, 2), (386, 3)] {
        ward.clock.advance(DAY);
        passcodes_are_old(&ward, days).await;
        assert_eq!(told_on_a_new_day(&ward, &people[0].0).await.len(), 1, "day {days}");
        assert_eq!(ward.phone.texts_to("07700 900129").len(), texts, "day {days}");
    }
    let last = ward.phone.texts_to("07700 900129").pop().unwrap();
    assert!(last.body.contains("Visit your Registration Authority"), "{}", last.body);
}

#[rstest]
#[tokio::test]
async fn what_was_told_is_forgotten_after_a_month(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    people_with_cards(&ward, 2).await;
    passcodes_are_old(&ward, 355).await;
    assert_eq!(round(&ward.node).await, 2);
    ward.clock.advance(DAY * 30);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("smartcard_message", "1 = 1").await, 2);
    ward.clock.advance(DAY);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("smartcard_message", "1 = 1").await, 0);
    assert_eq!(ward.db.count("smartcard_round", "1 = 1").await, 0);
}

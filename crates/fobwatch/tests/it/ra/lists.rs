//! Find, the queue and the forecast: on their boundary days, as files, and quickly however many cards there are.

use super::{CARDS, FINE, Stands};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use jiff::ToSpan as _;
use rstest::rstest;
use std::time::{Duration, Instant};
use store::role::Role;
use uuid::Uuid;

#[rstest]
#[tokio::test]
async fn a_card_is_found_by_label_guid_and_serial_number_and_its_owner_by_name(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut sponsor = ward.staff(BEN, Role::Sponsor).await;
    let card = ward.has_card(AMINA, "NTH 004711", FINE).await;
    ward.blank("NTH 004712").await;
    let guid = Uuid::from_bytes(ward.card(card).await.guid).to_string();
    let serial = ward.store().current_certificates(card).await.unwrap()[0].id.simple().to_string();
    for text in ["NTH 004711", "nth 004711", &guid, &guid[..13], &serial, &serial.to_uppercase()] {
        sponsor.opens(CARDS).await.reads("Smartcards");
        sponsor.fills("Find a person or a card", text).presses("Find").await;
        sponsor.says("Cards found").says("Amina Khan").says(&guid).says("In use");
    }
    sponsor.fills("Find a person or a card", "NTH 0047").presses("Find").await;
    sponsor.says("NTH 004712").says("Nobody’s card").says("Blank");
    sponsor.fills("Find a person or a card", "Khan").presses("Find").await;
    sponsor.says("People found");
    sponsor.follows("Amina Khan").await.reads("Amina Khan").says("NTH 004711");
    sponsor.opens(CARDS).await;
    for (typed, told) in [("", "Enter a name"), ("x", "2 letters")] {
        sponsor.fills("Find a person or a card", typed).presses("Find").await.is_told(told);
    }
    sponsor.fills("Find a person or a card", "100% _ nobody").presses("Find").await.says("Nothing found");
    assert!(ward.audited("smartcards_listed").await >= 9);
    assert_eq!(ward.audited("smartcards_seen").await, 1);
}

#[rstest]
#[case(Stands { passcode_days: 385, ..FINE }, None)]
#[case(Stands { passcode_days: 386, ..FINE }, Some("Locked"))]
#[case(Stands { ends_in_days: 0, ..FINE }, None)]
#[case(Stands { ends_in_days: -1, ..FINE }, Some("Certificates expired"))]
#[case(Stands { ends_in_days: 31, renewals: 2, ..FINE }, None)]
#[case(Stands { ends_in_days: 30, renewals: 2, ..FINE }, Some("Next renewal at the Registration Authority"))]
#[case(Stands { ends_in_days: 30, renewals: 1, ..FINE }, None)]
#[case(Stands { tries: 1, ..FINE }, None)]
#[case(Stands { tries: 0, ..FINE }, Some("Blocked"))]
#[tokio::test]
async fn who_must_come_in_is_in_the_queue_from_the_day_on(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] stands: Stands,
    #[case] why: Option<&str>,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    ward.has_card(AMINA, "=cmd|calc", stands).await;
    agent.opens(&format!("{CARDS}/queue")).await.reads("Who must come in");
    match why {
        Some(why) => agent.says("Amina Khan").says(why),
        None => agent.says("Nobody must come in."),
    };
    agent.opens(&format!("{CARDS}/queue.csv")).await;
    let lines: Vec<&str> = agent.page.html.lines().collect();
    assert_eq!(lines.len(), 1 + usize::from(why.is_some()), "{lines:?}");
    assert_eq!(agent.page.headers["content-type"], "text/csv; charset=utf-8");
    if why.is_some() {
        // What is printed on a card is data in a spreadsheet, and no formula.
        assert!(lines[1].starts_with("Amina Khan,'=cmd|calc,"), "{lines:?}");
    }
    agent.opens(&format!("{CARDS}/forecast")).await;
    agent.says(if why.is_some() { "1 person must come in now" } else { "0 people must come in now" });
}

#[rstest]
#[tokio::test]
async fn what_falls_due_is_counted_on_its_day_and_in_its_month(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let today = ward.day(0);
    let end = today.first_of_month().saturating_add(12.months());
    let last = today.until(end).unwrap().get_days();
    let days_to = |day: jiff::civil::Date| i64::from((day - today).get_days());
    let last = if last == 0 { days_to(end) - 1 } else { i64::from(last) - 1 };
    for (number, (ends, renewals, passcode)) in
        [(0, 0, 386), (-1, 0, 387), (last, 2, 386 - last), (last, 0, 10), (last + 1, 0, 385 - last)]
            .into_iter()
            .enumerate()
    {
        let stands = Stands { ends_in_days: ends, renewals, passcode_days: passcode, ..FINE };
        ward.has_card(AMINA, &format!("NTH {number}"), stands).await;
    }
    agent.opens(&format!("{CARDS}/forecast.csv")).await;
    let lines: Vec<&str> = agent.page.html.lines().collect();
    assert_eq!(lines[0], "day,certificates_alone,certificates_here,passcodes_lock");
    assert_eq!(lines[1], format!("{today},1,0,1"));
    let last_day = today.saturating_add(last.days());
    assert_eq!(*lines.last().unwrap(), format!("{last_day},1,1,1"));
    assert_eq!(i64::try_from(lines.len()).unwrap(), last + 2);
    agent.opens(&format!("{CARDS}/forecast")).await.reads("What falls due in the next 12 months");
    agent.says("5 cards are in use").says("Certificates that people renew alone: 2");
    agent.says("Certificates renewed at the Registration Authority: 1").says("The busiest day is");
    assert_eq!(ward.audited("smartcard_forecast_seen").await, 2);
}

#[tokio::test]
async fn one_of_a_hundred_thousand_cards_is_found_at_once() {
    let ward = Ward::new(Sqlite).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let now = ward.clock.now().as_millisecond();
    ward.db
        .tell(&format!(
            "INSERT INTO smartcard (id, organisation_id, account_id, guid, profile, label, label_key, added_at, issued_at,
                 passcode_set_on, expires_at)
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
             SELECT randomblob(16), account.organisation_id, account.id, randomblob(16), 'piv-6-8-digits',
                 'NTH ' || printf('%06d', i), CAST('NTH ' || printf('%06d', i) AS BLOB), {now}, {now},
                 date('now', '-' || (i % 380) || ' days'), {now} + (i % 900 + 1) * 86400000
             FROM n, account WHERE account.email = '{}'",
            AMINA.email
        ))
        .await;
    let mut best = Duration::MAX;
    for text in ["NTH 004711", "nth 0999", "ab12", "Khan"] {
        agent.opens(CARDS).await;
        let started = Instant::now();
        agent.fills("Find a person or a card", text).presses("Find").await.reads("Smartcards");
        best = best.min(started.elapsed());
    }
    println!("one of 100,000 cards is found in {best:?}");
    assert!(best < Duration::from_secs(1), "{best:?}");
    for path in ["queue", "forecast"] {
        let started = Instant::now();
        agent.opens(&format!("{CARDS}/{path}")).await;
        let took = started.elapsed();
        println!("{path} of 100,000 cards takes {took:?}");
        assert!(agent.page.status.is_success() && took < Duration::from_secs(5), "{path} {took:?}");
    }
}

//! The delivery log: what became of messages, never where they went.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{BEN, SINEAD};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use store::outbox::{Channel, NewMessage};
use store::role::Role;
use uuid::Uuid;

#[rstest]
#[tokio::test]
async fn the_log_says_what_became_of_a_message_and_never_where_it_went(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut sinead = ward.person(SINEAD);
    sinead.joins(Factor::TextMessage).await;
    sinead.signs_in(Factor::TextMessage).await;
    let id = ward.account_of(SINEAD).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;

    desk.opens("/console/deliveries?channel=text").await.reads("Delivery log");
    desk.says("Code to sign in").says("Sent").says("Sinéad O'Brien-Żółkowska").says("Text message");
    for secret in ["900124", "900 124", SINEAD.email, BEN.email] {
        assert!(!desk.page.text().contains(secret), "{secret} in {}", desk.page.shown());
    }
    for (change, words) in [
        ("failed_at = written_at, failure = 'permanent'", "the number does not exist or takes no messages"),
        ("failure = 'temporary'", "the phone was off or full for too long"),
        ("failure = 'technical'", "the provider had a fault"),
        ("failed_at = NULL, failure = NULL, delivered_at = written_at", "Delivered"),
        (
            "delivered_at = NULL, sent_at = NULL, gave_up_at = written_at, tries = 9",
            "nobody took it in its time, after 9 tries",
        ),
    ] {
        ward.db.tell(&format!("UPDATE outbox SET {change} WHERE channel = 'text'")).await;
        desk.opens("/console/deliveries?channel=text").await.says(words);
    }
    desk.opens("/console/deliveries?state=given-up&channel=text").await.says("Code to sign in");
    desk.opens("/console/deliveries?state=given-up&channel=email").await.says("There are none.");

    // One person's messages, which counts as a look at that person.
    desk.opens("/console/deliveries?channel=text").await;
    let only = format!("/console/deliveries?channel=text&person={id}");
    assert!(desk.page.links().contains(&only), "{:?}", desk.page.links());
    desk.opens(&only).await.says("Messages about Sinéad O'Brien-Żółkowska");
    assert_eq!(ward.db.count("audit", "event LIKE '%person_seen%'").await, 1);
    desk.follows("Show everybody’s messages").await.reads("Delivery log");
    desk.opens(&format!("/console/people/{id}")).await.says("Messages");

    for nobody in [Uuid::nil().to_string(), "x".to_owned()] {
        desk.opens(&format!("/console/deliveries?person={nobody}")).await;
        assert_eq!(desk.page.status, StatusCode::NOT_FOUND, "{nobody}");
    }
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn the_log_is_narrowed_to_local_days(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    // British Summer Time ended on 25 October 2026: that day began at 23:00 UTC.
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
    for (number, at) in [
        (1, "2026-10-24T22:59:59Z"),
        (2, "2026-10-24T23:00:00Z"),
        (3, "2026-10-25T23:59:59Z"),
        (4, "2026-10-26T00:00:00Z"),
    ] {
        let mut tx = ward.store().begin().await.unwrap();
        let message = NewMessage {
            id: Uuid::from_u128(number),
            key: &format!("alarm:{number}"),
            channel: Channel::Email,
            subject: None,
            account: None,
            organisation: Some(organisation),
            payload: b"sealed",
            give_up_at: at.parse().unwrap(),
        };
        tx.add_message(&message, at.parse().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let listed = |text: String| text.matches("Alarm to administrators").count();
    for (query, count) in [
        ("from=2026-10-25&to=2026-10-25", 2),
        ("from=2026-10-24&to=2026-10-24", 1),
        ("from=2026-10-26&to=2026-10-26", 1),
        ("from=2026-10-25&to=2026-10-26", 3),
        ("to=2026-10-25", 3),
        ("from=2026-10-27&to=2026-10-27", 0),
    ] {
        desk.opens(&format!("/console/deliveries?{query}")).await.reads("Delivery log");
        assert_eq!(listed(desk.page.text()), count, "{query}");
    }
    desk.opens("/console/deliveries?from=25%2F10%2F2026&to=yesterday").await;
    desk.is_told("Enter a date, like 2026-11-22");
    assert_eq!(desk.page.value("First day"), "25/10/2026", "what was typed is still there");
    desk.opens("/console/deliveries?from=2026-10-26&to=2026-10-25").await;
    desk.is_told("The last day must be the same as or after the first day");
}

#[rstest]
#[tokio::test]
async fn the_log_has_pages(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    for number in 1..=101_u128 {
        let key = format!("alarm:{number}");
        let message = NewMessage {
            id: Uuid::from_u128(number),
            key: &key,
            channel: Channel::Text,
            subject: None,
            account: None,
            organisation: Some(organisation),
            payload: b"sealed",
            give_up_at: now,
        };
        tx.add_message(&message, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let listed = |text: String| text.matches("Alarm to administrators").count();
    desk.opens("/console/deliveries?channel=text").await;
    assert_eq!(listed(desk.page.text()), 50);
    desk.follows("Older messages").await;
    assert_eq!(listed(desk.page.text()), 50);
    desk.follows("Older messages").await.says("Newer messages");
    assert_eq!(listed(desk.page.text()), 1);
    assert!(!desk.page.text().contains("Older messages"));
    for page in ["0", "-1", "x", "99999999999"] {
        desk.opens(&format!("/console/deliveries?page={page}")).await.reads("Delivery log");
    }
}

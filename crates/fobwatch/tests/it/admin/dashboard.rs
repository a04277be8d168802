//! The dashboard counts by local day, also where the clocks change, and is there at once.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{BEN, SINEAD};
use crate::ward::Ward;
use rstest::rstest;
use std::time::{Duration, Instant};
use store::activity::{ActivityKind, NewActivity};
use store::role::Role;
use uuid::Uuid;

#[rstest]
#[tokio::test]
async fn sign_ins_and_resets_are_counted_by_local_day(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    let account_id = ward.account_of(BEN).await;
    // 25 October 2026 had 25 hours: it began at 23:00 UTC the day before.
    let happened = [
        ("2026-10-24T22:59:59Z", ActivityKind::SignedIn),
        ("2026-10-24T23:00:00Z", ActivityKind::SignedIn),
        ("2026-10-25T12:00:00Z", ActivityKind::PasswordWrong),
        ("2026-10-25T23:59:59Z", ActivityKind::SignedIn),
        ("2026-10-26T00:00:00Z", ActivityKind::SignedIn),
        ("2026-10-26T00:00:00Z", ActivityKind::PasswordReset),
        ("2026-10-26T23:59:59Z", ActivityKind::Unlocked),
        ("2026-10-26T23:59:59Z", ActivityKind::ResetFailed),
    ];
    let mut tx = ward.store().begin().await.unwrap();
    for (number, (at, kind)) in happened.into_iter().enumerate() {
        let new = NewActivity {
            id: Uuid::from_u128(number as u128 + 1),
            account_id,
            kind,
            detail: None,
            session_id: None,
            browser: None,
            network: None,
            by_staff: false,
        };
        tx.add_activity(new, at.parse().unwrap()).await.unwrap();
    }
    tx.commit().await.unwrap();

    ben.opens("/console/dashboard?days=90").await.reads("Dashboard");
    ben.says("24 October 2026 1 0 25 October 2026 2 1 26 October 2026 1 0 27 October 2026 0 0");
    ben.says("25 October 2026 0 0 0 26 October 2026 1 1 1");
    ben.says("Wrong password (FW-1201): 1").says("Wrong proof at a reset: 1");
    ben.opens("/console/dashboard?days=7").await;
    assert!(!ben.page.text().contains("October"));
    ben.says("No try has failed in this time.").says("Signed in: 1");
    ben.opens("/console/dashboard?days=100000").await.says("The last 30 days");
}

#[rstest]
#[tokio::test]
async fn methods_and_messages_are_counted_as_they_are_now(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut sinead = ward.person(SINEAD);
    sinead.joins(Factor::TextMessage).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    ward.delivers().await;
    ward.db
        .tell("UPDATE outbox SET provider = 'govuk-notify', delivered_at = written_at + 40000 WHERE channel = 'text'")
        .await;
    ben.opens("/console/dashboard").await.reads("Dashboard");
    ben.says("2 people have an account.").says("Authenticator app: 1").says("Text message: 1");
    ben.says("Text message, GOV.UK Notify: ").says("40 seconds").says("Email: ");
    // Every plot has a title, a description and its figures in a table.
    for id in ["sign-ins", "resets", "methods", "deliveries"] {
        assert!(ben.page.find(&format!("svg[role=img] title#{id}-title")).is_some(), "{id}");
    }
    assert_eq!(ben.page.html.matches("<table").count(), 4);
    // The figures tell nothing of anybody.
    assert!(!ben.page.text().contains("Sinéad") && !ben.page.text().contains(SINEAD.email));
}

/// So many happenings are a busy quarter of a large hospital.
#[tokio::test]
async fn the_dashboard_is_there_at_once_with_a_hundred_thousand_happenings() {
    let ward = Ward::new(Sqlite).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    let now = ward.clock.now().as_millisecond();
    ward.db
        .tell(&format!(
            "INSERT INTO activity (id, account_id, organisation_id, at, kind, by_staff)
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
             SELECT randomblob(16), account.id, account.organisation_id, {now} - i * 77000,
                 CASE i % 5 WHEN 0 THEN 'password-wrong' WHEN 1 THEN 'password-reset' ELSE 'signed-in' END, 0
             FROM n, account"
        ))
        .await;
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let started = Instant::now();
        ben.opens("/console/dashboard?days=90").await.reads("Dashboard");
        best = best.min(started.elapsed());
    }
    println!("the dashboard of 90 days with 100,000 happenings takes {best:?}");
    assert!(best < Duration::from_secs(1), "{best:?}");
}

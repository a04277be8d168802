//! The audit of an organisation, as its auditors and administrators read it.

use super::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, BEN, SINEAD, YU};
use crate::ward::Ward;
use rstest::rstest;
use store::audit::Event;
use store::role::Role;

#[rstest]
#[tokio::test]
async fn an_auditor_reads_in_words_what_happened_to_whom_by_whom_and_why(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    let mut auditor = ward.staff(SINEAD, Role::Auditor).await;
    desk.looks_at(AMINA).await.follows("Unlock the account").await;
    desk.fills("Reason", REASON).presses("Unlock").await;
    auditor.opens("/console/audit").await.reads("Audit");
    auditor
        .says("Account unlocked by staff")
        .says("Account: Amina Khan")
        .says("By: Ben Adeyemi")
        .says(REASON);
    auditor.says("Signed in").says("Kind: Authenticator app").says("Account created");
    // By person, whether they did it or it was done to them.
    auditor
        .fills("Email address of a person", AMINA.email)
        .presses("Show")
        .await
        .says("Account unlocked by staff");
    let listed = auditor.page.find("ol.fw-log").unwrap();
    assert!(listed.contains("Account created") && !listed.contains("Audit looked at"), "{listed}");
    auditor
        .fills("Email address of a person", BEN.email)
        .presses("Show")
        .await
        .says("Account unlocked by staff");
    auditor.fills("Email address of a person", YU.email).presses("Show").await;
    auditor.is_told("Nobody of your organisation signs in with this email address");
    // By kind and by local days.
    auditor.opens("/console/audit?kind=unlocked_by_staff").await.says("Account unlocked by staff");
    assert_eq!(auditor.page.html.matches("fw-log__entry").count(), 1);
    let today = ward.node.service.today();
    let (before, after) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
    auditor.opens(&format!("/console/audit?from={today}&to={today}")).await.says("Signed in");
    for (from, to) in [(before, before), (after, after)] {
        auditor
            .opens(&format!("/console/audit?from={from}&to={to}"))
            .await
            .says("Nothing is recorded that fits.");
    }
    auditor.opens("/console/audit?from=22.11.2026").await.is_told("Enter a day like 2026-11-22");
    assert_eq!(auditor.page.value("From"), "22.11.2026");
    // Reading it is recorded.
    assert!(ward.audited("audit_seen").await >= 7);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn the_audit_is_paged_and_another_trusts_is_not_in_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut auditor = ward.staff(SINEAD, Role::Auditor).await;
    ward.another_trust(&[]).await;
    let elsewhere = ward.store().organisation_by_code("STH").await.unwrap().unwrap().id;
    let here = ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
    let mut tx = ward.store().begin().await.unwrap();
    let imported = |organisation, added| Event::RosterImported {
        organisation,
        added,
        changed: 0,
        unchanged: 0,
        left: 0,
    };
    tx.audit(imported(elsewhere, 4711), ward.clock.now());
    for _ in 0..60 {
        tx.audit(imported(here, 1), ward.clock.now());
    }
    tx.commit().await.unwrap();
    auditor.opens("/console/audit?kind=roster_imported").await;
    assert_eq!(auditor.page.html.matches("fw-log__entry").count(), 50);
    auditor.follows("Show older records").await;
    assert_eq!(auditor.page.html.matches("fw-log__entry").count(), 10);
    assert!(!auditor.page.html.contains("Show older records"));
    auditor.opens("/console/audit?before=-1").await.says("Nothing is recorded that fits.");
    auditor
        .opens("/console/audit?before=nonsense&kind=%27%3B--")
        .await
        .says("Nothing is recorded that fits.");
}

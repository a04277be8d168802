//! A trust reminds its people by hand of what they have not reviewed.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::passport::portal::{dbs, fire};
use crate::passport::portal_reminders::people_with_credentials;
use crate::people::{AMINA, BEN, SINEAD};
use crate::races::a_hundred_at_once;
use crate::ward::{Node, Ward};
use axum::http::StatusCode;
use journeys::passport::reminders::{Stretch, asked_stretch, stretch};
use rstest::rstest;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::CommitPoint;
use store::role::Role;

/// A node writes the reminders that trusts asked for. Answers how many messages.
async fn written(node: &Node) -> u32 {
    let mut written = 0;
    loop {
        match asked_stretch(&node.service).await.unwrap() {
            Stretch::Went { messages, .. } => written += messages,
            Stretch::Overtaken => {}
            Stretch::NotDue | Stretch::Ended => return written,
        }
    }
}

impl Ward {
    async fn reminders_to(&self, address: &str) -> usize {
        let all = self.told_of_passports(address).await;
        all.iter().filter(|subject| subject.contains("to review") && !subject.contains("new")).count()
    }
}

#[rstest]
#[case(Role::PassportManager)]
#[case(Role::PassportOfficer)]
#[tokio::test]
async fn one_person_is_reminded_once_a_day(#[values(Sqlite, PostgreSql)] kind: Kind, #[case] role: Role) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, role).await;
    let page = format!("/console/passports/people/{}", ward.account_of(AMINA).await);
    ben.opens(&page).await;
    assert!(!ben.page.text().contains("Remind the person"), "nothing to review");
    ben.sends_form(&format!("{page}/remind"), "").await.is_told("There is nothing to review any more");
    ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    ben.opens(&page).await.presses("Remind the person").await.reads("Staff passport of Amina Khan");
    ben.says("The person was reminded");
    assert_eq!(ward.reminders_to(AMINA.email).await, 1);
    amina.opens("/passport/history").await.says("You were reminded of credentials to review").says("Ben");
    ben.opens(&page).await.presses("Remind the person").await.is_told("has been reminded today");
    // Nor by all at once, nor on the Monday, if that is the day.
    ben.opens("/console/passports").await.says("1 person has credentials to review.");
    ben.presses("Remind everybody").await.says("had everybody reminded today at");
    assert_eq!(written(&ward.node).await, 0);
    ward.clock.set("2026-11-23T07:30:00Z".parse().unwrap());
    ben.signs_in(Factor::AuthenticatorApp).await;
    ben.opens(&page).await.presses("Remind the person").await.reads("Staff passport of Amina Khan");
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    assert!(matches!(stretch(&ward.node.service).await.unwrap(), Stretch::Went { messages: 0, .. }));
    assert_eq!(ward.reminders_to(AMINA.email).await, 2);
    // Whoever has switched emails off is left alone.
    ward.db.tell("INSERT INTO passport_opt_out SELECT DISTINCT account_id, 'email', 1 FROM credential").await;
    ward.clock.set("2026-11-24T08:00:00Z".parse().unwrap());
    ben.signs_in(Factor::AuthenticatorApp).await;
    ben.opens(&page).await.presses("Remind the person").await.is_told("has switched reminders off");
    assert_eq!(ward.audited("person_reminded").await, 2);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_is_reminded_once_whoever_asks_and_whatever_falls_over(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let people = people_with_credentials(&ward, 1_200).await;
    ben.opens("/console/passports").await.says("More than 1000 people have credentials to review.");
    let form = ben.would_send("Remind everybody");
    for (status, ..) in a_hundred_at_once(&ward, &ben.browser, &form).await {
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    assert_eq!(ward.audited("people_reminded").await, 1);
    ben.opens("/console/passports").await.says("the messages are being written");
    assert!(!ben.page.text().contains("Remind everybody"));
    // The power goes just before and just after each commit; then two nodes go on at once.
    for survives in 0..3 {
        let commits = Arc::new(AtomicUsize::new(0));
        let store = ward.db.node(4).await.with_commit_hook(Arc::new(move |_: CommitPoint| {
            assert!(commits.fetch_add(1, Ordering::SeqCst) < survives, "the power is gone");
        }));
        let node = ward.node_on(store);
        assert!(tokio::spawn(async move { written(&node).await }).await.is_err(), "{survives}");
    }
    let other = ward.another_node().await;
    tokio::join!(written(&ward.node), written(&other));
    let count = i64::try_from(people.len()).unwrap();
    assert_eq!(ward.db.count("outbox", "key LIKE 'passport-reminder:%'").await, count);
    ben.opens("/console/passports").await.says("had everybody reminded today at");
    assert!(!ben.page.text().contains("being written"));
}

#[rstest]
#[tokio::test]
async fn another_trust_s_people_are_not_reminded(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    ward.colleague(SINEAD).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ward.the_trust_provides(AMINA, fire()).await;
    ward.the_trust_provides(SINEAD, fire()).await;
    ward.another_trust(&[]).await;
    let southmere = "(SELECT id FROM organisation WHERE code = 'STH')";
    for table in ["account", "credential"] {
        let whose = if table == "account" {
            "email LIKE 'sinead%'"
        } else {
            "account_id = (SELECT id FROM account WHERE email LIKE 'sinead%')"
        };
        ward.db.tell(&format!("UPDATE {table} SET organisation_id = {southmere} WHERE {whose}")).await;
    }
    ben.opens("/console/passports").await.says("1 person has credentials to review.");
    ben.presses("Remind everybody").await.says("had everybody reminded");
    assert_eq!(written(&ward.node).await, 1);
    assert_eq!((ward.reminders_to(AMINA.email).await, ward.reminders_to(SINEAD.email).await), (1, 0));
    let sinead = ward.account_of(SINEAD).await;
    ben.sends_form(&format!("/console/passports/people/{sinead}/remind"), "").await;
    assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    assert_eq!(ward.reminders_to(SINEAD.email).await, 0);
}

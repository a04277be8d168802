//! "There is a weekly email / SMS reminder, sent out every Monday morning": once, on any number of nodes, whatever falls over.

use super::portal::{dbs, fire};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::mail_route::MailServer;
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN, Person, SINEAD};
use crate::ward::{Node, Ward};
use journeys::passport::reminders::{Stretch, asked_stretch, stretch};
use journeys::passport::withdraw::revoke;
use rstest::rstest;
use rules::passport::RevokeReason;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::CommitPoint;
use store::credential::NewCredential;
use store::method::{MethodKind, MethodSecret};
use testkit::SeededRandom;
use testkit::crowd::{self, OneOfMany};
use uuid::Uuid;

/// A node goes on until today's round has ended. Answers how many messages it wrote.
async fn round(node: &Node) -> u32 {
    let mut written = 0;
    loop {
        match stretch(&node.service).await.unwrap() {
            Stretch::Went { messages, .. } => written += messages,
            Stretch::Overtaken => {}
            Stretch::Ended | Stretch::NotDue => return written,
        }
    }
}

/// People with accounts, of whom each has a credential to review.
pub async fn people_with_credentials(ward: &Ward, count: usize) -> Vec<OneOfMany> {
    let now = ward.clock.now();
    let rows = crowd::roster_of(count, now);
    ward.roster_gains(&rows).await;
    let organisation = ward.the_trust().await.id;
    let mut tx = ward.store().begin().await.unwrap();
    let hash = "nobody signs in here";
    let people =
        crowd::settle(&mut tx, organisation, &rows, hash, &SeededRandom::unique(), now).await.unwrap();
    for person in &people {
        let new = NewCredential {
            id: vault::new_id(now, &SeededRandom::unique()),
            account_id: person.id,
            organisation_id: organisation,
            kind: credential_kind("dbs"),
            variant: "",
            content: "{}",
            valid_until: None,
        };
        tx.add_credential(new, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    people
}

async fn everybody_was_told_once(ward: &Ward, people: usize) {
    let count = i64::try_from(people).unwrap();
    assert_eq!(ward.db.count("outbox", "key LIKE 'passport-reminder:%'").await, count);
    let each = "SELECT COUNT(*) FROM (SELECT account_id FROM outbox WHERE key LIKE 'passport-reminder:%' \
        GROUP BY account_id HAVING COUNT(*) = 1) AS each";
    assert_eq!(ward.db.number(each).await, count);
}

#[rstest]
#[tokio::test]
async fn whoever_has_something_to_review_is_reminded_on_monday_and_nobody_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN, SINEAD] {
        ward.colleague(who).await;
    }
    let mut sinead = ward.person(SINEAD);
    sinead.also_has(Factor::TextMessage).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    let [bens] = ward.the_trust_provides(BEN, fire()).await.try_into().unwrap();
    ward.the_trust_provides(SINEAD, fire()).await;
    ward.lands_in_a_wallet(bens).await;
    let told = async |who: Person| {
        let all = ward.told_of_passports(who.email).await;
        all.into_iter().filter(|subject| !subject.contains("new")).collect::<Vec<_>>()
    };
    let set = |moment: &str| ward.clock.set(moment.parse().unwrap());
    // Sunday, and Monday a moment before eight.
    assert_eq!(stretch(&ward.node.service).await.unwrap(), Stretch::NotDue);
    set("2026-11-23T07:59:59Z");
    assert_eq!(stretch(&ward.node.service).await.unwrap(), Stretch::NotDue);
    let texts = ward.phone.texts_to(SINEAD.mobile).len();
    set("2026-11-23T08:00:00Z");
    assert_eq!(round(&ward.node).await, 3, "two emails and a text");
    assert_eq!(told(AMINA).await, ["You have 2 credentials to review"]);
    assert_eq!(told(SINEAD).await, ["You have 1 credential to review"]);
    assert!(told(BEN).await.is_empty(), "nothing to review");
    let words = ward.phone.texts_to(SINEAD.mobile);
    assert_eq!(words.len(), texts + 1 + usize::from(texts == 0), "the one of the reminder");
    let reminded = words.iter().filter(|text| text.body.contains("you have 1 credential to review"));
    assert_eq!(reminded.count(), 1);
    let mail = ward.mail_about(AMINA.email, "You have 2 credentials to review").await;
    let links: Vec<&str> = mail.lines().filter(|line| line.starts_with("http")).collect();
    assert_eq!(links, ["http://fobwatch.example/passport", "http://fobwatch.example/passport/access-key"]);
    set("2026-11-23T09:00:00Z");
    assert_eq!(round(&ward.node).await, 0, "once a week");
    set("2026-11-24T08:00:00Z");
    assert_eq!(round(&ward.node).await, 0, "Tuesday");
    // The next Monday: what was accepted, rejected or switched off counts no more.
    ward.lands_in_a_wallet(ids[0]).await;
    ward.db.tell("INSERT INTO passport_opt_out SELECT DISTINCT account_id, 'email', 1 FROM outbox WHERE channel = 'text'").await;
    set("2026-11-30T14:00:00Z");
    assert_eq!(round(&ward.node).await, 2, "an email and a text");
    assert_eq!(told(AMINA).await.last().unwrap(), "You have 1 credential to review");
    assert_eq!(told(SINEAD).await.len(), 1, "no email more");
    assert_eq!(ward.audited("passport_reminders_written").await, 2);
    ward.audit_is_whole().await;
}

#[rstest]
#[case::winter("2026-11-23T08:00:00Z", "2026-11-24T00:00:00Z")]
#[case::first_of_summer("2027-03-29T07:00:00Z", "2027-03-29T23:00:00Z")]
#[case::summer("2027-07-05T07:00:00Z", "2027-07-05T23:00:00Z")]
#[case::first_of_winter("2027-11-01T08:00:00Z", "2027-11-02T00:00:00Z")]
#[tokio::test]
async fn it_is_caught_up_with_on_the_same_day_and_never_on_another(
    #[case] from: &str,
    #[case] until: &str,
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    use jiff::{SignedDuration, Timestamp};
    let (from, until): (Timestamp, Timestamp) = (from.parse().unwrap(), until.parse().unwrap());
    let moment = SignedDuration::from_millis(1);
    for (at, expected) in [
        (from - moment, 0),
        (from, 3),
        (from + SignedDuration::from_hours(6), 3),
        (until - moment, 3),
        (until, 0),
        (from + SignedDuration::from_hours(24), 0),
    ] {
        let ward = Ward::new(kind).await;
        people_with_credentials(&ward, 3).await;
        ward.clock.set(at);
        assert_eq!(round(&ward.node).await, expected, "{at}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_remind_everybody_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    people_with_credentials(&ward, 1_100).await;
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    let other = ward.another_node().await;
    let (one, two) = tokio::join!(round(&ward.node), round(&other));
    assert_eq!(one + two, 1_100, "{one} and {two}");
    assert_eq!(round(&other).await, 0, "everybody has been reminded");
    everybody_was_told_once(&ward, 1_100).await;
    assert_eq!(ward.audited("passport_reminders_written").await, 1);
    ward.audit_is_whole().await;
}

/// The power goes at each commit of a round, just before and just after it; what then goes on is another node.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_at_any_commit_another_node_goes_on(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    people_with_credentials(&ward, 1_100).await;
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    for survives in 0..8 {
        let commits = Arc::new(AtomicUsize::new(0));
        let store = ward.db.node(4).await.with_commit_hook(Arc::new(move |_: CommitPoint| {
            assert!(commits.fetch_add(1, Ordering::SeqCst) < survives, "the power is gone");
        }));
        let node = ward.node_on(store);
        if tokio::spawn(async move { round(&node).await }).await.is_ok() {
            break;
        }
    }
    round(&ward.node).await;
    everybody_was_told_once(&ward, 1_100).await;
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn whose_account_is_disabled_or_credential_taken_back_is_not_reminded(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN, SINEAD] {
        ward.colleague(who).await;
        ward.the_trust_provides(who, fire()).await;
    }
    ward.db.tell("UPDATE account SET disabled_at = 1 WHERE email LIKE 'ben%'").await;
    ward.db
        .tell(
            "UPDATE credential SET withdrawn_at = 1 WHERE account_id IN \
             (SELECT id FROM account WHERE email LIKE 'sinead%')",
        )
        .await;
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    assert_eq!(round(&ward.node).await, 1);
    assert_eq!(ward.told_of_passports(AMINA.email).await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn a_reminder_that_did_not_go_out_on_its_day_never_does(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(false, true)] asked: bool,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN, SINEAD] {
        ward.colleague(who).await;
        ward.the_trust_provides(who, fire()).await;
    }
    // Winter, and ten minutes to midnight in summer, when that is an hour earlier by the clock of the world.
    for (evening, night) in
        [("2026-11-23T23:50:00Z", "2026-11-24T00:01:00Z"), ("2027-07-05T22:50:00Z", "2027-07-05T23:01:00Z")]
    {
        ward.delivers().await;
        ward.clock.set(evening.parse().unwrap());
        let given_up = ward.audited("message_given_up").await;
        let mails = ward.mailbox.messages_to(BEN.email).len();
        ward.mail_server(MailServer::Down);
        if asked {
            ward.the_trust_asks_for_reminders().await;
        } else {
            assert_eq!(round(&ward.node).await, 3);
        }
        assert_eq!(ward.delivers().await.retried, 3);
        ward.mail_server(MailServer::Up);
        ward.clock.set(night.parse().unwrap());
        let delivered = ward.delivers().await;
        assert_eq!((delivered.sent, delivered.given_up), (0, 3), "it is Tuesday");
        assert_eq!(ward.mailbox.messages_to(BEN.email).len(), mails);
        assert_eq!(ward.audited("message_given_up").await, given_up + 3, "the audit has each");
        let day = ward.node.service.today().yesterday().unwrap();
        assert_eq!(
            ward.db.count("alarm", &format!("key = 'reminders-given-up:{day}'")).await,
            1,
            "and one alarm is raised for all"
        );
    }
    ward.audit_is_whole().await;
}

impl Ward {
    /// *Remind everybody*, to the end.
    async fn the_trust_asks_for_reminders(&self) {
        let (northfield, now) = (self.the_trust().await.id, self.clock.now());
        let by = self.account_of(AMINA).await;
        let mut tx = self.store().begin().await.unwrap();
        let id = vault::new_id(now, &SeededRandom::unique());
        assert!(tx.ask_reminders(id, northfield, self.node.service.today(), by, now).await.unwrap());
        tx.commit().await.unwrap();
        while asked_stretch(&self.node.service).await.unwrap() != Stretch::NotDue {}
    }

    /// Somebody adds a mobile number.
    async fn adds_a_mobile(&self, who: Person, number: &str, preferred: bool) -> Uuid {
        // Methods are in the order in which they were added.
        self.waits(1);
        let (account, now) = (self.account_of(who).await, self.clock.now());
        let id = vault::new_id(now, &SeededRandom::unique());
        let mut tx = self.store().begin().await.unwrap();
        let number = MethodSecret::address(number);
        tx.add_sign_in_method(id, account, MethodKind::Text, &number, 0, now).await.unwrap();
        if preferred {
            tx.prefer_methods(account, Some(id), None).await.unwrap();
        }
        tx.commit().await.unwrap();
        id
    }

    /// How many texts each of two numbers has.
    async fn texts_at(&self, numbers: [&str; 2]) -> [usize; 2] {
        self.delivers().await;
        numbers.map(|number| self.phone.texts_to(number).len())
    }
}

const TWO_MOBILES: [&str; 2] = ["+447700900301", "+447700900302"];

#[rstest]
#[tokio::test]
async fn whoever_has_two_mobiles_gets_one_text_at_the_one_that_they_prefer_or_the_oldest(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(false, true)] second_preferred: bool,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.adds_a_mobile(AMINA, TWO_MOBILES[0], false).await;
    ward.adds_a_mobile(AMINA, TWO_MOBILES[1], second_preferred).await;
    let each = |texts: usize| if second_preferred { [0, texts] } else { [texts, 0] };
    ward.the_trust_provides(AMINA, fire()).await;
    assert_eq!(ward.texts_at(TWO_MOBILES).await, each(1), "of what was issued");
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    assert_eq!(round(&ward.node).await, 2, "an email and a text");
    assert_eq!(ward.texts_at(TWO_MOBILES).await, each(2), "the reminder");
    // The trust has everybody reminded on the same day: she was, and no text of the day's is used up for it.
    let used = "SELECT SUM(used) FROM text_budget";
    let before = ward.db.number(used).await;
    ward.the_trust_asks_for_reminders().await;
    assert_eq!(ward.texts_at(TWO_MOBILES).await, each(2));
    assert_eq!(ward.db.number(used).await, before);
    // What concerns the safety of her account goes to every number.
    let access_key = ward.issuer_provides(AMINA, credential_kind("access-key"), "", "{}").await;
    ward.lands_in_a_wallet(access_key).await;
    let (northfield, reason) = (ward.the_trust().await, RevokeReason::NoLongerValid);
    revoke(&ward.node.service, &northfield, access_key, reason).await.unwrap();
    let [first, second] = ward.texts_at(TWO_MOBILES).await;
    let [was_first, was_second] = each(2);
    assert_eq!((first, second), (was_first + 1, was_second + 1));
}

/// On the Monday on which this version comes, some were reminded by the one before it, whose key of a text names the number.
#[rstest]
#[tokio::test]
async fn whoever_the_version_before_reminded_by_text_today_is_not_reminded_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.adds_a_mobile(AMINA, TWO_MOBILES[0], false).await;
    let second = ward.adds_a_mobile(AMINA, TWO_MOBILES[1], true).await;
    ward.the_trust_provides(AMINA, fire()).await;
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    assert_eq!(round(&ward.node).await, 2);
    assert_eq!(ward.texts_at(TWO_MOBILES).await, [0, 2]);
    // As that version wrote it, for a number that was preferred then.
    let key = format!("passport-reminder:2026-11-23:{}:", ward.account_of(AMINA).await);
    ward.db.tell(&format!("UPDATE outbox SET key = '{key}{second}' WHERE key = '{key}text'")).await;
    assert_eq!(ward.db.count("outbox", &format!("key = '{key}{second}'")).await, 1);
    ward.the_trust_asks_for_reminders().await;
    assert_eq!(ward.texts_at(TWO_MOBILES).await, [0, 2]);
}

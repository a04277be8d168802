//! The outbox: nothing lost, nothing twice.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine, seconds,
};
use jiff::Timestamp;
use rstest::rstest;
use std::collections::HashSet;
use store::Store;
use store::outbox::{Channel, ClaimedMessage, Delivery, NewMessage, OutboxState};
use uuid::Uuid;

struct Outbox {
    db: Database,
    store: Store,
}

const CLAIM: i64 = 60;

impl Outbox {
    async fn new(kind: Kind) -> Self {
        let db = Database::new(kind).await;
        let store = db.node().await;
        Self { db, store }
    }

    async fn write(&self, key: &str, subject: Option<Uuid>, now: Timestamp) -> bool {
        let message = NewMessage {
            id: self.db.new_id(),
            key,
            channel: Channel::Email,
            subject,
            account: None,
            organisation: None,
            payload: b"To: amina. Your code is 314159.",
            give_up_at: now + minutes(15),
        };
        committed(&self.store, async |tx| tx.add_message(&message, now).await).await.unwrap()
    }

    async fn claim(&self, now: Timestamp) -> Vec<ClaimedMessage> {
        claim(&self.store, self.db.new_id(), now, 50).await
    }

    async fn sent(&self, message: &ClaimedMessage, now: Timestamp) -> bool {
        committed(&self.store, async |tx| tx.message_sent(message, Some("reference"), now).await)
            .await
            .unwrap()
    }

    async fn payloads(&self) -> i64 {
        self.db.number("SELECT COUNT(*) FROM outbox WHERE payload IS NOT NULL").await
    }
}

async fn claim(store: &Store, id: Uuid, now: Timestamp, at_most: u32) -> Vec<ClaimedMessage> {
    committed(store, async |tx| tx.claim_messages(id, now, now + seconds(CLAIM), at_most).await)
        .await
        .unwrap()
}

#[rstest]
#[tokio::test]
async fn a_key_is_written_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let outbox = Outbox::new(kind).await;
    assert!(outbox.write("welcome:1", None, nine()).await);
    assert!(!outbox.write("welcome:1", None, nine()).await);
    assert!(outbox.write("welcome:2", None, nine()).await);
    assert_eq!(outbox.claim(nine()).await.len(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_many_write_at_once_is_written_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let ids: Vec<_> = (0..40).map(|_| db.new_id()).collect();
    let written = at_once(&db.two_nodes().await, 40, |nth, node| {
        let id = ids[nth];
        async move {
            committed(&node, async |tx| {
                let message = NewMessage {
                    id,
                    key: "monday:2026-11-23",
                    channel: Channel::Text,
                    subject: None,
                    account: None,
                    organisation: None,
                    payload: b"",
                    give_up_at: nine() + minutes(15),
                };
                tx.add_message(&message, nine()).await
            })
            .await
            .unwrap()
        }
    })
    .await;
    assert_eq!(written.into_iter().filter(|written| *written).count(), 1);
}

#[rstest]
#[tokio::test]
async fn a_claimed_message_is_what_was_written(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let outbox = Outbox::new(kind).await;
    outbox.write("welcome:1", None, nine()).await;
    let messages = outbox.claim(nine() + seconds(5)).await;
    let [message] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!(message.key, "welcome:1");
    assert_eq!(message.channel, Channel::Email);
    assert_eq!(message.payload, b"To: amina. Your code is 314159.");
    assert_eq!(message.tries, 1);
    assert_eq!(message.written_at, nine());
    assert_eq!(message.give_up_at, nine() + minutes(15));
}

#[rstest]
#[tokio::test]
async fn a_message_of_a_transaction_that_is_rolled_back_was_never_written(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outbox = Outbox::new(kind).await;
    let message = NewMessage {
        id: outbox.db.new_id(),
        key: "welcome:1",
        channel: Channel::Email,
        subject: None,
        account: None,
        organisation: None,
        payload: b"",
        give_up_at: nine() + minutes(15),
    };
    let mut tx = outbox.store.begin().await.unwrap();
    assert!(tx.add_message(&message, nine()).await.unwrap());
    drop(tx);
    assert_eq!(outbox.claim(nine()).await.len(), 0);
    assert!(outbox.write("welcome:1", None, nine()).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn four_workers_on_two_nodes_claim_a_thousand_messages_without_a_double(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outbox = Outbox::new(kind).await;
    committed(&outbox.store, async |tx| {
        for number in 0..1_000 {
            let message = NewMessage {
                id: outbox.db.new_id(),
                key: &format!("welcome:{number}"),
                channel: Channel::Email,
                subject: None,
                account: None,
                organisation: None,
                payload: b"Dear Amina",
                give_up_at: nine() + minutes(15),
            };
            assert!(tx.add_message(&message, nine()).await?);
        }
        Ok(())
    })
    .await
    .unwrap();
    let random = outbox.db.random.clone();
    let nodes = outbox.db.two_nodes().await;
    let claimed = at_once(&nodes, 4, |_, node| {
        let random = random.clone();
        async move {
            let mut mine = Vec::new();
            loop {
                let id = vault::new_id(nine(), random.as_ref());
                let messages = claim(&node, id, nine(), 20).await;
                assert!(messages.len() <= 20);
                if messages.is_empty() {
                    break mine;
                }
                committed(&node, async |tx| {
                    for message in &messages {
                        assert!(tx.message_sent(message, None, nine()).await?);
                    }
                    Ok(())
                })
                .await
                .unwrap();
                mine.extend(messages.into_iter().map(|message| message.key));
            }
        }
    })
    .await;
    let all: Vec<_> = claimed.into_iter().flatten().collect();
    assert_eq!(all.len(), 1_000);
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 1_000);
}

#[rstest]
#[tokio::test]
async fn the_claim_of_a_worker_that_died_runs_out(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let outbox = Outbox::new(kind).await;
    outbox.write("welcome:1", None, nine()).await;
    assert_eq!(outbox.claim(nine()).await.len(), 1);
    assert_eq!(outbox.claim(nine() + seconds(CLAIM - 1)).await.len(), 0);
    let again = outbox.claim(nine() + seconds(CLAIM)).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].tries, 2);
}

#[rstest]
#[tokio::test]
async fn the_answer_to_an_outdated_claim_changes_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let outbox = Outbox::new(kind).await;
    let subject = outbox.db.new_id();
    outbox.write("welcome:1", Some(subject), nine()).await;
    let late = outbox.claim(nine()).await.remove(0);
    let now = nine() + seconds(CLAIM);
    let current = outbox.claim(now).await.remove(0);
    assert!(!outbox.sent(&late, now).await);
    committed(&outbox.store, async |tx| {
        tx.retry_message(&late, now + minutes(10), "late").await?;
        tx.give_up_message(&late, "late", now).await
    })
    .await
    .unwrap();
    assert_eq!(outbox.store.delivery(subject).await.unwrap(), Some(Delivery::Waiting { tries: 2 }));
    assert_eq!(outbox.claim(now).await.len(), 0, "the current claim is still a claim");
    assert!(outbox.sent(&current, now).await);
    assert!(!outbox.sent(&current, now).await, "sent once is sent");
    assert!(!outbox.sent(&late, now).await);
}

#[rstest]
#[tokio::test]
async fn a_late_answer_counts_while_nobody_else_has_claimed_the_message(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outbox = Outbox::new(kind).await;
    outbox.write("welcome:1", None, nine()).await;
    let late = outbox.claim(nine()).await.remove(0);
    let now = nine() + minutes(5);
    assert!(outbox.sent(&late, now).await);
    assert_eq!(outbox.claim(now).await.len(), 0);
}

#[rstest]
#[tokio::test]
async fn a_message_to_be_tried_again_waits_for_its_time(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let outbox = Outbox::new(kind).await;
    outbox.write("welcome:1", None, nine()).await;
    let message = outbox.claim(nine()).await.remove(0);
    let next = nine() + seconds(30);
    committed(&outbox.store, async |tx| tx.retry_message(&message, next, "the mail server is away").await)
        .await
        .unwrap();
    assert_eq!(outbox.claim(next - seconds(1)).await.len(), 0);
    let again = outbox.claim(next).await;
    assert_eq!((again.len(), again[0].tries), (1, 2));
    assert_eq!(again[0].payload, message.payload);
}

#[rstest]
#[tokio::test]
async fn the_content_is_erased_once_the_message_is_sent_or_given_up(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outbox = Outbox::new(kind).await;
    outbox.write("welcome:1", None, nine()).await;
    outbox.write("welcome:2", None, nine()).await;
    let messages = outbox.claim(nine()).await;
    assert_eq!(outbox.payloads().await, 2);
    assert!(outbox.sent(&messages[0], nine()).await);
    assert_eq!(outbox.payloads().await, 1);
    committed(&outbox.store, async |tx| tx.give_up_message(&messages[1], "no such mailbox", nine()).await)
        .await
        .unwrap();
    assert_eq!(outbox.payloads().await, 0);
    assert_eq!(outbox.claim(nine() + minutes(60)).await.len(), 0);
}

#[rstest]
#[tokio::test]
async fn delivery_tells_what_became_of_the_newest_message(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let outbox = Outbox::new(kind).await;
    let subject = outbox.db.new_id();
    let delivery = async || outbox.store.delivery(subject).await.unwrap();
    assert_eq!(delivery().await, None);
    outbox.write("code:1", Some(subject), nine()).await;
    assert_eq!(delivery().await, Some(Delivery::Waiting { tries: 0 }));
    let message = outbox.claim(nine()).await.remove(0);
    committed(&outbox.store, async |tx| tx.retry_message(&message, nine() + seconds(30), "away").await)
        .await
        .unwrap();
    assert_eq!(delivery().await, Some(Delivery::Waiting { tries: 1 }));
    let message = outbox.claim(nine() + seconds(30)).await.remove(0);
    assert!(outbox.sent(&message, nine() + seconds(31)).await);
    assert_eq!(delivery().await, Some(Delivery::Sent));
    outbox.write("code:2", Some(subject), nine() + minutes(1)).await;
    assert_eq!(delivery().await, Some(Delivery::Waiting { tries: 0 }));
    let message = outbox.claim(nine() + minutes(1)).await.remove(0);
    committed(&outbox.store, async |tx| {
        tx.give_up_message(&message, "no such mailbox", nine() + minutes(1)).await
    })
    .await
    .unwrap();
    assert_eq!(delivery().await, Some(Delivery::GivenUp));
}

#[rstest]
#[tokio::test]
async fn the_state_of_the_outbox_counts_what_waits_and_what_was_given_up(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outbox = Outbox::new(kind).await;
    let state = async |since| outbox.store.outbox_state(since).await.unwrap();
    assert_eq!(state(nine()).await, OutboxState::default());
    for number in 0..4 {
        let now = nine() + minutes(number);
        outbox.write(&format!("welcome:{number}"), None, now).await;
    }
    let mut messages = outbox.claim(nine() + minutes(5)).await;
    messages.sort_by_key(|message| message.written_at);
    assert!(outbox.sent(&messages[0], nine() + minutes(5)).await);
    committed(&outbox.store, async |tx| {
        tx.give_up_message(&messages[1], "no such mailbox", nine() + minutes(5)).await
    })
    .await
    .unwrap();
    let expected = OutboxState { waiting: 2, given_up: 1, oldest_waiting: Some(nine() + minutes(2)) };
    assert_eq!(state(nine()).await, expected);
    assert_eq!(state(nine() + minutes(5)).await, OutboxState { given_up: 0, ..expected });
}

/// A row that was damaged must not keep every other message from going out.
#[rstest]
#[tokio::test]
async fn a_message_whose_content_was_damaged_does_not_hold_up_the_others(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outbox = Outbox::new(kind).await;
    for key in ["welcome:1", "welcome:2", "welcome:3"] {
        outbox.write(key, None, nine()).await;
    }
    let (one, two) = (
        outbox.db.bytes(b"not sealed by us"),
        "UPDATE outbox SET channel = 'pigeon' WHERE key = 'welcome:2'",
    );
    outbox.db.tell(&format!("UPDATE outbox SET payload = {one} WHERE key = 'welcome:1'")).await;
    outbox.db.tell(two).await;
    let keys: Vec<_> = outbox.claim(nine()).await.into_iter().map(|message| message.key).collect();
    assert_eq!(keys, ["welcome:3"]);
    assert_eq!(outbox.claim(nine() + seconds(1)).await.len(), 0);
    assert_eq!(outbox.store.outbox_state(nine()).await.unwrap().waiting, 3);
}

#[rstest]
#[tokio::test]
async fn the_trace_of_old_messages_is_erased_but_never_one_that_waits(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outbox = Outbox::new(kind).await;
    for number in 0..3 {
        outbox.write(&format!("welcome:{number}"), None, nine()).await;
    }
    let messages = outbox.claim(nine()).await;
    assert!(outbox.sent(&messages[0], nine()).await);
    committed(&outbox.store, async |tx| {
        tx.give_up_message(&messages[1], "no such mailbox", nine()).await?;
        tx.erase_messages(nine()).await
    })
    .await
    .unwrap();
    assert_eq!(outbox.db.number("SELECT COUNT(*) FROM outbox").await, 1);
    assert_eq!(outbox.claim(nine() + minutes(5)).await.len(), 1);
}

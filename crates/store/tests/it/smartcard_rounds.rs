//! The daily round through all cards: every card once, every message once.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, nine,
};
use crate::smartcards::{bound, issued, read};
use jiff::civil::{Date, date};
use rstest::rstest;
use store::smartcard_message::Round;
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 22);

#[rstest]
#[tokio::test]
async fn only_live_cards_are_looked_at(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (_, card) = issued(&db, &store).await;
    let facts = store.card_facts(Uuid::nil(), 10).await.unwrap();
    assert_eq!(facts, [read(&store, card).await.facts().unwrap()]);
    assert!(store.card_facts(card, 10).await.unwrap().is_empty());
    committed(&store, async |tx| tx.revoke_card_certificates(card, "lost", nine()).await).await.unwrap();
    assert!(store.card_facts(Uuid::nil(), 10).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test]
async fn a_card_that_was_not_issued_yet_is_nobodys_concern(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    bound(&db, &store).await;
    assert!(store.card_facts(Uuid::nil(), 10).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_nodes_one_takes_each_stretch(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let nodes = db.two_nodes().await;
    let begun = at_once(&nodes, 20, |_, node| async move {
        committed(&node, async |tx| tx.begin_round(TODAY, nine()).await).await.unwrap()
    });
    assert_eq!(begun.await.into_iter().filter(|begun| *begun).count(), 1);
    let mut from = Uuid::nil();
    for _ in 0..3 {
        let to = db.new_id();
        let moved = at_once(&nodes, 20, |_, node| async move {
            committed(&node, async |tx| {
                let moved = tx.move_round(TODAY, from, to, 10).await?;
                if moved {
                    tx.count_round(TODAY, 2, None).await?;
                }
                Ok(moved)
            })
            .await
            .unwrap()
        });
        assert_eq!(moved.await.into_iter().filter(|moved| *moved).count(), 1);
        from = to;
    }
    let round = store.round(TODAY).await.unwrap().unwrap();
    assert_eq!(round, Round { after: from, cards: 30, messages: 6, ended: false });
    let ended = committed(&store, async |tx| tx.count_round(TODAY, 0, Some(nine())).await).await.unwrap();
    assert!(ended.ended);
    let late = committed(&store, async |tx| tx.move_round(TODAY, from, db.new_id(), 1).await).await;
    assert!(!late.unwrap(), "what has ended is not gone on with");
    assert!(store.round(date(2026, 11, 23)).await.unwrap().is_none());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_message_about_a_card_is_written_once_a_day(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (_, card) = issued(&db, &store).await;
    let nodes = db.two_nodes().await;
    for (kind, day) in [
        ("passcodes-remind", TODAY),
        ("certificates-remind", TODAY),
        ("passcodes-remind", date(2026, 11, 23)),
    ] {
        let written = at_once(&nodes, 20, move |_, node| async move {
            committed(&node, async |tx| tx.card_message_written(card, kind, day, nine()).await).await.unwrap()
        });
        assert_eq!(written.await.into_iter().filter(|written| *written).count(), 1, "{kind} {day}");
    }
    committed(&store, async |tx| tx.erase_rounds(date(2026, 11, 23)).await).await.unwrap();
    assert_eq!(db.number("SELECT COUNT(*) FROM smartcard_message").await, 1);
}

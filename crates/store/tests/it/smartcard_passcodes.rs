//! Passcodes that the server checks, and the history of a card's own.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::people::account;
use crate::smartcards::issued;
use rstest::rstest;
use store::Store;
use store::server_passcode::ServerPasscodeKind::{Recovery, Verification};
use store::smartcard_alert::AlertAnswer;
use uuid::Uuid;

async fn set(
    db: &Database,
    store: &Store,
    account: Uuid,
    hash: &str,
    replaces: Option<Uuid>,
    at: i64,
) -> Uuid {
    let id = db.new_id();
    let now = nine() + minutes(at);
    let set =
        committed(store, async |tx| tx.set_server_passcode(id, account, Recovery, hash, replaces, now).await);
    assert!(set.await.unwrap());
    id
}

#[rstest]
#[tokio::test]
async fn the_last_five_are_remembered_and_the_sixth_forgotten(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let mut before = None;
    for nth in 0..7 {
        before = Some(set(&db, &store, account, &format!("hash {nth}"), before, nth).await);
    }
    let kept = store.server_passcodes(account, Recovery).await.unwrap();
    let hashes: Vec<_> = kept.iter().map(|kept| kept.hash.as_str()).collect();
    assert_eq!(hashes, ["hash 6", "hash 5", "hash 4", "hash 3", "hash 2"]);
    assert_eq!(kept.iter().filter(|kept| kept.ended_at.is_none()).count(), 1);
    assert_eq!(store.server_passcode(account, Recovery).await.unwrap().unwrap().hash, "hash 6");
    assert!(store.server_passcode(account, Verification).await.unwrap().is_none());
    assert!(!db.holds(b"hash 1").await, "what is forgotten is gone");
}

#[rstest]
#[tokio::test]
async fn a_passcode_that_was_blanked_is_none_and_still_remembered(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    set(&db, &store, account, "hash 0", None, 0).await;
    let blank = async || {
        committed(&store, async |tx| tx.blank_server_passcode(account, Recovery, nine()).await).await.unwrap()
    };
    assert!(blank().await);
    assert!(!blank().await);
    assert!(store.server_passcode(account, Recovery).await.unwrap().is_none());
    assert_eq!(store.server_passcodes(account, Recovery).await.unwrap().len(), 1);
    set(&db, &store, account, "hash 1", None, 1).await;
    assert_eq!(store.server_passcodes(account, Recovery).await.unwrap().len(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_set_a_passcode_at_once_one_does(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let nodes = db.two_nodes().await;
    let mut replaces = None;
    for round in 0..2 {
        let ids: Vec<Uuid> = (0..20).map(|_| db.new_id()).collect();
        let at = nine() + minutes(round);
        let answers = at_once(&nodes, 20, |nth, node| {
            let id = ids[nth];
            async move {
                let mut tx = node.begin().await.unwrap();
                let set = tx.set_server_passcode(id, account, Recovery, "hash", replaces, at).await.unwrap();
                if set {
                    tx.commit().await.unwrap();
                }
                set.then_some(id)
            }
        })
        .await;
        let won: Vec<Uuid> = answers.into_iter().flatten().collect();
        assert_eq!(won.len(), 1, "round {round}");
        replaces = Some(won[0]);
        assert_eq!(store.server_passcode(account, Recovery).await.unwrap().unwrap().id, won[0]);
    }
}

#[rstest]
#[tokio::test]
async fn a_hash_is_made_anew_unless_it_changed_meanwhile_and_is_never_printed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = set(&db, &store, account, "old", None, 0).await;
    for (old, new) in [("old", "new"), ("old", "too late")] {
        committed(&store, async |tx| tx.rehash_server_passcode(id, old, new).await).await.unwrap();
    }
    let kept = store.server_passcode(account, Recovery).await.unwrap().unwrap();
    assert_eq!(kept.hash, "new");
    assert!(!format!("{kept:?}").contains("new"), "{kept:?}");
}

#[rstest]
#[tokio::test]
async fn of_a_cards_own_passcodes_five_outputs_are_kept(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (_, card) = issued(&db, &store).await;
    for nth in 0..7_u8 {
        committed(&store, async |tx| {
            tx.remember_card_passcode(db.new_id(), card, &[nth; 32], nine() + minutes(i64::from(nth))).await
        })
        .await
        .unwrap();
    }
    let kept = store.passcode_history(card).await.unwrap();
    assert_eq!(kept, [6, 5, 4, 3, 2].map(|nth: u8| vec![nth; 32]));
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.passcode_history(card).await.unwrap(), kept);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_put_off_once_a_day(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let (today, tomorrow) = ("2026-11-22".parse().unwrap(), "2026-11-23".parse().unwrap());
    let nodes = db.two_nodes().await;
    let answers = async |answer| {
        let answered = at_once(&nodes, 20, move |_, node| async move {
            committed(&node, async |tx| tx.answer_alert(account, "passcodes", today, answer, nine()).await)
                .await
                .unwrap()
        });
        answered.await.into_iter().filter(|answered| *answered).count()
    };
    assert_eq!(answers(AlertAnswer::Now).await, 1);
    assert!(store.alerts_put_off(account, today).await.unwrap().is_empty(), "it comes again");
    assert_eq!(answers(AlertAnswer::Later).await, 1);
    assert_eq!(store.alerts_put_off(account, today).await.unwrap(), ["passcodes"]);
    assert_eq!(answers(AlertAnswer::Now).await, 0, "later is later");
    assert!(store.alerts_put_off(account, tomorrow).await.unwrap().is_empty());
    committed(&store, async |tx| tx.erase_alerts(tomorrow).await).await.unwrap();
    assert!(store.alerts_put_off(account, today).await.unwrap().is_empty());
}

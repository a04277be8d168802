//! The audit: one chain, and whatever is done to it is found and named.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, nine, seconds,
};
use rstest::rstest;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::Store;
use store::audit::AuditVerdict::{self, Altered, Missing, Whole};
use store::audit::Event;
use uuid::Uuid;

fn event(number: u128) -> Event {
    Event::SignedOut { account: Uuid::from_u128(number), session: Uuid::from_u128(number) }
}

async fn append(store: &Store, count: u32) {
    for number in 0..count {
        committed(store, async |tx| {
            tx.audit(event(u128::from(number)), nine() + seconds(i64::from(number)));
            Ok(())
        })
        .await
        .unwrap();
    }
}

/// A chain of nine.
async fn chain_of_nine(kind: Kind) -> (Database, Store) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    append(&store, 9).await;
    (db, store)
}

async fn verdict(store: &Store) -> AuditVerdict {
    store.audit_verify().await.unwrap()
}

#[rstest]
#[tokio::test]
async fn an_untouched_audit_is_whole(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let empty = Whole { records: 0, head: String::new() };
    assert_eq!(verdict(&store).await, empty);
    append(&store, 9).await;
    let head = store.audit_page(0).await.unwrap().pop().unwrap().chain;
    assert_eq!(head.len(), 64);
    assert_eq!(verdict(&store).await, Whole { records: 9, head });
}

/// Each as somebody could do it who owns the database, and what the verdict names.
#[rstest]
#[case::a_record_in_the_middle_deleted(&["DELETE FROM audit WHERE seq = 5"], Missing { seq: 5 })]
#[case::the_first_record_deleted(&["DELETE FROM audit WHERE seq = 1"], Missing { seq: 1 })]
#[case::the_last_record_deleted(&["DELETE FROM audit WHERE seq = 9"], Missing { seq: 9 })]
#[case::all_records_deleted(&["DELETE FROM audit"], Missing { seq: 1 })]
#[case::the_last_record_deleted_and_the_head_counted_back(
    &["DELETE FROM audit WHERE seq = 9", "UPDATE audit_head SET seq = 8"], Altered { seq: 8 })]
#[case::an_event_changed(
    &["UPDATE audit SET event = replace(event, '000000000004', '000000000099') WHERE seq = 5"], Altered { seq: 5 })]
#[case::the_time_of_an_event_changed(&["UPDATE audit SET at = at + 1 WHERE seq = 5"], Altered { seq: 5 })]
#[case::the_last_event_changed(&["UPDATE audit SET event = '{}' WHERE seq = 9"], Altered { seq: 9 })]
#[case::a_link_of_the_chain_changed(
    &["UPDATE audit SET chain = (SELECT chain FROM audit WHERE seq = 4) WHERE seq = 5"], Altered { seq: 5 })]
#[case::two_records_swapped(
    &["UPDATE audit SET seq = 100 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 6",
        "UPDATE audit SET seq = 6 WHERE seq = 100"], Altered { seq: 4 })]
#[case::a_foreign_record_in_the_place_of_another(
    &["DELETE FROM audit WHERE seq = 5",
        "INSERT INTO audit (seq, at, event, chain) SELECT 5, at, event, chain FROM audit WHERE seq = 6"], Altered { seq: 5 })]
#[case::a_foreign_record_between_two(
    &["UPDATE audit SET seq = seq + 100 WHERE seq > 5", "UPDATE audit SET seq = seq - 99 WHERE seq > 100",
        "INSERT INTO audit (seq, at, event, chain) SELECT 6, at, event, chain FROM audit WHERE seq = 5",
        "UPDATE audit_head SET seq = 10"], Altered { seq: 6 })]
#[case::a_record_beyond_the_head(
    &["INSERT INTO audit (seq, at, event, chain) SELECT 10, at, event, chain FROM audit WHERE seq = 9"], Altered { seq: 10 })]
#[case::a_record_far_beyond_the_head(
    &["INSERT INTO audit (seq, at, event, chain) SELECT 5000, at, event, chain FROM audit WHERE seq = 9"], Altered { seq: 5000 })]
#[case::a_record_before_the_first(
    &["INSERT INTO audit (seq, at, event, chain) SELECT 0, at, event, chain FROM audit WHERE seq = 9"], Altered { seq: 0 })]
#[case::the_head_set_back_to_the_beginning(&["UPDATE audit_head SET seq = 0, chain = HEAD"], Altered { seq: 1 })]
#[case::the_head_counted_back(&["UPDATE audit_head SET seq = 8"], Altered { seq: 9 })]
#[case::the_head_set_back_by_one_with_its_link(
    &["UPDATE audit_head SET seq = 8, chain = (SELECT chain FROM audit WHERE seq = 8)"], Altered { seq: 9 })]
#[case::the_head_counted_on(&["UPDATE audit_head SET seq = 10"], Missing { seq: 10 })]
#[case::the_link_of_the_head_changed(
    &["UPDATE audit_head SET chain = (SELECT chain FROM audit WHERE seq = 4)"], Altered { seq: 9 })]
#[case::the_head_deleted(&["DELETE FROM audit_head"], Missing { seq: 0 })]
#[tokio::test]
async fn what_was_done_to_the_audit_is_named(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] deeds: &[&str],
    #[case] named: AuditVerdict,
) {
    let (db, store) = chain_of_nine(kind).await;
    db.drop_audit_guard().await;
    for deed in deeds {
        db.tell(&deed.replace("HEAD", &db.bytes(b""))).await;
    }
    assert_eq!(verdict(&store).await, named);
}

#[rstest]
#[tokio::test]
async fn a_chain_made_with_other_keys_is_not_ours(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (db, _) = chain_of_nine(kind).await;
    let others = Arc::new(vault::Keys::generate(db.random.as_ref()));
    let stranger = db.node_with(others).await;
    assert_eq!(verdict(&stranger).await, Altered { seq: 1 });
}

#[rstest]
#[case("UPDATE audit SET at = 0 WHERE seq = 3")]
#[case("DELETE FROM audit WHERE seq = 3")]
#[case("DELETE FROM audit")]
#[tokio::test]
async fn the_database_itself_refuses_to_change_the_audit(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] deed: &str,
) {
    let (db, store) = chain_of_nine(kind).await;
    let refused = db.try_tell(deed).await.unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
    assert!(matches!(verdict(&store).await, Whole { records: 9, .. }));
}

#[tokio::test]
async fn postgresql_refuses_to_empty_the_audit_at_a_stroke() {
    let (db, store) = chain_of_nine(PostgreSql).await;
    db.try_tell("TRUNCATE audit").await.unwrap_err();
    assert!(matches!(verdict(&store).await, Whole { records: 9, .. }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_append_at_once_keep_one_chain(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    at_once(&db.two_nodes().await, 100, |nth, node| async move {
        committed(&node, async |tx| {
            for number in 0..=(nth % 3) {
                tx.audit(event(number as u128), nine());
            }
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
    assert!(matches!(verdict(&db.node().await).await, Whole { records: 199, .. }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn verifying_while_others_append_raises_no_false_alarm(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let [writer, reader] = db.two_nodes().await;
    let done = Arc::new(AtomicBool::new(false));
    let appending = tokio::spawn({
        let done = done.clone();
        async move {
            append(&writer, 200).await;
            done.store(true, Ordering::SeqCst);
        }
    });
    let mut rounds = 0;
    while !done.load(Ordering::SeqCst) {
        let found = verdict(&reader).await;
        assert!(matches!(found, Whole { .. }), "{found:?}");
        rounds += 1;
    }
    appending.await.unwrap();
    assert!(rounds > 3);
    assert!(matches!(verdict(&reader).await, Whole { records: 200, .. }));
}

#[rstest]
#[tokio::test]
async fn a_transaction_that_is_rolled_back_leaves_no_trace(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store) = chain_of_nine(kind).await;
    let mut tx = store.begin().await.unwrap();
    tx.audit(event(1), nine());
    drop(tx);
    assert!(matches!(verdict(&store).await, Whole { records: 9, .. }));
    append(&store, 1).await;
    assert!(matches!(verdict(&store).await, Whole { records: 10, .. }));
}

#[rstest]
#[tokio::test]
async fn pages_hold_every_record_once_and_in_order(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| {
        for number in 0..2_300 {
            tx.audit(event(number), nine());
        }
        Ok(())
    })
    .await
    .unwrap();
    let (mut after, mut sizes) = (0, Vec::new());
    loop {
        let page = store.audit_page(after).await.unwrap();
        for record in &page {
            after += 1;
            assert_eq!(record.seq, after);
            assert_eq!(record.at, nine());
        }
        if page.is_empty() {
            break;
        }
        sizes.push(page.len());
    }
    assert_eq!(sizes, [1_000, 1_000, 300]);
    assert!(matches!(verdict(&store).await, Whole { records: 2_300, .. }));
}

#[rstest]
#[tokio::test]
async fn a_record_says_what_happened_by_ids_and_when(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| {
        tx.audit(Event::PasswordRefused { account: None }, nine());
        tx.audit(event(7), nine() + seconds(1));
        Ok(())
    })
    .await
    .unwrap();
    let records = store.audit_page(0).await.unwrap();
    let events: Vec<_> = records.iter().map(|record| record.event.to_string()).collect();
    assert_eq!(
        events,
        [
            r#"{"event":"password_refused","account":null}"#,
            r#"{"event":"signed_out","account":"00000000-0000-0000-0000-000000000007","session":"00000000-0000-0000-0000-000000000007"}"#,
        ]
    );
    assert_eq!(records[1].at, nine() + seconds(1));
    assert_eq!(store.audit_page(1).await.unwrap().len(), 1);
    assert_eq!(store.audit_page(2).await.unwrap().len(), 0);
}

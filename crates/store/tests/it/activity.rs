//! What happened around an account, and recovery codes.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::people::account;
use jiff::Timestamp;
use rstest::rstest;
use store::activity::{ActivityKind, NewActivity};
use uuid::Uuid;

fn happening(id: Uuid, account_id: Uuid, kind: ActivityKind) -> NewActivity<'static> {
    NewActivity {
        id,
        account_id,
        kind,
        detail: Some("app"),
        session_id: None,
        browser: Some("Firefox, Windows 10"),
        network: Some("192.0.2.0/24"),
        by_staff: false,
    }
}

#[rstest]
#[tokio::test]
async fn activity_is_read_in_pages_without_a_gap_even_where_many_things_happen_at_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let before_that = store.activity_of(account, (Timestamp::MAX, Uuid::max()), 100).await.unwrap().len();
    committed(&store, async |tx| {
        for kind in ActivityKind::ALL {
            tx.add_activity(happening(db.new_id(), account, kind), nine()).await?;
        }
        // A name that nobody has costs the same and leaves nothing.
        tx.add_activity(happening(db.new_id(), Uuid::nil(), ActivityKind::PasswordWrong), nine()).await
    })
    .await
    .unwrap();
    let mut seen = Vec::new();
    let mut before = (Timestamp::MAX, Uuid::max());
    loop {
        let page = store.activity_of(account, before, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        before = (last.at, last.id);
        seen.extend(page.into_iter().map(|each| each.kind));
    }
    assert_eq!(seen.len(), ActivityKind::ALL.len() + before_that);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), ActivityKind::ALL.len());
    assert_eq!(store.wrong_tries_since(account, nine()).await.unwrap(), 2);
    assert_eq!(store.wrong_tries_since(account, nine() + minutes(1)).await.unwrap(), 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_happening_is_reported_once_and_by_its_owner_only(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = db.new_id();
    committed(&store, async |tx| {
        tx.add_activity(happening(id, account, ActivityKind::SignedIn), nine()).await?;
        assert!(!tx.report_activity(id, db.new_id(), "ABCD-2345", nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
    assert!(store.activity(id, db.new_id()).await.unwrap().is_none());
    assert_eq!(store.last_report(account).await.unwrap(), None);
    let nodes = db.two_nodes().await;
    let reported = at_once(&nodes, 20, |number, node| async move {
        let number = format!("ABCD-{number}");
        committed(&node, async |tx| tx.report_activity(id, account, &number, nine() + minutes(1)).await)
            .await
            .unwrap()
    });
    assert_eq!(reported.await.into_iter().filter(|reported| *reported).count(), 1);
    assert_eq!(store.last_report(account).await.unwrap(), Some(nine() + minutes(1)));
    assert!(store.activity(id, account).await.unwrap().unwrap().report_number.is_some());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_good_once_however_many_try_it_and_new_ones_end_the_old(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    assert_eq!(store.recovery_codes(account).await.unwrap(), None);
    let codes = |mark: u8| (0..10).map(|number| (db.new_id(), [mark * 16 + number; 32])).collect::<Vec<_>>();
    committed(&store, async |tx| tx.replace_recovery_codes(account, &codes(1), nine()).await).await.unwrap();
    let nodes = db.two_nodes().await;
    let used = at_once(&nodes, 30, |_, node| async move {
        committed(&node, async |tx| tx.use_recovery_code(account, &[16; 32], nine()).await).await.unwrap()
    });
    assert_eq!(used.await.into_iter().filter(|used| *used).count(), 1);
    assert_eq!(store.recovery_codes(account).await.unwrap().unwrap().left, 9);
    committed(&store, async |tx| {
        assert!(!tx.use_recovery_code(db.new_id(), &[17; 32], nine()).await?, "somebody else's");
        tx.replace_recovery_codes(account, &codes(2), nine() + minutes(1)).await?;
        assert!(!tx.use_recovery_code(account, &[17; 32], nine()).await?, "an old one");
        assert!(tx.use_recovery_code(account, &[33; 32], nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
    let state = store.recovery_codes(account).await.unwrap().unwrap();
    assert_eq!((state.left, state.made_at), (9, nine() + minutes(1)));
}

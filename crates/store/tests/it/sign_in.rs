//! Sign-ins, sessions, known browsers and the guard against guessed passwords.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::people::{AMINA, PASSWORD, account};
use rstest::rstest;
use store::Store;
use store::guard::PasswordTry;
use store::method::{MethodKind, MethodSecret};
use uuid::Uuid;

async fn app(db: &Database, store: &Store, account: Uuid, step: u64) -> Uuid {
    let id = db.new_id();
    committed(store, async |tx| {
        let seed = MethodSecret::address("a seed");
        tx.add_sign_in_method(id, account, MethodKind::App, &seed, step, nine()).await
    })
    .await
    .unwrap();
    id
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_an_app_is_accepted_once_however_many_try_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let method = app(&db, &store, account, 100).await;
    let nodes = db.two_nodes().await;
    let uses = async |step| {
        let used = at_once(&nodes, 30, |_, node| async move {
            committed(&node, async |tx| tx.use_step(method, step, nine()).await).await.unwrap()
        });
        used.await.into_iter().filter(|used| *used).count()
    };
    assert_eq!(uses(100).await, 0, "the code that set the app up");
    assert_eq!(uses(101).await, 1);
    assert_eq!(uses(100).await, 0, "an earlier one");
    assert_eq!(uses(103).await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_makes_one_session(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let method = app(&db, &store, account, 0).await;
    let id = db.new_id();
    committed(&store, async |tx| tx.add_sign_in(id, b"token", Some(account), Some(method), nine()).await)
        .await
        .unwrap();
    let nodes = db.two_nodes().await;
    let finished = at_once(&nodes, 30, |_, node| async move {
        committed(&node, async |tx| tx.finish_sign_in(id, nine()).await).await.unwrap()
    });
    assert_eq!(finished.await.into_iter().filter(|done| *done).count(), 1);
    let found = store.sign_in(b"token").await.unwrap().unwrap();
    assert_eq!((found.account_id, found.method_id, found.finished_at), (account, method, Some(nine())));
}

#[rstest]
#[tokio::test]
async fn a_sign_in_for_an_unknown_user_name_leads_nowhere(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| tx.add_sign_in(db.new_id(), b"token", None, None, nine()).await)
        .await
        .unwrap();
    assert!(store.sign_in(b"token").await.unwrap().is_none());
    assert!(store.credentials(AMINA).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn an_account_remembers_this_sign_in_and_the_one_before(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let id = account(&db, &store).await;
    for minute in [1, 2, 3] {
        let session = db.new_id();
        committed(&store, async |tx| {
            tx.add_session(session, session.as_bytes(), id, nine() + minutes(minute)).await
        })
        .await
        .unwrap();
    }
    let account = store.account(id).await.unwrap().unwrap();
    assert_eq!(account.last_sign_in_at, Some(nine() + minutes(3)));
    assert_eq!(account.previous_sign_in_at, Some(nine() + minutes(2)));
}

#[rstest]
#[tokio::test]
async fn a_session_is_seen_ended_and_never_seen_backwards(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = db.new_id();
    committed(&store, async |tx| {
        tx.add_session(id, b"token", account, nine()).await?;
        tx.touch_session(id, nine() + minutes(5)).await?;
        tx.touch_session(id, nine() + minutes(4)).await
    })
    .await
    .unwrap();
    let session = store.session(b"token").await.unwrap().unwrap();
    assert_eq!(session.last_seen_at, nine() + minutes(5));
    assert_eq!(session.ended_at, None);
    for alive in [true, false] {
        let ended = committed(&store, async |tx| tx.end_session(id, nine() + minutes(6)).await);
        assert_eq!(ended.await.unwrap(), alive);
    }
    let session = store.session(b"token").await.unwrap().unwrap();
    assert_eq!(session.ended_at, Some(nine() + minutes(6)));
    assert!(store.session(b"another").await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn a_browser_is_known_for_the_account_that_signed_in_with_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    assert!(!store.is_known_device(b"cookie", account).await.unwrap());
    committed(&store, async |tx| {
        assert!(!tx.touch_device(b"cookie", account, nine()).await?);
        tx.add_device(db.new_id(), b"cookie", account, nine()).await?;
        tx.add_device(db.new_id(), b"cookie", account, nine()).await?;
        assert!(tx.touch_device(b"cookie", account, nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
    assert!(store.is_known_device(b"cookie", account).await.unwrap());
    assert!(!store.is_known_device(b"cookie", db.new_id()).await.unwrap());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_try_at_a_password_is_counted_once_none_in_a_pause_and_the_right_one_clears_them(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let nodes = db.two_nodes().await;
    let mut counts = at_once(&nodes, 40, |_, node| async move {
        committed(&node, async |tx| tx.count_password(b"amina", nine()).await).await.unwrap()
    })
    .await;
    counts.sort_unstable_by_key(|tried| match tried {
        PasswordTry::Counted { failures } => *failures,
        PasswordTry::Paused { .. } => 0,
    });
    assert_eq!(counts, (1..=40).map(|failures| PasswordTry::Counted { failures }).collect::<Vec<_>>());
    let until = nine() + minutes(15);
    committed(&store, async |tx| {
        tx.pause_passwords(b"amina", until).await?;
        let paused = PasswordTry::Paused { until };
        assert_eq!(tx.count_password(b"amina", until - minutes(1)).await?, paused);
        assert_eq!(tx.count_password(b"bola", nine()).await?, PasswordTry::Counted { failures: 1 });
        // A guard that still pauses is kept, however old its last count.
        tx.erase_counts(nine()).await?;
        assert_eq!(tx.count_password(b"amina", nine()).await?, paused);
        assert_eq!(tx.count_password(b"amina", until).await?, PasswordTry::Counted { failures: 41 });
        tx.clear_password_guard(b"amina").await?;
        assert_eq!(tx.count_password(b"amina", nine()).await?, PasswordTry::Counted { failures: 1 });
        Ok(())
    })
    .await
    .unwrap();
}

#[rstest]
#[tokio::test]
async fn a_password_hash_is_renewed_unless_it_was_changed_meanwhile(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let id = account(&db, &store).await;
    let hash = async || store.credentials(AMINA).await.unwrap().unwrap().password;
    committed(&store, async |tx| tx.replace_hash(id, PASSWORD, "stronger").await).await.unwrap();
    assert_eq!(hash().await, "stronger");
    committed(&store, async |tx| tx.replace_hash(id, PASSWORD, "too late").await).await.unwrap();
    assert_eq!(hash().await, "stronger");
}

//! Sign-ins, sessions, known browsers and the guard against guessed passwords.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::people::{AMINA, PASSWORD, account, session, sign_in};
use rstest::rstest;
use store::Store;
use store::device::DeviceSeen;
use store::guard::PasswordTry;
use store::method::{MethodKind, MethodSecret};
use store::sign_in::NewSignIn;
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
    committed(&store, async |tx| {
        let new = NewSignIn { method_id: Some(method), ..sign_in(id, b"token", Some(account)) };
        tx.add_sign_in(new, nine()).await
    })
    .await
    .unwrap();
    let nodes = db.two_nodes().await;
    let finished = at_once(&nodes, 30, |_, node| async move {
        committed(&node, async |tx| tx.finish_sign_in(id, nine()).await).await.unwrap()
    });
    assert_eq!(finished.await.into_iter().filter(|done| *done).count(), 1);
    let found = store.sign_in(b"token").await.unwrap().unwrap();
    assert_eq!((found.account_id, found.method_id, found.finished_at), (account, Some(method), Some(nine())));
}

#[rstest]
#[tokio::test]
async fn a_sign_in_for_an_unknown_user_name_leads_nowhere(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| tx.add_sign_in(sign_in(db.new_id(), b"token", None), nine()).await)
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
            let new = crate::people::session(session, session.as_bytes(), id);
            tx.add_session(new, nine() + minutes(minute)).await
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
        tx.add_session(session(id, b"token", account), nine()).await?;
        tx.touch_session(id, nine() + minutes(5)).await?;
        tx.touch_session(id, nine() + minutes(4)).await
    })
    .await
    .unwrap();
    let session = store.session(b"token").await.unwrap().unwrap();
    assert_eq!(session.last_seen_at, nine() + minutes(5));
    assert_eq!(session.ended_at, None);
    for alive in [true, false] {
        let ended = committed(&store, async |tx| tx.end_session(id, account, nine() + minutes(6)).await);
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
    let seen = |remember| DeviceSeen {
        account_id: account,
        browser: Some("Firefox, Windows 10"),
        network: Some("192.0.2.0/24"),
        remember,
    };
    assert!(store.known_device(b"cookie", account).await.unwrap().is_none());
    let id = db.new_id();
    committed(&store, async |tx| {
        assert_eq!(tx.touch_device(b"cookie", seen(true), nine()).await?, None);
        tx.add_device(id, b"cookie", seen(false), nine()).await?;
        tx.add_device(db.new_id(), b"cookie", seen(false), nine()).await?;
        assert_eq!(tx.touch_device(b"cookie", seen(false), nine()).await?, Some(id));
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(store.known_device(b"cookie", account).await.unwrap().unwrap().remembered_at, None);
    assert!(store.known_device(b"cookie", db.new_id()).await.unwrap().is_none());
    committed(&store, async |tx| {
        tx.touch_device(b"cookie", seen(true), nine()).await?;
        tx.touch_device(b"cookie", seen(false), nine() + minutes(1)).await?;
        assert!(!tx.forget_device(id, db.new_id()).await?, "somebody else's");
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(store.known_device(b"cookie", account).await.unwrap().unwrap().remembered_at, Some(nine()));
    for was_remembered in [true, false] {
        let forgotten = committed(&store, async |tx| tx.forget_device(id, account).await);
        assert_eq!(forgotten.await.unwrap(), was_remembered);
    }
    assert!(store.known_device(b"cookie", account).await.unwrap().is_some(), "known it stays");
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
        committed(&node, async |tx| tx.count_password(b"amina", b"amina", nine()).await).await.unwrap()
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
        assert_eq!(tx.count_password(b"amina", b"amina", until - minutes(1)).await?, paused);
        assert_eq!(tx.count_password(b"bola", b"bola", nine()).await?, PasswordTry::Counted { failures: 1 });
        // A guard that still pauses is kept, however old its last count.
        tx.erase_counts(nine()).await?;
        assert_eq!(tx.count_password(b"amina", b"amina", nine()).await?, paused);
        assert_eq!(
            tx.count_password(b"amina", b"amina", until).await?,
            PasswordTry::Counted { failures: 41 }
        );
        tx.clear_password_guard(b"amina").await?;
        assert_eq!(
            tx.count_password(b"amina", b"amina", nine()).await?,
            PasswordTry::Counted { failures: 1 }
        );
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

#[rstest]
#[tokio::test]
async fn a_proof_or_a_report_gives_a_session_another_cookie(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = db.new_id();
    committed(&store, async |tx| {
        tx.add_session(session(id, b"first", account), nine()).await?;
        assert!(!tx.prove_session(id, db.new_id(), b"stolen", nine()).await?, "somebody else's");
        assert!(tx.prove_session(id, account, b"second", nine() + minutes(1)).await?);
        assert!(!tx.renew_session(id, db.new_id(), b"stolen", nine()).await?, "somebody else's");
        assert!(tx.renew_session(id, account, b"third", nine() + minutes(2)).await?);
        Ok(())
    })
    .await
    .unwrap();
    for old in [b"first".as_slice(), b"second", b"stolen"] {
        assert!(store.session(old).await.unwrap().is_none());
    }
    let found = store.session(b"third").await.unwrap().unwrap();
    assert_eq!((found.id, found.proved_at), (id, Some(nine() + minutes(1))));
    committed(&store, async |tx| {
        tx.end_session(id, account, nine()).await?;
        assert!(!tx.prove_session(id, account, b"fourth", nine()).await?, "it was ended");
        assert!(!tx.renew_session(id, account, b"fourth", nine()).await?, "it was ended");
        Ok(())
    })
    .await
    .unwrap();
}

#[rstest]
#[tokio::test]
async fn signing_out_everywhere_or_elsewhere_ends_the_sessions_of_one_account(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let ids = [db.new_id(), db.new_id(), db.new_id()];
    committed(&store, async |tx| {
        for id in ids {
            tx.add_session(session(id, id.as_bytes(), account), nine()).await?;
        }
        assert_eq!(tx.end_sessions(db.new_id(), nine()).await?, 0, "somebody else's");
        assert_eq!(tx.end_other_sessions(account, ids[0], nine()).await?, 2);
        Ok(())
    })
    .await
    .unwrap();
    let left: Vec<_> = store.sessions_of(account).await.unwrap().into_iter().map(|each| each.id).collect();
    assert_eq!(left, [ids[0]]);
    assert_eq!(committed(&store, async |tx| tx.end_sessions(account, nine()).await).await.unwrap(), 1);
    assert!(store.sessions_of(account).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test]
async fn a_staff_number_leads_to_its_account_unless_two_people_have_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    assert_eq!(store.credentials("12345678").await.unwrap().unwrap().account_id, account);
    assert!(store.credentials("1234567").await.unwrap().is_none());
    assert!(store.credentials("").await.unwrap().is_none());
}

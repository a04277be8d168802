//! A sign-in method that is being set up: sealed, finished once, erased.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    committed, minutes, nine, seconds,
};
use crate::people::account;
use rstest::rstest;
use std::sync::Arc;
use store::Store;
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::method_setup::NewMethodSetup;
use uuid::Uuid;
use vault::{Keys, Secret};

const NUMBER: &str = "+447700900456";
const SEED: &[u8] = b"twenty bytes of seed";

/// A phone whose number was entered, and an app.
async fn two_under_way(db: &Database, store: &Store) -> (Uuid, Uuid, Uuid) {
    let account_id = account(db, store).await;
    let (phone, app, session_id) = (db.new_id(), db.new_id(), db.new_id());
    let seed = MethodSecret::seed(Secret::new(SEED.to_vec()));
    committed(store, async |tx| {
        let new = NewMethodSetup {
            id: phone,
            account_id,
            session_id,
            kind: MethodKind::Text,
            secret: None,
            replaces: None,
        };
        tx.add_method_setup(new, nine()).await?;
        assert!(tx.enter_method_setup(phone, &MethodSecret::address(NUMBER)).await?);
        let new = NewMethodSetup { id: app, kind: MethodKind::App, secret: Some(&seed), ..new };
        tx.add_method_setup(new, nine() + seconds(1)).await?;
        let code_for = CodeFor::MethodSetup(phone);
        tx.add_code(db.new_id(), code_for, b"right", b"there", 5, nine(), nine() + minutes(15)).await
    })
    .await
    .unwrap();
    (phone, app, session_id)
}

#[rstest]
#[tokio::test]
async fn what_is_entered_is_sealed_and_opened_again_under_new_keys(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (phone, app, _) = two_under_way(&db, &store).await;
    for secret in [NUMBER.as_bytes(), &NUMBER.as_bytes()[3..], SEED] {
        assert!(!db.holds(secret).await);
    }
    let mut keys = Keys::from_env_text(&db.keys.to_env_text()).unwrap();
    keys.rotate(db.random.as_ref());
    let store = db.node_with(Arc::new(keys)).await;
    assert!(store.reseal().await.unwrap() >= 2);
    assert_eq!(store.reseal().await.unwrap(), 0);
    let secret = async |id| store.method_setup(id).await.unwrap().unwrap().secret.unwrap();
    assert_eq!(secret(phone).await.as_address(), NUMBER);
    assert_eq!(secret(app).await.as_seed().expose(), SEED);
}

#[rstest]
#[tokio::test]
async fn one_set_up_ends_once_and_keeps_no_secret(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (phone, app, session) = two_under_way(&db, &store).await;
    let under_way = async |since| {
        let found = committed(&store, async |tx| tx.method_setups(session, since).await).await.unwrap();
        found.into_iter().map(|setup| setup.id).collect::<Vec<_>>()
    };
    assert_eq!(under_way(nine() - seconds(1)).await, [app, phone], "the newest first");
    assert_eq!(under_way(nine()).await, [app]);
    let finish =
        async || committed(&store, async |tx| tx.finish_method_setup(phone, nine()).await).await.unwrap();
    assert_eq!((finish().await, finish().await), (true, false));
    let entered =
        committed(&store, async |tx| tx.enter_method_setup(phone, &MethodSecret::address(NUMBER)).await);
    assert!(!entered.await.unwrap(), "what has ended is not changed");
    let setup = store.method_setup(phone).await.unwrap().unwrap();
    assert!(setup.secret.is_none() && setup.finished_at.is_some());
    assert_eq!(under_way(nine() - seconds(1)).await, [app]);
}

#[rstest]
#[tokio::test]
async fn what_has_run_out_is_erased_with_its_codes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (phone, app, _) = two_under_way(&db, &store).await;
    committed(&store, async |tx| tx.erase_method_setups(nine()).await).await.unwrap();
    assert!(store.method_setup(phone).await.unwrap().is_none());
    assert!(store.method_setup(app).await.unwrap().is_some());
    assert_eq!(db.number("SELECT COUNT(*) FROM code WHERE purpose = 'method-setup'").await, 0);
}

//! Passkeys, and the questions that are answered with them.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, ms, nine,
};
use crate::people::account;
use rstest::rstest;
use store::passkey::{Ceremony, CeremonyKind};
use store::{Store, StoreError};
use uuid::Uuid;
use vault::passkey::{Credential, Used};

fn credential(sign_count: u32) -> Credential {
    Credential {
        credential_id: vec![1, 2, 3],
        public_key: vec![4, 5, 6],
        algorithm: -7,
        sign_count,
        transports: "internal hybrid".to_owned(),
        backup_eligible: true,
        backed_up: false,
    }
}

async fn passkey(db: &Database, store: &Store, account: Uuid, sign_count: u32) -> Uuid {
    let id = db.new_id();
    let added = committed(store, async |tx| {
        tx.passkey_handle(account, b"a random name").await?;
        tx.add_passkey(id, account, &credential(sign_count), "My phone", nine()).await
    });
    assert!(added.await.unwrap());
    id
}

const QUESTION: Ceremony<'static> =
    Ceremony { challenge: b"challenge", kind: CeremonyKind::SignIn, bound_to: b"cookie" };

#[rstest]
#[tokio::test]
async fn a_passkey_is_read_as_it_was_added_and_the_name_of_its_owner_stays(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = passkey(&db, &store, account, 7).await;
    let handle = committed(&store, async |tx| tx.passkey_handle(account, b"another").await).await.unwrap();
    assert_eq!(handle, b"a random name");
    let found = store.passkey_by_credential(&[1, 2, 3]).await.unwrap().unwrap();
    assert_eq!((found.id, found.account_id, found.credential), (id, account, credential(7)));
    assert_eq!((found.name.as_str(), found.added_at, found.last_used_at), ("My phone", nine(), None));
    assert_eq!(found.user_handle, b"a random name");
    assert_eq!(store.passkeys_of(account).await.unwrap().len(), 1);
    assert!(store.passkey_by_credential(&[1, 2]).await.unwrap().is_none());
    assert!(store.passkeys_of(Uuid::nil()).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test]
async fn the_same_passkey_is_kept_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    passkey(&db, &store, account, 0).await;
    let id = db.new_id();
    let again = committed(&store, async |tx| tx.add_passkey(id, account, &credential(0), "", nine()).await);
    assert!(!again.await.unwrap());
    assert_eq!(committed(&store, async |tx| tx.passkey_count(account).await).await.unwrap(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_uses_with_one_count_one_is_right(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = passkey(&db, &store, account, 7).await;
    let nodes = db.two_nodes().await;
    let uses = async |sign_count| {
        let used = at_once(&nodes, 30, |_, node| async move {
            let used = Used { sign_count, backed_up: true };
            committed(&node, async |tx| tx.use_passkey(id, used, nine()).await).await.unwrap()
        });
        used.await.into_iter().filter(|used| *used).count()
    };
    assert_eq!(uses(7).await, 0);
    assert_eq!(uses(8).await, 1);
    assert_eq!(uses(3).await, 0);
    assert_eq!(uses(0).await, 0, "one that counted once counts for ever");
    assert_eq!(uses(u32::MAX).await, 1);
    let found = store.passkey_by_credential(&[1, 2, 3]).await.unwrap().unwrap();
    assert!(found.credential.backed_up && found.last_used_at == Some(nine()));
}

#[rstest]
#[tokio::test]
async fn one_that_does_not_count_is_used_again_and_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = passkey(&db, &store, account, 0).await;
    let used = Used { sign_count: 0, backed_up: false };
    for _ in 0..3 {
        assert!(committed(&store, async |tx| tx.use_passkey(id, used, nine()).await).await.unwrap());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_answers_to_one_question_one_is_taken(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| tx.add_passkey_ceremony(QUESTION, nine()).await).await.unwrap();
    let nodes = db.two_nodes().await;
    let taken = at_once(&nodes, 100, |_, node| async move {
        let before = nine() - ms(1);
        committed(&node, async |tx| tx.answer_passkey_ceremony(QUESTION, before, nine()).await).await.unwrap()
    });
    assert_eq!(taken.await.into_iter().filter(|taken| *taken).count(), 1);
}

#[rstest]
#[tokio::test]
async fn an_answer_is_taken_for_what_was_asked_where_it_was_asked_and_in_time(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| tx.add_passkey_ceremony(QUESTION, nine()).await).await.unwrap();
    let answers = async |ceremony: Ceremony<'static>, asked_after| {
        committed(&store, async |tx| tx.answer_passkey_ceremony(ceremony, asked_after, nine()).await).await
    };
    let before = nine() - ms(1);
    assert!(!answers(Ceremony { challenge: b"another", ..QUESTION }, before).await.unwrap());
    assert!(!answers(Ceremony { kind: CeremonyKind::Confirm, ..QUESTION }, before).await.unwrap());
    assert!(!answers(Ceremony { bound_to: b"another", ..QUESTION }, before).await.unwrap());
    assert!(!answers(QUESTION, nine()).await.unwrap(), "five minutes ago to the moment is too long ago");
    assert!(answers(QUESTION, before).await.unwrap());
    committed(&store, async |tx| tx.erase_passkey_ceremonies(nine() - minutes(5)).await).await.unwrap();
    assert_eq!(db.number("SELECT COUNT(*) FROM passkey_ceremony").await, 1);
    committed(&store, async |tx| tx.erase_passkey_ceremonies(nine()).await).await.unwrap();
    assert_eq!(db.number("SELECT COUNT(*) FROM passkey_ceremony").await, 0);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_a_passkey_is_said_to_be_corrupt(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    passkey(&db, &store, account, 0).await;
    db.tell("UPDATE passkey SET sign_count = -1").await;
    assert!(matches!(store.passkeys_of(account).await, Err(StoreError::Corrupt(_))));
    db.tell("UPDATE passkey SET sign_count = 0").await;
    db.tell("UPDATE account SET passkey_handle = NULL").await;
    assert!(matches!(store.passkeys_of(account).await, Err(StoreError::Corrupt(_))));
}

//! What is secret is sealed, and sealed again after the keys were rotated.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    committed, contains, minutes, nine,
};
use crate::people::{AMINA, account, almost_there, amina_on_the_roster, colleague, import};
use rstest::rstest;
use rules::roster::RosterRow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::card_job_turn::{NewCardJob, NextOrder};
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::outbox::{Channel, NewMessage};
use store::{CommitPoint, Store};
use uuid::Uuid;
use vault::{Keys, Secret};

const SEED: &[u8] = b"twenty bytes of seed";
const NUMBER: &str = "+447700900456";
const PAYLOAD: &[u8] = b"To: amina. Your code is 314159.";
const ADDRESS: &str = "private.address@mail.example";
/// What was typed for a job on a card, what it holds, and what the agent was told to do.
const TYPED: &[u8] = b"a passcode of eight digits, 48291377";
const HELD: &[u8] = b"$argon2id$ of another passcode";
const ORDER: &[u8] = b"open the card with key 90210417";

/// One of everything that is sealed, and the account whose methods they are.
async fn one_of_everything(db: &Database, store: &Store) -> Uuid {
    let account = account(db, store).await;
    committed(store, async |tx| {
        let seed = MethodSecret::seed(Secret::new(SEED.to_vec()));
        tx.add_sign_in_method(db.new_id(), account, MethodKind::App, &seed, 7, nine()).await?;
        let number = MethodSecret::address(NUMBER);
        tx.add_sign_in_method(db.new_id(), account, MethodKind::Text, &number, 0, nine()).await?;
        let address = MethodSecret::address(ADDRESS);
        tx.add_sign_in_method(db.new_id(), account, MethodKind::Email, &address, 0, nine()).await?;
        let message = NewMessage {
            id: db.new_id(),
            key: "code:1",
            channel: Channel::Email,
            subject: None,
            account: None,
            organisation: None,
            payload: PAYLOAD,
            give_up_at: nine() + minutes(15),
        };
        assert!(tx.add_message(&message, nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
    job_on_a_card(db, store, account).await;
    account
}

async fn job_on_a_card(db: &Database, store: &Store, account: Uuid) {
    let organisation_id = store.account(account).await.unwrap().unwrap().organisation_id;
    let card = crate::smartcards::blank(db, store, organisation_id, crate::smartcards::GUID).await;
    committed(store, async |tx| {
        assert!(tx.bind_smartcard(card, account, nine()).await?);
        let job = db.new_id();
        let new = NewCardJob {
            id: job,
            organisation_id,
            smartcard_id: Some(card),
            kind: "unblock",
            started_by: account,
            account_id: Some(account),
            act_id: None,
            request: "{}",
            typed: Some((TYPED, nine() + minutes(10))),
            held: Some(HELD),
            facts: "{}",
            progress: "reading-card",
            ticket_expires_at: nine() + minutes(1),
        };
        assert!(tx.add_card_job(new, nine()).await?);
        assert!(tx.claim_card_job(job, 1, b"token", nine()).await?);
        let next = NextOrder {
            token_hash: b"token",
            after: 0,
            outcome: None,
            facts: "{}",
            step: "{}",
            step_name: "unblock",
            order: ORDER,
            progress: "setting-passcode",
            trouble: None,
            tries_left: None,
            forgets_typed: false,
        };
        assert!(tx.advance_card_job(job, next, nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
}

/// One more registration, whose second factor is not proved yet: a value that is sealed for a while only.
async fn registration_under_way(db: &Database, store: &Store) -> Uuid {
    let organisation = store.organisation_by_code("NTH").await.unwrap().unwrap().id;
    let entry = crate::people::entry(store, organisation, AMINA).await.unwrap().id;
    almost_there(db, store, organisation, entry).await
}

fn rotated(keys: &Keys, db: &Database) -> Arc<Keys> {
    let mut keys = Keys::from_env_text(&keys.to_env_text()).unwrap();
    keys.rotate(db.random.as_ref());
    Arc::new(keys)
}

#[rstest]
#[tokio::test]
async fn no_seed_number_or_content_is_readable_in_the_rows(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    one_of_everything(&db, &store).await;
    registration_under_way(&db, &store).await;
    for secret in secrets() {
        assert!(!db.holds(&secret).await, "{}", String::from_utf8_lossy(&secret));
    }
}

#[tokio::test]
async fn no_seed_number_or_content_is_readable_in_the_files_of_sqlite() {
    let db = Database::new(Sqlite).await;
    let store = db.node().await;
    one_of_everything(&db, &store).await;
    registration_under_way(&db, &store).await;
    let raw = db.raw_files();
    assert!(contains(&raw, AMINA.as_bytes()), "the search finds what is readable");
    for secret in secrets() {
        assert!(!contains(&raw, &secret), "{}", String::from_utf8_lossy(&secret));
    }
}

fn secrets() -> [Vec<u8>; 10] {
    [
        SEED.to_vec(),
        vault::totp::seed_as_text(&Secret::new(SEED.to_vec())).expose().replace(' ', "").into_bytes(),
        NUMBER.as_bytes()[3..].to_vec(),
        b"7700900123".to_vec(),
        PAYLOAD.to_vec(),
        b"314159".to_vec(),
        ADDRESS.as_bytes().to_vec(),
        b"48291377".to_vec(),
        HELD.to_vec(),
        b"90210417".to_vec(),
    ]
}

#[rstest]
#[tokio::test]
async fn what_was_sealed_is_opened_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = one_of_everything(&db, &store).await;
    assert_opens(&store, account).await;
}

async fn assert_opens(store: &Store, account: Uuid) {
    let methods = store.sign_in_methods(account).await.unwrap();
    let find = |kind| methods.iter().find(|method| method.kind == kind).unwrap();
    assert_eq!(find(MethodKind::App).secret.as_seed().expose(), SEED);
    assert_eq!(find(MethodKind::Text).secret.as_address(), NUMBER);
    assert_eq!(find(MethodKind::Email).secret.as_address(), ADDRESS);
    assert!(!format!("{methods:?}").contains(NUMBER));
    let job = store.last_card_job_of(account).await.unwrap().unwrap();
    assert_eq!(store.card_job_typed(&job, nine()).unwrap().unwrap().expose(), TYPED);
    assert_eq!(store.card_job_held(&job).unwrap().unwrap().expose(), HELD);
    assert_eq!(store.card_job_order(&job).unwrap().unwrap().expose(), ORDER);
    assert!(!format!("{job:?}").contains("48291377"));
}

/// A thief who can write cannot move a sealed value to a row that shows it to somebody else.
#[rstest]
#[tokio::test]
async fn a_sealed_value_opens_in_its_own_row_only(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = one_of_everything(&db, &store).await;
    db.tell(
        "UPDATE sign_in_method SET secret = (SELECT secret FROM sign_in_method WHERE kind = 'email') \
         WHERE kind = 'text'",
    )
    .await;
    let refused = store.sign_in_methods(account).await.unwrap_err();
    assert!(matches!(refused, store::StoreError::Sealed(_)), "{refused:?}");
}

#[rstest]
#[tokio::test]
async fn after_rotation_and_resealing_no_value_is_sealed_by_the_old_key(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = one_of_everything(&db, &store).await;
    let under_way = registration_under_way(&db, &store).await;
    let new_keys = rotated(&db.keys, &db);
    let store = db.node_with(new_keys.clone()).await;
    assert_opens(&store, account).await;
    // Phone on the roster, three methods, one factor under way, one message, three of a job on a card.
    assert_eq!(store.reseal().await.unwrap(), 9);
    assert_eq!(store.reseal().await.unwrap(), 0);
    assert_eq!(sealed_by(&db, db.keys.current_id()).await, 0);
    assert_eq!(sealed_by(&db, new_keys.current_id()).await, 9);
    assert_opens(&store, account).await;
    let registration = store.registration(under_way.as_bytes()).await.unwrap().unwrap();
    assert_eq!(registration.method.unwrap().secret.unwrap().as_address(), NUMBER);
    let messages =
        committed(&store, async |tx| tx.claim_messages(db.new_id(), nine(), nine() + minutes(1), 9).await)
            .await
            .unwrap();
    assert_eq!(messages[0].payload, PAYLOAD);
}

/// How many values in all bear this key's id: the four bytes after the first (see `vault::Keys`).
async fn sealed_by(db: &Database, key: u32) -> i64 {
    let mut sum = 0;
    for (table, column) in [
        ("sign_in_method", "secret"),
        ("registration", "method_secret"),
        ("roster_entry", "phone"),
        ("outbox", "payload"),
        ("card_job", "typed"),
        ("card_job", "held"),
        ("card_job", "last_order"),
    ] {
        let substring = match db.kind {
            Sqlite => format!("substr({column}, 2, 4)"),
            PostgreSql => format!("substring({column} from 2 for 4)"),
        };
        let id = db.bytes(&key.to_be_bytes());
        sum += db.number(&format!("SELECT COUNT(*) FROM {table} WHERE {substring} = {id}")).await;
    }
    sum
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn resealing_that_crashed_half_way_is_finished_by_doing_it_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (organisation, _) = amina_on_the_roster(&db, &store).await;
    let rows: Vec<RosterRow> = (0..1_200).map(colleague).collect();
    import(&store, organisation, &rows).await;
    let new_keys = rotated(&db.keys, &db);
    let old = db.keys.current_id();
    assert_eq!(sealed_by(&db, old).await, 1_201);

    let commits = Arc::new(AtomicUsize::new(0));
    let crashing = db.node_with(new_keys.clone()).await.with_commit_hook(Arc::new(move |point| {
        // Two pages of three are durable, the third never is.
        let crashes = point == CommitPoint::Before && commits.fetch_add(1, Ordering::SeqCst) == 4;
        assert!(!crashes, "the power is gone");
    }));
    tokio::spawn(async move { crashing.reseal().await }).await.unwrap_err();
    assert_eq!(sealed_by(&db, old).await, 201);

    let store = db.node_with(new_keys).await;
    assert_eq!(store.reseal().await.unwrap(), 201);
    assert_eq!(sealed_by(&db, old).await, 0);
    // The import still knows every row: its fingerprint does not depend on the key that seals.
    assert_eq!(import(&store, organisation, &rows).await.unchanged, 1_200);
}

#[rstest]
#[tokio::test]
async fn codes_are_kept_as_the_hash_that_is_given_and_nothing_else(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let hash = db.keys.keyed_hash("code", &[b"314159"]);
    let code_for = CodeFor::SignIn(db.new_id());
    committed(&store, async |tx| {
        let until = nine() + minutes(15);
        tx.add_code(db.new_id(), code_for, &hash, b"there", 5, nine(), until).await
    })
    .await
    .unwrap();
    assert!(db.holds(&hash).await);
    assert!(!db.holds(b"314159").await);
}

//! What is erased is gone.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    committed, contains, minutes, nine, seconds,
};
use crate::people::{account, colleague, import, northfield, session, sign_in};
use rstest::rstest;
use rules::registration::LIFETIME;
use store::Store;
use store::audit::Event;
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::outbox::{Channel, NewMessage};
use store::registration::{Journey, NewRegistration};
use uuid::Uuid;

/// What somebody typed who is not on the roster under it.
const TYPED: [&str; 5] =
    ["zebedee.quickthorn@elsewhere.example", "Zebedee", "Quickthorn", "+447700900987", "$argon2id$zebedee"];

/// A registration with all that a person can type, and a message that was sent.
async fn registration_with_everything(db: &Database, store: &Store) -> Uuid {
    let organisation = northfield(db, store).await;
    import(store, organisation, &[colleague(1)]).await;
    let id = db.new_id();
    let code_for = CodeFor::RegistrationEmail(id);
    let message_id = db.new_id();
    committed(store, async |tx| {
        let new = NewRegistration {
            id,
            token: b"keyed hash of a cookie",
            organisation_id: organisation,
            journey: Journey::Join,
            staff_group: None,
            email: TYPED[0],
            roster_entry_id: None,
        };
        tx.add_registration(&new, nine()).await?;
        let event = Event::RegistrationStarted { organisation, registration: id, on_roster: false };
        tx.audit(event, nine());
        tx.add_code(db.new_id(), code_for, b"right", b"there", 5, nine(), nine() + minutes(15)).await?;
        let message = NewMessage {
            id: message_id,
            key: &format!("code:{message_id}"),
            channel: Channel::Email,
            subject: Some(id),
            account: None,
            organisation: None,
            payload: TYPED[0].as_bytes(),
            give_up_at: nine() + minutes(15),
        };
        assert!(tx.add_message(&message, nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
    committed(store, async |tx| {
        let now = nine() + seconds(1);
        for message in tx.claim_messages(db.new_id(), now, now + minutes(1), 9).await? {
            assert!(tx.message_sent(&message, None, now).await?);
        }
        let proof = tx.consume_code(code_for, b"right", 5, now).await?.unwrap();
        assert!(tx.mark_email_verified(&proof, now).await?);
        assert!(tx.save_details(id, TYPED[1], TYPED[2], TYPED[4], 3, now).await?);
        let number = MethodSecret::address(TYPED[3]);
        assert!(tx.choose_method(id, MethodKind::Text, Some(&number)).await?);
        Ok(())
    })
    .await
    .unwrap();
    id
}

async fn erase_at(store: &Store, now: jiff::Timestamp) -> u64 {
    let mut erased = 0;
    for organisation in store.organisations().await.unwrap() {
        let before = now - LIFETIME;
        erased +=
            committed(store, async |tx| tx.erase_registrations(organisation.id, before).await).await.unwrap();
    }
    erased
}

#[rstest]
#[tokio::test]
async fn after_a_day_nothing_that_was_typed_into_a_registration_is_left_in_any_table(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let id = registration_with_everything(&db, &store).await;
    assert_eq!(erase_at(&store, nine() + LIFETIME - seconds(1)).await, 0);
    assert!(db.holds(TYPED[0].as_bytes()).await);
    assert_eq!(erase_at(&store, nine() + LIFETIME).await, 1);
    for typed in TYPED {
        assert!(!db.holds(typed.as_bytes()).await, "{typed}");
    }
    assert_eq!(db.number("SELECT COUNT(*) FROM code_set").await, 0);
    assert_eq!(db.number("SELECT COUNT(*) FROM code").await, 0);
    // The audit and the message's fate speak of it by its id alone.
    assert!(db.dump().await.contains(&id.to_string()));
}

#[tokio::test]
async fn what_is_erased_is_not_left_in_the_free_pages_of_an_sqlite_file() {
    let db = Database::new(Sqlite).await;
    let store = db.node().await;
    registration_with_everything(&db, &store).await;
    db.tell("PRAGMA wal_checkpoint(TRUNCATE)").await;
    assert!(contains(&db.raw_files(), TYPED[0].as_bytes()));
    erase_at(&store, nine() + LIFETIME).await;
    db.tell("PRAGMA wal_checkpoint(TRUNCATE)").await;
    let raw = db.raw_files();
    for typed in TYPED {
        assert!(!contains(&raw, typed.as_bytes()), "{typed}");
    }
}

#[rstest]
#[tokio::test]
async fn erasing_the_registration_of_an_account_leaves_the_account(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    assert_eq!(erase_at(&store, nine() + LIFETIME).await, 1);
    assert!(store.account(account).await.unwrap().is_some());
}

#[rstest]
#[tokio::test]
async fn old_sign_ins_and_sessions_are_erased_with_their_codes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let (old, new) = (db.new_id(), db.new_id());
    committed(&store, async |tx| {
        for (id, now) in [(old, nine()), (new, nine() + minutes(1))] {
            tx.add_sign_in(sign_in(id, id.as_bytes(), None), now).await?;
            tx.add_session(session(id, id.as_bytes(), account), now).await?;
            let until = now + minutes(15);
            tx.add_code(db.new_id(), CodeFor::SignIn(id), b"right", b"there", 5, now, until).await?;
        }
        Ok(())
    })
    .await
    .unwrap();
    committed(&store, async |tx| tx.erase_sign_ins(nine()).await).await.unwrap();
    for table in ["sign_in", "session", "code", "code_set"] {
        let left = db.number(&format!("SELECT COUNT(*) FROM {table}")).await;
        let others = i64::from(table.starts_with("code"));
        assert!(left == 1 || left == 1 + others, "{table}: {left}");
    }
    assert!(store.session(new.as_bytes()).await.unwrap().is_some());
    assert!(store.session(old.as_bytes()).await.unwrap().is_none());
}

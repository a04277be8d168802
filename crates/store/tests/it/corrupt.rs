//! What a row cannot be, and what an error must not say.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    committed, nine,
};
use crate::people::{
    AMINA, account, almost_there, amina_on_the_roster, entry, northfield, registration, session,
};
use rstest::rstest;
use store::StoreError;
use store::method::{MethodKind, MethodSecret};
use store::registration::{Journey, NewRegistration};

/// A value that nobody should find in an error.
const MARK: &str = "mark.of.cain@northfield.example";

fn assert_corrupt<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    match answer {
        Err(StoreError::Corrupt(_)) => {}
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::journey("UPDATE registration SET journey = 'bus'")]
#[case::method("UPDATE registration SET method_kind = 'pigeon'")]
#[case::moment("UPDATE registration SET started_at = 9223372036854775807")]
#[case::earlier_moment("UPDATE registration SET details_at = -9223372036854775807")]
#[tokio::test]
async fn a_registration_that_cannot_be_is_an_error_and_no_panic(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] damage: &str,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (organisation, entry) = amina_on_the_roster(&db, &store).await;
    let id = almost_there(&db, &store, organisation, entry).await;
    db.tell(damage).await;
    assert_corrupt(store.registration(id.as_bytes()).await);
}

#[rstest]
#[case::kind("UPDATE roster_entry SET kind = 'robot'")]
#[case::birthday("UPDATE roster_entry SET date_of_birth = '1990-02-30'")]
#[tokio::test]
async fn a_roster_entry_that_cannot_be_is_an_error_and_no_panic(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] damage: &str,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (organisation, entry) = amina_on_the_roster(&db, &store).await;
    db.tell(damage).await;
    let mut tx = store.begin().await.unwrap();
    assert_corrupt(tx.roster_entry(entry).await);
    assert_corrupt(tx.roster_entry_by_email(organisation, AMINA).await);
}

#[rstest]
#[case::kind("UPDATE sign_in_method SET kind = 'pigeon'")]
#[case::moment("UPDATE sign_in_method SET added_at = 9223372036854775807")]
#[tokio::test]
async fn a_sign_in_method_that_cannot_be_is_an_error_and_no_panic(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] damage: &str,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let id = db.new_id();
    committed(&store, async |tx| {
        let secret = MethodSecret::address(AMINA);
        tx.add_sign_in_method(id, account, MethodKind::Email, &secret, 0, nine()).await
    })
    .await
    .unwrap();
    db.tell(damage).await;
    assert_corrupt(store.sign_in_method(id).await);
    assert_corrupt(store.sign_in_methods(account).await);
}

#[rstest]
#[tokio::test]
async fn an_account_or_session_with_an_impossible_time_is_an_error_and_no_panic(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    committed(&store, async |tx| tx.add_session(session(db.new_id(), b"token", account), nine()).await)
        .await
        .unwrap();
    db.tell("UPDATE account SET last_sign_in_at = 9223372036854775807").await;
    db.tell("UPDATE session SET last_seen_at = 9223372036854775807").await;
    assert_corrupt(store.account(account).await);
    assert_corrupt(store.session(b"token").await);
}

#[rstest]
#[tokio::test]
async fn an_audit_record_that_is_no_json_is_an_error_and_is_found_by_the_chain(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| {
        tx.audit(store::audit::Event::PasswordRefused { account: None }, nine());
        Ok(())
    })
    .await
    .unwrap();
    db.drop_audit_guard().await;
    db.tell("UPDATE audit SET event = '{', at = 9223372036854775807").await;
    assert_corrupt(store.audit_page(0).await);
    assert_eq!(store.audit_verify().await.unwrap(), store::audit::AuditVerdict::Altered { seq: 1 });
}

/// What the database says of a row that is there already quotes the row; what the store says does not.
#[rstest]
#[tokio::test]
async fn an_error_never_repeats_a_value_of_a_row(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let organisation = northfield(&db, &store).await;
    let new = |id, organisation_id| NewRegistration {
        id,
        token: MARK.as_bytes(),
        organisation_id,
        journey: Journey::Join,
        staff_group: None,
        email: MARK,
        roster_entry_id: None,
    };
    let mut errors = Vec::new();
    let first = db.new_id();
    committed(&store, async |tx| tx.add_registration(&new(first, organisation), nine()).await).await.unwrap();
    // The same cookie; an organisation that is none; the same code; a text that PostgreSQL cannot keep.
    errors.push(
        committed(&store, async |tx| tx.add_registration(&new(db.new_id(), organisation), nine()).await)
            .await
            .unwrap_err(),
    );
    errors.push(
        committed(&store, async |tx| {
            let id = db.new_id();
            let other = NewRegistration { token: id.as_bytes(), ..new(id, db.new_id()) };
            tx.add_registration(&other, nine()).await
        })
        .await
        .unwrap_err(),
    );
    let taken = committed(&store, async |tx| tx.add_organisation(db.new_id(), "NTH", MARK, nine()).await)
        .await
        .unwrap_err();
    assert!(matches!(taken, StoreError::Taken("code")), "{taken:?}");
    errors.push(taken);
    let unkept = committed(&store, async |tx| {
        tx.add_organisation(db.new_id(), "NUL", &format!("{MARK}\0"), nine()).await
    })
    .await;
    errors.extend(unkept.err());
    for error in errors {
        let told = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(!told.contains("mark.of.cain"), "{told}");
    }
}

#[rstest]
#[tokio::test]
async fn a_second_account_for_an_address_is_named_by_kind_and_not_by_value(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    account(&db, &store).await;
    let organisation = store.organisation_by_code("NTH").await.unwrap().unwrap().id;
    let found = entry(&store, organisation, AMINA).await.unwrap();
    let again = registration(&db, &store, organisation, found.id).await;
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.add_account(again, db.new_id(), nine()).await.unwrap());
    // Past the store: the database itself keeps one account for one address and one roster entry.
    drop(tx);
    let id = db.id(db.new_id());
    let copy = format!(
        "INSERT INTO account (id, organisation_id, roster_entry_id, email, first_name, last_name, staff_group, kind, \
         password, password_set_at, created_at) SELECT {id}, organisation_id, roster_entry_id, email, first_name, \
         last_name, staff_group, kind, password, 0, 0 FROM account"
    );
    let refused = StoreError::from(db.try_tell(&copy).await.unwrap_err());
    assert!(matches!(refused, StoreError::Taken(_)), "{refused:?}");
    assert!(!format!("{refused:?}").contains("amina"));
}

/// A database that is busy or away is told from one that refuses: the page says "try again" only for the first.
#[tokio::test]
async fn a_database_that_is_away_is_unavailable() {
    let db = Database::new(PostgreSql).await;
    let store = db.node().await;
    let name = db.url.rsplit('/').next().unwrap().to_owned();
    store.ping().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let _ = db
        .try_tell(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' \
             AND pid <> pg_backend_pid()"
        ))
        .await;
    let away = tx.organisation(db.new_id()).await.unwrap_err();
    assert!(matches!(away, StoreError::Unavailable(_)), "{away:?}");
    drop(tx);
    store.ping().await.unwrap();
}

/// Another program holds the file's write lock for longer than one waits.
#[tokio::test]
async fn an_sqlite_file_that_somebody_else_is_writing_is_unavailable_and_then_works_again() {
    let db = Database::new(Sqlite).await;
    let [busy, store] = db.two_nodes().await;
    let held = busy.begin().await.unwrap();
    let refused = store.begin().await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    drop(held);
    northfield(&db, &store).await;
}

#[rstest]
#[tokio::test]
async fn a_limit_with_an_impossible_time_is_an_error_and_no_panic(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let limit = rules::limits::CODE_PAUSE;
    let take = async || committed(&store, async |tx| tx.take(&limit, b"amina", nine()).await).await;
    take().await.unwrap();
    db.tell("UPDATE limit_event SET at = 9223372036854775807").await;
    assert_corrupt(take().await);
}

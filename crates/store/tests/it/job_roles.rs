//! A job role is given to whom the employer's list names.

use crate::database::Kind::{PostgreSql, Sqlite};
use crate::database::{Database, Kind, committed, nine};
use crate::people::{amina, colleague, import, northfield, row};
use rstest::rstest;
use rules::passport::CredentialType;
use rules::roster::{RosterFields, RosterRow};
use store::Store;
use store::job_role_by_record::{ByRecord, GIVEN_AT_ONCE};
use uuid::Uuid;

const GIVEN: &str = "job-role-given";

/// Everybody on the list has an account: the one has the id of the other.
async fn all_register(db: &Database) {
    db.tell(
        "INSERT INTO account (id, organisation_id, roster_entry_id, email, first_name, last_name, staff_group, kind, password,
             password_set_at, created_at)
         SELECT id, organisation_id, id, email, first_name, last_name, staff_group, kind, 'x', 1, 1 FROM roster_entry
         WHERE NOT EXISTS (SELECT 1 FROM account WHERE account.id = roster_entry.id)",
    )
    .await;
}

async fn job_role(db: &Database, store: &Store, organisation: Uuid, name: &str) -> Uuid {
    let (id, dbs) = (db.new_id(), [CredentialType::parse("dbs").unwrap()]);
    committed(store, async |tx| tx.save_job_role(organisation, (id, false), name, &dbs, nine()).await)
        .await
        .unwrap();
    id
}

/// Gives it until nobody is left; answers to how many in each transaction.
async fn give(store: &Store, which: ByRecord<'_>) -> Vec<u64> {
    let (mut people, mut after) = (Vec::new(), Some(Uuid::nil()));
    while let Some(entry) = after {
        let given = committed(store, async |tx| tx.give_job_role_to_named(which, entry, GIVEN, nine()).await)
            .await
            .unwrap();
        people.push(given.people);
        after = given.after;
    }
    people
}

#[rstest]
#[tokio::test]
async fn everybody_whom_the_list_names_gets_it_a_stretch_at_a_time(#[values(Sqlite, PostgreSql)] kind: Kind) {
    const MORE: usize = 40;
    let db = Database::new(kind).await;
    let store = db.node().await;
    let northfield = northfield(&db, &store).await;
    let mut rows: Vec<RosterRow> = (0..2 * GIVEN_AT_ONCE + MORE).map(colleague).collect();
    let porter = RosterFields { email: "porter@northfield.example", job_role: "Porter", ..amina() };
    let spaced = RosterFields { email: "s@northfield.example", job_role: " STAFF   nurse", ..amina() };
    let no_role = RosterFields { email: "n@northfield.example", job_role: "", ..amina() };
    rows.extend([porter, spaced, no_role].map(|fields| row(&fields)));
    import(&store, northfield, &rows).await;
    all_register(&db).await;
    db.tell("UPDATE roster_entry SET left_at = 1 WHERE email = 'colleague.3@northfield.example'").await;
    let id_of = async |email: &str| store.account_by_email(email).await.unwrap().unwrap();
    let (by, has_one) =
        (id_of("colleague.1@northfield.example").await, id_of("colleague.2@northfield.example").await);
    let porter = job_role(&db, &store, northfield, "Porter").await;
    let nurse = job_role(&db, &store, northfield, "Staff Nurse").await;
    let held = db.new_id();
    let to_porter = committed(&store, async |tx| {
        tx.give_job_role(held, northfield, has_one, Some(porter), by, nine()).await
    });
    assert!(to_porter.await.unwrap());

    let which = ByRecord { organisation: northfield, job_role: nurse, name: "Staff Nurse", by };
    // But for whoever gives it, who has another, and who has left; and one is written otherwise.
    let expected = (2 * GIVEN_AT_ONCE + MORE - 3 + 1) as u64;
    assert_eq!(store.named_by_record(which).await.unwrap(), expected);
    let before = store.statements_run();
    let stretches = give(&store, which).await;
    assert_eq!(stretches, [GIVEN_AT_ONCE as u64, GIVEN_AT_ONCE as u64, expected - 2 * GIVEN_AT_ONCE as u64]);
    assert!(store.statements_run() - before < 12, "nobody is read one by one");
    assert_eq!(store.named_by_record(which).await.unwrap(), 0);
    assert_eq!(store.job_role(northfield, nurse).await.unwrap().unwrap().people, expected);
    assert_eq!(store.job_role(northfield, porter).await.unwrap().unwrap().people, 1);
    let count = async |table: &str| db.number(&format!("SELECT COUNT(*) FROM {table}")).await;
    let noted = count("passport_event WHERE what = 'job-role-given' AND by_account IS NOT NULL").await;
    assert_eq!(u64::try_from(noted).unwrap(), expected);
    assert_eq!(give(&store, which).await, [0], "a second time it changes nothing");
    assert_eq!(count("passport_event").await, noted);
}

#[rstest]
#[tokio::test]
async fn whoever_registers_gets_what_the_list_names_once_and_in_their_own_organisation(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let northfield = northfield(&db, &store).await;
    let southmere = db.new_id();
    committed(&store, async |tx| tx.add_organisation(southmere, "STH", "Southmere", nine()).await)
        .await
        .unwrap();
    import(&store, northfield, &[colleague(0)]).await;
    all_register(&db).await;
    let account = store.account_by_email("colleague.0@northfield.example").await.unwrap().unwrap();
    let gives = async || {
        let id = db.new_id();
        committed(&store, async |tx| tx.give_job_role_by_record(id, account, nine()).await).await.unwrap()
    };
    job_role(&db, &store, southmere, "Staff nurse").await;
    assert_eq!(gives().await, None, "another trust's is none of theirs");
    let nurse = job_role(&db, &store, northfield, "STAFF nurse").await;
    assert_eq!(gives().await.map(|(job_role, _)| job_role), Some(nurse));
    assert_eq!(gives().await, None);
    assert_eq!(store.job_role_held(northfield, account).await.unwrap().unwrap().job_role, nurse);
}

#[rstest]
#[tokio::test]
async fn what_the_list_said_before_this_release_is_compared_as_well(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::empty(kind).await;
    let store = db.node().await;
    store.migrate_to(37).await.unwrap();
    let northfield = northfield(&db, &store).await;
    let (id, organisation) = (db.id(db.new_id()), db.id(northfield));
    db.tell(&format!(
        "INSERT INTO roster_entry (id, organisation_id, email, first_name, last_name, date_of_birth, staff_group, job_role,
             employment_type, employment_status, kind, fingerprint, added_at, changed_at)
         VALUES ({id}, {organisation}, 'a@b.example', 'A', 'B', '1990-01-01', 'nursing', 'Staff NURSE', 'x', 'x', 'staff', {}, 1, 1)",
        db.bytes(b"x")
    ))
    .await;
    store.migrate().await.unwrap();
    let folded = db.number("SELECT COUNT(*) FROM roster_entry WHERE job_role_folded = 'staff nurse'").await;
    assert_eq!(folded, 1);
}

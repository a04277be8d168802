//! Statements and migrations.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once,
};
use rstest::rstest;
use rules::desk::Search;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqlSafeStr as _};
use store::{Store, StoreError, all_statements};

#[rstest]
#[tokio::test]
async fn every_statement_can_be_prepared(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut sqlite = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let mut postgres = None;
    match kind {
        Sqlite => sqlite = sqlx::SqliteConnection::connect(&db.url).await.unwrap(),
        PostgreSql => postgres = Some(sqlx::PgConnection::connect(&db.url).await.unwrap()),
    }
    for statement in all_statements() {
        count += 1;
        let refused = match &mut postgres {
            None => {
                let sql = AssertSqlSafe(statement.sqlite).into_sql_str();
                sqlite.prepare(sql).await.err()
            }
            Some(postgres) => {
                let sql = AssertSqlSafe(statement.postgres).into_sql_str();
                postgres.prepare(sql).await.err()
            }
        };
        if let Some(why) = refused {
            wrong.push(format!("{}: {why}", statement.name));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count > 60, "only {count} statements are listed: is a module missing from all_statements?");
}

#[rstest]
#[tokio::test]
async fn migrating_twice_changes_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::empty(kind).await;
    let store = db.node().await;
    store.migrate().await.unwrap();
    let before = db.dump().await;
    store.migrate().await.unwrap();
    db.node().await.migrate().await.unwrap();
    assert_eq!(db.dump().await, before);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn several_nodes_may_start_on_an_empty_database_at_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    for _ in 0..5 {
        let db = Database::empty(kind).await;
        let (url, keys, random) = (db.url.clone(), db.keys.clone(), db.random.clone());
        let started: Vec<_> = (0..8)
            .map(|_| {
                let (url, keys, random) = (url.clone(), keys.clone(), random.clone());
                tokio::spawn(async move {
                    let node = Store::open(&url, 2, keys, random).await?;
                    node.migrate().await?;
                    Ok::<_, StoreError>(node)
                })
            })
            .collect();
        let mut nodes = Vec::new();
        for node in started {
            nodes.push(node.await.unwrap().unwrap());
        }
        let answers = at_once(&nodes, nodes.len(), |_, node| async move { node.ping().await }).await;
        assert!(answers.into_iter().all(|answer| answer.is_ok()));
        assert_eq!(db.number("SELECT COUNT(*) FROM audit_head").await, 1);
    }
}

#[rstest]
#[tokio::test]
async fn a_migration_that_was_edited_after_it_landed_is_noticed(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let other = db.bytes(b"the checksum of another text");
    db.tell(&format!("UPDATE _sqlx_migrations SET checksum = {other} WHERE version = 1")).await;
    let refused = db.node().await.migrate().await.unwrap_err();
    assert!(matches!(refused, StoreError::Migration(_)), "{refused:?}");
}

#[rstest]
#[tokio::test]
async fn a_database_of_a_newer_release_is_not_touched(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    db.tell("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 2").await;
    let refused = db.node().await.migrate().await.unwrap_err();
    assert!(matches!(refused, StoreError::Migration(_)), "{refused:?}");
}

#[tokio::test]
async fn an_address_that_is_none_is_answered_by_what_to_write() {
    let db = Database::empty(Sqlite).await;
    for address in ["mysql://root@localhost/fobwatch", "fobwatch.db", ""] {
        let refused = Store::open(address, 1, db.keys.clone(), db.random.clone()).await.unwrap_err();
        assert!(refused.to_string().contains("sqlite:// or postgres://"), "{refused}");
    }
}

#[tokio::test]
async fn a_password_in_an_address_that_cannot_be_understood_is_not_repeated() {
    let db = Database::empty(Sqlite).await;
    for address in [
        "postgres://fobwatch:correct-horse@db.northfield.example:port/fobwatch",
        "postgres://fobwatch:correct-horse@127.0.0.1:1/fobwatch",
        "sqlite://x?correct-horse=1",
    ] {
        let refused = Store::open(address, 1, db.keys.clone(), db.random.clone()).await.unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("correct-horse"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_memory_is_one_for_all_its_connections() {
    let db = Database::empty(Sqlite).await;
    let store = Store::open("sqlite::memory:", 4, db.keys.clone(), db.random.clone()).await.unwrap();
    store.migrate().await.unwrap();
    crate::people::northfield(&db, &store).await;
    assert!(store.organisation_by_code("NTH").await.unwrap().is_some());
}

#[rstest]
#[tokio::test]
async fn keys_for_credentials_of_an_earlier_release_are_kept_and_put_in_order(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::empty(kind).await;
    let store = db.node().await;
    store.migrate_to(22).await.unwrap();
    let northfield = db.id(crate::people::northfield(&db, &store).await);
    let [root, first, second, third, list] = std::array::from_fn(|_| db.id(db.new_id()));
    let [sealed, certificate] = [b"sealed".as_slice(), b"certificate"].map(|bytes| db.bytes(bytes));
    db.tell(&format!(
        "INSERT INTO passport_root VALUES ({root}, {northfield}, {sealed}, {certificate}, 1000)"
    ))
    .await;
    // Of two that were made in the same moment one comes before the other all the same.
    for (key, made) in [(&third, 3000), (&first, 1000), (&second, 3000)] {
        let values = format!("{key}, {northfield}, {sealed}, {certificate}, {made}, 9000");
        db.tell(&format!("INSERT INTO passport_key VALUES ({values})")).await;
    }
    db.tell(&format!("INSERT INTO status_list VALUES ({list}, {northfield}, 100, 1, 5000, 1, 5000)")).await;

    store.migrate().await.unwrap();
    let kept = format!("key = {sealed} AND label IS NULL AND certificate = {certificate}");
    let count = async |table: &str, condition: &str| {
        db.number(&format!("SELECT COUNT(*) FROM {table} WHERE {condition}")).await
    };
    assert_eq!(
        count("passport_root", &format!("id = {root} AND comes_after = {northfield} AND {kept}")).await,
        1
    );
    assert_eq!(
        count("passport_key", &format!("root_id = {root} AND signs_until = 9000 AND {kept}")).await,
        3
    );
    let after = async |key: &str, before: &str| {
        count("passport_key", &format!("id = {key} AND comes_after = {before}")).await == 1
    };
    assert!(after(&first, &root).await);
    let second_is_before = after(&second, &first).await && after(&third, &second).await;
    assert!(second_is_before || (after(&third, &first).await && after(&second, &third).await));
    // What is on the list can hold for as long as a credential may.
    assert_eq!(count("status_list", &format!("root_id = {root} AND holds_until > 1000000000000")).await, 1);
}

#[rstest]
#[tokio::test]
async fn who_had_an_account_at_the_first_release_is_found_after_all_the_others(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::empty(kind).await;
    let store = db.node().await;
    store.migrate_to(1).await.unwrap();
    let [organisation, entry, account] = std::array::from_fn(|_| db.new_id());
    let [northfield, on_the_list, amina] = [organisation, entry, account].map(|id| db.id(id));
    let mark = db.bytes(b"fingerprint");
    for rows in [
        format!(
            "INSERT INTO organisation (id, code, name, policy, added_at) VALUES ({northfield}, 'NTH', 'Northfield', '{{}}', 1000)"
        ),
        format!(
            "INSERT INTO roster_entry (id, organisation_id, email, first_name, last_name, date_of_birth, staff_group, job_role,
                employment_type, employment_status, esr_number, kind, fingerprint, added_at, changed_at)
             VALUES ({on_the_list}, {northfield}, 'amina@northfield.example', 'Amina', 'Khan', '1990-03-14', 'nursing', 'Staff nurse',
                'permanent', 'active', '20411234', 'staff', {mark}, 1000, 1000)"
        ),
        format!(
            "INSERT INTO account (id, organisation_id, roster_entry_id, email, first_name, last_name, staff_group, kind, password,
                password_set_at, created_at)
             VALUES ({amina}, {northfield}, {on_the_list}, 'amina@northfield.example', 'Amina', 'Khan', 'nursing', 'staff', 'hash',
                2000, 2000)"
        ),
    ] {
        db.tell(&rows).await;
    }

    store.migrate().await.unwrap();
    let kept = store.account(account).await.unwrap().unwrap();
    assert_eq!((kept.first_name.as_str(), kept.last_name.as_str()), ("Amina", "Khan"));
    for user_name in ["amina@northfield.example", "20411234"] {
        let found = store.credentials(user_name).await.unwrap().unwrap();
        assert_eq!((found.account_id, found.password.as_str()), (account, "hash"), "{user_name}");
    }
    for (name, identifier) in [("khan", ""), ("amina kh", ""), ("", "amina@nor"), ("", "2041")] {
        let search = Search { name: name.to_owned(), identifier: identifier.to_owned() };
        let found = store.find_people(organisation, &search, 10, 0).await.unwrap();
        assert_eq!(found.iter().map(|person| person.id).collect::<Vec<_>>(), [account], "{name}{identifier}");
    }
}

//! How the databases go about each statement: nobody waits for a read of what belongs to all others.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
};
use rstest::rstest;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _, SqlSafeStr as _};
use std::collections::BTreeSet;
use store::{Statement, all_statements};

/// Tables that do not grow with the number of people: a handful of rows for each organisation, or what the staff of a desk did today.
const SMALL: [&str; 15] = [
    "audit_head",
    "backend_revocation",
    "caller_check",
    "early_report",
    "number_repair",
    "organisation",
    "passport_client",
    "passport_reminder_asked",
    "passport_request_key",
    "passport_root",
    "passport_team",
    "ra_request",
    "responder_certificate",
    "revocation_list",
    "role_proposal",
];

/// Statements that may read all of a table, and why.
const MEANT: [(&str, &str); 8] = [
    // `fobwatch audit verify` and `fobwatch messages`: commands, typed by an administrator.
    ("HAS_LINK", "audit"),
    ("UNSENT", "outbox"),
    // What waits is an index of its own, and all of that is read.
    ("STATE", "outbox"),
    ("WAITING", "shared_credential"),
    ("LISTED_WAITING", "shared_credential"),
    // A round every five minutes. An index of when they changed would cost each try of a password more than it saves here.
    ("GUARDS", "password_guard"),
    ("LIMIT_GATES", "limit_gate"),
    // The names of programs that may ask.
    ("ALL", "verification_client"),
];

/// What a statement calls its own intermediate rows.
const INTERMEDIATE: [&str; 8] =
    ["CONSTANT", "due", "each_account", "found", "must", "timed", "unproved", "waiting"];

fn is_meant(statement: &Statement, table: &str) -> bool {
    SMALL.contains(&table)
        || MEANT.contains(&(statement.name, table))
        || INTERMEDIATE.contains(&table)
        || table.starts_with("(subquery")
}

/// The tables of which `statement` reads every row, as SQLite says; also those that refer to rows that it deletes. Of rows that it adds
/// SQLite speaks as well, but would look for those that refer to them only after a violation that was put off, of which there is none.
async fn read_whole_by_sqlite(connection: &mut sqlx::SqliteConnection, statement: &Statement) -> Vec<String> {
    let references = if statement.sqlite.starts_with("INSERT") { "OFF" } else { "ON" };
    connection
        .execute(AssertSqlSafe(format!("PRAGMA foreign_keys = {references}")).into_sql_str())
        .await
        .unwrap();
    let plan = format!("EXPLAIN QUERY PLAN {}", statement.sqlite);
    let steps = sqlx::query(AssertSqlSafe(plan).into_sql_str()).fetch_all(connection).await.unwrap();
    let steps = steps.iter().map(|step| step.get::<String, _>("detail"));
    steps
        .filter_map(|step| Some(step.strip_prefix("SCAN ")?.split(' ').next()?.to_owned()))
        // `organisation AS o`
        .map(|table| if table == "o" { "organisation".to_owned() } else { table })
        .collect()
}

/// The same by PostgreSQL, which is told to use an index wherever it can: it otherwise reads an empty table whole.
async fn read_whole_by_postgres(connection: &mut sqlx::PgConnection, statement: &Statement) -> Vec<String> {
    let prepare = format!("PREPARE looked_at AS {}", statement.postgres);
    connection.execute(AssertSqlSafe(prepare).into_sql_str()).await.unwrap();
    let parameters = (1..100).take_while(|number| statement.postgres.contains(&format!("${number}"))).count();
    let nulls = vec!["NULL"; parameters].join(", ");
    let execute = if parameters == 0 { "looked_at".to_owned() } else { format!("looked_at ({nulls})") };
    let plan = format!("EXPLAIN EXECUTE {execute}");
    let steps = sqlx::query(AssertSqlSafe(plan).into_sql_str()).fetch_all(&mut *connection).await.unwrap();
    connection.execute("DEALLOCATE looked_at").await.unwrap();
    let steps = steps.iter().map(|step| step.get::<String, _>(0));
    steps.filter_map(|step| Some(step.split_once("Seq Scan on ")?.1.split(' ').next()?.to_owned())).collect()
}

#[rstest]
#[tokio::test]
async fn no_statement_reads_all_rows_of_a_table_that_grows_with_people(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let mut found = BTreeSet::new();
    match kind {
        Sqlite => {
            let mut connection = sqlx::SqliteConnection::connect(&db.url).await.unwrap();
            for statement in all_statements() {
                for table in read_whole_by_sqlite(&mut connection, &statement).await {
                    found.extend((!is_meant(&statement, &table)).then_some((statement.name, table)));
                }
            }
        }
        PostgreSql => {
            let mut connection = sqlx::PgConnection::connect(&db.url).await.unwrap();
            for setting in ["enable_seqscan = off", "plan_cache_mode = force_generic_plan"] {
                connection.execute(AssertSqlSafe(format!("SET {setting}")).into_sql_str()).await.unwrap();
            }
            for statement in all_statements() {
                for table in read_whole_by_postgres(&mut connection, &statement).await {
                    found.extend((!is_meant(&statement, &table)).then_some((statement.name, table)));
                }
            }
        }
    }
    assert_eq!(found, BTreeSet::new());
}

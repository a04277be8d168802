//! A migrated database for one test, and its owner's own way in.

use sqlx::{AssertSqlSafe, Row as _};
use std::fmt::Write as _;
use std::sync::Arc;
use store::Store;
use tempfile::TempDir;
use testkit::{Postgres, SeededRandom};
use tokio::sync::OnceCell;
use vault::Keys;

pub use Kind::{PostgreSql, Sqlite};

/// On which database a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    PostgreSql,
}

pub struct Database {
    pub kind: Kind,
    pub url: String,
    pub keys: Arc<Keys>,
    /// Holds the file of SQLite, and goes when the test does.
    _folder: TempDir,
}

/// Every table that holds what people did.
const TABLES: &[&str] = &[
    "activity",
    "caller_check",
    "card_job",
    "card_job_step",
    "credential",
    "credential_copy",
    "credential_offer",
    "passport_authorisation",
    "passport_event",
    "passport_used",
    "status_list",
    "staff_pull",
    "staff_record",
    "console_role",
    "number_repair",
    "recovery_code",
    "role_proposal",
    "organisation",
    "roster_entry",
    "account",
    "sign_in_method",
    "method_setup",
    "registration",
    "reset",
    "start_code",
    "code_set",
    "code",
    "sign_in",
    "session",
    "device",
    "password_guard",
    "limit_gate",
    "limit_event",
    "outbox",
    "audit",
    "audit_head",
    "_sqlx_migrations",
];

/// A file of SQLite with all tables, made once: each test has a copy.
async fn file_with_tables() -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    FILE.get_or_init(async || {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fobwatch.db");
        let random = Arc::new(SeededRandom::unique());
        let keys = Arc::new(Keys::generate(random.as_ref()));
        let store = Store::open(&format!("sqlite://{}", file.display()), 1, keys, random).await.unwrap();
        store.migrate().await.unwrap();
        store.close().await;
        std::fs::read(file).unwrap()
    })
    .await
}

impl Database {
    pub async fn new(kind: Kind) -> Self {
        let keys = Arc::new(Keys::generate(&SeededRandom::unique()));
        let folder = tempfile::tempdir().unwrap();
        let url = match kind {
            Sqlite => format!("sqlite://{}", folder.path().join("fobwatch.db").display()),
            PostgreSql => {
                let keys = keys.clone();
                let migrate = async |url: String| {
                    let store = Store::open(&url, 1, keys, Arc::new(SeededRandom::unique())).await.unwrap();
                    store.migrate().await.unwrap();
                    store.close().await;
                };
                Postgres::shared().database(migrate).await
            }
        };
        if kind == Sqlite {
            std::fs::write(folder.path().join("fobwatch.db"), file_with_tables().await).unwrap();
        }
        Self { kind, url, keys, _folder: folder }
    }

    /// A node's way in.
    pub async fn node(&self, connections: u32) -> Store {
        Store::open(&self.url, connections, self.keys.clone(), Arc::new(SeededRandom::unique()))
            .await
            .unwrap()
    }

    /// The one number that a query answers.
    pub async fn number(&self, sql: &str) -> i64 {
        let rows = self.rows(&format!("SELECT CAST(({sql}) AS TEXT) AS line")).await;
        rows[0].parse().unwrap_or_else(|_| panic!("{sql}: {rows:?}"))
    }

    /// How many rows a table has, where `condition` holds.
    pub async fn count(&self, table: &str, condition: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM {table} WHERE {condition}")).await
    }

    /// The first column of each row, which is called `line` and is text.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        match self.kind {
            Sqlite => {
                let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
                let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
                    .fetch_all(&pool)
                    .await
                    .unwrap_or_else(|why| panic!("{sql}: {why}"));
                let lines = rows.iter().map(|row| row.get::<String, _>(0)).collect();
                pool.close().await;
                lines
            }
            PostgreSql => {
                let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
                let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
                    .fetch_all(&pool)
                    .await
                    .unwrap_or_else(|why| panic!("{sql}: {why}"));
                let lines = rows.iter().map(|row| row.get::<String, _>(0)).collect();
                pool.close().await;
                lines
            }
        }
    }

    /// Every row of every table as text, but for the columns in `but`.
    pub async fn dump(&self, but: &[&str]) -> String {
        let mut dump = String::new();
        for table in TABLES {
            let columns = match self.kind {
                Sqlite => format!("SELECT name AS line FROM pragma_table_info('{table}')"),
                PostgreSql => {
                    format!(
                        "SELECT column_name::text AS line FROM information_schema.columns WHERE table_name = '{table}'"
                    )
                }
            };
            let mut columns = self.rows(&columns).await;
            assert!(!columns.is_empty(), "there is no table {table}");
            columns.retain(|column| !but.contains(&format!("{table}.{column}").as_str()));
            columns.sort();
            let each: Vec<String> = columns
                .iter()
                .map(|column| match self.kind {
                    Sqlite => format!("'{column}=' || quote({column})"),
                    PostgreSql => format!("'{column}=' || coalesce({column}::text, 'NULL')"),
                })
                .collect();
            let sql = format!("SELECT {} AS line FROM {table} ORDER BY 1", each.join(" || ' ' || "));
            for row in self.rows(&sql).await {
                writeln!(dump, "{table}: {row}").unwrap();
            }
        }
        dump
    }

    /// Does as the owner of the database could.
    pub async fn tell(&self, sql: &str) {
        match self.kind {
            Sqlite => {
                let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap();
                pool.close().await;
            }
            PostgreSql => {
                let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap();
                pool.close().await;
            }
        }
    }
}

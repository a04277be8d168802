//! A migrated database for one test, with as many nodes on it as the test asks for, and the owner's own way in.

use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, Row as _};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use store::{Store, StoreError, Tx};
use tempfile::TempDir;
use testkit::{Postgres, SeededRandom};
use uuid::Uuid;
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
    pub random: Arc<SeededRandom>,
    folder: TempDir,
    owner: Owner,
}

/// The database as its owner sees it, past the store.
enum Owner {
    Sqlite(sqlx::SqlitePool),
    PostgreSql(sqlx::PgPool),
}

impl Database {
    /// With all tables.
    pub async fn new(kind: Kind) -> Self {
        let random = Arc::new(SeededRandom::unique());
        let keys = Arc::new(Keys::generate(random.as_ref()));
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
        let database = Self::at(kind, url, folder, keys, random).await;
        if kind == Sqlite {
            database.node().await.migrate().await.unwrap();
        }
        database
    }

    /// Without a table in it.
    pub async fn empty(kind: Kind) -> Self {
        let random = Arc::new(SeededRandom::unique());
        let keys = Arc::new(Keys::generate(random.as_ref()));
        let folder = tempfile::tempdir().unwrap();
        let url = match kind {
            Sqlite => format!("sqlite://{}", folder.path().join("fobwatch.db").display()),
            PostgreSql => Postgres::shared().empty_database().await,
        };
        Self::at(kind, url, folder, keys, random).await
    }

    async fn at(
        kind: Kind,
        url: String,
        folder: TempDir,
        keys: Arc<Keys>,
        random: Arc<SeededRandom>,
    ) -> Self {
        let owner = match kind {
            Sqlite => Owner::Sqlite(sqlx::SqlitePool::connect_lazy(&format!("{url}?mode=rwc")).unwrap()),
            PostgreSql => Owner::PostgreSql(sqlx::PgPool::connect(&url).await.unwrap()),
        };
        Self { kind, url, keys, random, folder, owner }
    }

    /// A further node on this database.
    pub async fn node(&self) -> Store {
        self.node_with(self.keys.clone()).await
    }

    /// A further node, with other keys.
    pub async fn node_with(&self, keys: Arc<Keys>) -> Store {
        Store::open(&self.url, 40, keys, self.random.clone()).await.unwrap()
    }

    pub async fn two_nodes(&self) -> [Store; 2] {
        [self.node().await, self.node().await]
    }

    pub fn new_id(&self) -> Uuid {
        vault::new_id(nine(), self.random.as_ref())
    }

    /// Does as the owner of the database could.
    pub async fn tell(&self, sql: &str) {
        self.try_tell(sql).await.unwrap_or_else(|why| panic!("{sql}: {why}"));
    }

    pub async fn try_tell(&self, sql: &str) -> Result<(), sqlx::Error> {
        match &self.owner {
            Owner::Sqlite(pool) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await.map(|_| ()),
            Owner::PostgreSql(pool) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await.map(|_| ()),
        }
    }

    /// The one number that a query answers.
    pub async fn number(&self, sql: &str) -> i64 {
        match &self.owner {
            Owner::Sqlite(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await.unwrap(),
            Owner::PostgreSql(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await.unwrap(),
        }
    }

    /// Bytes as a literal: `x'…'` or `'\x…'`.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        match self.kind {
            Sqlite => format!("x'{}'", hex(bytes)),
            PostgreSql => format!("'\\x{}'::bytea", hex(bytes)),
        }
    }

    /// An id as a literal.
    pub fn id(&self, id: Uuid) -> String {
        match self.kind {
            Sqlite => self.bytes(id.as_bytes()),
            PostgreSql => format!("'{id}'::uuid"),
        }
    }

    /// Takes away what keeps the audit from being changed, as an owner could.
    pub async fn drop_audit_guard(&self) {
        self.tell(match self.kind {
            Sqlite => "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted;",
            PostgreSql => "DROP TRIGGER audit_is_not_changed ON audit",
        })
        .await;
    }

    /// Every value of every row of every table, bytes as hexadecimal digits, all in lower case.
    pub async fn dump(&self) -> String {
        let mut dump = String::new();
        for table in self
            .texts(match self.kind {
                Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
                PostgreSql => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
            })
            .await
        {
            let sql = match self.kind {
                Sqlite => {
                    let columns = self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                    let quoted: Vec<String> =
                        columns.iter().map(|column| format!("quote({column})")).collect();
                    format!("SELECT {} FROM {table}", quoted.join(" || ' ' || "))
                }
                PostgreSql => format!("SELECT row_to_json(t)::text FROM {table} t"),
            };
            for line in self.texts(&sql).await {
                writeln!(dump, "{table}: {line}").unwrap();
            }
        }
        dump.to_lowercase()
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        match &self.owner {
            Owner::Sqlite(pool) => sqlx::query(AssertSqlSafe(sql))
                .fetch_all(pool)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get(0))
                .collect(),
            Owner::PostgreSql(pool) => sqlx::query(AssertSqlSafe(sql))
                .fetch_all(pool)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get(0))
                .collect(),
        }
    }

    /// Whether a text or its bytes stand anywhere in the rows, in any case.
    pub async fn holds(&self, needle: &[u8]) -> bool {
        let dump = self.dump().await;
        dump.contains(&hex(needle))
            || std::str::from_utf8(needle).is_ok_and(|text| dump.contains(&text.to_lowercase()))
    }

    /// What lies on the disk of an SQLite database: the file with its free pages, and the log beside it.
    pub fn raw_files(&self) -> Vec<u8> {
        let mut names: Vec<PathBuf> =
            std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names.iter().flat_map(|name| std::fs::read(name).unwrap()).collect()
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Sunday, nine o'clock in London: when the tests take place.
pub fn nine() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

pub fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

pub fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

pub fn ms(ms: i64) -> SignedDuration {
    SignedDuration::from_millis(ms)
}

/// One act in a transaction of its own, committed.
pub async fn committed<T>(
    store: &Store,
    act: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut tx = store.begin().await?;
    let answer = act(&mut tx).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Does `act` so many times at once, by turns on each of `nodes`, and gives all answers.
pub async fn at_once<T, F>(nodes: &[Store], times: usize, act: impl Fn(usize, Store) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks: Vec<_> =
        (0..times).map(|nth| tokio::spawn(act(nth, nodes[nth % nodes.len()].clone()))).collect();
    let mut answers = Vec::with_capacity(times);
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

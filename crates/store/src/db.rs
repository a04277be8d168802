//! Opening the database, and the transaction as a value.

use crate::audit::Pending;
use crate::migrate::{Dialect, migrator};
use crate::{Statement, StoreError};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use vault::{Keys, Random};

/// Where a fault may be injected by a test: just before and just after a transaction becomes durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitPoint {
    /// All is written, nothing is durable.
    Before,
    /// All is durable, nobody has been told.
    After,
}

type CommitHook = Arc<dyn Fn(CommitPoint) + Send + Sync>;

#[derive(Clone)]
pub(crate) enum Pools {
    Sqlite { write: sqlx::SqlitePool, read: sqlx::SqlitePool },
    Postgres(sqlx::PgPool),
}

/// The database, open and shared. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    pub(crate) keys: Arc<Keys>,
    pub(crate) random: Arc<dyn Random>,
    statements: Arc<AtomicU64>,
    hook: Option<CommitHook>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("database", &self.kind()).finish_non_exhaustive()
    }
}

/// How long one waits for a connection before the page says that the service is busy.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a file that another process is setting up is tried again; each try takes some milliseconds.
const OPENING_TRIES: usize = 100;

impl Store {
    /// Opens the database at `url`: `sqlite://FILE`, `sqlite::memory:` or `postgres://USER@HOST/NAME`. `connections` is
    /// how many it may use at once. Tables are made by [`Store::migrate`].
    ///
    /// # Errors
    /// Where the address cannot be understood or the database not be reached.
    pub async fn open(
        url: &str,
        connections: u32,
        keys: Arc<Keys>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        let pools = if url.starts_with("sqlite:") {
            Self::open_sqlite(url, connections).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(url)
                .map_err(|_| {
                    StoreError::Address(
                        "the address of the database is not one: write postgres://USER@HOST/NAME".to_owned(),
                    )
                })?
                .application_name("fobwatch");
            Pools::Postgres(
                PgPoolOptions::new()
                    .max_connections(connections)
                    .acquire_timeout(PATIENCE)
                    .connect_with(options)
                    .await?,
            )
        } else {
            return Err(StoreError::Address(
                "the address of the database must begin with sqlite:// or postgres://".to_owned(),
            ));
        };
        Ok(Self { pools, keys, random, statements: Arc::default(), hook: None })
    }

    /// One writing connection, so that a transaction never fails half-way because another one wrote; several reading.
    async fn open_sqlite(url: &str, connections: u32) -> Result<Pools, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| {
                StoreError::Address("the address of the database is not one: write sqlite://FILE".to_owned())
            })?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is erased is overwritten, not left in free pages.
            .pragma("secure_delete", "ON")
            .busy_timeout(PATIENCE);
        let mut tries = 0;
        let write = loop {
            let pool = sqlite_pool(1);
            match pool.connect_with(options.clone()).await {
                // Of several processes that set up a new file at once, SQLite tells all but one that it is locked, and does
                // not wait.
                Err(error) if is_locked(&error) && tries < OPENING_TRIES => tries += 1,
                opened => break opened?,
            }
        };
        let read = sqlite_pool(connections.max(1))
            .connect_with(options.create_if_missing(false).pragma("query_only", "ON"))
            .await?;
        Ok(Pools::Sqlite { write, read })
    }

    /// Makes or renews the tables. Several nodes may do so at once.
    ///
    /// # Errors
    /// Where a migration fails, or one that was applied has been edited since.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_up_to(None).await
    }

    /// Makes the tables as a release had them whose last migration was `version`: what this one makes of them can be looked at then.
    ///
    /// # Errors
    /// Those of [`Store::migrate`], and where there is no such version.
    pub async fn migrate_to(&self, version: i64) -> Result<(), StoreError> {
        self.migrate_up_to(Some(version)).await
    }

    async fn migrate_up_to(&self, version: Option<i64>) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                // PostgreSQL's migrator locks the others out by itself; SQLite's does not.
                let mut tx = write.begin_with("BEGIN IMMEDIATE").await?;
                // As `run`, whose future the compiler cannot see to be `Send` when it is given a connection.
                migrator(Dialect::Sqlite).run_direct(version, &mut *tx, false).await?;
                tx.commit().await?;
            }
            Pools::Postgres(pool) => match version {
                Some(version) => migrator(Dialect::Postgres).run_to(version, pool).await?,
                None => migrator(Dialect::Postgres).run(pool).await?,
            },
        }
        Ok(())
    }

    /// "SQLite" or "PostgreSQL".
    pub fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres(_) => "PostgreSQL",
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { read, .. } => sqlx::query("SELECT 1").execute(read).await.map(|_| ())?,
            Pools::Postgres(pool) => sqlx::query("SELECT 1").execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Begins a transaction. Nothing slow belongs in it: no network call, no password hash.
    ///
    /// # Errors
    /// Where no connection is to be had in time.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let inner = match &self.pools {
            Pools::Sqlite { write, .. } => Inner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner, store: self.clone(), events: Vec::new() })
    }

    /// Calls `hook` around every commit. For tests that kill the process there.
    #[must_use]
    pub fn with_commit_hook(mut self, hook: CommitHook) -> Self {
        self.hook = Some(hook);
        self
    }

    /// How many statements this store has run: tests compare what a known and an unknown name cost.
    pub fn statements_run(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn count_statement(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Closes all connections, after those in use are given back.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Connections to a file do not break while nobody uses them: none is tested before it is used, as those to a server are.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).test_before_acquire(false)
}

pub(crate) enum Inner {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// One transaction. Dropped without [`Tx::commit`], it has never been.
pub struct Tx {
    pub(crate) inner: Inner,
    pub(crate) store: Store,
    pub(crate) events: Vec<Pending>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl Tx {
    /// Makes all of it durable, with its audit records: those are written last, so that their chain is locked for as
    /// short as can be and never while another lock is awaited.
    ///
    /// # Errors
    /// Where the database refuses; then nothing of the transaction is kept.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.append_events().await?;
        let hook = self.store.hook.clone();
        if let Some(hook) = &hook {
            hook(CommitPoint::Before);
        }
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        if let Some(hook) = &hook {
            hook(CommitPoint::After);
        }
        Ok(())
    }
}

impl Statement {
    pub(crate) fn on(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// Runs one expression in a transaction, on whichever database it is: `in_tx!(self, SQL, |q, c| q.bind(x).execute(c))`.
macro_rules! in_tx {
    ($tx:expr, $statement:expr, $make:path, |$query:ident, $connection:ident| $run:expr) => {{
        $tx.store.count_statement();
        match &mut $tx.inner {
            $crate::db::Inner::Sqlite(tx) => {
                let $query = $make($statement.on($crate::migrate::Dialect::Sqlite));
                let $connection = &mut **tx;
                $run.await
            }
            $crate::db::Inner::Postgres(tx) => {
                let $query = $make($statement.on($crate::migrate::Dialect::Postgres));
                let $connection = &mut **tx;
                $run.await
            }
        }
    }};
}
pub(crate) use in_tx;

/// The same outside a transaction, on a reading connection.
macro_rules! reading {
    ($store:expr, $statement:expr, $make:path, |$query:ident, $connection:ident| $run:expr) => {{
        $store.count_statement();
        match &$store.pools {
            $crate::db::Pools::Sqlite { read, .. } => {
                let $query = $make($statement.on($crate::migrate::Dialect::Sqlite));
                let $connection = read;
                $run.await
            }
            $crate::db::Pools::Postgres(pool) => {
                let $query = $make($statement.on($crate::migrate::Dialect::Postgres));
                let $connection = pool;
                $run.await
            }
        }
    }};
}
pub(crate) use reading;

/// What the two databases say of a statement that changes rows, brought to one shape.
pub(crate) trait Changed: Sized {
    /// How many rows it changed.
    fn rows(&self) -> u64;
}

impl Changed for sqlx::sqlite::SqliteQueryResult {
    fn rows(&self) -> u64 {
        self.rows_affected()
    }
}

impl Changed for sqlx::postgres::PgQueryResult {
    fn rows(&self) -> u64 {
        self.rows_affected()
    }
}

/// Runs a statement that changes rows, in a transaction; answers how many it changed.
macro_rules! execute {
    ($tx:expr, $statement:expr $(, $value:expr)* $(,)?) => {
        $crate::db::in_tx!($tx, $statement, sqlx::query, |q, c| async {
            let done = q $(.bind($value))* .execute(c).await?;
            Ok::<u64, $crate::StoreError>($crate::db::Changed::rows(&done))
        })
    };
}
pub(crate) use execute;

/// Whether SQLite says `SQLITE_BUSY`, in its plain or one of its extended forms.
fn is_locked(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code()?.parse::<u32>().ok())
        .is_some_and(|code| code & 0xff == 5)
}

//! A PostgreSQL to throw away: one server per test process, one database per test.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

use crate::server::Server;

/// Where Debian keeps the servers, one folder per major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A PostgreSQL server of the installed version, in a temporary folder, on a free port of loopback, without a password.
///
/// It does not wait for the disk (`fsync = off`), since nobody needs its data after a power cut.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    template: OnceCell<String>,
    _server: Server,
}

impl Postgres {
    /// The server of this test process, started by whoever asks first.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start; the text says why.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A server of its own, for tests that stop it, fill it up or look at all of its connections.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start; the text says why.
    pub fn start() -> Self {
        let programs = programs();
        let account = Account::for_server();
        let started = Server::on_free_port("postgres", |folder, port| {
            account.give(folder);
            let mut command = account.prefix();
            let (folder_text, port, programs) =
                (folder.to_string_lossy(), port.to_string(), programs.to_string_lossy());
            command.extend(["/bin/sh", "-c", MAKE_AND_SERVE, "postgres", &programs, &folder_text, &port]);
            for setting in SETTINGS {
                command.extend(["-c", setting]);
            }
            Server::start(&command, folder, "QUIT", "ready to accept connections")
        });
        match started {
            Ok((server, _, port)) => Self { port, template: OnceCell::new(), _server: server },
            Err(said) => panic!("PostgreSQL does not start:\n{said}"),
        }
    }

    /// A new, migrated database of its own for one test: its address.
    ///
    /// `migrate` is called once per server, with the address of an empty database that becomes the template of all
    /// others; it returns when the tables stand and its connections are closed.
    ///
    /// # Panics
    /// When the server refuses, which the text explains.
    pub async fn database(&self, migrate: impl AsyncFnOnce(String)) -> String {
        let template = self.template.get_or_init(|| self.make_template(migrate)).await;
        let name = next_name("test");
        self.tell(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        self.url(&name)
    }

    /// A new, empty database of its own for one test: its address.
    ///
    /// # Panics
    /// When the server refuses, which the text explains.
    pub async fn empty_database(&self) -> String {
        let name = next_name("empty");
        self.tell(&format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    async fn make_template(&self, migrate: impl AsyncFnOnce(String)) -> String {
        let name = next_name("template");
        self.tell(&format!("CREATE DATABASE {name}")).await;
        migrate(self.url(&name)).await;
        // A database can only be copied while nobody is connected to it.
        self.tell(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")).await;
        self.tell(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ))
        .await;
        name
    }

    async fn tell(&self, statement: &str) {
        let told = async {
            let mut connection = PgConnection::connect(&self.url("postgres")).await?;
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
            connection.close().await
        };
        if let Err(why) = told.await {
            panic!("PostgreSQL refuses `{statement}`: {why}");
        }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

/// Makes the server's files and becomes the server: programs, folder, port, then options for the server.
const MAKE_AND_SERVE: &str = r#"
programs=$1 folder=$2 port=$3
shift 3
"$programs/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >&2 || exit
exec "$programs/postgres" -D "$folder/data" -h 127.0.0.1 -k "$folder" -p "$port" "$@"
"#;

/// Small, quick and roomy enough for every test at once; times and texts in one form on every machine.
const SETTINGS: [&str; 8] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=500",
    "shared_buffers=64MB",
    "autovacuum=off",
    "timezone=UTC",
    "lc_messages=C",
];

fn next_name(kind: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{kind}_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The folder with `initdb` and `postgres`, of the newest version installed.
fn programs() -> PathBuf {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").exists() && programs.join("postgres").exists())
        .max()
        .unwrap_or_else(|| {
            panic!("no PostgreSQL server under {DEBIAN}: install it with `apt-get install postgresql`")
        })
        .1
}

/// Who runs the server. PostgreSQL refuses to run as root; Debian's package made an account for it.
#[derive(Debug, Clone, Copy)]
enum Account {
    Mine,
    Postgres,
}

impl Account {
    fn for_server() -> Self {
        match fs::metadata("/proc/self") {
            Ok(me) if me.uid() == 0 => Self::Postgres,
            _ => Self::Mine,
        }
    }

    fn prefix(self) -> Vec<&'static str> {
        match self {
            Self::Mine => Vec::new(),
            Self::Postgres => vec!["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"],
        }
    }

    fn give(self, folder: &Path) {
        if matches!(self, Self::Postgres) {
            finish(Command::new("chown").arg("postgres").arg(folder));
        }
    }
}

fn finish(command: &mut Command) {
    let output = command.output().unwrap_or_else(|why| panic!("{command:?} does not start: {why}"));
    assert!(output.status.success(), "{command:?} fails: {}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn tables(url: &str) -> i64 {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            .fetch_one(&mut connection)
            .await
            .unwrap()
    }

    async fn two_tables(url: String) {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("CREATE TABLE one (a int); CREATE TABLE two (b int)")
            .execute(&mut connection)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn every_test_gets_a_migrated_database_of_its_own() {
        let server = Postgres::shared();
        let (first, second) = tokio::join!(server.database(two_tables), server.database(two_tables));
        assert_ne!(first, second);
        let mut connection = PgConnection::connect(&first).await.unwrap();
        sqlx::raw_sql("DROP TABLE one").execute(&mut connection).await.unwrap();
        assert_eq!((tables(&first).await, tables(&second).await), (1, 2));
        assert_eq!(tables(&server.empty_database().await).await, 0);
    }
}

//! Monday, eight o'clock: everybody who has a credential to review is reminded. How long it takes until all messages are in the outbox,
//! on both databases, beside a bare copy of the same rows in the same run.

use crate::people;
use anyhow::{Context as _, Result, ensure};
use fobwatch::Hooks;
use fobwatch::config::Config;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use journeys::passport::reminders::{Stretch, stretch};
use rules::passport::CredentialKind;
use rules::roster::RosterRow;
use sqlx::Executor as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use store::Store;
use testkit::{Postgres, TurnableClock, crowd};
use uuid::Uuid;
use vault::{Keys, Random, SystemRandom, new_id};

/// So many people are put in by one transaction.
const BATCH: usize = 2_000;

/// Copies the rows of the outbox into a table with the same indexes.
const BARE: [&str; 4] = [
    "CREATE TABLE bare AS SELECT * FROM outbox WHERE 1 = 0",
    "CREATE UNIQUE INDEX bare_key ON bare (key)",
    "CREATE INDEX bare_due ON bare (next_try_at)",
    "INSERT INTO bare SELECT * FROM outbox",
];

/// Measures it with so many people, on SQLite and on PostgreSQL.
pub(crate) async fn remind(people: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let keys = people::keys(folder.path())?;
    let sqlite = format!("sqlite://{}", folder.path().join("fobwatch.db").display());
    on("SQLite", &sqlite, &folder.path().join("keys"), keys.clone(), people).await?;
    let postgres = Postgres::shared().empty_database().await;
    on("PostgreSQL", &postgres, &folder.path().join("keys"), keys, people).await
}

async fn on(name: &str, url: &str, key_file: &Path, keys: Arc<Keys>, count: usize) -> Result<()> {
    let random = Arc::new(SystemRandom::new());
    let monday = date(2027, 2, 1).at(8, 0, 0, 0).to_zoned(TimeZone::get("Europe/London")?)?.timestamp();
    let store = Store::open(url, 4, keys, random.clone()).await?;
    store.migrate().await?;
    fill(&store, random.as_ref(), count, monday).await?;
    store.close().await;
    if url.starts_with("postgres") {
        // As its autovacuum does within a minute, which is off in the form that tests have.
        sqlx::PgPool::connect(url).await?.execute("ANALYZE").await?;
    }

    let settings = [
        ("FOBWATCH_SERVER__LISTEN", "127.0.0.1:0".to_owned()),
        ("FOBWATCH_SERVER__PUBLIC_URL", "http://127.0.0.1:8400".to_owned()),
        ("FOBWATCH_DATABASE__URL", url.to_owned()),
        ("FOBWATCH_KEYS__FILE", key_file.display().to_string()),
        // Nothing is delivered: the node that is measured writes alone.
        ("FOBWATCH_EMAIL__URL", "smtp://127.0.0.1:9".to_owned()),
        ("FOBWATCH_EMAIL__FROM", "no-reply@northfield.example".to_owned()),
        ("FOBWATCH_WORKER__ENABLED", "false".to_owned()),
    ];
    let config = Config::parse(None, settings.map(|(name, value)| (name.to_owned(), value)));
    let config = config.map_err(|problems| anyhow::anyhow!("{problems}"))?;
    let hooks = Hooks { clock: Some(Arc::new(TurnableClock::at(monday))), ..Hooks::default() };
    let running = fobwatch::start(config, hooks).await?;
    let began = Instant::now();
    let mut written = 0;
    loop {
        match stretch(running.service()).await? {
            Stretch::Went { messages, .. } => written += messages,
            Stretch::Ended => break,
            other => anyhow::bail!("nobody else is here, and yet: {other:?}"),
        }
    }
    let took = began.elapsed().as_secs_f64();
    running.stop().await;
    ensure!(usize::try_from(written)? == count, "{written} messages for {count} people");

    let began = Instant::now();
    if url.starts_with("sqlite") {
        let pool = sqlx::SqlitePool::connect(url).await?;
        for statement in BARE {
            pool.execute(statement).await?;
        }
    } else {
        let pool = sqlx::PgPool::connect(url).await?;
        for statement in BARE {
            pool.execute(statement).await?;
        }
    }
    let bare = began.elapsed().as_secs_f64();
    println!(
        "{name}: {count} people reminded on a Monday: all in the outbox after {took:.1} s, {:.0} messages per second; a bare copy of \
         the same rows {bare:.1} s, ratio {:.1}",
        f64::from(written) / took,
        took / bare
    );
    Ok(())
}

/// Everybody has an account and a credential to review.
async fn fill(store: &Store, random: &dyn Random, count: usize, now: Timestamp) -> Result<()> {
    let organisation = new_id(now, random);
    let mut tx = store.begin().await?;
    tx.add_organisation(organisation, "NTH", "Northfield Hospitals", now).await?;
    tx.commit().await?;
    for rows in crowd::roster_of(count, now).chunks(BATCH) {
        add(store, random, organisation, rows, now).await?;
    }
    Ok(())
}

async fn add(
    store: &Store,
    random: &dyn Random,
    organisation: Uuid,
    rows: &[RosterRow],
    now: Timestamp,
) -> Result<()> {
    let mut tx = store.begin().await?;
    tx.import_roster(organisation, rows, now, &|_, _| store::roster::Missing::Keep, &|_| ())
        .await?
        .context("the roster is refused")?;
    for person in crowd::settle(&mut tx, organisation, rows, "nobody signs in", random, now).await? {
        let new = store::credential::NewCredential {
            id: new_id(now, random),
            account_id: person.id,
            organisation_id: organisation,
            kind: CredentialKind::parse("core-skill").context("core skills")?,
            variant: "fire-safety",
            content: r#"{"claims":{"subject":"Fire safety"}}"#,
            valid_until: None,
        };
        tx.add_credential(new, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

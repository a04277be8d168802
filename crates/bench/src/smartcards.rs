//! Who of a million and a half people with smartcards gets which message today: how long it takes to decide, on both databases,
//! beside a bare scan of the same rows in the same run.

use crate::{median, people};
use anyhow::{Context as _, Result, ensure};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use journeys::smartcard::reminders::Decider;
use rules::smartcard::{Preset, SmartcardRules};
use sqlx::{PgPool, QueryBuilder, SqlitePool};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;
use store::Store;
use testkit::{Postgres, crowd};
use uuid::Uuid;
use vault::{Keys, Random, SystemRandom, new_id};

const ROUNDS: usize = 3;
/// Organisations; every other one has today's preset in the place of the guide's.
const ORGANISATIONS: usize = 20;
/// So many rows are put in by one statement.
const BATCH: usize = 500;
/// So many are read at once, as the service does.
const PAGE: u32 = 10_000;

/// What a decision reads, of the cards that are live, in the order in which the service reads them.
const SCAN: &str = "SELECT id, organisation_id, account_id, passcode_set_on, unlocked_on, forced_on, renewals_used, expires_at
    FROM smartcard WHERE account_id IS NOT NULL AND issued_at IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL
    ORDER BY id";
const COLUMNS: &str = "INSERT INTO smartcard (id, organisation_id, account_id, guid, profile, label, added_at, bound_at, issued_at,
    passcode_set_on, renewals_used, expires_at, revoked_at) ";

/// The same database once more, past the store.
enum Bare {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One card as it is put in.
struct Row {
    id: Uuid,
    organisation: Uuid,
    account: Uuid,
    passcode_set_on: String,
    renewals_used: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    now: i64,
}

/// Measures it with so many cards, on SQLite and on PostgreSQL.
pub(crate) async fn decide(cards: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite://{}", folder.path().join("fobwatch.db").display());
    let store = open(&sqlite).await?;
    let bare = Bare::Sqlite(SqlitePool::connect(&sqlite).await?);
    on(&store, &bare, cards).await?;
    store.close().await;

    let postgres = Postgres::shared().empty_database().await;
    let store = open(&postgres).await?;
    let bare = Bare::Postgres(PgPool::connect(&postgres).await?);
    on(&store, &bare, cards).await
}

async fn open(url: &str) -> Result<Store> {
    let random = Arc::new(SystemRandom::new());
    let keys = Arc::new(Keys::generate(random.as_ref()));
    let store = Store::open(url, 4, keys, random).await?;
    store.migrate().await?;
    Ok(store)
}

async fn on(store: &Store, bare: &Bare, cards: usize) -> Result<()> {
    let zone = TimeZone::get("Europe/London")?;
    let now = people::now();
    let today = now.to_zoned(zone.clone()).date();
    let rules = fill(store, bare, cards, now, today).await?;
    let decider = Decider::new(today, zone, rules);
    let (mut scans, mut decisions) = (Vec::new(), Vec::new());
    let mut last = BTreeMap::new();
    let mut live = 0;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let scanned = bare.scan().await?;
        scans.push(began.elapsed().as_secs_f64());
        let began = Instant::now();
        (live, last) = decide_all(store, &decider).await?;
        decisions.push(began.elapsed().as_secs_f64());
        ensure!(scanned == live, "{scanned} cards were scanned and {live} decided on");
    }
    let (scan, decision) = (median(scans), median(decisions));
    println!(
        "{}: of {cards} smartcards {live} live ones looked at in {decision:.2} s to decide who is told what; a bare scan of the \
         same rows {scan:.2} s, ratio {:.2}",
        store.kind(),
        decision / scan
    );
    println!("  messages: {last:?}");
    Ok(())
}

async fn decide_all(store: &Store, decider: &Decider) -> Result<(usize, BTreeMap<&'static str, usize>)> {
    let (mut after, mut looked, mut messages) = (Uuid::nil(), 0, BTreeMap::new());
    loop {
        let page = store.card_facts(after, PAGE).await?;
        looked += page.len();
        for card in &page {
            after = card.id;
            for message in decider.due(card) {
                *messages.entry(message.as_str()).or_default() += 1;
            }
        }
        if page.len() < PAGE as usize {
            return Ok((looked, messages));
        }
    }
}

/// Organisations, somebody in each, and their cards: all of one organisation's are one person's, for nothing here asks whose they
/// are. Passcodes are up to 400 days old, certificates end between a month ago and two years from now, one card in twenty is
/// revoked.
async fn fill(
    store: &Store,
    bare: &Bare,
    cards: usize,
    now: Timestamp,
    today: Date,
) -> Result<HashMap<Uuid, SmartcardRules>> {
    let random = SystemRandom::new();
    let rows = crowd::roster_of(ORGANISATIONS, now);
    let (mut rules, mut whose) = (HashMap::new(), Vec::new());
    for (nth, row) in rows.iter().enumerate() {
        let organisation = new_id(now, &random);
        let row = std::slice::from_ref(row);
        let mut tx = store.begin().await?;
        tx.add_organisation(organisation, &format!("T{nth:02}"), "An invented trust", now).await?;
        tx.import_roster(organisation, row, now, &|_, _| store::roster::Missing::Keep, &|_| ())
            .await?
            .context("the roster is refused")?;
        let people = crowd::settle(&mut tx, organisation, row, "nobody signs in", &random, now).await?;
        tx.commit().await?;
        whose.push((organisation, people.first().context("somebody")?.id));
        let preset = if nth % 2 == 0 { Preset::Guide } else { Preset::Current };
        rules.insert(organisation, SmartcardRules::preset(preset));
    }
    let mut batch = Vec::with_capacity(BATCH);
    for nth in 0..cards {
        let (organisation, account) = *whose.get(nth % whose.len()).context("an organisation")?;
        batch.push(row(nth, organisation, account, now, today, &random)?);
        if batch.len() == BATCH || nth + 1 == cards {
            bare.put(std::mem::take(&mut batch)).await?;
        }
    }
    bare.settle().await?;
    Ok(rules)
}

fn row(
    nth: usize,
    organisation: Uuid,
    account: Uuid,
    now: Timestamp,
    today: Date,
    random: &dyn Random,
) -> Result<Row> {
    let mut drawn = [0; 8];
    random.fill(&mut drawn);
    let [end_high, end_low, set_high, set_low, e, f, ..] = drawn;
    let one_of = |high: u8, low: u8, most: u16| i64::from(u16::from_be_bytes([high, low]) % most);
    let added = now.checked_sub(SignedDuration::from_hours(24 * 800))?;
    let ends = now.checked_add(SignedDuration::from_hours(24 * (one_of(end_high, end_low, 760) - 30)))?;
    Ok(Row {
        // In the order in which they were added, as ids are.
        id: new_id(added.checked_add(SignedDuration::from_millis(i64::try_from(nth)?))?, random),
        organisation,
        account,
        passcode_set_on: (today - one_of(set_high, set_low, 400).days()).to_string(),
        renewals_used: i64::from(e % 3),
        expires_at: ends.as_millisecond(),
        revoked_at: (f % 20 == 0).then(|| now.as_millisecond()),
        now: added.as_millisecond(),
    })
}

/// The statement that puts in a batch, for either database.
macro_rules! put {
    ($pool:expr, $rows:expr) => {{
        let mut query = QueryBuilder::new(COLUMNS);
        query.push_values($rows, |mut values, row| {
            values
                .push_bind(row.id)
                .push_bind(row.organisation)
                .push_bind(row.account)
                .push_bind(row.id.as_bytes().to_vec())
                .push_bind("piv-6-8-digits")
                .push_bind("5551 2345")
                .push_bind(row.now)
                .push_bind(row.now)
                .push_bind(row.now)
                .push_bind(row.passcode_set_on)
                .push_bind(row.renewals_used)
                .push_bind(row.expires_at)
                .push_bind(row.revoked_at);
        });
        query.build().execute($pool).await?;
    }};
}

/// Runs through all rows and counts them.
macro_rules! scan {
    ($pool:expr) => {{
        use futures::TryStreamExt as _;
        let mut rows = sqlx::query(SCAN).fetch($pool);
        let mut count = 0;
        while rows.try_next().await?.is_some() {
            count += 1;
        }
        Ok(count)
    }};
}

impl Bare {
    async fn put(&self, rows: Vec<Row>) -> Result<()> {
        match self {
            Self::Sqlite(pool) => put!(pool, rows),
            Self::Postgres(pool) => put!(pool, rows),
        }
        Ok(())
    }

    /// What a database does by itself after a while.
    async fn settle(&self) -> Result<()> {
        match self {
            Self::Sqlite(pool) => {
                sqlx::query("ANALYZE").execute(pool).await?;
            }
            Self::Postgres(pool) => {
                sqlx::query("VACUUM ANALYZE smartcard").execute(pool).await?;
            }
        }
        Ok(())
    }

    async fn scan(&self) -> Result<usize> {
        match self {
            Self::Sqlite(pool) => scan!(pool),
            Self::Postgres(pool) => scan!(pool),
        }
    }
}

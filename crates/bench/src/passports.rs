//! What whoever looks after the passports of a large trust opens all day: search, lists and somebody's passport, at the server, over
//! HTTP, on both databases, beside the page that asks for nothing of that.

use crate::load::{Connection, sign_in};
use crate::median;
use crate::people::{self, PASSWORD, Person};
use crate::server::Server;
use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use rules::name::PersonName;
use rules::passport::{CredentialKind, CredentialType, RejectReason};
use rules::roster::RosterRow;
use sqlx::{Connection as _, Executor as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::invitation::NewInvitation;
use store::role::Role;
use store::share::NewSharedCredential;
use store::{Store, Tx};
use testkit::{Postgres, crowd};
use uuid::Uuid;
use vault::{HashSettings, Hasher, Keys, Random, Secret, SystemRandom, new_id};

/// So many people are put in by one transaction.
const BATCH: usize = 2_000;
/// Of so many people one rejected something.
const REJECTS: usize = 50;
/// Of so many people one shared something that waits.
const SHARES: usize = 100;
/// So many people were invited and have not registered.
const INVITED: usize = 5_000;
/// Each page is opened so many times.
const TIMES: usize = 15;
/// What the issue asks for.
const AT_MOST: Duration = Duration::from_millis(50);

/// Measures it with so many passports, on SQLite and on PostgreSQL.
pub(crate) async fn look_after(binary: &Path, passports: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let keys = people::keys(folder.path())?;
    let postgres = Postgres::shared().empty_database().await;
    on("PostgreSQL", binary, folder.path(), &postgres, keys.clone(), passports).await?;
    let sqlite = format!("sqlite://{}", folder.path().join("fobwatch.db").display());
    on("SQLite", binary, folder.path(), &sqlite, keys, passports).await
}

/// Has PostgreSQL look how many rows there are, as it does by itself every minute where it is not that of tests.
async fn look_at_rows(url: &str) -> Result<()> {
    if url.starts_with("postgres") {
        sqlx::PgConnection::connect(url).await?.execute("ANALYZE").await?;
    }
    Ok(())
}

async fn on(
    name: &str,
    binary: &Path,
    folder: &Path,
    url: &str,
    keys: Arc<Keys>,
    count: usize,
) -> Result<()> {
    let began = Instant::now();
    let trust = fill(url, keys, count).await?;
    println!("{name}: {count} passports were put in within {:.0} s", began.elapsed().as_secs_f64());
    // Without the workers: on a Monday they would write a reminder to everybody meanwhile.
    let settings = [("FOBWATCH_DATABASE__URL", url.into()), ("FOBWATCH_WORKER__ENABLED", "false".into())];
    let counting =
        Server::tell(binary, folder, &settings, &["passport", "count", "--organisation", "NTH"]).await?;
    println!("  the reports are counted within {:.1} s, once an hour", counting.as_secs_f64());
    let server = Server::start_with(binary, folder, &settings).await?;
    let mut browser = Connection::open(server.address).await?;
    let session = sign_in(&mut browser, &trust.manager).await?;
    let mut slowest = Duration::ZERO;
    for (what, page) in trust.pages() {
        let mut took = Vec::with_capacity(TIMES);
        for number in 0..TIMES {
            let began = Instant::now();
            let answer = match &page {
                Page::Get(path) => browser.get(path, &session).await?,
                Page::Person(people) => browser.get(&people[number % people.len()], &session).await?,
                Page::Search(words) => {
                    browser.post("/console/passports", &session, format!("search={words}")).await?
                }
            };
            took.push(began.elapsed().as_secs_f64());
            let shown = String::from_utf8_lossy(&answer.body);
            ensure!(answer.status == 200, "{what} is answered with {}: {shown}", answer.status);
        }
        let middle = Duration::from_secs_f64(median(took));
        println!("  {what}: {:.1} ms", middle.as_secs_f64() * 1e3);
        slowest = slowest.max(middle);
    }
    let verdict = if slowest < AT_MOST { "under" } else { "NOT under" };
    println!("{name}: all {verdict} {} ms; medians of {TIMES}", AT_MOST.as_millis());
    server.stop().await
}

/// What is opened.
enum Page {
    Get(String),
    Person(Vec<String>),
    Search(&'static str),
}

/// A trust that was put in.
struct Trust {
    manager: Person,
    people: Vec<Uuid>,
    share: Uuid,
}

impl Trust {
    fn pages(&self) -> Vec<(&'static str, Page)> {
        let get = |path: &str| Page::Get(path.to_owned());
        let people = self.people.iter().map(|id| format!("/console/passports/people/{id}")).collect();
        vec![
            ("a page of the console that asks for none of it", get("/console/passports/job-roles")),
            ("Staff passports", get("/console/passports")),
            ("search for one person", Page::Search("person99%40")),
            ("search for a last name that hundreds have", Page::Search("karley")),
            ("search for two letters", Page::Search("ka")),
            ("somebody's passport", Page::Person(people)),
            ("what was rejected", get("/console/passports/rejections")),
            ("what was rejected, with what is resolved", get("/console/passports/rejections?resolved=yes")),
            ("reports", get("/console/passports/reports")),
            ("reports of an area", get("/console/passports/reports?area=core-skills")),
            ("a report as a file", get("/console/passports/reports/credentials-ending.csv")),
            ("what was shared", get("/console/passports/shares")),
            ("what was shared, with what is reviewed", get("/console/passports/shares?reviewed=yes")),
            ("what somebody shared", get(&format!("/console/passports/shares/{}", self.share))),
            ("open invitations", get("/console/passports/invitations")),
            (
                "invitations of those who have registered",
                get("/console/passports/invitations?show=registered"),
            ),
            ("all invitations", get("/console/passports/invitations?show=all")),
        ]
    }
}

async fn fill(url: &str, keys: Arc<Keys>, count: usize) -> Result<Trust> {
    let (random, now) = (SystemRandom::new(), people::now());
    let hasher = Hasher::new(HashSettings::for_cores(1), &keys)?;
    let hash = hasher.hash(&Secret::new(PASSWORD.to_owned()), &random).await?;
    let store = Store::open(url, 4, keys, Arc::new(SystemRandom::new())).await?;
    store.migrate().await?;
    let organisation = new_id(now, &random);
    let mut tx = store.begin().await?;
    tx.add_organisation(organisation, "NTH", "Northfield Hospitals", now).await?;
    let (porter, dbs) = (new_id(now, &random), [CredentialType::parse("dbs").context("a type")?]);
    tx.save_job_role(organisation, (porter, false), "Porter", &dbs, now).await?;
    tx.commit().await?;
    let mut rows = crowd::roster_of(count + INVITED, now);
    name_them(&mut rows)?;
    let (registered, invited) = rows.split_at(count);
    let (people, share) = (Vec::new(), Uuid::nil());
    let mut filling = Filling { organisation, porter, now, random: &random, people, share };
    for rows in registered.chunks(BATCH) {
        let mut tx = store.begin().await?;
        filling.add(&mut tx, rows, &hash).await?;
        tx.commit().await?;
        if filling.people.len().is_multiple_of(5 * BATCH) || filling.people.len() == BATCH {
            look_at_rows(url).await?;
        }
    }
    let manager = filling.people.first().context("nobody")?.clone();
    let mut tx = store.begin().await?;
    tx.give_role(manager.id, Role::PassportManager, None, now).await?;
    for row in invited {
        let id = new_id(now, &random);
        tx.invite(NewInvitation { id, organisation, row, batch: None, by: manager.id }, now).await?;
    }
    tx.commit().await?;
    look_at_rows(url).await?;
    let people = filling.people.iter().skip(1).step_by(97).take(TIMES).map(|person| person.id).collect();
    let share = filling.share;
    store.close().await;
    Ok(Trust { manager, people, share })
}

/// Gives people names of which each beginning of two letters is that of one in fifty.
fn name_them(rows: &mut [RosterRow]) -> Result<()> {
    const LETTERS: [&str; 10] = ["B", "D", "F", "G", "K", "L", "M", "N", "P", "S"];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    const ENDS: [&str; 7] = ["rley", "nnett", "thews", "lan", "vies", "ddock", "sh"];
    let name = |number: usize| {
        let (letter, vowel) = (LETTERS[number % LETTERS.len()], VOWELS[number / 10 % VOWELS.len()]);
        format!("{letter}{vowel}{}", ENDS[number / 50 % ENDS.len()])
    };
    for (number, row) in rows.iter_mut().enumerate() {
        row.first_name = PersonName::parse(&name(number / 7))?;
        row.last_name = PersonName::parse(&name(number))?;
    }
    Ok(())
}

struct Filling<'a> {
    organisation: Uuid,
    /// A job role.
    porter: Uuid,
    now: Timestamp,
    random: &'a dyn Random,
    people: Vec<Person>,
    share: Uuid,
}

impl Filling<'_> {
    /// People who have a job role, hold two core skills each, of which one runs out soon, and have a third to review; some rejected it, and
    /// some shared one.
    async fn add(&mut self, tx: &mut Tx, rows: &[RosterRow], hash: &str) -> Result<()> {
        let Self { organisation, porter, now, random, .. } = *self;
        let soon = now.to_zoned(jiff::tz::TimeZone::UTC).date().checked_add(jiff::Span::new().days(45))?;
        tx.import_roster(organisation, rows, now, &|_, _| store::roster::Missing::Keep, &|_| ())
            .await?
            .context("the roster is refused")?;
        let kind = CredentialKind::parse("core-skill").context("core skills")?;
        for person in crowd::settle(tx, organisation, rows, hash, random, now).await? {
            let number = self.people.len();
            tx.give_job_role(new_id(now, random), organisation, person.id, Some(porter), person.id, now)
                .await?;
            let mut held = None;
            for variant in ["fire-safety", "conflict-resolution", "health-safety-welfare"] {
                let id = new_id(now, random);
                let new = store::credential::NewCredential {
                    id,
                    account_id: person.id,
                    organisation_id: organisation,
                    kind,
                    variant,
                    content: r#"{"claims":{"subject":"Fire safety"},"assurance":{}}"#,
                    valid_until: (variant == "fire-safety").then_some(soon),
                };
                tx.add_credential(new, now).await?;
                if variant != "health-safety-welfare" {
                    tx.accept_credential(id, now).await?;
                    held = Some(id);
                } else if number.is_multiple_of(REJECTS) {
                    tx.reject_credential(id, person.id, RejectReason::Duplicate, None, now).await?;
                }
            }
            if number.is_multiple_of(SHARES) {
                self.share = new_id(now, random);
                tx.add_share(self.share, person.id, organisation, new_id(now, random), now).await?;
                let new = NewSharedCredential {
                    id: new_id(now, random),
                    share_id: self.share,
                    kind,
                    issuer_organisation_id: Some(organisation),
                    trusted_issuer_id: None,
                    credential_id: held,
                    content: r#"{"subject":"Fire safety"}"#,
                    status: None,
                    held_at: Some(now),
                };
                tx.add_shared_credential(new).await?;
            }
            self.people.push(person);
        }
        Ok(())
    }
}

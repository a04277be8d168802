//! People with accounts, put into a new database by the store itself.

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::Path;
use std::sync::Arc;
use store::Store;
use testkit::crowd::{self, OneOfMany};
use vault::{HashSettings, Hasher, Keys, Secret, SystemRandom, new_id};

/// Everybody's password.
pub const PASSWORD: &str = "heron ladder marmalade 41";

/// What everybody chooses who has forgotten it.
pub const NEW_PASSWORD: &str = "gravel chimney otter 93 violins";

/// A person with an account and an authenticator app.
pub type Person = OneOfMany;

#[expect(
    clippy::disallowed_methods,
    reason = "the service that is measured runs by the machine's clock, too"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// New keys in `folder`, where the service that is measured finds them.
pub fn keys(folder: &Path) -> Result<Arc<Keys>> {
    let file = folder.join("keys");
    Keys::generate(&SystemRandom::new()).save_new(&file)?;
    Ok(Arc::new(Keys::load(&file)?))
}

/// Makes a database and keys in `folder`, with one organisation and `count` people.
pub async fn settle(folder: &Path, count: usize) -> Result<(Vec<Person>, Arc<Keys>)> {
    let keys = keys(folder)?;
    let url = format!("sqlite://{}", folder.join("fobwatch.db").display());
    let store = Store::open(&url, 2, Arc::clone(&keys), Arc::new(SystemRandom::new())).await?;
    store.migrate().await?;
    let people = settle_in(&store, &keys, count).await?;
    store.close().await;
    Ok((people, keys))
}

/// One organisation and `count` people in an open database.
pub async fn settle_in(store: &Store, keys: &Keys, count: usize) -> Result<Vec<Person>> {
    let random = SystemRandom::new();
    // Everybody has the same password, so its hash is made once.
    let hasher = Hasher::new(HashSettings::for_cores(1), keys)?;
    let hash = hasher.hash(&Secret::new(PASSWORD.to_owned()), &random).await?;

    let now = now();
    let organisation = new_id(now, &random);
    let rows = crowd::roster_of(count, now);
    let mut tx = store.begin().await?;
    tx.add_organisation(organisation, "NTH", "Northfield Hospitals", now).await?;
    tx.import_roster(organisation, &rows, now, &|_, _| store::roster::Missing::Keep, &|_| ())
        .await?
        .context("the roster is refused")?;
    let people = crowd::settle(&mut tx, organisation, &rows, &hash, &random, now).await?;
    tx.commit().await?;
    Ok(people)
}

/// The day, as the organisation counts.
pub fn today() -> Date {
    now().to_zoned(TimeZone::UTC).date()
}

//! What every command that touches the database needs: keys, database, clock and randomness, opened in the right order.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use journeys::Clock;
use store::Store;
use vault::{Keys, Random, SystemRandom};

use crate::config::Config;

/// The clock of the machine: the one place of the product that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock that all time comes from")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The opened foundation.
#[derive(Clone)]
pub struct House {
    /// What opens sealed values.
    pub keys: Arc<Keys>,
    /// The database, its tables up to date.
    pub store: Store,
    /// The randomness of the system.
    pub random: Arc<dyn Random>,
}

impl House {
    /// Loads the keys, opens the database and brings its tables up to date. At the very first start the keys are made.
    ///
    /// # Errors
    /// Where keys or database cannot be read or written, or the keys are missing that the database was written with.
    pub async fn open(config: &Config) -> Result<Self> {
        let random: Arc<dyn Random> = Arc::new(SystemRandom::new());
        let (keys, new) = match load_keys(config)? {
            Some(keys) => (keys, false),
            None => (Keys::generate(random.as_ref()), true),
        };
        let keys = Arc::new(keys);
        make_database_file_private(config)?;
        let store = Store::open(
            config.database.url.expose(),
            config.database.connections.get(),
            Arc::clone(&keys),
            Arc::clone(&random),
        )
        .await?;
        store.migrate().await?;
        if new {
            keep_new_keys(config, &keys, &store).await?;
        }
        Ok(Self { keys, store, random })
    }
}

/// A new SQLite file holds names and dates of birth: it is made readable by its owner only. SQLite gives the files that
/// it puts beside it the same rights.
#[cfg(unix)]
fn make_database_file_private(config: &Config) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let Some(rest) = config.database.url.expose().strip_prefix("sqlite://") else { return Ok(()) };
    let file = rest.split_once('?').map_or(rest, |(file, _)| file);
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("database.url: the file {file} cannot be made"))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn make_database_file_private(_config: &Config) -> Result<()> {
    Ok(())
}

/// The keys that the configuration names; none where their file is not there yet.
///
/// # Errors
/// Where they are there and cannot be read.
pub fn load_keys(config: &Config) -> Result<Option<Keys>> {
    if let Some(text) = &config.keys.text {
        return Ok(Some(Keys::from_env_text(text.expose())?));
    }
    let file = &config.keys.file;
    if !file.try_exists().with_context(|| format!("the key file {} cannot be reached", file.display()))? {
        return Ok(None);
    }
    Keys::load(file).map(Some).context("the keys cannot be used")
}

/// New keys belong to a new database: with others, nothing that is sealed in it could ever be opened again.
async fn keep_new_keys(config: &Config, keys: &Keys, store: &Store) -> Result<()> {
    let file = config.keys.file.display();
    if !store.organisations().await?.is_empty() {
        bail!(
            "the key file {file} is not there, but the database was written with one. \
             Put the right key file in its place (or set FOBWATCH_KEYS__TEXT)"
        );
    }
    keys.save_new(&config.keys.file).context("the new keys cannot be written")?;
    tracing::info!("made new keys in {file}: keep a copy, and not beside the copies of the database");
    Ok(())
}

//! `fobwatch keys`: new keys for what is sealed in the database.

use card_jobs::Hex;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use journeys::Clock as _;
use journeys::smartcard::keys::{management_key_bytes, unblocking_key};
use store::Store;
use store::audit::Event;
use uuid::Uuid;

use super::Outcome;
use super::console::Console;
use crate::config::Config;
use crate::house::{House, SystemClock, load_keys};

/// What can be done with the keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a new key to the key file and seal everything in the database again with it. Stop the service before
    Rotate,
    /// Print what the bureau puts on a blank smartcard: its first unblocking key and its management key. Whoever has them can open
    /// the card, and read and write it: print them where the card is made, and nowhere else
    Card(Card),
}

/// Of which card.
#[derive(Debug, Args)]
pub struct Card {
    /// The GUID in its CHUID: 32 hexadecimal digits
    #[arg(value_parser = guid)]
    guid: [u8; 16],
}

fn guid(typed: &str) -> Result<[u8; 16], String> {
    let guid = Uuid::try_parse(typed).map(Uuid::into_bytes);
    guid.map_err(|_| "a GUID has 32 hexadecimal digits".to_owned())
}

impl Command {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        match self {
            Self::Rotate => rotate(config, console).await?,
            Self::Card(Card { guid }) => card(config, &guid, console)?,
        }
        Ok(Outcome::Well)
    }
}

fn card(config: &Config, guid: &[u8; 16], console: &mut Console) -> Result<()> {
    let Some(keys) = load_keys(config)? else {
        bail!("there is no key file {} yet: it is made at the first start", config.keys.file.display());
    };
    let management = Hex(management_key_bytes(&keys, guid).expose().to_vec()).digits();
    console.say(format!("unblocking key {}", unblocking_key(&keys, guid, 0).expose()))?;
    console.say(format!("management key {management}"))?;
    Ok(())
}

async fn rotate(config: &Config, console: &mut Console) -> Result<()> {
    if config.keys.text.is_some() {
        bail!(
            "the keys come from FOBWATCH_KEYS__TEXT, which this command cannot change. Put them into a file, name it by \
             keys.file, rotate, and take the file's new content as FOBWATCH_KEYS__TEXT"
        );
    }
    let file = &config.keys.file;
    let Some(mut keys) = load_keys(config)? else {
        bail!("there is no key file {} yet: it is made at the first start", file.display());
    };
    // The database is opened with the old keys first: a wrong file must not be rotated.
    let house = House::open(config).await?;
    house.store.close().await;

    keys.rotate(house.random.as_ref());
    keys.save_rotated(file).context("the key file cannot be replaced")?;
    console.say(format!("{} has a new key. Keep a new copy of it.", file.display()))?;

    let url = config.database.url.expose();
    let store = Store::open(url, config.database.connections.get(), Arc::new(keys), house.random).await?;
    let resealed =
        store.reseal().await.context("the new key is in place; run `fobwatch keys rotate` again to go on")?;
    let mut tx = store.begin().await?;
    tx.audit(Event::KeysRotated { resealed }, SystemClock.now());
    tx.commit().await?;
    store.close().await;
    console.say(format!("{resealed} values are sealed again with the new key. Start the service now."))?;
    Ok(())
}

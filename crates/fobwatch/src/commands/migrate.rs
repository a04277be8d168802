//! `fobwatch migrate`: make or renew the tables.

use anyhow::Result;

use super::Outcome;
use super::console::Console;
use crate::config::Config;
use crate::house::House;

pub(super) async fn run(config: &Config, console: &mut Console) -> Result<Outcome> {
    let house = House::open(config).await?;
    console.say(format!("The tables in {} are up to date.", house.store.kind()))?;
    house.store.close().await;
    Ok(Outcome::Well)
}

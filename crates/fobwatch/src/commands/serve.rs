//! `fobwatch serve`: the service itself.

use anyhow::Result;

use super::Outcome;
use crate::config::Config;
use crate::running::{Hooks, run};

pub(super) async fn run_until_told(config: Config) -> Result<Outcome> {
    run(config, Hooks::default()).await?;
    Ok(Outcome::Well)
}

//! `fobwatch serve`: the service itself.

use anyhow::Result;

use super::Outcome;
use crate::config::Config;
use crate::running::{Hooks, run};
use crate::wiring;

pub(super) async fn run_until_told(config: Config) -> Result<Outcome> {
    wiring::use_own_credential_types(&config)?;
    run(config, Hooks::default()).await?;
    Ok(Outcome::Well)
}

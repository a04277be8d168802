//! `fobwatch config`: print an example or the reference, check what is there.

use anyhow::Result;
use clap::Subcommand;

use super::Outcome;
use super::console::Console;
use crate::config::{Config, Problems, example, reference};
use crate::wiring;

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a commented configuration file with every key
    Example,
    /// Print the reference of all keys, in Markdown
    Reference,
    /// Read the configuration and name everything that is wrong with it
    Check,
}

impl Command {
    pub(super) fn run(
        self,
        load: impl FnOnce() -> Result<Config, Problems>,
        console: &mut Console,
    ) -> Result<Outcome> {
        match self {
            Self::Example => console.print(&example())?,
            Self::Reference => console.print(&reference())?,
            Self::Check => {
                wiring::use_own_credential_types(&load()?)?;
                console.say("The configuration is good.")?;
            }
        }
        Ok(Outcome::Well)
    }
}

//! `fobwatch voice`: what a call says, to read, to listen to, or to record anew.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use super::Outcome;
use super::console::Console;
use crate::config::Config;
use crate::wiring;

/// What can be done with the words of a call.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the words, for whoever speaks a recording
    Words,
    /// Write the words as they are spoken to a WAV file, to listen to
    Speak {
        /// Where the file goes
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl Command {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let service = config.service.name.as_str();
        let words = wording::text(wording::Language::En, "call-sign-in", &[("service", service)]);
        match self {
            Self::Words => console.say(words)?,
            Self::Speak { file } => {
                let prompt = wiring::speech(config)?.speak(&words).await?;
                std::fs::write(&file, prompt.to_wav())
                    .with_context(|| format!("{} cannot be written", file.display()))?;
                console.say(format!("{} says it once.", file.display()))?;
            }
        }
        Ok(Outcome::Well)
    }
}

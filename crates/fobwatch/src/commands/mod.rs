//! The command line: one file per command.

pub mod audit;
pub mod config;
pub mod console;
pub mod demo;
pub mod doctor;
pub mod keys;
pub mod messages;
pub mod migrate;
pub mod organisation;
pub mod passport;
pub mod passport_keys;
pub mod passport_trust;
pub mod passwords;
pub mod pki;
pub mod reference;
pub mod role;
pub mod roster;
pub mod serve;
pub mod verification_client;
pub mod voice;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::Config;
use console::Console;

/// The front door to a health worker's digital identity.
#[derive(Debug, Parser)]
#[command(name = "fobwatch", version, max_term_width = 100, propagate_version = false)]
pub struct Cli {
    /// The configuration file. Without it the environment (`FOBWATCH_SECTION__KEY`) must say all
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "FOBWATCH_CONFIG",
        hide_env_values = true,
        display_order = 900
    )]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the command line can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages and deliver messages, until told to stop
    Serve,
    /// Make or renew the tables of the database; `serve` does so, too
    Migrate,
    /// Print or check the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Check database, keys, e-mail, text messages, clock and public address, and say what to mend
    Doctor,
    /// Add, list and set organisations
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Import who may register
    #[command(subcommand)]
    Roster(roster::Command),
    /// Give, take and list roles in the console; the first administrator comes from here
    #[command(subcommand)]
    Role(role::Command),
    /// Register telephone services that may compare Verification Passcodes
    #[command(subcommand)]
    VerificationClient(verification_client::Command),
    /// Provide, withdraw, revoke and list credentials of staff passports, and look after the keys that sign them
    #[command(subcommand)]
    Passport(passport::Command),
    /// Look after the keys that encrypt personal secrets
    #[command(subcommand)]
    Keys(keys::Command),
    /// Make a list of breached passwords, and look one up
    #[command(subcommand)]
    Passwords(passwords::Command),
    /// Make the certificate authority of smartcards, and look after it
    #[command(subcommand)]
    Pki(pki::Command),
    /// Print or speak the words of a telephone call
    #[command(subcommand)]
    Voice(voice::Command),
    /// Verify and export the audit
    #[command(subcommand)]
    Audit(audit::Command),
    /// List messages that wait or were given up, and why; the exit code is 1 if any was given up
    Messages(messages::Messages),
    /// Show the service with invented people, a phone on the screen and a clock to turn, on this machine only
    Demo(demo::Demo),
}

impl Cli {
    /// Does what the command line asks for. `environment` is where configuration keys are looked for beside the file.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the console.
    pub async fn run(
        self,
        environment: impl IntoIterator<Item = (String, String)>,
        console: &mut Console,
    ) -> Result<Outcome> {
        let file = self.config.as_deref();
        let load = || Config::load(file, environment);
        match self.command {
            Command::Config(command) => command.run(load, console),
            Command::Serve => Box::pin(serve::run_until_told(load()?)).await,
            Command::Migrate => migrate::run(&load()?, console).await,
            Command::Doctor => doctor::run(&load()?, console).await,
            Command::Organisation(command) => command.run(&load()?, console).await,
            // A template needs no configuration.
            Command::Roster(command) => command.run(load, console).await,
            Command::Role(command) => command.run(&load()?, console).await,
            Command::VerificationClient(command) => command.run(&load()?, console).await,
            Command::Passport(command) => command.run(&load()?, console).await,
            Command::Keys(command) => command.run(&load()?, console).await,
            // A list is made without a configuration.
            Command::Passwords(command) => command.run(load, console).await,
            // The root's machine has no configuration.
            Command::Pki(command) => command.run(load, console).await,
            Command::Voice(command) => command.run(&load()?, console).await,
            Command::Audit(command) => command.run(&load()?, console).await,
            Command::Messages(messages) => messages.run(&load()?, console).await,
            // It takes nothing from the configuration: it must never touch the database of a real service.
            Command::Demo(demo) => Box::pin(demo.run(console)).await,
        }
    }
}

/// Whether all is well after a command that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Well,
    /// Exit code 1: it did its work, and what it found is not well.
    Unwell,
}

#[cfg(test)]
mod tests;

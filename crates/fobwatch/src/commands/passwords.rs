//! `fobwatch passwords`: the list of breached passwords.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use breached::{PasswordDigest, Progress, build};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use journeys::{Breached, Clock as _};

use super::Outcome;
use super::console::Console;
use crate::config::{Config, Problems};
use crate::house::SystemClock;
use crate::wiring;

/// What can be done with breached passwords.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a compact list out of hashes in the public SHA-1 range format
    BuildList(BuildList),
    /// Look a password up that is typed, or stands on the standard input. The exit code is 1 if it is listed
    Check(Check),
}

/// `fobwatch passwords build-list`
#[derive(Debug, Args)]
pub struct BuildList {
    /// A folder of files named by five hexadecimal digits with lines of SUFFIX:COUNT, or one sorted file with lines of
    /// SHA1:COUNT
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    /// The list. It appears when it is whole, and replaces an older one
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// When the hashes were fetched, if not now, such as 2026-11-22T09:00:00Z
    #[arg(long, value_name = "TIME")]
    made_at: Option<Timestamp>,
}

/// `fobwatch passwords check`
#[derive(Debug, Args)]
pub struct Check {
    /// The list to look into, instead of what the configuration names
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
}

impl Command {
    pub(super) async fn run(
        self,
        load: impl FnOnce() -> Result<Config, Problems>,
        console: &mut Console,
    ) -> Result<Outcome> {
        match self {
            Self::BuildList(list) => list.run(console).await,
            Self::Check(Check { list: Some(list) }) => {
                let list = wiring::breached_list(&list)?;
                check(&Breached { list: Some(list.into()), service: None }, console).await
            }
            Self::Check(Check { list: None }) => check(&wiring::breached(&load()?)?, console).await,
        }
    }
}

impl BuildList {
    async fn run(self, console: &mut Console) -> Result<Outcome> {
        let Self { source, out, made_at } = self;
        let made_at = made_at.unwrap_or_else(|| SystemClock.now());
        let bar = progress_bar(console);
        let shown = out.display().to_string();
        let built = tokio::task::spawn_blocking(move || {
            let progress = |progress: Progress| {
                bar.set_length(progress.of);
                bar.set_position(progress.done);
            };
            let built = build(&source, &out, made_at, &progress);
            bar.finish_and_clear();
            built
        })
        .await??;
        console.say(format!("{shown}: {} hashes in {} bytes.", built.entries, built.bytes))?;
        console
            .note(format!("Name it by passwords.breached_list = \"{shown}\" and start the service again."))?;
        Ok(Outcome::Well)
    }
}

fn progress_bar(console: &Console) -> ProgressBar {
    let target =
        if console.is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(1), target);
    match ProgressStyle::with_template("{wide_bar} {percent} %, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

async fn check(breached: &Breached, console: &mut Console) -> Result<Outcome> {
    if breached.list.is_none() && breached.service.is_none() {
        bail!(
            "there is nothing to look into: set passwords.breached_list or passwords.range_service, or name a list by --list"
        );
    }
    let typed = console.secret("Password (it is not shown): ")?;
    if typed.expose().is_empty() {
        bail!("no password was given: type it, or write it to the standard input");
    }
    let digest = PasswordDigest::of(&rules::password::canonical(typed.expose()));
    let listed = match &breached.list {
        Some(list) => list.holds(&digest).map_err(|problem| anyhow::anyhow!("the list {problem}"))?,
        None => false,
    };
    let known = match &breached.service {
        Some(service) if !listed => service
            .holds(&digest)
            .await
            .map_err(|failure| anyhow::anyhow!("passwords.range_service: {failure}"))?,
        _ => false,
    };
    if listed || known {
        console.say("Listed: attackers have this password. The service refuses it.")?;
        return Ok(Outcome::Unwell);
    }
    console.say("Not listed.")?;
    Ok(Outcome::Well)
}

/// Where the list lies, and what it holds, for `fobwatch doctor`. Every byte of it is read.
pub(super) async fn look(config: &Config) -> Result<String, String> {
    let breached = wiring::breached(config).map_err(|error| format!("{error:#}"))?;
    let mut found = Vec::new();
    if let (Some(list), Some(path)) = (breached.list, &config.passwords.breached_list) {
        let shown = Path::display(path).to_string();
        let reading =
            tokio::task::spawn_blocking(move || list.verify().map(|()| list.header().clone())).await;
        let header = reading.map_err(|error| error.to_string())?.map_err(|problem| {
            format!("{shown} {problem}. Make it again: `fobwatch passwords build-list`")
        })?;
        found.push(format!("{shown} holds {} hashes, made at {}", header.entries, header.made_at));
    }
    if let Some(service) = breached.service {
        service.check().await.map_err(|failure| format!("passwords.range_service: {failure}"))?;
        found.push("passwords.range_service answers".to_owned());
    }
    if found.is_empty() {
        found.push("no list and no service configured, so only their strength is judged".to_owned());
    }
    Ok(found.join("; "))
}

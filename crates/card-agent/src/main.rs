//! `fobwatch-card`: what the desktop starts for a link, and the browser for its extension.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use card_agent::{
    HttpsPortal, JobLink, Machine, PAUSES, PcscReaders, Pinentry, SETTINGS_FILE, Trouble, Workstation,
    install, run, uninstall,
};
use clap::{Parser, Subcommand};
use rand_core::OsRng;

/// Works smartcards on this machine for the portals that its administrator allows.
#[derive(Debug, Parser)]
#[command(name = "fobwatch-card", version)]
struct Arguments {
    /// The machine's file of allowed portals. Only for whoever may choose it: links cannot.
    #[arg(long, global = true, default_value = SETTINGS_FILE)]
    settings: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Do the job of a link: the desktop starts this
    Job {
        /// fobwatch-card:job?portal=https://…&ticket=…
        link: String,
    },
    /// Let this person's desktop and browsers on Linux start the agent
    Install,
    /// Take that back
    Uninstall,
}

fn main() -> ExitCode {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("FOBWATCH_CARD_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let done = match &arguments.what {
        What::Job { link } => job(link, &arguments.settings),
        What::Install => set_up(true),
        What::Uninstall => set_up(false),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn job(link: &str, settings: &Path) -> anyhow::Result<()> {
    let machine = Machine::read(settings).map_err(|problem| Trouble::Settings { why: problem.to_string() });
    let configured = machine.as_ref().ok().and_then(|machine| machine.pinentry.clone());
    let mut person = Pinentry::find(configured.as_deref()).ok_or(Trouble::NoWindow)?;
    let prepared = machine.and_then(|machine| {
        let link = JobLink::parse(link).map_err(|_| Trouble::NotALink)?;
        let portal = HttpsPortal::new(&link.portal, &machine)?;
        Ok((link, portal))
    });
    let (link, mut portal) = match prepared {
        Ok(prepared) => prepared,
        Err(trouble) => {
            person.tell(&trouble.words());
            return Err(trouble.into());
        }
    };
    let mut readers = PcscReaders::new();
    let at =
        Workstation { readers: &mut readers, person: &mut person, randomness: &mut OsRng, pauses: &PAUSES };
    // One job, one thread: while the person or the card is waited for, nothing else happens.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let shown = link.portal.origin().ascii_serialization();
    runtime.block_on(run(&mut portal, at, &link.ticket, &shown))?;
    Ok(())
}

fn set_up(wanted: bool) -> anyhow::Result<()> {
    anyhow::ensure!(cfg!(target_os = "linux"), "on Windows and macOS the package does this: see packaging/");
    let home = PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?);
    let folder =
        |name: &str, usual: &str| std::env::var_os(name).map_or_else(|| home.join(usual), PathBuf::from);
    let (data, settings) = (folder("XDG_DATA_HOME", ".local/share"), folder("XDG_CONFIG_HOME", ".config"));
    let files = if wanted {
        let program = std::env::current_exe().context("where this program is")?;
        let files = install(&program, &data, &settings)?;
        choose_as_handler();
        files
    } else {
        uninstall(&data, &settings)?
    };
    for file in files.0 {
        tracing::info!(file = %file.display(), "{}", if wanted { "written" } else { "removed" });
    }
    Ok(())
}

/// Desktops that have no other program for the scheme need no choice; where `xdg-mime` is missing, it is one of these.
fn choose_as_handler() {
    let scheme = format!("x-scheme-handler/{}", card_jobs::SCHEME);
    let chosen =
        std::process::Command::new("xdg-mime").args(["default", "fobwatch-card.desktop", &scheme]).status();
    if !chosen.is_ok_and(|status| status.success()) {
        tracing::warn!("xdg-mime did not choose the agent for its links: the desktop may ask");
    }
}

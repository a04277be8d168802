//! The binary's library: configuration, commands and the wiring of the running service.

pub mod authority;
mod certificate_host;
pub mod commands;
pub mod config;
mod credential_types;
pub mod house;
pub mod log;
pub mod logo;
pub mod metrics;
pub mod running;
pub mod wiring;

pub use config::Config;
pub use running::{Hooks, Running, run, start};

use std::process::ExitCode;

use clap::Parser as _;
use commands::console::Console;
use commands::{Cli, Outcome};

/// Reads the command line and does what it asks for. Exit code 0: all is well; 1: it is not, and the last lines say
/// what; 2: the command line cannot be understood.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    running::install_tls();
    let mut console = Console::standard();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(cli.run(config::environment(), &mut console)));
    match outcome {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Unwell) => ExitCode::FAILURE,
        Err(error) => {
            // Nobody reads what a closed stream is told.
            let _ = console.note(format!("fobwatch: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

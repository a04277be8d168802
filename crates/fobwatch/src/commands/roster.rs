//! `fobwatch roster import`: the employer's list of who may register, as a whole.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use journeys::Clock as _;
use store::audit::Event;
use store::roster::{Missing, RosterImport};

use super::Outcome;
use super::console::Console;
use super::organisation::by_code;
use crate::config::{Config, Problems};
use crate::house::{House, SystemClock};
use crate::wiring;
use journeys::roster_file::{self, RosterFile};

/// So many people may be missing from a file without a question.
const LEAVERS_WITHOUT_QUESTION: usize = 10;
/// One in so many of the people on the roster may be missing without a question: 20 %.
const ONE_IN: usize = 5;

/// What can be done with rosters.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take a CSV file as the whole list of an organisation's people. Whoever is not in it is marked as left
    Import(Import),
}

/// `fobwatch roster import`
#[derive(Debug, Args)]
pub struct Import {
    /// The organisation's code
    #[arg(long, value_name = "CODE", required_unless_present = "template")]
    organisation: Option<String>,
    /// The CSV file, in UTF-8
    #[arg(value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Import the good rows even if others are bad. Then nobody is marked as left
    #[arg(long)]
    skip_bad: bool,
    /// Mark people as left even if they are more than a fifth of the roster
    #[arg(long)]
    accept_leavers: bool,
    /// Print the headings of a file to fill in, and what belongs under them
    #[arg(long)]
    template: bool,
}

impl Command {
    pub(super) async fn run(
        self,
        load: impl FnOnce() -> Result<Config, Problems>,
        console: &mut Console,
    ) -> Result<Outcome> {
        let Self::Import(import) = self;
        match (&import.organisation, &import.file) {
            (Some(code), Some(file)) if !import.template => {
                let config = load()?;
                import.run(&config, code, file, console).await
            }
            _ => template(console),
        }
    }
}

impl Import {
    async fn run(&self, config: &Config, code: &str, path: &Path, console: &mut Console) -> Result<Outcome> {
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let house = House::open(config).await?;
        let organisation = by_code(&house, code).await?;
        let now = SystemClock.now();
        let today = now.to_zoned(config.service.time_zone.get().clone()).date();
        let phones = wiring::phones(config);
        let mut file =
            roster_file::read(&bytes, today, phones).with_context(|| path.display().to_string())?;
        file.leave_out_numbers(&house.store.numbers_of_invited(organisation.id).await?);
        for mistake in &file.mistakes {
            console.note(mistake.to_string())?;
        }
        if file.bad_rows > 0 && !self.skip_bad {
            bail!(
                "nothing was imported: {} of {} rows are bad. Mend them, or leave them out with --skip-bad",
                file.bad_rows,
                file.rows.len() + file.bad_rows
            );
        }
        let bar = progress_bar(&file, console);
        let mut tx = house.store.begin().await?;
        let progress = |done: usize| bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        let about_missing = |missing: usize, of: usize| self.about(missing, of, &file);
        let imported = tx.import_roster(organisation.id, &file.rows, now, &about_missing, &progress).await?;
        let Some(imported) = imported else {
            bail!(
                "nothing was imported: more than a fifth of the people on the roster of {} are not in this file and \
                 would be marked as left. If that is right, say --accept-leavers",
                organisation.code
            );
        };
        let RosterImport { added, changed, unchanged, left, roles_taken, last_administrator_left } = imported;
        tx.audit(
            Event::RosterImported { organisation: organisation.id, added, changed, unchanged, left },
            now,
        );
        tx.commit().await?;
        bar.finish_and_clear();
        house.store.close().await;
        let skipped = file.bad_rows;
        console.say(format!(
            "{}: {added} added, {changed} changed, {unchanged} unchanged, {left} left, {skipped} skipped.",
            organisation.name
        ))?;
        if roles_taken > 0 {
            console.note(format!("People who have left lost their roles in the console: {roles_taken}."))?;
        }
        if last_administrator_left {
            console.note(format!(
                "The last administrator of {} has left and is one still: give the role to somebody else with \
                 `fobwatch role give`, and import the file again.",
                organisation.name
            ))?;
        }
        if skipped > 0 {
            console.note(
                "Because rows were skipped, nobody was marked as left for being missing from the file.",
            )?;
        }
        Ok(Outcome::Well)
    }

    /// What is to be done about `missing` of the `of` people on the roster.
    fn about(&self, missing: usize, of: usize, file: &RosterFile) -> Missing {
        let few = missing <= LEAVERS_WITHOUT_QUESTION || missing.saturating_mul(ONE_IN) <= of;
        if file.bad_rows > 0 {
            // Whoever stands in a bad row is missing from the good ones and has not left.
            Missing::Keep
        } else if few || self.accept_leavers {
            Missing::MarkAsLeft
        } else {
            Missing::Refuse
        }
    }
}

fn progress_bar(file: &RosterFile, console: &Console) -> ProgressBar {
    let length = u64::try_from(file.rows.len()).unwrap_or(u64::MAX);
    let target =
        if console.is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    match ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} people") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn template(console: &mut Console) -> Result<Outcome> {
    console.print(&roster_file::template())?;
    for line in TEMPLATE_NOTES {
        console.note(line)?;
    }
    Ok(Outcome::Well)
}

/// What belongs under the headings, for the person who asked for the template; not part of the file.
const TEMPLATE_NOTES: [&str; 7] = [
    "date of birth: 1988-04-17 or 17/04/1988",
    "staff group: Additional Clinical Services; Additional Professional Scientific and Technical; Administrative and \
     Clerical; Allied Health Professionals; Estates and Ancillary; Healthcare Scientists; Medical and Dental; Nursing \
     and Midwifery Registered; Students (non-medical); Students (medical undergraduate)",
    "employment type: permanent or fixed term; temporary mover",
    "employment status: current employee; new starter; leaver",
    "esr number: the first eight digits of the employee number",
    "user type: staff (also if empty); training user; authoriser",
    "phone, job role, esr number and user type may be empty, or left out altogether",
];

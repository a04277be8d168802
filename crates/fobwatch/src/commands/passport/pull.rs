//! `fobwatch passport pull`: what an HR system tells, provided now.

use anyhow::{Context as _, Result, bail};
use clap::Args;
use journeys::Service;
use journeys::passport::staff_records::{Outcome as Ended, Pulled, by_hand};

use super::organisation;
use crate::commands::Outcome;
use crate::commands::console::Console;
use crate::config::Config;
use crate::wiring;

/// `fobwatch passport pull`
#[derive(Debug, Args)]
pub struct Pull {
    /// The code of the organisation, which has a source among `staff_records.sources`
    #[arg(long, value_name = "CODE")]
    organisation: String,
}

impl Pull {
    pub(super) async fn run(
        self,
        config: &Config,
        service: &Service,
        console: &mut Console,
    ) -> Result<Outcome> {
        let organisation = organisation(service, &self.organisation).await?;
        let sources = wiring::staff_sources(config)?;
        let source = sources.iter().find(|source| source.organisation == organisation.code);
        let Some(source) = source else {
            bail!(
                "staff_records.sources names no source of {0}: write one as {0} | csv | PATH or {0} | rest | ADDRESS | TOKEN-FILE",
                organisation.code
            )
        };
        let ended = by_hand(service, source, &organisation).await;
        match ended.with_context(|| format!("the staff records of {}", organisation.code))? {
            Ended::Done(pulled) => tell(&pulled, console),
            Ended::UnderWay => bail!(
                "the staff records of {} are being pulled at present, or were until it was cut off: try again in five minutes",
                organisation.code
            ),
            Ended::BrokenOff => bail!("another node has taken this over; what was provided stands"),
        }
    }
}

fn tell(pulled: &Pulled, console: &mut Console) -> Result<Outcome> {
    for wrong in &pulled.wrong_at {
        console.say(wrong)?;
    }
    if pulled.wrong > pulled.wrong_at.len() as u64 {
        console.say("…")?;
    }
    for (count, what) in [
        (pulled.provided, "provided"),
        (pulled.unchanged, "unchanged"),
        (pulled.wrong, "wrong, and not provided"),
        (pulled.run_out, "run out, and not provided"),
        (pulled.without_account, "of people without an account"),
        (pulled.vanished, "provided before and not in the source any more"),
    ] {
        console.say(format!("{count:>7} {what}"))?;
    }
    if pulled.vanished > 0 {
        console.note("Nothing is done about what is not in the source any more: `passport withdraw` or `passport revoke`, if it is to end:")?;
        for credential in &pulled.vanished_credentials {
            console.note(credential.to_string())?;
        }
    }
    Ok(if pulled.wrong == 0 { Outcome::Well } else { Outcome::Unwell })
}

//! `fobwatch passport rejections` and `fobwatch passport resolve`: what people rejected, and what became of it.

use anyhow::{Result, bail};
use clap::Args;
use journeys::Service;
use journeys::passport::rejections::{self, Mark, Marked};
use journeys::passport::title;
use store::credential_rejection::Rejection;
use uuid::Uuid;

use super::organisation;
use crate::commands::console::Console;

/// `fobwatch passport rejections`
#[derive(Debug, Args)]
pub struct List {
    /// The code of the organisation that issued the credentials
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// Those that are resolved, too
    #[arg(long)]
    all: bool,
}

/// `fobwatch passport resolve`
#[derive(Debug, Args)]
pub struct Resolve {
    /// The code of the organisation that issued it
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// Open it again: there is something to do after all
    #[arg(long)]
    undo: bool,
    /// The id of the credential, as `rejections` prints it
    id: Uuid,
}

impl List {
    pub(super) async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let organisation = organisation(service, &self.organisation).await?;
        let (mut after, mut found) = (None, false);
        loop {
            let page = rejections::list(service, &organisation, self.all, after).await?;
            for rejection in &page.rejections {
                found = true;
                say(service, console, rejection)?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if !found {
            console.note(if self.all { "Nothing was rejected." } else { "No rejection is open." })?;
        }
        Ok(())
    }
}

fn say(service: &Service, console: &mut Console, one: &Rejection) -> Result<()> {
    let day = |moment| service.local(moment).date();
    let what = title(one.kind, &one.variant);
    let reason = one.reason.as_str();
    console.say(format!("{} {} {} {what} ({reason})", one.credential, day(one.rejected_at), one.email))?;
    if let Some(details) = &one.details {
        console.say(format!("    The person wrote: {}", on_one_line(details)))?;
    }
    match (one.resolved_at, one.corrected_by) {
        (Some(at), Some(by)) => {
            console.say(format!("    Resolved on {} by the credential {by}.", day(at)))?;
        }
        (Some(at), None) => console.say(format!("    Resolved on {}.", day(at)))?,
        (None, _) => console.say(format!("    {}", rejections::advice(service, one.reason)))?,
    }
    Ok(())
}

/// What somebody wrote on a page says nothing to the terminal but its letters.
fn on_one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Resolve {
    pub(super) async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let organisation = organisation(service, &self.organisation).await?;
        let (mark, now) = if self.undo { (Mark::Open, "open again") } else { (Mark::Resolved, "resolved") };
        match rejections::mark(service, &organisation, self.id, mark).await? {
            Marked::Done => Ok(console.say(format!("The rejection of {} is {now}.", self.id))?),
            Marked::Before => bail!("the rejection of {} is {} already", self.id, mark_before(mark)),
            Marked::NotRejected => bail!("{} was not rejected: `passport list` tells how it stands", self.id),
            Marked::Unknown => bail!("{} has issued no credential {}", organisation.name, self.id),
        }
    }
}

fn mark_before(mark: Mark) -> &'static str {
    match mark {
        Mark::Resolved => "resolved",
        Mark::Open => "open",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_cannot_speak_to_the_terminal() {
        assert_eq!(on_one_line(" the date\r\nis\twrong "), "the date is wrong");
        assert_eq!(on_one_line("\u{1b}]0;owned\u{7}\u{9b}31m"), "]0;owned 31m");
    }
}

//! `fobwatch audit`: verify that nothing was changed, and export what was written.

use anyhow::Result;
use clap::Subcommand;
use store::audit::AuditVerdict;

use super::Outcome;
use super::console::Console;
use crate::config::Config;
use crate::house::House;

/// What can be done with the audit.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Follow the chain of all records; a missing, altered or swapped one is named, and the exit code is 1
    Verify {
        /// A last link that was kept elsewhere: the end of the chain cannot have been cut off since then unnoticed
        #[arg(long, value_name = "LINK")]
        head: Option<String>,
    },
    /// Print all records in their order, one JSON object a line
    Export {
        /// Only the records after this number
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: u32,
    },
}

impl Command {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let house = House::open(config).await?;
        let outcome = match self {
            Self::Verify { head } => verify(&house, head.as_deref(), console).await?,
            Self::Export { after } => export(&house, after, console).await?,
        };
        house.store.close().await;
        Ok(outcome)
    }
}

async fn verify(house: &House, kept: Option<&str>, console: &mut Console) -> Result<Outcome> {
    if let Some(kept) = kept
        && house.store.audit_record_of(kept).await?.is_none()
    {
        console
            .say("The audit is not whole: no record has the link that you kept, so its end was cut off.")?;
        return Ok(Outcome::Unwell);
    }
    let (line, outcome) = match house.store.audit_verify().await? {
        AuditVerdict::Whole { records, head } => {
            (format!("The audit is whole: {records} records, the last link is {head}."), Outcome::Well)
        }
        AuditVerdict::Missing { seq } => {
            (format!("The audit is not whole: record {seq} is missing."), Outcome::Unwell)
        }
        AuditVerdict::Altered { seq } => {
            let line = format!(
                "The audit is not whole: record {seq} is not what was written, or the keys are not those it was written with."
            );
            (line, Outcome::Unwell)
        }
    };
    console.say(line)?;
    Ok(outcome)
}

async fn export(house: &House, after: u32, console: &mut Console) -> Result<Outcome> {
    let mut last = i64::from(after);
    loop {
        let page = house.store.audit_page(last).await?;
        let Some(end) = page.last() else { return Ok(Outcome::Well) };
        last = end.seq;
        for record in &page {
            console.say(serde_json::to_string(record)?)?;
        }
    }
}

//! `fobwatch verification-client`: telephone services that may compare Verification Passcodes.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use journeys::{Service, verification};

use super::Outcome;
use super::console::Console;
use super::organisation::by_code;
use crate::config::Config;
use crate::house::House;
use crate::running::{Hooks, assemble};

/// What can be done with telephone services.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Register a telephone service and print its key, which is shown once and not kept
    Add(Add),
    /// Stop the key of a telephone service at once
    Remove {
        /// Its name
        name: String,
    },
    /// List the telephone services
    List,
}

/// `fobwatch verification-client add`
#[derive(Debug, Args)]
pub struct Add {
    /// What the audit calls it, such as "Booking line"
    name: String,
    /// The code of the organisation whose people it may ask about. Without it: those of every organisation
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
}

impl Command {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let house = House::open(config).await?;
        match self {
            Self::Add(add) => add.run(config, house, console).await?,
            Self::Remove { name } => remove(config, house, &name, console).await?,
            Self::List => list(&house, console).await?,
        }
        Ok(Outcome::Well)
    }
}

impl Add {
    async fn run(self, config: &Config, house: House, console: &mut Console) -> Result<()> {
        let name = self.name.trim();
        let good = !name.is_empty() && name.chars().count() <= 60 && !name.chars().any(char::is_control);
        if !good {
            bail!("write a name of 1 to 60 characters on one line");
        }
        let organisation = match &self.organisation {
            Some(code) => Some(by_code(&house, code).await?.id),
            None => None,
        };
        let service: Service = assemble(config, &Hooks::default(), house)?;
        let added = verification::add_client(&service, name, organisation).await;
        service.store.close().await;
        let Some(key) = added? else {
            bail!("there is a telephone service {name:?} already: remove it first to give it another key")
        };
        console.note(format!("{name} may ask with this key. It is shown once; give it to nobody else."))?;
        console.say(key.as_str())?;
        Ok(())
    }
}

async fn remove(config: &Config, house: House, name: &str, console: &mut Console) -> Result<()> {
    let service: Service = assemble(config, &Hooks::default(), house)?;
    let ended = verification::end_client(&service, name.trim()).await;
    service.store.close().await;
    if !ended? {
        bail!("no telephone service {:?} has a key that works", name.trim());
    }
    console.say(format!("The key of {} no longer works.", name.trim()))?;
    Ok(())
}

async fn list(house: &House, console: &mut Console) -> Result<()> {
    let clients = house.store.verification_clients().await?;
    let organisations = house.store.organisations().await?;
    house.store.close().await;
    if clients.is_empty() {
        console.note("There is no telephone service.")?;
    }
    for client in clients {
        let whose = client.organisation_id.and_then(|id| organisations.iter().find(|each| each.id == id));
        let whose = whose.map_or("every organisation", |organisation| organisation.code.as_str());
        let state = if client.ended_at.is_some() { "removed" } else { "may ask" };
        console.say(format!("{state:<8} {} (about people of {whose})", client.name))?;
    }
    Ok(())
}

//! `fobwatch role`: who may do what in an organisation's console. Its first administrator comes from here.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use journeys::console::roles::{Change, Done, at_the_command_line};
use journeys::{Refusal, Service};
use store::role::Role;

use super::Outcome;
use super::console::Console;
use super::organisation::by_code;
use crate::config::Config;
use crate::house::House;
use crate::running::{Hooks, assemble};

/// What can be done with roles.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Give a role to somebody with an account. The person is told, and the audit has it
    Give(Whose),
    /// Take a role away. The last administrator of an organisation stays
    Take(Whose),
    /// List who has which role
    List {
        /// The organisation's code
        #[arg(long, value_name = "CODE")]
        organisation: String,
    },
}

/// Whose role, and which.
#[derive(Debug, Args)]
pub struct Whose {
    /// The organisation's code
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// The e-mail address that the person signs in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// The role: service-desk, administrator, auditor, ra-manager, ra-agent, ra-sponsor, ra-unlocker, passport-manager or
    /// passport-officer
    #[arg(long, value_parser = Role::parse)]
    role: Role,
}

impl Command {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let house = House::open(config).await?;
        match self {
            Self::Give(whose) => change(config, house, &whose, Change::Give, console).await?,
            Self::Take(whose) => change(config, house, &whose, Change::Take, console).await?,
            Self::List { organisation } => list(&house, &organisation, console).await?,
        }
        Ok(Outcome::Well)
    }
}

async fn change(
    config: &Config,
    house: House,
    whose: &Whose,
    change: Change,
    console: &mut Console,
) -> Result<()> {
    let organisation = by_code(&house, &whose.organisation).await?;
    let service: Service = assemble(config, &Hooks::default(), house)?;
    let (email, role) = (whose.email.trim(), whose.role);
    let done = at_the_command_line(&service, &organisation, email, role, change).await;
    service.store.close().await;
    let role = role.as_str();
    let name = &organisation.name;
    match (done, change) {
        (Ok(Done::Changed), Change::Give) => {
            console.say(format!("{email} has the role {role} at {name} now."))?;
        }
        (Ok(Done::Changed), Change::Take) => {
            console.say(format!("{email} has no longer the role {role} at {name}."))?;
        }
        (Ok(_), Change::Give) => console.say(format!("{email} had the role {role} at {name} already."))?,
        (Ok(_), Change::Take) => console.say(format!("{email} did not have the role {role} at {name}."))?,
        (Err(Refusal::NotFound), _) => {
            bail!("nobody at {name} signs in with {email}: the person creates an account first")
        }
        (Err(Refusal::LastAdministrator), _) => {
            bail!("{email} is the last administrator of {name}: give the role to somebody else first")
        }
        (Err(other), _) => return Err(other.into()),
    }
    Ok(())
}

async fn list(house: &House, code: &str, console: &mut Console) -> Result<()> {
    let organisation = by_code(house, code).await?;
    let holders = house.store.role_holders(organisation.id).await?;
    house.store.close().await;
    if holders.is_empty() {
        console.note(format!("Nobody at {} has a role.", organisation.name))?;
    }
    for holder in holders {
        let (role, name) = (holder.role.as_str(), format!("{} {}", holder.first_name, holder.last_name));
        console.say(format!("{role:<14} {name} <{}>", holder.email))?;
    }
    Ok(())
}

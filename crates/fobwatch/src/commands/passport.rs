//! `fobwatch passport`: the credentials that an organisation issues to its people.

mod pull;
mod rejections;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use journeys::Service;
use journeys::passport::withdraw::Ended;
use journeys::passport::{client, provide, report, title, withdraw};
use rules::passport::{CredentialState, Provided, ProvidedProblem, RevokeReason, WithdrawReason};
use store::credential_list::ListedCredential;
use store::organisation::Organisation;
use uuid::Uuid;

use super::console::Console;
use super::{Outcome, passport_keys, passport_trust};
use crate::config::Config;
use crate::house::House;
use crate::running::{Hooks, assemble};
use crate::wiring;

/// No file with credentials is larger, in bytes.
const LARGEST_FILE: u64 = 4 * 1_024 * 1_024;

/// What can be done with credentials.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Provide credentials to somebody, who is told at once and reviews them: all in the file, or none
    Provide(Provide),
    /// Take back a credential before it was accepted. The person is told
    Withdraw(End),
    /// Revoke a credential that was accepted, in the wallet, too. The person is told
    Revoke(End),
    /// List credentials, how they stand, and why
    List(List),
    /// List the credentials that people rejected, why, and what to do about it
    Rejections(rejections::List),
    /// Mark a rejection as resolved, or open it again
    Resolve(rejections::Resolve),
    /// Count anew what the console's reports tell, which is done once an hour by itself
    Count(Count),
    /// Pull an organisation's staff records from its HR system now, and provide what has changed
    Pull(pull::Pull),
    /// Register systems that provide credentials over the interface
    #[command(subcommand)]
    Client(Client),
    /// List and rotate the keys by which organisations sign credentials
    #[command(subcommand)]
    Keys(passport_keys::Command),
    /// Say whose credentials an organisation takes, beside those of this installation
    #[command(subcommand)]
    Trust(passport_trust::Command),
}

/// `fobwatch passport provide`
#[derive(Debug, Args)]
pub struct Provide {
    /// The code of the organisation that issues them
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// Whom they are for: the e-mail address that the person signs in with, or the staff number
    #[arg(long, value_name = "PERSON")]
    person: String,
    /// A JSON file with a credential, or a list of them
    file: PathBuf,
}

/// `fobwatch passport withdraw` and `fobwatch passport revoke`
#[derive(Debug, Args)]
pub struct End {
    /// The code of the organisation that issued it
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// Why. To withdraw: issued-in-error, updated, no-longer-valid. To revoke: training-expired, leaving, provided-in-error,
    /// lost-phone, no-longer-valid, suspected-no-longer-valid, deceased
    #[arg(long, value_name = "REASON")]
    reason: String,
    /// The id of the credential, as `provide` and `list` print it
    id: Uuid,
}

/// `fobwatch passport list`
#[derive(Debug, Args)]
pub struct List {
    /// The code of the organisation that issued them
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// Only those of this person
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// Only those that stand like this: to-review, accepted, rejected, withdrawn, revoked, expired or archived
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
}

/// `fobwatch passport count`
#[derive(Debug, Args)]
pub struct Count {
    /// The code of the organisation whose passports are counted
    #[arg(long, value_name = "CODE")]
    organisation: String,
}

/// What can be done with systems that provide credentials.
#[derive(Debug, Subcommand)]
pub enum Client {
    /// Register a system and print its key, which is shown once and not kept
    Add(Named),
    /// Stop the key of a system at once
    End(Named),
    /// List the systems of all organisations
    List,
}

/// A system.
#[derive(Debug, Args)]
pub struct Named {
    /// The code of the organisation whose credentials it provides
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// What the audit calls it, such as "Staff record"
    name: String,
}

impl Command {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        wiring::use_own_credential_types(config)?;
        let house = House::open(config).await?;
        if let Self::Client(Client::List) = self {
            list_clients(&house, console).await?;
            return Ok(Outcome::Well);
        }
        let service: Service = assemble(config, &Hooks::default(), house)?;
        let done = match self {
            Self::Pull(pull) => Box::pin(pull.run(config, &service, console)).await,
            other => other.act(&service, console).await,
        };
        service.store.close().await;
        done
    }

    async fn act(self, service: &Service, console: &mut Console) -> Result<Outcome> {
        match self {
            Self::Provide(provide) => return provide.run(service, console).await,
            Self::Withdraw(end) => end.withdraw(service, console).await?,
            Self::Revoke(end) => end.revoke(service, console).await?,
            Self::List(list) => list.run(service, console).await?,
            Self::Rejections(list) => list.run(service, console).await?,
            Self::Resolve(resolve) => resolve.run(service, console).await?,
            Self::Count(count) => count.run(service, console).await?,
            Self::Client(Client::Add(named)) => named.add(service, console).await?,
            Self::Client(Client::End(named)) => named.end(service, console).await?,
            // Those that need more than the service are done by now.
            Self::Client(Client::List) | Self::Pull(_) => {}
            Self::Keys(keys) => return keys.run(service, console).await,
            Self::Trust(trust) => return trust.run(service, console).await,
        }
        Ok(Outcome::Well)
    }
}

pub(super) async fn organisation(service: &Service, code: &str) -> Result<Organisation> {
    let found = service.store.organisation_by_code(&code.trim().to_uppercase()).await?;
    found.with_context(|| {
        format!("there is no organisation {code:?}: `fobwatch organisation list` names them")
    })
}

impl Provide {
    async fn run(self, service: &Service, console: &mut Console) -> Result<Outcome> {
        let provided = match read(&self.file, service.today())? {
            Ok(provided) => provided,
            Err(problems) => {
                for problem in problems {
                    console.say(format!("{}: {problem}", self.file.display()))?;
                }
                console.note("Nothing was provided.")?;
                return Ok(Outcome::Unwell);
            }
        };
        let organisation = organisation(service, &self.organisation).await?;
        let Some(account) = provide::person(service, &organisation, &self.person).await? else {
            bail!(
                "nobody at {} signs in with {:?}: the person creates an account first",
                organisation.name,
                self.person
            )
        };
        let ids = provide::provide(service, &organisation, &account, &provided).await?;
        for (id, one) in ids.iter().zip(&provided) {
            console.say(format!("{id} {}", title(one.kind, one.variant)))?;
        }
        Ok(Outcome::Well)
    }
}

/// Reads a file with credentials.
fn read(file: &Path, today: Date) -> Result<Result<Vec<Provided>, Vec<ProvidedProblem>>> {
    let shown = file.display();
    let size = std::fs::metadata(file).with_context(|| format!("{shown} cannot be read"))?.len();
    if size > LARGEST_FILE {
        bail!("{shown} is larger than 4 MB: provide fewer credentials at once");
    }
    let bytes = std::fs::read(file).with_context(|| format!("{shown} cannot be read"))?;
    let json = serde_json::from_slice(&bytes).with_context(|| format!("{shown} is no JSON"))?;
    Ok(Provided::read_all(&json, today))
}

impl End {
    async fn withdraw(self, service: &Service, console: &mut Console) -> Result<()> {
        let Some(reason) = WithdrawReason::parse(&self.reason) else {
            bail!(
                "--reason: write one of {}",
                names(WithdrawReason::ALL.iter().map(|reason| reason.as_str()))
            )
        };
        let organisation = organisation(service, &self.organisation).await?;
        match withdraw::withdraw(service, &organisation, self.id, reason).await? {
            Ended::Done => Ok(console.say(format!("{} is withdrawn.", self.id))?),
            Ended::NotNow => {
                bail!("{} was accepted, rejected or withdrawn already: `passport list` tells", self.id)
            }
            Ended::Unknown => bail!("{} has issued no credential {}", organisation.name, self.id),
        }
    }

    async fn revoke(self, service: &Service, console: &mut Console) -> Result<()> {
        let Some(reason) = RevokeReason::parse(&self.reason) else {
            bail!("--reason: write one of {}", names(RevokeReason::ALL.iter().map(|reason| reason.as_str())))
        };
        let organisation = organisation(service, &self.organisation).await?;
        match withdraw::revoke(service, &organisation, self.id, reason).await? {
            Ended::Done => Ok(console.say(format!("{} is revoked.", self.id))?),
            Ended::NotNow => {
                bail!("{} was not accepted, or is revoked already: withdraw it instead, if it waits", self.id)
            }
            Ended::Unknown => bail!("{} has issued no credential {}", organisation.name, self.id),
        }
    }
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

impl List {
    async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let state = match self.state.as_deref() {
            None => None,
            Some(name) => match CredentialState::parse(name) {
                Some(state) => Some(state),
                None => bail!(
                    "--state: write one of {}",
                    names(CredentialState::ALL.iter().map(|state| state.as_str()))
                ),
            },
        };
        let organisation = organisation(service, &self.organisation).await?;
        let account = match self.person.as_deref() {
            None => None,
            Some(person) => match provide::person(service, &organisation, person).await? {
                Some(account) => Some(account.id),
                None => bail!("nobody at {} signs in with {person:?}", organisation.name),
            },
        };
        let today = service.today();
        let all = service.store.credentials_listed(organisation.id, account).await?;
        let wanted = all.iter().filter(|one| state.is_none_or(|state| one.state(today) == state));
        let mut found = false;
        for one in wanted {
            found = true;
            console.say(line(service, one, today))?;
        }
        if !found {
            console.note("There is no such credential.")?;
        }
        Ok(())
    }
}

impl Count {
    async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let organisation = organisation(service, &self.organisation).await?;
        report::now(service, organisation.id).await?;
        Ok(console.say(format!("The staff passports of {} are counted.", organisation.name))?)
    }
}

fn line(service: &Service, one: &ListedCredential, today: Date) -> String {
    let provided = service.local(one.provided_at).date();
    let reason = one.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let state = one.state(today).as_str();
    format!("{} {state:<9} {provided} {} {}{reason}", one.id, one.email, title(one.kind, &one.variant))
}

impl Named {
    fn checked(&self) -> Result<&str> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            bail!("write a name of 1 to 60 characters on one line");
        }
        Ok(name)
    }

    async fn add(self, service: &Service, console: &mut Console) -> Result<()> {
        let name = self.checked()?;
        let organisation = organisation(service, &self.organisation).await?;
        let Some(key) = client::add(service, &organisation, name).await? else {
            bail!("{} has a system {name:?} already: end it first to give it another key", organisation.name)
        };
        console.note(format!(
            "{name} may provide credentials of {} with this key. It is shown once; give it to nobody else.",
            organisation.name
        ))?;
        Ok(console.say(key.as_str())?)
    }

    async fn end(self, service: &Service, console: &mut Console) -> Result<()> {
        let name = self.checked()?;
        let organisation = organisation(service, &self.organisation).await?;
        if !client::end(service, &organisation, name).await? {
            bail!("no system {name:?} of {} has a key that works", organisation.name);
        }
        Ok(console.say(format!("The key of {name} no longer works."))?)
    }
}

async fn list_clients(house: &House, console: &mut Console) -> Result<()> {
    let clients = house.store.passport_clients().await?;
    let organisations = house.store.organisations().await?;
    house.store.close().await;
    if clients.is_empty() {
        console.note("No system provides credentials.")?;
    }
    for client in clients {
        let whose = organisations.iter().find(|each| each.id == client.organisation_id);
        let whose = whose.map_or("?", |organisation| organisation.code.as_str());
        let state = if client.ended_at.is_some() { "ended" } else { "may provide" };
        console.say(format!("{state:<11} {} (credentials of {whose})", client.name))?;
    }
    Ok(())
}

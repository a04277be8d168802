//! `fobwatch passport trust`: whose credentials an organisation takes, beside those of this installation.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use journeys::Service;
use journeys::passport::title;
use journeys::passport::trust::{self, Described};
use rules::passport::CredentialKind;
use uuid::Uuid;

use super::Outcome;
use super::console::Console;
use super::passport::organisation;
use crate::authority::certificates;

/// What can be done with the trust list.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take credentials of one kind from an issuer outside this installation, from now on
    Add(Add),
    /// Take them no more. What was shared before stays
    Remove(Remove),
    /// List whose credentials are taken
    List(List),
}

/// `fobwatch passport trust add`
#[derive(Debug, Args)]
pub struct Add {
    /// The code of the organisation that takes them
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// The kind of credential, such as core-skill
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// What the issuer calls that kind (vct). Without it: as this installation does
    #[arg(long = "type", value_name = "VCT")]
    credential_type: Option<String>,
    /// The issuer's root certificate, PEM
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// The https address by which the issuer calls itself (iss); its certificates must name that host. Without --root whichever
    /// authority vouches for that host on the web is believed
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// What people call the issuer, such as "Riverside Partnership"
    name: String,
}

/// `fobwatch passport trust remove`
#[derive(Debug, Args)]
pub struct Remove {
    /// The code of the organisation that took them
    #[arg(long, value_name = "CODE")]
    organisation: String,
    /// The id, as `add` and `list` print it
    id: Uuid,
}

/// `fobwatch passport trust list`
#[derive(Debug, Args)]
pub struct List {
    /// Only what the organisation with this code takes
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
}

impl Command {
    pub(super) async fn run(self, service: &Service, console: &mut Console) -> Result<Outcome> {
        match self {
            Self::Add(add) => add.run(service, console).await?,
            Self::Remove(remove) => remove.run(service, console).await?,
            Self::List(list) => list.run(service, console).await?,
        }
        Ok(Outcome::Well)
    }
}

impl Add {
    async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            bail!("write a name of 1 to 60 characters on one line");
        }
        let Some(kind) = CredentialKind::parse(&self.kind) else {
            let kinds = CredentialKind::all().filter(|kind| kind.is_reviewed());
            let kinds: Vec<_> = kinds.map(CredentialKind::as_str).collect();
            bail!("--kind: write one of {}", kinds.join(", "))
        };
        let organisation = organisation(service, &self.organisation).await?;
        let root = match &self.root {
            None => None,
            Some(file) => match certificates(file).context("--root")?.as_slice() {
                [one] => Some(one.der().to_vec()),
                _ => bail!("--root: {} holds more than one certificate, or none", file.display()),
            },
        };
        let described = Described {
            name,
            kind,
            credential_type: self.credential_type.as_deref(),
            root: root.as_deref(),
            address: self.issuer.as_deref(),
        };
        match trust::add(service, &organisation, described).await? {
            Ok(id) => Ok(console.say(format!(
                "{id} {} takes {} from {name} from now on.",
                organisation.code,
                title(kind, "")
            ))?),
            Err(problem) => bail!("{problem}"),
        }
    }
}

impl Remove {
    async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let organisation = organisation(service, &self.organisation).await?;
        if !trust::remove(service, &organisation, self.id).await? {
            bail!("{} takes nothing by {}: `passport trust list` tells", organisation.name, self.id);
        }
        Ok(console.say(format!("{} takes nothing by {} any more.", organisation.code, self.id))?)
    }
}

impl List {
    async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let organisations = match self.organisation.as_deref() {
            Some(code) => vec![organisation(service, code).await?],
            None => service.store.organisations().await?,
        };
        let mut found = false;
        for organisation in organisations {
            for issuer in service.store.trusted_issuers(organisation.id).await? {
                found = true;
                let root = issuer.root.as_ref().map(|_| "its root");
                let by: Vec<&str> = root.into_iter().chain(issuer.address.as_deref()).collect();
                console.say(format!(
                    "{} {} takes {} from {}, known by {}, as {}",
                    issuer.id,
                    organisation.code,
                    title(issuer.kind, ""),
                    issuer.name,
                    by.join(" and "),
                    issuer.credential_type
                ))?;
            }
        }
        if !found {
            console.note("Credentials of this installation are taken, and no others.")?;
        }
        Ok(())
    }
}

//! `fobwatch organisation`: the employers whose people use the service.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use journeys::Clock as _;
use journeys::organisation_rules::{as_kept, own_rules, with_rule};
use store::StoreError;
use store::audit::Event;
use store::organisation::{Organisation, OrganisationChange};

use super::Outcome;
use super::console::Console;
use crate::config::Config;
use crate::house::{House, SystemClock};
use crate::logo::checked_logo;
use crate::wiring;

/// What can be done with organisations.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add an organisation
    Add {
        /// A short code of letters and digits, such as NTH. It is part of the organisation's addresses and never changes
        #[arg(long)]
        code: String,
        /// The name that pages and messages show
        #[arg(long)]
        name: String,
        /// What else is to be set
        #[command(flatten)]
        settings: Settings,
    },
    /// List all organisations
    List,
    /// Change what is given and leave the rest as it is
    Set {
        /// The organisation's code
        #[arg(long)]
        code: String,
        /// The name that pages and messages show
        #[arg(long)]
        name: Option<String>,
        /// What else is to be set
        #[command(flatten)]
        settings: Settings,
    },
}

/// What can be set of an organisation.
#[derive(Debug, Args)]
pub struct Settings {
    /// Where its people get help by e-mail
    #[arg(long, value_name = "ADDRESS")]
    support_email: Option<String>,
    /// Where its people get help by telephone
    #[arg(long, value_name = "NUMBER")]
    support_phone: Option<String>,
    /// Where its people reach the Registration Authority by e-mail, where that is not support
    #[arg(long, value_name = "ADDRESS")]
    ra_email: Option<String>,
    /// Where its people reach the Registration Authority by telephone
    #[arg(long, value_name = "NUMBER")]
    ra_phone: Option<String>,
    /// Where the Registration Authority is and when it is open, for example "Room 2.14, Monday to Friday, 8am to 4pm"
    #[arg(long, value_name = "TEXT")]
    ra_place: Option<String>,
    /// The page that tells how to apply, for those who don't work there yet
    #[arg(long, value_name = "URL")]
    apply_url: Option<String>,
    /// The colour of the header
    #[arg(long, value_name = "#RRGGBB")]
    colour: Option<String>,
    /// A PNG picture for the header, at most 200 KB and 1200 by 600 points
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// Make a rule stricter than the default, for example code-lifetime="10 min"; may be given several times
    #[arg(long, value_name = "RULE=VALUE")]
    strict: Vec<String>,
}

impl Command {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let house = House::open(config).await?;
        match self {
            Self::Add { code, name, settings } => {
                add(&house, config, &code, &name, settings, console).await?;
            }
            Self::List => list(&house, console).await?,
            Self::Set { code, name, settings } => set(&house, config, &code, name, settings, console).await?,
        }
        house.store.close().await;
        Ok(Outcome::Well)
    }
}

async fn add(
    house: &House,
    config: &Config,
    code: &str,
    name: &str,
    settings: Settings,
    console: &mut Console,
) -> Result<()> {
    let (code, name) = (checked_code(code)?, line("name", name, 120)?);
    let change = settings.checked(config, "{}")?;
    let now = SystemClock.now();
    let id = vault::new_id(now, house.random.as_ref());
    let mut tx = house.store.begin().await?;
    match tx.add_organisation(id, &code, &name, now).await {
        Err(StoreError::Taken(_)) => {
            bail!("there is an organisation {code} already: change it with `organisation set`")
        }
        added => added?,
    }
    tx.change_organisation(id, &change).await?;
    tx.audit(Event::OrganisationAdded { organisation: id }, now);
    tx.commit().await?;
    console.say(format!("Added {name} ({code})."))?;
    Ok(())
}

async fn set(
    house: &House,
    config: &Config,
    code: &str,
    name: Option<String>,
    settings: Settings,
    console: &mut Console,
) -> Result<()> {
    let organisation = by_code(house, code).await?;
    let mut change = settings.checked(config, &organisation.policy)?;
    change.name = name.map(|name| line("name", &name, 120)).transpose()?;
    let now = SystemClock.now();
    let mut tx = house.store.begin().await?;
    tx.change_organisation(organisation.id, &change).await?;
    tx.audit(Event::OrganisationChanged { organisation: organisation.id }, now);
    tx.commit().await?;
    console.say(format!("Changed {} ({}).", change.name.unwrap_or(organisation.name), organisation.code))?;
    Ok(())
}

async fn list(house: &House, console: &mut Console) -> Result<()> {
    let organisations = house.store.organisations().await?;
    if organisations.is_empty() {
        console.note(
            "There is no organisation yet: add one with `fobwatch organisation add --code NTH --name \"…\"`.",
        )?;
    }
    for organisation in organisations {
        console.say(format!("{:<10}  {}", organisation.code, organisation.name))?;
        for (setting, value) in [
            ("support e-mail", &organisation.support_email),
            ("support phone", &organisation.support_phone),
            ("Registration Authority e-mail", &organisation.ra_email),
            ("Registration Authority phone", &organisation.ra_phone),
            ("Registration Authority", &organisation.ra_place),
            ("how to apply", &organisation.apply_url),
            ("colour", &organisation.colour),
        ] {
            if let Some(value) = value {
                console.say(format!("{:<12}{setting}: {value}", ""))?;
            }
        }
        if organisation.has_logo {
            console.say(format!("{:<12}has a logo", ""))?;
        }
        for (rule, value) in own_rules(&organisation.policy)? {
            console.say(format!("{:<12}{rule}: {value}", ""))?;
        }
    }
    Ok(())
}

/// The organisation with this code, however it is written.
pub(super) async fn by_code(house: &House, code: &str) -> Result<Organisation> {
    let code = checked_code(code)?;
    let found = house.store.organisation_by_code(&code).await?;
    found.with_context(|| {
        format!("there is no organisation {code}: `fobwatch organisation list` shows those there are")
    })
}

impl Settings {
    /// Checks everything before anything is changed.
    fn checked(self, config: &Config, policy: &str) -> Result<OrganisationChange> {
        let apply_url = self.apply_url.map(|url| match url::Url::parse(&url) {
            Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(url),
            _ => bail!("--apply-url is not a web address: write one that begins with https://"),
        });
        let address = |option: &str, address: Option<String>| {
            let parsed = address.map(|address| rules::email::EmailAddress::parse(&address));
            let kept = parsed.transpose().with_context(|| format!("--{option} is not an e-mail address"))?;
            anyhow::Ok(kept.map(|address| address.as_str().to_owned()))
        };
        let colour = self
            .colour
            .map(|colour| pages::Colour::parse(&colour).context("--colour").map(|c| c.to_string()));
        let policy =
            if self.strict.is_empty() { None } else { Some(made_stricter(config, policy, &self.strict)?) };
        Ok(OrganisationChange {
            name: None,
            support_email: address("support-email", self.support_email)?,
            support_phone: self.support_phone.map(|number| line("support-phone", &number, 40)).transpose()?,
            ra_email: address("ra-email", self.ra_email)?,
            ra_phone: self.ra_phone.map(|number| line("ra-phone", &number, 40)).transpose()?,
            ra_place: self.ra_place.map(|place| line("ra-place", &place, 200)).transpose()?,
            apply_url: apply_url.transpose()?,
            colour: colour.transpose()?,
            logo: self.logo.as_deref().map(logo).transpose()?,
            policy,
        })
    }
}

/// The stricter rules with those on the command line over them, each checked against the default.
fn made_stricter(config: &Config, kept: &str, given: &[String]) -> Result<String> {
    let installation = wiring::settings(config).policy;
    let mut rules = own_rules(kept)?;
    for rule in given {
        let Some((key, value)) = rule.split_once('=') else {
            bail!(
                "--strict {rule}: write RULE=VALUE. The rules are {}",
                rules::policy::Policy::KEYS.join(", ")
            );
        };
        rules = with_rule(&installation, rules, key, value).with_context(|| format!("--strict {rule}"))?;
    }
    Ok(as_kept(&rules)?)
}

fn checked_code(code: &str) -> Result<String> {
    let code = code.trim().to_uppercase();
    let good = (2..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if good { Ok(code) } else { bail!("--code: write 2 to 10 letters and digits, such as NTH") }
}

fn line(what: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    let good = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { bail!("--{what}: write one line of at most {most} characters") }
}

fn logo(file: &Path) -> Result<Vec<u8>> {
    let bytes = std::fs::read(file).with_context(|| format!("--logo: {} cannot be read", file.display()))?;
    checked_logo(&bytes).with_context(|| format!("--logo: {} cannot be used", file.display()))?;
    Ok(bytes)
}

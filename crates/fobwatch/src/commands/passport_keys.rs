//! `fobwatch passport keys`: the keys by which organisations sign credentials.

use anyhow::Result;
use clap::{Args, Subcommand};
use journeys::Service;
use journeys::passport::rotate::{self, Rotate, Rotation};
use store::organisation::Organisation;

use super::Outcome;
use super::console::Console;
use super::passport::organisation;

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List roots and keys, and what each is still for
    List(List),
    /// Make a new key now, which signs from here on. What was issued before goes on holding
    Rotate(Renew),
}

/// `fobwatch passport keys list`
#[derive(Debug, Args)]
pub struct List {
    /// Only those of the organisation with this code
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
    /// Print the certificates of the trusted roots instead (PEM): what others have to trust
    #[arg(long)]
    pem: bool,
}

/// `fobwatch passport keys rotate`
#[derive(Debug, Args)]
pub struct Renew {
    /// Only those of the organisation with this code
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
    /// Make a new root, too. Whoever trusts the one before has to trust this one as well: tell them first
    #[arg(long)]
    root: bool,
}

impl Command {
    pub(super) async fn run(self, service: &Service, console: &mut Console) -> Result<Outcome> {
        match self {
            Self::List(list) => list.run(service, console).await?,
            Self::Rotate(rotation) => rotation.run(service, console).await?,
        }
        Ok(Outcome::Well)
    }
}

/// The organisation with this code, or all.
async fn organisations(service: &Service, code: Option<&str>) -> Result<Vec<Organisation>> {
    match code {
        Some(code) => Ok(vec![organisation(service, code).await?]),
        None => Ok(service.store.organisations().await?),
    }
}

impl List {
    async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let mut found = false;
        for organisation in organisations(service, self.organisation.as_deref()).await? {
            let code = &organisation.code;
            for root in rotate::keys(service, &organisation).await? {
                found = true;
                if self.pem {
                    if root.trusted {
                        console.say(root.pem.trim_end())?;
                    }
                    continue;
                }
                let (made, trusted) = (
                    service.local(root.made_at).date(),
                    if root.trusted { "is trusted" } else { "is trusted no more" },
                );
                console.say(format!("{code} root {} made {made}, {trusted}", root.id))?;
                for key in root.keys {
                    let made = service.local(key.made_at).date();
                    let until = service.local(key.not_after).date();
                    let place =
                        key.label.map(|label| format!(", in the token as {label}")).unwrap_or_default();
                    let standing = key.standing.as_str();
                    console.say(format!(
                        "{code}   key {} {standing:<5} made {made}, vouched for until {until}{place}",
                        key.id
                    ))?;
                }
            }
        }
        if !found {
            console.note("No key was made yet: the first one is when it is needed.")?;
        }
        Ok(())
    }
}

impl Renew {
    async fn run(self, service: &Service, console: &mut Console) -> Result<()> {
        let what = if self.root { Rotate::Root } else { Rotate::Key };
        for organisation in organisations(service, self.organisation.as_deref()).await? {
            let code = &organisation.code;
            match rotate::rotate(service, &organisation, what).await? {
                Rotation::Done { key, root } => {
                    console
                        .say(format!("{code} signs by the key {key} below the root {root} from now on."))?;
                }
                Rotation::AMomentAgo { made_at } => {
                    let made_at = service.local(made_at).strftime("%H:%M:%S").to_string();
                    console
                        .note(format!("{code} has keys made at {made_at}, a moment ago: they are left."))?;
                }
            }
        }
        Ok(())
    }
}

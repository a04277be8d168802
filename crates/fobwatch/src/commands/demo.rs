//! `fobwatch demo`: the service with invented people, a phone on the screen and a clock to turn.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use demo::{AT_WORK, CARD_PROFILE, DUE_IN_DAYS, DemoCard, HOSPITALS, Hospital, Settings, Staff, TurnedClock};
use journeys::Clock as _;
use rules::phone::PhonePolicy;
use rules::roster::RosterRow;
use store::audit::Event;
use store::organisation::OrganisationChange;
use store::roster::Missing;
use store::smartcard_life::NewSmartcard;
use zeroize::Zeroizing;

use super::Outcome;
use super::console::Console;
use super::pki::{CHAIN, make_demo};
use crate::config::Config;
use crate::house::{House, SystemClock};
use crate::log;
use crate::running::{Hooks, Running, assemble, install_tls, start};
use journeys::roster_file;

const DATABASE: &str = "fobwatch.db";
const KEYS: &str = "fobwatch.keys";
const PHONE: &str = "phone.json";
/// The folder of the certificate authority: keys and certificates.
const AUTHORITY: &str = "smartcards";
/// Not a secret: the demonstration has none.
const PASSPHRASE: &str = "the demonstration";
const CARDS: &str = "cards";
/// How many blank cards each hospital has.
const BLANK_CARDS: u32 = 6;

/// `fobwatch demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Address and port to listen on; only addresses of this machine itself will do
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8400")]
    listen: SocketAddr,
    /// The folder that the demonstration keeps its data in
    #[arg(long, value_name = "FOLDER", default_value = "demo-data")]
    data: PathBuf,
    /// Begin anew: forget all accounts and messages, and the turned clock
    #[arg(long)]
    fresh: bool,
}

impl Demo {
    pub(super) async fn run(self, console: &mut Console) -> Result<Outcome> {
        let config = self.config()?;
        log::start(&config);
        let address = format!("http://localhost:{}{}", self.listen.port(), demo::PATH);
        let running = self.start(config).await?;
        console.say(format!(
            "The demonstration is at {address}. Ctrl-C ends it; its data stays in {}.",
            self.data.display()
        ))?;
        running.until_told().await?;
        Ok(Outcome::Well)
    }

    /// Everything that `serve` reads from a file and the environment, fixed.
    fn config(&self) -> Result<Config> {
        self.config_with(&[])
    }

    /// The same with further settings.
    fn config_with(&self, more: &[(&str, String)]) -> Result<Config> {
        if !demo::is_here(self.listen.ip()) {
            bail!(
                "--listen {}: the demonstration has no secrets and hides nothing, so it listens on this machine only. \
                 Write 127.0.0.1:PORT or [::1]:PORT",
                self.listen
            );
        }
        if self.listen.port() == 0 {
            bail!("--listen {}: write a port, since the pages name it", self.listen);
        }
        let file = |name: &str| self.data.join(name).display().to_string();
        let settings = [
            ("SERVER__LISTEN", self.listen.to_string()),
            ("SERVER__PUBLIC_URL", format!("http://localhost:{}", self.listen.port())),
            ("SERVER__DRAIN_SECONDS", "2".to_owned()),
            ("DATABASE__URL", format!("sqlite://{}", file(DATABASE))),
            ("KEYS__FILE", file(KEYS)),
            // Never reached: all e-mails go to the phone on the screen.
            ("EMAIL__URL", "smtp://127.0.0.1:9".to_owned()),
            ("EMAIL__FROM", "Fobwatch <no-reply@fobwatch.example>".to_owned()),
            ("SMARTCARDS__AUTHORITY", "internal".to_owned()),
            ("SMARTCARDS__KEYS_FOLDER", file(AUTHORITY)),
            ("SMARTCARDS__KEYS_PASSPHRASE", PASSPHRASE.to_owned()),
            ("SMARTCARDS__CHAIN", self.data.join(AUTHORITY).join(CHAIN).display().to_string()),
            ("METRICS__ENABLED", "false".to_owned()),
            ("LOG__LEVEL", "warn".to_owned()),
        ];
        let all = settings.into_iter().chain(more.iter().cloned());
        Ok(Config::parse(None, all.map(|(key, value)| (format!("FOBWATCH_{key}"), value)))?)
    }

    /// Starts the service with everything of the demonstration in it: it listens when this returns.
    async fn start(&self, config: Config) -> Result<Running> {
        make_private_folder(&self.data)?;
        if self.fresh {
            self.forget()?;
        }
        let authority = self.data.join(AUTHORITY);
        if !authority.join(CHAIN).try_exists()? {
            make_demo(&authority, "Northfield Hospitals", Zeroizing::new(PASSPHRASE.to_owned()))?;
        }
        let demo = demo::Demo::open(&self.data.join(PHONE), Arc::new(SystemClock))?;
        let (staff, cards) = employ(&config, &demo.clock(), &self.data.join(CARDS)).await?;
        Box::pin(self.settle(&config, demo.clock(), &cards)).await?;
        let settings = Settings {
            staff,
            cards,
            public_url: config.server.public_url.url().clone(),
            service_name: config.service.name.as_str().to_owned(),
            time_zone: config.service.time_zone.get().clone(),
        };
        let hooks = Hooks {
            clock: Some(demo.clock()),
            email: Some(Arc::new(demo.email())),
            text: Some(Arc::new(demo.text())),
            voice: Some(Arc::new(demo.calls())),
            authority: None,
            demonstration: true,
            around: Some(Arc::new(move |pages| demo.around(pages, settings.clone()))),
        };
        start(config, hooks).await
    }

    /// Lets some people join and issues their cards, in a demonstration that begins.
    async fn settle(&self, config: &Config, clock: Arc<TurnedClock>, cards: &[DemoCard]) -> Result<()> {
        install_tls();
        let soon =
            [("SMARTCARDS__DAYS", DUE_IN_DAYS.to_string()), ("SMARTCARDS__JITTER_DAYS", "0".to_owned())];
        let hooks = Hooks { clock: Some(clock.clone()), demonstration: true, ..Hooks::default() };
        let service = assemble(config, &hooks, House::open(config).await?)?;
        let soon = self.config_with(&soon)?;
        let soon = assemble(&soon, &hooks, House::open(&soon).await?)?;
        let hospital = &HOSPITALS[0];
        let rows = roster(hospital, config, &clock)?;
        let organisation = service.store.organisation_by_code(hospital.code).await?;
        let organisation = organisation.context("the first hospital is not there")?;
        demo::settle(&service, &soon, &organisation, &rows, cards).await?;
        soon.store.close().await;
        service.store.close().await;
        Ok(())
    }

    /// Removes what a demonstration writes, and nothing else that may be in the folder.
    fn forget(&self) -> Result<()> {
        let authority = self.data.join(AUTHORITY);
        if authority.try_exists()? {
            std::fs::remove_dir_all(&authority)
                .with_context(|| format!("--fresh: {} cannot be removed", authority.display()))?;
        }
        let beside = ["-wal", "-shm", "-journal"].map(|ending| format!("{DATABASE}{ending}"));
        for name in [DATABASE, KEYS, PHONE].into_iter().chain(beside.iter().map(String::as_str)) {
            let file = self.data.join(name);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error)
                        .with_context(|| format!("--fresh: {} cannot be removed", file.display()));
                }
                _ => {}
            }
        }
        // The keys that the cards were made with are gone.
        let cards = self.data.join(CARDS);
        match std::fs::remove_dir_all(&cards) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("--fresh: {} cannot be removed", cards.display()))
            }
            _ => Ok(()),
        }
    }
}

/// The folder holds one-time codes and seeds, if only invented people's.
fn make_private_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("--data: the folder {} cannot be made", folder.display()))
}

/// Adds the hospitals that are not there yet and imports their rosters, by the same functions as `organisation add` and
/// `roster import`, and gives each its blank cards.
async fn employ(config: &Config, clock: &TurnedClock, folder: &Path) -> Result<(Vec<Staff>, Vec<DemoCard>)> {
    let house = House::open(config).await?;
    let (mut staff, mut cards) = (Vec::new(), Vec::new());
    for hospital in &HOSPITALS {
        let rows = roster(hospital, config, clock)?;
        let id = add(&house, hospital, &rows, clock).await?;
        staff.push(Staff::of(hospital, &rows));
        cards.extend(stock(&house, id, hospital, clock, folder).await?);
    }
    house.store.close().await;
    Ok((staff, cards))
}

/// The blank cards of a hospital, which the service hears of once.
async fn stock(
    house: &House,
    organisation_id: uuid::Uuid,
    hospital: &Hospital,
    clock: &TurnedClock,
    folder: &Path,
) -> Result<Vec<DemoCard>> {
    let now = clock.now();
    let mut tx = house.store.begin().await?;
    let mut cards = Vec::new();
    let blank = (1..=BLANK_CARDS).map(|number| format!("{} {number:04}", hospital.code));
    let issued = AT_WORK.iter().map(|one| one.card).filter(|card| card.starts_with(hospital.code));
    for label in blank.chain(issued.map(str::to_owned)) {
        let folder = folder.join(label.replace(' ', "-"));
        let card = DemoCard::open(&folder, &label, hospital.name, &house.keys)
            .with_context(|| format!("the card in {}", folder.display()))?;
        let id = vault::new_id(now, house.random.as_ref());
        let new =
            NewSmartcard { id, organisation_id, guid: card.guid, profile: CARD_PROFILE, label: &card.label };
        tx.add_smartcard(new, now).await?;
        cards.push(card);
    }
    tx.commit().await?;
    Ok(cards)
}

fn roster(hospital: &Hospital, config: &Config, clock: &TurnedClock) -> Result<Vec<RosterRow>> {
    let today = clock.now().to_zoned(config.service.time_zone.get().clone()).date();
    let phones = PhonePolicy { drama_numbers: true, ..PhonePolicy::default() };
    let file = roster_file::read(hospital.roster.as_bytes(), today, phones)?;
    match file.mistakes.first() {
        None => Ok(file.rows),
        Some(mistake) => bail!("the roster of {}: {mistake}", hospital.name),
    }
}

async fn add(
    house: &House,
    hospital: &Hospital,
    rows: &[RosterRow],
    clock: &TurnedClock,
) -> Result<uuid::Uuid> {
    let now = clock.now();
    let known = house.store.organisation_by_code(hospital.code).await?;
    let id = known.as_ref().map_or_else(|| vault::new_id(now, house.random.as_ref()), |known| known.id);
    let mut tx = house.store.begin().await?;
    if known.is_none() {
        tx.add_organisation(id, hospital.code, hospital.name, now).await?;
        let change = OrganisationChange {
            colour: Some(hospital.colour.to_owned()),
            support_email: Some(hospital.support_email.to_owned()),
            support_phone: Some(hospital.support_phone.to_owned()),
            ..OrganisationChange::default()
        };
        tx.change_organisation(id, &change).await?;
        tx.audit(Event::OrganisationAdded { organisation: id }, now);
    }
    let imported = tx.import_roster(id, rows, now, &|_, _| Missing::MarkAsLeft, &|_| ()).await?;
    if let Some(done) = imported.filter(|done| done.added + done.changed + done.left > 0) {
        let store::roster::RosterImport { added, changed, unchanged, left, .. } = done;
        tx.audit(Event::RosterImported { organisation: id, added, changed, unchanged, left }, now);
    }
    tx.commit().await?;
    Ok(id)
}

#[cfg(test)]
mod tests;

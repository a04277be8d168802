//! The parts of the service, made from the configuration.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use breached::{List, RangeService, ServiceAddressProblem};
use channels::{EmailChannel, GovukNotify, HttpText, SetupError, SmtpChannel, TextChannel};
use journeys::{Breached, Settings};
use rules::phone::PhonePolicy;
use rules::policy::Policy;
use vault::{HashSettings, Hasher, Keys, SettingsProblem};

use crate::config::Config;
use crate::config::value::{TextProvider, is_this_machine};

/// Where GOV.UK Notify is reached if nothing else is said.
const NOTIFY: &str = "https://api.notifications.service.gov.uk";

/// The way out for e-mails.
///
/// # Errors
/// What the channel says of its settings.
pub fn email(config: &Config) -> Result<Arc<dyn EmailChannel>, SetupError> {
    let channel = SmtpChannel::new(config.email.url.expose(), config.email.from.as_str())?;
    Ok(Arc::new(channel))
}

/// The way out for text messages, if one is configured whole.
///
/// # Errors
/// What the channel says of its settings.
pub fn text(config: &Config) -> Result<Option<Arc<dyn TextChannel>>, SetupError> {
    let settings = &config.text;
    let Some(key) = &settings.api_key else { return Ok(None) };
    let base = settings.base_url.as_ref().map_or(NOTIFY, url::Url::as_str);
    Ok(match settings.provider {
        TextProvider::None => None,
        TextProvider::GovukNotify => {
            let template = settings.template_id.to_string();
            Some(Arc::new(GovukNotify::new(base, key.expose(), &template)?))
        }
        TextProvider::Http => Some(Arc::new(HttpText::new(base, key.expose())?)),
    })
}

/// Where it is looked up whether attackers have a password. The list is opened, not read.
///
/// # Errors
/// Where a list or a service is configured that cannot be used, with the key and what to do.
pub fn breached(config: &Config) -> Result<Breached> {
    let list = match &config.passwords.breached_list {
        None => None,
        Some(path) => Some(Arc::new(breached_list(path)?)),
    };
    let service = range_service(config).context("passwords.range_service")?;
    Ok(Breached { list, service: service.map(Arc::new) })
}

/// Opens a list of breached passwords.
///
/// # Errors
/// Where it is no whole list, with the key and what to do.
pub fn breached_list(path: &Path) -> Result<List> {
    List::open(path).map_err(|problem| {
        anyhow!(
            "passwords.breached_list: {} {problem}. Make it with `fobwatch passwords build-list`, or leave the key out",
            path.display()
        )
    })
}

/// The service on the network that knows breached passwords, if one is configured.
///
/// # Errors
/// Where its address cannot be used.
pub fn range_service(config: &Config) -> Result<Option<RangeService>, ServiceAddressProblem> {
    config.passwords.range_service.as_ref().map(RangeService::new).transpose()
}

/// The password hasher with its queue.
///
/// # Errors
/// Where no hash can be made with such settings.
pub fn hasher(config: &Config, keys: &Keys) -> Result<Hasher, SettingsProblem> {
    let hashing = &config.hashing;
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let settings = HashSettings {
        memory_kib: hashing.memory_kib.get(),
        passes: hashing.passes.get(),
        lanes: hashing.lanes.get(),
        at_once: if hashing.at_once.get() == 0 { cores() } else { hashing.at_once.count() },
        wait: hashing.queue.count(),
    };
    Hasher::new(settings, keys)
}

/// What the journeys need of the configuration.
pub fn settings(config: &Config) -> Settings {
    Settings {
        service_name: config.service.name.as_str().to_owned(),
        public_url: config.server.public_url.url().clone(),
        time_zone: config.service.time_zone.get().clone(),
        policy: Policy { phones: phones(config), ..Policy::default() },
        email_from: config.email.from.as_str().to_owned(),
    }
}

/// Which telephone numbers count as mobiles. The numbers that Ofcom keeps for drama reach nobody, so they count only where
/// the provider is a stand-in on this machine.
pub fn phones(config: &Config) -> PhonePolicy {
    let stand_in =
        config.text.base_url.as_ref().and_then(url::Url::host).is_some_and(|host| is_this_machine(&host));
    PhonePolicy { crown_dependencies: config.phone.crown_dependencies, drama_numbers: stand_in }
}

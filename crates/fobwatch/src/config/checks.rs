//! What no key can say alone: which keys belong together.

use std::sync::Arc;

use channels::{Prompt, Recording};
use staff_records::{AddressProblem, Rest};
use wallets::SetupError;

use super::problem::Place;
use super::reader::{Reader, capitalised};
use super::schema::Key;
use super::table::{Config, SECTIONS};
use super::value::{CertificateIssuer, PassportProfile, StaffPlace, TextProvider, VoiceProvider};
use crate::wiring::{self, TextProviderSettings};

/// Notes what is wrong with the configuration as a whole.
pub fn check(config: &Config, reader: &mut Reader) {
    one_source_of_keys(config, reader);
    for settings in wiring::text_providers(config) {
        text_provider(&settings, reader);
    }
    backup_has_a_first(config, reader);
    channels(config, reader);
    voice(config, reader);
    range_service(config, reader);
    smartcards(config, reader);
    passport(config, reader);
    passport_token(reader);
    staff_records(config, reader);
    entra(config, reader);
}

/// High assurance begins with somebody who vouches for wallets, and with a wallet: without one nobody could add a credential.
fn passport(config: &Config, reader: &mut Reader) {
    let haip = matches!(config.passport.profile, PassportProfile::Haip);
    for needed in ["wallet_makers", "wallets"] {
        if haip && reader.place("passport", needed).is_none() {
            missing_beside("passport", "profile", needed, &config.passport.profile, reader);
        }
    }
    let asked = [
        ("key_storage", &config.passport.key_storage),
        ("user_authentication", &config.passport.user_authentication),
    ];
    for (cause, asked) in asked {
        if !asked.is_empty() && config.passport.key_makers.is_none() {
            missing_beside("passport", cause, "key_makers", &"set", reader);
        }
    }
}

/// A source that is asked over HTTPS has a token, and an address to which one may be sent.
fn staff_records(config: &Config, reader: &mut Reader) {
    let settings = &config.staff_records;
    let place = reader.place("staff_records", "sources").unwrap_or(Place::Nowhere);
    for source in &settings.sources {
        let StaffPlace::Rest { address, token: file } = &source.place else { continue };
        let token = match (file, &settings.token) {
            (Some(_), _) => "a-token",
            (None, Some(token)) => token.expose().as_str(),
            (None, None) => {
                let what = format!("staff_records.sources has no token for {}", source.organisation);
                let instead = "Write the file with the token behind the address, or set staff_records.token";
                reader.problem(place.clone(), what, instead);
                continue;
            }
        };
        if let Err(problem) = Rest::new(address, token) {
            let (key, place) = match problem {
                AddressProblem::Token => ("token", reader.place("staff_records", "token")),
                _ => ("sources", Some(place.clone())),
            };
            let what = format!("staff_records.{key} cannot be used for {}", source.organisation);
            reader.problem(place.unwrap_or(Place::Nowhere), what, &capitalised(&problem.to_string()));
        }
    }
}

/// Keys for credentials lie in a token that can be opened, or in none.
fn passport_token(reader: &mut Reader) {
    const KEYS: [&str; 3] = ["hsm_driver", "hsm_token", "hsm_pin"];
    let Some((set, place)) =
        KEYS.iter().find_map(|key| reader.place("passport", key).map(|place| (*key, place)))
    else {
        return;
    };
    for missing in KEYS.into_iter().filter(|key| reader.place("passport", key).is_none()).collect::<Vec<_>>()
    {
        let what = format!("passport.{set} is set, but passport.{missing} is not");
        reader.problem(place.clone(), what, "Set all three keys that begin with hsm, or none of them");
    }
}

/// Entra Verified ID is whole, or there is none of it.
fn entra(config: &Config, reader: &mut Reader) {
    const NEEDED: [&str; 5] =
        ["entra_tenant", "entra_client_id", "entra_client_secret", "entra_authority", "entra_credentials"];
    const MORE: [&str; 3] = ["entra_authority_id", "entra_base_url", "entra_login_url"];
    let mut all = NEEDED.into_iter().chain(MORE);
    let Some((set, place)) = all.find_map(|key| reader.place("passport", key).map(|place| (key, place)))
    else {
        return;
    };
    let is_missing = |key: &&str| match *key {
        "entra_credentials" => config.passport.entra_credentials.is_empty(),
        key => reader.place("passport", key).is_none(),
    };
    let missing: Vec<_> = NEEDED.into_iter().filter(is_missing).collect();
    for missing in &missing {
        let what = format!("passport.{set} is set, but passport.{missing} is not");
        let remedy = format!("Set {}, or none of the keys that begin with entra", NEEDED.join(", "));
        reader.problem(place.clone(), what, &remedy);
    }
    if matches!(config.passport.profile, PassportProfile::Haip) {
        let what = format!("passport.{set} is set, but passport.profile is haip");
        let remedy = "Keep one of them: Microsoft Authenticator does not speak the High Assurance Interoperability Profile";
        reader.problem(place, what, remedy);
    }
    if let (true, Err(problem)) = (missing.is_empty(), wiring::entra(config)) {
        let key = match problem {
            SetupError::Tenant | SetupError::NoTls => "entra_tenant",
            SetupError::Secret => "entra_client_secret",
            SetupError::Authority => "entra_authority",
            SetupError::Address => "entra_base_url",
            SetupError::NoContract | SetupError::ContractId => "entra_credentials",
        };
        let place = reader.place("passport", key).unwrap_or(Place::Nowhere);
        let what = format!("passport.{key} cannot be used");
        reader.problem(place, what, &capitalised(&problem.to_string()));
    }
}

/// An authority needs its keys, its chain or its address, and nothing else may look as if it had them.
fn smartcards(config: &Config, reader: &mut Reader) {
    let settings = &config.smartcards;
    certificate_host(config, reader);
    let (folder, hsm) = (reader.place("smartcards", "keys_folder"), reader.place("smartcards", "hsm_driver"));
    if let (Some(place), Some(_)) = (&folder, &hsm) {
        let what = "smartcards.keys_folder and smartcards.hsm_driver are both set".to_owned();
        reader.problem(place.clone(), what, "Keep one of them: keys lie in a folder or in an HSM");
        return;
    }
    let needed: &[&str] = match (settings.authority, folder, hsm) {
        (CertificateIssuer::None, ..) => return,
        (CertificateIssuer::Internal, _, Some(_)) => &["chain", "hsm_token", "hsm_pin"],
        (CertificateIssuer::Internal, ..) => &["chain", "keys_folder", "keys_passphrase"],
        (CertificateIssuer::Est, ..) => &["chain", "est_url"],
    };
    for name in needed {
        if reader.place("smartcards", name).is_none() {
            missing_beside("smartcards", "authority", name, &settings.authority, reader);
        }
    }
    for (one, other) in [
        ("est_user", "est_password"),
        ("est_password", "est_user"),
        ("former_chain", "former_issuing_key"),
        ("former_issuing_key", "former_chain"),
    ] {
        if let (Some(place), None) = (reader.place("smartcards", one), reader.place("smartcards", other)) {
            let what = format!("smartcards.{one} is set, but smartcards.{other} is not");
            reader.problem(place, what, "Set both, or neither");
        }
    }
    if settings.jitter_days.get() >= settings.days.get() {
        let place = reader.place("smartcards", "jitter_days").unwrap_or(Place::Nowhere);
        let what = "smartcards.jitter_days leaves no day of smartcards.days".to_owned();
        reader.problem(place, what, "Write fewer days of jitter than a certificate lives");
    }
}

/// The host for certificates is whole or there is none, and an authority says which certificates count there.
fn certificate_host(config: &Config, reader: &mut Reader) {
    const KEYS: [&str; 4] = ["mtls_listen", "mtls_public_url", "mtls_certificate", "mtls_key"];
    let Some((set, place)) =
        KEYS.iter().find_map(|key| reader.place("smartcards", key).map(|place| (key, place)))
    else {
        return;
    };
    for missing in KEYS.iter().filter(|key| reader.place("smartcards", key).is_none()).collect::<Vec<_>>() {
        let what = format!("smartcards.{set} is set, but smartcards.{missing} is not");
        reader.problem(place.clone(), what, "Set all four keys that begin with mtls, or none of them");
    }
    if matches!(config.smartcards.authority, CertificateIssuer::None) {
        let what = format!("smartcards.{set} is set, but smartcards.authority is none");
        reader.problem(place, what, "Set smartcards.authority: it says which certificates sign in");
    }
}

fn range_service(config: &Config, reader: &mut Reader) {
    if let Err(problem) = wiring::range_service(config) {
        let place = reader.place("passwords", "range_service").unwrap_or(Place::Nowhere);
        let what = "passwords.range_service cannot be used".to_owned();
        reader.problem(place, what, &capitalised(&problem.to_string()));
    }
}

/// Whatever the channels themselves say of their settings.
fn channels(config: &Config, reader: &mut Reader) {
    if let Err(problem) = wiring::email(config) {
        let place = reader.place("email", "url").unwrap_or(Place::Nowhere);
        reader.problem(
            place,
            "email.url and email.from make no channel".to_owned(),
            &capitalised(&problem.to_string()),
        );
    }
    for settings in wiring::text_providers(config) {
        if !is_whole(&settings) {
            continue;
        }
        if let Err(problem) = wiring::one_text(config, &settings) {
            let section = settings.section;
            let place = reader.place(section, "provider").unwrap_or(Place::Nowhere);
            let what = format!("the settings under [{section}] make no channel");
            reader.problem(place, what, &capitalised(&problem.to_string()));
        }
    }
}

fn one_source_of_keys(config: &Config, reader: &mut Reader) {
    if let (Some(_), Some(place)) = (&config.keys.text, reader.place("keys", "file")) {
        let what = "keys.file and keys.text are both set".to_owned();
        reader.problem(place, what, "Keep one of them: the service must know which keys are the right ones");
    }
}

/// Calls need what their provider cannot do without, and nothing where there is none.
fn voice(config: &Config, reader: &mut Reader) {
    let (settings, mut whole) = (&config.voice, true);
    let needed: &[&str] = match settings.provider {
        VoiceProvider::None => {
            for name in ["trunk", "from", "user", "api_key", "base_url", "recording"] {
                if let Some(place) = reader.place("voice", name) {
                    let what = format!("voice.{name} is set, but voice.provider is not");
                    reader.problem(place, what, "Set voice.provider to sip or twilio, or leave it out");
                }
            }
            return;
        }
        VoiceProvider::Twilio => &["user", "api_key", "from"],
        VoiceProvider::Sip => &["trunk", "from"],
    };
    for name in needed {
        if reader.place("voice", name).is_none() {
            whole = false;
            missing_key("voice", name, &settings.provider, reader);
        }
    }
    // The recording is looked for at the start, as other files are.
    let silence = Arc::new(Recording::new(Prompt::from_samples(&[])));
    if let Some(Err(problem)) = whole.then(|| wiring::voice_that_says(config, silence)) {
        let place = reader.place("voice", "provider").unwrap_or(Place::Nowhere);
        let what = "the settings under [voice] make no channel".to_owned();
        reader.problem(place, what, &capitalised(&problem.to_string()));
    }
}

/// What each kind of provider cannot do without.
fn needs(provider: TextProvider) -> &'static [&'static str] {
    match provider {
        TextProvider::None => &[],
        TextProvider::GovukNotify => &["api_key"],
        TextProvider::Http => &["api_key", "base_url"],
        TextProvider::HttpGateway | TextProvider::Smpp => &["api_key", "base_url", "user"],
        TextProvider::Twilio => &["api_key", "user", "from"],
    }
}

fn text_provider(settings: &TextProviderSettings<'_>, reader: &mut Reader) {
    let (section, provider) = (settings.section, settings.provider);
    if provider == TextProvider::None {
        for name in ["base_url", "api_key", "user", "from", "callback_token"] {
            if let Some(place) = reader.place(section, name) {
                let what = format!("{section}.{name} is set, but {section}.provider is not");
                let remedy = format!(
                    "Set {section}.provider to govuk-notify, twilio, smpp, http-gateway or http, or leave all of them out"
                );
                reader.problem(place, what, &remedy);
            }
        }
        return;
    }
    for name in missing(settings) {
        needed_for(settings, reader, name);
    }
}

fn missing<'a>(settings: &'a TextProviderSettings<'_>) -> impl Iterator<Item = &'static str> + 'a {
    needs(settings.provider).iter().copied().filter(|name| match *name {
        "api_key" => settings.api_key.is_none(),
        "base_url" => settings.base_url.is_none(),
        "user" => settings.user.is_empty(),
        _ => settings.from.is_empty(),
    })
}

/// What is missing has been said: the channel itself would only say it again in other words.
fn is_whole(settings: &TextProviderSettings<'_>) -> bool {
    missing(settings).next().is_none()
}

/// A second provider without a first would never be used.
fn backup_has_a_first(config: &Config, reader: &mut Reader) {
    if config.text.provider == TextProvider::None && config.text_backup.provider != TextProvider::None {
        let place = reader.place("text_backup", "provider").unwrap_or(Place::Nowhere);
        let what = "text_backup.provider is set, but text.provider is not".to_owned();
        reader.problem(place, what, "Move what is under [text_backup] to [text]");
    }
}

fn needed_for(settings: &TextProviderSettings<'_>, reader: &mut Reader, name: &str) {
    missing_key(settings.section, name, &settings.provider, reader);
}

fn missing_key(section: &str, name: &str, provider: &dyn std::fmt::Display, reader: &mut Reader) {
    missing_beside(section, "provider", name, provider, reader);
}

/// `name` is missing, which the value of `cause` asks for.
fn missing_beside(
    section: &str,
    cause: &str,
    name: &str,
    value: &dyn std::fmt::Display,
    reader: &mut Reader,
) {
    let keys = SECTIONS.iter().find(|known| known.name == section).map_or(&[][..], |known| known.keys);
    let Some(key) = keys.iter().find(|key| key.name == name) else { return };
    let place = reader.place(section, cause).unwrap_or(Place::Nowhere);
    let what = format!("{section}.{cause} is {value}, but {section}.{name} is missing");
    reader.problem(place, what, &remedy(key));
}

fn remedy(key: &Key) -> String {
    format!("Write {} under [{}], or set {}", key.line(key.example), key.section, key.variable())
}

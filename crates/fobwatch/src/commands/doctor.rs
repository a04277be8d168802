//! `fobwatch doctor`: looks at everything that the service leans on and says what to mend.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use journeys::Clock as _;

use super::Outcome;
use super::console::Console;
use crate::config::Config;
use crate::config::value::{TextProvider, VoiceProvider};
use crate::house::{House, SystemClock, load_keys};
use crate::wiring::{self, TextProviderSettings};

/// A clock further off than this breaks authenticator codes and the tokens of GOV.UK Notify (30 seconds each).
const MOST_SECONDS_OFF: i64 = 15;

/// What one look found: what is well, or what to mend.
type Finding = Result<String, String>;

pub(super) async fn run(config: &Config, console: &mut Console) -> Result<Outcome> {
    let mut outcome = Outcome::Well;
    let mut tell = |what: &str, finding: &Finding| {
        let (word, text) = match finding {
            Ok(text) => ("OK", text),
            Err(text) => {
                outcome = Outcome::Unwell;
                ("MEND", text)
            }
        };
        console.say(format!("{word:<5} {what:<16} {text}"))
    };
    let keys = keys(config);
    tell("keys", &keys)?;
    tell(
        "database",
        &if keys.is_ok() { database(config).await } else { Err("not looked at without keys".into()) },
    )?;
    tell("e-mail", &email(config).await)?;
    let [first, second] = wiring::text_providers(config);
    tell("text messages", &text(config, &first).await)?;
    if second.provider != TextProvider::None {
        tell("backup of texts", &text(config, &second).await)?;
    }
    tell("calls", &calls(config).await)?;
    tell("new passwords", &super::passwords::look(config).await)?;
    for (what, finding) in super::pki::look(config).await {
        tell(what, &finding)?;
    }
    if let Some(folder) = &config.passport.credential_types {
        let used = wiring::use_own_credential_types(config);
        let used = used.map(|()| format!("from {}", folder.display())).map_err(|error| format!("{error:#}"));
        tell("credential types", &used)?;
    }
    if let Some(finding) = wallets(config) {
        tell("wallets", &finding)?;
    }
    for (organisation, finding) in staff_records(config).await {
        tell(&format!("records of {organisation}"), &finding)?;
    }
    if let Some(finding) = entra(config).await {
        tell("entra", &finding)?;
    }
    let public = public_address(config).await;
    tell("clock", &clock(&public))?;
    tell("public address", &public.map(|answer| answer.finding))?;
    Ok(outcome)
}

fn keys(config: &Config) -> Finding {
    let file = config.keys.file.display();
    match load_keys(config) {
        Ok(Some(keys)) if config.keys.text.is_some() => {
            Ok(format!("from the environment, key {} seals", keys.current_id()))
        }
        Ok(Some(keys)) => {
            readable_by_owner_only(config).map(|()| format!("{file}, key {} seals", keys.current_id()))
        }
        Ok(None) => Err(format!(
            "there is no {file} yet. `fobwatch migrate` or `serve` makes it for a new database; for an old one put the \
             right file there"
        )),
        Err(error) => Err(format!("{error:#}")),
    }
}

#[cfg(unix)]
fn readable_by_owner_only(config: &Config) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let file = &config.keys.file;
    let mode = std::fs::metadata(file).map_err(|error| error.to_string())?.permissions().mode();
    let of_others = mode & 0o077;
    if of_others == 0 {
        return Ok(());
    }
    Err(format!("others than its owner may read {}: `chmod 600 {0}`", file.display()))
}

#[cfg(not(unix))]
fn readable_by_owner_only(_config: &Config) -> Result<(), String> {
    Ok(())
}

async fn database(config: &Config) -> Finding {
    let house = House::open(config).await.map_err(|error| format!("{error:#}"))?;
    let organisations = house.store.organisations().await.map_err(|error| error.to_string())?;
    let kind = house.store.kind();
    let newest = house.store.audit_verify().await.map_err(|error| error.to_string())?;
    house.store.close().await;
    match newest {
        store::audit::AuditVerdict::Whole { .. } => {}
        _ => {
            return Err(format!(
                "{kind} answers, but the audit is not whole, or the keys are not its own: `fobwatch audit verify`"
            ));
        }
    }
    match organisations.len() {
        0 => Err(format!(
            "{kind} answers, but there is no organisation: `fobwatch organisation add --code NTH --name \"…\"`"
        )),
        1 => Ok(format!("{kind} answers, 1 organisation")),
        many => Ok(format!("{kind} answers, {many} organisations")),
    }
}

async fn email(config: &Config) -> Finding {
    let channel = wiring::email(config).map_err(|error| error.to_string())?;
    match channel.check().await {
        Ok(()) => Ok("the mail server takes us".into()),
        Err(error) => Err(format!("{error}. See email.url")),
    }
}

async fn text(config: &Config, settings: &TextProviderSettings<'_>) -> Finding {
    let Some(channel) = wiring::one_text(config, settings).map_err(|error| error.to_string())? else {
        return Ok("none configured, so nobody is offered them".into());
    };
    match channel.check().await {
        Ok(()) => Ok(format!("{} takes us", settings.provider)),
        Err(error) => Err(format!("{error}. See {0}.base_url and {0}.api_key", settings.section)),
    }
}

async fn calls(config: &Config) -> Finding {
    let Some(channel) = wiring::voice(config).map_err(|error| format!("{error:#}"))? else {
        return Ok("none configured, so nobody is offered them".into());
    };
    match (channel.check().await, config.voice.provider) {
        (Ok(()), VoiceProvider::Sip) => {
            Ok("the words are spoken and the port is ours; a first call shows whether the trunk takes it"
                .into())
        }
        (Ok(()), provider) => Ok(format!("{provider} takes us")),
        (Err(error), _) => Err(format!("{error}. See [voice]")),
    }
}

async fn staff_records(config: &Config) -> Vec<(String, Finding)> {
    let sources = match wiring::staff_sources(config) {
        Ok(sources) => sources,
        Err(error) => return vec![("staff".to_owned(), Err(format!("{error:#}")))],
    };
    let mut findings = Vec::with_capacity(sources.len());
    for source in sources {
        let finding = match source.records.check().await {
            Ok(found) => {
                let more = if found.all { "" } else { " on its first page" };
                Ok(format!("{} records of {} people{more}", found.records, found.people))
            }
            Err(problem) => Err(format!("{problem}. See staff_records.sources")),
        };
        findings.push((source.organisation, finding));
    }
    findings
}

/// The files that say whose word on wallets counts, and the token of an HSM with the keys of organisations; none where neither is set.
fn wallets(config: &Config) -> Option<Finding> {
    let settings = &config.passport;
    let (makers, token) =
        (settings.wallet_makers.is_some() || settings.key_makers.is_some(), settings.hsm_driver.is_some());
    if !makers && !token {
        return None;
    }
    let looked = wiring::passport(config).and_then(|_| wiring::passport_token(config));
    let well =
        if token { "the token with the keys of organisations answers" } else { "their makers are known" };
    Some(looked.map(|_| well.into()).map_err(|error| format!("{error:#}")))
}

async fn entra(config: &Config) -> Option<Finding> {
    let backend = match wiring::wallet_backend(config) {
        Ok(backend) => backend?,
        Err(error) => return Some(Err(format!("{error:#}"))),
    };
    Some(match backend.check(SystemClock.now()).await {
        Ok(()) if backend.revokes() => Ok("the tenant takes us, for handing out and for revoking".into()),
        Ok(()) => {
            Ok("the tenant takes us; without passport.entra_authority_id nothing can be revoked".into())
        }
        Err(error) => Err(format!("{error}. See [passport], the keys that begin with entra_")),
    })
}

/// What the public address answered.
struct Answer {
    finding: String,
    /// The difference between the clock there and ours in seconds, if the answer tells the time there.
    seconds_off: Option<i64>,
}

async fn public_address(config: &Config) -> Result<Answer, String> {
    let url = config.server.public_url.url();
    let health = url.join("health/live").map_err(|error| error.to_string())?;
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| error.to_string())?;
    let answer = match client.get(health).send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => return Err(format!("{url} does not answer within 10 seconds")),
        Err(_) => {
            return Err(format!(
                "{url} cannot be reached from here. Does the service run, and does the proxy lead to it?"
            ));
        }
    };
    if !answer.status().is_success() {
        return Err(format!("{url}health/live answers {}: is server.public_url right?", answer.status()));
    }
    let seconds_off = answer
        .headers()
        .get(reqwest::header::DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(|date| rfc2822::parse(date).ok())
        .map(|there| SystemClock.now().as_second() - there.timestamp().as_second());
    Ok(Answer { finding: format!("{url} answers"), seconds_off })
}

/// The clock is compared with the only other one in reach, that of the proxy; and with the year of this program.
fn clock(public: &Result<Answer, String>) -> Finding {
    let now = SystemClock.now();
    if now < BUILT_AFTER {
        return Err(format!(
            "it shows {now}, which is before this program was made: set it, and keep it by NTP"
        ));
    }
    match public.as_ref().ok().and_then(|answer| answer.seconds_off) {
        Some(off) if off.abs() > MOST_SECONDS_OFF => Err(format!(
            "it differs by {} seconds from the clock at the public address: keep both by NTP",
            off.abs()
        )),
        _ => Ok(format!("{now:.0}")),
    }
}

/// 1 November 2026, UTC.
const BUILT_AFTER: Timestamp = Timestamp::constant(1_793_491_200, 0);

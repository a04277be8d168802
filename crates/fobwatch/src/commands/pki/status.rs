//! How the certificate authority stands.

use anyhow::{Result, ensure};
use jiff::{SignedDuration, Timestamp};
use journeys::Clock as _;
use journeys::authority::issuer_of;
use pki::Certificate;
use pki::ceremony::{responder_is_due, sign_responder};

use super::super::Outcome;
use super::super::console::Console;
use crate::authority;
use crate::config::Config;
use crate::config::value::CertificateIssuer;
use crate::house::{House, SystemClock};

/// An authority that has less than this left should be replaced: its own certificates live for years.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 365);

/// What one look found: what is well, or what to mend.
pub(in crate::commands) type Finding = Result<String, String>;

pub(super) async fn run(config: &Config, console: &mut Console) -> Result<Outcome> {
    let mut outcome = Outcome::Well;
    for (what, finding) in look(config).await {
        let (word, text) = match &finding {
            Ok(text) => ("OK", text),
            Err(text) => {
                outcome = Outcome::Unwell;
                ("MEND", text)
            }
        };
        console.say(format!("{word:<5} {what:<16} {text}"))?;
    }
    Ok(outcome)
}

/// Everything that can be found out about the authority.
pub(in crate::commands) async fn look(config: &Config) -> Vec<(&'static str, Finding)> {
    if config.smartcards.authority == CertificateIssuer::None {
        return vec![("certificates", Ok("no authority is configured, so smartcards get none here".into()))];
    }
    let now = SystemClock.now();
    let mut found = vec![("certificates", chain(config, now))];
    match config.smartcards.authority {
        CertificateIssuer::Internal => {
            found.push(("authority's keys", keys(config)));
            found.push(("revoked cards", list(config, now).await));
            found.push(("answers", answers(config, now).await));
        }
        _ => found.push(("EST", authority::check_est(config).await.map_err(|error| format!("{error:#}")))),
    }
    found
}

fn chain(config: &Config, now: Timestamp) -> Finding {
    let chain = authority::chain(config).map_err(|error| format!("{error:#}"))?;
    for certificate in &chain {
        let name = certificate.common_name().unwrap_or_else(|| certificate.subject());
        if !certificate.holds_at(now) {
            return Err(format!("{name} does not hold now, but until {:.0}", certificate.not_after()));
        }
        if certificate.not_after().duration_since(now) < SOON {
            return Err(format!(
                "{name} ends at {:.0}, and no card's certificate can live longer: hold the next ceremony",
                certificate.not_after()
            ));
        }
    }
    let names: Vec<String> = chain.iter().filter_map(Certificate::common_name).collect();
    let ends = chain.iter().map(Certificate::not_after).min().unwrap_or(now);
    Ok(format!("{}, the first ends at {ends:.0}", names.join(" below ")))
}

/// Opens the place of the keys and signs with both.
fn keys(config: &Config) -> Finding {
    let issuing = authority::issuing_authority(config).map_err(|error| format!("{error:#}"))?;
    let now = SystemClock.now();
    issuing.revocation_list(&[], 1, now, now).map_err(|error| error.to_string())?;
    let store = authority::key_store(config).map_err(|error| format!("{error:#}"))?;
    let ocsp = store.find(config.smartcards.ocsp_key.as_str()).map_err(|error| error.to_string())?;
    ocsp.sign(b"fobwatch").map_err(|error| error.to_string())?;
    Ok("both sign".into())
}

async fn list(config: &Config, now: Timestamp) -> Finding {
    let chain = authority::chain(config).map_err(|error| format!("{error:#}"))?;
    let issuer = chain.first().map(issuer_of).unwrap_or_default();
    let house = House::open(config).await.map_err(|error| format!("{error:#}"))?;
    let list = house.store.revocation_list(&issuer).await.map_err(|error| error.to_string());
    house.store.close().await;
    match list? {
        None => Err("there is no list of revoked certificates yet: start the service, which makes it".into()),
        Some(list) if list.next_update <= now => Err(format!(
            "list {} ran out at {:.0}, and everybody who checks by it refuses all cards: does the service run?",
            list.number, list.next_update
        )),
        Some(list) => Ok(format!(
            "list {}, of {:.0}, may be used until {:.0}",
            list.number, list.this_update, list.next_update
        )),
    }
}

/// The certificate by which the service answers for single cards (OCSP).
async fn answers(config: &Config, now: Timestamp) -> Finding {
    let said = |error: anyhow::Error| format!("{error:#}");
    let chain = authority::chain(config).map_err(said)?;
    let authority = chain.first().ok_or("smartcards.chain holds no certificate")?;
    let store = authority::key_store(config).map_err(said)?;
    let key = store.find(config.smartcards.ocsp_key.as_str()).map_err(|error| error.to_string())?;
    let house = House::open(config).await.map_err(said)?;
    let kept = house.store.responder_certificates(now).await.map_err(|error| error.to_string());
    house.store.close().await;
    let kept = kept?;
    let mut certificates = kept.iter().filter_map(|der| Certificate::from_der(der).ok());
    // The service renews it long before its end.
    match certificates.find(|one| !responder_is_due(one, authority, key.public_key(), now)) {
        Some(certificate) => {
            Ok(format!("signed below a certificate that ends at {:.0}", certificate.not_after()))
        }
        None => {
            Err("there is no certificate by which questions about cards are answered: does the service run?"
                .into())
        }
    }
}

/// `fobwatch pki ocsp renew`
pub(super) async fn renew(config: &Config, console: &mut Console) -> Result<Outcome> {
    ensure!(
        config.smartcards.authority == CertificateIssuer::Internal,
        "smartcards.authority is {}: only an authority of our own has a key that answers for it",
        config.smartcards.authority
    );
    let issuing = authority::issuing_authority(config)?;
    let key = authority::key_store(config)?.find(config.smartcards.ocsp_key.as_str())?;
    let house = House::open(config).await?;
    let now = SystemClock.now();
    let random = house.random.clone();
    let drawn = |bytes: &mut [u8]| random.fill(bytes);
    let certificate = sign_responder(&issuing, key.public_key(), "OCSP", now, &drawn)?;
    let mut tx = house.store.begin().await?;
    let serial = certificate.serial().as_bytes();
    tx.add_responder_certificate(serial, certificate.der(), certificate.not_after(), now).await?;
    tx.commit().await?;
    house.store.close().await;
    console.say(format!("serial       {}", certificate.serial()))?;
    console.say(format!("holds until  {:.0}", certificate.not_after()))?;
    console.note("The service takes it at its next start, or when the one that it has is due.")?;
    Ok(Outcome::Well)
}

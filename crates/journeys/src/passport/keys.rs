//! The keys by which an organisation signs credentials and what it asks of wallets. The first is made when it is needed; each signs
//! for a year, and what it signed stays good for as long as its certificate holds.

use crate::{Refusal, Service};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use openid4vc::jose::{CertificateChain, Es256Key, TrustAnchors};
use pki::credential_signer::{self, Signer as Made, SignerProblem};
use store::organisation::Organisation;
use store::passport_key::CertifiedKey;
use uuid::Uuid;
use vault::Secret;

/// How long a root is good, in years.
const ROOT_YEARS: i16 = 30;
/// How long the certificate of a key is good, in years: longer than it signs, by more than any credential lasts.
const CERTIFICATE_YEARS: i16 = 11;
/// How long a key signs, in days.
const SIGNS_DAYS: i32 = 365;

/// What signs for an organisation.
#[derive(Debug)]
pub struct Signer {
    /// The key.
    pub key: Es256Key,
    /// Its certificates, without the root.
    pub chain: CertificateChain,
    /// Until when the key is vouched for, UTC: nothing that it signs is good for longer.
    pub not_after: Timestamp,
}

/// What signs for an organisation now.
///
/// # Errors
/// Where the database fails, or a key cannot be made.
pub async fn signer(service: &Service, organisation: &Organisation) -> Result<Signer, Refusal> {
    let now = service.clock.now();
    let kept = match service.store.passport_key(organisation.id, now).await? {
        Some(kept) => kept,
        None => new_key(service, organisation, now).await?,
    };
    let read = || -> Result<Signer, Box<dyn std::error::Error>> {
        let key = Es256Key::from_pkcs8(kept.key.expose())?;
        let not_after = pki::Certificate::from_der(&kept.certificate)?.not_after();
        Ok(Signer { key, chain: CertificateChain::from_der(vec![kept.certificate.clone()])?, not_after })
    };
    read().map_err(|_| Refusal::Fault("a key of an organisation cannot be read"))
}

/// The roots that stand for one organisation of this installation, or, where none is named, for each of them.
///
/// # Errors
/// Where the database fails.
pub async fn anchors(service: &Service, organisation: Option<Uuid>) -> Result<TrustAnchors, Refusal> {
    let roots = service.store.passport_roots().await?;
    let wanted =
        roots.iter().filter(|(whose, _)| organisation.is_none_or(|organisation| organisation == *whose));
    TrustAnchors::new(wanted.map(|(_, root)| root.as_slice()))
        .map_err(|_| Refusal::Fault("a root of an organisation cannot be read"))
}

async fn new_key(
    service: &Service,
    organisation: &Organisation,
    now: Timestamp,
) -> Result<CertifiedKey, Refusal> {
    let root = root(service, organisation, now).await?;
    let host = service.settings.public_url.host_str().unwrap_or_default().to_owned();
    let (name, today) = (organisation.name.clone(), now.to_zoned(TimeZone::UTC).date());
    let made = made_apart(move || {
        credential_signer::new_signer(&root, &name, &host, today, years_after(today, CERTIFICATE_YEARS))
    })
    .await?;
    let key = certified(service, made, now);
    let signs_until = now
        .to_zoned(TimeZone::UTC)
        .checked_add(SIGNS_DAYS.days())
        .map_or(Timestamp::MAX, |until| until.timestamp());
    let mut tx = service.store.begin().await?;
    tx.add_passport_key(organisation.id, &key, signs_until).await?;
    tx.commit().await?;
    Ok(key)
}

/// The organisation's root, which is made where it has none.
async fn root(service: &Service, organisation: &Organisation, now: Timestamp) -> Result<Made, Refusal> {
    let as_made = |kept: CertifiedKey| Made {
        key: zeroize::Zeroizing::new(kept.key.expose().clone()),
        certificate: kept.certificate,
    };
    if let Some(kept) = service.store.passport_root(organisation.id).await? {
        return Ok(as_made(kept));
    }
    let (name, today) = (organisation.name.clone(), now.to_zoned(TimeZone::UTC).date());
    let made =
        made_apart(move || credential_signer::new_root(&name, today, years_after(today, ROOT_YEARS))).await?;
    let root = certified(service, made, now);
    let mut tx = service.store.begin().await?;
    let added = tx.add_passport_root(organisation.id, &root).await?;
    tx.commit().await?;
    if added {
        return Ok(as_made(root));
    }
    let kept = service.store.passport_root(organisation.id).await?;
    kept.map(as_made).ok_or(Refusal::Fault("an organisation without a root"))
}

/// Makes keys off the threads that serve others.
async fn made_apart(
    work: impl FnOnce() -> Result<Made, SignerProblem> + Send + 'static,
) -> Result<Made, Refusal> {
    let made = tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Fault("a key was not made"))?;
    made.map_err(|problem| {
        tracing::error!(%problem, "a key for credentials was not made");
        Refusal::Fault("a key was not made")
    })
}

fn certified(service: &Service, made: Made, now: Timestamp) -> CertifiedKey {
    CertifiedKey {
        id: vault::new_id(now, service.random.as_ref()),
        key: Secret::new(made.key.to_vec()),
        certificate: made.certificate,
        made_at: now,
    }
}

fn years_after(day: Date, years: i16) -> Date {
    day.checked_add(years.years()).unwrap_or(Date::MAX)
}

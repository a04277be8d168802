//! Hears of every revocation, four times a second and at once on the node where it happens, and has answers and list signed again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pki::ocsp::{HashKind, Responder};
use pki::{Certificate, Serial, ceremony};
use tokio_util::sync::CancellationToken;

use super::list::still_valid;
use super::published::Published;
use super::voice::Voice;
use super::{PublishProblem, blocking};
use crate::Service;

/// How often each node looks; half a second later everybody hears of a revocation.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// So far back it looks: clocks of nodes differ, and a transaction takes its time.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(60);

/// Looks until `stop`. Ends at once where there is no authority of our own.
pub async fn run(service: Service, stop: CancellationToken) {
    let Some(published) = service.published.as_deref() else { return };
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = published.look.notified() => {}
            _ = every.tick() => {}
        }
        match look(&service, published).await {
            Ok(()) => told = false,
            Err(error) if !told => {
                tracing::error!(%error, "revocations cannot be heard of, or not be signed; trying again all the time");
                told = true;
            }
            Err(_) => {}
        }
        for voice in published.voices() {
            alarm_if_stale(&service, voice);
        }
    }
}

/// Looks once; what was revoked before this call is said when it returns. For tests and commands.
///
/// # Errors
/// Where the database cannot be read or written, or the key does not sign.
pub async fn look_now(service: &Service) -> Result<(), PublishProblem> {
    match service.published.as_deref() {
        Some(published) => look(service, published).await,
        None => Ok(()),
    }
}

async fn look(service: &Service, published: &Published) -> Result<(), PublishProblem> {
    let now = service.clock.now();
    let since = now.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    let mut recent = Vec::with_capacity(published.voices().len());
    for voice in published.voices() {
        keep_responder(service, published, voice, now).await?;
        let revoked = service.store.revoked_since(voice.issuer(), since, still_valid(now)).await?;
        if let Some(responder) = voice.responder() {
            for serial in revoked.iter().filter_map(|row| Serial::from_bytes(&row.serial)) {
                for hash in HashKind::ALL {
                    if voice.forget_good(&serial, hash) {
                        service.sign_ahead(published, voice, &responder, (&serial, hash), now).await?;
                    }
                }
            }
        }
        recent.push(revoked);
    }
    published.looked_at(now);
    for (voice, recent) in published.voices().iter().zip(&recent) {
        service.keep_list(published, voice, recent, now).await?;
    }
    Ok(())
}

/// The newest certificate of a responder that is ours and not due, or a new one.
async fn keep_responder(
    service: &Service,
    published: &Published,
    voice: &Voice,
    now: Timestamp,
) -> Result<(), PublishProblem> {
    let authority = voice.authority().certificate();
    let key = published.key.public_key();
    let fresh = |certificate: &Certificate| {
        certificate.holds_at(now) && !ceremony::responder_is_due(certificate, authority, key, now)
    };
    if voice.responder().is_some_and(|responder| fresh(responder.certificate())) {
        return Ok(());
    }
    let kept = service.store.responder_certificates(now).await?;
    let found = kept.iter().filter_map(|der| Certificate::from_der(der).ok()).find(fresh);
    let certificate = match found {
        Some(certificate) => certificate,
        None => new_responder(service, published, voice, now).await?,
    };
    let responder = Responder::new(authority.clone(), certificate, published.key.clone())?;
    voice.set_responder(responder);
    Ok(())
}

/// Makes a certificate for the responder's key and writes it down.
async fn new_responder(
    service: &Service,
    published: &Published,
    voice: &Voice,
    now: Timestamp,
) -> Result<Certificate, PublishProblem> {
    let (authority, key) = (voice.authority().clone(), published.key.clone());
    let random = service.random.clone();
    let certificate = blocking(move || {
        let drawn = |bytes: &mut [u8]| random.fill(bytes);
        ceremony::sign_responder(&authority, key.public_key(), "OCSP", now, &drawn)
    })
    .await??;
    let mut tx = service.store.begin().await?;
    let serial = certificate.serial().as_bytes();
    tx.add_responder_certificate(serial, certificate.der(), certificate.not_after(), now).await?;
    tx.commit().await?;
    Ok(certificate)
}

/// Who checks by the list refuses every card once it has run out: somebody must hear of it before.
fn alarm_if_stale(service: &Service, voice: &Voice) {
    let Some(listed) = voice.list() else { return };
    let list = &listed.list;
    let now = service.clock.now();
    let life = list.next_update.duration_since(list.this_update);
    let left = list.next_update.duration_since(now);
    metrics::gauge!("fobwatch_revocation_list_seconds_left", "authority" => voice.name().to_owned())
        .set(f64::from(i32::try_from(left.as_secs()).unwrap_or(i32::MAX)));
    if left.saturating_mul(4) < life && left.as_secs() % 60 == 0 {
        tracing::error!(
            number = list.number,
            minutes_left = left.as_secs() / 60,
            "the list of revoked certificates runs out and no newer one can be made"
        );
    }
}

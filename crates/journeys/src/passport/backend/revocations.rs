//! What was revoked here is revoked at the service of the wallet's maker, too: afterwards, again and again until it is done.
//!
//! In our own record it holds no more from the moment on at which it was revoked: it opens no door here. Elsewhere it may be shown until
//! the service has heard of it.

use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use store::audit::Event;
use store::backend_revocation::BackendRevocation;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether there is something to revoke.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// So many at once.
const BATCH: u32 = 20;
/// Whoever claims one and dies leaves it to the others after so long.
const CLAIMED_FOR: SignedDuration = SignedDuration::from_mins(5);
/// A service that does not do it is told again after so long, and each further time after twice that.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// But at least so often.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);
/// About a week; then somebody has to look after it.
const MOST_TRIES: u32 = 36;

/// Tells the service what is due. Answers how many it has revoked.
///
/// # Errors
/// Where the database fails; the next round does it again.
pub async fn round(service: &Service) -> Result<u32, Refusal> {
    let Some(backend) = service.wallet_backend.clone() else { return Ok(0) };
    if !backend.revokes() {
        return Ok(0);
    }
    let now = service.clock.now();
    let again_at = now.checked_add(CLAIMED_FOR).unwrap_or(Timestamp::MAX);
    let mut tx = service.store.begin().await?;
    let claimed = tx.claim_backend_revocations(backend.name(), BATCH, again_at, now).await?;
    tx.commit().await?;
    let mut revoked = 0;
    for one in claimed {
        let outcome = match backend.revoke(&one.kind, one.id, service.clock.now()).await {
            Ok(true) => None,
            // What was handed out a moment ago may not be found yet; what its contract does not index never is.
            Ok(false) => Some(
                "the service finds nothing of this name: does the contract index fobwatch_copy?".to_owned(),
            ),
            Err(problem) => Some(problem.to_string()),
        };
        match outcome {
            None => revoked += u32::from(done(service, &one).await?),
            Some(why) => not_done(service, &one, &why).await?,
        }
    }
    Ok(revoked)
}

async fn done(service: &Service, one: &BackendRevocation) -> Result<bool, Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let done = tx.backend_revocation_done(one.id, now).await?;
    if done {
        tx.audit(Event::WalletServiceRevoked { copy: one.id, kind: one.kind.clone() }, now);
    }
    tx.commit().await?;
    Ok(done)
}

async fn not_done(service: &Service, one: &BackendRevocation, why: &str) -> Result<(), Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if one.tries < MOST_TRIES {
        tracing::warn!(copy = %one.id, tries = one.tries, why, "a credential is not revoked at the wallet's service yet");
        tx.backend_revocation_again(one.id, why, now.checked_add(pause(one.tries)).unwrap_or(Timestamp::MAX))
            .await?;
    } else if tx.give_up_backend_revocation(one.id, why, now).await? {
        tracing::error!(copy = %one.id, why, "a credential cannot be revoked at the wallet's service: do it there by hand");
        tx.audit(Event::WalletServiceNotRevoked { copy: one.id, kind: one.kind.clone() }, now);
    }
    tx.commit().await?;
    Ok(())
}

/// How long to wait after so many tries.
fn pause(tries: u32) -> SignedDuration {
    let doubled = 1_i32.checked_shl(tries.saturating_sub(1)).filter(|times| *times > 0);
    doubled
        .and_then(|times| FIRST_PAUSE.checked_mul(times))
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

/// Does so again and again until `stop`, and counts what waits.
pub async fn run(service: Service, stop: CancellationToken) {
    if service.wallet_backend.is_none() {
        return;
    }
    let mut rounds = Rounds::every(LOOK_EVERY, stop);
    while rounds.next().await {
        if let Err(error) = round(&service).await {
            tracing::error!(%error, "what was revoked cannot be told to the wallet's service");
        }
        match service.store.backend_revocations_waiting().await {
            #[expect(clippy::cast_precision_loss, reason = "a gauge needs no more than 52 bits")]
            Ok(waiting) => metrics::gauge!("fobwatch_wallet_service_revocations_waiting").set(waiting as f64),
            Err(error) => tracing::error!(%error, "what waits to be revoked cannot be counted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_six_hours_and_all_of_them_are_about_a_week() {
        let minutes: Vec<_> = [1, 2, 3, 9, 10, 31, 32, 33, 4_000].map(|tries| pause(tries).as_mins()).into();
        assert_eq!(minutes, [1, 2, 4, 256, 360, 360, 360, 360, 360]);
        let all: i64 = (1..MOST_TRIES).map(|tries| pause(tries).as_hours()).sum();
        assert!((6 * 24..8 * 24).contains(&all), "{all}");
    }
}

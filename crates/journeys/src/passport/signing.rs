//! Whether there is somebody to sign now. Where there is not, wallets are told to ask again ([`super::deferred`]).

use super::keys::{Signer, signer};
use crate::{Refusal, Service};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::organisation::Organisation;
use tokio::sync::{Semaphore, SemaphorePermit};

/// So many credentials are signed at once by one node. An HSM does some dozens in a second.
const AT_ONCE: usize = 32;
/// So long a wallet waits for its turn before it is told to ask again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The queue before the keys of organisations.
#[derive(Debug)]
pub struct SigningQueue {
    places: Semaphore,
    patience: Duration,
    closed: AtomicBool,
}

impl Default for SigningQueue {
    fn default() -> Self {
        Self::of(AT_ONCE, PATIENCE)
    }
}

impl SigningQueue {
    fn of(at_once: usize, patience: Duration) -> Self {
        Self { places: Semaphore::new(at_once), patience, closed: AtomicBool::new(false) }
    }

    /// From now on nothing is signed here: wallets are told to ask again.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// From now on it is.
    pub fn open(&self) {
        self.closed.store(false, Ordering::Relaxed);
    }

    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if self.closed.load(Ordering::Relaxed) {
            return None;
        }
        tokio::time::timeout(self.patience, self.places.acquire()).await.ok()?.ok()
    }
}

/// A turn at signing for an organisation. The next one comes when it is dropped.
pub(super) struct Turn<'a> {
    pub signer: Signer,
    _place: SemaphorePermit<'a>,
}

/// Waits for a turn; none where too many wait, or the organisation's key cannot be had, which is then in the log.
pub(super) async fn turn<'a>(
    service: &'a Service,
    organisation: &Organisation,
) -> Result<Option<Turn<'a>>, Refusal> {
    let Some(place) = service.signing.turn().await else { return Ok(None) };
    match signer(service, organisation).await {
        Ok(signer) => Ok(Some(Turn { signer, _place: place })),
        Err(Refusal::Fault(why)) => {
            tracing::error!(alarm = true, why, organisation = %organisation.id, "an organisation cannot sign credentials");
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_too_long_is_told_to_ask_again() {
        let queue = SigningQueue::of(2, Duration::ZERO);
        let (first, second) = (queue.turn().await.unwrap(), queue.turn().await.unwrap());
        assert!(queue.turn().await.is_none());
        drop(first);
        assert!(queue.turn().await.is_some());
        drop(second);
        queue.close();
        assert!(queue.turn().await.is_none());
        queue.open();
        assert!(queue.turn().await.is_some());
    }
}

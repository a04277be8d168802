//! Whether there is somebody to sign now. Where there is not, wallets are told to ask again ([`super::deferred`]).

use super::keys::{ReadyKeys, Signer, signer};
use crate::{Refusal, Service};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::organisation::Organisation;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many keys are at work at once on one node. An HSM does some dozens of signatures in a second.
const AT_ONCE: usize = 32;
/// So long a wallet waits for its turn before it is told to ask again.
const PATIENCE: Duration = Duration::from_secs(5);
/// So long a key may take. One that takes longer is out of reach: an HSM that hangs says nothing at all.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// The queue before the keys of organisations, with those that were read before.
#[derive(Clone)]
pub struct SigningQueue(Arc<Queue>);

struct Queue {
    ready: ReadyKeys,
    places: Arc<Semaphore>,
    patience: Duration,
    closed: AtomicBool,
}

/// A place in the queue: it belongs to whoever works with a key, until the key has answered. So no more threads wait for an HSM that hangs
/// than there are places.
pub(super) type Place = OwnedSemaphorePermit;

impl std::fmt::Debug for SigningQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningQueue")
            .field("free", &self.0.places.available_permits())
            .finish_non_exhaustive()
    }
}

impl Default for SigningQueue {
    fn default() -> Self {
        Self::of(AT_ONCE, PATIENCE)
    }
}

impl SigningQueue {
    fn of(at_once: usize, patience: Duration) -> Self {
        let places = Arc::new(Semaphore::new(at_once));
        Self(Arc::new(Queue {
            ready: ReadyKeys::default(),
            places,
            patience,
            closed: AtomicBool::new(false),
        }))
    }

    /// From now on nothing is issued here: wallets are told to ask again.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
    }

    /// From now on it is.
    pub fn open(&self) {
        self.0.closed.store(false, Ordering::Relaxed);
    }

    pub(super) fn ready(&self) -> &ReadyKeys {
        &self.0.ready
    }

    async fn turn(&self) -> Option<Place> {
        if self.0.closed.load(Ordering::Relaxed) {
            return None;
        }
        self.place().await
    }

    /// Waits for a place; none where too many wait.
    pub(super) async fn place(&self) -> Option<Place> {
        let place = Arc::clone(&self.0.places).acquire_owned();
        tokio::time::timeout(self.0.patience, place).await.ok()?.ok()
    }
}

/// Works with a key off the threads that serve others, for a while.
///
/// # Errors
/// Where the key does not answer in time, which is then in the log.
pub(super) async fn apart<T: Send + 'static>(
    place: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    apart_within(ANSWERS_WITHIN, place, work).await
}

async fn apart_within<T: Send + 'static>(
    limit: Duration,
    place: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let working = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    match tokio::time::timeout(limit, working).await {
        Ok(done) => done.map_err(|_| Refusal::Fault("the work with a key was not done")),
        Err(_) => {
            tracing::error!(alarm = true, "a key does not answer: see passport.hsm_driver");
            Err(Refusal::Fault("a key does not answer"))
        }
    }
}

/// A turn at signing for an organisation. The next one comes when it is dropped.
pub(super) struct Turn {
    pub signer: Signer,
    pub place: Place,
}

/// Waits for a turn; none where too many wait, or the organisation's key cannot be had, which is then in the log.
pub(super) async fn turn(service: &Service, organisation: &Organisation) -> Result<Option<Turn>, Refusal> {
    let Some(place) = service.signing.turn().await else { return Ok(None) };
    match signer(service, organisation).await {
        Ok(signer) => Ok(Some(Turn { signer, place })),
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
    #[tokio::test]
    async fn a_key_that_does_not_answer_is_given_up_and_keeps_its_place() {
        let queue = SigningQueue::of(1, Duration::ZERO);
        let place = queue.turn().await.unwrap();
        let (answer, hangs) = std::sync::mpsc::channel::<()>();
        let given_up = apart_within(Duration::ZERO, place, move || hangs.recv().is_ok()).await;
        assert!(matches!(given_up, Err(Refusal::Fault(_))));
        assert!(queue.turn().await.is_none(), "another thread would hang, too");
        answer.send(()).unwrap();
        let place = Arc::clone(&queue.0.places).acquire_owned().await;
        assert!(apart(place, || true).await.unwrap());
    }
}

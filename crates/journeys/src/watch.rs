//! Devices that wait for a question: each holds a request open, and none of them a connection to the database. One watcher on
//! each node looks for new questions, once a second and only while somebody waits; what is asked on the same node it hears of at
//! once.

use crate::Service;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the watcher looks while somebody waits.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So far back it looks: clocks of nodes differ, and a transaction takes its time. What it has seen it passes over.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(10);

/// Who waits on this node, by account.
#[derive(Debug, Default)]
pub struct Watch {
    waiting: Mutex<HashMap<Uuid, Bell>>,
    look: Notify,
}

#[derive(Debug, Default)]
struct Bell {
    bell: Arc<Notify>,
    listeners: usize,
}

impl Watch {
    /// Something was asked on this node.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    /// Waits for questions to an account, until what this answers is dropped.
    pub(crate) fn listen(&self, account: Uuid) -> Listener<'_> {
        let mut waiting = self.lock();
        let entry = waiting.entry(account).or_default();
        entry.listeners += 1;
        Listener { watch: self, account, bell: Arc::clone(&entry.bell) }
    }

    /// How many accounts somebody waits for.
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    fn ring(&self, account: Uuid) {
        if let Some(entry) = self.lock().get(&account) {
            entry.bell.notify_waiters();
        }
    }

    /// What is kept here is whole after every line, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Bell>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A device that waits.
#[derive(Debug)]
pub(crate) struct Listener<'a> {
    watch: &'a Watch,
    account: Uuid,
    pub(crate) bell: Arc<Notify>,
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        let mut waiting = self.watch.lock();
        if let Some(entry) = waiting.get_mut(&self.account) {
            entry.listeners = entry.listeners.saturating_sub(1);
            if entry.listeners == 0 {
                waiting.remove(&self.account);
            }
        }
    }
}

/// Looks for new questions until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = BTreeMap::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = service.watch.look.notified() => {}
            _ = every.tick() => {}
        }
        if service.watch.waiting() > 0
            && let Err(error) = look(&service, &mut seen).await
        {
            tracing::error!(%error, "questions to the app cannot be looked for");
        }
    }
}

async fn look(service: &Service, seen: &mut BTreeMap<Uuid, Timestamp>) -> Result<(), crate::Refusal> {
    let now = service.clock.now();
    let since = now.checked_sub(LOOK_BACK).unwrap_or(Timestamp::MIN);
    seen.retain(|_, asked_at| *asked_at >= since);
    for (id, account, asked_at) in service.store.asked_since(since).await? {
        if seen.insert(id, asked_at).is_none() {
            service.watch.ring(account);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Watch;
    use uuid::Uuid;

    #[test]
    fn who_no_longer_waits_is_forgotten() {
        let watch = Watch::default();
        let first = watch.listen(Uuid::max());
        let second = watch.listen(Uuid::max());
        assert_eq!(watch.waiting(), 1);
        drop(first);
        assert_eq!(watch.waiting(), 1);
        drop(second);
        assert_eq!(watch.waiting(), 0);
    }
}

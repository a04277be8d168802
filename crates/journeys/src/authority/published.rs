//! What our own authorities say to the world, as this node has it in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use pki::{IssuingAuthority, SigningKey};
use tokio::sync::Notify;

use super::voice::Voice;

/// How long what is said may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// A list of revoked certificates, in hours. A new one is made when half of it is over, and at each revocation.
    pub list_hours: u32,
    /// An answer about one certificate, in hours. It is signed again when half of it is over, and at its revocation.
    pub answer_hours: u32,
    /// How many seconds others may keep an answer before they ask again.
    pub answer_kept_seconds: u32,
}

/// What our own authorities say to the world: the one that issues, and those before it whose certificates are still on cards.
pub struct Published {
    voices: Vec<Voice>,
    pub(super) key: Arc<dyn SigningKey>,
    pub(super) lifetimes: Lifetimes,
    /// When this node last heard of all revocations, in milliseconds since 1970.
    looked: AtomicI64,
    pub(super) look: Notify,
}

impl std::fmt::Debug for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Published").field("lifetimes", &self.lifetimes).finish_non_exhaustive()
    }
}

impl Published {
    /// What `authority` says, signed by it and by `key`, which answers for it.
    pub fn new(authority: IssuingAuthority, key: Arc<dyn SigningKey>, lifetimes: Lifetimes) -> Self {
        Self {
            voices: vec![Voice::of(authority)],
            key,
            lifetimes,
            looked: AtomicI64::new(i64::MIN),
            look: Notify::new(),
        }
    }

    /// And what one says that issued before it: its certificates still count, and it still says which do not.
    #[must_use]
    pub fn and_former(mut self, authority: IssuingAuthority) -> Self {
        self.voices.push(Voice::of(authority));
        self
    }

    /// The certificate of the authority that issues and those above it.
    pub fn chain(&self) -> &[pki::Certificate] {
        self.voices.first().map(|voice| voice.authority().chain()).unwrap_or_default()
    }

    /// The same of each of our authorities, the one that issues first.
    pub fn chains(&self) -> impl Iterator<Item = &[pki::Certificate]> {
        self.voices.iter().map(|voice| voice.authority().chain())
    }

    /// The certificates of the authority of this name, as it stands in addresses ([`super::name_of`]), and those above it.
    pub fn chain_named(&self, name: &str) -> Option<&[pki::Certificate]> {
        self.voices.iter().find(|voice| voice.name() == name).map(|voice| voice.authority().chain())
    }

    /// How long what is said may be believed.
    pub fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// Something was written on this node: it may be a revocation.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    pub(super) fn voices(&self) -> &[Voice] {
        &self.voices
    }

    pub(super) fn looked_at(&self, now: Timestamp) {
        self.looked.store(now.as_millisecond(), Ordering::Release);
    }

    /// Whether this node heard of all revocations a moment ago, so that what it has in memory counts.
    pub(super) fn is_current(&self, now: Timestamp) -> bool {
        const MOMENT: SignedDuration = SignedDuration::from_millis(900);
        Timestamp::from_millisecond(self.looked.load(Ordering::Acquire)).is_ok_and(|looked| {
            let since = now.duration_since(looked);
            (SignedDuration::ZERO..=MOMENT).contains(&since)
        })
    }
}

//! What our own authority says to the world, as this node has it in memory.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use pki::ocsp::{HashKind, OcspAnswer, Responder};
use pki::{IssuingAuthority, Serial, SigningKey};
use store::authority::SignedList;
use tokio::sync::Notify;

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

/// More answers than this are not kept; each takes about a kilobyte.
const MOST_ANSWERS: usize = 100_000;

/// What our own authority says to the world.
pub struct Published {
    pub(super) authority: IssuingAuthority,
    pub(super) key: Arc<dyn SigningKey>,
    pub(super) lifetimes: Lifetimes,
    responder: RwLock<Option<Arc<Responder>>>,
    answers: RwLock<HashMap<(Serial, HashKind), Kept>>,
    list: RwLock<Option<Arc<Listed>>>,
    /// When this node last heard of all revocations, in milliseconds since 1970.
    looked: AtomicI64,
    pub(super) look: Notify,
}

/// An answer in memory.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) answer: Arc<OcspAnswer>,
    pub(super) revoked: bool,
}

/// The list that counts.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) list: SignedList,
    pub(super) serials: BTreeSet<Serial>,
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
            authority,
            key,
            lifetimes,
            responder: RwLock::default(),
            answers: RwLock::default(),
            list: RwLock::default(),
            looked: AtomicI64::new(i64::MIN),
            look: Notify::new(),
        }
    }

    /// The authority's certificate and those above it.
    pub fn chain(&self) -> &[pki::Certificate] {
        self.authority.chain()
    }

    /// How long what is said may be believed.
    pub fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// Something was written on this node: it may be a revocation.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    // What is kept here is whole after every line, so a panic elsewhere spoils nothing.

    pub(super) fn responder(&self) -> Option<Arc<Responder>> {
        self.responder.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_responder(&self, responder: Responder) {
        *self.responder.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(responder));
        // Answers hold the certificate of whoever signed them, and may not outlive it.
        self.answers.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn kept(&self, serial: &Serial, hash: HashKind) -> Option<Kept> {
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        answers.get(&(serial.clone(), hash)).cloned()
    }

    pub(super) fn keep(&self, serial: &Serial, hash: HashKind, kept: Kept) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST_ANSWERS && !answers.contains_key(&(serial.clone(), hash)) {
            answers.clear();
        }
        answers.insert((serial.clone(), hash), kept);
    }

    /// Forgets an answer that says that a certificate is good. Answers whether there was one.
    pub(super) fn forget_good(&self, serial: &Serial, hash: HashKind) -> bool {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        let key = (serial.clone(), hash);
        if answers.get(&key).is_some_and(|kept| !kept.revoked) {
            answers.remove(&key);
            return true;
        }
        false
    }

    pub(super) fn list(&self) -> Option<Arc<Listed>> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_list(&self, listed: Listed) {
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(listed));
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

//! What one of our own authorities says, as this node has it in memory.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use pki::ocsp::{HashKind, OcspAnswer, Responder};
use pki::{Certificate, IssuingAuthority, Serial};
use sha2::{Digest as _, Sha256};
use store::authority::SignedList;

/// More answers than this are not kept; each takes about a kilobyte.
const MOST_ANSWERS: usize = 100_000;

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

/// By what the record knows an authority: the SHA-256 of its public key.
pub fn issuer_of(authority: &Certificate) -> [u8; 32] {
    Sha256::digest(authority.public_key().bits()).into()
}

/// The name of an authority in addresses that stand in its certificates for years.
pub fn name_of(authority: &Certificate) -> String {
    let first = issuer_of(authority).first_chunk().copied().map_or(0, u64::from_be_bytes);
    format!("{first:016x}")
}

/// What one authority says.
pub(super) struct Voice {
    authority: IssuingAuthority,
    issuer: [u8; 32],
    name: String,
    responder: RwLock<Option<Arc<Responder>>>,
    answers: RwLock<HashMap<(Serial, HashKind), Kept>>,
    list: RwLock<Option<Arc<Listed>>>,
}

impl Voice {
    pub(super) fn of(authority: IssuingAuthority) -> Self {
        Self {
            issuer: issuer_of(authority.certificate()),
            name: name_of(authority.certificate()),
            authority,
            responder: RwLock::default(),
            answers: RwLock::default(),
            list: RwLock::default(),
        }
    }

    pub(super) fn authority(&self) -> &IssuingAuthority {
        &self.authority
    }

    pub(super) fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    pub(super) fn name(&self) -> &str {
        &self.name
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
}

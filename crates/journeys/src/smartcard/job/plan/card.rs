//! A card as a plan sees it: keys in places, certificates, tries, and what it answers.

use super::super::facts::Which;
use card_jobs::{Hex, Outcome, Slot};
use piv::{Answer, Status, tlv};
use pki::{Curve, KeyStore as _, KeysInMemory, SigningKey};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A place on the card where a key can lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lies {
    InPlace(bool),
    Waiting(bool),
    Aside(bool),
}

pub fn signs_in(which: Which) -> bool {
    which == Which::Authentication
}

pub fn lies(slot: Slot) -> Lies {
    let which = signs_in(Which::of(slot));
    if slot == Which::of(slot).place() { Lies::InPlace(which) } else { Lies::Waiting(which) }
}

/// The card.
#[derive(Default)]
pub struct Card {
    pub keys: BTreeMap<Lies, Arc<dyn SigningKey>>,
    /// The keys that the certificates on it are for.
    pub certificates: BTreeMap<bool, Vec<u8>>,
    pub has_new_passcode: bool,
    pub tries: u8,
    pub unblocking: u32,
    pub unblocking_tries: u8,
}

pub fn new_key() -> Arc<dyn SigningKey> {
    KeysInMemory::default().generate("card", Curve::P256, &|_: &mut [u8]| {}).unwrap()
}

pub fn point(key: &Arc<dyn SigningKey>) -> Vec<u8> {
    key.public_key().bits().to_vec()
}

pub fn says(status: Status) -> Hex {
    Hex(Answer::new(Vec::new(), status).bytes())
}

pub fn answers(answers: impl IntoIterator<Item = Hex>) -> Outcome {
    Outcome::Answered { answers: answers.into_iter().collect() }
}

pub fn made(key: &Arc<dyn SigningKey>) -> Hex {
    let template = tlv::wrapped(0x7F49, &tlv::wrapped(0x86, &point(key)));
    Hex(Answer::new(template.to_vec(), Status::Success).bytes())
}

impl Card {
    pub fn verify(&mut self, right: bool) -> Outcome {
        if right {
            self.tries = 3;
            return Outcome::Done;
        }
        self.tries = self.tries.saturating_sub(1);
        if self.tries == 0 { Outcome::Blocked } else { Outcome::WrongPasscode { left: self.tries } }
    }

    pub fn unblock(&mut self, with: u32, next: u32) -> Outcome {
        if self.unblocking != with {
            self.unblocking_tries = self.unblocking_tries.saturating_sub(1);
            return Outcome::WrongUnblockingKey { left: self.unblocking_tries };
        }
        self.unblocking = next;
        self.unblocking_tries = 3;
        self.has_new_passcode = true;
        self.tries = 3;
        Outcome::Done
    }

    pub fn sign(&self, slot: Slot, message: &[u8]) -> Outcome {
        match self.keys.get(&lies(slot)) {
            Some(key) => Outcome::Signed { signature: Hex(key.sign(message).unwrap()) },
            None => Outcome::Unexpected { status: Status::NoSuchReference.word() },
        }
    }

    pub fn moves(&mut self, from: Lies, to: Lies) -> Hex {
        if self.keys.contains_key(&to) {
            return says(Status::WrongData);
        }
        let Some(key) = self.keys.remove(&from) else { return says(Status::NoSuchReference) };
        self.keys.insert(to, key);
        says(Status::Success)
    }
}

//! What a card knows for good, and the folder that keeps it.

use crate::{Firmware, Personal, Profile};
use piv::{Chuid, Object};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many tries a passcode and an unblocking key have.
pub(crate) const TRIES: u8 = 3;

/// What survives pulling the card out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    pub profile: Profile,
    pub firmware: Firmware,
    pub guid: [u8; 16],
    pub passcode: Counted,
    pub unblocking_key: Counted,
    pub management_key: [u8; 32],
    /// By reference.
    pub keys: BTreeMap<u8, Key>,
    /// By tag.
    pub objects: BTreeMap<u32, Vec<u8>>,
}

/// A value that is compared, and the tries that are left for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub value: [u8; 8],
    pub left: u8,
}

/// A private key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    pub secret: [u8; 32],
    /// Whether the passcode is wanted right before each use.
    pub asks_each_time: bool,
}

/// The folder of a card cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderProblem {
    /// The file system said no.
    #[error("the card's folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// What lies there was not written by a card.
    #[error("what lies in the card's folder is no card: {0}")]
    NoCard(#[from] serde_json::Error),
}

impl State {
    pub fn of(personal: &Personal) -> Self {
        let mut passcode = [0xFF; 8];
        let typed = personal.passcode.as_deref().unwrap_or_default();
        passcode.iter_mut().zip(typed.bytes()).for_each(|(to, from)| *to = from);
        let chuid = Chuid { guid: personal.guid, expires: *b"20991231" };
        let left = if personal.passcode.is_some() { TRIES } else { 0 };
        Self {
            profile: personal.profile,
            firmware: personal.firmware,
            guid: personal.guid.0,
            passcode: Counted { value: passcode, left },
            unblocking_key: Counted { value: personal.unblocking_key, left: TRIES },
            management_key: personal.management_key,
            keys: BTreeMap::new(),
            objects: BTreeMap::from([(tag(Object::CHUID), chuid.content())]),
        }
    }
}

/// The tag of an object as a number.
pub(crate) fn tag(object: Object) -> u32 {
    let [high, middle, low] = object.0;
    u32::from_be_bytes([0, high, middle, low])
}

/// Where a card is kept: one file, which is there whole or not at all.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub fn new(path: &Path) -> Result<Self, FolderProblem> {
        std::fs::create_dir_all(path)?;
        Ok(Self(path.to_owned()))
    }

    pub fn read(&self) -> Result<Option<State>, FolderProblem> {
        match std::fs::read(self.0.join("card.json")) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub fn write(&self, state: &State) -> Result<(), FolderProblem> {
        let next = self.0.join("card.json.next");
        std::fs::write(&next, serde_json::to_vec(state)?)?;
        std::fs::rename(next, self.0.join("card.json"))?;
        Ok(())
    }
}

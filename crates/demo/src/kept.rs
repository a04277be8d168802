//! What the phone holds and how far the clock is turned, in one small file beside the database.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::authenticator::Account;
use crate::phone::Message;

/// A phone that holds more forgets the oldest.
const MOST_MESSAGES: usize = 500;

/// All that outlives a run.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Drawer {
    /// How far the clock is turned forward, in seconds.
    pub turned_seconds: i64,
    /// The number of the last message or account.
    pub last_number: u64,
    /// In the order in which they came.
    pub messages: Vec<Message>,
    /// Of the authenticator app, in the order in which they were added.
    pub accounts: Vec<Account>,
}

impl Drawer {
    /// A number that none had before.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.last_number = self.last_number.saturating_add(1);
        self.last_number
    }

    pub(crate) fn message(&self, number: u64) -> Option<&Message> {
        self.messages.iter().find(|message| message.number == number)
    }
}

/// What the demonstration was left with cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file} cannot be read: give the folder another name with --data, or begin anew with --fresh")]
pub struct KeptProblem {
    file: String,
    source: io::Error,
}

/// The drawer and its file.
pub(crate) struct Kept {
    file: PathBuf,
    drawer: Mutex<Drawer>,
    /// The same as in the drawer, for the clock, which is read everywhere and must wait for nobody.
    turned_seconds: AtomicI64,
}

impl Kept {
    pub(crate) fn open(file: &Path) -> Result<Self, KeptProblem> {
        let problem = |source| KeptProblem { file: file.display().to_string(), source };
        let drawer: Drawer = match fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| problem(error.into()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Drawer::default(),
            Err(error) => return Err(problem(error)),
        };
        Ok(Self {
            file: file.to_owned(),
            turned_seconds: AtomicI64::new(drawer.turned_seconds),
            drawer: Mutex::new(drawer),
        })
    }

    /// How far the clock is turned forward, in seconds.
    pub(crate) fn turned_seconds(&self) -> i64 {
        self.turned_seconds.load(Ordering::Relaxed)
    }

    /// Looks at what is kept. `look` and `change` must not come back here: they hold the drawer.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Drawer) -> T) -> T {
        look(&self.lock())
    }

    /// Changes what is kept. If it cannot be written, the demonstration goes on with what it has in memory.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Drawer) -> T) -> T {
        let mut drawer = self.lock();
        let changed = change(&mut drawer);
        self.turned_seconds.store(drawer.turned_seconds, Ordering::Relaxed);
        let surplus = drawer.messages.len().saturating_sub(MOST_MESSAGES);
        drawer.messages.drain(..surplus);
        if let Err(error) = self.write(&drawer) {
            tracing::warn!(%error, "what the phone holds cannot be kept");
        }
        changed
    }

    /// Whole or not at all: beside the file first, then in its place.
    fn write(&self, drawer: &Drawer) -> io::Result<()> {
        let beside = self.file.with_extension("new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(&serde_json::to_vec(drawer)?)?;
        drop(file);
        fs::rename(beside, &self.file)
    }

    fn lock(&self) -> MutexGuard<'_, Drawer> {
        self.drawer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_phone_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("phone.json");
        fs::write(&file, "nonsense").unwrap();
        let said = Kept::open(&file).err().unwrap().to_string();
        assert!(said.contains("phone.json") && said.contains("--fresh"), "{said}");
    }
}

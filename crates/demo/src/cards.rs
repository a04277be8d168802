//! The drawer with the hospitals' smartcards. Each is a virtual PIV card that keeps what was done to it in a folder of its own.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use card_agent::InProcessCard;
use journeys::smartcard::keys::{management_key_bytes, unblocking_key};
use vault::Keys;
use vcard::{Card, FolderProblem, Personal};

/// The name of the rules for passcodes that the demonstration's cards have.
pub const CARD_PROFILE: &str = "piv-6-8-digits";

/// A card of the demonstration. Clones are the same card.
#[derive(Clone)]
pub struct DemoCard {
    /// What is printed on it.
    pub label: String,
    /// Whose card stock it is from: a hospital's name.
    pub hospital: &'static str,
    /// The GUID in its CHUID.
    pub guid: [u8; 16],
    pub(crate) card: Arc<Mutex<InReader>>,
}

impl DemoCard {
    /// The card in `folder`; a blank and blocked one, personalised as the bureau does it for this installation's `keys`, where
    /// there is none yet.
    ///
    /// # Errors
    /// Where the folder cannot be used.
    pub fn open(
        folder: &Path,
        label: &str,
        hospital: &'static str,
        keys: &Keys,
    ) -> Result<Self, FolderProblem> {
        let fresh = Personal::fresh();
        let guid = fresh.guid.0;
        let unblocking_key = unblocking_key(keys, &guid, 0);
        let blank = Personal {
            passcode: None,
            unblocking_key: unblocking_key.expose().as_bytes().try_into().unwrap_or(fresh.unblocking_key),
            management_key: *management_key_bytes(keys, &guid).expose(),
            ..fresh
        };
        let card = Card::open(folder, &blank)?;
        let guid = card.guid().0;
        Ok(Self { label: label.to_owned(), hospital, guid, card: Arc::new(Mutex::new(InReader(card))) })
    }

    pub(crate) fn look(&self) -> MutexGuard<'_, InReader> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for DemoCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DemoCard({})", self.label)
    }
}

/// A card as the agent's readers take it.
pub(crate) struct InReader(pub(crate) Card);

impl InProcessCard for InReader {
    fn reset(&mut self) {
        self.0.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.0.answer(command).ok()
    }
}

//! The card itself, which a test can look at and pull out while an agent works it.

use card_agent::{InProcessCard, InProcessReaders};
use std::sync::{Arc, Mutex};

/// The card itself.
#[derive(Clone)]
pub struct Plastic(pub Arc<Mutex<vcard::Card>>);

struct InReader(Plastic);

impl InProcessCard for InReader {
    fn reset(&mut self) {
        self.0.0.lock().unwrap().reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.0.0.lock().unwrap().answer(command).ok()
    }
}

impl Plastic {
    pub fn with<T>(&self, act: impl FnOnce(&mut vcard::Card) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// It is put back, and stays there.
    pub fn is_back(&self) {
        self.with(|card| {
            card.pull_after(u32::MAX, vcard::Pull::Before);
            card.put_in();
        });
    }

    /// A reader with this card in it.
    pub fn in_a_reader(&self) -> InProcessReaders {
        let readers = InProcessReaders::new();
        readers.insert("Desk", &vcard::ATR, Arc::new(Mutex::new(InReader(self.clone()))));
        readers
    }

    /// What is written on the card, asked from outside.
    pub fn certificate(&self, slot: piv::Slot) -> Option<Vec<u8>> {
        self.with(|card| {
            let mut ask =
                |command: &piv::Command| piv::exchange(command, |bytes: &[u8]| card.answer(bytes)).unwrap();
            ask(&piv::commands::select());
            piv::certificate_of(&ask(&piv::commands::get_data(slot.certificate()))).unwrap()
        })
    }

    /// Whether this is the card's passcode. Only asked where it should be: a wrong one costs a try.
    pub fn has_passcode(&self, passcode: &str) -> bool {
        self.with(|card| {
            card.reset();
            let mut ask =
                |command: &piv::Command| piv::exchange(command, |bytes: &[u8]| card.answer(bytes)).unwrap();
            ask(&piv::commands::select());
            let passcode = piv::Passcode::new(passcode.as_bytes()).unwrap();
            let right = ask(&piv::passcode::verify(&passcode)).status.is_success();
            card.reset();
            right
        })
    }
}

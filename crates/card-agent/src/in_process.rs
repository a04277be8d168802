//! Readers and cards of one's own process: tests and the demonstration insert what answers commands, and pull it out.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::readers::{CardProblem, Readers, ReadersProblem, Seat, Transport};

/// What answers commands.
pub trait InProcessCard: Send {
    /// A reset: nothing stays verified, no application stays selected.
    fn reset(&mut self);

    /// The answer with its status bytes; none where the card has just been pulled out.
    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>>;
}

/// A closure is a card that knows no reset.
impl<F: FnMut(&[u8]) -> Option<Vec<u8>> + Send> InProcessCard for F {
    fn reset(&mut self) {}

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self(command)
    }
}

type SharedCard = Arc<Mutex<dyn InProcessCard>>;

/// Readers by name, with a card or without. Clones are the same readers.
#[derive(Clone, Default)]
pub struct InProcessReaders {
    shared: Arc<Shared>,
    /// The change that was seen last.
    seen: u64,
    patience: Option<Duration>,
}

#[derive(Default)]
struct Shared {
    table: Mutex<Table>,
    changed: Condvar,
}

#[derive(Default)]
struct Table {
    readers: BTreeMap<String, Option<Inserted>>,
    changes: u64,
}

#[derive(Clone)]
struct Inserted {
    atr: Vec<u8>,
    card: SharedCard,
    /// Tells this insertion from the next one of the same card.
    number: u64,
    held: bool,
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl InProcessReaders {
    /// No reader yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nobody waits longer than this for a card: what will be put in is there when one is asked for it.
    #[must_use]
    pub fn waiting_at_most(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Connects an empty reader.
    pub fn connect(&self, reader: &str) {
        self.change(|table| {
            table.readers.entry(reader.to_owned()).or_default();
        });
    }

    /// Puts a card into a reader, which is connected where it is not yet.
    pub fn insert(&self, reader: &str, atr: &[u8], card: SharedCard) {
        lock(&card).reset();
        self.change(|table| {
            let inserted = Inserted { atr: atr.to_vec(), card, number: table.changes, held: false };
            table.readers.insert(reader.to_owned(), Some(inserted));
        });
    }

    /// Pulls a card out, whoever holds it.
    pub fn pull(&self, reader: &str) {
        self.change(|table| {
            table.readers.insert(reader.to_owned(), None);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Table)) {
        let mut table = lock(&self.shared.table);
        table.changes += 1;
        change(&mut table);
        self.shared.changed.notify_all();
    }
}

impl Readers for InProcessReaders {
    fn look(&mut self) -> Result<Vec<Seat>, ReadersProblem> {
        let table = lock(&self.shared.table);
        self.seen = table.changes;
        if table.readers.is_empty() {
            return Err(ReadersProblem::NoReader);
        }
        let seat = |(reader, inserted): (&String, &Option<Inserted>)| {
            inserted.as_ref().map(|inserted| Seat { reader: reader.clone(), atr: inserted.atr.clone() })
        };
        Ok(table.readers.iter().filter_map(seat).collect())
    }

    fn open(&mut self, seat: &Seat) -> Result<Box<dyn Transport>, CardProblem> {
        let mut table = lock(&self.shared.table);
        let Some(Some(inserted)) = table.readers.get_mut(&seat.reader) else { return Err(CardProblem::Gone) };
        if inserted.held {
            return Err(CardProblem::Busy);
        }
        inserted.held = true;
        let (card, number) = (Arc::clone(&inserted.card), inserted.number);
        drop(table);
        Ok(Box::new(Held { shared: Arc::clone(&self.shared), reader: seat.reader.clone(), number, card }))
    }

    fn wait(&mut self, at_most: Duration) -> bool {
        let seen = self.seen;
        let at_most = self.patience.map_or(at_most, |patience| patience.min(at_most));
        let table = lock(&self.shared.table);
        let waited = self.shared.changed.wait_timeout_while(table, at_most, |table| table.changes == seen);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

struct Held {
    shared: Arc<Shared>,
    reader: String,
    number: u64,
    card: SharedCard,
}

impl Held {
    fn still_there(&self) -> bool {
        let table = lock(&self.shared.table);
        matches!(table.readers.get(&self.reader), Some(Some(inserted)) if inserted.number == self.number)
    }
}

impl Held {
    /// The card says that it was pulled out: its reader is empty.
    fn is_out(&self) {
        let mut table = lock(&self.shared.table);
        if let Some(slot) = table.readers.get_mut(&self.reader)
            && slot.as_ref().is_some_and(|inserted| inserted.number == self.number)
        {
            *slot = None;
            table.changes += 1;
            self.shared.changed.notify_all();
        }
    }
}

impl Transport for Held {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardProblem> {
        if !self.still_there() {
            return Err(CardProblem::Gone);
        }
        let answer = lock(&self.card).answer(command);
        if answer.is_none() {
            self.is_out();
        }
        answer.filter(|_| self.still_there()).map(Zeroizing::new).ok_or(CardProblem::Gone)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.still_there() {
            lock(&self.card).reset();
        }
        let mut table = lock(&self.shared.table);
        if let Some(Some(inserted)) = table.readers.get_mut(&self.reader)
            && inserted.number == self.number
        {
            inserted.held = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo() -> SharedCard {
        Arc::new(Mutex::new(|command: &[u8]| Some([command, &[0x90, 0x00]].concat())))
    }

    #[test]
    fn a_card_is_held_by_one_at_a_time() {
        let mut readers = InProcessReaders::new();
        assert_eq!(readers.look(), Err(ReadersProblem::NoReader));
        readers.insert("Desk", &[0x3b], echo());
        let seats = readers.look().unwrap();
        let mut held = readers.open(&seats[0]).unwrap();
        assert_eq!(&held.transmit(&[1]).unwrap()[..], [1, 0x90, 0]);
        assert_eq!(readers.open(&seats[0]).err(), Some(CardProblem::Busy));
        drop(held);
        assert!(readers.open(&seats[0]).is_ok());
    }

    #[test]
    fn a_card_that_was_pulled_and_put_back_is_no_longer_held() {
        let mut readers = InProcessReaders::new();
        readers.insert("Desk", &[0x3b], echo());
        let seats = readers.look().unwrap();
        let mut held = readers.open(&seats[0]).unwrap();
        readers.pull("Desk");
        assert_eq!(held.transmit(&[1]).err(), Some(CardProblem::Gone));
        readers.insert("Desk", &[0x3b], echo());
        assert_eq!(held.transmit(&[1]).err(), Some(CardProblem::Gone));
        assert!(readers.open(&seats[0]).is_ok());
    }

    #[test]
    fn waiting_ends_when_something_changes() {
        let mut readers = InProcessReaders::new();
        readers.connect("Desk");
        assert!(readers.look().unwrap().is_empty());
        assert!(!readers.wait(Duration::ZERO));
        readers.insert("Desk", &[0x3b], echo());
        assert!(readers.wait(Duration::from_mins(1)));
    }
}

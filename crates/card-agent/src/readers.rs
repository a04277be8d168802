//! Readers and cards, as far as the agent needs them.

use std::time::Duration;

use zeroize::Zeroizing;

/// A card in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The reader's name.
    pub reader: String,
    /// What the card answered to the reset.
    pub atr: Vec<u8>,
}

/// No card can be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadersProblem {
    /// The service for smartcards does not run on this machine.
    #[error("the service for smartcards does not run")]
    NoService,
    /// It runs and knows no reader.
    #[error("no reader is connected")]
    NoReader,
}

/// A card does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardProblem {
    /// It was pulled out, or is mute.
    #[error("the card was pulled out or does not answer")]
    Gone,
    /// Another program keeps it.
    #[error("another program uses the card")]
    Busy,
}

/// The readers of a workstation.
pub trait Readers: Send {
    /// Every card that is there now.
    ///
    /// # Errors
    /// [`ReadersProblem`] where there is nothing that could hold a card.
    fn look(&mut self) -> Result<Vec<Seat>, ReadersProblem>;

    /// Takes a card for oneself alone: no other program can use what is verified on it.
    ///
    /// # Errors
    /// [`CardProblem`] where it left meanwhile, or another program keeps it.
    fn open(&mut self, seat: &Seat) -> Result<Box<dyn Transport>, CardProblem>;

    /// Waits until a card or a reader has come or gone since the last [`Readers::look`]; false where nothing did.
    fn wait(&mut self, at_most: Duration) -> bool;
}

/// A card that is held. Dropping it resets the card, so that nothing stays verified, and lets it go.
pub trait Transport: Send {
    /// Sends one command; the answer ends with its two status bytes.
    ///
    /// # Errors
    /// [`CardProblem::Gone`].
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardProblem>;
}

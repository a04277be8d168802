//! The person at the workstation, as far as the agent speaks with them.

use card_jobs::{About, Progress, Verdict};
use zeroize::Zeroizing;

/// A passcode as the card takes it, without padding.
pub type Passcode = Zeroizing<Vec<u8>>;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The person said no, closed the window or did not answer in time.
    #[error("the person did not agree")]
    Declined,
    /// There is no window to ask in.
    #[error("no window can be opened to ask in")]
    NoWindow,
}

/// What stands in the way of reading the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No reader, or no service for smartcards.
    Reader,
    /// No card in any reader.
    Card,
    /// There are cards, and none is the one.
    RightCard,
    /// Another program keeps the card.
    FreeCard,
}

/// What a new passcode must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPasscode {
    /// At least so many characters.
    pub min: u8,
    /// At most so many.
    pub max: u8,
    /// Whether letters and signs are taken; otherwise digits alone.
    pub letters: bool,
}

impl NewPasscode {
    /// Whether it is one: printable ASCII, as long as asked for.
    pub fn fits(self, passcode: &[u8]) -> bool {
        let long_enough = (usize::from(self.min)..=usize::from(self.max)).contains(&passcode.len());
        long_enough
            && passcode
                .iter()
                .all(|byte| if self.letters { byte.is_ascii_graphic() } else { byte.is_ascii_digit() })
    }
}

/// Whoever sits at the workstation. Each question says again what is asked and for whom: it may be the only window seen.
pub trait Person: Send {
    /// Shows what is asked, for whom and by whom, before anything is done.
    ///
    /// # Errors
    /// [`Unanswered`]; then nothing is done.
    fn agrees(&mut self, about: &About, portal: &str) -> Result<(), Unanswered>;

    /// Asks to put in the card, or to connect the reader.
    ///
    /// # Errors
    /// [`Unanswered`] where the person gives up.
    fn puts_in_card(&mut self, about: &About, missing: Missing) -> Result<(), Unanswered>;

    /// Asks for the present passcode. `left` is how many tries the card has left, where it says so; `again` is whether one was wrong
    /// just now.
    ///
    /// # Errors
    /// [`Unanswered`].
    fn types_passcode(
        &mut self,
        about: &About,
        left: Option<u8>,
        again: bool,
    ) -> Result<Passcode, Unanswered>;

    /// Asks for a new passcode twice, until both are alike and it [`NewPasscode::fits`].
    ///
    /// # Errors
    /// [`Unanswered`].
    fn chooses_passcode(&mut self, about: &About, wanted: NewPasscode) -> Result<Passcode, Unanswered>;

    /// Asks whether to use the last try before the card blocks.
    ///
    /// # Errors
    /// [`Unanswered`] where the person would rather not.
    fn risks_last_try(&mut self, about: &About) -> Result<(), Unanswered>;

    /// Shows what goes on. Does not wait.
    fn sees(&mut self, progress: Progress) {
        let _ = progress;
    }

    /// Tells how it ended.
    fn hears(&mut self, verdict: Verdict, words: &str);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_passcode_is_as_long_as_asked_for_and_of_the_right_signs() {
        let digits = NewPasscode { min: 6, max: 8, letters: false };
        let letters = NewPasscode { min: 4, max: 8, letters: true };
        for (wanted, passcode, fits) in [
            (digits, "48291", false),
            (digits, "482913", true),
            (digits, "48291357", true),
            (digits, "482913579", false),
            (digits, "48291a", false),
            (digits, "٤٨٢٩١٣", false),
            (letters, "aB3", false),
            (letters, "aB3d", true),
            (letters, "aB3d-5!x", true),
            (letters, "aB3d5f7h9", false),
            (letters, "aB 3d", false),
            (letters, "äB3d", false),
        ] {
            assert_eq!(wanted.fits(passcode.as_bytes()), fits, "{passcode}");
        }
    }
}

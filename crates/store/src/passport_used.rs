//! What a wallet may use once: nonces of proofs, numbers of proofs of possession.

use crate::db::execute;
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;

statements! {
    USE = "INSERT INTO passport_used (value, used_at) VALUES ($1, $2) ON CONFLICT (value) DO NOTHING";
    ERASE = "DELETE FROM passport_used WHERE used_at <= $1";
}

impl Tx {
    /// Uses a value (its keyed hash). Answers false where it was used before: of a hundred at once, one is true.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_once(&mut self, value: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, USE, value, millis(now))? == 1)
    }

    /// Erases values used at or before `before`: by then their own time is over.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_used(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }
}

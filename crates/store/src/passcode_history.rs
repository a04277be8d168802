//! The history of a card's own passcode. The server never learns the passcode: what is kept is the output of an oblivious
//! function (RFC 9497), by which the same passcode is known again and nothing else can be learnt without the key.

use crate::db::{execute, in_tx, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// How many are remembered, with the present one (guide 001, section 1.2).
pub const REMEMBERED: u32 = 5;

statements! {
    OF_CARD = "SELECT output FROM passcode_history WHERE smartcard_id = $1 ORDER BY set_at DESC, id DESC LIMIT $2";
    ADD = "INSERT INTO passcode_history (id, smartcard_id, output, set_at) VALUES ($1, $2, $3, $4)";
    FORGET = "DELETE FROM passcode_history WHERE smartcard_id = $1
        AND id NOT IN (SELECT id FROM passcode_history WHERE smartcard_id = $1 ORDER BY set_at DESC, id DESC LIMIT $2)";
}

impl Store {
    /// What the last passcodes of a card came out as, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passcode_history(&self, card: Uuid) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows: Vec<(Vec<u8>,)> = reading!(self, OF_CARD, sqlx::query_as, |q, c| q
            .bind(card)
            .bind(i64::from(REMEMBERED))
            .fetch_all(c))?;
        Ok(rows.into_iter().map(|(output,)| output).collect())
    }
}

impl Tx {
    /// What the last passcodes of a card came out as, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passcode_history(&mut self, card: Uuid) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows: Vec<(Vec<u8>,)> = in_tx!(self, OF_CARD, sqlx::query_as, |q, c| q
            .bind(card)
            .bind(i64::from(REMEMBERED))
            .fetch_all(c))?;
        Ok(rows.into_iter().map(|(output,)| output).collect())
    }

    /// Remembers what a passcode that was set came out as, and forgets the sixth.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn remember_card_passcode(
        &mut self,
        id: Uuid,
        card: Uuid,
        output: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ADD, id, card, output, millis(now))?;
        execute!(self, FORGET, card, i64::from(REMEMBERED)).map(|_| ())
    }
}

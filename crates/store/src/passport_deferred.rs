//! Credentials that a wallet was told to ask for again: each is given once.

use crate::db::{execute, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A credential that a wallet was told to ask for again, and did not get yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    /// Never changes.
    pub id: Uuid,
    /// What was to be issued.
    pub offer_id: Uuid,
    /// The public keys that it is to be bound to, JSON.
    pub holders: String,
    /// UTC.
    pub made_at: Timestamp,
}

statements! {
    ADD = "INSERT INTO passport_deferred (id, transaction_id, offer_id, holders, made_at) VALUES ($1, $2, $3, $4, $5)";
    WAITING = "SELECT id, offer_id, holders, made_at FROM passport_deferred WHERE transaction_id = $1 AND given_at IS NULL";
    // Of a hundred that ask at once one gets it.
    GIVE = "UPDATE passport_deferred SET given_at = $2 WHERE id = $1 AND given_at IS NULL";
    KEEP = "UPDATE passport_deferred SET given_at = NULL WHERE id = $1";
    ERASE = "DELETE FROM passport_deferred WHERE made_at <= $1";
}

impl Store {
    /// What waits under a transaction identifier (keyed hash).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn deferred(&self, transaction_id: &[u8]) -> Result<Option<Deferred>, StoreError> {
        let row: Option<(Uuid, Uuid, String, i64)> =
            reading!(self, WAITING, sqlx::query_as, |q, c| q.bind(transaction_id).fetch_optional(c))?;
        let read = |(id, offer_id, holders, made_at)| {
            Ok(Deferred { id, offer_id, holders, made_at: moment(made_at)? })
        };
        row.map(read).transpose()
    }
}

impl Tx {
    /// Remembers what a wallet is to ask for again, under a transaction identifier (keyed hash).
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_deferred(
        &mut self,
        deferred: &Deferred,
        transaction_id: &[u8],
    ) -> Result<(), StoreError> {
        let Deferred { id, offer_id, holders, made_at } = deferred;
        execute!(self, ADD, *id, transaction_id, *offer_id, holders, millis(*made_at)).map(|_| ())
    }

    /// Gives what was deferred. Answers false where it was given before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_deferred(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, GIVE, id, millis(now))? == 1)
    }

    /// Takes back that something was given: it did not come to be signed.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn keep_deferred(&mut self, id: Uuid) -> Result<(), StoreError> {
        execute!(self, KEEP, id).map(|_| ())
    }

    /// Erases what was deferred at or before `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_deferred(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }
}

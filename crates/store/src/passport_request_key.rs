//! Keys for which wallets encrypt what they ask for, each for a while.

use crate::db::{execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;
use vault::Secret;

/// A key for which wallets encrypt.
pub struct RequestKey {
    /// Never changes. Wallets are told it (`kid`).
    pub id: Uuid,
    /// The secret number.
    pub secret: Secret<Vec<u8>>,
    /// Until when wallets are told it, UTC.
    pub told_until: Timestamp,
    /// Until when what was encrypted for it is taken, UTC.
    pub taken_until: Timestamp,
}

impl std::fmt::Debug for RequestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestKey").field("id", &self.id).finish_non_exhaustive()
    }
}

statements! {
    ADD = "INSERT INTO passport_request_key (id, key, made_at, told_until, taken_until) VALUES ($1, $2, $3, $4, $5)";
    TAKEN = "SELECT id, key, told_until, taken_until FROM passport_request_key WHERE taken_until > $1
        ORDER BY told_until DESC, id DESC";
    ERASE = "DELETE FROM passport_request_key WHERE taken_until <= $1";
}

type Row = (Uuid, Vec<u8>, i64, i64);

/// What a sealed key is bound to.
pub(crate) fn key_context(id: Uuid) -> String {
    format!("passport_request_key/{id}")
}

impl Store {
    /// The keys for which requests are taken at `now`, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a key not be opened.
    pub async fn request_keys(&self, now: Timestamp) -> Result<Vec<RequestKey>, StoreError> {
        let rows: Vec<Row> = reading!(self, TAKEN, sqlx::query_as, |q, c| q.bind(millis(now)).fetch_all(c))?;
        rows.into_iter().map(|row| self.request_key_of(row)).collect()
    }

    fn request_key_of(&self, (id, key, told_until, taken_until): Row) -> Result<RequestKey, StoreError> {
        Ok(RequestKey {
            id,
            secret: Secret::new(self.keys.open(&key_context(id), &key)?.to_vec()),
            told_until: moment(told_until)?,
            taken_until: moment(taken_until)?,
        })
    }
}

impl Tx {
    /// The newest key for which requests are taken at `now`, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read or a key not be opened.
    pub async fn newest_request_key(&mut self, now: Timestamp) -> Result<Option<RequestKey>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, TAKEN, sqlx::query_as, |q, c| q.bind(millis(now)).fetch_all(c))?;
        rows.into_iter().next().map(|row| self.store.request_key_of(row)).transpose()
    }

    /// Adds a key.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_request_key(&mut self, key: &RequestKey, now: Timestamp) -> Result<(), StoreError> {
        let sealed =
            self.store.keys.seal(&key_context(key.id), key.secret.expose(), self.store.random.as_ref());
        let (told, taken) = (millis(key.told_until), millis(key.taken_until));
        execute!(self, ADD, key.id, sealed, millis(now), told, taken).map(|_| ())
    }

    /// Erases the keys for which nothing is taken any more at `now`: what was encrypted for them stays closed for good.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_request_keys(&mut self, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(now)).map(|_| ())
    }
}

//! Systems of a trust that provide credentials over the interface, each with a key of its own.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A system that provides credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassportClient {
    /// Never changes.
    pub id: Uuid,
    /// Whose credentials it provides, to whose people.
    pub organisation_id: Uuid,
    /// Unique among those of the organisation whose key works.
    pub name: String,
    /// UTC.
    pub added_at: Timestamp,
    /// When its key stopped to work, UTC.
    pub ended_at: Option<Timestamp>,
}

/// What was asked before under the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedBefore {
    /// Keyed hash of what was asked.
    pub asked: Vec<u8>,
    /// What was answered.
    pub answer: String,
}

statements! {
    ADD = "INSERT INTO passport_client (id, organisation_id, name, key_hash, added_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organisation_id, name) WHERE ended_at IS NULL DO NOTHING";
    BY_KEY = "SELECT id, organisation_id, name, added_at, ended_at FROM passport_client
        WHERE key_hash = $1 AND ended_at IS NULL";
    BY_NAME = "SELECT id, organisation_id, name, added_at, ended_at FROM passport_client
        WHERE organisation_id = $1 AND name = $2 AND ended_at IS NULL";
    ALL = "SELECT id, organisation_id, name, added_at, ended_at FROM passport_client ORDER BY added_at, id";
    END = "UPDATE passport_client SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    // Of two that ask at once one waits here until the other is done.
    ASK = "INSERT INTO passport_provision (client_id, idempotency_key, asked, answer, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (client_id, idempotency_key) DO NOTHING";
    ASKED = "SELECT asked, answer FROM passport_provision WHERE client_id = $1 AND idempotency_key = $2";
    ERASE = "DELETE FROM passport_provision WHERE at <= $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    name: String,
    added_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for PassportClient {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            name: row.name,
            added_at: moment(row.added_at)?,
            ended_at: maybe_moment(row.ended_at)?,
        })
    }
}

impl Store {
    /// The system whose key has this keyed hash, while the key works.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_client_by_key(
        &self,
        key_hash: &[u8],
    ) -> Result<Option<PassportClient>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_KEY, sqlx::query_as, |q, c| q.bind(key_hash).fetch_optional(c))?;
        row.map(PassportClient::try_from).transpose()
    }

    /// The system of this name of an organisation, while its key works.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_client(
        &self,
        organisation: Uuid,
        name: &str,
    ) -> Result<Option<PassportClient>, StoreError> {
        let row: Option<Row> = reading!(self, BY_NAME, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(name)
            .fetch_optional(c))?;
        row.map(PassportClient::try_from).transpose()
    }

    /// All that were ever added, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_clients(&self) -> Result<Vec<PassportClient>, StoreError> {
        let rows: Vec<Row> = reading!(self, ALL, sqlx::query_as, |q, c| q.fetch_all(c))?;
        rows.into_iter().map(PassportClient::try_from).collect()
    }
}

impl Tx {
    /// Adds a system. Answers false where the organisation has one of this name.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passport_client(
        &mut self,
        id: Uuid,
        organisation: Uuid,
        name: &str,
        key_hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ADD, id, organisation, name, key_hash, millis(now))? == 1)
    }

    /// Stops the key of a system. Answers false where it was stopped already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_passport_client(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, END, id, millis(now))? == 1)
    }

    /// Remembers what a system asks under a key of its own (both as keyed hashes) and what it is answered. Answers what it asked
    /// before under that key, if it did; then nothing is remembered.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn ask_once(
        &mut self,
        client: Uuid,
        idempotency_key: &[u8],
        asked: &[u8],
        answer: &str,
        now: Timestamp,
    ) -> Result<Option<AskedBefore>, StoreError> {
        if execute!(self, ASK, client, idempotency_key, asked, answer, millis(now))? == 1 {
            return Ok(None);
        }
        let (asked, answer): (Vec<u8>, String) =
            in_tx!(self, ASKED, sqlx::query_as, |q, c| q.bind(client).bind(idempotency_key).fetch_one(c))?;
        Ok(Some(AskedBefore { asked, answer }))
    }

    /// Erases what was asked at or before `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_passport_provisions(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }
}

//! Telephone services that compare Verification Passcodes over the interface, each with a key of its own.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A telephone service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationClient {
    /// Never changes.
    pub id: Uuid,
    /// Unique among those whose key works.
    pub name: String,
    /// Whose people it may ask about; none: those of every organisation.
    pub organisation_id: Option<Uuid>,
    /// UTC.
    pub added_at: Timestamp,
    /// When its key stopped to work, UTC.
    pub ended_at: Option<Timestamp>,
}

statements! {
    ADD = "INSERT INTO verification_client (id, name, organisation_id, key_hash, added_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (name) WHERE ended_at IS NULL DO NOTHING";
    BY_KEY = "SELECT id, name, organisation_id, added_at, ended_at FROM verification_client
        WHERE key_hash = $1 AND ended_at IS NULL";
    BY_NAME = "SELECT id, name, organisation_id, added_at, ended_at FROM verification_client
        WHERE name = $1 AND ended_at IS NULL";
    ALL = "SELECT id, name, organisation_id, added_at, ended_at FROM verification_client ORDER BY added_at, id";
    END = "UPDATE verification_client SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    organisation_id: Option<Uuid>,
    added_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for VerificationClient {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: row.name,
            organisation_id: row.organisation_id,
            added_at: moment(row.added_at)?,
            ended_at: maybe_moment(row.ended_at)?,
        })
    }
}

impl Store {
    /// The service whose key has this keyed hash, while the key works.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn verification_client_by_key(
        &self,
        key_hash: &[u8],
    ) -> Result<Option<VerificationClient>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_KEY, sqlx::query_as, |q, c| q.bind(key_hash).fetch_optional(c))?;
        row.map(VerificationClient::try_from).transpose()
    }

    /// The service of this name, while its key works.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn verification_client(&self, name: &str) -> Result<Option<VerificationClient>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_NAME, sqlx::query_as, |q, c| q.bind(name).fetch_optional(c))?;
        row.map(VerificationClient::try_from).transpose()
    }

    /// All that were ever added, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn verification_clients(&self) -> Result<Vec<VerificationClient>, StoreError> {
        let rows: Vec<Row> = reading!(self, ALL, sqlx::query_as, |q, c| q.fetch_all(c))?;
        rows.into_iter().map(VerificationClient::try_from).collect()
    }
}

impl Tx {
    /// Adds a service. Answers false where one of this name is there.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_verification_client(
        &mut self,
        id: Uuid,
        name: &str,
        organisation: Option<Uuid>,
        key_hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ADD, id, name, organisation, key_hash, millis(now))? == 1)
    }

    /// Stops the key of a service. Answers false where it was stopped already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_verification_client(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, END, id, millis(now))? == 1)
    }
}

//! Whose credentials an organisation believes, beside those of the organisations of this installation.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::CredentialKind;
use uuid::Uuid;

/// An issuer elsewhere.
#[derive(Debug, Clone)]
pub struct TrustedIssuer {
    /// Never changes.
    pub id: Uuid,
    /// Who believes it.
    pub organisation_id: Uuid,
    /// What it is called here.
    pub name: String,
    /// For which kind; none: for each.
    pub kind: Option<CredentialKind>,
    /// Its root certificate, DER.
    pub root: Vec<u8>,
    /// UTC.
    pub added_at: Timestamp,
    /// When it was believed no more, UTC.
    pub ended_at: Option<Timestamp>,
}

statements! {
    ADD = "INSERT INTO trusted_issuer (id, organisation_id, name, kind, root, added_at) VALUES ($1, $2, $3, $4, $5, $6)";
    OF_ORGANISATION = "SELECT id, organisation_id, name, kind, root, added_at, ended_at FROM trusted_issuer
        WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY name, id";
    END = "UPDATE trusted_issuer SET ended_at = $3 WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    name: String,
    kind: Option<String>,
    root: Vec<u8>,
    added_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for TrustedIssuer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let kind = row.kind.map(|kind| {
            CredentialKind::parse(&kind)
                .ok_or(StoreError::Corrupt("an issuer of an unknown kind of credential"))
        });
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            name: row.name,
            kind: kind.transpose()?,
            root: row.root,
            added_at: moment(row.added_at)?,
            ended_at: maybe_moment(row.ended_at)?,
        })
    }
}

impl Store {
    /// The issuers that an organisation believes now, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn trusted_issuers(&self, organisation: Uuid) -> Result<Vec<TrustedIssuer>, StoreError> {
        let rows: Vec<Row> =
            reading!(self, OF_ORGANISATION, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        rows.into_iter().map(TrustedIssuer::try_from).collect()
    }
}

impl Tx {
    /// From now on an organisation believes this issuer.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_trusted_issuer(
        &mut self,
        id: Uuid,
        organisation: Uuid,
        name: &str,
        kind: Option<CredentialKind>,
        root: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let kind = kind.map(CredentialKind::as_str);
        execute!(self, ADD, id, organisation, name, kind, root, millis(now)).map(|_| ())
    }

    /// It is believed no more. Answers whether it was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_trusted_issuer(
        &mut self,
        id: Uuid,
        organisation: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, END, id, organisation, millis(now))? == 1)
    }
}

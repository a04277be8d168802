//! Whose credentials an organisation believes, beside those of the organisations of this installation.

use crate::db::{execute, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::CredentialKind;
use uuid::Uuid;

/// An issuer elsewhere, believed for one kind of credential.
#[derive(Debug, Clone)]
pub struct TrustedIssuer {
    /// Never changes.
    pub id: Uuid,
    /// Who believes it.
    pub organisation_id: Uuid,
    /// What it is called here: unique among those that an organisation believes for a kind.
    pub name: String,
    /// For which kind.
    pub kind: CredentialKind,
    /// What the issuer calls that kind (`vct`).
    pub credential_type: String,
    /// Its root certificate, DER. Without it, whichever authority vouches on the web for the host of its address.
    pub root: Option<Vec<u8>>,
    /// The address by which it calls itself (`iss`), and whose host its certificates must name. One of the two is there.
    pub address: Option<String>,
    /// UTC.
    pub added_at: Timestamp,
}

/// An issuer that is to be believed from now on.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of TrustedIssuer")]
pub struct NewTrustedIssuer<'a> {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub name: &'a str,
    pub kind: CredentialKind,
    pub credential_type: &'a str,
    pub root: Option<&'a [u8]>,
    pub address: Option<&'a str>,
}

statements! {
    ADD = "INSERT INTO trusted_issuer (id, organisation_id, name, kind, type, root, address, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (organisation_id, kind, name) WHERE ended_at IS NULL DO NOTHING";
    OF_ORGANISATION = "SELECT id, organisation_id, name, kind, type, root, address, added_at FROM trusted_issuer
        WHERE organisation_id = $1 AND ended_at IS NULL ORDER BY name, kind, id";
    NAME = "SELECT name FROM trusted_issuer WHERE id = $1";
    END = "UPDATE trusted_issuer SET ended_at = $3 WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    name: String,
    kind: String,
    #[sqlx(rename = "type")]
    credential_type: String,
    root: Option<Vec<u8>>,
    address: Option<String>,
    added_at: i64,
}

impl TryFrom<Row> for TrustedIssuer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unknown = StoreError::Corrupt("an issuer of an unknown kind of credential");
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            name: row.name,
            kind: CredentialKind::parse(&row.kind).ok_or(unknown)?,
            credential_type: row.credential_type,
            root: row.root,
            address: row.address,
            added_at: moment(row.added_at)?,
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

    /// What an issuer is called that an organisation believes, or has believed.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn trusted_issuer_name(&self, id: Uuid) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> =
            reading!(self, NAME, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        Ok(row.map(|(name,)| name))
    }
}

impl Tx {
    /// From now on an organisation believes this issuer. Answers false where it believes one of this name for this kind.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_trusted_issuer(
        &mut self,
        new: NewTrustedIssuer<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let NewTrustedIssuer { id, organisation_id, name, kind, credential_type, root, address } = new;
        let kind = kind.as_str();
        let added = execute!(
            self,
            ADD,
            id,
            organisation_id,
            name,
            kind,
            credential_type,
            root,
            address,
            millis(now)
        )?;
        Ok(added == 1)
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

//! The roots and keys by which organisations sign credentials and requests.

use crate::db::{execute, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;
use vault::Secret;

/// A key with the certificate that says whose it is: a root's, or that of a key below it.
pub struct CertifiedKey {
    /// Never changes.
    pub id: Uuid,
    /// PKCS#8.
    pub key: Secret<Vec<u8>>,
    /// DER.
    pub certificate: Vec<u8>,
    /// UTC.
    pub made_at: Timestamp,
}

impl std::fmt::Debug for CertifiedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertifiedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

statements! {
    // Of several nodes that make the first one at once, one wins.
    ADD_ROOT = "INSERT INTO passport_root (id, organisation_id, key, certificate, made_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organisation_id) DO NOTHING";
    ROOT = "SELECT id, key, certificate, made_at FROM passport_root WHERE organisation_id = $1";
    ROOTS = "SELECT organisation_id, certificate FROM passport_root ORDER BY made_at, id";
    ADD = "INSERT INTO passport_key (id, organisation_id, key, certificate, made_at, signs_until)
        VALUES ($1, $2, $3, $4, $5, $6)";
    NEWEST = "SELECT id, key, certificate, made_at FROM passport_key WHERE organisation_id = $1 AND signs_until > $2
        ORDER BY made_at DESC, id DESC LIMIT 1";
}

type Row = (Uuid, Vec<u8>, Vec<u8>, i64);

/// What a root's sealed key is bound to.
pub(crate) fn root_context(id: Uuid) -> String {
    format!("passport_root/{id}")
}

/// What a sealed key is bound to.
pub(crate) fn key_context(id: Uuid) -> String {
    format!("passport_key/{id}")
}

impl Store {
    fn certified(&self, row: Row, context: fn(Uuid) -> String) -> Result<CertifiedKey, StoreError> {
        let (id, key, certificate, made_at) = row;
        let key = Secret::new(self.keys.open(&context(id), &key)?.to_vec());
        Ok(CertifiedKey { id, key, certificate, made_at: moment(made_at)? })
    }

    /// An organisation's root.
    ///
    /// # Errors
    /// Where the database cannot be read or the key not be opened.
    pub async fn passport_root(&self, organisation: Uuid) -> Result<Option<CertifiedKey>, StoreError> {
        let row: Option<Row> =
            reading!(self, ROOT, sqlx::query_as, |q, c| q.bind(organisation).fetch_optional(c))?;
        row.map(|row| self.certified(row, root_context)).transpose()
    }

    /// The roots of all organisations of this installation: whose, and the certificate in DER.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_roots(&self) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
        Ok(reading!(self, ROOTS, sqlx::query_as, |q, c| q.fetch_all(c))?)
    }

    /// The key by which an organisation signs at `now`: the newest, while it signs.
    ///
    /// # Errors
    /// Where the database cannot be read or the key not be opened.
    pub async fn passport_key(
        &self,
        organisation: Uuid,
        now: Timestamp,
    ) -> Result<Option<CertifiedKey>, StoreError> {
        let row: Option<Row> = reading!(self, NEWEST, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(now))
            .fetch_optional(c))?;
        row.map(|row| self.certified(row, key_context)).transpose()
    }
}

impl Tx {
    /// Adds an organisation's root. Answers false where it has one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passport_root(
        &mut self,
        organisation: Uuid,
        root: &CertifiedKey,
    ) -> Result<bool, StoreError> {
        let sealed =
            self.store.keys.seal(&root_context(root.id), root.key.expose(), self.store.random.as_ref());
        let added =
            execute!(self, ADD_ROOT, root.id, organisation, sealed, &root.certificate, millis(root.made_at))?;
        Ok(added == 1)
    }

    /// Adds a key that signs from now on, in the place of the one before, until `signs_until`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passport_key(
        &mut self,
        organisation: Uuid,
        key: &CertifiedKey,
        signs_until: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.store.keys.seal(&key_context(key.id), key.key.expose(), self.store.random.as_ref());
        let (made, until) = (millis(key.made_at), millis(signs_until));
        execute!(self, ADD, key.id, organisation, sealed, &key.certificate, made, until).map(|_| ())
    }
}

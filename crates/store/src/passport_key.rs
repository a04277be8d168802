//! The roots and keys by which organisations sign credentials and requests. Each comes after the one before it, and nothing comes
//! after the same one twice: of several nodes or people that make the next one at once, one does.

use crate::db::{execute, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;
use vault::Secret;

/// Where the private half of a key lies.
pub enum PrivateKey {
    /// Here, sealed: PKCS#8.
    Sealed(Secret<Vec<u8>>),
    /// In a token of an HSM, under this label.
    Token(String),
}

/// A root, with the certificate that others trust.
pub struct PassportRoot {
    /// Never changes.
    pub id: Uuid,
    /// Its private half.
    pub key: PrivateKey,
    /// DER.
    pub certificate: Vec<u8>,
    /// UTC.
    pub made_at: Timestamp,
}

/// A key that signs, with the certificate that its root signed.
pub struct PassportKey {
    /// Never changes.
    pub id: Uuid,
    /// The root that vouches for it.
    pub root_id: Uuid,
    /// Its private half.
    pub key: PrivateKey,
    /// DER.
    pub certificate: Vec<u8>,
    /// UTC.
    pub made_at: Timestamp,
    /// Until when it signs anything but status lists, UTC.
    pub signs_until: Timestamp,
}

/// A root as others trust it.
#[derive(Debug, Clone)]
pub struct TrustedRoot {
    /// Whose.
    pub organisation_id: Uuid,
    /// Never changes.
    pub id: Uuid,
    /// DER.
    pub certificate: Vec<u8>,
}

impl std::fmt::Debug for PassportRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassportRoot").field("id", &self.id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PassportKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassportKey").field("id", &self.id).finish_non_exhaustive()
    }
}

statements! {
    ADD_ROOT = "INSERT INTO passport_root (id, organisation_id, comes_after, key, label, certificate, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (comes_after) DO NOTHING";
    ROOTS = "SELECT id, key, label, certificate, made_at FROM passport_root WHERE organisation_id = $1
        ORDER BY made_at DESC, id DESC";
    // The newest, and each below which something was issued that can still hold.
    TRUSTED = "SELECT organisation_id, id, certificate FROM passport_root
        WHERE NOT EXISTS (SELECT 1 FROM passport_root AS newer WHERE newer.comes_after = passport_root.id)
            OR EXISTS (SELECT 1 FROM status_list WHERE status_list.root_id = passport_root.id
                AND status_list.holds_until > $1)
        ORDER BY made_at, id";
    ADD = "INSERT INTO passport_key
            (id, organisation_id, root_id, comes_after, key, label, certificate, made_at, signs_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (comes_after) DO NOTHING";
    SIGNING = "SELECT id, root_id, key, label, certificate, made_at, signs_until FROM passport_key
        WHERE signs_until > $2 AND root_id = (SELECT id FROM passport_root WHERE organisation_id = $1
            ORDER BY made_at DESC, id DESC LIMIT 1)
        ORDER BY made_at DESC, id DESC LIMIT 1";
    BY_ID = "SELECT id, root_id, key, label, certificate, made_at, signs_until FROM passport_key WHERE id = $1";
    BELOW = "SELECT id, root_id, key, label, certificate, made_at, signs_until FROM passport_key WHERE root_id = $1
        ORDER BY made_at DESC, id DESC LIMIT 1";
    OF_ORGANISATION = "SELECT id, root_id, key, label, certificate, made_at, signs_until FROM passport_key
        WHERE organisation_id = $1 ORDER BY made_at DESC, id DESC";
}

#[derive(sqlx::FromRow)]
struct RootRow {
    id: Uuid,
    key: Option<Vec<u8>>,
    label: Option<String>,
    certificate: Vec<u8>,
    made_at: i64,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: Uuid,
    root_id: Uuid,
    key: Option<Vec<u8>>,
    label: Option<String>,
    certificate: Vec<u8>,
    made_at: i64,
    signs_until: i64,
}

/// What a root's sealed key is bound to.
pub(crate) fn root_context(id: Uuid) -> String {
    format!("passport_root/{id}")
}

/// What a sealed key is bound to.
pub(crate) fn key_context(id: Uuid) -> String {
    format!("passport_key/{id}")
}

impl Store {
    fn private_key(
        &self,
        context: &str,
        key: Option<Vec<u8>>,
        label: Option<String>,
    ) -> Result<PrivateKey, StoreError> {
        match (key, label) {
            (Some(sealed), _) => {
                Ok(PrivateKey::Sealed(Secret::new(self.keys.open(context, &sealed)?.to_vec())))
            }
            (None, Some(label)) => Ok(PrivateKey::Token(label)),
            (None, None) => Err(StoreError::Corrupt("a key of an organisation lies nowhere")),
        }
    }

    /// How a private half is written: sealed, or by its label.
    fn written_key<'a>(&self, context: &str, key: &'a PrivateKey) -> (Option<Vec<u8>>, Option<&'a str>) {
        match key {
            PrivateKey::Sealed(key) => {
                (Some(self.keys.seal(context, key.expose(), self.random.as_ref())), None)
            }
            PrivateKey::Token(label) => (None, Some(label)),
        }
    }

    fn passport_root_of(&self, row: RootRow) -> Result<PassportRoot, StoreError> {
        let key = self.private_key(&root_context(row.id), row.key, row.label)?;
        Ok(PassportRoot { id: row.id, key, certificate: row.certificate, made_at: moment(row.made_at)? })
    }

    fn passport_key_of(&self, row: KeyRow) -> Result<PassportKey, StoreError> {
        Ok(PassportKey {
            id: row.id,
            root_id: row.root_id,
            key: self.private_key(&key_context(row.id), row.key, row.label)?,
            certificate: row.certificate,
            made_at: moment(row.made_at)?,
            signs_until: moment(row.signs_until)?,
        })
    }

    /// An organisation's roots, the newest first: below that one it signs.
    ///
    /// # Errors
    /// Where the database cannot be read or a key not be opened.
    pub async fn passport_roots(&self, organisation: Uuid) -> Result<Vec<PassportRoot>, StoreError> {
        let rows: Vec<RootRow> =
            reading!(self, ROOTS, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        rows.into_iter().map(|row| self.passport_root_of(row)).collect()
    }

    /// The roots of all organisations of this installation that are trusted at `now`: the newest of each, and older ones for as long as
    /// something that was issued below them can hold.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn trusted_passport_roots(&self, now: Timestamp) -> Result<Vec<TrustedRoot>, StoreError> {
        let rows: Vec<(Uuid, Uuid, Vec<u8>)> =
            reading!(self, TRUSTED, sqlx::query_as, |q, c| q.bind(millis(now)).fetch_all(c))?;
        Ok(rows
            .into_iter()
            .map(|(organisation_id, id, certificate)| TrustedRoot { organisation_id, id, certificate })
            .collect())
    }

    /// The key by which an organisation signs at `now`: the newest below its newest root, while it signs.
    ///
    /// # Errors
    /// Where the database cannot be read or the key not be opened.
    pub async fn signing_passport_key(
        &self,
        organisation: Uuid,
        now: Timestamp,
    ) -> Result<Option<PassportKey>, StoreError> {
        let row: Option<KeyRow> = reading!(self, SIGNING, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(now))
            .fetch_optional(c))?;
        row.map(|row| self.passport_key_of(row)).transpose()
    }

    /// The key with this id.
    ///
    /// # Errors
    /// Where the database cannot be read or the key not be opened.
    pub async fn passport_key(&self, id: Uuid) -> Result<Option<PassportKey>, StoreError> {
        let row: Option<KeyRow> = reading!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|row| self.passport_key_of(row)).transpose()
    }

    /// The newest key below a root, whether it still signs or not.
    ///
    /// # Errors
    /// Where the database cannot be read or the key not be opened.
    pub async fn passport_key_below(&self, root: Uuid) -> Result<Option<PassportKey>, StoreError> {
        let row: Option<KeyRow> =
            reading!(self, BELOW, sqlx::query_as, |q, c| q.bind(root).fetch_optional(c))?;
        row.map(|row| self.passport_key_of(row)).transpose()
    }

    /// All keys that an organisation ever had, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a key not be opened.
    pub async fn passport_keys(&self, organisation: Uuid) -> Result<Vec<PassportKey>, StoreError> {
        let rows: Vec<KeyRow> =
            reading!(self, OF_ORGANISATION, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        rows.into_iter().map(|row| self.passport_key_of(row)).collect()
    }
}

impl Tx {
    /// Adds the root that comes after another one, or, where there is none, after the organisation. Answers false where one came after
    /// that already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passport_root(
        &mut self,
        organisation: Uuid,
        after: Option<Uuid>,
        root: &PassportRoot,
    ) -> Result<bool, StoreError> {
        let (key, label) = self.store.written_key(&root_context(root.id), &root.key);
        let added = execute!(
            self,
            ADD_ROOT,
            root.id,
            organisation,
            after.unwrap_or(organisation),
            key,
            label,
            &root.certificate,
            millis(root.made_at)
        )?;
        Ok(added == 1)
    }

    /// Adds the key that comes after another one below its root, or, where there is none, after the root. It signs from now on. Answers
    /// false where one came after that already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passport_key(
        &mut self,
        organisation: Uuid,
        after: Option<Uuid>,
        new: &PassportKey,
    ) -> Result<bool, StoreError> {
        let (key, label) = self.store.written_key(&key_context(new.id), &new.key);
        let added = execute!(
            self,
            ADD,
            new.id,
            organisation,
            new.root_id,
            after.unwrap_or(new.root_id),
            key,
            label,
            &new.certificate,
            millis(new.made_at),
            millis(new.signs_until)
        )?;
        Ok(added == 1)
    }
}

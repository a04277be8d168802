//! Copies of credentials in wallets, each at a place of its own in a list that says whether it is revoked.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::status_list::NewStatusList;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// A copy of a credential in a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialCopy {
    /// Never changes.
    pub id: Uuid,
    /// Of what.
    pub credential_id: Uuid,
    /// The offer by which it came to the wallet.
    pub offer_id: Uuid,
    /// The list that says whether it is revoked, and its place there.
    pub status_list_id: Uuid,
    /// From 0.
    pub place: u32,
    /// RFC 7638 thumbprint of the wallet's key.
    pub thumbprint: String,
    /// UTC.
    pub issued_at: Timestamp,
    /// UTC.
    pub revoked_at: Option<Timestamp>,
}

/// A copy that is about to go to a wallet.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of CredentialCopy")]
pub struct NewCopy<'a> {
    pub id: Uuid,
    pub credential_id: Uuid,
    pub offer_id: Uuid,
    pub thumbprint: &'a str,
    /// The moment from which on it cannot hold, UTC: until then the list of its place is needed.
    pub holds_until: Timestamp,
    /// The service of the wallet's maker by which it goes there: such a copy is bound to a key that we do not know. None where it goes by
    /// the open standards.
    pub backend: Option<&'a str>,
}

/// Where the status of a copy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusPlace {
    /// The list.
    pub list: Uuid,
    /// From 0.
    pub place: u32,
}

/// What ended with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CopiesRevoked {
    /// Copies in wallets that held until now.
    pub copies: u64,
    /// Sessions that one of them began and that were alive.
    pub sessions: u64,
}

statements! {
    // A place is given once and never again, however many draw at once.
    ADD = "INSERT INTO credential_copy (id, credential_id, offer_id, status_list_id, place, thumbprint, issued_at, backend)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (status_list_id, place) DO NOTHING";
    OF_CREDENTIAL = "SELECT id, credential_id, offer_id, status_list_id, place, thumbprint, issued_at, revoked_at
        FROM credential_copy WHERE credential_id = $1 ORDER BY issued_at, id";
    AT = "SELECT id, credential_id, offer_id, status_list_id, place, thumbprint, issued_at, revoked_at
        FROM credential_copy WHERE status_list_id = $1 AND place = $2";
    REVOKE = "UPDATE credential_copy SET revoked_at = $2 WHERE credential_id = $1 AND revoked_at IS NULL";
    REVOKE_OF_OFFER = "UPDATE credential_copy SET revoked_at = $2 WHERE offer_id = $1 AND revoked_at IS NULL";
    KEYS_OF_OFFER = "SELECT DISTINCT thumbprint FROM credential_copy WHERE offer_id = $1";
    LISTS_CHANGED = "UPDATE status_list SET revision = revision + 1, changed_at = $2
        WHERE id IN (SELECT status_list_id FROM credential_copy WHERE credential_id = $1)";
    LISTS_OF_OFFER_CHANGED = "UPDATE status_list SET revision = revision + 1, changed_at = $2
        WHERE id IN (SELECT status_list_id FROM credential_copy WHERE offer_id = $1)";
    END_SESSIONS = "UPDATE session SET ended_at = $2 WHERE ended_at IS NULL AND credential_copy_id IN
        (SELECT id FROM credential_copy WHERE credential_id = $1 AND revoked_at IS NOT NULL)";
    HOLD = "UPDATE credential SET accepted_at = accepted_at WHERE id = $1 AND accepted_at IS NOT NULL AND revoked_at IS NULL";
    // Where a newer one had sent it to the archive at once, it was there only because it was accepted.
    UNACCEPT = "UPDATE credential SET accepted_at = NULL,
            replaced_by = CASE WHEN archived_at = $2 THEN NULL ELSE replaced_by END,
            archived_at = CASE WHEN archived_at = $2 THEN NULL ELSE archived_at END WHERE id = $1 AND accepted_at = $2 AND revoked_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM credential_copy WHERE credential_copy.credential_id = credential.id
            AND credential_copy.revoked_at IS NULL)";
    OTHER_ACCESS_KEYS = "SELECT id FROM credential WHERE account_id = $1 AND id <> $2 AND kind = 'access-key'
        AND accepted_at IS NOT NULL AND revoked_at IS NULL ORDER BY provided_at, id";
    UNCOLLECTED_ACCESS_KEY = "SELECT id FROM credential WHERE account_id = $1 AND organisation_id = $2 AND kind = 'access-key'
        AND accepted_at IS NULL AND rejected_at IS NULL AND withdrawn_at IS NULL AND archived_at IS NULL
        AND (valid_until IS NULL OR valid_until >= $3) ORDER BY provided_at DESC, id DESC LIMIT 1";
    TAKE_OUT = "UPDATE credential SET archived_at = NULL, replaced_by = NULL WHERE replaced_by = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    credential_id: Uuid,
    offer_id: Uuid,
    status_list_id: Uuid,
    place: i64,
    thumbprint: String,
    issued_at: i64,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for CredentialCopy {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            credential_id: row.credential_id,
            offer_id: row.offer_id,
            status_list_id: row.status_list_id,
            place: u32::try_from(row.place).map_err(|_| StoreError::Corrupt("a place in a status list"))?,
            thumbprint: row.thumbprint,
            issued_at: moment(row.issued_at)?,
            revoked_at: maybe_moment(row.revoked_at)?,
        })
    }
}

impl Store {
    /// The copies of a credential, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn copies_of(&self, credential: Uuid) -> Result<Vec<CredentialCopy>, StoreError> {
        let rows: Vec<Row> =
            reading!(self, OF_CREDENTIAL, sqlx::query_as, |q, c| q.bind(credential).fetch_all(c))?;
        rows.into_iter().map(CredentialCopy::try_from).collect()
    }

    /// The copy at a place of a list.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn copy_at(&self, at: StatusPlace) -> Result<Option<CredentialCopy>, StoreError> {
        let row: Option<Row> = reading!(self, AT, sqlx::query_as, |q, c| q
            .bind(at.list)
            .bind(i64::from(at.place))
            .fetch_optional(c))?;
        row.map(CredentialCopy::try_from).transpose()
    }
}

impl Tx {
    /// Adds a copy at a place that `draw` draws, in the organisation's list, or in `list` where a new one is needed. `draw` answers a
    /// place below the size of the list.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_copy(
        &mut self,
        new: NewCopy<'_>,
        list: NewStatusList,
        draw: &(dyn Fn() -> u32 + Sync),
        now: Timestamp,
    ) -> Result<StatusPlace, StoreError> {
        let list = self.take_from_status_list(list, new.holds_until, now).await?;
        for _ in 0..MOST_DRAWS {
            let place = draw();
            let NewCopy { id, credential_id, offer_id, thumbprint, backend, .. } = new;
            let added = execute!(
                self,
                ADD,
                id,
                credential_id,
                offer_id,
                list,
                i64::from(place),
                thumbprint,
                millis(now),
                backend
            )?;
            if added == 1 {
                return Ok(StatusPlace { list, place });
            }
        }
        Err(StoreError::Corrupt("no free place in a status list was drawn"))
    }

    /// Revokes every copy of a credential: wallets and verifiers see it in the list, services of wallets are told to revoke theirs, and
    /// the sessions that one of them began end.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn revoke_copies(
        &mut self,
        credential: Uuid,
        now: Timestamp,
    ) -> Result<CopiesRevoked, StoreError> {
        self.add_backend_revocations_of(credential, now).await?;
        let copies = execute!(self, REVOKE, credential, millis(now))?;
        if copies == 0 {
            return Ok(CopiesRevoked::default());
        }
        execute!(self, LISTS_CHANGED, credential, millis(now))?;
        let sessions = execute!(self, END_SESSIONS, credential, millis(now))?;
        Ok(CopiesRevoked { copies, sessions })
    }

    /// The thumbprints of the keys that the copies of one offer were bound to, also of those that hold no more.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn keys_of_offer(&mut self, offer: Uuid) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> =
            in_tx!(self, KEYS_OF_OFFER, sqlx::query_as, |q, c| q.bind(offer).fetch_all(c))?;
        Ok(rows.into_iter().map(|(thumbprint,)| thumbprint).collect())
    }

    /// Revokes the copies that one offer brought. Answers how many held until now.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn revoke_copies_of_offer(&mut self, offer: Uuid, now: Timestamp) -> Result<u64, StoreError> {
        let revoked = execute!(self, REVOKE_OF_OFFER, offer, millis(now))?;
        if revoked > 0 {
            execute!(self, LISTS_OF_OFFER_CHANGED, offer, millis(now))?;
        }
        Ok(revoked)
    }

    /// Holds a credential that is in its owner's wallet until this transaction ends, so that nobody revokes it between. Answers false
    /// where it is not accepted, or is revoked.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn hold_accepted_credential(&mut self, id: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, HOLD, id)? == 1)
    }

    /// The access keys of an account that are in a wallet, but for one.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn other_access_keys(&mut self, account: Uuid, but: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<(Uuid,)> =
            in_tx!(self, OTHER_ACCESS_KEYS, sqlx::query_as, |q, c| q.bind(account).bind(but).fetch_all(c))?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// An access key that was made for an account and never collected.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn uncollected_access_key(
        &mut self,
        account: Uuid,
        organisation: Uuid,
        day: Date,
    ) -> Result<Option<Uuid>, StoreError> {
        let row: Option<(Uuid,)> = in_tx!(self, UNCOLLECTED_ACCESS_KEY, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(organisation)
            .bind(day.to_string())
            .fetch_optional(c))?;
        Ok(row.map(|(id,)| id))
    }

    /// A credential waits for its owner again, because no copy of it is left; those whose place it took are taken out again. Answers
    /// false where it was not accepted at `accepted_at`, was revoked, or another copy is left.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn unaccept_credential(
        &mut self,
        id: Uuid,
        accepted_at: Timestamp,
    ) -> Result<bool, StoreError> {
        if execute!(self, UNACCEPT, id, millis(accepted_at))? == 0 {
            return Ok(false);
        }
        execute!(self, TAKE_OUT, id)?;
        Ok(true)
    }
}

/// Lists are at most half full: that so many draws in a row hit a taken place does not happen.
const MOST_DRAWS: usize = 200;

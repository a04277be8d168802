//! What somebody shared with a trust: credentials as they were shown in one presentation, and what the trust says of each.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::{CredentialKind, RejectReason};
use uuid::Uuid;

/// Credentials that were shared at once.
#[derive(Debug, Clone)]
pub struct Share {
    /// Never changes.
    pub id: Uuid,
    /// Whose they are.
    pub account_id: Uuid,
    /// With whom.
    pub organisation_id: Uuid,
    /// UTC.
    pub shared_at: Timestamp,
}

/// One of them.
#[derive(Clone)]
pub struct SharedCredential {
    /// Never changes.
    pub id: Uuid,
    /// With which others.
    pub share_id: Uuid,
    /// What kind.
    pub kind: CredentialKind,
    /// The organisation of this installation that issued it.
    pub issuer_organisation_id: Option<Uuid>,
    /// The issuer elsewhere.
    pub trusted_issuer_id: Option<Uuid>,
    /// The credential, where it is one of this installation.
    pub credential_id: Option<Uuid>,
    /// Its claims, JSON.
    pub content: String,
    /// Where its status stands: address of the list, and place.
    pub status: Option<(String, u32)>,
    /// When it was last seen to hold, UTC; none where that could not be found out.
    pub held_at: Option<Timestamp>,
    /// When the trust accepted it, UTC.
    pub accepted_at: Option<Timestamp>,
    /// When the trust rejected it, UTC.
    pub rejected_at: Option<Timestamp>,
    /// Why.
    pub reject_reason: Option<RejectReason>,
    /// In the reviewer's words.
    pub reject_details: Option<String>,
    /// Who reviewed it.
    pub reviewed_by: Option<Uuid>,
    /// When the trust put away what it had accepted, UTC.
    pub archived_at: Option<Timestamp>,
    /// Who did.
    pub archived_by: Option<Uuid>,
}

impl std::fmt::Debug for SharedCredential {
    /// Says nothing of what it says.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedCredential")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A credential to be kept for a trust.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields of SharedCredential")]
pub struct NewSharedCredential<'a> {
    pub id: Uuid,
    pub share_id: Uuid,
    pub kind: CredentialKind,
    pub issuer_organisation_id: Option<Uuid>,
    pub trusted_issuer_id: Option<Uuid>,
    pub credential_id: Option<Uuid>,
    pub content: &'a str,
    pub status: Option<(&'a str, u32)>,
    pub held_at: Option<Timestamp>,
}

impl std::fmt::Debug for NewSharedCredential<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSharedCredential").field("id", &self.id).finish_non_exhaustive()
    }
}

statements! {
    ADD = "INSERT INTO share (id, account_id, organisation_id, presentation_id, shared_at) VALUES ($1, $2, $3, $4, $5)";
    ADD_CREDENTIAL = "INSERT INTO shared_credential (id, share_id, kind, issuer_organisation_id, trusted_issuer_id,
            credential_id, content, status_uri, status_place, held_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    OF_ACCOUNT = "SELECT id, account_id, organisation_id, shared_at FROM share WHERE account_id = $1
        ORDER BY shared_at DESC, id";
    WITH_ORGANISATION = "SELECT id, account_id, organisation_id, shared_at FROM share WHERE organisation_id = $1
        ORDER BY shared_at DESC, id";
    CREDENTIALS = "SELECT id, share_id, kind, issuer_organisation_id, trusted_issuer_id, credential_id, content, status_uri,
            status_place, held_at, accepted_at, rejected_at, reject_reason, reject_details, reviewed_by,
            archived_at, archived_by
        FROM shared_credential WHERE share_id = $1 ORDER BY kind, id";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    share_id: Uuid,
    kind: String,
    issuer_organisation_id: Option<Uuid>,
    trusted_issuer_id: Option<Uuid>,
    credential_id: Option<Uuid>,
    content: Vec<u8>,
    status_uri: Option<String>,
    status_place: Option<i64>,
    held_at: Option<i64>,
    accepted_at: Option<i64>,
    rejected_at: Option<i64>,
    reject_reason: Option<String>,
    reject_details: Option<Vec<u8>>,
    reviewed_by: Option<Uuid>,
    archived_at: Option<i64>,
    archived_by: Option<Uuid>,
}

/// What sealed claims are bound to.
pub(crate) fn content_context(id: Uuid) -> String {
    format!("shared_credential/{id}/content")
}

/// What a reviewer's sealed words are bound to.
pub(crate) fn details_context(id: Uuid) -> String {
    format!("shared_credential/{id}/reject-details")
}

type ShareRow = (Uuid, Uuid, Uuid, i64);

fn share_from((id, account_id, organisation_id, at): ShareRow) -> Result<Share, StoreError> {
    Ok(Share { id, account_id, organisation_id, shared_at: moment(at)? })
}

impl Store {
    fn shared_from(&self, row: Row) -> Result<SharedCredential, StoreError> {
        let text = |context: &str, sealed: &[u8]| -> Result<String, StoreError> {
            String::from_utf8(self.keys.open(context, sealed)?.to_vec())
                .map_err(|_| StoreError::Corrupt("a shared credential that is no text"))
        };
        let place = row.status_place.map(u32::try_from).transpose();
        let place = place.map_err(|_| StoreError::Corrupt("a place that no status list has"))?;
        let reason = row.reject_reason.map(|reason| {
            RejectReason::parse(&reason)
                .ok_or(StoreError::Corrupt("a word about a credential that nobody knows"))
        });
        Ok(SharedCredential {
            kind: CredentialKind::parse(&row.kind)
                .ok_or(StoreError::Corrupt("a credential of an unknown kind"))?,
            content: text(&content_context(row.id), &row.content)?,
            status: row.status_uri.zip(place),
            held_at: maybe_moment(row.held_at)?,
            accepted_at: maybe_moment(row.accepted_at)?,
            rejected_at: maybe_moment(row.rejected_at)?,
            reject_reason: reason.transpose()?,
            reject_details: row
                .reject_details
                .map(|sealed| text(&details_context(row.id), &sealed))
                .transpose()?,
            id: row.id,
            share_id: row.share_id,
            issuer_organisation_id: row.issuer_organisation_id,
            trusted_issuer_id: row.trusted_issuer_id,
            credential_id: row.credential_id,
            reviewed_by: row.reviewed_by,
            archived_at: maybe_moment(row.archived_at)?,
            archived_by: row.archived_by,
        })
    }

    /// What somebody has shared, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shares_of(&self, account: Uuid) -> Result<Vec<Share>, StoreError> {
        let rows: Vec<ShareRow> =
            reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(share_from).collect()
    }

    /// What was shared with an organisation, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shares_with(&self, organisation: Uuid) -> Result<Vec<Share>, StoreError> {
        let rows: Vec<ShareRow> =
            reading!(self, WITH_ORGANISATION, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        rows.into_iter().map(share_from).collect()
    }

    /// The credentials of one share, by kind.
    ///
    /// # Errors
    /// Where the database cannot be read or a content not be opened.
    pub async fn shared_credentials(&self, share: Uuid) -> Result<Vec<SharedCredential>, StoreError> {
        let rows: Vec<Row> = reading!(self, CREDENTIALS, sqlx::query_as, |q, c| q.bind(share).fetch_all(c))?;
        rows.into_iter().map(|row| self.shared_from(row)).collect()
    }
}

impl Tx {
    /// Somebody shares credentials with an organisation, by an answer to this request.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_share(
        &mut self,
        id: Uuid,
        account: Uuid,
        organisation: Uuid,
        presentation: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ADD, id, account, organisation, presentation, millis(now)).map(|_| ())
    }

    /// Keeps one of them.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_shared_credential(&mut self, new: NewSharedCredential<'_>) -> Result<(), StoreError> {
        let context = content_context(new.id);
        let sealed = self.store.keys.seal(&context, new.content.as_bytes(), self.store.random.as_ref());
        execute!(
            self,
            ADD_CREDENTIAL,
            new.id,
            new.share_id,
            new.kind.as_str(),
            new.issuer_organisation_id,
            new.trusted_issuer_id,
            new.credential_id,
            sealed,
            new.status.map(|(uri, _)| uri),
            new.status.map(|(_, place)| i64::from(place)),
            new.held_at.map(millis)
        )
        .map(|_| ())
    }
}

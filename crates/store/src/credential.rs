//! Credentials of staff passports, from when they are provided to when they are of no more use.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::{
    CredentialKind, CredentialMoments, CredentialState, RejectReason, RevokeReason, WithdrawReason,
};
use uuid::Uuid;

/// A credential.
#[derive(Clone)]
pub struct Credential {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// Who issues it.
    pub organisation_id: Uuid,
    /// What kind.
    pub kind: CredentialKind,
    /// What tells two of a kind apart: the subject of a core skill; else empty.
    pub variant: String,
    /// What it says and how that was assured, JSON.
    pub content: String,
    /// UTC.
    pub provided_at: Timestamp,
    /// What was done with it.
    pub moments: CredentialMoments,
    /// Why its owner rejected it.
    pub reject_reason: Option<RejectReason>,
    /// In their own words.
    pub reject_details: Option<String>,
    /// When the trust marked the rejection as resolved, UTC.
    pub resolved_at: Option<Timestamp>,
    /// Why the trust took it back.
    pub withdraw_reason: Option<WithdrawReason>,
    /// Why it was revoked.
    pub revoke_reason: Option<RevokeReason>,
    /// The member of staff who put it away; none where its owner did, or a newer one took its place.
    pub archived_by: Option<Uuid>,
    /// The newer one that took its place.
    pub replaced_by: Option<Uuid>,
}

impl Credential {
    /// How it stands on a local day.
    pub fn state(&self, day: Date) -> CredentialState {
        CredentialState::on(day, &self.moments)
    }
}

impl std::fmt::Debug for Credential {
    /// Says nothing of what it says.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A credential to be provided.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields of Credential")]
pub struct NewCredential<'a> {
    pub id: Uuid,
    pub account_id: Uuid,
    pub organisation_id: Uuid,
    pub kind: CredentialKind,
    pub variant: &'a str,
    pub content: &'a str,
    pub valid_until: Option<Date>,
}

statements! {
    ADD = "INSERT INTO credential (id, account_id, organisation_id, kind, variant, content, provided_at, valid_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ONE = "SELECT id, account_id, organisation_id, kind, variant, content, provided_at, valid_until, accepted_at, rejected_at,
        reject_reason, reject_details, resolved_at, withdrawn_at, withdraw_reason, revoked_at, revoke_reason, archived_at,
        archived_by, replaced_by FROM credential WHERE id = $1";
    OF_ACCOUNT = "SELECT id, account_id, organisation_id, kind, variant, content, provided_at, valid_until, accepted_at,
        rejected_at, reject_reason, reject_details, resolved_at, withdrawn_at, withdraw_reason, revoked_at, revoke_reason,
        archived_at, archived_by, replaced_by FROM credential WHERE account_id = $1 ORDER BY provided_at, id";
    // An access key is collected, not reviewed.
    TO_REVIEW = "SELECT COUNT(*) FROM credential WHERE account_id = $1 AND kind <> 'access-key' AND accepted_at IS NULL
        AND rejected_at IS NULL AND withdrawn_at IS NULL AND archived_at IS NULL
        AND (valid_until IS NULL OR valid_until >= $2)";
    ACCEPT = "UPDATE credential SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL AND rejected_at IS NULL
        AND withdrawn_at IS NULL AND revoked_at IS NULL";
    REJECT = "UPDATE credential SET rejected_at = $3, reject_reason = $4, reject_details = $5 WHERE id = $1 AND account_id = $2
        AND accepted_at IS NULL AND rejected_at IS NULL AND withdrawn_at IS NULL";
    WITHDRAW = "UPDATE credential SET withdrawn_at = $2, withdraw_reason = $3 WHERE id = $1 AND accepted_at IS NULL
        AND rejected_at IS NULL AND withdrawn_at IS NULL";
    REVOKE = "UPDATE credential SET revoked_at = $2, revoke_reason = $3 WHERE id = $1 AND accepted_at IS NOT NULL
        AND revoked_at IS NULL";
    ARCHIVE = "UPDATE credential SET archived_at = $3 WHERE id = $1 AND account_id = $2 AND accepted_at IS NOT NULL
        AND archived_at IS NULL";
    RESTORE = "UPDATE credential SET archived_at = NULL, archived_by = NULL, replaced_by = NULL WHERE id = $1
        AND account_id = $2 AND archived_at IS NOT NULL";
    ARCHIVE_FOR_TRUST = "UPDATE credential SET archived_at = $3, archived_by = $4 WHERE id = $1 AND organisation_id = $2
        AND accepted_at IS NOT NULL AND revoked_at IS NULL AND archived_at IS NULL";
    RESTORE_FOR_TRUST = "UPDATE credential SET archived_at = NULL, archived_by = NULL, replaced_by = NULL WHERE id = $1
        AND organisation_id = $2 AND revoked_at IS NULL AND archived_at IS NOT NULL";
    // The one that was provided last takes the place of those before it, in whatever order they are accepted.
    ARCHIVE_OLDER = "UPDATE credential SET archived_at = $2, replaced_by = $1 WHERE archived_at IS NULL
        AND accepted_at IS NOT NULL AND id <> $1 AND (account_id, organisation_id, kind, variant) =
            (SELECT account_id, organisation_id, kind, variant FROM credential AS newer WHERE newer.id = $1)
        AND provided_at <= (SELECT provided_at FROM credential AS newer WHERE newer.id = $1)";
    NEWER_HELD = "SELECT newer.id FROM credential JOIN credential AS newer ON newer.account_id = credential.account_id
            AND newer.organisation_id = credential.organisation_id AND newer.kind = credential.kind
            AND newer.variant = credential.variant AND newer.provided_at > credential.provided_at
        WHERE credential.id = $1 AND newer.accepted_at IS NOT NULL AND newer.archived_at IS NULL
            AND newer.revoked_at IS NULL AND (newer.valid_until IS NULL OR newer.valid_until >= $2)
        ORDER BY newer.provided_at DESC, newer.id LIMIT 1";
    REPLACE = "UPDATE credential SET archived_at = $3, replaced_by = $2 WHERE id = $1 AND archived_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    organisation_id: Uuid,
    kind: String,
    variant: String,
    content: Vec<u8>,
    provided_at: i64,
    valid_until: Option<String>,
    accepted_at: Option<i64>,
    rejected_at: Option<i64>,
    reject_reason: Option<String>,
    reject_details: Option<Vec<u8>>,
    resolved_at: Option<i64>,
    withdrawn_at: Option<i64>,
    withdraw_reason: Option<String>,
    revoked_at: Option<i64>,
    revoke_reason: Option<String>,
    archived_at: Option<i64>,
    archived_by: Option<Uuid>,
    replaced_by: Option<Uuid>,
}

/// What sealed content is bound to.
pub(crate) fn content_context(id: Uuid) -> String {
    format!("credential/{id}/content")
}

/// What sealed details of a rejection are bound to.
pub(crate) fn details_context(id: Uuid) -> String {
    format!("credential/{id}/reject-details")
}

/// The value that a name stands for.
fn named<T>(name: Option<String>, parse: fn(&str) -> Option<T>) -> Result<Option<T>, StoreError> {
    name.map(|name| parse(&name).ok_or(StoreError::Corrupt("a word about a credential that nobody knows")))
        .transpose()
}

impl Store {
    fn credential_from(&self, row: Row) -> Result<Credential, StoreError> {
        let text = |context: &str, sealed: &[u8]| -> Result<String, StoreError> {
            String::from_utf8(self.keys.open(context, sealed)?.to_vec())
                .map_err(|_| StoreError::Corrupt("a credential that is no text"))
        };
        let valid_until = row.valid_until.map(|day| day.parse::<Date>()).transpose();
        Ok(Credential {
            kind: CredentialKind::parse(&row.kind)
                .ok_or(StoreError::Corrupt("a credential of an unknown kind"))?,
            variant: row.variant,
            content: text(&content_context(row.id), &row.content)?,
            provided_at: moment(row.provided_at)?,
            moments: CredentialMoments {
                accepted_at: maybe_moment(row.accepted_at)?,
                rejected_at: maybe_moment(row.rejected_at)?,
                withdrawn_at: maybe_moment(row.withdrawn_at)?,
                revoked_at: maybe_moment(row.revoked_at)?,
                archived_at: maybe_moment(row.archived_at)?,
                valid_until: valid_until
                    .map_err(|_| StoreError::Corrupt("a credential's last day is no day"))?,
            },
            reject_reason: named(row.reject_reason, RejectReason::parse)?,
            reject_details: row
                .reject_details
                .map(|sealed| text(&details_context(row.id), &sealed))
                .transpose()?,
            resolved_at: maybe_moment(row.resolved_at)?,
            withdraw_reason: named(row.withdraw_reason, WithdrawReason::parse)?,
            revoke_reason: named(row.revoke_reason, RevokeReason::parse)?,
            archived_by: row.archived_by,
            replaced_by: row.replaced_by,
            id: row.id,
            account_id: row.account_id,
            organisation_id: row.organisation_id,
        })
    }

    /// One credential.
    ///
    /// # Errors
    /// Where the database cannot be read or the content not be opened.
    pub async fn credential(&self, id: Uuid) -> Result<Option<Credential>, StoreError> {
        let row: Option<Row> = reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|row| self.credential_from(row)).transpose()
    }

    /// All credentials of somebody, whoever issued them and however they stand; the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a content not be opened.
    pub async fn credentials_of(&self, account: Uuid) -> Result<Vec<Credential>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(|row| self.credential_from(row)).collect()
    }

    /// How many credentials wait for somebody's review on a local day.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn credentials_to_review(&self, account: Uuid, day: Date) -> Result<u32, StoreError> {
        let row: (i64,) = reading!(self, TO_REVIEW, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(day.to_string())
            .fetch_one(c))?;
        Ok(u32::try_from(row.0).unwrap_or(u32::MAX))
    }
}

impl Tx {
    /// Provides a credential.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_credential(&mut self, new: NewCredential<'_>, now: Timestamp) -> Result<(), StoreError> {
        let context = content_context(new.id);
        let sealed = self.store.keys.seal(&context, new.content.as_bytes(), self.store.random.as_ref());
        execute!(
            self,
            ADD,
            new.id,
            new.account_id,
            new.organisation_id,
            new.kind.as_str(),
            new.variant,
            sealed,
            millis(now),
            new.valid_until.map(|day| day.to_string())
        )
        .map(|_| ())
    }

    /// One credential, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read or the content not be opened.
    pub async fn credential(&mut self, id: Uuid) -> Result<Option<Credential>, StoreError> {
        let row: Option<Row> = in_tx!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|row| self.store.credential_from(row)).transpose()
    }

    /// Its owner has it in their wallet. Answers false where it is not waiting for that any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn accept_credential(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, ACCEPT, id, millis(now))? == 1)
    }

    /// Its owner does not take it. Answers false where it is not waiting for that any more, or is somebody else's.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn reject_credential(
        &mut self,
        id: Uuid,
        account: Uuid,
        reason: RejectReason,
        details: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let details = details.map(|details| {
            self.store.keys.seal(&details_context(id), details.as_bytes(), self.store.random.as_ref())
        });
        Ok(execute!(self, REJECT, id, account, millis(now), reason.as_str(), details)? == 1)
    }

    /// The trust takes it back before it was accepted. Answers false where it is too late for that.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn withdraw_credential(
        &mut self,
        id: Uuid,
        reason: WithdrawReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, WITHDRAW, id, millis(now), reason.as_str())? == 1)
    }

    /// Ends a credential that was accepted. The copies in wallets are the caller's, too. Answers false where it was not
    /// accepted, or is revoked already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn revoke_credential(
        &mut self,
        id: Uuid,
        reason: RevokeReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, REVOKE, id, millis(now), reason.as_str())? == 1)
    }

    /// Its owner puts it away.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn archive_credential(
        &mut self,
        id: Uuid,
        account: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ARCHIVE, id, account, millis(now))? == 1)
    }

    /// Its owner takes it out again.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn restore_credential(&mut self, id: Uuid, account: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, RESTORE, id, account)? == 1)
    }

    /// A member of staff of the organisation that provided it puts it away. Answers false where it is not accepted, or is in the archive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn archive_for_trust(
        &mut self,
        id: Uuid,
        organisation: Uuid,
        by: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ARCHIVE_FOR_TRUST, id, organisation, millis(now), by)? == 1)
    }

    /// The organisation that provided it takes it out again. Answers false where it is not in the archive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn restore_for_trust(&mut self, id: Uuid, organisation: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, RESTORE_FOR_TRUST, id, organisation)? == 1)
    }

    /// Of those of the same owner, issuer, kind and subject the one that was provided last counts: the others that are accepted go to the
    /// archive, `id` among them where a newer one is held and valid on `today`. Answers how many went.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn archive_all_but_newest(
        &mut self,
        id: Uuid,
        today: Date,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let older = execute!(self, ARCHIVE_OLDER, id, millis(now))?;
        let newer: Option<Uuid> = in_tx!(self, NEWER_HELD, sqlx::query_scalar, |q, c| q
            .bind(id)
            .bind(today.to_string())
            .fetch_optional(c))?;
        match newer {
            Some(newer) => Ok(older + execute!(self, REPLACE, id, newer, millis(now))?),
            None => Ok(older),
        }
    }
}

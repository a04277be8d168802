//! Credentials that their owners rejected: the trust looks into each, and marks it as resolved.

use crate::credential::details_context;
use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::{CredentialKind, RejectReason};
use uuid::Uuid;

/// A rejection. What the credential says stays sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The credential.
    pub credential: Uuid,
    /// The address with which its owner signs in.
    pub email: String,
    /// Which kind of credential.
    pub kind: CredentialKind,
    /// What tells two of a kind apart.
    pub variant: String,
    /// Why.
    pub reason: RejectReason,
    /// What its owner wrote.
    pub details: Option<String>,
    /// UTC.
    pub rejected_at: Timestamp,
    /// When it was resolved, UTC; none while it is open.
    pub resolved_at: Option<Timestamp>,
    /// The corrected credential that resolved it by itself.
    pub corrected_by: Option<Uuid>,
}

impl std::fmt::Debug for Rejection {
    /// Says nothing of whose it is and what they wrote.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rejection").field("credential", &self.credential).finish_non_exhaustive()
    }
}

/// Which rejections somebody looks at.
#[derive(Debug, Clone, Copy)]
pub struct RejectionsOf<'a> {
    /// The trust that issued the credentials.
    pub organisation: Uuid,
    /// Only what the system of this name provided.
    pub client: Option<&'a str>,
    /// Those that are resolved, too.
    pub resolved: bool,
    /// Only credentials after this one, in the order in which they were provided.
    pub after: Option<Uuid>,
    /// At most so many.
    pub at_most: u32,
}

statements! {
    REJECTIONS = "SELECT c.id, a.email, c.kind, c.variant, c.reject_reason, c.reject_details, c.rejected_at, c.resolved_at,
            c.corrected_by
        FROM credential c JOIN account a ON a.id = c.account_id LEFT JOIN passport_client p ON p.id = c.client_id
        WHERE c.organisation_id = $1 AND c.rejected_at IS NOT NULL AND (CAST($2 AS BIGINT) = 1 OR c.resolved_at IS NULL)
            AND (CAST($3 AS BIGINT) = 0 OR p.name = $4) AND c.id > $5
        ORDER BY c.id LIMIT $6";
    PEOPLE = "SELECT COUNT(DISTINCT account_id) FROM credential
        WHERE organisation_id = $1 AND rejected_at IS NOT NULL AND resolved_at IS NULL";
    OPEN_LIKE = "SELECT id, reject_reason FROM credential WHERE account_id = $1 AND organisation_id = $2 AND kind = $3
            AND variant = $4 AND rejected_at IS NOT NULL AND resolved_at IS NULL ORDER BY id";
    RESOLVE = "UPDATE credential SET resolved_at = $2, corrected_by = $3
        WHERE id = $1 AND rejected_at IS NOT NULL AND resolved_at IS NULL";
    REOPEN = "UPDATE credential SET resolved_at = NULL, corrected_by = NULL WHERE id = $1 AND resolved_at IS NOT NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    kind: String,
    variant: String,
    reject_reason: String,
    reject_details: Option<Vec<u8>>,
    rejected_at: i64,
    resolved_at: Option<i64>,
    corrected_by: Option<Uuid>,
}

fn reason(name: &str) -> Result<RejectReason, StoreError> {
    RejectReason::parse(name).ok_or(StoreError::Corrupt("a reason for a rejection that nobody knows"))
}

impl Store {
    /// Rejections of a trust's credentials, in the order in which these were provided.
    ///
    /// # Errors
    /// Where the database cannot be read, or what somebody wrote not be opened.
    pub async fn rejections(&self, of: RejectionsOf<'_>) -> Result<Vec<Rejection>, StoreError> {
        let rows: Vec<Row> = reading!(self, REJECTIONS, sqlx::query_as, |q, c| q
            .bind(of.organisation)
            .bind(i64::from(of.resolved))
            .bind(i64::from(of.client.is_some()))
            .bind(of.client.unwrap_or_default())
            .bind(of.after.unwrap_or(Uuid::nil()))
            .bind(i64::from(of.at_most))
            .fetch_all(c))?;
        rows.into_iter().map(|row| self.rejection_from(row)).collect()
    }

    /// How many people rejected something of an organisation's that is open.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_with_open_rejections(&self, organisation: Uuid) -> Result<u64, StoreError> {
        let (count,): (i64,) =
            reading!(self, PEOPLE, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    fn rejection_from(&self, row: Row) -> Result<Rejection, StoreError> {
        let open = |sealed: Vec<u8>| -> Result<String, StoreError> {
            String::from_utf8(self.keys.open(&details_context(row.id), &sealed)?.to_vec())
                .map_err(|_| StoreError::Corrupt("details of a rejection that are no text"))
        };
        Ok(Rejection {
            credential: row.id,
            email: row.email,
            kind: CredentialKind::parse(&row.kind)
                .ok_or(StoreError::Corrupt("a credential of an unknown kind"))?,
            variant: row.variant,
            reason: reason(&row.reject_reason)?,
            details: row.reject_details.map(open).transpose()?,
            rejected_at: moment(row.rejected_at)?,
            resolved_at: maybe_moment(row.resolved_at)?,
            corrected_by: row.corrected_by,
        })
    }
}

impl Tx {
    /// The open rejections of one person's credentials of one kind and variant, by one trust.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn open_rejections(
        &mut self,
        account: Uuid,
        organisation: Uuid,
        kind: CredentialKind,
        variant: &str,
    ) -> Result<Vec<(Uuid, RejectReason)>, StoreError> {
        let rows: Vec<(Uuid, String)> = in_tx!(self, OPEN_LIKE, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(organisation)
            .bind(kind.as_str())
            .bind(variant)
            .fetch_all(c))?;
        rows.into_iter().map(|(id, name)| Ok((id, reason(&name)?))).collect()
    }

    /// A rejection is resolved, by the corrected credential `by`, if one was provided. Answers false where there is no open one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn resolve_rejection(
        &mut self,
        credential: Uuid,
        by: Option<Uuid>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, RESOLVE, credential, millis(now), by)? == 1)
    }

    /// A rejection that was resolved is open again. Answers false where it was not resolved.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn reopen_rejection(&mut self, credential: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, REOPEN, credential)? == 1)
    }
}

//! A trust reviews what was shared with it: what waits, and what it says of each credential.

use crate::db::{execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::share::{SharedCredential, details_context};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::RejectReason;
use uuid::Uuid;

/// A share in a list of the trust.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedShare {
    /// The share. Ids are in the order of time.
    pub id: Uuid,
    /// Who shared.
    pub account: Uuid,
    /// Their first name.
    pub first_name: String,
    /// Their last name.
    pub last_name: String,
    /// The address that they sign in with.
    pub email: String,
    /// UTC.
    pub shared_at: Timestamp,
    /// How many credentials.
    pub count: u32,
    /// How many of them nobody has reviewed.
    pub waiting: u32,
}

impl std::fmt::Debug for ListedShare {
    /// Says nothing of who shared.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListedShare").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What was said of the credentials of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareTally {
    /// How many there are.
    pub count: u32,
    /// How many were accepted.
    pub accepted: u32,
    /// How many were rejected.
    pub rejected: u32,
}

impl ShareTally {
    /// Whether nothing waits any more.
    pub const fn is_whole(self) -> bool {
        self.accepted.saturating_add(self.rejected) >= self.count
    }
}

/// What a trust says of a credential that was shared with it.
#[derive(Clone, Copy)]
pub enum ShareVerdict<'a> {
    /// It takes it.
    Accepted,
    /// It does not, with a reason and, where that is another one, words.
    Rejected(RejectReason, Option<&'a str>),
}

statements! {
    // What waits is an index of its own, which is small; the shares of a large trust are not.
    WAITING = "SELECT COUNT(*) FROM share s WHERE s.organisation_id = $1 AND s.id IN (SELECT share_id FROM shared_credential
            WHERE accepted_at IS NULL AND rejected_at IS NULL)";
    LISTED = "SELECT s.id, s.account_id, a.first_name, a.last_name, a.email, s.shared_at,
            (SELECT COUNT(*) FROM shared_credential c WHERE c.share_id = s.id) AS count,
            (SELECT COUNT(*) FROM shared_credential c
                WHERE c.share_id = s.id AND c.accepted_at IS NULL AND c.rejected_at IS NULL) AS waiting
        FROM share s JOIN account a ON a.id = s.account_id
        WHERE s.organisation_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3";
    LISTED_WAITING = "SELECT s.id, s.account_id, a.first_name, a.last_name, a.email, s.shared_at,
            (SELECT COUNT(*) FROM shared_credential c WHERE c.share_id = s.id) AS count,
            (SELECT COUNT(*) FROM shared_credential c
                WHERE c.share_id = s.id AND c.accepted_at IS NULL AND c.rejected_at IS NULL) AS waiting
        FROM share s JOIN account a ON a.id = s.account_id
        WHERE s.organisation_id = $1 AND s.id > $2 AND s.id IN (SELECT share_id FROM shared_credential
            WHERE accepted_at IS NULL AND rejected_at IS NULL)
        ORDER BY s.id LIMIT $3";
    ONE = "SELECT s.id, s.account_id, a.first_name, a.last_name, a.email, s.shared_at,
            (SELECT COUNT(*) FROM shared_credential c WHERE c.share_id = s.id) AS count,
            (SELECT COUNT(*) FROM shared_credential c
                WHERE c.share_id = s.id AND c.accepted_at IS NULL AND c.rejected_at IS NULL) AS waiting
        FROM share s JOIN account a ON a.id = s.account_id WHERE s.id = $1 AND s.organisation_id = $2";
    TALLY = "SELECT COUNT(*), COUNT(accepted_at), COUNT(rejected_at) FROM shared_credential WHERE share_id = $1";
    SHARE_OF = "SELECT share_id FROM shared_credential WHERE id = $1";
    // Whoever comes second changes nothing.
    ACCEPT = "UPDATE shared_credential SET accepted_at = $2, reviewed_by = $3
        WHERE id = $1 AND accepted_at IS NULL AND rejected_at IS NULL";
    REJECT = "UPDATE shared_credential SET rejected_at = $2, reviewed_by = $3, reject_reason = $4, reject_details = $5
        WHERE id = $1 AND accepted_at IS NULL AND rejected_at IS NULL";
    ARCHIVE = "UPDATE shared_credential SET archived_at = $2, archived_by = $3
        WHERE id = $1 AND accepted_at IS NOT NULL AND archived_at IS NULL";
    RESTORE = "UPDATE shared_credential SET archived_at = NULL, archived_by = NULL WHERE id = $1 AND archived_at IS NOT NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    first_name: String,
    last_name: String,
    email: String,
    shared_at: i64,
    count: i64,
    waiting: i64,
}

impl TryFrom<Row> for ListedShare {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account: row.account_id,
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email,
            shared_at: moment(row.shared_at)?,
            count: u32::try_from(row.count).unwrap_or(u32::MAX),
            waiting: u32::try_from(row.waiting).unwrap_or(u32::MAX),
        })
    }
}

impl Store {
    /// In how many shares with an organisation something waits for its review.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shares_waiting(&self, organisation: Uuid) -> Result<u64, StoreError> {
        let (count,): (i64,) =
            reading!(self, WAITING, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// At most so many shares with an organisation after the share `after`, the oldest first; with those of which nothing waits any
    /// more, where `reviewed`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shares_listed(
        &self,
        organisation: Uuid,
        reviewed: bool,
        after: Uuid,
        at_most: u32,
    ) -> Result<Vec<ListedShare>, StoreError> {
        let listed = if reviewed { LISTED } else { LISTED_WAITING };
        let rows: Vec<Row> = reading!(self, listed, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(after)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(ListedShare::try_from).collect()
    }

    /// The share with this id, where it is one with this organisation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn share_with(&self, organisation: Uuid, id: Uuid) -> Result<Option<ListedShare>, StoreError> {
        let row: Option<Row> =
            reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).bind(organisation).fetch_optional(c))?;
        row.map(ListedShare::try_from).transpose()
    }

    /// With which share a shared credential came.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn share_of(&self, shared: Uuid) -> Result<Option<Uuid>, StoreError> {
        let row: Option<(Uuid,)> =
            reading!(self, SHARE_OF, sqlx::query_as, |q, c| q.bind(shared).fetch_optional(c))?;
        Ok(row.map(|(share,)| share))
    }
}

impl SharedCredential {
    /// Whether the trust has said nothing of it yet.
    pub fn waits(&self) -> bool {
        self.accepted_at.is_none() && self.rejected_at.is_none()
    }
}

impl Tx {
    /// Keeps what a member of staff says of a shared credential. Answers false where somebody has said something before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn review_shared(
        &mut self,
        id: Uuid,
        verdict: ShareVerdict<'_>,
        by: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = match verdict {
            ShareVerdict::Accepted => execute!(self, ACCEPT, id, millis(now), by)?,
            ShareVerdict::Rejected(reason, details) => {
                let (keys, random) = (&self.store.keys, self.store.random.as_ref());
                let details = details.map(|text| keys.seal(&details_context(id), text.as_bytes(), random));
                execute!(self, REJECT, id, millis(now), by, reason.as_str(), details)?
            }
        };
        Ok(changed == 1)
    }

    /// The trust puts away what it had accepted. Answers false where it did not accept it, or it is in the archive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn archive_shared(&mut self, id: Uuid, by: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, ARCHIVE, id, millis(now), by)? == 1)
    }

    /// The trust takes it out again. Answers false where it is not in the archive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn restore_shared(&mut self, id: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, RESTORE, id)? == 1)
    }

    /// What has been said of the credentials of a share.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn share_tally(&mut self, share: Uuid) -> Result<ShareTally, StoreError> {
        let (count, accepted, rejected): (i64, i64, i64) =
            in_tx!(self, TALLY, sqlx::query_as, |q, c| q.bind(share).fetch_one(c))?;
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(ShareTally { count: number(count), accepted: number(accepted), rejected: number(rejected) })
    }
}

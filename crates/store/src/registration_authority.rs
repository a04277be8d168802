//! The Registration Authority: checks of identity, acts with their reasons, and what waits for a second member of staff.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// How a member of staff made sure who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityCheck {
    /// Never changes.
    pub id: Uuid,
    /// Who was checked.
    pub account_id: Uuid,
    /// Who checked.
    pub staff_id: Uuid,
    /// `recovery-passcode` or `documents`.
    pub how: String,
    /// The names of the kinds of documents that were seen.
    pub documents: Vec<String>,
    /// UTC.
    pub checked_at: Timestamp,
}

/// Something that was done to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaAct {
    /// Never changes; a job carries it.
    pub id: Uuid,
    /// The employer.
    pub organisation_id: Uuid,
    /// Which card.
    pub smartcard_id: Uuid,
    /// Whose card it was then; none for a blank one.
    pub account_id: Option<Uuid>,
    /// Such as `unlock`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub by_id: Uuid,
    /// UTC.
    pub at: Timestamp,
}

/// Something that waits for a second member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaRequest {
    /// Never changes.
    pub id: Uuid,
    /// The employer.
    pub organisation_id: Uuid,
    /// For whom.
    pub account_id: Uuid,
    /// Which card; none where all cards of the person are meant.
    pub smartcard_id: Option<Uuid>,
    /// Such as `unlock`.
    pub kind: String,
    /// Why certificates are revoked, where they are.
    pub cause: Option<String>,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub asked_by: Uuid,
    /// UTC.
    pub asked_at: Timestamp,
    /// When it was decided, UTC.
    pub decided_at: Option<Timestamp>,
}

statements! {
    ADD_CHECK = "INSERT INTO identity_check (id, account_id, staff_id, how, documents, checked_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    CHECKED = "SELECT MAX(checked_at) FROM identity_check WHERE account_id = $1 AND staff_id = $2";
    ADD_ACT = "INSERT INTO ra_act (id, organisation_id, smartcard_id, account_id, kind, reason, by_id, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ACT = "SELECT id, organisation_id, smartcard_id, account_id, kind, reason, by_id, at FROM ra_act WHERE id = $1";
    ACTS = "SELECT id, organisation_id, smartcard_id, account_id, kind, reason, by_id, at FROM ra_act
        WHERE smartcard_id = $1 ORDER BY at DESC, id DESC LIMIT $2";
    // The same thing is asked for once: whoever asks again finds it waiting.
    ASK = "INSERT INTO ra_request (id, organisation_id, account_id, smartcard_id, kind, cause, reason, asked_by, asked_at)
        SELECT $1, $2, $3, $4, CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), $8, CAST($9 AS BIGINT)
        WHERE NOT EXISTS (SELECT 1 FROM ra_request WHERE account_id = $3 AND kind = $5
            AND (smartcard_id = $4 OR (smartcard_id IS NULL AND $4 IS NULL)) AND decided_at IS NULL AND asked_at > $10)";
    REQUEST = "SELECT id, organisation_id, account_id, smartcard_id, kind, cause, reason, asked_by, asked_at, decided_at
        FROM ra_request WHERE id = $1";
    REQUESTS = "SELECT id, organisation_id, account_id, smartcard_id, kind, cause, reason, asked_by, asked_at, decided_at
        FROM ra_request WHERE organisation_id = $1 AND decided_at IS NULL AND asked_at > $2 ORDER BY asked_at, id";
    DECIDE = "UPDATE ra_request SET decided_by = $2, decided_at = $3, confirmed = $4
        WHERE id = $1 AND decided_at IS NULL AND asked_at > $5";
}

#[derive(sqlx::FromRow)]
struct ActRow {
    id: Uuid,
    organisation_id: Uuid,
    smartcard_id: Uuid,
    account_id: Option<Uuid>,
    kind: String,
    reason: String,
    by_id: Uuid,
    at: i64,
}

impl TryFrom<ActRow> for RaAct {
    type Error = StoreError;

    fn try_from(row: ActRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            smartcard_id: row.smartcard_id,
            account_id: row.account_id,
            kind: row.kind,
            reason: row.reason,
            by_id: row.by_id,
            at: moment(row.at)?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: Uuid,
    organisation_id: Uuid,
    account_id: Uuid,
    smartcard_id: Option<Uuid>,
    kind: String,
    cause: Option<String>,
    reason: String,
    asked_by: Uuid,
    asked_at: i64,
    decided_at: Option<i64>,
}

impl TryFrom<RequestRow> for RaRequest {
    type Error = StoreError;

    fn try_from(row: RequestRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            account_id: row.account_id,
            smartcard_id: row.smartcard_id,
            kind: row.kind,
            cause: row.cause,
            reason: row.reason,
            asked_by: row.asked_by,
            asked_at: moment(row.asked_at)?,
            decided_at: maybe_moment(row.decided_at)?,
        })
    }
}

impl Store {
    /// When this member of staff was last sure of this person, UTC. For how long that holds is a rule.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn identity_checked_at(
        &self,
        account: Uuid,
        staff: Uuid,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (checked,): (Option<i64>,) =
            reading!(self, CHECKED, sqlx::query_as, |q, c| q.bind(account).bind(staff).fetch_one(c))?;
        maybe_moment(checked)
    }

    /// An act of the Registration Authority.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn ra_act(&self, id: Uuid) -> Result<Option<RaAct>, StoreError> {
        let row: Option<ActRow> = reading!(self, ACT, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(RaAct::try_from).transpose()
    }

    /// What the Registration Authority did to a card, the newest first, at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn ra_acts_on(&self, card: Uuid, at_most: u32) -> Result<Vec<RaAct>, StoreError> {
        let rows: Vec<ActRow> =
            reading!(self, ACTS, sqlx::query_as, |q, c| q.bind(card).bind(i64::from(at_most)).fetch_all(c))?;
        rows.into_iter().map(RaAct::try_from).collect()
    }

    /// A request, decided or not.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn ra_request(&self, id: Uuid) -> Result<Option<RaRequest>, StoreError> {
        let row: Option<RequestRow> =
            reading!(self, REQUEST, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(RaRequest::try_from).transpose()
    }

    /// The requests of an organisation that nobody has decided and that were made after `after`, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn ra_requests(
        &self,
        organisation: Uuid,
        after: Timestamp,
    ) -> Result<Vec<RaRequest>, StoreError> {
        let rows: Vec<RequestRow> = reading!(self, REQUESTS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(after))
            .fetch_all(c))?;
        rows.into_iter().map(RaRequest::try_from).collect()
    }
}

impl Tx {
    /// Keeps a check as evidence.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_identity_check(&mut self, new: &IdentityCheck) -> Result<(), StoreError> {
        let IdentityCheck { id, account_id, staff_id, how, documents, checked_at } = new;
        let documents = documents.join(",");
        execute!(self, ADD_CHECK, *id, *account_id, *staff_id, how, documents, millis(*checked_at))
            .map(|_| ())
    }

    /// An act of the Registration Authority.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn ra_act(&mut self, id: Uuid) -> Result<Option<RaAct>, StoreError> {
        let row: Option<ActRow> = in_tx!(self, ACT, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(RaAct::try_from).transpose()
    }

    /// Keeps what is done, and why.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_ra_act(&mut self, new: &RaAct) -> Result<(), StoreError> {
        execute!(
            self,
            ADD_ACT,
            new.id,
            new.organisation_id,
            new.smartcard_id,
            new.account_id,
            &new.kind,
            &new.reason,
            new.by_id,
            millis(new.at)
        )
        .map(|_| ())
    }

    /// Keeps a request. Answers false where the same one, made after `after`, waits already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_ra_request(&mut self, new: &RaRequest, after: Timestamp) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            ASK,
            new.id,
            new.organisation_id,
            new.account_id,
            new.smartcard_id,
            &new.kind,
            new.cause.as_deref(),
            &new.reason,
            new.asked_by,
            millis(new.asked_at),
            millis(after)
        )?;
        Ok(added == 1)
    }

    /// A second member of staff has decided on a request that was made after `after`. Answers false where somebody was faster, or
    /// it is older.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn decide_ra_request(
        &mut self,
        id: Uuid,
        by: Uuid,
        confirmed: bool,
        after: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let decided = execute!(self, DECIDE, id, by, millis(now), i64::from(confirmed), millis(after))?;
        Ok(decided == 1)
    }
}

//! What the staff passports of an organisation amount to: the counts of the last hour, and what there is to count.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::{
    CredentialKind, CredentialMoments, CredentialType, InvitationMoments, InvitationState, RejectReason,
    Report, SharedVerdict,
};
use uuid::Uuid;

/// A credential, as far as it is counted.
#[derive(Debug, Clone)]
pub struct CountedCredential {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// What kind.
    pub kind: CredentialKind,
    /// What tells two of a kind apart.
    pub variant: String,
    /// What was done with it.
    pub moments: CredentialMoments,
    /// Why its owner rejected it.
    pub reject_reason: Option<RejectReason>,
    /// When that was resolved, UTC.
    pub resolved_at: Option<Timestamp>,
}

/// The job role of somebody, as far as it is counted.
#[derive(Debug, Clone)]
pub struct CountedJobRole {
    /// Whose.
    pub account: Uuid,
    /// Which.
    pub job_role: Uuid,
    /// What need not be there.
    pub bypassed: Vec<CredentialType>,
}

/// So many shared credentials of which the trust has said the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedShared {
    /// What kind.
    pub kind: CredentialKind,
    /// What the trust has said.
    pub verdict: SharedVerdict,
    /// Why it was rejected.
    pub reason: Option<RejectReason>,
    /// How many.
    pub count: u64,
}

statements! {
    DUE = "SELECT o.id FROM organisation o LEFT JOIN passport_report r ON r.organisation_id = o.id
        WHERE r.begun_at IS NULL OR r.begun_at < $1 ORDER BY o.id LIMIT 1";
    // Whoever comes second finds that another node counts.
    BEGIN = "INSERT INTO passport_report (organisation_id, begun_at) VALUES ($1, $2)
        ON CONFLICT (organisation_id) DO UPDATE SET begun_at = $2 WHERE passport_report.begun_at < $3";
    // Of two that count at once, since the first takes long, the later counts. The first is kept until then.
    KEEP = "UPDATE passport_report SET counted_at = $2, counts = $3 WHERE organisation_id = $1
        AND (counted_at IS NULL OR counted_at <= $2)";
    LAST = "SELECT counted_at, counts FROM passport_report WHERE organisation_id = $1";
    // Along the index, which has all of this.
    CREDENTIALS = "SELECT id, account_id, kind, variant, valid_until, accepted_at, rejected_at, reject_reason, resolved_at,
            withdrawn_at, revoked_at, archived_at
        FROM credential WHERE organisation_id = $1 AND (account_id, id) > ($2, $3) ORDER BY account_id, id LIMIT $4";
    JOB_ROLES = "SELECT account_id, job_role_id, bypassed FROM passport_job_role WHERE organisation_id = $1";
    // Whose job role may be fulfilled by what others issued.
    SHARERS = "SELECT p.account_id FROM passport_job_role p WHERE p.organisation_id = $1 AND EXISTS (SELECT 1 FROM share s
            JOIN shared_credential c ON c.share_id = s.id WHERE s.account_id = p.account_id AND s.organisation_id = $1
            AND c.accepted_at IS NOT NULL AND c.archived_at IS NULL)";
    INVITATIONS = "SELECT i.invited_at, a.id IS NOT NULL, i.appointment_at, i.confirmed_at, i.declined_at
        FROM invitation i LEFT JOIN account a ON a.roster_entry_id = i.roster_entry_id WHERE i.organisation_id = $1";
    SHARED = "SELECT c.kind, c.accepted_at IS NOT NULL AS accepted, c.archived_at IS NOT NULL AS archived, c.reject_reason,
            COUNT(*) AS count
        FROM share s JOIN shared_credential c ON c.share_id = s.id WHERE s.organisation_id = $1
        GROUP BY c.kind, c.accepted_at IS NOT NULL, c.archived_at IS NOT NULL, c.reject_reason";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    kind: String,
    variant: String,
    valid_until: Option<String>,
    accepted_at: Option<i64>,
    rejected_at: Option<i64>,
    reject_reason: Option<String>,
    resolved_at: Option<i64>,
    withdrawn_at: Option<i64>,
    revoked_at: Option<i64>,
    archived_at: Option<i64>,
}

fn kind(name: &str) -> Result<CredentialKind, StoreError> {
    CredentialKind::parse(name).ok_or(StoreError::Corrupt("a credential of an unknown kind"))
}

fn reason(name: Option<String>) -> Result<Option<RejectReason>, StoreError> {
    let known = |name: String| RejectReason::parse(&name);
    name.map(|name| known(name).ok_or(StoreError::Corrupt("a word about a credential that nobody knows")))
        .transpose()
}

impl TryFrom<Row> for CountedCredential {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let valid_until = row.valid_until.map(|day| day.parse::<Date>()).transpose();
        Ok(Self {
            id: row.id,
            account: row.account_id,
            kind: kind(&row.kind)?,
            variant: row.variant,
            moments: CredentialMoments {
                accepted_at: maybe_moment(row.accepted_at)?,
                rejected_at: maybe_moment(row.rejected_at)?,
                withdrawn_at: maybe_moment(row.withdrawn_at)?,
                revoked_at: maybe_moment(row.revoked_at)?,
                archived_at: maybe_moment(row.archived_at)?,
                valid_until: valid_until
                    .map_err(|_| StoreError::Corrupt("a credential's last day is no day"))?,
            },
            reject_reason: reason(row.reject_reason)?,
            resolved_at: maybe_moment(row.resolved_at)?,
        })
    }
}

type InvitationRow = (i64, bool, Option<i64>, Option<i64>, Option<i64>);
type SharedRow = (String, bool, bool, Option<String>, i64);

impl Store {
    /// An organisation whose passports nobody has begun to count since a moment; none where somebody has for all.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn organisation_to_count(&self, since: Timestamp) -> Result<Option<Uuid>, StoreError> {
        let row: Option<(Uuid,)> =
            reading!(self, DUE, sqlx::query_as, |q, c| q.bind(millis(since)).fetch_optional(c))?;
        Ok(row.map(|(id,)| id))
    }

    /// What the passports of an organisation amounted to when they were counted last, and when that was, UTC; none where they never were.
    ///
    /// # Errors
    /// Where the database cannot be read, or the counts not be understood.
    pub async fn passport_report(
        &self,
        organisation: Uuid,
    ) -> Result<Option<(Timestamp, Report)>, StoreError> {
        let row: Option<(Option<i64>, Option<String>)> =
            reading!(self, LAST, sqlx::query_as, |q, c| q.bind(organisation).fetch_optional(c))?;
        let Some((at, counts)) = row.and_then(|(at, counts)| at.zip(counts)) else { return Ok(None) };
        // A release that counts something else counts anew within the hour.
        let report = serde_json::from_str(&counts).ok();
        let at = moment(at)?;
        Ok(report.map(|report| (at, report)))
    }

    /// At most so many credentials that an organisation provided, after the one with these ids of its owner and its own: person by person.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn credentials_to_count(
        &self,
        organisation: Uuid,
        (account, id): (Uuid, Uuid),
        at_most: u32,
    ) -> Result<Vec<CountedCredential>, StoreError> {
        let rows: Vec<Row> = reading!(self, CREDENTIALS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(account)
            .bind(id)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(CountedCredential::try_from).collect()
    }

    /// Who has which job role in an organisation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn job_roles_to_count(&self, organisation: Uuid) -> Result<Vec<CountedJobRole>, StoreError> {
        let rows: Vec<(Uuid, Uuid, Option<String>)> =
            reading!(self, JOB_ROLES, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        let types = |codes: String| codes.split(' ').filter_map(CredentialType::parse).collect();
        let counted = |(account, job_role, bypassed): (Uuid, Uuid, Option<String>)| CountedJobRole {
            account,
            job_role,
            bypassed: bypassed.map(types).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(counted).collect())
    }

    /// Those of them who shared something with the organisation that it took and uses.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn sharers_to_count(&self, organisation: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<(Uuid,)> =
            reading!(self, SHARERS, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// How each invitation of an organisation stands, and when it was sent first, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn invitations_to_count(
        &self,
        organisation: Uuid,
    ) -> Result<Vec<(InvitationState, Timestamp)>, StoreError> {
        let rows: Vec<InvitationRow> =
            reading!(self, INVITATIONS, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        let counted = |(invited, joined, appointment, confirmed, declined): InvitationRow| {
            let moments = InvitationMoments {
                joined,
                appointment_at: maybe_moment(appointment)?,
                confirmed_at: maybe_moment(confirmed)?,
                declined_at: maybe_moment(declined)?,
            };
            Ok((moments.state(), moment(invited)?))
        };
        rows.into_iter().map(counted).collect()
    }

    /// What an organisation has said of what was shared with it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shared_to_count(&self, organisation: Uuid) -> Result<Vec<CountedShared>, StoreError> {
        let rows: Vec<SharedRow> =
            reading!(self, SHARED, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        let counted = |(name, accepted, archived, why, count): SharedRow| {
            let reason = reason(why)?;
            let verdict = match (accepted, archived, reason) {
                (true, true, _) => SharedVerdict::Archived,
                (true, false, _) => SharedVerdict::Accepted,
                (false, _, Some(_)) => SharedVerdict::Rejected,
                (false, _, None) => SharedVerdict::Waits,
            };
            let count = u64::try_from(count).unwrap_or(0);
            Ok(CountedShared { kind: kind(&name)?, verdict, reason, count })
        };
        rows.into_iter().map(counted).collect()
    }
}

impl Tx {
    /// Begins to count the passports of an organisation, unless somebody has begun since a moment. Answers false then.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn begin_passport_report(
        &mut self,
        organisation: Uuid,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, BEGIN, organisation, millis(now), millis(since))? == 1)
    }

    /// Keeps what was counted by whoever began at this moment.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn keep_passport_report(
        &mut self,
        organisation: Uuid,
        report: &Report,
        begun: Timestamp,
    ) -> Result<(), StoreError> {
        let counts = serde_json::to_string(report)
            .map_err(|_| StoreError::Corrupt("counts that cannot be written"))?;
        execute!(self, KEEP, organisation, millis(begun), counts).map(|_| ())
    }
}

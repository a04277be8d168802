//! Job roles of an organisation, what they require of a staff passport, and who has which.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::{CredentialType, MOST_JOB_ROLES, folded_job_role};
use uuid::Uuid;

/// A job role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRole {
    /// Never changes.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// What it requires, in the order in which it is shown. A type that is not known any more is required no longer.
    pub requires: Vec<CredentialType>,
    /// How many people have it.
    pub people: u64,
}

/// The job role that somebody has in an organisation.
#[derive(Clone)]
pub struct HeldJobRole {
    /// Never changes.
    pub id: Uuid,
    /// Which.
    pub job_role: Uuid,
    /// What people call it.
    pub name: String,
    /// What it requires.
    pub requires: Vec<CredentialType>,
    /// UTC.
    pub given_at: Timestamp,
    /// That the rest of it need not be there.
    pub bypass: Option<Bypass>,
}

impl std::fmt::Debug for HeldJobRole {
    /// Says nothing of why something was bypassed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldJobRole").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// That what is missing need not be there.
#[derive(Clone)]
pub struct Bypass {
    /// UTC.
    pub at: Timestamp,
    /// The name of whoever said so.
    pub by: String,
    /// Why, in their words.
    pub reason: String,
    /// What was missing then.
    pub covers: Vec<CredentialType>,
}

/// A bypass as it is kept.
pub struct NewBypass<'a> {
    /// The job role that somebody has.
    pub held: Uuid,
    /// When the bypass was written that it takes the place of, as it was seen; none where there was none.
    pub instead_of: Option<Timestamp>,
    /// What is missing.
    pub covers: &'a [CredentialType],
    /// Why, in words.
    pub reason: &'a str,
}

/// What became of a job role that was to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobRoleSaved {
    /// It is.
    Done,
    /// The organisation has another one of this name.
    NameTaken,
    /// It has as many as it may.
    TooMany,
    /// It has none with this id.
    Unknown,
    /// The form was sent before and said something else, which is kept.
    SentBefore,
}

statements! {
    LIST = "SELECT j.id, j.name, j.requires, (SELECT COUNT(*) FROM passport_job_role p WHERE p.job_role_id = j.id) AS people
        FROM job_role j WHERE j.organisation_id = $1 ORDER BY j.name_folded";
    ONE = "SELECT j.id, j.name, j.requires, (SELECT COUNT(*) FROM passport_job_role p WHERE p.job_role_id = j.id) AS people
        FROM job_role j WHERE j.id = $1 AND j.organisation_id = $2";
    OF_FORM = "SELECT organisation_id, name, requires FROM job_role WHERE id = $1";
    NAMED = "SELECT id FROM job_role WHERE organisation_id = $1 AND name_folded = $2";
    COUNT = "SELECT COUNT(*) FROM job_role WHERE organisation_id = $1";
    ADD = "INSERT INTO job_role (id, organisation_id, name, name_folded, requires, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    CHANGE = "UPDATE job_role SET name = $3, name_folded = $4, requires = $5, changed_at = $6
        WHERE id = $1 AND organisation_id = $2";
    // Whoever is given it meanwhile keeps it.
    DELETE = "DELETE FROM job_role WHERE id = $1 AND organisation_id = $2
        AND NOT EXISTS (SELECT 1 FROM passport_job_role p WHERE p.job_role_id = job_role.id)";
    HELD = "SELECT p.id, p.job_role_id, j.name, j.requires, p.given_at, p.bypassed_at, p.bypassed, p.bypass_reason,
            a.first_name, a.last_name
        FROM passport_job_role p JOIN job_role j ON j.id = p.job_role_id LEFT JOIN account a ON a.id = p.bypassed_by
        WHERE p.organisation_id = $1 AND p.account_id = $2";
    HELD_IN = "SELECT organisation_id FROM passport_job_role WHERE account_id = $1 ORDER BY given_at, id";
    TAKE = "DELETE FROM passport_job_role WHERE organisation_id = $1 AND account_id = $2";
    GIVE = "INSERT INTO passport_job_role (id, organisation_id, account_id, job_role_id, given_by, given_at)
        SELECT $1, j.organisation_id, $3, j.id, $5, $6 FROM job_role j WHERE j.id = $4 AND j.organisation_id = $2";
    // Whoever comes second changes nothing.
    BYPASS = "UPDATE passport_job_role SET bypassed_at = $2, bypassed_by = $3, bypassed = $4, bypass_reason = $5
        WHERE id = $1 AND COALESCE(bypassed_at, 0) = $6";
    REQUIRE = "UPDATE passport_job_role SET bypassed_at = NULL, bypassed_by = NULL, bypassed = NULL, bypass_reason = NULL
        WHERE id = $1 AND bypassed_at IS NOT NULL";
}

/// What the sealed reason of a bypass is bound to.
pub(crate) fn reason_context(id: Uuid) -> String {
    format!("passport_job_role/{id}/bypass-reason")
}

fn required(codes: &str) -> Vec<CredentialType> {
    codes.split(' ').filter_map(CredentialType::parse).collect()
}

fn codes(required: &[CredentialType]) -> String {
    required.iter().map(|each| each.code()).collect::<Vec<_>>().join(" ")
}

type Row = (Uuid, String, String, i64);

fn job_role((id, name, requires, people): Row) -> JobRole {
    JobRole { id, name, requires: required(&requires), people: u64::try_from(people).unwrap_or(0) }
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    id: Uuid,
    job_role_id: Uuid,
    name: String,
    requires: String,
    given_at: i64,
    bypassed_at: Option<i64>,
    bypassed: Option<String>,
    bypass_reason: Option<Vec<u8>>,
    first_name: Option<String>,
    last_name: Option<String>,
}

impl Store {
    /// The job roles of an organisation, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn job_roles(&self, organisation: Uuid) -> Result<Vec<JobRole>, StoreError> {
        let rows: Vec<Row> = reading!(self, LIST, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        Ok(rows.into_iter().map(job_role).collect())
    }

    /// The job role with this id, where it is one of this organisation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn job_role(&self, organisation: Uuid, id: Uuid) -> Result<Option<JobRole>, StoreError> {
        let row: Option<Row> =
            reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).bind(organisation).fetch_optional(c))?;
        Ok(row.map(job_role))
    }

    /// The job role that somebody has in an organisation.
    ///
    /// # Errors
    /// Where the database cannot be read or a reason not be opened.
    pub async fn job_role_held(
        &self,
        organisation: Uuid,
        account: Uuid,
    ) -> Result<Option<HeldJobRole>, StoreError> {
        let row: Option<HeldRow> = reading!(self, HELD, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(account)
            .fetch_optional(c))?;
        row.map(|row| self.held_from(row)).transpose()
    }

    /// The organisations in which somebody has a job role, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn organisations_with_job_role(&self, account: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<(Uuid,)> =
            reading!(self, HELD_IN, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        Ok(rows.into_iter().map(|(organisation,)| organisation).collect())
    }

    fn held_from(&self, row: HeldRow) -> Result<HeldJobRole, StoreError> {
        let bypass = match (maybe_moment(row.bypassed_at)?, row.bypass_reason) {
            (Some(at), Some(sealed)) => {
                let reason = self.keys.open(&reason_context(row.id), &sealed)?;
                let reason = String::from_utf8(reason.to_vec())
                    .map_err(|_| StoreError::Corrupt("a reason that is no text"))?;
                let name = [row.first_name, row.last_name].map(Option::unwrap_or_default);
                let covers = required(&row.bypassed.unwrap_or_default());
                Some(Bypass { at, by: name.join(" "), reason, covers })
            }
            _ => None,
        };
        Ok(HeldJobRole {
            id: row.id,
            job_role: row.job_role_id,
            name: row.name,
            requires: required(&row.requires),
            given_at: moment(row.given_at)?,
            bypass,
        })
    }
}

impl Tx {
    /// Adds a job role, or changes the one with this id where `known`. Those who save one for an organisation take turns.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn save_job_role(
        &mut self,
        organisation: Uuid,
        (id, known): (Uuid, bool),
        name: &str,
        requires: &[CredentialType],
        now: Timestamp,
    ) -> Result<JobRoleSaved, StoreError> {
        self.one_at_a_time("job-roles", organisation.as_bytes(), now).await?;
        let (folded, codes) = (folded_job_role(name), codes(requires));
        let taken: Option<(Uuid,)> =
            in_tx!(self, NAMED, sqlx::query_as, |q, c| q.bind(organisation).bind(&folded).fetch_optional(c))?;
        if taken.is_some_and(|(other,)| other != id) {
            return Ok(JobRoleSaved::NameTaken);
        }
        if known {
            let changed = execute!(self, CHANGE, id, organisation, name, folded, codes, millis(now))?;
            return Ok(if changed == 1 { JobRoleSaved::Done } else { JobRoleSaved::Unknown });
        }
        // The same form, sent twice, adds it once.
        let before: Option<(Uuid, String, String)> =
            in_tx!(self, OF_FORM, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        if let Some((whose, before, required)) = before {
            let same = before == name && required == codes;
            return Ok(match (whose == organisation, same) {
                (false, _) => JobRoleSaved::Unknown,
                (true, true) => JobRoleSaved::Done,
                (true, false) => JobRoleSaved::SentBefore,
            });
        }
        let (count,): (i64,) = in_tx!(self, COUNT, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        if count >= i64::from(MOST_JOB_ROLES) {
            return Ok(JobRoleSaved::TooMany);
        }
        execute!(self, ADD, id, organisation, name, folded, codes, millis(now))?;
        Ok(JobRoleSaved::Done)
    }

    /// Deletes a job role. Answers false where somebody has it, or there is none.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn delete_job_role(&mut self, organisation: Uuid, id: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, DELETE, id, organisation)? == 1)
    }

    /// Gives somebody a job role in the place of the one that they have, or none. What was bypassed is not any more. Answers false where
    /// the organisation has no such job role; then the change must not be kept.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_job_role(
        &mut self,
        id: Uuid,
        organisation: Uuid,
        account: Uuid,
        job_role: Option<Uuid>,
        by: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.one_at_a_time("job-role-held", account.as_bytes(), now).await?;
        execute!(self, TAKE, organisation, account)?;
        let Some(job_role) = job_role else { return Ok(true) };
        Ok(execute!(self, GIVE, id, organisation, account, job_role, by, millis(now))? == 1)
    }

    /// Says that what is missing need not be there. Answers false where somebody has said something meanwhile.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn bypass_requirements(
        &mut self,
        new: NewBypass<'_>,
        by: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let NewBypass { held, instead_of, covers, reason } = new;
        let (keys, random) = (&self.store.keys, self.store.random.as_ref());
        let sealed = keys.seal(&reason_context(held), reason.as_bytes(), random);
        let before = instead_of.map_or(0, millis);
        Ok(execute!(self, BYPASS, held, millis(now), by, codes(covers), sealed, before)? == 1)
    }

    /// Says that all of it must be there, again. Answers false where that was said before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn require_again(&mut self, held: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, REQUIRE, held)? == 1)
    }
}

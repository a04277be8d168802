//! What happened to somebody's passport, for them and for the trust.

use crate::db::{execute, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::CredentialKind;
use uuid::Uuid;

/// What something was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About<'a> {
    /// The passport itself.
    Passport,
    /// A credential in our record.
    Credential(Uuid),
    /// A credential that is in no record of ours: its kind, and its variant or nothing.
    Kind(CredentialKind, &'a str),
    /// A job role, by its name at that time.
    JobRole(&'a str),
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub struct NewPassportEvent<'a> {
    /// New.
    pub id: Uuid,
    /// Whose passport.
    pub account: Uuid,
    /// What, in one word that `wording` has words for: `provided`, `accepted`, `rejected`, …
    pub what: &'a str,
    /// To what.
    pub about: About<'a>,
    /// Which organisation did it, or was concerned.
    pub organisation: Option<Uuid>,
    /// Who did it, where it was not the person.
    pub by: Option<Uuid>,
    /// A word more, such as a reason. Never what a person wrote.
    pub detail: Option<&'a str>,
}

/// Something that happened, with what it was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassportEvent {
    /// Never changes.
    pub id: Uuid,
    /// UTC.
    pub at: Timestamp,
    /// What, in one word.
    pub what: String,
    /// To which credential.
    pub credential: Option<Uuid>,
    /// What kind of credential that is, or one from elsewhere, and of which variant.
    pub kind: Option<(String, String)>,
    /// The name of the job role at that time.
    pub job_role: Option<String>,
    /// The name of the organisation.
    pub organisation: Option<String>,
    /// The name of the member of staff who did it.
    pub by: Option<String>,
    /// A word more.
    pub detail: Option<String>,
}

statements! {
    ADD = "INSERT INTO passport_event (id, account_id, at, what, credential_id, organisation_id, by_account, detail, kind,
            variant, job_role)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    // Newest first; from the event with the id $2 on, which is made from its moment.
    OF_ACCOUNT = "SELECT e.id, e.at, e.what, e.credential_id, COALESCE(c.kind, e.kind) AS kind,
            COALESCE(c.variant, e.variant) AS variant, e.job_role, o.name AS organisation, a.first_name, a.last_name, e.detail
        FROM passport_event e LEFT JOIN credential c ON c.id = e.credential_id
            LEFT JOIN organisation o ON o.id = e.organisation_id LEFT JOIN account a ON a.id = e.by_account
        WHERE e.account_id = $1 AND e.id < $2 ORDER BY e.id DESC LIMIT $3";
    // What another trust did is nothing for this one.
    OF_ACCOUNT_FOR = "SELECT e.id, e.at, e.what, e.credential_id, COALESCE(c.kind, e.kind) AS kind,
            COALESCE(c.variant, e.variant) AS variant, e.job_role, o.name AS organisation, a.first_name, a.last_name, e.detail
        FROM passport_event e LEFT JOIN credential c ON c.id = e.credential_id
            LEFT JOIN organisation o ON o.id = e.organisation_id LEFT JOIN account a ON a.id = e.by_account
        WHERE e.account_id = $1 AND e.organisation_id = $2 AND (c.id IS NULL OR c.organisation_id = $2)
        ORDER BY e.id DESC LIMIT $3";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: i64,
    what: String,
    credential_id: Option<Uuid>,
    kind: Option<String>,
    variant: Option<String>,
    job_role: Option<String>,
    organisation: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    detail: Option<String>,
}

impl TryFrom<Row> for PassportEvent {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            at: moment(row.at)?,
            what: row.what,
            credential: row.credential_id,
            kind: row.kind.zip(row.variant),
            job_role: row.job_role,
            organisation: row.organisation,
            by: row.first_name.zip(row.last_name).map(|(first, last)| format!("{first} {last}")),
            detail: row.detail,
        })
    }
}

impl Store {
    /// What happened to somebody's passport before the event `before`, or, where none is named, up to now; the newest first, at most
    /// `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_events(
        &self,
        account: Uuid,
        before: Option<Uuid>,
        at_most: u32,
    ) -> Result<Vec<PassportEvent>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(before.unwrap_or(Uuid::max()))
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(PassportEvent::try_from).collect()
    }
}

impl Store {
    /// What happened to somebody's passport that concerns an organisation; the newest first, at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_events_of(
        &self,
        account: Uuid,
        organisation: Uuid,
        at_most: u32,
    ) -> Result<Vec<PassportEvent>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT_FOR, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(organisation)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(PassportEvent::try_from).collect()
    }
}

impl Tx {
    /// Notes what happened to somebody's passport.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passport_event(
        &mut self,
        event: NewPassportEvent<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let NewPassportEvent { id, account, what, about, organisation, by, detail } = event;
        let (credential, kind, job_role) = match about {
            About::Passport => (None, None, None),
            About::Credential(credential) => (Some(credential), None, None),
            About::Kind(kind, variant) => (None, Some((kind.as_str(), variant)), None),
            About::JobRole(name) => (None, None, Some(name)),
        };
        let (kind, variant) = kind.unzip();
        let at = millis(now);
        execute!(
            self,
            ADD,
            id,
            account,
            at,
            what,
            credential,
            organisation,
            by,
            detail,
            kind,
            variant,
            job_role
        )
        .map(|_| ())
    }
}

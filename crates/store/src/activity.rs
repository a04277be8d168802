//! What happened around an account lately: for its owner, the service desk and the dashboard.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
pub use rules::activity::ActivityKind;
use uuid::Uuid;

/// One happening, as it is kept.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Never changes.
    pub id: Uuid,
    /// Whose account.
    pub account_id: Uuid,
    /// UTC.
    pub at: Timestamp,
    /// What happened.
    pub kind: ActivityKind,
    /// What it was about: a kind of method, a refusal's code.
    pub detail: Option<String>,
    /// In which session.
    pub session_id: Option<Uuid>,
    /// Browser and system: "Firefox, Windows 10".
    pub browser: Option<String>,
    /// The range of the network: "192.0.2.0/24".
    pub network: Option<String>,
    /// Whether the service desk or an administrator did it.
    pub by_staff: bool,
    /// When its owner said that it was not them, UTC.
    pub reported_at: Option<Timestamp>,
    /// The number of that report.
    pub report_number: Option<String>,
}

/// A happening to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewActivity<'a> {
    /// New.
    pub id: Uuid,
    /// Whose account. The nil id, for a name that nobody has, costs the same and writes nothing.
    pub account_id: Uuid,
    /// What happened.
    pub kind: ActivityKind,
    /// What it was about.
    pub detail: Option<&'a str>,
    /// In which session.
    pub session_id: Option<Uuid>,
    /// Browser and system.
    pub browser: Option<&'a str>,
    /// The range of the network.
    pub network: Option<&'a str>,
    /// Whether the service desk or an administrator did it.
    pub by_staff: bool,
}

statements! {
    ADD = "INSERT INTO activity (id, account_id, organisation_id, at, kind, detail, session_id, browser, network, by_staff)
        SELECT $1, account.id, account.organisation_id, CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT), $6,
            CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS BIGINT)
        FROM account WHERE account.id = $2";
    OF_ACCOUNT = "SELECT id, account_id, at, kind, detail, session_id, browser, network, by_staff, reported_at, report_number
        FROM activity WHERE account_id = $1 AND (at < $2 OR (at = $2 AND id < $3)) ORDER BY at DESC, id DESC LIMIT $4";
    LAST_REPORT = "SELECT MAX(reported_at) FROM activity WHERE account_id = $1";
    SINCE = "SELECT COUNT(*) FROM activity WHERE account_id = $1 AND at >= $2 AND kind IN ($3, $4)";
    ONE = "SELECT id, account_id, at, kind, detail, session_id, browser, network, by_staff, reported_at, report_number
        FROM activity WHERE id = $1 AND account_id = $2";
    REPORT = "UPDATE activity SET reported_at = $3, report_number = $4
        WHERE id = $1 AND account_id = $2 AND reported_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    at: i64,
    kind: String,
    detail: Option<String>,
    session_id: Option<Uuid>,
    browser: Option<String>,
    network: Option<String>,
    by_staff: i64,
    reported_at: Option<i64>,
    report_number: Option<String>,
}

impl TryFrom<Row> for Activity {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            at: moment(row.at)?,
            kind: ActivityKind::parse(&row.kind)
                .map_err(|_| StoreError::Corrupt("an activity of an unknown kind"))?,
            detail: row.detail,
            session_id: row.session_id,
            browser: row.browser,
            network: row.network,
            by_staff: row.by_staff != 0,
            reported_at: maybe_moment(row.reported_at)?,
            report_number: row.report_number,
        })
    }
}

impl Tx {
    /// Writes down what happened.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_activity(&mut self, new: NewActivity<'_>, now: Timestamp) -> Result<(), StoreError> {
        execute!(
            self,
            ADD,
            new.id,
            new.account_id,
            millis(now),
            new.kind.as_str(),
            new.detail,
            new.session_id,
            new.browser,
            new.network,
            i64::from(new.by_staff)
        )
        .map(|_| ())
    }

    /// Notes that the owner says it was not them. Answers false where they have said so already, or it is somebody else's.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn report_activity(
        &mut self,
        id: Uuid,
        account: Uuid,
        number: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, REPORT, id, account, millis(now), number)? == 1)
    }
}

impl Store {
    /// What happened around an account before `before` (a moment, and an id among what happened in it), the newest first, at
    /// most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn activity_of(
        &self,
        account: Uuid,
        before: (Timestamp, Uuid),
        at_most: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(millis(before.0))
            .bind(before.1)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(Activity::try_from).collect()
    }

    /// One happening around an account.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn activity(&self, id: Uuid, account: Uuid) -> Result<Option<Activity>, StoreError> {
        let row: Option<Row> =
            reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).bind(account).fetch_optional(c))?;
        row.map(Activity::try_from).transpose()
    }

    /// When the owner of an account last reported something that was not them, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn last_report(&self, account: Uuid) -> Result<Option<Timestamp>, StoreError> {
        let row: (Option<i64>,) =
            reading!(self, LAST_REPORT, sqlx::query_as, |q, c| q.bind(account).fetch_one(c))?;
        maybe_moment(row.0)
    }

    /// How many wrong passwords and codes were typed for an account since `since`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn wrong_tries_since(&self, account: Uuid, since: Timestamp) -> Result<u32, StoreError> {
        let row: (i64,) = reading!(self, SINCE, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(millis(since))
            .bind(ActivityKind::PasswordWrong.as_str())
            .bind(ActivityKind::FactorWrong.as_str())
            .fetch_one(c))?;
        Ok(u32::try_from(row.0).unwrap_or(u32::MAX))
    }
}

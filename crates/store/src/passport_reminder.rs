//! The weekly reminders of credentials to review: how far a Monday's round through the people has come.

use crate::db::{execute, in_tx, reading};
use crate::method::MethodSecret;
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// Somebody who has credentials to review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToRemind {
    /// The account.
    pub account: Uuid,
    /// The employer.
    pub organisation: Uuid,
    /// The address of record.
    pub email: String,
    /// How many credentials.
    pub count: u32,
    /// Whether e-mails are switched off.
    pub no_email: bool,
    /// Whether text messages are switched off.
    pub no_text: bool,
}

/// A mobile number among somebody's methods.
#[derive(Debug, Clone)]
pub struct NumberToRemind {
    /// Whose.
    pub account: Uuid,
    /// The method.
    pub method: Uuid,
    /// The number, in E.164.
    pub number: MethodSecret,
    /// Whether its owner prefers to sign in by it.
    pub preferred: bool,
}

/// How far a day's round has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReminderRound {
    /// The account up to which reminders are in the outbox; nil at first.
    pub done_to: Uuid,
    /// Whether it is over.
    pub finished: bool,
}

statements! {
    BEGIN = "INSERT INTO passport_reminder_day (day, begun_at, done_to) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING";
    ROUND = "SELECT done_to, finished_at FROM passport_reminder_day WHERE day = $1";
    // Whoever comes second waits here until the first has written its messages, and then finds that it was overtaken.
    MOVE_ON = "UPDATE passport_reminder_day SET done_to = $3, finished_at = $4
        WHERE day = $1 AND done_to = $2 AND finished_at IS NULL";
    // A stretch is counted along the index and ends at its limit: grouped by what stands in another table, each would be counted to
    // the end of all people.
    PEOPLE = "SELECT account.id, account.organisation_id, account.email, found.count,
            (SELECT COUNT(*) FROM passport_opt_out WHERE account_id = account.id AND channel = 'email') AS no_email,
            (SELECT COUNT(*) FROM passport_opt_out WHERE account_id = account.id AND channel = 'text') AS no_text
        FROM (SELECT account_id, COUNT(*) AS count FROM credential
            WHERE account_id > $1 AND kind <> 'access-key' AND accepted_at IS NULL AND rejected_at IS NULL
                AND withdrawn_at IS NULL AND archived_at IS NULL AND (valid_until IS NULL OR valid_until >= $2)
                AND EXISTS (SELECT 1 FROM account WHERE id = credential.account_id AND disabled_at IS NULL)
            GROUP BY account_id ORDER BY account_id LIMIT $3) found
        JOIN account ON account.id = found.account_id ORDER BY account.id";
    NUMBERS = "SELECT m.account_id, m.id, m.secret, a.default_method_id
        FROM sign_in_method m JOIN account a ON a.id = m.account_id
        WHERE m.account_id > $1 AND m.account_id <= $2 AND m.kind = 'text' ORDER BY m.account_id, m.added_at, m.id";
    ERASE = "DELETE FROM passport_reminder_day WHERE day < $1";
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    organisation_id: Uuid,
    email: String,
    count: i64,
    no_email: i64,
    no_text: i64,
}

impl Store {
    /// How far the round of a local day has come; none where it has not begun.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn reminder_round(&self, day: Date) -> Result<Option<ReminderRound>, StoreError> {
        let row: Option<(Uuid, Option<i64>)> =
            reading!(self, ROUND, sqlx::query_as, |q, c| q.bind(day.to_string()).fetch_optional(c))?;
        Ok(row.map(|(done_to, finished)| ReminderRound { done_to, finished: finished.is_some() }))
    }

    /// The people after the account `after`, in the order of their ids, who have something to review on a local day and whose account
    /// can be used; at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_to_remind(
        &self,
        after: Uuid,
        day: Date,
        at_most: u32,
    ) -> Result<Vec<ToRemind>, StoreError> {
        let rows: Vec<Row> = reading!(self, PEOPLE, sqlx::query_as, |q, c| q
            .bind(after)
            .bind(day.to_string())
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        Ok(rows.into_iter().map(to_remind).collect())
    }

    /// The mobile numbers among the methods of the accounts after `after` up to `to`, the oldest of each account first.
    ///
    /// # Errors
    /// Where the database cannot be read or a number not be opened.
    pub async fn numbers_to_remind(&self, after: Uuid, to: Uuid) -> Result<Vec<NumberToRemind>, StoreError> {
        let rows: Vec<(Uuid, Uuid, Vec<u8>, Option<Uuid>)> =
            reading!(self, NUMBERS, sqlx::query_as, |q, c| q.bind(after).bind(to).fetch_all(c))?;
        rows.into_iter()
            .map(|(account, method, sealed, default)| {
                let number = self.open_secret(&crate::method::method_context(method), &sealed)?;
                Ok(NumberToRemind { account, method, number, preferred: default == Some(method) })
            })
            .collect()
    }
}

pub(crate) fn to_remind(row: Row) -> ToRemind {
    ToRemind {
        account: row.id,
        organisation: row.organisation_id,
        email: row.email,
        count: u32::try_from(row.count).unwrap_or(u32::MAX),
        no_email: row.no_email > 0,
        no_text: row.no_text > 0,
    }
}

impl Tx {
    /// Begins the round of a local day. Answers false where it has begun.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn begin_reminders(&mut self, day: Date, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, BEGIN, day.to_string(), millis(now), Uuid::nil())? == 1)
    }

    /// Moves the round of a day on from the account `from` to the account `to`: the reminders of the people between are this
    /// transaction's to write. `finished` tells that nobody is left. Answers false where another node was faster: then drop the
    /// transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn move_reminders(
        &mut self,
        day: Date,
        from: Uuid,
        to: Uuid,
        finished: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, MOVE_ON, day.to_string(), from, to, finished.map(millis))? == 1)
    }

    /// As [`Store::people_to_remind`], as this transaction sees it: somebody may have reviewed the last one a moment ago.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_to_remind(
        &mut self,
        after: Uuid,
        day: Date,
        at_most: u32,
    ) -> Result<Vec<ToRemind>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, PEOPLE, sqlx::query_as, |q, c| q
            .bind(after)
            .bind(day.to_string())
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        Ok(rows.into_iter().map(to_remind).collect())
    }

    /// Erases the rounds of days before `day`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_reminder_rounds(&mut self, day: Date) -> Result<(), StoreError> {
        execute!(self, ERASE, day.to_string()).map(|_| ())
    }
}

//! Reminders of credentials to review that a trust asks for: of one person, and of all, a stretch of people at a time.

use crate::db::{execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::passport_reminder::{Row, ToRemind, to_remind};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// That a trust has all of its people reminded on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemindersAsked {
    /// Who asked for it: first and last name.
    pub by: String,
    /// UTC.
    pub at: Timestamp,
    /// Whether all reminders are in the outbox.
    pub finished: bool,
}

/// A round that was asked for and has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenReminders {
    /// Never changes.
    pub id: Uuid,
    /// Whose people.
    pub organisation: Uuid,
    /// The account up to which reminders are in the outbox; nil at first.
    pub done_to: Uuid,
}

statements! {
    // Along the index, and no further than to the limit.
    TO_REVIEW = "SELECT COUNT(*) FROM (SELECT DISTINCT account_id FROM credential
        WHERE organisation_id = $1 AND kind <> 'access-key' AND accepted_at IS NULL AND rejected_at IS NULL
            AND withdrawn_at IS NULL AND archived_at IS NULL AND (valid_until IS NULL OR valid_until >= $2)
        ORDER BY account_id LIMIT $3) AS waiting";
    // As the weekly reminders are counted, of one organisation.
    PEOPLE = "SELECT account.id, account.organisation_id, account.email, found.count,
            (SELECT COUNT(*) FROM passport_opt_out WHERE account_id = account.id AND channel = 'email') AS no_email,
            (SELECT COUNT(*) FROM passport_opt_out WHERE account_id = account.id AND channel = 'text') AS no_text
        FROM (SELECT account_id, COUNT(*) AS count FROM credential
            WHERE organisation_id = $4 AND account_id > $1 AND kind <> 'access-key' AND accepted_at IS NULL
                AND rejected_at IS NULL AND withdrawn_at IS NULL AND archived_at IS NULL
                AND (valid_until IS NULL OR valid_until >= $2)
                AND EXISTS (SELECT 1 FROM account WHERE id = credential.account_id AND disabled_at IS NULL)
            GROUP BY account_id ORDER BY account_id LIMIT $3) found
        JOIN account ON account.id = found.account_id ORDER BY account.id";
    PERSON = "SELECT account.id, account.organisation_id, account.email,
            (SELECT COUNT(*) FROM credential WHERE account_id = account.id AND organisation_id = $2 AND kind <> 'access-key'
                AND accepted_at IS NULL AND rejected_at IS NULL AND withdrawn_at IS NULL AND archived_at IS NULL
                AND (valid_until IS NULL OR valid_until >= $3)) AS count,
            (SELECT COUNT(*) FROM passport_opt_out WHERE account_id = account.id AND channel = 'email') AS no_email,
            (SELECT COUNT(*) FROM passport_opt_out WHERE account_id = account.id AND channel = 'text') AS no_text
        FROM account WHERE account.id = $1 AND account.disabled_at IS NULL";
    ASK = "INSERT INTO passport_reminder_asked (id, organisation_id, day, asked_by, asked_at, done_to)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation_id, day) DO NOTHING";
    ASKED = "SELECT a.first_name, a.last_name, r.asked_at, r.finished_at IS NOT NULL
        FROM passport_reminder_asked r LEFT JOIN account a ON a.id = r.asked_by WHERE r.organisation_id = $1 AND r.day = $2";
    OPEN = "SELECT id, organisation_id, done_to FROM passport_reminder_asked WHERE day = $1 AND finished_at IS NULL
        ORDER BY id LIMIT 1";
    // Whoever comes second waits here until the first has written its messages, and then finds that it was overtaken.
    MOVE_ON = "UPDATE passport_reminder_asked SET done_to = $3, finished_at = $4
        WHERE id = $1 AND done_to = $2 AND finished_at IS NULL";
    ERASE = "DELETE FROM passport_reminder_asked WHERE day < $1";
}

type AskedRow = (Option<String>, Option<String>, i64, bool);

impl Store {
    /// How many people have something to review on a local day that an organisation provided; counted up to `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_to_review(
        &self,
        organisation: Uuid,
        day: Date,
        at_most: u32,
    ) -> Result<u64, StoreError> {
        let (count,): (i64,) = reading!(self, TO_REVIEW, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(day.to_string())
            .bind(i64::from(at_most))
            .fetch_one(c))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// That an organisation has all of its people reminded on a local day; none where nobody asked for it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn reminders_asked(
        &self,
        organisation: Uuid,
        day: Date,
    ) -> Result<Option<RemindersAsked>, StoreError> {
        let row: Option<AskedRow> = reading!(self, ASKED, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(day.to_string())
            .fetch_optional(c))?;
        let Some((first, last, at, finished)) = row else { return Ok(None) };
        let by = [first, last].map(Option::unwrap_or_default).join(" ");
        Ok(Some(RemindersAsked { by, at: moment(at)?, finished }))
    }

    /// A round of a local day that has not ended, if any.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn open_reminders(&self, day: Date) -> Result<Option<OpenReminders>, StoreError> {
        let row: Option<(Uuid, Uuid, Uuid)> =
            reading!(self, OPEN, sqlx::query_as, |q, c| q.bind(day.to_string()).fetch_optional(c))?;
        Ok(row.map(|(id, organisation, done_to)| OpenReminders { id, organisation, done_to }))
    }

    /// The people after the account `after` who have something to review that an organisation provided; at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_to_remind_of(
        &self,
        organisation: Uuid,
        after: Uuid,
        day: Date,
        at_most: u32,
    ) -> Result<Vec<ToRemind>, StoreError> {
        let rows: Vec<Row> = reading!(self, PEOPLE, sqlx::query_as, |q, c| q
            .bind(after)
            .bind(day.to_string())
            .bind(i64::from(at_most))
            .bind(organisation)
            .fetch_all(c))?;
        Ok(rows.into_iter().map(to_remind).collect())
    }
}

impl Tx {
    /// As [`Store::people_to_remind_of`], as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_to_remind_of(
        &mut self,
        organisation: Uuid,
        after: Uuid,
        day: Date,
        at_most: u32,
    ) -> Result<Vec<ToRemind>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, PEOPLE, sqlx::query_as, |q, c| q
            .bind(after)
            .bind(day.to_string())
            .bind(i64::from(at_most))
            .bind(organisation)
            .fetch_all(c))?;
        Ok(rows.into_iter().map(to_remind).collect())
    }

    /// What somebody has to review that an organisation provided; none where it is nothing, or their account cannot be used.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn person_to_remind(
        &mut self,
        organisation: Uuid,
        account: Uuid,
        day: Date,
    ) -> Result<Option<ToRemind>, StoreError> {
        let row: Option<Row> = in_tx!(self, PERSON, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(organisation)
            .bind(day.to_string())
            .fetch_optional(c))?;
        Ok(row.map(to_remind).filter(|person| person.count > 0))
    }

    /// Has all people of an organisation reminded. Answers false where that was asked for on this day before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn ask_reminders(
        &mut self,
        id: Uuid,
        organisation: Uuid,
        day: Date,
        by: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ASK, id, organisation, day.to_string(), by, millis(now), Uuid::nil())? == 1)
    }

    /// Moves a round on: as [`Tx::move_reminders`].
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn move_asked_reminders(
        &mut self,
        id: Uuid,
        from: Uuid,
        to: Uuid,
        finished: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, MOVE_ON, id, from, to, finished.map(millis))? == 1)
    }

    /// Erases the rounds of days before `day`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_asked_reminders(&mut self, day: Date) -> Result<(), StoreError> {
        execute!(self, ERASE, day.to_string()).map(|_| ())
    }
}

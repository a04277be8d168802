//! What a person is asked on another device: to approve in the authenticator, or to press # in a call.

use crate::code::CodeFor;
use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
pub use rules::asked::{Answer, How, Status, WhatFor};
use uuid::Uuid;

/// A question, and what became of it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Never changes.
    pub id: Uuid,
    /// The id of the sign-in, the reset or the set-up that it belongs to.
    pub subject: Uuid,
    /// Who is asked; nobody where the user name is nobody's.
    pub account_id: Option<Uuid>,
    /// By which method; none while that is being set up.
    pub method_id: Option<Uuid>,
    /// Where.
    pub how: How,
    /// What for.
    pub what_for: WhatFor,
    /// The two digits that the page shows; none in a call.
    pub number: Option<String>,
    /// The name of the organisation; empty where it may not be told.
    pub organisation: String,
    /// The browser that asks: "Firefox, Windows 10".
    pub browser: Option<String>,
    /// The range of the network that it is in: "192.0.2.0/24".
    pub network: Option<String>,
    /// Keyed hash of whose refusals and unanswered questions it counts among; none in a call.
    pub counted: Option<Vec<u8>>,
    /// What the app signs; none in a call.
    pub challenge: Option<Vec<u8>>,
    /// UTC.
    pub asked_at: Timestamp,
    /// UTC.
    pub expires_at: Timestamp,
    /// How far it came: "fetched"; "ringing" or "answered".
    pub progress: Option<String>,
    /// What came back.
    pub answer: Option<Answer>,
    /// When it became a proof, UTC.
    pub used_at: Option<Timestamp>,
}

impl Asked {
    /// Where it stands at `now`.
    pub fn status(&self, now: Timestamp) -> Status {
        Status::at(self.answer, self.used_at.is_some(), self.expires_at, now)
    }
}

/// A question that is asked.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of Asked")]
pub struct NewAsked<'a> {
    pub id: Uuid,
    pub code_for: CodeFor,
    pub account_id: Option<Uuid>,
    pub method_id: Option<Uuid>,
    pub how: How,
    pub what_for: WhatFor,
    pub number: Option<&'a str>,
    pub organisation: &'a str,
    pub browser: Option<&'a str>,
    pub network: Option<&'a str>,
    pub counted: Option<&'a [u8]>,
    pub challenge: Option<&'a [u8]>,
    pub expires_at: Timestamp,
}

/// Proof that somebody said yes on the other device, in time, to this very question, and that it was not used before. Only
/// [`Tx::use_answer`] makes one.
#[derive(Debug)]
pub struct AskedProof {
    subject: Uuid,
    how: How,
    method_id: Option<Uuid>,
    answered_by: Option<Uuid>,
}

impl AskedProof {
    /// Where it was asked.
    pub fn how(&self) -> How {
        self.how
    }

    /// What the question belonged to.
    pub fn subject(&self) -> Uuid {
        self.subject
    }

    /// The method by which it was asked.
    pub fn method_id(&self) -> Option<Uuid> {
        self.method_id
    }

    /// The device that answered; none in a call.
    pub fn answered_by(&self) -> Option<Uuid> {
        self.answered_by
    }
}

/// What the authenticator sends back.
#[derive(Debug, Clone, Copy)]
pub struct AppAnswer<'a> {
    /// Which device.
    pub device: Uuid,
    /// What it signed.
    pub challenge: &'a [u8],
    /// *Yes*, with this number; none is *No, it's not me*.
    pub number: Option<&'a str>,
}

statements! {
    // One open question per account and way: a new one ends the old.
    END_OPEN = "UPDATE asked SET expires_at = $3
        WHERE account_id = $1 AND how = $2 AND answered_at IS NULL AND expires_at > $3";
    END_SUBJECT = "UPDATE asked SET expires_at = $3, used_at = $3
        WHERE purpose = $1 AND subject = $2 AND used_at IS NULL";
    ADD = "INSERT INTO asked (id, purpose, subject, account_id, method_id, how, what_for, number, organisation, browser,
            network, counted, challenge, asked_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    ONE = "SELECT id, subject, account_id, method_id, how, what_for, number, organisation, browser, network, counted, challenge,
            asked_at, expires_at, progress, answer, used_at FROM asked WHERE id = $1";
    // Of two in one moment the one that still waits is the later.
    LAST = "SELECT id, subject, account_id, method_id, how, what_for, number, organisation, browser, network, counted, challenge,
            asked_at, expires_at, progress, answer, used_at
        FROM asked WHERE purpose = $1 AND subject = $2 ORDER BY asked_at DESC, answered_at IS NULL DESC, id DESC LIMIT 1";
    SINCE = "SELECT id, account_id, asked_at FROM asked
        WHERE asked_at >= $1 AND how = 'app' AND account_id IS NOT NULL AND answered_at IS NULL";
    PUSH_DUE = "SELECT id FROM asked WHERE pushed_at IS NULL AND how = 'app' AND account_id IS NOT NULL AND answered_at IS NULL
        AND expires_at > $1 LIMIT 1";
    // Each question is pushed once, by whichever node comes first.
    // All live equally long, so that the first to run out is the first that was asked.
    CLAIM_PUSHES = "UPDATE asked SET pushed_at = $1 WHERE id IN (SELECT id FROM asked WHERE pushed_at IS NULL
            AND how = 'app' AND account_id IS NOT NULL AND answered_at IS NULL AND expires_at > $1
            ORDER BY expires_at LIMIT $2", skip locked, ")
        RETURNING id, subject, account_id, method_id, how, what_for, number, organisation, browser, network, counted,
            challenge, asked_at, expires_at, progress, answer, used_at";
    PROGRESS = "UPDATE asked SET progress = $2 WHERE id = $1 AND answered_at IS NULL AND expires_at > $3";
    ANSWER = "UPDATE asked SET answered_at = $3, answer = $2 WHERE id = $1 AND answered_at IS NULL AND expires_at > $3";
    // Device, challenge, number, time and that it is the first answer are one condition of one statement: however many answer
    // at once, one counts, and no setting and no other device can leave the number out.
    ANSWER_IN_APP = "UPDATE asked SET answered_at = $4, answered_by = $2, answer = CASE
            WHEN CAST($5 AS TEXT) IS NULL THEN 'refused' WHEN number = $5 THEN 'approved' ELSE 'wrong-number' END
        WHERE id = $1 AND how = 'app' AND challenge = $3 AND answered_at IS NULL AND expires_at > $4
            AND EXISTS (SELECT 1 FROM authenticator_device WHERE authenticator_device.id = $2
                AND authenticator_device.account_id = asked.account_id
                AND (authenticator_device.method_id = asked.method_id
                    OR (asked.method_id IS NULL AND authenticator_device.setup_id = asked.subject)))
        RETURNING answer";
    // A yes becomes a proof once, in time, for what it was asked.
    USE = "UPDATE asked SET used_at = $3 WHERE id = (SELECT id FROM asked WHERE purpose = $1 AND subject = $2
            ORDER BY asked_at DESC, answered_at IS NULL DESC, id DESC LIMIT 1)
            AND answer IN ('approved', 'pressed') AND used_at IS NULL AND expires_at > $4
        RETURNING how, method_id, answered_by";
    ERASE = "DELETE FROM asked WHERE asked_at <= $1";
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    subject: Uuid,
    account_id: Option<Uuid>,
    method_id: Option<Uuid>,
    how: String,
    what_for: String,
    number: Option<String>,
    organisation: String,
    browser: Option<String>,
    network: Option<String>,
    counted: Option<Vec<u8>>,
    challenge: Option<Vec<u8>>,
    asked_at: i64,
    expires_at: i64,
    progress: Option<String>,
    answer: Option<String>,
    used_at: Option<i64>,
}

fn answer(name: &str) -> Result<Answer, StoreError> {
    Answer::parse(name).map_err(|_| StoreError::Corrupt("an unknown answer"))
}

impl TryFrom<Row> for Asked {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            subject: row.subject,
            account_id: row.account_id,
            method_id: row.method_id,
            how: How::parse(&row.how).map_err(|_| StoreError::Corrupt("asked in an unknown way"))?,
            what_for: WhatFor::parse(&row.what_for)
                .map_err(|_| StoreError::Corrupt("asked for something unknown"))?,
            number: row.number,
            organisation: row.organisation,
            browser: row.browser,
            network: row.network,
            counted: row.counted,
            challenge: row.challenge,
            asked_at: moment(row.asked_at)?,
            expires_at: moment(row.expires_at)?,
            progress: row.progress,
            answer: row.answer.as_deref().map(answer).transpose()?,
            used_at: maybe_moment(row.used_at)?,
        })
    }
}

impl Store {
    /// One question.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn asked(&self, id: Uuid) -> Result<Option<Asked>, StoreError> {
        let row: Option<Row> = reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Asked::try_from).transpose()
    }

    /// Open questions in authenticators that were asked at or after `since`: the id, whose, and when, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn asked_since(&self, since: Timestamp) -> Result<Vec<(Uuid, Uuid, Timestamp)>, StoreError> {
        let rows: Vec<(Uuid, Uuid, i64)> =
            reading!(self, SINCE, sqlx::query_as, |q, c| q.bind(millis(since)).fetch_all(c))?;
        rows.into_iter().map(|(id, account, at)| Ok((id, account, moment(at)?))).collect()
    }

    /// The last question that was asked for this.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn last_asked(&self, code_for: CodeFor) -> Result<Option<Asked>, StoreError> {
        let row: Option<Row> = reading!(self, LAST, sqlx::query_as, |q, c| q
            .bind(code_for.purpose())
            .bind(code_for.subject())
            .fetch_optional(c))?;
        row.map(Asked::try_from).transpose()
    }

    /// Whether there is an open question of which no push was sent.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn has_due_push(&self, now: Timestamp) -> Result<bool, StoreError> {
        let due: Option<(Uuid,)> =
            reading!(self, PUSH_DUE, sqlx::query_as, |q, c| q.bind(millis(now)).fetch_optional(c))?;
        Ok(due.is_some())
    }
}

impl Tx {
    /// One question.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn asked(&mut self, id: Uuid) -> Result<Option<Asked>, StoreError> {
        let row: Option<Row> = in_tx!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Asked::try_from).transpose()
    }

    /// The last question that was asked for this.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn last_asked(&mut self, code_for: CodeFor) -> Result<Option<Asked>, StoreError> {
        let row: Option<Row> = in_tx!(self, LAST, sqlx::query_as, |q, c| q
            .bind(code_for.purpose())
            .bind(code_for.subject())
            .fetch_optional(c))?;
        row.map(Asked::try_from).transpose()
    }

    /// Asks; what the account is still asked in the same way ends.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn ask(&mut self, new: NewAsked<'_>, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, END_OPEN, new.account_id.unwrap_or(Uuid::nil()), new.how.as_str(), millis(now))?;
        execute!(
            self,
            ADD,
            new.id,
            new.code_for.purpose(),
            new.code_for.subject(),
            new.account_id,
            new.method_id,
            new.how.as_str(),
            new.what_for.as_str(),
            new.number,
            new.organisation,
            new.browser,
            new.network,
            new.counted,
            new.challenge,
            millis(now),
            millis(new.expires_at)
        )
        .map(|_| ())
    }

    /// Ends all that was asked for this: no answer to it proves anything any more, not even one that came.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_asked(&mut self, code_for: CodeFor, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, END_SUBJECT, code_for.purpose(), code_for.subject(), millis(now)).map(|_| ())
    }

    /// Claims up to `limit` open questions of which no push was sent.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn claim_pushes(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Asked>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, CLAIM_PUSHES, sqlx::query_as, |q, c| q
            .bind(millis(now))
            .bind(i64::from(limit))
            .fetch_all(c))?;
        rows.into_iter().map(Asked::try_from).collect()
    }

    /// Notes how far a question that is still open came. Answers whether it is.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn asked_progress(
        &mut self,
        id: Uuid,
        progress: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, PROGRESS, id, progress, millis(now))? == 1)
    }

    /// Enters the answer of a call. Answers whether it is the first one, and came in time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn answer_asked(
        &mut self,
        id: Uuid,
        answer: Answer,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ANSWER, id, answer.as_str(), millis(now))? == 1)
    }

    /// Enters the answer of an authenticator. Answers what it comes to; none where the question is not that device's, was
    /// answered before, or is too old.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn answer_in_app(
        &mut self,
        id: Uuid,
        given: AppAnswer<'_>,
        now: Timestamp,
    ) -> Result<Option<Answer>, StoreError> {
        let row: Option<(String,)> = in_tx!(self, ANSWER_IN_APP, sqlx::query_as, |q, c| q
            .bind(id)
            .bind(given.device)
            .bind(given.challenge)
            .bind(millis(now))
            .bind(given.number)
            .fetch_optional(c))?;
        row.map(|(name,)| answer(&name)).transpose()
    }

    /// Turns a yes to the last question that was asked for this into a proof; none where there is no yes that counts.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_answer(
        &mut self,
        code_for: CodeFor,
        now: Timestamp,
    ) -> Result<Option<AskedProof>, StoreError> {
        let since = now.checked_sub(rules::asked::GRACE).unwrap_or(Timestamp::MIN);
        let row: Option<(String, Option<Uuid>, Option<Uuid>)> = in_tx!(self, USE, sqlx::query_as, |q, c| q
            .bind(code_for.purpose())
            .bind(code_for.subject())
            .bind(millis(now))
            .bind(millis(since))
            .fetch_optional(c))?;
        row.map(|(how, method_id, answered_by)| {
            let how = How::parse(&how).map_err(|_| StoreError::Corrupt("asked in an unknown way"))?;
            Ok(AskedProof { subject: code_for.subject(), how, method_id, answered_by })
        })
        .transpose()
    }

    /// Erases what was asked at or before `asked`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_asked(&mut self, asked: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(asked)).map(|_| ())
    }
}

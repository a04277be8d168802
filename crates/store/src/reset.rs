//! Resets under way: a forgotten password, or a locked account.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
pub use rules::reset::{Gate, Purpose};
use uuid::Uuid;

/// A reset under way. One of an unknown user name is like the others, but for its account.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is; none where nobody has the user name.
    pub account_id: Option<Uuid>,
    /// Keyed hash of whose it is.
    pub who: Vec<u8>,
    /// What is wanted.
    pub purpose: Purpose,
    /// UTC.
    pub started_at: Timestamp,
    /// What is being proved: a method, or what looks like one.
    pub method_id: Option<Uuid>,
    /// Wrong proofs since the last right one.
    pub tries: u32,
    /// The first proof.
    pub first: Option<Proved>,
    /// The second.
    pub second: Option<Proved>,
    /// When it was ended by wrong proofs or by another reset, UTC.
    pub failed_at: Option<Timestamp>,
    /// When it led to its end, UTC.
    pub finished_at: Option<Timestamp>,
}

/// A gate that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proved {
    /// UTC.
    pub at: Timestamp,
    /// By what.
    pub by: Gate,
    /// With which method, where it was one.
    pub method_id: Option<Uuid>,
}

/// A reset that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewReset<'a> {
    /// New.
    pub id: Uuid,
    /// Keyed hash of its cookie.
    pub token: &'a [u8],
    /// Whose it is; none where nobody has the user name.
    pub account_id: Option<Uuid>,
    /// Keyed hash of whose it is.
    pub who: &'a [u8],
    /// What is wanted.
    pub purpose: Purpose,
    /// Keyed hash of the range of the network.
    pub network: &'a [u8],
    /// Whether it begins with a start code of the service desk, which is its first proof.
    pub by_start_code: bool,
}

statements! {
    ADD = "INSERT INTO reset (id, token, account_id, who, purpose, network, started_at, tries, first_at, first_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)";
    BY_TOKEN = "SELECT id, account_id, who, purpose, started_at, method_id, tries, first_at, first_by, first_method_id,
            second_at, second_by, failed_at, finished_at
        FROM reset WHERE token = $1";
    CHOOSE = "UPDATE reset SET method_id = $2 WHERE id = $1 AND failed_at IS NULL AND finished_at IS NULL";
    // Counted before it is checked: however many try at once, so many may. The cookie is part of it, so that a try that was
    // overtaken by a right one neither counts nor ends what goes on.
    TRY = "UPDATE reset SET tries = tries + 1
        WHERE id = $1 AND token = $3 AND tries < $2 AND failed_at IS NULL AND finished_at IS NULL RETURNING tries";
    FIRST = "UPDATE reset SET first_at = $2, first_by = $3, first_method_id = $4, token = $5, method_id = NULL, tries = 0
        WHERE id = $1 AND first_at IS NULL AND failed_at IS NULL AND finished_at IS NULL";
    SECOND = "UPDATE reset SET second_at = $2, second_by = $3, token = $4, method_id = NULL, tries = 0
        WHERE id = $1 AND first_at IS NOT NULL AND second_at IS NULL AND failed_at IS NULL AND finished_at IS NULL";
    FAIL = "UPDATE reset SET failed_at = $2 WHERE id = $1 AND token = $3 AND failed_at IS NULL AND finished_at IS NULL";
    FINISH = "UPDATE reset SET finished_at = $2, token = $3
        WHERE id = $1 AND first_at IS NOT NULL AND (second_at IS NOT NULL OR CAST($4 AS BIGINT) = 1)
            AND failed_at IS NULL AND finished_at IS NULL";
    END_OTHERS = "UPDATE reset SET failed_at = $3
        WHERE account_id = $1 AND id <> $2 AND failed_at IS NULL AND finished_at IS NULL";
    END_SIGN_INS = "UPDATE sign_in SET finished_at = $2 WHERE account_id = $1 AND finished_at IS NULL";
    PUT_START_CODE = "INSERT INTO start_code (account_id, hash, made_at, made_by, expires_at, used_at)
        VALUES ($1, $2, $3, $4, $5, NULL)
        ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, made_at = excluded.made_at,
            made_by = excluded.made_by, expires_at = excluded.expires_at, used_at = NULL";
    USE_START_CODE = "UPDATE start_code SET used_at = $3
        WHERE account_id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3";
    DROP_START_CODE = "DELETE FROM start_code WHERE account_id = $1";
    ADD_DECOY = "INSERT INTO outbox (id, key, channel, subject, payload, written_at, next_try_at, give_up_at, tries,
            claimed_until, sent_at)
        VALUES ($1, $2, $3, $4, NULL, $5, $5, $5, 0, 0, $5)";
    ERASE_CODES = "DELETE FROM code_set WHERE subject IN (SELECT id FROM reset WHERE started_at <= $1)";
    ERASE = "DELETE FROM reset WHERE started_at <= $1";
    ERASE_START_CODES = "DELETE FROM start_code WHERE expires_at <= $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Option<Uuid>,
    who: Vec<u8>,
    purpose: String,
    started_at: i64,
    method_id: Option<Uuid>,
    tries: i64,
    first_at: Option<i64>,
    first_by: Option<String>,
    first_method_id: Option<Uuid>,
    second_at: Option<i64>,
    second_by: Option<String>,
    failed_at: Option<i64>,
    finished_at: Option<i64>,
}

fn proved(at: Option<i64>, by: Option<&str>, method_id: Option<Uuid>) -> Result<Option<Proved>, StoreError> {
    let (Some(at), Some(by)) = (at, by) else { return Ok(None) };
    let by = Gate::parse(by).map_err(|_| StoreError::Corrupt("a reset by an unknown gate"))?;
    Ok(Some(Proved { at: moment(at)?, by, method_id }))
}

impl TryFrom<Row> for Reset {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            who: row.who,
            purpose: Purpose::parse(&row.purpose)
                .map_err(|_| StoreError::Corrupt("a reset of an unknown purpose"))?,
            started_at: moment(row.started_at)?,
            method_id: row.method_id,
            tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
            first: proved(row.first_at, row.first_by.as_deref(), row.first_method_id)?,
            second: proved(row.second_at, row.second_by.as_deref(), None)?,
            failed_at: maybe_moment(row.failed_at)?,
            finished_at: maybe_moment(row.finished_at)?,
        })
    }
}

impl Store {
    /// The reset in the browser with this cookie (its keyed hash).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn reset(&self, token: &[u8]) -> Result<Option<Reset>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_TOKEN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(Reset::try_from).transpose()
    }
}

impl Tx {
    /// Begins a reset.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_reset(&mut self, new: NewReset<'_>, now: Timestamp) -> Result<(), StoreError> {
        let first = new.by_start_code.then(|| (millis(now), Gate::StartCode.as_str()));
        execute!(
            self,
            ADD,
            new.id,
            new.token,
            new.account_id,
            new.who,
            new.purpose.as_str(),
            new.network,
            millis(now),
            first.map(|(at, _)| at),
            first.map(|(_, by)| by)
        )
        .map(|_| ())
    }

    /// Goes on with this method, or with what looks like one. Answers whether the reset is still under way.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn choose_reset_method(&mut self, id: Uuid, method: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, CHOOSE, id, method)? == 1)
    }

    /// Counts a proof before it is checked. Answers how many there were with this one since the last right one; none where
    /// there may be no more, or the reset has ended or another cookie (keyed hash `token`).
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn count_reset_try(
        &mut self,
        id: Uuid,
        token: &[u8],
        at_most: u32,
    ) -> Result<Option<u32>, StoreError> {
        let row: Option<(i64,)> = in_tx!(self, TRY, sqlx::query_as, |q, c| q
            .bind(id)
            .bind(i64::from(at_most))
            .bind(token)
            .fetch_optional(c))?;
        Ok(row.map(|(tries,)| u32::try_from(tries).unwrap_or(u32::MAX)))
    }

    /// The first gate was passed; the reset gets another cookie (keyed hash `token`). Answers false where it was passed
    /// before, or the reset has ended.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn pass_first_gate(
        &mut self,
        id: Uuid,
        proved: Proved,
        token: &[u8],
    ) -> Result<bool, StoreError> {
        let Proved { at, by, method_id } = proved;
        Ok(execute!(self, FIRST, id, millis(at), by.as_str(), method_id, token)? == 1)
    }

    /// The second gate was passed. Answers false where it was passed before, or the reset has ended.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn pass_second_gate(
        &mut self,
        id: Uuid,
        proved: Proved,
        token: &[u8],
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, SECOND, id, millis(proved.at), proved.by.as_str(), token)? == 1)
    }

    /// Ends a reset by wrong proofs. Answers false where it had ended, or has another cookie (keyed hash `token`): a gate
    /// was passed meanwhile.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn fail_reset(&mut self, id: Uuid, token: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, FAIL, id, millis(now), token)? == 1)
    }

    /// Ends a reset by success where `gates` gates were passed: 1 or 2. Answers false where they were not, or it has ended:
    /// one reset sets one password.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn finish_reset(
        &mut self,
        id: Uuid,
        gates: u32,
        token: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH, id, millis(now), token, i64::from(gates))? == 1)
    }

    /// Ends whatever was begun with the old password, or to reset it, but for the reset `kept`: sign-ins under way, other
    /// resets, the start code.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_what_was_begun(
        &mut self,
        account: Uuid,
        kept: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, END_SIGN_INS, account, millis(now))?;
        execute!(self, END_OTHERS, account, kept, millis(now))?;
        execute!(self, DROP_START_CODE, account).map(|_| ())
    }

    /// Gives an account a start code (keyed hash), in the place of one that it had.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn put_start_code(
        &mut self,
        account: Uuid,
        hash: &[u8],
        by: Uuid,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, PUT_START_CODE, account, hash, millis(now), by, millis(expires_at)).map(|_| ())
    }

    /// Uses up an account's start code. Answers whether it has this one, in time and unused: however many try at once, one
    /// does.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_start_code(
        &mut self,
        account: Uuid,
        hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, USE_START_CODE, account, hash, millis(now))? == 1)
    }

    /// Writes the trace of a message that goes nowhere, so that a user name that nobody has costs what others cost: it is
    /// sealed like any other and then left out, and no worker ever finds it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_decoy_message(
        &mut self,
        id: Uuid,
        channel: crate::outbox::Channel,
        subject: Option<Uuid>,
        payload: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let context = crate::outbox::payload_context(id);
        drop(self.store.keys.seal(&context, payload, self.store.random.as_ref()));
        let key = format!("decoy:{id}");
        execute!(self, ADD_DECOY, id, key, channel.as_str(), subject, millis(now)).map(|_| ())
    }

    /// Erases resets begun at or before `started` with their codes, and start codes that ended then.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_resets(&mut self, started: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE_CODES, millis(started))?;
        execute!(self, ERASE, millis(started))?;
        execute!(self, ERASE_START_CODES, millis(started)).map(|_| ())
    }
}

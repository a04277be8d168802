//! How a member of staff made sure who is calling, and the numbers that are being put right.

use crate::db::{execute, in_tx, reading};
use crate::method::MethodSecret;
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// One check of who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerCheck {
    /// Never changes.
    pub id: Uuid,
    /// Who says that they call.
    pub account_id: Uuid,
    /// Who asks.
    pub staff_id: Uuid,
    /// `text`, `email` or `documents`.
    pub how: String,
    /// UTC.
    pub started_at: Timestamp,
    /// When it was proved, UTC.
    pub proved_at: Option<Timestamp>,
}

/// A number that is being put right.
#[derive(Debug, Clone)]
pub struct NumberRepair {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is to be.
    pub account_id: Uuid,
    /// Who puts it right.
    pub staff_id: Uuid,
    /// The number in E.164.
    pub number: MethodSecret,
    /// Why.
    pub reason: String,
    /// UTC.
    pub started_at: Timestamp,
}

statements! {
    ADD = "INSERT INTO caller_check (id, account_id, staff_id, how, started_at, proved_at) VALUES ($1, $2, $3, $4, $5, $6)";
    NEWEST = "SELECT id, account_id, staff_id, how, started_at, proved_at FROM caller_check
        WHERE account_id = $1 AND staff_id = $2 ORDER BY started_at DESC, id DESC LIMIT 1";
    PROVED = "SELECT MAX(proved_at) FROM caller_check WHERE account_id = $1 AND staff_id = $2";
    PROVE = "UPDATE caller_check SET proved_at = $2 WHERE id = $1 AND proved_at IS NULL";
    ADD_REPAIR = "INSERT INTO number_repair (id, account_id, staff_id, number, reason, started_at) VALUES ($1, $2, $3, $4, $5, $6)";
    REPAIR = "SELECT id, account_id, staff_id, number, reason, started_at FROM number_repair
        WHERE account_id = $1 AND staff_id = $2 AND finished_at IS NULL AND number IS NOT NULL
        ORDER BY started_at DESC, id DESC LIMIT 1";
    FINISH_REPAIR = "UPDATE number_repair SET finished_at = $2, number = NULL WHERE id = $1 AND finished_at IS NULL";
    ERASE_CHECKS = "DELETE FROM caller_check WHERE started_at < $1";
    ERASE_REPAIRS = "DELETE FROM number_repair WHERE started_at < $1";
}

type CheckRow = (Uuid, Uuid, Uuid, String, i64, Option<i64>);
type RepairRow = (Uuid, Uuid, Uuid, Vec<u8>, String, i64);

fn check(row: CheckRow) -> Result<CallerCheck, StoreError> {
    let (id, account_id, staff_id, how, started_at, proved_at) = row;
    let (started_at, proved_at) = (moment(started_at)?, maybe_moment(proved_at)?);
    Ok(CallerCheck { id, account_id, staff_id, how, started_at, proved_at })
}

impl Store {
    /// The newest check of who is calling that this member of staff began for this person.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn caller_check(&self, account: Uuid, staff: Uuid) -> Result<Option<CallerCheck>, StoreError> {
        let row: Option<CheckRow> =
            reading!(self, NEWEST, sqlx::query_as, |q, c| q.bind(account).bind(staff).fetch_optional(c))?;
        row.map(check).transpose()
    }

    /// When this member of staff was last sure of this person, UTC. For how long that holds is a rule.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn caller_proved_at(
        &self,
        account: Uuid,
        staff: Uuid,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (proved,): (Option<i64>,) =
            reading!(self, PROVED, sqlx::query_as, |q, c| q.bind(account).bind(staff).fetch_one(c))?;
        maybe_moment(proved)
    }

    /// The number that this member of staff is putting right for this person.
    ///
    /// # Errors
    /// Where the database cannot be read or the number not be opened.
    pub async fn number_repair(
        &self,
        account: Uuid,
        staff: Uuid,
    ) -> Result<Option<NumberRepair>, StoreError> {
        let row: Option<RepairRow> =
            reading!(self, REPAIR, sqlx::query_as, |q, c| q.bind(account).bind(staff).fetch_optional(c))?;
        let Some((id, account_id, staff_id, sealed, reason, started_at)) = row else { return Ok(None) };
        let number = self.open_secret(&number_context(id), &sealed)?;
        let started_at = moment(started_at)?;
        Ok(Some(NumberRepair { id, account_id, staff_id, number, reason, started_at }))
    }
}

impl Tx {
    /// When this member of staff was last sure of this person, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn caller_proved_at(
        &mut self,
        account: Uuid,
        staff: Uuid,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (proved,): (Option<i64>,) =
            in_tx!(self, PROVED, sqlx::query_as, |q, c| q.bind(account).bind(staff).fetch_one(c))?;
        maybe_moment(proved)
    }

    /// Begins a check, or enters one that is proved at once.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_caller_check(&mut self, new: &CallerCheck) -> Result<(), StoreError> {
        let CallerCheck { id, account_id, staff_id, how, started_at, proved_at } = new;
        let proved_at = proved_at.map(millis);
        execute!(self, ADD, *id, *account_id, *staff_id, how, millis(*started_at), proved_at).map(|_| ())
    }

    /// The check is proved. Answers false where it was already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn prove_caller(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, PROVE, id, millis(now))? == 1)
    }

    /// Keeps a number that is to be proved before it is used.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_number_repair(&mut self, new: &NumberRepair) -> Result<(), StoreError> {
        let sealed = self.store.seal_secret(&number_context(new.id), &new.number);
        let at = millis(new.started_at);
        execute!(self, ADD_REPAIR, new.id, new.account_id, new.staff_id, sealed, &new.reason, at).map(|_| ())
    }

    /// The number is proved; it is erased here. Answers false where that was done already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn finish_number_repair(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH_REPAIR, id, millis(now))? == 1)
    }

    /// Erases checks and numbers from before `before`: they serve for minutes, and the audit stays.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_caller_checks(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE_CHECKS, millis(before))?;
        execute!(self, ERASE_REPAIRS, millis(before))?;
        Ok(())
    }
}

pub(crate) fn number_context(repair: Uuid) -> String {
    format!("number_repair.number:{repair}")
}

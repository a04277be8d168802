//! Erasing what must not, or need not, be kept. Any node may do it at any time: nothing here opens or closes a door,
//! for what has run out is refused by its dates.

use crate::db::execute;
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    REGISTRATION_CODES = "DELETE FROM code_set WHERE subject IN
        (SELECT id FROM registration WHERE started_at <= $2 AND organisation_id = $1)";
    REGISTRATIONS = "DELETE FROM registration WHERE started_at <= $2 AND organisation_id = $1";
    SIGN_IN_CODES = "DELETE FROM code_set WHERE subject IN (SELECT id FROM sign_in WHERE started_at <= $1)";
    SIGN_INS = "DELETE FROM sign_in WHERE started_at <= $1";
    SESSIONS = "DELETE FROM session WHERE started_at <= $1";
    LIMIT_EVENTS = "DELETE FROM limit_event WHERE at <= $1";
    LIMIT_GATES = "DELETE FROM limit_gate WHERE changed_at <= $1";
    GUARDS = "DELETE FROM password_guard WHERE changed_at <= $1 AND paused_until <= $1";
    PASSKEY_CEREMONIES = "DELETE FROM passkey_ceremony WHERE made_at <= $1";
    ACTIVITY = "DELETE FROM activity WHERE at <= $1";
    CARD_JOB_STEPS = "DELETE FROM card_job_step WHERE job_id IN (SELECT id FROM card_job WHERE ended_at <= $1)";
    CARD_JOBS = "DELETE FROM card_job WHERE ended_at <= $1";
    MESSAGES = "DELETE FROM outbox WHERE written_at <= $1 AND (sent_at IS NOT NULL OR gave_up_at IS NOT NULL)";
}

impl Tx {
    /// Erases an organisation's registrations begun at or before `started` with their codes. Answers how many.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_registrations(
        &mut self,
        organisation: Uuid,
        started: Timestamp,
    ) -> Result<u64, StoreError> {
        execute!(self, REGISTRATION_CODES, organisation, millis(started))?;
        execute!(self, REGISTRATIONS, organisation, millis(started))
    }

    /// Erases sign-ins under way and sessions begun at or before `started`, with their codes.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_sign_ins(&mut self, started: Timestamp) -> Result<(), StoreError> {
        execute!(self, SIGN_IN_CODES, millis(started))?;
        execute!(self, SIGN_INS, millis(started))?;
        execute!(self, SESSIONS, millis(started)).map(|_| ())
    }

    /// Erases what browsers were asked about passkeys at or before `asked`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_passkey_ceremonies(&mut self, asked: Timestamp) -> Result<(), StoreError> {
        execute!(self, PASSKEY_CEREMONIES, millis(asked)).map(|_| ())
    }

    /// Erases what limits and guards counted up to `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_counts(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, LIMIT_EVENTS, millis(before))?;
        execute!(self, LIMIT_GATES, millis(before))?;
        execute!(self, GUARDS, millis(before)).map(|_| ())
    }

    /// Erases what happened around accounts up to `before`; the audit keeps its own record.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_activity(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ACTIVITY, millis(before)).map(|_| ())
    }

    /// Erases the trace of messages written up to `before` that have been sent or given up.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_messages(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, MESSAGES, millis(before)).map(|_| ())
    }

    /// Erases jobs on cards that ended up to `before`, with their journals; the audit keeps its own record.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_card_jobs(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, CARD_JOB_STEPS, millis(before))?;
        execute!(self, CARD_JOBS, millis(before)).map(|_| ())
    }
}

//! The guard against guessed passwords.

use crate::db::{execute, in_tx};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;

/// What the guard says of one more try at a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordTry {
    /// It is counted and may be made.
    Counted {
        /// How many tries there have been since the last right one, with this one.
        failures: u32,
    },
    /// It is not counted and must not be made.
    Paused {
        /// UTC.
        until: Timestamp,
    },
}

statements! {
    GUARD = "SELECT paused_until FROM password_guard WHERE subject = $1";
    // A try in a pause is not counted.
    COUNTS = "INSERT INTO password_guard (subject, who, failures, paused_until, changed_at)
        VALUES ($1, $3, 1, 0, $2)
        ON CONFLICT (subject) DO UPDATE SET failures = password_guard.failures + 1, changed_at = excluded.changed_at
        WHERE password_guard.paused_until <= $2
        RETURNING failures";
    PAUSES = "UPDATE password_guard SET paused_until = $2 WHERE subject = $1";
    CLEARS = "DELETE FROM password_guard WHERE subject = $1";
    CLEARS_WHO = "DELETE FROM password_guard WHERE who = $1";
}

impl Tx {
    /// Counts a try at a password before it is made. `subject` is a keyed hash of whose password it is and from where,
    /// `who` of whose it is.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn count_password(
        &mut self,
        subject: &[u8],
        who: &[u8],
        now: Timestamp,
    ) -> Result<PasswordTry, StoreError> {
        let row: Option<(i64,)> = in_tx!(self, COUNTS, sqlx::query_as, |q, c| q
            .bind(subject)
            .bind(millis(now))
            .bind(who)
            .fetch_optional(c))?;
        if let Some((failures,)) = row {
            return Ok(PasswordTry::Counted { failures: u32::try_from(failures).unwrap_or(u32::MAX) });
        }
        let (paused_until,): (i64,) =
            in_tx!(self, GUARD, sqlx::query_as, |q, c| q.bind(subject).fetch_one(c))?;
        Ok(PasswordTry::Paused { until: moment(paused_until)? })
    }

    /// Lets no try count before `until`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn pause_passwords(&mut self, subject: &[u8], until: Timestamp) -> Result<(), StoreError> {
        execute!(self, PAUSES, subject, millis(until)).map(|_| ())
    }

    /// Forgets the wrong passwords of one subject: the right one came.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn clear_password_guard(&mut self, subject: &[u8]) -> Result<(), StoreError> {
        execute!(self, CLEARS, subject).map(|_| ())
    }

    /// Forgets the wrong passwords of one person from everywhere: a reset or an unlock.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn clear_password_guards_of(&mut self, who: &[u8]) -> Result<(), StoreError> {
        execute!(self, CLEARS_WHO, who).map(|_| ())
    }
}

//! Alerts at sign-in that something falls due, and what the person answered: each is shown once a day.

use crate::db::{execute, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// What the person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertAnswer {
    /// It is done now. Where it was not, the alert comes again.
    Now,
    /// Not today.
    Later,
}

impl AlertAnswer {
    fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Later => "later",
        }
    }
}

statements! {
    // Who began to do it and did not can still say later.
    ANSWER = "INSERT INTO smartcard_alert (account_id, kind, day, answer, answered_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id, kind, day) DO UPDATE SET answer = excluded.answer, answered_at = excluded.answered_at
        WHERE smartcard_alert.answer = 'now' AND excluded.answer = 'later'";
    PUT_OFF = "SELECT kind FROM smartcard_alert WHERE account_id = $1 AND day = $2 AND answer = 'later' ORDER BY kind";
    ERASE = "DELETE FROM smartcard_alert WHERE day < $1";
}

impl Store {
    /// The kinds of alerts to which the person answered *later* on this local day.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn alerts_put_off(&self, account: Uuid, day: Date) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = reading!(self, PUT_OFF, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(day.to_string())
            .fetch_all(c))?;
        Ok(rows.into_iter().map(|(kind,)| kind).collect())
    }
}

impl Tx {
    /// Keeps the answer to an alert of a local day. Answers false where that was answered before, in another tab.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn answer_alert(
        &mut self,
        account: Uuid,
        kind: &str,
        day: Date,
        answer: AlertAnswer,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ANSWER, account, kind, day.to_string(), answer.as_str(), millis(now))? == 1)
    }

    /// Erases answers of days before `day`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_alerts(&mut self, day: Date) -> Result<(), StoreError> {
        execute!(self, ERASE, day.to_string()).map(|_| ())
    }
}

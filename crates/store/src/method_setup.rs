//! Sign-in methods that are being set up: guide 002, from *Add* to *Done*.

use crate::db::{execute, in_tx, reading};
use crate::method::{MethodKind, MethodSecret};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A method that is being set up.
#[derive(Debug, Clone)]
pub struct MethodSetup {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// The session in which it is set up.
    pub session_id: Uuid,
    /// What it will be.
    pub kind: MethodKind,
    /// Address, number in E.164, or the app's seed; none before it is entered and after it became a method.
    pub secret: Option<MethodSecret>,
    /// The method in whose place it comes; none where it is added.
    pub replaces: Option<Uuid>,
    /// UTC.
    pub started_at: Timestamp,
    /// When it became a method, UTC.
    pub finished_at: Option<Timestamp>,
}

/// A method that somebody begins to set up.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of MethodSetup")]
pub struct NewMethodSetup<'a> {
    pub id: Uuid,
    pub account_id: Uuid,
    pub session_id: Uuid,
    pub kind: MethodKind,
    pub secret: Option<&'a MethodSecret>,
    pub replaces: Option<Uuid>,
}

statements! {
    ADD = "INSERT INTO method_setup (id, account_id, session_id, kind, secret, replaces_id, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ONE = "SELECT id, account_id, session_id, kind, secret, replaces_id, started_at, finished_at FROM method_setup
        WHERE id = $1";
    OF_SESSION = "SELECT id, account_id, session_id, kind, secret, replaces_id, started_at, finished_at FROM method_setup
        WHERE session_id = $1 AND finished_at IS NULL AND started_at > $2 ORDER BY started_at DESC, id";
    ENTER = "UPDATE method_setup SET secret = $2 WHERE id = $1 AND finished_at IS NULL";
    // What was proved is a method now, and sealed there.
    FINISH = "UPDATE method_setup SET finished_at = $2, secret = NULL WHERE id = $1 AND finished_at IS NULL";
    CODES_BEFORE = "DELETE FROM code_set WHERE subject IN (SELECT id FROM method_setup WHERE started_at <= $1)";
    BEFORE = "DELETE FROM method_setup WHERE started_at <= $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    session_id: Uuid,
    kind: String,
    secret: Option<Vec<u8>>,
    replaces_id: Option<Uuid>,
    started_at: i64,
    finished_at: Option<i64>,
}

impl Store {
    fn method_setup_from(&self, row: Row) -> Result<MethodSetup, StoreError> {
        let secret = match row.secret {
            Some(sealed) => Some(self.open_secret(&secret_context(row.id), &sealed)?),
            None => None,
        };
        Ok(MethodSetup {
            id: row.id,
            account_id: row.account_id,
            session_id: row.session_id,
            kind: crate::method::kind(&row.kind)?,
            secret,
            replaces: row.replaces_id,
            started_at: moment(row.started_at)?,
            finished_at: maybe_moment(row.finished_at)?,
        })
    }

    /// One method that is being, or was, set up.
    ///
    /// # Errors
    /// Where the database cannot be read or the secret not be opened.
    pub async fn method_setup(&self, id: Uuid) -> Result<Option<MethodSetup>, StoreError> {
        let row: Option<Row> = reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|row| self.method_setup_from(row)).transpose()
    }
}

impl Tx {
    /// The methods that are being set up in a session and were begun after `since`, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a secret not be opened.
    pub async fn method_setups(
        &mut self,
        session: Uuid,
        since: Timestamp,
    ) -> Result<Vec<MethodSetup>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, OF_SESSION, sqlx::query_as, |q, c| q
            .bind(session)
            .bind(millis(since))
            .fetch_all(c))?;
        rows.into_iter().map(|row| self.store.method_setup_from(row)).collect()
    }

    /// Begins to set a method up.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_method_setup(
        &mut self,
        new: NewMethodSetup<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = new.secret.map(|secret| self.store.seal_secret(&secret_context(new.id), secret));
        let kind = new.kind.as_str();
        execute!(self, ADD, new.id, new.account_id, new.session_id, kind, sealed, new.replaces, millis(now))
            .map(|_| ())
    }

    /// Keeps the address or number that was entered. Answers whether the set-up is still under way.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn enter_method_setup(&mut self, id: Uuid, secret: &MethodSecret) -> Result<bool, StoreError> {
        let sealed = self.store.seal_secret(&secret_context(id), secret);
        Ok(execute!(self, ENTER, id, sealed)? == 1)
    }

    /// Ends a set-up by success. Answers false where it has ended already: one set-up makes one method.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn finish_method_setup(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH, id, millis(now))? == 1)
    }

    /// Erases set-ups begun at or before `started`, with their codes.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_method_setups(&mut self, started: Timestamp) -> Result<(), StoreError> {
        execute!(self, CODES_BEFORE, millis(started))?;
        execute!(self, BEFORE, millis(started)).map(|_| ())
    }
}

pub(crate) fn secret_context(setup: Uuid) -> String {
    format!("method_setup.secret:{setup}")
}

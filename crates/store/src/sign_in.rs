//! Sign-ins under way: the password was right, a second factor is asked for.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A sign-in under way. One of an unknown user name has a row too, which nobody finds.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// By which method; none where it is the address of record.
    pub method_id: Option<Uuid>,
    /// UTC.
    pub started_at: Timestamp,
    /// When it led to a session, UTC.
    pub finished_at: Option<Timestamp>,
    /// The session in which it proves anew who is there; none where it begins one.
    pub session_id: Option<Uuid>,
    /// The page that asked for that: a path of ours.
    pub next: Option<String>,
}

/// A sign-in that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewSignIn<'a> {
    /// New.
    pub id: Uuid,
    /// Keyed hash of its cookie.
    pub token: &'a [u8],
    /// Whose it is; none for an unknown user name.
    pub account_id: Option<Uuid>,
    /// By which method; none where it is the address of record.
    pub method_id: Option<Uuid>,
    /// The session in which it proves anew who is there.
    pub session_id: Option<Uuid>,
    /// The page that asked for that.
    pub next: Option<&'a str>,
}

statements! {
    ADD = "INSERT INTO sign_in (id, token, account_id, method_id, tries, started_at, session_id, next)
        VALUES ($1, $2, $3, $4, 0, $5, $6, $7)";
    BY_TOKEN = "SELECT id, account_id, method_id, started_at, finished_at, session_id, next FROM sign_in
        WHERE token = $1 AND account_id IS NOT NULL";
    CHOOSE = "UPDATE sign_in SET method_id = $2 WHERE id = $1 AND finished_at IS NULL";
    FINISH = "UPDATE sign_in SET finished_at = $2 WHERE id = $1 AND finished_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    method_id: Option<Uuid>,
    started_at: i64,
    finished_at: Option<i64>,
    session_id: Option<Uuid>,
    next: Option<String>,
}

impl TryFrom<Row> for SignIn {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            method_id: row.method_id,
            started_at: moment(row.started_at)?,
            finished_at: maybe_moment(row.finished_at)?,
            session_id: row.session_id,
            next: row.next,
        })
    }
}

impl Store {
    /// The sign-in under way in the browser with this cookie (its keyed hash).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn sign_in(&self, token: &[u8]) -> Result<Option<SignIn>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_TOKEN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(SignIn::try_from).transpose()
    }
}

impl Tx {
    /// The sign-in under way in the browser with this cookie (its keyed hash).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn sign_in(&mut self, token: &[u8]) -> Result<Option<SignIn>, StoreError> {
        let row: Option<Row> =
            in_tx!(self, BY_TOKEN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(SignIn::try_from).transpose()
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_sign_in(&mut self, new: NewSignIn<'_>, now: Timestamp) -> Result<(), StoreError> {
        execute!(
            self,
            ADD,
            new.id,
            new.token,
            new.account_id,
            new.method_id,
            millis(now),
            new.session_id,
            new.next
        )
        .map(|_| ())
    }

    /// Goes on with another method; none is the address of record. Answers whether the sign-in is still under way.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn choose_sign_in_method(
        &mut self,
        id: Uuid,
        method: Option<Uuid>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, CHOOSE, id, method)? == 1)
    }

    /// Ends a sign-in by success. Answers false where it has ended already: one sign-in makes one session.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn finish_sign_in(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH, id, millis(now))? == 1)
    }
}

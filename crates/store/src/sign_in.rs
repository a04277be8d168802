//! Sign-in methods, sign-ins under way, sessions, known browsers, and the guard against guessed passwords.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;
use vault::Secret;

/// The kinds of second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    /// A code by e-mail.
    Email,
    /// A code by text message.
    Text,
    /// An authenticator app with time-based codes (RFC 6238).
    App,
}

impl MethodKind {
    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Text => "text",
            Self::App => "app",
        }
    }

    /// The kind with this name.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where there is none.
    pub fn parse(name: &str) -> Result<Self, StoreError> {
        match name {
            "email" => Ok(Self::Email),
            "text" => Ok(Self::Text),
            "app" => Ok(Self::App),
            _ => Err(StoreError::Corrupt("a sign-in method of an unknown kind")),
        }
    }
}

/// What a sign-in method proves by: an address, a number in E.164, or the seed of an authenticator app.
#[derive(Debug, Clone)]
pub struct MethodSecret(Secret<Vec<u8>>);

impl MethodSecret {
    /// An e-mail address, or a number in E.164.
    pub fn address(address: &str) -> Self {
        Self(Secret::new(address.as_bytes().to_vec()))
    }

    /// The seed of an authenticator app.
    pub fn seed(seed: Secret<Vec<u8>>) -> Self {
        Self(seed)
    }

    /// The address or number; nothing where this is a seed.
    pub fn as_address(&self) -> &str {
        std::str::from_utf8(self.0.expose()).unwrap_or("")
    }

    /// The seed.
    pub fn as_seed(&self) -> &Secret<Vec<u8>> {
        &self.0
    }
}

/// A sign-in method of an account.
#[derive(Debug, Clone)]
pub struct SignInMethod {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// Its kind.
    pub kind: MethodKind,
    /// Address, number in E.164, or the app's seed.
    pub secret: MethodSecret,
    /// When it was added, UTC.
    pub added_at: Timestamp,
    /// When it last proved who somebody is, UTC.
    pub last_used_at: Option<Timestamp>,
}

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

/// A sign-in under way: the password was right (or there is no such account), the second factor is asked for.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// By which method.
    pub method_id: Uuid,
    /// UTC.
    pub started_at: Timestamp,
    /// When it led to a session, UTC.
    pub finished_at: Option<Timestamp>,
}

/// A session of a person who signed in with both factors.
#[derive(Debug, Clone)]
pub struct Session {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// UTC.
    pub started_at: Timestamp,
    /// The last request, to the minute, UTC.
    pub last_seen_at: Timestamp,
    /// When it was ended by the person or for them, UTC.
    pub ended_at: Option<Timestamp>,
}

statements! {
    ADD_METHOD = "INSERT INTO sign_in_method (id, account_id, kind, secret, last_step, added_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6)";
    METHODS = "SELECT id, account_id, kind, secret, added_at, last_used_at FROM sign_in_method
        WHERE account_id = $1 ORDER BY added_at, id";
    METHOD = "SELECT id, account_id, kind, secret, added_at, last_used_at FROM sign_in_method WHERE id = $1";
    USE_STEP = "UPDATE sign_in_method SET last_step = $2, last_used_at = $3 WHERE id = $1 AND last_step < $2";
    USE_METHOD = "UPDATE sign_in_method SET last_used_at = $2 WHERE id = $1";
    ADD_SIGN_IN = "INSERT INTO sign_in (id, token, account_id, method_id, tries, started_at)
        VALUES ($1, $2, $3, $4, 0, $5)";
    SIGN_IN = "SELECT id, account_id, method_id, started_at, finished_at FROM sign_in
        WHERE token = $1 AND account_id IS NOT NULL AND method_id IS NOT NULL";
    FINISH_SIGN_IN = "UPDATE sign_in SET finished_at = $2 WHERE id = $1 AND finished_at IS NULL";
    ADD_SESSION = "INSERT INTO session (id, token, account_id, started_at, last_seen_at) VALUES ($1, $2, $3, $4, $4)";
    SESSION = "SELECT id, account_id, started_at, last_seen_at, ended_at FROM session WHERE token = $1";
    TOUCH_SESSION = "UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";
    END_SESSION = "UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    SIGNED_IN = "UPDATE account SET previous_sign_in_at = last_sign_in_at, last_sign_in_at = $2 WHERE id = $1";
    ADD_DEVICE = "INSERT INTO device (id, token, account_id, last_seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (token) DO NOTHING";
    TOUCH_DEVICE = "UPDATE device SET last_seen_at = $3 WHERE token = $1 AND account_id = $2";
    KNOWN_DEVICE = "SELECT 1 FROM device WHERE token = $1 AND account_id = $2";
    GUARD = "SELECT paused_until FROM password_guard WHERE subject = $1";
    // A try in a pause is not counted.
    GUARD_COUNTS = "INSERT INTO password_guard (subject, failures, paused_until, changed_at) VALUES ($1, 1, 0, $2)
        ON CONFLICT (subject) DO UPDATE SET failures = password_guard.failures + 1, changed_at = excluded.changed_at
        WHERE password_guard.paused_until <= $2
        RETURNING failures";
    GUARD_PAUSES = "UPDATE password_guard SET paused_until = $2 WHERE subject = $1";
    GUARD_CLEARS = "DELETE FROM password_guard WHERE subject = $1";
}

#[derive(sqlx::FromRow)]
struct MethodRow {
    id: Uuid,
    account_id: Uuid,
    kind: String,
    secret: Vec<u8>,
    added_at: i64,
    last_used_at: Option<i64>,
}

impl Store {
    fn method_from(&self, row: &MethodRow) -> Result<SignInMethod, StoreError> {
        Ok(SignInMethod {
            id: row.id,
            account_id: row.account_id,
            kind: MethodKind::parse(&row.kind)?,
            secret: self.open_secret(&method_context(row.id), &row.secret)?,
            added_at: moment(row.added_at)?,
            last_used_at: maybe_moment(row.last_used_at)?,
        })
    }

    /// The sign-in methods of an account, oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a secret not be opened.
    pub async fn sign_in_methods(&self, account: Uuid) -> Result<Vec<SignInMethod>, StoreError> {
        let rows: Vec<MethodRow> =
            reading!(self, METHODS, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.iter().map(|row| self.method_from(row)).collect()
    }

    /// One sign-in method.
    ///
    /// # Errors
    /// Where the database cannot be read or the secret not be opened.
    pub async fn sign_in_method(&self, id: Uuid) -> Result<Option<SignInMethod>, StoreError> {
        let row: Option<MethodRow> =
            reading!(self, METHOD, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|row| self.method_from(&row)).transpose()
    }

    /// The sign-in under way in the browser with this cookie (its keyed hash).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn sign_in(&self, token: &[u8]) -> Result<Option<SignIn>, StoreError> {
        let row: Option<(Uuid, Uuid, Uuid, i64, Option<i64>)> =
            reading!(self, SIGN_IN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(|(id, account_id, method_id, started_at, finished_at)| {
            Ok(SignIn {
                id,
                account_id,
                method_id,
                started_at: moment(started_at)?,
                finished_at: maybe_moment(finished_at)?,
            })
        })
        .transpose()
    }

    /// The session of the browser with this cookie (its keyed hash), ended or not.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn session(&self, token: &[u8]) -> Result<Option<Session>, StoreError> {
        let row: Option<(Uuid, Uuid, i64, i64, Option<i64>)> =
            reading!(self, SESSION, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(|(id, account_id, started_at, last_seen_at, ended_at)| {
            Ok(Session {
                id,
                account_id,
                started_at: moment(started_at)?,
                last_seen_at: moment(last_seen_at)?,
                ended_at: maybe_moment(ended_at)?,
            })
        })
        .transpose()
    }

    /// Whether this browser (keyed hash of its cookie) has been signed in to this account before.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn is_known_device(&self, token: &[u8], account: Uuid) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = reading!(self, KNOWN_DEVICE, sqlx::query_as, |q, c| q
            .bind(token)
            .bind(account)
            .fetch_optional(c))?;
        Ok(row.is_some())
    }
}

impl Tx {
    /// Adds a sign-in method that has just been proved. `step` is the time step of an app's code, which thereby cannot
    /// be used again; 0 for others.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_sign_in_method(
        &mut self,
        id: Uuid,
        account: Uuid,
        kind: MethodKind,
        secret: &MethodSecret,
        step: u64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.store.seal_secret(&method_context(id), secret);
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        execute!(self, ADD_METHOD, id, account, kind.as_str(), sealed, step, millis(now)).map(|_| ())
    }

    /// Uses up the time step of an app's code. Answers false where it, or a later one, has been used.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_step(&mut self, method: Uuid, step: u64, now: Timestamp) -> Result<bool, StoreError> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        Ok(execute!(self, USE_STEP, method, step, millis(now))? == 1)
    }

    /// Notes that a method proved who somebody is.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_method(&mut self, method: Uuid, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, USE_METHOD, method, millis(now)).map(|_| ())
    }

    /// Begins a sign-in; for an unknown user name without account and method.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_sign_in(
        &mut self,
        id: Uuid,
        token: &[u8],
        account: Option<Uuid>,
        method: Option<Uuid>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ADD_SIGN_IN, id, token, account, method, millis(now)).map(|_| ())
    }

    /// Ends a sign-in by success. Answers false where it has ended already: one sign-in makes one session.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn finish_sign_in(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH_SIGN_IN, id, millis(now))? == 1)
    }

    /// Begins a session, and remembers when the person signed in now and before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_session(
        &mut self,
        id: Uuid,
        token: &[u8],
        account: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ADD_SESSION, id, token, account, millis(now))?;
        execute!(self, SIGNED_IN, account, millis(now)).map(|_| ())
    }

    /// Notes that the session is being used.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn touch_session(&mut self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, TOUCH_SESSION, id, millis(now)).map(|_| ())
    }

    /// Ends a session. Answers whether it was alive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_session(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, END_SESSION, id, millis(now))? == 1)
    }

    /// Remembers this browser as one in which the person has signed in.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_device(
        &mut self,
        id: Uuid,
        token: &[u8],
        account: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ADD_DEVICE, id, token, account, millis(now)).map(|_| ())
    }

    /// Notes that this browser is used again. Answers whether it is known for this account.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn touch_device(
        &mut self,
        token: &[u8],
        account: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, TOUCH_DEVICE, token, account, millis(now))? == 1)
    }

    /// The sign-in methods of an account, oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a secret not be opened.
    pub async fn sign_in_methods(&mut self, account: Uuid) -> Result<Vec<SignInMethod>, StoreError> {
        let rows: Vec<MethodRow> =
            in_tx!(self, METHODS, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.iter().map(|row| self.store.method_from(row)).collect()
    }

    /// Counts a try at a password before it is made.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn count_password(
        &mut self,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<PasswordTry, StoreError> {
        let row: Option<(i64,)> = in_tx!(self, GUARD_COUNTS, sqlx::query_as, |q, c| q
            .bind(subject)
            .bind(millis(now))
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
        execute!(self, GUARD_PAUSES, subject, millis(until)).map(|_| ())
    }

    /// Forgets the wrong passwords: the right one came.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn clear_password_guard(&mut self, subject: &[u8]) -> Result<(), StoreError> {
        execute!(self, GUARD_CLEARS, subject).map(|_| ())
    }
}

pub(crate) fn method_context(method: Uuid) -> String {
    format!("sign_in_method.secret:{method}")
}

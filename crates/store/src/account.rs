//! Accounts.

use crate::db::{execute, in_tx, reading};
use crate::moment::maybe_moment;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A person's account. The password hash is read apart, by [`Store::credentials`].
#[derive(Debug, Clone)]
pub struct Account {
    /// Never changes.
    pub id: Uuid,
    /// The employer it was made with.
    pub organisation_id: Uuid,
    /// The user name: the address proved at registration, normalised.
    pub email: String,
    /// As the person wrote it.
    pub first_name: String,
    /// As the person wrote it.
    pub last_name: String,
    /// This sign-in, UTC.
    pub last_sign_in_at: Option<Timestamp>,
    /// The one before it, UTC.
    pub previous_sign_in_at: Option<Timestamp>,
}

/// What a password is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whose it is.
    pub account_id: Uuid,
    /// Argon2id, as a PHC string.
    pub password: String,
}

statements! {
    CREDENTIALS = "SELECT id, password FROM account WHERE email = $1";
    ACCOUNT = "SELECT id, organisation_id, email, first_name, last_name, last_sign_in_at, previous_sign_in_at
        FROM account WHERE id = $1";
    REHASH = "UPDATE account SET password = $3 WHERE id = $1 AND password = $2";
    HAS_ACCOUNT = "SELECT 1 FROM account WHERE email = $1 OR roster_entry_id = $2";
}

impl Store {
    /// What the password of this user name (normalised) is checked against.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn credentials(&self, user_name: &str) -> Result<Option<Credentials>, StoreError> {
        let row: Option<(Uuid, String)> =
            reading!(self, CREDENTIALS, sqlx::query_as, |q, c| q.bind(user_name).fetch_optional(c))?;
        Ok(row.map(|(account_id, password)| Credentials { account_id, password }))
    }

    /// The account with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn account(&self, id: Uuid) -> Result<Option<Account>, StoreError> {
        type Row = (Uuid, Uuid, String, String, String, Option<i64>, Option<i64>);
        let row: Option<Row> = reading!(self, ACCOUNT, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|(id, organisation_id, email, first_name, last_name, last, previous)| {
            Ok(Account {
                id,
                organisation_id,
                email,
                first_name,
                last_name,
                last_sign_in_at: maybe_moment(last)?,
                previous_sign_in_at: maybe_moment(previous)?,
            })
        })
        .transpose()
    }
}

impl Tx {
    /// Whether this address, or this roster entry, has an account already.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn has_account(&mut self, email: &str, roster_entry: Option<Uuid>) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = in_tx!(self, HAS_ACCOUNT, sqlx::query_as, |q, c| q
            .bind(email)
            .bind(roster_entry)
            .fetch_optional(c))?;
        Ok(row.is_some())
    }

    /// Replaces a password hash by one with today's parameters, unless it was changed meanwhile.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn replace_hash(&mut self, account: Uuid, old: &str, new: &str) -> Result<(), StoreError> {
        execute!(self, REHASH, account, old, new).map(|_| ())
    }
}

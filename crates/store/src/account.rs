//! Accounts.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
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
    /// When it was made, UTC.
    pub created_at: Timestamp,
    /// When the password was set, UTC.
    pub password_set_at: Timestamp,
    /// This sign-in, UTC.
    pub last_sign_in_at: Option<Timestamp>,
    /// The one before it, UTC.
    pub previous_sign_in_at: Option<Timestamp>,
    /// The method that is offered first at sign-in. It may be gone by now.
    pub default_method_id: Option<Uuid>,
    /// The method that is offered after that. It may be gone by now.
    pub backup_method_id: Option<Uuid>,
    /// Since when it may not be used, UTC.
    pub disabled_at: Option<Timestamp>,
    /// Why: a word such as `number-not-allowed`.
    pub disabled_reason: Option<String>,
    /// How often the person has put off setting up a method for resets.
    pub put_off: u32,
}

/// What a password is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whose it is.
    pub account_id: Uuid,
    /// Argon2id, as a PHC string.
    pub password: String,
    /// When it was set, UTC. A hash that is made anew leaves it as it is.
    pub password_set_at: Timestamp,
}

statements! {
    // By address, or by the staff number that the employer's roster has; one that two people have is nobody's.
    CREDENTIALS = "SELECT id, password, password_set_at FROM account WHERE email = $1
        UNION SELECT account.id, account.password, account.password_set_at FROM roster_entry
            JOIN account ON account.roster_entry_id = roster_entry.id WHERE roster_entry.esr_number = $1
        LIMIT 2";
    ACCOUNT = "SELECT id, organisation_id, email, first_name, last_name, created_at, password_set_at, last_sign_in_at,
            previous_sign_in_at, default_method_id, backup_method_id, disabled_at, disabled_reason, put_off
        FROM account WHERE id = $1";
    // Changes nothing but holds the row, so that whoever sets another password comes before or after.
    HOLD_PASSWORD = "UPDATE account SET password_set_at = password_set_at WHERE id = $1 AND password_set_at = $2";
    REHASH = "UPDATE account SET password = $3 WHERE id = $1 AND password = $2";
    SET_PASSWORD = "UPDATE account SET password = $2, password_set_at = $3 WHERE id = $1";
    HAS_ACCOUNT = "SELECT 1 FROM account WHERE email = $1 OR roster_entry_id = $2";
    PREFER = "UPDATE account SET default_method_id = $2, backup_method_id = $3 WHERE id = $1";
    PUT_OFF = "UPDATE account SET put_off = put_off + 1 WHERE id = $1";
    DISABLE = "UPDATE account SET disabled_at = $2, disabled_reason = $3 WHERE id = $1 AND disabled_at IS NULL";
    ENABLE = "UPDATE account SET disabled_at = NULL, disabled_reason = NULL WHERE id = $1 AND disabled_at IS NOT NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    email: String,
    first_name: String,
    last_name: String,
    created_at: i64,
    password_set_at: i64,
    last_sign_in_at: Option<i64>,
    previous_sign_in_at: Option<i64>,
    default_method_id: Option<Uuid>,
    backup_method_id: Option<Uuid>,
    disabled_at: Option<i64>,
    disabled_reason: Option<String>,
    put_off: i64,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            created_at: moment(row.created_at)?,
            password_set_at: moment(row.password_set_at)?,
            last_sign_in_at: maybe_moment(row.last_sign_in_at)?,
            previous_sign_in_at: maybe_moment(row.previous_sign_in_at)?,
            default_method_id: row.default_method_id,
            backup_method_id: row.backup_method_id,
            disabled_at: maybe_moment(row.disabled_at)?,
            disabled_reason: row.disabled_reason,
            put_off: u32::try_from(row.put_off).unwrap_or(u32::MAX),
        })
    }
}

impl Store {
    /// What the password of this user name is checked against: a normalised address, or a staff number.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn credentials(&self, user_name: &str) -> Result<Option<Credentials>, StoreError> {
        let mut rows: Vec<(Uuid, String, i64)> =
            reading!(self, CREDENTIALS, sqlx::query_as, |q, c| q.bind(user_name).fetch_all(c))?;
        if rows.len() > 1 {
            return Ok(None);
        }
        rows.pop()
            .map(|(account_id, password, set_at)| {
                Ok(Credentials { account_id, password, password_set_at: moment(set_at)? })
            })
            .transpose()
    }

    /// The account with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn account(&self, id: Uuid) -> Result<Option<Account>, StoreError> {
        let row: Option<Row> = reading!(self, ACCOUNT, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Account::try_from).transpose()
    }
}

impl Tx {
    /// The account with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn account(&mut self, id: Uuid) -> Result<Option<Account>, StoreError> {
        let row: Option<Row> = in_tx!(self, ACCOUNT, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Account::try_from).transpose()
    }

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

    /// Whether the password is still the one that was set at `set_at`, and stays it until the end of this transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn hold_password(&mut self, account: Uuid, set_at: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, HOLD_PASSWORD, account, millis(set_at))? == 1)
    }

    /// Replaces a password hash by one with today's parameters, unless it was changed meanwhile.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn replace_hash(&mut self, account: Uuid, old: &str, new: &str) -> Result<(), StoreError> {
        execute!(self, REHASH, account, old, new).map(|_| ())
    }

    /// Sets another password.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_password(
        &mut self,
        account: Uuid,
        hash: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, SET_PASSWORD, account, hash, millis(now)).map(|_| ())
    }

    /// Which methods are offered first and second at sign-in.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn prefer_methods(
        &mut self,
        account: Uuid,
        default: Option<Uuid>,
        backup: Option<Uuid>,
    ) -> Result<(), StoreError> {
        execute!(self, PREFER, account, default, backup).map(|_| ())
    }

    /// The person puts off setting up a method for resets once more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn put_off(&mut self, account: Uuid) -> Result<(), StoreError> {
        execute!(self, PUT_OFF, account).map(|_| ())
    }

    /// Lets nobody use the account, and ends its sessions, so that none comes back with it. Answers false where it was
    /// disabled already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn disable_account(
        &mut self,
        account: Uuid,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let disabled = execute!(self, DISABLE, account, millis(now), reason)? == 1;
        if disabled {
            self.end_sessions(account, now).await?;
        }
        Ok(disabled)
    }

    /// Lets its owner use the account again. Answers false where it was not disabled.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn enable_account(&mut self, account: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, ENABLE, account)? == 1)
    }
}

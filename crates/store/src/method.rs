//! Sign-in methods: what an account has beside its password.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
pub use rules::method::MethodKind;
use uuid::Uuid;
use vault::Secret;

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
    /// Never changes. Nil for the address of record, which is no row of its own.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// Its kind.
    pub kind: MethodKind,
    /// Address, number in E.164, or the app's seed.
    pub secret: MethodSecret,
    /// The name that its owner gave it.
    pub name: Option<String>,
    /// When it was added, UTC.
    pub added_at: Timestamp,
    /// When it last proved who somebody is, UTC.
    pub last_used_at: Option<Timestamp>,
}

impl SignInMethod {
    /// The address that an account was made with, proved at registration: it takes the place of a second factor where its
    /// owner has none.
    pub fn of_record(account: Uuid, email: &str, since: Timestamp) -> Self {
        Self {
            id: Uuid::nil(),
            account_id: account,
            kind: MethodKind::Email,
            secret: MethodSecret::address(email),
            name: None,
            added_at: since,
            last_used_at: None,
        }
    }

    /// Whether this is the address of record, and no row of its own.
    pub fn is_of_record(&self) -> bool {
        self.id.is_nil()
    }
}

statements! {
    ADD = "INSERT INTO sign_in_method (id, account_id, kind, secret, last_step, added_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6)";
    OF_ACCOUNT = "SELECT id, account_id, kind, secret, name, added_at, last_used_at FROM sign_in_method
        WHERE account_id = $1 ORDER BY added_at, id";
    ONE = "SELECT id, account_id, kind, secret, name, added_at, last_used_at FROM sign_in_method WHERE id = $1";
    NUMBERS = "SELECT m.id, m.account_id, m.kind, m.secret, m.name, m.added_at, m.last_used_at
        FROM sign_in_method m JOIN account a ON a.id = m.account_id
        WHERE a.organisation_id = $1 AND a.disabled_at IS NULL AND m.id > $2
            AND m.kind IN ('text', 'alternative-phone', 'office-phone')
        ORDER BY m.id LIMIT $3";
    USE_STEP = "UPDATE sign_in_method SET last_step = $2, last_used_at = $3 WHERE id = $1 AND last_step < $2";
    USE = "UPDATE sign_in_method SET last_used_at = $2 WHERE id = $1";
    KINDS = "SELECT kind FROM sign_in_method WHERE account_id = $1";
    // Sign-ins under way by a method that is removed or replaced end: a code that went to the old number opens nothing.
    END_CODES = "DELETE FROM code_set WHERE subject IN
        (SELECT id FROM sign_in WHERE method_id = $1 AND finished_at IS NULL)";
    END_SIGN_INS = "DELETE FROM sign_in WHERE method_id = $1 AND finished_at IS NULL";
    REMOVE = "DELETE FROM sign_in_method WHERE id = $1 AND account_id = $2";
    RENAME = "UPDATE sign_in_method SET name = $3 WHERE id = $1 AND account_id = $2";
    // What replaces a secret has been proved: it is as if it had been added now.
    REPLACE = "UPDATE sign_in_method SET secret = $3, last_step = $4, added_at = $5, last_used_at = $5
        WHERE id = $1 AND account_id = $2";
}

#[derive(sqlx::FromRow)]
struct MethodRow {
    id: Uuid,
    account_id: Uuid,
    kind: String,
    secret: Vec<u8>,
    name: Option<String>,
    added_at: i64,
    last_used_at: Option<i64>,
}

/// The kind with this name.
pub(crate) fn kind(name: &str) -> Result<MethodKind, StoreError> {
    MethodKind::parse(name).map_err(|_| StoreError::Corrupt("a sign-in method of an unknown kind"))
}

impl Store {
    fn method_from(&self, row: MethodRow) -> Result<SignInMethod, StoreError> {
        Ok(SignInMethod {
            kind: kind(&row.kind)?,
            secret: self.open_secret(&method_context(row.id), &row.secret)?,
            added_at: moment(row.added_at)?,
            last_used_at: maybe_moment(row.last_used_at)?,
            id: row.id,
            account_id: row.account_id,
            name: row.name,
        })
    }

    /// The sign-in methods of an account, oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a secret not be opened.
    pub async fn sign_in_methods(&self, account: Uuid) -> Result<Vec<SignInMethod>, StoreError> {
        let rows: Vec<MethodRow> =
            reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(|row| self.method_from(row)).collect()
    }

    /// One sign-in method.
    ///
    /// # Errors
    /// Where the database cannot be read or the secret not be opened.
    pub async fn sign_in_method(&self, id: Uuid) -> Result<Option<SignInMethod>, StoreError> {
        let row: Option<MethodRow> =
            reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|row| self.method_from(row)).transpose()
    }

    /// The numbers of an organisation's people whose accounts are not disabled: at most `at_most` of them, those with an id
    /// above `after`, in the order of their ids.
    ///
    /// # Errors
    /// Where the database cannot be read or a number not be opened.
    pub async fn numbers_of(
        &self,
        organisation: Uuid,
        after: Uuid,
        at_most: u32,
    ) -> Result<Vec<SignInMethod>, StoreError> {
        let rows: Vec<MethodRow> = reading!(self, NUMBERS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(after)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(|row| self.method_from(row)).collect()
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
        execute!(self, ADD, id, account, kind.as_str(), sealed, step, millis(now)).map(|_| ())
    }

    /// Puts another address, number or seed, which has just been proved, in the place of a method's, and ends the sign-ins
    /// under way by it. Answers whether the account has the method.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn replace_method_secret(
        &mut self,
        id: Uuid,
        account: Uuid,
        secret: &MethodSecret,
        step: u64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sealed = self.store.seal_secret(&method_context(id), secret);
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        execute!(self, END_CODES, id)?;
        let replaced = execute!(self, REPLACE, id, account, sealed, step, millis(now))? == 1;
        execute!(self, END_SIGN_INS, id)?;
        Ok(replaced)
    }

    /// Gives a method a name, or takes it away. Answers whether the account has the method.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn rename_method(
        &mut self,
        id: Uuid,
        account: Uuid,
        name: Option<&str>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, RENAME, id, account, name)? == 1)
    }

    /// Removes a method, with the sign-ins under way by it. Answers whether the account had it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn remove_method(&mut self, id: Uuid, account: Uuid) -> Result<bool, StoreError> {
        execute!(self, END_CODES, id)?;
        Ok(execute!(self, REMOVE, id, account)? == 1)
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
        execute!(self, USE, method, millis(now)).map(|_| ())
    }

    /// The kinds of the methods that an account has, one for each.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn method_kinds(&mut self, account: Uuid) -> Result<Vec<MethodKind>, StoreError> {
        let rows: Vec<(String,)> = in_tx!(self, KINDS, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.iter().map(|(name,)| kind(name)).collect()
    }

    /// The sign-in methods of an account, oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read or a secret not be opened.
    pub async fn sign_in_methods(&mut self, account: Uuid) -> Result<Vec<SignInMethod>, StoreError> {
        let rows: Vec<MethodRow> =
            in_tx!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(|row| self.store.method_from(row)).collect()
    }
}

pub(crate) fn method_context(method: Uuid) -> String {
    format!("sign_in_method.secret:{method}")
}

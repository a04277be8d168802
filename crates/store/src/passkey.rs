//! Passkeys, and the questions that browsers answer with them.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;
use vault::passkey::{Credential, Used};

/// A passkey of an account.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// Its owner's random name among passkeys.
    pub user_handle: Vec<u8>,
    /// What its signatures are checked with.
    pub credential: Credential,
    /// The name that its owner gave it.
    pub name: String,
    /// When it was added, UTC.
    pub added_at: Timestamp,
    /// When it last proved who somebody is, UTC.
    pub last_used_at: Option<Timestamp>,
}

/// What a browser is asked a passkey for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyKind {
    /// To make one.
    Add,
    /// To sign in with.
    SignIn,
    /// After a password.
    SecondFactor,
    /// To prove anew who is in a session.
    Confirm,
}

impl CeremonyKind {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign-in",
            Self::SecondFactor => "second-factor",
            Self::Confirm => "confirm",
        }
    }
}

/// A question to a browser: what for, and where it was asked. Only there can it be answered.
#[derive(Debug, Clone, Copy)]
pub struct Ceremony<'a> {
    /// Keyed hash of the challenge.
    pub challenge: &'a [u8],
    /// What for.
    pub kind: CeremonyKind,
    /// Keyed hash of the cookie, the sign-in or the session.
    pub bound_to: &'a [u8],
}

statements! {
    ADD = "INSERT INTO passkey (id, account_id, credential_id, public_key, algorithm, sign_count, name, transports,
            backup_eligible, backed_up, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (credential_id) DO NOTHING";
    OF_ACCOUNT = "SELECT passkey.id, account_id, passkey_handle, credential_id, public_key, algorithm, sign_count, name,
            transports, backup_eligible, backed_up, added_at, last_used_at
        FROM passkey JOIN account ON account.id = passkey.account_id WHERE account_id = $1 ORDER BY added_at, passkey.id";
    BY_CREDENTIAL = "SELECT passkey.id, account_id, passkey_handle, credential_id, public_key, algorithm, sign_count, name,
            transports, backup_eligible, backed_up, added_at, last_used_at
        FROM passkey JOIN account ON account.id = passkey.account_id WHERE credential_id = $1";
    COUNT = "SELECT COUNT(*) FROM passkey WHERE account_id = $1";
    // Of two uses with one count, one is right.
    USE = "UPDATE passkey SET sign_count = $2, backed_up = $3, last_used_at = $4
        WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))";
    RENAME = "UPDATE passkey SET name = $3 WHERE id = $1 AND account_id = $2";
    REMOVE = "DELETE FROM passkey WHERE id = $1 AND account_id = $2";
    HANDLE = "UPDATE account SET passkey_handle = COALESCE(passkey_handle, $2) WHERE id = $1 RETURNING passkey_handle";
    ASK = "INSERT INTO passkey_ceremony (challenge, kind, bound_to, made_at) VALUES ($1, $2, $3, $4)";
    ANSWER = "UPDATE passkey_ceremony SET used_at = $5
        WHERE challenge = $1 AND kind = $2 AND bound_to = $3 AND made_at > $4 AND used_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    passkey_handle: Option<Vec<u8>>,
    credential_id: Vec<u8>,
    public_key: Vec<u8>,
    algorithm: i64,
    sign_count: i64,
    name: String,
    transports: String,
    backup_eligible: i64,
    backed_up: i64,
    added_at: i64,
    last_used_at: Option<i64>,
}

impl TryFrom<Row> for Passkey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let number = |_| StoreError::Corrupt("a passkey's number is out of range");
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            user_handle: row
                .passkey_handle
                .ok_or(StoreError::Corrupt("an account has passkeys and no name among them"))?,
            credential: Credential {
                credential_id: row.credential_id,
                public_key: row.public_key,
                algorithm: i32::try_from(row.algorithm).map_err(number)?,
                sign_count: u32::try_from(row.sign_count).map_err(number)?,
                transports: row.transports,
                backup_eligible: row.backup_eligible != 0,
                backed_up: row.backed_up != 0,
            },
            name: row.name,
            added_at: moment(row.added_at)?,
            last_used_at: maybe_moment(row.last_used_at)?,
        })
    }
}

impl Store {
    /// The passkeys of an account, oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passkeys_of(&self, account: Uuid) -> Result<Vec<Passkey>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(Passkey::try_from).collect()
    }

    /// The passkey with this credential id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passkey_by_credential(&self, credential: &[u8]) -> Result<Option<Passkey>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_CREDENTIAL, sqlx::query_as, |q, c| q.bind(credential).fetch_optional(c))?;
        row.map(Passkey::try_from).transpose()
    }
}

impl Tx {
    /// The random name of an account among passkeys: the one that it has, or `new`.
    ///
    /// # Errors
    /// Where the database refuses, or there is no such account.
    pub async fn passkey_handle(&mut self, account: Uuid, new: &[u8]) -> Result<Vec<u8>, StoreError> {
        let row: Option<(Vec<u8>,)> =
            in_tx!(self, HANDLE, sqlx::query_as, |q, c| q.bind(account).bind(new).fetch_optional(c))?;
        row.map(|(handle,)| handle).ok_or(StoreError::Corrupt("an account is gone"))
    }

    /// Adds a passkey. Answers false where somebody has it already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passkey(
        &mut self,
        id: Uuid,
        account: Uuid,
        credential: &Credential,
        name: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            ADD,
            id,
            account,
            credential.credential_id.as_slice(),
            credential.public_key.as_slice(),
            i64::from(credential.algorithm),
            i64::from(credential.sign_count),
            name,
            credential.transports.as_str(),
            i64::from(credential.backup_eligible),
            i64::from(credential.backed_up),
            millis(now)
        )?;
        Ok(added == 1)
    }

    /// How many passkeys an account has.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passkey_count(&mut self, account: Uuid) -> Result<u32, StoreError> {
        let (count,): (i64,) = in_tx!(self, COUNT, sqlx::query_as, |q, c| q.bind(account).fetch_one(c))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Notes that a passkey was used. Answers false where its count did not grow meanwhile, or it is gone.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_passkey(&mut self, id: Uuid, used: Used, now: Timestamp) -> Result<bool, StoreError> {
        let (count, backed_up) = (i64::from(used.sign_count), i64::from(used.backed_up));
        Ok(execute!(self, USE, id, count, backed_up, millis(now))? == 1)
    }

    /// Gives a passkey another name. Answers whether the account has it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn rename_passkey(&mut self, id: Uuid, account: Uuid, name: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, RENAME, id, account, name)? == 1)
    }

    /// Removes a passkey. Answers whether the account had it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn remove_passkey(&mut self, id: Uuid, account: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, REMOVE, id, account)? == 1)
    }

    /// Asks a browser.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passkey_ceremony(
        &mut self,
        ceremony: Ceremony<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ASK, ceremony.challenge, ceremony.kind.as_str(), ceremony.bound_to, millis(now))
            .map(|_| ())
    }

    /// Takes the answer to a question that was asked after `asked_after`, here, for this, and not answered before: of a
    /// hundred answers at once, one is taken.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn answer_passkey_ceremony(
        &mut self,
        ceremony: Ceremony<'_>,
        asked_after: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let answered = execute!(
            self,
            ANSWER,
            ceremony.challenge,
            ceremony.kind.as_str(),
            ceremony.bound_to,
            millis(asked_after),
            millis(now)
        )?;
        Ok(answered == 1)
    }
}

//! Recovery codes: made together, each good once.

use crate::db::{execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// How the recovery codes of an account stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// When they were made, UTC.
    pub made_at: Timestamp,
    /// How many have not been used.
    pub left: u32,
}

statements! {
    DROP = "DELETE FROM recovery_code WHERE account_id = $1";
    ADD = "INSERT INTO recovery_code (id, account_id, hash, made_at) VALUES ($1, $2, $3, $4)";
    USE = "UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL";
    LEFT = "SELECT COUNT(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL";
    STATE = "SELECT MAX(made_at) AS made_at, COUNT(CASE WHEN used_at IS NULL THEN 1 END) AS unused FROM recovery_code
        WHERE account_id = $1";
}

impl Tx {
    /// Puts new codes (their ids and keyed hashes) in the place of all that the account had.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn replace_recovery_codes(
        &mut self,
        account: Uuid,
        codes: &[(Uuid, [u8; 32])],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, DROP, account)?;
        for (id, hash) in codes {
            execute!(self, ADD, id, account, hash.as_slice(), millis(now))?;
        }
        Ok(())
    }

    /// Uses up a code. Answers whether the account has it and it was not used: however many try at once, one does.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_recovery_code(
        &mut self,
        account: Uuid,
        hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, USE, account, hash, millis(now))? == 1)
    }

    /// How the recovery codes of an account stand; none where it has none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn recovery_codes(&mut self, account: Uuid) -> Result<Option<RecoveryCodes>, StoreError> {
        standing(in_tx!(self, STATE, sqlx::query_as, |q, c| q.bind(account).fetch_one(c))?)
    }

    /// How many codes of an account have not been used.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn recovery_codes_left(&mut self, account: Uuid) -> Result<u32, StoreError> {
        let (left,): (i64,) = in_tx!(self, LEFT, sqlx::query_as, |q, c| q.bind(account).fetch_one(c))?;
        Ok(u32::try_from(left).unwrap_or(u32::MAX))
    }
}

impl Store {
    /// How the recovery codes of an account stand; none where it has none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn recovery_codes(&self, account: Uuid) -> Result<Option<RecoveryCodes>, StoreError> {
        standing(reading!(self, STATE, sqlx::query_as, |q, c| q.bind(account).fetch_one(c))?)
    }
}

fn standing((made_at, left): (Option<i64>, i64)) -> Result<Option<RecoveryCodes>, StoreError> {
    made_at
        .map(|made_at| {
            Ok(RecoveryCodes { made_at: moment(made_at)?, left: u32::try_from(left).unwrap_or(u32::MAX) })
        })
        .transpose()
}

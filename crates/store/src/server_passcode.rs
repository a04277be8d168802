//! The passcodes that the server checks: Account Recovery and Verification. Of each kind the last five are remembered, so that
//! none of them comes again.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServerPasscodeKind {
    /// By which the Registration Authority is sure who asks, and a card is unlocked.
    Recovery,
    /// By which telephone services are sure who calls.
    Verification,
}

impl ServerPasscodeKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Recovery, Self::Verification];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Verification => "verification",
        }
    }
}

/// A passcode that is or was.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerPasscode {
    /// Never changes.
    pub id: Uuid,
    /// Argon2id with the pepper, as a PHC string: what a typed one is checked against.
    pub hash: String,
    /// UTC.
    pub set_at: Timestamp,
    /// When another took its place or it was blanked, UTC; none while it is the passcode.
    pub ended_at: Option<Timestamp>,
}

impl std::fmt::Debug for ServerPasscode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerPasscode")
            .field("id", &self.id)
            .field("set_at", &self.set_at)
            .field("ended_at", &self.ended_at)
            .finish_non_exhaustive()
    }
}

/// How many of a kind are remembered, with the present one (guide 001, section 1.2).
pub const REMEMBERED: u32 = 5;

statements! {
    OF_KIND = "SELECT id, hash, set_at, ended_at FROM server_passcode WHERE account_id = $1 AND kind = $2
        ORDER BY set_at DESC, id DESC LIMIT $3";
    END = "UPDATE server_passcode SET ended_at = $3 WHERE account_id = $1 AND kind = $2 AND ended_at IS NULL AND id = $4";
    END_ANY = "UPDATE server_passcode SET ended_at = $3 WHERE account_id = $1 AND kind = $2 AND ended_at IS NULL";
    ADD = "INSERT INTO server_passcode (id, account_id, kind, hash, set_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id, kind) WHERE ended_at IS NULL DO NOTHING";
    FORGET = "DELETE FROM server_passcode WHERE account_id = $1 AND kind = $2 AND ended_at IS NOT NULL
        AND id NOT IN (SELECT id FROM server_passcode WHERE account_id = $1 AND kind = $2
            ORDER BY set_at DESC, id DESC LIMIT $3)";
    REHASH = "UPDATE server_passcode SET hash = $3 WHERE id = $1 AND hash = $2";
}

impl Store {
    /// The passcodes of a kind that an account has or had lately, the newest first: at most as many as are remembered.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn server_passcodes(
        &self,
        account: Uuid,
        kind: ServerPasscodeKind,
    ) -> Result<Vec<ServerPasscode>, StoreError> {
        let rows: Vec<(Uuid, String, i64, Option<i64>)> = reading!(self, OF_KIND, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(kind.as_str())
            .bind(i64::from(REMEMBERED))
            .fetch_all(c))?;
        rows.into_iter()
            .map(|(id, hash, set_at, ended_at)| {
                Ok(ServerPasscode { id, hash, set_at: moment(set_at)?, ended_at: maybe_moment(ended_at)? })
            })
            .collect()
    }

    /// The passcode of a kind; none where the person has none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn server_passcode(
        &self,
        account: Uuid,
        kind: ServerPasscodeKind,
    ) -> Result<Option<ServerPasscode>, StoreError> {
        let newest = self.server_passcodes(account, kind).await?.into_iter().next();
        Ok(newest.filter(|passcode| passcode.ended_at.is_none()))
    }
}

impl Tx {
    /// Sets a passcode in the place of `replaces`, the present one that the new one was compared with (none: there was none).
    /// Answers false where another was set meanwhile: then drop the transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_server_passcode(
        &mut self,
        id: Uuid,
        account: Uuid,
        kind: ServerPasscodeKind,
        hash: &str,
        replaces: Option<Uuid>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if let Some(replaces) = replaces
            && execute!(self, END, account, kind.as_str(), millis(now), replaces)? != 1
        {
            return Ok(false);
        }
        if execute!(self, ADD, id, account, kind.as_str(), hash, millis(now))? != 1 {
            return Ok(false);
        }
        execute!(self, FORGET, account, kind.as_str(), i64::from(REMEMBERED))?;
        Ok(true)
    }

    /// *Blank Passcode*: the person has none of this kind any more; what it was is still remembered. Answers whether there was
    /// one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn blank_server_passcode(
        &mut self,
        account: Uuid,
        kind: ServerPasscodeKind,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, END_ANY, account, kind.as_str(), millis(now))? == 1)
    }

    /// Replaces a hash by one with today's parameters, unless it was changed meanwhile.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn rehash_server_passcode(&mut self, id: Uuid, old: &str, new: &str) -> Result<(), StoreError> {
        execute!(self, REHASH, id, old, new).map(|_| ())
    }
}

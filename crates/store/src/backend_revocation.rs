//! What the service of a wallet's maker still has to be told to revoke. It is written in the transaction in which it was revoked here,
//! and tried until the service has done it.

use crate::db::{execute, in_tx, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// One that a worker has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendRevocation {
    /// The name under which it was handed out.
    pub id: Uuid,
    /// What kind of credential it was.
    pub kind: String,
    /// Which try this is: 1 for the first.
    pub tries: u32,
}

statements! {
    ADD = "INSERT INTO backend_revocation (id, backend, kind, made_at, next_try_at, tries) VALUES ($1, $2, $3, $4, $4, 0)
        ON CONFLICT (id) DO NOTHING";
    // Only the first of the statements that revoke copies finds them not revoked: it must come before that.
    ADD_OF_CREDENTIAL = "INSERT INTO backend_revocation (id, backend, kind, made_at, next_try_at, tries)
        SELECT credential_copy.id, credential_copy.backend, credential.kind, CAST($2 AS BIGINT), CAST($2 AS BIGINT), 0
            FROM credential_copy JOIN credential ON credential.id = credential_copy.credential_id
            WHERE credential_copy.credential_id = $1 AND credential_copy.backend IS NOT NULL
                AND credential_copy.revoked_at IS NULL
        ON CONFLICT (id) DO NOTHING";
    // Materialized: as a subquery it might be run anew for every row, and lock more rows than its limit.
    CLAIM = "WITH due AS MATERIALIZED (SELECT id FROM backend_revocation WHERE done_at IS NULL AND gave_up_at IS NULL
            AND next_try_at <= $1 AND backend = $4 ORDER BY next_try_at, id LIMIT $3",
    skip locked,
    ") UPDATE backend_revocation SET next_try_at = $2, tries = tries + 1 WHERE id IN (SELECT id FROM due)
        RETURNING id, kind, tries";
    DONE = "UPDATE backend_revocation SET done_at = $2, last_error = NULL WHERE id = $1 AND done_at IS NULL";
    AGAIN = "UPDATE backend_revocation SET next_try_at = $2, last_error = $3 WHERE id = $1 AND done_at IS NULL";
    GIVE_UP = "UPDATE backend_revocation SET gave_up_at = $2, last_error = $3 WHERE id = $1 AND done_at IS NULL
        AND gave_up_at IS NULL";
    WAITING = "SELECT COUNT(*) FROM backend_revocation WHERE done_at IS NULL";
    ERASE = "DELETE FROM backend_revocation WHERE done_at <= $1";
}

impl Store {
    /// How many have not been revoked by their service, those that were given up among them.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn backend_revocations_waiting(&self) -> Result<u64, StoreError> {
        let row: (i64,) = reading!(self, WAITING, sqlx::query_as, |q, c| q.fetch_one(c))?;
        Ok(u64::try_from(row.0).unwrap_or_default())
    }
}

impl Tx {
    /// A service is to be told to revoke what it handed out under this name. Answers false where it is to be already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_backend_revocation(
        &mut self,
        id: Uuid,
        backend: &str,
        kind: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ADD, id, backend, kind, millis(now))? == 1)
    }

    /// The same of each copy of a credential that went to a wallet by a service and was not revoked until now.
    pub(crate) async fn add_backend_revocations_of(
        &mut self,
        credential: Uuid,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        execute!(self, ADD_OF_CREDENTIAL, credential, millis(now))
    }

    /// Claims up to `at_most` that are due at this service. Whoever dies over one leaves it to the others from `again_at` on.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn claim_backend_revocations(
        &mut self,
        backend: &str,
        at_most: u32,
        again_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<BackendRevocation>, StoreError> {
        let rows: Vec<(Uuid, String, i64)> = in_tx!(self, CLAIM, sqlx::query_as, |q, c| q
            .bind(millis(now))
            .bind(millis(again_at))
            .bind(i64::from(at_most))
            .bind(backend)
            .fetch_all(c))?;
        let claimed = rows.into_iter().map(|(id, kind, tries)| BackendRevocation {
            id,
            kind,
            tries: u32::try_from(tries).unwrap_or(u32::MAX),
        });
        Ok(claimed.collect())
    }

    /// The service has revoked it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn backend_revocation_done(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, DONE, id, millis(now))? == 1)
    }

    /// It did not: it is told again at `again_at`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn backend_revocation_again(
        &mut self,
        id: Uuid,
        why: &str,
        again_at: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, AGAIN, id, millis(again_at), why).map(|_| ())
    }

    /// It did not, and is told no more: somebody has to.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_up_backend_revocation(
        &mut self,
        id: Uuid,
        why: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, GIVE_UP, id, millis(now), why)? == 1)
    }

    /// Erases those that were done at or before `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_backend_revocations(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }
}

//! What ends with a credential: its copies in wallets, and sessions that such a copy began.

use crate::db::execute;
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    REVOKE_COPIES = "UPDATE credential_copy SET revoked_at = $2 WHERE credential_id = $1 AND revoked_at IS NULL";
    // The lists on which they stand are published anew.
    LISTS_CHANGE = "UPDATE status_list SET changed_at = $2 WHERE id IN
        (SELECT status_list_id FROM credential_copy WHERE credential_id = $1 AND revoked_at = $2)";
    END_SESSIONS = "UPDATE session SET ended_at = $2 WHERE ended_at IS NULL AND credential_copy_id IN
        (SELECT id FROM credential_copy WHERE credential_id = $1)";
}

/// What ended with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialEnded {
    /// Copies in wallets that were good until now.
    pub copies: u64,
    /// Sessions that were alive.
    pub sessions: u64,
}

impl Tx {
    /// Revokes all copies of a credential, and ends the sessions that any of them began: to be called in the transaction that
    /// revokes the credential.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_credential_copies(
        &mut self,
        credential: Uuid,
        now: Timestamp,
    ) -> Result<CredentialEnded, StoreError> {
        let copies = execute!(self, REVOKE_COPIES, credential, millis(now))?;
        execute!(self, LISTS_CHANGE, credential, millis(now))?;
        let sessions = execute!(self, END_SESSIONS, credential, millis(now))?;
        Ok(CredentialEnded { copies, sessions })
    }
}

//! A credential that was given to a wallet ends.

use crate::Refusal;
use jiff::Timestamp;
use store::Tx;
use store::credential_copy::CopiesRevoked;
use uuid::Uuid;

/// Revokes every copy of a credential and ends its open offers, as part of the transaction that revokes the credential: after
/// [`Tx::revoke_credential`], which holds it. Verifiers see it as soon as they fetch the status list again. Answers what ended.
///
/// # Errors
/// Where the database fails.
pub async fn revoke_copies(tx: &mut Tx, credential: Uuid, now: Timestamp) -> Result<CopiesRevoked, Refusal> {
    tx.end_offers(credential, now).await?;
    Ok(tx.revoke_copies(credential, now).await?)
}

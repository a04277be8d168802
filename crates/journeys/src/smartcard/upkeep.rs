//! What nobody has to do by hand about smartcards: jobs that came to nothing are given up, and their traces erased when they have
//! served. Any node may do it at any time.

use super::job;
use crate::{Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use rules::smartcard::RevocationReason;
use store::audit::Event;

/// The journal of a job that has ended serves those who ask what happened to a card; the audit keeps the rest.
const KEEP_JOBS: SignedDuration = SignedDuration::from_hours(24 * 90);
/// A job is ended in the same transaction in which what it leaves is revoked. What is found so long after it was issued was left
/// by a job that no longer is.
const LEFT_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// So many are looked at in one round.
const BATCH: u32 = 100;
/// Why a certificate that no card ever proved to have no longer counts.
const NEVER_PROVED: RevocationReason = RevocationReason::NeverProved;

/// Does what is to do by now.
///
/// # Errors
/// Where the database fails; the next round does it again.
pub async fn tidy(service: &Service) -> Result<(), Refusal> {
    job::give_up_abandoned(service).await?;
    revoke_what_is_left(service).await?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    tx.erase_card_job_passcodes(now).await?;
    tx.erase_card_jobs(now.checked_sub(KEEP_JOBS).unwrap_or(Timestamp::MIN)).await?;
    Ok(tx.commit().await?)
}

/// Revokes certificates that were issued in jobs which have ended, or are gone, and which no card ever proved to have: one that
/// counts and is on no card could be anybody's.
async fn revoke_what_is_left(service: &Service) -> Result<(), Refusal> {
    let now = service.clock.now();
    let issued = now.checked_sub(LEFT_AFTER).unwrap_or(Timestamp::MIN);
    for id in service.store.ended_jobs_with_unproved_certificates(issued, BATCH).await? {
        let mut tx = service.store.begin().await?;
        let left = tx.certificates_of_job(id).await?;
        let revoked = tx.revoke_unproved_certificates(id, NEVER_PROVED.as_str(), now).await?;
        if let (Some(first), false) = (left.first(), revoked.is_empty()) {
            let (account, card, count) = (first.account_id, first.smartcard_id, revoked.len() as u64);
            tx.audit(Event::UnprovedCertificatesRevoked { account, card, job: id, count }, now);
            tx.commit().await?;
        }
    }
    Ok(())
}

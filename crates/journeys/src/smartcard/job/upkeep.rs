//! Jobs that come to nothing: given up by the person, by another job on the card, or by nobody's going on with them for a day.

use super::claim::facts_of;
use super::facts::Facts;
use super::step::Trouble;
use crate::{Refusal, Service};
use card_jobs::JobKind;
use jiff::Timestamp;
use rules::card_job::LIFETIME;
use rules::smartcard::RevocationReason;
use store::Tx;
use store::audit::Event;
use store::card_job::CardJob;

/// Why a certificate that no card ever proved to have no longer counts.
const NEVER_PROVED: RevocationReason = RevocationReason::NeverProved;

/// Gives a job up, as part of a transaction: what was issued in it and never proved is revoked, a card that was bound for it is blank
/// again. Answers whether it had not ended before.
pub(super) async fn give_up(
    tx: &mut Tx,
    job: &CardJob,
    facts: &Facts,
    trouble: Trouble,
    keeps_order: bool,
    now: Timestamp,
) -> Result<bool, Refusal> {
    if !tx.end_card_job(job.id, "refused", Some(trouble.as_str()), keeps_order, now).await? {
        return Ok(false);
    }
    let account = job.account_id.unwrap_or(job.started_by);
    if let Some(card) = job.smartcard_id {
        let revoked = tx.revoke_unproved_certificates(job.id, NEVER_PROVED.as_str(), now).await?;
        if !revoked.is_empty() {
            let count = revoked.len() as u64;
            tx.audit(Event::UnprovedCertificatesRevoked { account, card, job: job.id, count }, now);
        }
        // Unblocking keys that were wrong are not the card's. Whether the one tried last took is not known: the next job tries that
        // and the one after.
        let unsure = facts.unblocking.now.is_none() && trouble != Trouble::UnblockingKey;
        if unsure && facts.unblocking.wrong > 0 {
            let known = tx.smartcard(card).await?.map_or(0, |card| card.unblock_generation);
            for from in known..known.saturating_add(facts.unblocking.wrong) {
                tx.unblocking_key_replaced(card, from).await?;
            }
        }
        if let (JobKind::Issue, Some(owner)) =
            (super::request::kind_named(&job.kind).unwrap_or(JobKind::Read), job.account_id)
        {
            tx.release_smartcard(card, owner).await?;
        }
    }
    let (kind, card, verdict) = (job.kind.clone(), job.smartcard_id, trouble.as_str().to_owned());
    tx.audit(Event::CardJobEnded { account, card, job: job.id, kind, verdict }, now);
    Ok(true)
}

/// Gives up jobs that nobody went on with for a day. Any node may do so at any time.
///
/// # Errors
/// Where the database fails; the next round does it again.
pub async fn give_up_abandoned(service: &Service) -> Result<(), Refusal> {
    let now = service.clock.now();
    let started = now.checked_sub(LIFETIME).unwrap_or(Timestamp::MIN);
    for job in service.store.card_jobs_left_open(started, now).await? {
        let mut tx = service.store.begin().await?;
        if give_up(&mut tx, &job, &facts_of(&job)?, Trouble::Abandoned, false, now).await? {
            tx.commit().await?;
        }
    }
    Ok(())
}

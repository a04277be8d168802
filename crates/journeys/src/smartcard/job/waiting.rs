//! An authority outside may take its time: somebody there looks at a request first. The job waits, whoever is at the reader goes home, and
//! the authority is asked again when it said to be, by whichever node comes first. When it has decided, the person is told.

use super::claim::written;
use super::facts::Which;
use super::issue::{Issued, NotIssued, issue};
use super::step::Trouble;
use super::watch::is_running;
use super::work::Work;
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::card_job::{ASK_AGAIN, WAITING_LIFETIME};
use std::time::Duration;
use store::Tx;
use store::card_job::CardJob;
use store::card_job_waiting::Answered;
use tokio_util::sync::CancellationToken;
use wording::SecurityChange;

/// How often it is looked whether somebody is to be asked.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// That many seconds since 1970, UTC.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// How long a job is kept that waits from `now` on, or whose certificates have come.
pub(super) fn kept(now: Timestamp) -> Timestamp {
    now.checked_add(WAITING_LIFETIME).unwrap_or(Timestamp::MAX)
}

/// Asks again for every job whose time has come, and so on until `stop`.
pub async fn ask_authority_again_and_again(service: Service, stop: CancellationToken) {
    if service.authority.is_none() {
        return;
    }
    let mut rounds = Rounds::every(LOOK_EVERY, stop);
    while rounds.next().await {
        if let Err(error) = ask_authority(&service).await {
            tracing::error!(%error, "the authority cannot be asked again");
        }
    }
}

/// Asks the authority again for every job whose time has come.
///
/// # Errors
/// Where the database fails; the next round does it again.
pub async fn ask_authority(service: &Service) -> Result<(), Refusal> {
    let now = service.clock.now();
    for job in service.store.card_jobs_to_ask_for(now).await? {
        // An agent that works on it asks by itself.
        if !is_running(&job, now) {
            ask(service, &job, now).await?;
        }
    }
    Ok(())
}

async fn ask(service: &Service, job: &CardJob, now: Timestamp) -> Result<(), Refusal> {
    let later = now.checked_add(ASK_AGAIN).unwrap_or(Timestamp::MAX);
    let mut tx = service.store.begin().await?;
    if !tx.take_card_job_to_ask_for(job, later).await? {
        return Ok(());
    }
    tx.commit().await?;
    let mut work = Work::of(service, job, now).await?;
    let mut issued = Vec::new();
    for which in Which::BOTH {
        let due = work.facts.pair(which).waits.as_ref().is_some_and(|waits| at(waits.again) <= now);
        if !due {
            continue;
        }
        match issue(service, &mut work, which, now).await? {
            Ok(one) => issued.extend(one),
            Err(NotIssued::Waits) => {}
            // It does not answer, or says no: whoever goes on hears of it, and the log has told why.
            Err(NotIssued::Authority) => {
                if let Some(waits) = &mut work.facts.pair_mut(which).waits {
                    waits.again = later.as_second();
                }
            }
            Err(NotIssued::Key) => work.facts.forget_key(which),
        }
    }
    let mut tx = service.store.begin().await?;
    answered(service, &mut tx, &work, &issued, now).await?;
    tx.commit().await?;
    service.tell_workers();
    Ok(())
}

/// Notes what came of it, and tells the person where there is nothing more to wait for.
async fn answered(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    issued: &[Issued],
    now: Timestamp,
) -> Result<(), Refusal> {
    // Also where an agent came meanwhile: what was issued stands in the record, and is revoked where nobody proves to have its key.
    work.write_issued(tx, issued, now).await?;
    let again = work.facts.asks_again().map(at);
    let trouble = if again.is_some() { Trouble::AuthorityDecides } else { Trouble::AuthorityDecided };
    let answer = Answered {
        facts: &written(&work.facts)?,
        trouble: trouble.as_str(),
        ask_again_at: again,
        keep_until: kept(now),
    };
    let noted = tx.card_job_answered(&work.job, answer).await?;
    if let (true, None, Some(owner)) = (noted, again, &work.owner) {
        let change = SecurityChange::SmartcardCertificatesReady;
        service.tell_everywhere(tx, owner, &work.organisation, change, &[], now).await?;
    }
    Ok(())
}

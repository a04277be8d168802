//! The agent reports what became of its last order and is given the next one.
//!
//! Facts are worked out before the transaction, certificates issued too. Then one transaction journals outcome and order and does
//! what follows from them; of two requests that answer the same order one does that, and the other is told the same.

use super::claim::{CORRUPT, token_hash};
use super::finish::Ending;
use super::give::{Effects, Giving, end, give};
use super::issue::{NotIssued, issue};
use super::learn::learn;
use super::plan::{Decision, giving, plan};
use super::step::{Step, Trouble};
use super::work::Work;
use super::{JobRefusal, history};
use crate::{Refusal, Service};
use card_jobs::{Next, Outcome, Report};
use jiff::Timestamp;
use store::card_job::CardJob;
use uuid::Uuid;

/// What comes after the agent's last report.
///
/// # Errors
/// [`JobRefusal::NotYours`] where the job has ended or another agent has taken it over, [`JobRefusal::OutOfTurn`] where the report
/// answers no order that was given.
pub async fn next(service: &Service, id: Uuid, token: &str, report: &Report) -> Result<Next, JobRefusal> {
    // Of two who answer at once the second looks again, and is told what the first was.
    for _ in 0..3 {
        let job = service.store.card_job(id).await?.ok_or(JobRefusal::NotYours)?;
        let token = token_hash(service, token);
        if vault::Secret::new(token.to_vec())
            != vault::Secret::new(job.token_hash.clone().unwrap_or_default())
        {
            return Err(JobRefusal::NotYours);
        }
        match turn(&job, report)? {
            Turn::GivenBefore => return given_before(service, &job),
            Turn::New => {}
        }
        let now = service.clock.now();
        let mut work = Work::of(service, &job, now).await?;
        if let Some(next) = go_on(service, &mut work, &token, report, now).await? {
            return Ok(next);
        }
    }
    Err(JobRefusal::Fault(Refusal::Busy))
}

/// Whether a report brings something new.
enum Turn {
    New,
    GivenBefore,
}

/// An order that was given and not answered is given again, and a report that was heard before is answered as it was then.
fn turn(job: &CardJob, report: &Report) -> Result<Turn, JobRefusal> {
    let given = job.seq > job.run_from;
    if job.ended_at.is_some() {
        return if job.seq > 0 { Ok(Turn::GivenBefore) } else { Err(JobRefusal::NotYours) };
    }
    // The run was stopped: it says so again.
    if given && job.trouble.is_some() {
        return Ok(Turn::GivenBefore);
    }
    match (&report.outcome, report.seq) {
        (Outcome::Ready, 0) if given => Ok(Turn::GivenBefore),
        (Outcome::Ready | Outcome::Declined, 0) if !given => Ok(Turn::New),
        (_, seq) if given && seq == job.seq => Ok(Turn::New),
        (_, seq) if given && seq.checked_add(1) == Some(job.seq) && seq > job.run_from => {
            Ok(Turn::GivenBefore)
        }
        _ => Err(JobRefusal::OutOfTurn),
    }
}

fn given_before(service: &Service, job: &CardJob) -> Result<Next, JobRefusal> {
    let order = service.store.card_job_order(job)?.ok_or(JobRefusal::NotYours)?;
    Ok(serde_json::from_slice(order.expose()).map_err(|_| CORRUPT)?)
}

/// Hears the report, plans, and journals both; none where another request was faster.
async fn go_on(
    service: &Service,
    work: &mut Work,
    token: &[u8; 32],
    report: &Report,
    now: Timestamp,
) -> Result<Option<Next>, JobRefusal> {
    let mut effects = Effects::default();
    let answered = work.job.seq > work.job.run_from;
    if answered {
        let step: Step =
            serde_json::from_str(work.job.step.as_deref().unwrap_or_default()).map_err(|_| CORRUPT)?;
        effects.heard = work.sense(service, |facts, senses| learn(facts, &step, &report.outcome, senses));
    }
    // The person may say no before anything is ordered.
    if !answered && report.outcome == Outcome::Declined {
        work.facts.run.trouble = Some(Trouble::Declined);
    }
    let mut fresh = [0; 32];
    loop {
        service.random.fill(&mut fresh);
        let decision = plan(&work.facts, work.given(&fresh, now));
        match decision {
            Decision::Settle => settle(service, work, &mut effects).await?,
            Decision::Evaluate => evaluate(service, work, &mut effects)?,
            Decision::Compare => compare(service, work).await?,
            Decision::Issue(which) => match issue(service, work, which, now).await? {
                Ok(issued) => effects.issued.extend(issued),
                Err(NotIssued::Waits) => {}
                Err(NotIssued::Authority) => work.facts.run.trouble = Some(Trouble::NoAuthority),
                Err(NotIssued::Key) => work.facts.forget_key(which),
            },
            Decision::Give(step) => {
                effects.generates |= matches!(step, Step::Generate { .. });
                giving(&mut work.facts, &step);
                let order = work.order(service, &step)?;
                return give(
                    service,
                    work,
                    token,
                    report,
                    &effects,
                    Giving { step, order, ending: None },
                    now,
                )
                .await;
            }
            Decision::Finish => {
                let ending = Ending::Done;
                return end(service, work, token, report, &effects, ending, now).await;
            }
            Decision::Stop(trouble) => {
                return end(service, work, token, report, &effects, Ending::Stopped(trouble), now).await;
            }
        }
    }
}

/// A blank card was found that proved to have the keys of its GUID: is it one that may be issued here?
async fn settle(service: &Service, work: &mut Work, effects: &mut Effects) -> Result<(), JobRefusal> {
    let guid = work.facts.run.guid.as_ref().and_then(|guid| guid.bytes().try_into().ok());
    let card = match guid {
        Some(guid) => service.store.smartcard_by_guid(&guid).await?,
        None => None,
    };
    match card.filter(|card| card.is_blank() && card.organisation_id == work.job.organisation_id) {
        Some(card) => {
            effects.settles = Some(card.id);
            work.card = Some(card);
        }
        None => work.facts.run.trouble = Some(Trouble::CardTaken),
    }
    Ok(())
}

fn evaluate(service: &Service, work: &mut Work, effects: &mut Effects) -> Result<(), JobRefusal> {
    let blinded = work.facts.run.blinded.take().ok_or(CORRUPT)?;
    match history::evaluate(service, &blinded)? {
        Some(evaluated) => {
            work.facts.passcode.evaluated = Some(evaluated);
            effects.evaluated += 1;
        }
        None => work.facts.run.trouble = Some(Trouble::Unexpected),
    }
    Ok(())
}

async fn compare(service: &Service, work: &mut Work) -> Result<(), JobRefusal> {
    let (Some(card), Some(output)) = (&work.card, &work.facts.passcode.output) else {
        return Err(CORRUPT.into());
    };
    if history::was_used(&service.store.passcode_history(card.id).await?, output) {
        work.facts.run.trouble = Some(Trouble::PasscodeUsed);
    }
    work.facts.run.compared = true;
    Ok(())
}

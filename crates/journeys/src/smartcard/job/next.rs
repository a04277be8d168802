//! The agent reports what became of its last order and is given the next one.
//!
//! Facts are worked out before the transaction, certificates issued too. Then one transaction journals outcome and order and does
//! what follows from them; of two requests that answer the same order one does that, and the other is told the same.

use super::claim::{CORRUPT, facts_of, token_hash, written};
use super::finish::{Ending, finish};
use super::issue::{Issued, NotIssued, issue};
use super::learn::{Heard, learn};
use super::plan::{Decision, giving, plan};
use super::step::{Step, Trouble};
use super::work::Work;
use super::{JobRefusal, history};
use crate::{Refusal, Service};
use card_jobs::{Next, Order, Outcome, Report, Verdict};
use jiff::Timestamp;
use rules::card_job::{HISTORY_PER_CARD, KEYS_PER_CARD};
use store::Tx;
use store::card_job::CardJob;
use store::card_job_turn::NextOrder;
use store::limits::Allowance;
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

/// What an outcome is called in the journal: a word, and never what came with it.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Ready => "began-anew",
        Outcome::Connected { .. } => "connected",
        Outcome::Answered { .. } => "answered",
        Outcome::Done => "done",
        Outcome::Signed { .. } => "signed",
        Outcome::Blinded { .. } => "blinded",
        Outcome::HistoryOutput { .. } => "history",
        Outcome::WrongPasscode { .. } => "wrong-passcode",
        Outcome::Blocked => "blocked",
        Outcome::LastTryKept { .. } => "last-try-kept",
        Outcome::PasscodeRefused => "passcode-refused",
        Outcome::WrongUnblockingKey { .. } => "wrong-unblocking-key",
        Outcome::NoReader => "no-reader",
        Outcome::NoCard => "no-card",
        Outcome::WrongCard => "wrong-card",
        Outcome::CardGone => "card-gone",
        Outcome::Declined => "declined",
        Outcome::NotAllowed => "not-allowed",
        Outcome::Unexpected { .. } => "unexpected",
    }
}

/// What is done in the transaction beside journalling.
#[derive(Default)]
pub(super) struct Effects {
    pub heard: Heard,
    pub issued: Vec<Issued>,
    /// The blank card that was found, and is bound to its owner.
    pub settles: Option<Uuid>,
    /// How many times something that is limited was done.
    pub evaluated: u32,
    pub generates: bool,
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
        let decision = plan(&work.facts, work.given(&fresh));
        match decision {
            Decision::Settle => settle(service, work, &mut effects).await?,
            Decision::Evaluate => evaluate(service, work, &mut effects)?,
            Decision::Compare => compare(service, work).await?,
            Decision::Issue(which) => match issue(service, work, which, now).await? {
                Ok(issued) => effects.issued.push(issued),
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

/// The order that is given.
struct Giving {
    step: Step,
    order: Order,
    ending: Option<Ending>,
}

async fn end(
    service: &Service,
    work: &mut Work,
    token: &[u8; 32],
    report: &Report,
    effects: &Effects,
    ending: Ending,
    now: Timestamp,
) -> Result<Option<Next>, JobRefusal> {
    let verdict = ending.verdict();
    let words = service.word(&ending.words(work.kind), &[]);
    let giving =
        Giving { step: Step::End { verdict }, order: Order::End { verdict, words }, ending: Some(ending) };
    give(service, work, token, report, effects, giving, now).await
}

/// Journals what was heard and what comes next, with all that follows from it.
async fn give(
    service: &Service,
    work: &mut Work,
    token: &[u8; 32],
    report: &Report,
    effects: &Effects,
    giving: Giving,
    now: Timestamp,
) -> Result<Option<Next>, JobRefusal> {
    let Giving { step, order, ending } = giving;
    let next = Next { seq: work.job.seq + 1, progress: step.progress(), order };
    let trouble = ending.and_then(Ending::trouble);
    let answered = work.job.seq > work.job.run_from;
    let mut tx = service.store.begin().await?;
    let advanced = tx
        .advance_card_job(
            work.job.id,
            NextOrder {
                token_hash: token,
                after: work.job.seq,
                outcome: answered.then(|| word(&report.outcome)),
                facts: &written(&work.facts)?,
                step: &serde_json::to_string(&step).map_err(|_| CORRUPT)?,
                step_name: step.name(),
                order: &super::claim::sealable(&next)?,
                progress: progress_name(next.progress),
                trouble: trouble.map(Trouble::as_str),
                tries_left: effects.heard.wrong.or(effects.heard.blocked.then_some(0)),
                forgets_typed: effects.heard.forget_typed,
            },
            now,
        )
        .await?;
    if !advanced {
        return Ok(None);
    }
    if !limits_hold(&mut tx, work, effects, now).await? {
        drop(tx);
        return stop_instead(service, work, token, report, Trouble::TooMany, now).await;
    }
    if !work.write(service, &mut tx, effects, now).await? {
        drop(tx);
        return stop_instead(service, work, token, report, Trouble::CardChanged, now).await;
    }
    if let Some(ending) = ending
        && !finish(service, &mut tx, work, ending, now).await?
    {
        drop(tx);
        return stop_instead(service, work, token, report, Trouble::CardChanged, now).await;
    }
    tx.commit().await?;
    service.tell_workers();
    Ok(Some(next))
}

/// What was planned cannot be: the run ends there.
fn stop_instead<'a>(
    service: &'a Service,
    work: &'a mut Work,
    token: &'a [u8; 32],
    report: &'a Report,
    trouble: Trouble,
    now: Timestamp,
) -> futures::future::BoxFuture<'a, Result<Option<Next>, JobRefusal>> {
    Box::pin(async move {
        let mut facts = facts_of(&work.job)?;
        facts.run.trouble = Some(trouble);
        work.facts = facts;
        let effects = Effects::default();
        end(service, work, token, report, &effects, Ending::Stopped(trouble), now).await
    })
}

async fn limits_hold(
    tx: &mut Tx,
    work: &Work,
    effects: &Effects,
    now: Timestamp,
) -> Result<bool, JobRefusal> {
    let Some(card) = &work.card else { return Ok(true) };
    for _ in 0..effects.evaluated {
        if tx.take(&HISTORY_PER_CARD, card.id.as_bytes(), now).await? != Allowance::Granted {
            return Ok(false);
        }
    }
    let keys =
        !effects.generates || tx.take(&KEYS_PER_CARD, card.id.as_bytes(), now).await? == Allowance::Granted;
    Ok(keys)
}

/// The name of a progress, as the protocol has it.
fn progress_name(progress: card_jobs::Progress) -> &'static str {
    use card_jobs::Progress;
    match progress {
        Progress::ReadingCard => "reading-card",
        Progress::CheckingPasscode => "checking-passcode",
        Progress::CreatingCard => "creating-card",
        Progress::WritingCertificates => "writing-certificates",
        Progress::Proving => "proving",
        Progress::SettingPasscode => "setting-passcode",
        Progress::Wiping => "wiping",
        Progress::Ended => "ended",
    }
}

impl Ending {
    fn verdict(self) -> Verdict {
        match self {
            Self::Done => Verdict::Done,
            Self::Stopped(trouble) if trouble.can_resume() => Verdict::CanResume,
            Self::Stopped(_) => Verdict::Refused,
        }
    }

    fn trouble(self) -> Option<Trouble> {
        match self {
            Self::Done => None,
            Self::Stopped(trouble) => Some(trouble),
        }
    }
}

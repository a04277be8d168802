//! Journals what was heard and what comes next, in one transaction with all that follows from them.

use super::JobRefusal;
use super::claim::{CORRUPT, facts_of, sealable, written};
use super::finish::{Ending, finish};
use super::issue::Issued;
use super::learn::Heard;
use super::step::{Step, Trouble};
use super::waiting::{at, kept};
use super::work::Work;
use crate::Service;
use card_jobs::{Next, Order, Outcome, Report, Verdict};
use jiff::Timestamp;
use rules::card_job::{HISTORY_PER_CARD, KEYS_PER_CARD};
use store::Tx;
use store::card_job_turn::NextOrder;
use store::limits::Allowance;
use uuid::Uuid;

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

/// The order that is given.
pub(super) struct Giving {
    pub step: Step,
    pub order: Order,
    pub ending: Option<Ending>,
}

/// The run ends: the agent is told how.
pub(super) async fn end(
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
pub(super) async fn give(
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
                order: &sealable(&next)?,
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
    if let (Some(Trouble::AuthorityDecides), Some(again)) = (trouble, work.facts.asks_again()) {
        tx.card_job_waits(work.job.id, at(again), kept(now)).await?;
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

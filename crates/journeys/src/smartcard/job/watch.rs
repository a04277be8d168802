//! How a job stands, for its page; and giving it up.

use super::claim::{CORRUPT, facts_of};
use super::finish::Ending;
use super::request::kind_named;
use super::step::Trouble;
use super::ticket;
use super::upkeep::give_up;
use crate::{Refusal, Service};
use card_jobs::{JobKind, Progress, Verdict};
use jiff::Timestamp;
use rules::card_job::SILENT_AFTER;
use store::card_job::CardJob;
use uuid::Uuid;

/// Whether somebody works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// No agent has come for it yet.
    Waiting,
    /// An agent works.
    Running,
    /// The agent stopped, or was not heard for two minutes: it can be gone on with.
    Stopped,
    /// It is over.
    Ended,
}

/// How a job stands.
#[derive(Clone)]
pub struct JobView {
    /// Which.
    pub id: Uuid,
    /// What is done.
    pub kind: JobKind,
    /// Which card; none before a blank one was found.
    pub card: Option<Uuid>,
    /// Whose card it is, or becomes; none for a blank one.
    pub account: Option<Uuid>,
    /// What the Registration Authority does by it; none where the owner does it.
    pub act: Option<Uuid>,
    /// Whether somebody works on it.
    pub state: JobState,
    /// What the agent does.
    pub progress: Progress,
    /// How it ended; none before.
    pub verdict: Option<Verdict>,
    /// Why it goes no further for now, or ended without being done.
    pub trouble: Option<Trouble>,
    /// How many tries the card's passcode has left, where that was said.
    pub tries_left: Option<u8>,
    /// The link that starts the agent; none where its ticket was used or is older than a minute: *Go on* makes a new one.
    pub link: Option<String>,
    /// The key of one or two sentences in the message files that say how it stands: "card-job-renew-done".
    pub words: String,
}

impl std::fmt::Debug for JobView {
    /// Leaves out the link, which holds a ticket.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobView")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("state", &self.state)
            .field("progress", &self.progress)
            .field("verdict", &self.verdict)
            .field("trouble", &self.trouble)
            .finish_non_exhaustive()
    }
}

/// Whether an agent works on a job and was heard lately.
pub(super) fn is_running(job: &CardJob, now: Timestamp) -> bool {
    let heard = job.heard_at.is_some_and(|heard| now.duration_since(heard) < SILENT_AFTER);
    job.ended_at.is_none() && job.run > 0 && job.trouble.is_none() && heard
}

/// The job, for who began it alone.
pub(super) async fn own(service: &Service, viewer: Uuid, id: Uuid) -> Result<CardJob, Refusal> {
    let job = service.store.card_job(id).await?;
    job.filter(|job| job.started_by == viewer).ok_or(Refusal::NotFound)
}

/// How a job stands that `viewer` began. It changes nothing.
///
/// # Errors
/// [`Refusal::NotFound`] where it is not theirs.
pub async fn watch(service: &Service, viewer: Uuid, id: Uuid) -> Result<JobView, Refusal> {
    let job = own(service, viewer, id).await?;
    let now = service.clock.now();
    let kind = kind_named(&job.kind).ok_or(CORRUPT)?;
    let trouble = job.trouble.as_deref().map(named).transpose()?;
    let verdict = job.verdict.as_deref().map(|verdict| match verdict {
        "done" => Verdict::Done,
        _ => Verdict::Refused,
    });
    let link = ticket::link(service, &job, now);
    let state = if job.ended_at.is_some() {
        JobState::Ended
    } else if is_running(&job, now) {
        JobState::Running
    } else if job.run == 0 || link.is_some() {
        JobState::Waiting
    } else {
        JobState::Stopped
    };
    let words = match (state, verdict, trouble) {
        (JobState::Ended, Some(Verdict::Done), _) => Ending::Done.words(kind),
        (JobState::Ended | JobState::Stopped, _, Some(trouble)) => Ending::Stopped(trouble).words(kind),
        (JobState::Ended | JobState::Stopped, _, None) => "card-job-silent".to_owned(),
        (JobState::Running, ..) => "card-job-running".to_owned(),
        (JobState::Waiting, ..) => "card-job-waiting".to_owned(),
    };
    Ok(JobView {
        id: job.id,
        kind,
        card: job.smartcard_id,
        account: job.account_id,
        act: job.act_id,
        state,
        progress: progress(&job.progress),
        verdict,
        trouble: trouble.filter(|_| matches!(state, JobState::Stopped | JobState::Ended)),
        tries_left: job.tries_left,
        link,
        words,
    })
}

fn named(name: &str) -> Result<Trouble, Refusal> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|_| CORRUPT)
}

fn progress(name: &str) -> Progress {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap_or(Progress::ReadingCard)
}

/// *Stop*: gives a job up that `viewer` began. What the card was changed to it stays; what was issued and not proved is revoked.
///
/// # Errors
/// [`Refusal::NotFound`] where it is not theirs.
pub async fn cancel(service: &Service, viewer: Uuid, id: Uuid) -> Result<(), Refusal> {
    let job = own(service, viewer, id).await?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    // What was issued a moment ago is seen in here alone.
    let job = tx.card_job(job.id).await?.ok_or(Refusal::NotFound)?;
    if give_up(&mut tx, &job, &facts_of(&job)?, Trouble::Cancelled, false, now).await? {
        tx.commit().await?;
    }
    Ok(())
}

//! An organisation's HR system tells what is true of its people, and what has changed is provided to them as credentials: every morning,
//! and whenever an administrator asks for it.
//!
//! One node pulls the records of an organisation at a time, and is believed to do so for some minutes after it was last heard of; then
//! another one reads them from the beginning. What keeps anybody from being provided something twice is not that, but what is kept of
//! each record: a keyed hash of what it said when it was provided, written in the transaction that provides it by a statement that only
//! the first of two equal records passes.

mod daily;
mod prepare;
mod pulled;
mod write;

pub use daily::{Daily, daily, run};
pub use pulled::Pulled;

use crate::{Refusal, Service};
use jiff::Timestamp;
use jiff::civil::Date;
use prepare::Preparing;
use pulled::Count;
use rules::passport::staff_pull::{HELD_FOR, LONGEST_PULL, TRY_AGAIN_AFTER};
use rules::passport::{KIND_COLUMN, PERSON_COLUMN, is_column};
use staff_records::{Headings, Reading, SourceProblem, StaffRecords};
use std::sync::Arc;
use store::audit::Event;
use store::organisation::Organisation;
use store::staff_record::Puller;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// So many people are looked at in one go, and provided what has changed in one transaction.
const STRETCH: usize = 100;

/// The first line of a file of staff records.
pub const HEADINGS: Headings = Headings { person: PERSON_COLUMN, needed: &[KIND_COLUMN], known: is_column };

/// The HR system of an organisation.
#[derive(Debug, Clone)]
pub struct Source {
    /// The code of the organisation, in capitals.
    pub organisation: String,
    /// What it tells.
    pub records: Arc<dyn StaffRecords>,
}

/// What became of a pull.
#[derive(Debug)]
pub enum Outcome {
    /// All was read.
    Done(Pulled),
    /// Somebody else pulls these records at present, or did until a few minutes ago.
    UnderWay,
    /// It took so long that another node has taken it over, or the service is being stopped: what was done stands.
    BrokenOff,
}

/// Why a pull came to no end. What was provided before stands.
#[derive(Debug, thiserror::Error)]
pub enum PullProblem {
    /// The source.
    #[error(transparent)]
    Source(#[from] SourceProblem),
    /// It went on and on.
    #[error("it has not told everything in {} hours", LONGEST_PULL.as_hours())]
    TooLong,
    /// The database.
    #[error(transparent)]
    Fault(#[from] Refusal),
}

impl From<store::StoreError> for PullProblem {
    fn from(error: store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Pulls the records of an organisation because somebody asks for it.
///
/// # Errors
/// [`PullProblem`].
pub async fn by_hand(
    service: &Service,
    source: &Source,
    organisation: &Organisation,
) -> Result<Outcome, PullProblem> {
    pull(service, source, organisation, None, &CancellationToken::new()).await
}

async fn pull(
    service: &Service,
    source: &Source,
    organisation: &Organisation,
    day: Option<Date>,
    stop: &CancellationToken,
) -> Result<Outcome, PullProblem> {
    let Some(pull) = Pull::begin(service, organisation, day).await? else { return Ok(Outcome::UnderWay) };
    match pull.read(source, stop).await {
        Ok(Some(pulled)) => Ok(Outcome::Done(pulled)),
        Ok(None) => {
            // Another node need not wait until nobody has heard of this one for a while.
            pull.leave().await?;
            Ok(Outcome::BrokenOff)
        }
        Err(problem) => {
            pull.fail(&problem).await?;
            Err(problem)
        }
    }
}

/// The records of an organisation are this node's to pull.
struct Pull<'a> {
    service: &'a Service,
    organisation: &'a Organisation,
    puller: Puller,
    begun_at: Timestamp,
    today: Date,
}

impl<'a> Pull<'a> {
    async fn begin(
        service: &'a Service,
        organisation: &'a Organisation,
        day: Option<Date>,
    ) -> Result<Option<Self>, Refusal> {
        let now = service.clock.now();
        let new = || vault::new_id(now, service.random.as_ref());
        let mut puller = Puller { organisation: organisation.id, day, holder: new(), pull: new() };
        let mut tx = service.store.begin().await?;
        let Some(id) = tx.begin_pull(puller, held_until(now), now).await? else { return Ok(None) };
        tx.commit().await?;
        puller.pull = id;
        let today = service.local(now).date();
        Ok(Some(Self { service, organisation, puller, begun_at: now, today }))
    }

    /// Reads and provides. Answers none where it was broken off.
    async fn read(&self, source: &Source, stop: &CancellationToken) -> Result<Option<Pulled>, PullProblem> {
        let mut reading = source.records.open().await?;
        let mut preparing = Preparing::new(self);
        loop {
            // A page may take a minute: nobody who stops the service waits for it.
            let told = tokio::select! {
                () = stop.cancelled() => return Ok(None),
                told = self.next(reading.as_mut()) => told?,
            };
            let Some(told) = told else { break };
            let mut told = told.into_iter().peekable();
            while told.peek().is_some() {
                if stop.is_cancelled() {
                    return Ok(None);
                }
                let stretch = preparing.stretch(told.by_ref().take(STRETCH)).await?;
                if !self.provide(stretch, &mut preparing.count).await? {
                    return Ok(None);
                }
            }
        }
        let pulled = preparing.ended().await?;
        Ok(self.finish(&pulled).await?.then_some(pulled))
    }

    async fn next(&self, reading: &mut dyn Reading) -> Result<Option<Vec<staff_records::Told>>, PullProblem> {
        let told = reading.next().await?;
        if self.service.clock.now().duration_since(self.begun_at) > LONGEST_PULL {
            return Err(PullProblem::TooLong);
        }
        Ok(told)
    }

    /// Provides what has changed for a stretch of people. Answers false where somebody else has taken the pull over.
    async fn provide(&self, stretch: Vec<write::Changed>, count: &mut Count) -> Result<bool, Refusal> {
        let now = self.service.clock.now();
        let mut tx = self.service.store.begin().await?;
        if !tx.hold_pull(self.puller, held_until(now)).await? {
            return Ok(false);
        }
        let done = write::provide(self, &mut tx, stretch, now).await?;
        tx.commit().await?;
        if done.provided > 0 {
            self.service.written.notify_one();
        }
        count.provided += done.provided;
        count.unchanged += done.unchanged;
        Ok(true)
    }

    async fn finish(&self, pulled: &Pulled) -> Result<bool, Refusal> {
        let now = self.service.clock.now();
        let found = serde_json::to_string(pulled).map_err(|_| Refusal::Fault("counts are no JSON"))?;
        let mut tx = self.service.store.begin().await?;
        if !tx.finish_pull(self.puller, &found, now).await? {
            return Ok(false);
        }
        let event = Event::StaffRecordsPulled {
            organisation: self.organisation.id,
            pull: self.puller.pull,
            day: self.puller.day.map(|day| day.to_string()),
            provided: pulled.provided,
            unchanged: pulled.unchanged,
            wrong: pulled.wrong,
            run_out: pulled.run_out,
            without_account: pulled.without_account,
            vanished: pulled.vanished,
        };
        tx.audit(event, now);
        tx.commit().await?;
        self.gauge("fobwatch_staff_records_pulled_timestamp_seconds")
            .set(now.duration_since(Timestamp::UNIX_EPOCH).unsigned_abs());
        self.gauge("fobwatch_staff_records_wrong").set(u32::try_from(pulled.wrong).unwrap_or(u32::MAX));
        Ok(true)
    }

    /// Lets others have it at once.
    async fn leave(&self) -> Result<(), Refusal> {
        let mut tx = self.service.store.begin().await?;
        tx.give_pull_up(self.puller, self.service.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Lets others have it after a while.
    async fn fail(&self, problem: &PullProblem) -> Result<(), Refusal> {
        let now = self.service.clock.now();
        let again = now.checked_add(TRY_AGAIN_AFTER).unwrap_or(now);
        let mut tx = self.service.store.begin().await?;
        tx.fail_pull(self.puller, again, &problem.to_string(), now).await?;
        tx.commit().await?;
        let organisation = self.organisation.code.clone();
        metrics::counter!("fobwatch_staff_records_failures_total", "organisation" => organisation)
            .increment(1);
        Ok(())
    }

    fn gauge(&self, name: &'static str) -> metrics::Gauge {
        metrics::gauge!(name, "organisation" => self.organisation.code.clone())
    }

    /// What stands for what a record says of somebody: nobody without the keys can tell what that is.
    fn hash(&self, account: Uuid, says: &str) -> [u8; 32] {
        let parts: [&[u8]; 3] = [self.organisation.id.as_bytes(), account.as_bytes(), says.as_bytes()];
        self.service.keys.keyed_hash("staff-record", &parts)
    }
}

fn held_until(now: Timestamp) -> Timestamp {
    now.checked_add(HELD_FOR).unwrap_or(now)
}

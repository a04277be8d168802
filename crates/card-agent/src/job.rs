//! A job from the first question to its end: report, do the next order, report.

use std::time::Duration;

use card_jobs::{Claim, Claimed, Next, Order, Outcome, Report, Verdict};
use rand_core::CryptoRngCore;

use crate::orders::Bench;
use crate::person::{Person, Unanswered};
use crate::portal::{Portal, PortalProblem};
use crate::readers::Readers;
use crate::trouble::Trouble;

/// Most orders of one job. A portal that gives more has lost its way.
const MOST_ORDERS: usize = 500;

/// How long to wait before each further try to reach the portal: about a minute in all, so that a portal can be started again.
pub const PAUSES: [Duration; 8] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(15),
    Duration::from_secs(15),
];

/// What a job is done with.
pub struct Workstation<'a> {
    /// The readers.
    pub readers: &'a mut dyn Readers,
    /// Whoever sits there.
    pub person: &'a mut dyn Person,
    /// For blinding.
    pub randomness: &'a mut (dyn CryptoRngCore + Send),
    /// How long to wait before each further try to reach the portal: [`PAUSES`].
    pub pauses: &'a [Duration],
}

/// Trades the ticket in, asks the person, and does what the portal orders until it says that the job has ended. The card is reset
/// and let go whatever happens.
///
/// `shown` is the portal's address as the person is shown it.
///
/// # Errors
/// [`Trouble`] where the portal could not be spoken with to the end. It was told to the person where there is a window.
pub async fn run<P: Portal>(
    portal: &mut P,
    at: Workstation<'_>,
    ticket: &str,
    shown: &str,
) -> Result<Verdict, Trouble> {
    let Workstation { readers, person, randomness, pauses } = at;
    let ended = go_through(portal, readers, person, randomness, pauses, ticket, shown).await;
    match ended {
        Ok((verdict, words)) => {
            person.hears(verdict, &words);
            Ok(verdict)
        }
        Err(trouble) => {
            tracing::warn!(code = trouble.code(), "the job was not done to its end");
            let verdict = if trouble == Trouble::Unreachable { Verdict::CanResume } else { Verdict::Refused };
            person.hears(verdict, &trouble.words());
            Err(trouble)
        }
    }
}

async fn go_through<P: Portal>(
    portal: &mut P,
    readers: &mut dyn Readers,
    person: &mut dyn Person,
    randomness: &mut (dyn CryptoRngCore + Send),
    pauses: &[Duration],
    ticket: &str,
    shown: &str,
) -> Result<(Verdict, String), Trouble> {
    let job = claim(portal, pauses, ticket).await?;
    tracing::info!(job = %job.job, kind = ?job.about.kind, "claimed");
    let first = match person.agrees(&job.about, shown) {
        Ok(()) => Outcome::Ready,
        Err(Unanswered::Declined) => Outcome::Declined,
        Err(Unanswered::NoWindow) => return Err(Trouble::NoWindow),
    };
    let mut bench = Bench::new(&job.about, readers, person, randomness);
    let mut report = Report { seq: 0, outcome: first };
    for _ in 0..MOST_ORDERS {
        let Next { seq, progress, order } = next(portal, pauses, &job, &report).await?;
        if seq == report.seq
            && !matches!(report.outcome, Outcome::Ready)
            && !matches!(order, Order::End { .. })
        {
            // The portal did not have the report: it is sent again, and nothing is done twice.
            continue;
        }
        if seq < report.seq {
            return Err(Trouble::Nonsense);
        }
        tracing::info!(seq, ?progress, "ordered");
        bench.shows(progress);
        let outcome = match order {
            Order::End { verdict, words } => return Ok((verdict, words)),
            order => bench.does(order)?,
        };
        report = Report { seq, outcome };
    }
    Err(Trouble::Nonsense)
}

async fn claim<P: Portal>(portal: &mut P, pauses: &[Duration], ticket: &str) -> Result<Claimed, Trouble> {
    let claim = Claim {
        ticket: ticket.to_owned(),
        agent: env!("CARGO_PKG_VERSION").to_owned(),
        system: std::env::consts::OS.to_owned(),
    };
    let mut pauses = pauses.iter();
    loop {
        match portal.claim(&claim).await {
            Ok(claimed) => return Ok(claimed),
            // A ticket is good once: a claim that may have been heard is not made again.
            Err(PortalProblem::Lost { unheard: true }) => pause(pauses.next()).await?,
            Err(problem) => return Err(problem.into()),
        }
    }
}

async fn next<P: Portal>(
    portal: &mut P,
    pauses: &[Duration],
    job: &Claimed,
    report: &Report,
) -> Result<Next, Trouble> {
    let mut pauses = pauses.iter();
    loop {
        match portal.next(job.job, &job.token, report).await {
            Ok(next) => return Ok(next),
            Err(PortalProblem::Lost { .. }) => pause(pauses.next()).await?,
            Err(problem) => return Err(problem.into()),
        }
    }
}

async fn pause(pause: Option<&Duration>) -> Result<(), Trouble> {
    let pause = pause.ok_or(Trouble::Unreachable)?;
    let from = tokio::time::Instant::now() + *pause;
    tokio::time::interval_at(from, Duration::from_secs(1)).tick().await;
    Ok(())
}

impl From<PortalProblem> for Trouble {
    fn from(problem: PortalProblem) -> Self {
        match problem {
            PortalProblem::Lost { .. } => Self::Unreachable,
            PortalProblem::Refused(refused) => Self::Refused(refused),
            PortalProblem::Nonsense => Self::Nonsense,
        }
    }
}

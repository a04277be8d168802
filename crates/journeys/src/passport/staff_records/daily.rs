//! Every morning, on whichever node looks first.

use super::{Outcome, PullProblem, Pulled, Source, pull};
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use rules::passport::staff_pull;
use std::time::Duration;
use store::organisation::Organisation;
use tokio_util::sync::CancellationToken;

/// How often a node looks whether it is morning.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What became of a look.
#[derive(Debug)]
pub enum Daily {
    /// It is too early, or today's pull is over, under way elsewhere, or waits after it failed.
    NotNow,
    /// The source belongs to no organisation of this installation.
    NoOrganisation,
    /// Today's pull came to its end.
    Done(Pulled),
    /// Another node has taken it over, or the service is being stopped.
    BrokenOff,
}

/// Pulls the records of an organisation, if today's pull is due.
///
/// # Errors
/// [`PullProblem`]; it is tried again after a while.
pub async fn daily(
    service: &Service,
    source: &Source,
    stop: &CancellationToken,
) -> Result<Daily, PullProblem> {
    let now = service.clock.now();
    let Some(day) = staff_pull::due(&service.local(now)) else { return Ok(Daily::NotNow) };
    let Some(organisation) = organisation(service, source).await? else { return Ok(Daily::NoOrganisation) };
    if !service.store.may_pull(organisation.id, day, now).await? {
        return Ok(Daily::NotNow);
    }
    Ok(match pull(service, source, &organisation, Some(day), stop).await? {
        Outcome::Done(pulled) => Daily::Done(pulled),
        Outcome::UnderWay => Daily::NotNow,
        Outcome::BrokenOff => Daily::BrokenOff,
    })
}

async fn organisation(service: &Service, source: &Source) -> Result<Option<Organisation>, Refusal> {
    Ok(service.store.organisation_by_code(&source.organisation).await?)
}

/// Looks every minute whether records are to be pulled, until `stop`. Sources do not wait for each other.
pub async fn run(service: Service, source: Source, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop.clone());
    let organisation = source.organisation.as_str();
    while rounds.next().await {
        match daily(&service, &source, &stop).await {
            Ok(Daily::Done(pulled)) => tracing::info!(
                organisation,
                provided = pulled.provided,
                unchanged = pulled.unchanged,
                wrong = pulled.wrong,
                run_out = pulled.run_out,
                without_account = pulled.without_account,
                vanished = pulled.vanished,
                "staff records were pulled"
            ),
            Ok(Daily::NotNow | Daily::NoOrganisation | Daily::BrokenOff) => {}
            Err(problem) => tracing::error!(organisation, %problem, "staff records cannot be pulled"),
        }
    }
}

//! Every Monday morning each team of a trust that wants it gets a summary of what stands open in its areas: once, on any number of nodes,
//! and on that day or not at all, as people are reminded.

use crate::deliver::{Envelope, GIVE_UP_AFTER};
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::{Timestamp, ToSpan as _};
use rules::passport::{EXPIRING_WITHIN_DAYS, reminder};
use std::time::Duration;
use store::outbox::{Channel, NewMessage};
use tokio_util::sync::CancellationToken;
use wording::Message;

/// How often a node looks whether it is Monday morning.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Where the trust's side of the passports begins.
const PASSPORTS: &str = "/console/passports";

/// Writes the summary of one team, if one is due. Answers whether there may be another.
///
/// # Errors
/// Where the database fails; nothing is kept then, and the next try does it again.
pub async fn one(service: &Service) -> Result<bool, Refusal> {
    let now = service.clock.now();
    let Some(day) = reminder::due(&service.local(now)) else { return Ok(false) };
    let Some((id, organisation)) = service.store.team_to_summarise(day).await? else { return Ok(false) };
    let organisation = service.store.organisation(organisation).await?;
    let organisation = organisation.ok_or(Refusal::Fault("a team of no organisation"))?;
    let teams = service.store.passport_teams(organisation.id).await?;
    let Some(team) = teams.into_iter().find(|team| team.id == id) else { return Ok(true) };
    let until = day.checked_add(i64::from(EXPIRING_WITHIN_DAYS).days()).unwrap_or(day);
    let tally = service.store.team_tally(organisation.id, &team.families, (day, until)).await?;
    let mut tx = service.store.begin().await?;
    if !tx.summarise_for_team(id, day).await? {
        return Ok(true);
    }
    let message = Message::PassportSummary {
        organisation: organisation.name.clone(),
        service: service.settings.service_name.clone(),
        team: team.name,
        rejected: tally.rejected,
        to_review: tally.to_review,
        expiring: tally.expiring,
        days: EXPIRING_WITHIN_DAYS,
        console_url: service.address(PASSPORTS),
    };
    let key = format!("{}:{day}:{id}", message.kind());
    let payload = Envelope { to: team.email, message }.to_bytes();
    let new = NewMessage {
        id: vault::new_id(now, service.random.as_ref()),
        key: &key,
        channel: Channel::Email,
        subject: None,
        account: None,
        organisation: Some(organisation.id),
        payload: &payload,
        give_up_at: now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX),
    };
    tx.add_message(&new, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(true)
}

/// Looks every minute whether summaries are due, until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop.clone());
    while rounds.next().await {
        while !stop.is_cancelled() {
            match one(&service).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::error!(%error, "the weekly summary of a team cannot be written");
                    break;
                }
            }
        }
    }
}

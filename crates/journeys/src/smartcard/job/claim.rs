//! The agent trades in the ticket of its link: from then on the job is its.

use super::facts::Facts;
use super::learn::another_run;
use super::request::{Plain, Typed, kind_name, kind_named};
use super::{JobRefusal, ticket};
use crate::{Refusal, Service};
use card_jobs::{About, Claim, Claimed, Hex};
use rules::card_job::TYPED_KEPT;
use store::account::Account;
use store::card_job::CardJob;
use vault::Token;
use zeroize::Zeroizing;

/// No honest agent describes itself in more bytes.
const LONGEST: usize = 64;

/// Trades in a ticket: however many agents try at once, one gets the job, and whoever had it before is refused from then on.
///
/// # Errors
/// [`JobRefusal::Ticket`] where it is not ours, was used, or is older than a minute.
pub async fn claim(service: &Service, claim: &Claim) -> Result<Claimed, JobRefusal> {
    if claim.agent.len() > LONGEST || claim.system.len() > LONGEST {
        return Err(JobRefusal::Malformed);
    }
    let (id, number) = ticket::read(service, &claim.ticket).ok_or(JobRefusal::Ticket)?;
    let job = service.store.card_job(id).await?.ok_or(JobRefusal::Ticket)?;
    let about = about(service, &job).await?;
    let token = Token::new(service.random.as_ref());
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.claim_card_job(id, number, &token_hash(service, token.as_str()), now).await? {
        return Err(JobRefusal::Ticket);
    }
    // As it is now that nobody else can change it.
    let job = tx.card_job(id).await?.ok_or(JobRefusal::Ticket)?;
    let mut facts = facts_of(&job)?;
    another_run(&mut facts);
    let plain: Plain = serde_json::from_str(&job.request).map_err(|_| CORRUPT)?;
    if plain.locked && service.store.card_job_typed(&job, now)?.is_none() {
        // The passcode that nobody knows was erased: the card gets another one.
        facts.passcode.set = false;
        let typed = Typed { current: None, new: Some(nobodys(service)) };
        let until = now.saturating_add(TYPED_KEPT).unwrap_or(jiff::Timestamp::MAX);
        tx.retype_card_job(id, &sealable(&typed)?, until).await?;
    }
    tx.facts_of_card_job(id, &written(&facts)?).await?;
    tx.commit().await?;
    tracing::info!(job = %id, run = job.run, agent = %claim.agent, system = %claim.system, "an agent has a card job");
    Ok(Claimed { job: id, token: token.as_str().to_owned(), about })
}

/// What the agent shows to the person before it does anything.
async fn about(service: &Service, job: &CardJob) -> Result<About, JobRefusal> {
    let account = async |id: Option<uuid::Uuid>| match id {
        Some(id) => service.store.account(id).await,
        None => Ok(None),
    };
    let name = |account: Option<Account>| {
        account.map_or_else(String::new, |account| format!("{} {}", account.first_name, account.last_name))
    };
    let kind = kind_named(&job.kind).ok_or(CORRUPT)?;
    let card = match job.smartcard_id {
        Some(card) => service.store.smartcard(card).await?,
        None => None,
    };
    let organisation = service.store.organisation(job.organisation_id).await?;
    Ok(About {
        kind,
        service: service.settings.service_name.clone(),
        organisation: organisation.map(|organisation| organisation.name).unwrap_or_default(),
        asked_by: name(account(Some(job.started_by)).await?),
        card_of: name(account(job.account_id).await?),
        card: card.map(|card| Hex(card.guid.to_vec()).digits()),
        sentence: service.word(&format!("card-job-{}", kind_name(kind)), &[]),
    })
}

/// The database holds something else than we wrote.
pub(super) const CORRUPT: Refusal = Refusal::Fault("a card job is not what was written");

pub(super) fn token_hash(service: &Service, token: &str) -> [u8; 32] {
    service.keys.keyed_hash("card-job-token", &[token.as_bytes()])
}

pub(super) fn facts_of(job: &CardJob) -> Result<Facts, Refusal> {
    serde_json::from_str(&job.facts).map_err(|_| CORRUPT)
}

pub(super) fn written(facts: &Facts) -> Result<String, Refusal> {
    serde_json::to_string(facts).map_err(|_| CORRUPT)
}

/// For sealing.
pub(super) fn sealable(value: &impl serde::Serialize) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    serde_json::to_vec(value).map(Zeroizing::new).map_err(|_| CORRUPT)
}

/// A passcode that nobody knows, for a card that is handed over locked.
pub(super) fn nobodys(service: &Service) -> String {
    vault::random_signs(service.random.as_ref(), b"0123456789", 8).expose().clone()
}

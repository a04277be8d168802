//! Tickets: what the link on the page holds and the agent trades in, once and within a minute. A ticket is made of the job's id and its
//! number, so that a page can show it without writing anything; the next number makes the one before worthless.

use super::watch::own;
use crate::{Refusal, Service};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rules::card_job::{TICKET_LIFETIME, TICKETS_PER_JOB};
use store::card_job::CardJob;
use store::limits::Allowance;
use uuid::Uuid;

/// The id, the number, and the keyed hash over both.
const BYTES: usize = 16 + 4 + 32;

/// When a ticket that is made at `now` ends, UTC.
pub(super) fn ends(now: Timestamp) -> Timestamp {
    now.saturating_add(TICKET_LIFETIME).unwrap_or(Timestamp::MAX)
}

fn seal(service: &Service, job: Uuid, number: u32) -> [u8; 32] {
    service.keys.keyed_hash("card-job-ticket", &[job.as_bytes(), &number.to_be_bytes()])
}

/// The text of a ticket.
pub(super) fn text(service: &Service, job: Uuid, number: u32) -> String {
    let seal = seal(service, job, number);
    URL_SAFE_NO_PAD.encode([&job.as_bytes()[..], &number.to_be_bytes(), &seal].concat())
}

/// Which job and number a ticket is for; none where we never made it.
pub(super) fn read(service: &Service, text: &str) -> Option<(Uuid, u32)> {
    let mut bytes = [0; BYTES];
    let whole = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) == Ok(BYTES);
    let (job, rest) = bytes.split_first_chunk::<16>()?;
    let (number, seal_read) = rest.split_first_chunk::<4>()?;
    let (job, number) = (Uuid::from_bytes(*job), u32::from_be_bytes(*number));
    let ours =
        vault::Secret::new(seal(service, job, number).to_vec()) == vault::Secret::new(seal_read.to_vec());
    (whole && ours).then_some((job, number))
}

/// The link that starts the agent, while the ticket can be traded in.
pub(super) fn link(service: &Service, job: &CardJob, now: Timestamp) -> Option<String> {
    let good = job.ended_at.is_none() && job.ticket_used_at.is_none() && job.ticket_expires_at > now;
    good.then(|| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("portal", service.settings.public_url.as_str().trim_end_matches('/'))
            .append_pair("ticket", &text(service, job.id, job.ticket_number))
            .finish();
        format!("{}:job?{query}", card_jobs::SCHEME)
    })
}

/// *Go on*: a new ticket for a job that `viewer` began. The one before is worth nothing; an agent that works is not disturbed before
/// the new one is traded in.
///
/// # Errors
/// [`Refusal::NotFound`] where it is not theirs, [`Refusal::CardJobOver`] where it has ended, [`Refusal::TooManyCardJobs`].
pub async fn new_ticket(service: &Service, viewer: Uuid, id: Uuid) -> Result<(), Refusal> {
    let job = own(service, viewer, id).await?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.take(&TICKETS_PER_JOB, job.id.as_bytes(), now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCardJobs);
    }
    tx.new_card_ticket(job.id, viewer, ends(now)).await?.ok_or(Refusal::CardJobOver)?;
    tx.commit().await?;
    Ok(())
}

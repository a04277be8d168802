//! Who must come in: locked, expired, blocked, or with no renewal left and due again.

use crate::console::Staff;
use crate::smartcard::ra::find::FoundCard;
use crate::smartcard::ra::{rules_of, state};
use crate::{Refusal, Service};
use rules::days::{after, before, begins};
use rules::desk::FOUND_PER_PAGE;
use rules::role::Act;
use store::audit::Event;
use store::smartcard_lists::MustComeIn;

/// A file holds so many at most: more than any Registration Authority has appointments for.
const LARGEST_FILE: u32 = 20_000;

/// One page of those who must come in.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The cards.
    pub cards: Vec<FoundCard>,
    /// Which page, from 1.
    pub page: u32,
    /// Whether there is a page after it.
    pub more: bool,
}

/// The dates that say who must come in today.
pub(super) fn must_come_in(service: &Service, staff: &Staff) -> MustComeIn {
    let (rules, today, zone) = (rules_of(staff), service.today(), &service.settings.time_zone);
    let due = after(today, rules.renewal.reminds_from_days.saturating_add(1));
    MustComeIn {
        locked_since: before(today, rules.timeline.locks),
        expired_before: begins(today, zone),
        due_before: begins(due, zone),
        renewals: rules.renewal.self_service_limit,
    }
}

/// A page of the queue, those whose certificates ended first before the others.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn show(service: &Service, staff: &Staff, page: u32) -> Result<Queue, Refusal> {
    staff.demand(Act::SeeVisits)?;
    let page = page.clamp(1, LARGEST_FILE / FOUND_PER_PAGE);
    let mut cards = listed(service, staff, FOUND_PER_PAGE + 1, (page - 1) * FOUND_PER_PAGE).await?;
    let per_page = usize::try_from(FOUND_PER_PAGE).unwrap_or(usize::MAX);
    let more = cards.len() > per_page;
    cards.truncate(per_page);
    Ok(Queue { cards, page, more })
}

/// All of them, for a file.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn all(service: &Service, staff: &Staff) -> Result<Vec<FoundCard>, Refusal> {
    staff.demand(Act::SeeVisits)?;
    listed(service, staff, LARGEST_FILE, 0).await
}

async fn listed(
    service: &Service,
    staff: &Staff,
    at_most: u32,
    skip: u32,
) -> Result<Vec<FoundCard>, Refusal> {
    let must = must_come_in(service, staff);
    let organisation = staff.organisation();
    let found = service.store.smartcards_that_must_come_in(organisation, must, at_most, skip).await?;
    let cards: Vec<_> = found
        .into_iter()
        .map(|(card, owner)| {
            let state = state(service, &card, rules_of(staff));
            FoundCard { card, owner: Some(owner.join(" ")), state }
        })
        .collect();
    let (found, now) = (u32::try_from(cards.len()).unwrap_or(u32::MAX), service.clock.now());
    let mut tx = service.store.begin().await?;
    tx.audit(Event::SmartcardsListed { organisation, by: staff.id(), found }, now);
    tx.commit().await?;
    Ok(cards)
}

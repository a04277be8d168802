//! The history of somebody's passport: what happened, when, and by whom.

use crate::session::Person;
use crate::{Refusal, Service};
use store::passport_event::PassportEvent;
use uuid::Uuid;

/// So many events stand on one page.
const PAGE: usize = 50;

/// A page of the history.
#[derive(Debug, Clone)]
pub struct History {
    /// The newest first.
    pub events: Vec<PassportEvent>,
    /// The event before which the next page goes on; none where this is the last.
    pub older_than: Option<Uuid>,
}

/// What happened before the event `before`, or up to now.
///
/// # Errors
/// [`Refusal::NotFound`] where `before` is no id.
pub async fn read(service: &Service, person: &Person, before: Option<&str>) -> Result<History, Refusal> {
    let before = before.map(|id| Uuid::parse_str(id).map_err(|_| Refusal::NotFound)).transpose()?;
    let at_most = u32::try_from(PAGE + 1).unwrap_or(u32::MAX);
    let mut events = service.store.passport_events(person.account.id, before, at_most).await?;
    let more = events.len() > PAGE;
    events.truncate(PAGE);
    Ok(History { older_than: events.last().filter(|_| more).map(|last| last.id), events })
}

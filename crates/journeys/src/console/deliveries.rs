//! The delivery log: what became of the organisation's messages. Never where they went, nor what they said.

use crate::console::find::count_look;
use crate::console::{Staff, id, person_of};
use crate::{FieldProblem, Refusal, Service};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use rules::days::begins;
use rules::role::Act;
use std::collections::BTreeMap;
use store::delivery::{DeliveryEntry, DeliveryFilters, DeliveryStatus};
use store::outbox::Channel;
use uuid::Uuid;

/// No page after this one is shown: whoever looks for more narrows the list.
const LAST_PAGE: u32 = 200;

/// What somebody looks for, as they typed it; what is empty is not looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// `email`, `text` or `call`.
    pub channel: &'a str,
    /// A state, as [`DeliveryStatus`] names it.
    pub state: &'a str,
    /// The id of an account.
    pub person: &'a str,
    /// The first local day, like 2026-11-22.
    pub from: &'a str,
    /// The last local day.
    pub to: &'a str,
    /// Which page, from 1.
    pub page: u32,
}

/// A page of the log.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// The newest first.
    pub entries: Vec<DeliveryEntry>,
    /// The names of the people whom the entries are about.
    pub names: BTreeMap<Uuid, String>,
    /// The person whose messages alone are listed.
    pub only: Option<(Uuid, String)>,
    /// Which page, from 1.
    pub page: u32,
    /// Whether there is a page after it.
    pub more: bool,
}

/// Shows a page of the organisation's delivery log. Whoever lists one person's messages has looked at that person.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`] where the person is not of the organisation, [`Refusal::TooManyLookups`],
/// [`Refusal::Fields`] where a day is none.
pub async fn log(service: &Service, staff: &Staff, asked: Asked<'_>) -> Result<Log, Refusal> {
    staff.demand(Act::SeeDeliveries)?;
    let only = match asked.person {
        "" => None,
        person => {
            let account = person_of(service, staff, id(person)?).await?;
            count_look(service, staff, account.id, service.clock.now()).await?;
            Some((account.id, format!("{} {}", account.first_name, account.last_name)))
        }
    };
    let page = asked.page.clamp(1, LAST_PAGE);
    let filters = filters(service, asked, only.as_ref().map(|(id, _)| *id))?;
    let found = service.store.delivery_log(staff.organisation(), &filters, page).await?;
    let mut names = BTreeMap::new();
    for account in found.entries.iter().filter_map(|entry| entry.account) {
        if !names.contains_key(&account)
            && let Some((first, last)) = service.store.name_of(account, staff.organisation()).await?
        {
            names.insert(account, format!("{first} {last}"));
        }
    }
    Ok(Log { entries: found.entries, names, only, page, more: found.more && page < LAST_PAGE })
}

fn filters(service: &Service, asked: Asked<'_>, account: Option<Uuid>) -> Result<DeliveryFilters, Refusal> {
    let mut problems = Vec::new();
    let mut day = |field, typed: &str| match typed.trim() {
        "" => None,
        typed => typed
            .parse::<Date>()
            .map_err(|_| problems.push(FieldProblem::new(field, "delivery-day-malformed")))
            .ok(),
    };
    let (from, to) = (day("from", asked.from), day("to", asked.to));
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        problems.push(FieldProblem::new("to", "delivery-days-crossed"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let zone = &service.settings.time_zone;
    // Both ends of the filter lie just before a midnight: it takes what was written after the one and up to the other.
    let eve =
        |day: Date| begins(day, zone).checked_sub(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MIN);
    Ok(DeliveryFilters {
        channel: match asked.channel {
            "email" => Some(Channel::Email),
            "text" => Some(Channel::Text),
            "call" => Some(Channel::Call),
            _ => None,
        },
        status: DeliveryStatus::parse(asked.state),
        account,
        since: from.map(eve),
        until: to.map(|day| eve(day.saturating_add(1.day()))),
    })
}

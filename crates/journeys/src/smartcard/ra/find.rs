//! Find a person or a card. Whoever looks for more than come to the counter is stopped, as at the service desk.

use crate::console::Staff;
use crate::console::find::take_search;
use crate::smartcard::ra::{State, name, rules_of, state};
use crate::{Refusal, Service};
use rules::desk::{FOUND_PER_PAGE, Search, SearchProblem};
use rules::role::Act;
use store::audit::Event;
use store::people::Found;
use store::smartcard::Smartcard;
use store::smartcard_lists::CardSearch;

/// A card with whose it is and how it stands.
#[derive(Debug, Clone)]
pub struct FoundCard {
    /// The card.
    pub card: Smartcard,
    /// First and last name of whose it is.
    pub owner: Option<String>,
    /// How it stands.
    pub state: State,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct FoundBoth {
    /// Cards by what is printed on them, GUID or serial number.
    pub cards: Vec<FoundCard>,
    /// Whether there are more than are listed.
    pub more_cards: bool,
    /// People by name, address or staff number.
    pub people: Vec<Found>,
    /// Whether there are more than are listed.
    pub more_people: bool,
}

/// Looks for people and cards of the organisation.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::Fields`], [`Refusal::TooManyLookups`].
pub async fn search(service: &Service, staff: &Staff, typed: &str) -> Result<FoundBoth, Refusal> {
    staff.demand(Act::SeeCards)?;
    let search = Search::parse(typed).map_err(|problem| {
        Refusal::field(
            "search",
            match problem {
                SearchProblem::Empty => "ra-search-empty",
                SearchProblem::TooShort => "search-too-short",
                SearchProblem::TooLong => "search-too-long",
            },
        )
    })?;
    let per_page = usize::try_from(FOUND_PER_PAGE).unwrap_or(usize::MAX);
    let organisation = staff.organisation();
    let mut people = service.store.find_people(organisation, &search, FOUND_PER_PAGE + 1, 0).await?;
    let more_people = people.len() > per_page;
    people.truncate(per_page);
    let mut ids =
        service.store.search_smartcards(organisation, &CardSearch::new(typed), FOUND_PER_PAGE + 1).await?;
    let more_cards = ids.len() > per_page;
    ids.truncate(per_page);
    let mut cards = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(card) = service.store.smartcard(id).await? {
            cards.push(with_owner(service, staff, card).await?);
        }
    }
    let now = service.clock.now();
    let mut tx = take_search(service, staff, now).await?;
    let found = u32::try_from(people.len() + cards.len()).unwrap_or(u32::MAX);
    tx.audit(Event::SmartcardsListed { organisation, by: staff.id(), found }, now);
    tx.commit().await?;
    Ok(FoundBoth { cards, more_cards, people, more_people })
}

/// The card with the name of whose it is.
async fn with_owner(service: &Service, staff: &Staff, card: Smartcard) -> Result<FoundCard, Refusal> {
    let owner = match card.account_id {
        Some(owner) => service.store.account(owner).await?.map(|owner| name(&owner)),
        None => None,
    };
    let state = state(service, &card, rules_of(staff));
    Ok(FoundCard { card, owner, state })
}

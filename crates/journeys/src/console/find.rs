//! Find a person: by the beginning of a name, an e-mail address or a staff number. Whoever looks for, or at, more people than
//! calls come in is stopped, and the audit says so.

use crate::console::Staff;
use crate::numbers::NUMBER_NOT_ALLOWED;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::desk::{FOUND_PAGES, FOUND_PER_PAGE, Search, SearchProblem};
use rules::limits::{Limit, PEOPLE_SEEN_PER_HOUR, PERSON_SEEN, SEARCHES_PER_HOUR};
use rules::role::Act;
use store::Tx;
use store::audit::Event;
use store::limits::Allowance;
use store::people::Found;
use uuid::Uuid;

/// One page of what was found.
#[derive(Debug, Clone)]
pub struct FoundPeople {
    /// The people.
    pub people: Vec<Found>,
    /// Which page it is, from 1.
    pub page: u32,
    /// Whether there is a page after it.
    pub more: bool,
    /// Whether there are more people than are listed: more letters find fewer.
    pub too_many: bool,
}

/// Looks for people of the organisation, so as to do `act`. `page` begins with 1.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::Fields`], [`Refusal::TooManyLookups`].
pub async fn search(
    service: &Service,
    staff: &Staff,
    act: Act,
    typed: &str,
    page: u32,
) -> Result<FoundPeople, Refusal> {
    staff.demand(act)?;
    let search = Search::parse(typed).map_err(|problem| {
        Refusal::field(
            "search",
            match problem {
                SearchProblem::Empty => "search-empty",
                SearchProblem::TooShort => "search-too-short",
                SearchProblem::TooLong => "search-too-long",
            },
        )
    })?;
    let now = service.clock.now();
    let page = page.clamp(1, FOUND_PAGES);
    let people = service
        .store
        .find_people(staff.organisation(), &search, FOUND_PER_PAGE + 1, (page - 1) * FOUND_PER_PAGE)
        .await?;
    let mut tx = take(service, staff, &SEARCHES_PER_HOUR, now).await?;
    let found = listed(people, page);
    tx.audit(
        Event::PeopleSearched { organisation: staff.organisation(), by: staff.id(), found: found.count() },
        now,
    );
    tx.commit().await?;
    Ok(found)
}

/// People whose account is disabled for a number that may not be used, so that they can be put right.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::TooManyLookups`].
pub async fn disabled(service: &Service, staff: &Staff, page: u32) -> Result<FoundPeople, Refusal> {
    staff.demand(Act::SeePeople)?;
    let now = service.clock.now();
    let page = page.clamp(1, u32::MAX / FOUND_PER_PAGE);
    let people = service
        .store
        .disabled_people(
            staff.organisation(),
            NUMBER_NOT_ALLOWED,
            FOUND_PER_PAGE + 1,
            (page - 1) * FOUND_PER_PAGE,
        )
        .await?;
    let mut tx = take(service, staff, &SEARCHES_PER_HOUR, now).await?;
    let mut found = listed(people, page);
    // All of them are somebody's work: they are listed to the last.
    found.more |= found.too_many;
    found.too_many = false;
    let event = Event::DisabledPeopleListed {
        organisation: staff.organisation(),
        by: staff.id(),
        found: found.count(),
    };
    tx.audit(event, now);
    tx.commit().await?;
    Ok(found)
}

impl FoundPeople {
    fn count(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }
}

fn listed(mut people: Vec<Found>, page: u32) -> FoundPeople {
    let per_page = usize::try_from(FOUND_PER_PAGE).unwrap_or(usize::MAX);
    let more = people.len() > per_page;
    people.truncate(per_page);
    FoundPeople { people, page, more: more && page < FOUND_PAGES, too_many: more && page >= FOUND_PAGES }
}

/// Counts one more look at `account`, unless this member of staff has looked at the same person within the hour. Answers whether
/// it was counted.
pub(crate) async fn count_look(
    service: &Service,
    staff: &Staff,
    account: Uuid,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let pair = service.keys.keyed_hash("console-person", &[staff.id().as_bytes(), account.as_bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&PERSON_SEEN, &pair, now).await? != Allowance::Granted {
        return Ok(false);
    }
    if tx.take(&PEOPLE_SEEN_PER_HOUR, &staff_hash(service, staff), now).await? != Allowance::Granted {
        drop(tx);
        stopped(service, staff, &PEOPLE_SEEN_PER_HOUR, now).await?;
        return Err(Refusal::TooManyLookups);
    }
    tx.audit(Event::PersonSeen { account, by: staff.id() }, now);
    tx.commit().await?;
    Ok(true)
}

/// A transaction in which one more search was taken for this member of staff.
pub(crate) async fn take_search(service: &Service, staff: &Staff, now: Timestamp) -> Result<Tx, Refusal> {
    take(service, staff, &SEARCHES_PER_HOUR, now).await
}

/// A transaction in which one more of `limit` was taken for this member of staff.
async fn take(service: &Service, staff: &Staff, limit: &Limit, now: Timestamp) -> Result<Tx, Refusal> {
    let mut tx = service.store.begin().await?;
    if tx.take(limit, &staff_hash(service, staff), now).await? == Allowance::Granted {
        return Ok(tx);
    }
    drop(tx);
    stopped(service, staff, limit, now).await?;
    Err(Refusal::TooManyLookups)
}

/// The audit and the log's alarm tell of it.
async fn stopped(service: &Service, staff: &Staff, limit: &Limit, now: Timestamp) -> Result<(), Refusal> {
    let mut tx = service.store.begin().await?;
    let event = Event::LookingStopped {
        organisation: staff.organisation(),
        by: staff.id(),
        limit: limit.name.to_owned(),
    };
    tx.audit(event, now);
    tx.commit().await?;
    tracing::error!(
        alarm = true,
        staff = %staff.id(),
        limit = limit.name,
        "somebody looks at more people in the console than calls come in"
    );
    Ok(())
}

fn staff_hash(service: &Service, staff: &Staff) -> [u8; 32] {
    service.keys.keyed_hash("console-staff", &[staff.id().as_bytes()])
}

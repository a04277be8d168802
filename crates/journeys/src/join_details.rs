//! Guide 003, step 6: a new password and personal details, which must be those that the employer holds.

use crate::join::{Joining, Step};
use crate::password::{self, canonical};
use crate::refusal::{birth_problem, first_name_problem, last_name_problem, password_problem};
use crate::{Refusal, Service};
use jiff::SignedDuration;
use jiff::civil::Date;
use rules::limits::Limit;
use rules::name::PersonName;
use rules::roster::{RosterFacts, details_match};
use store::audit::Event;
use vault::Secret;

/// What was typed.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields of the form")]
pub struct Details<'a> {
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub day: &'a str,
    pub month: &'a str,
    pub year: &'a str,
    pub password: &'a Secret<String>,
}

/// What was typed, read.
struct Read {
    first_name: PersonName,
    last_name: PersonName,
    date_of_birth: Date,
}

/// Takes password and details where they can be taken and match the roster. Every problem is named at once.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::DetailsMismatch`], [`Refusal::SentToOrganisation`], [`Refusal::WrongStep`],
/// [`Refusal::NoLongerOnRoster`], [`Refusal::AccountExists`], [`Refusal::Busy`].
pub async fn give(service: &Service, joining: &Joining, details: Details<'_>) -> Result<(), Refusal> {
    joining.at(&[Step::Details, Step::ChooseFactor, Step::EnterFactor, Step::ProveFactor])?;
    if joining.registration.mismatches >= joining.policy.registration_mismatches {
        return Err(Refusal::SentToOrganisation);
    }
    let read = read(service, joining, &details).await?;
    match_roster(service, joining, &read).await?;
    let hash = service.hasher.hash(&canonical(details.password), service.random.as_ref()).await?;

    let now = service.clock.now();
    let id = joining.registration.id;
    let mut tx = service.store.begin().await?;
    let kept = tx
        .save_details(
            id,
            read.first_name.as_str(),
            read.last_name.as_str(),
            &hash,
            joining.policy.registration_mismatches,
            now,
        )
        .await?;
    if !kept {
        return Err(Refusal::WrongStep);
    }
    tx.audit(Event::DetailsAccepted { registration: id }, now);
    tx.commit().await?;
    Ok(())
}

async fn read(service: &Service, joining: &Joining, details: &Details<'_>) -> Result<Read, Refusal> {
    let first_name =
        PersonName::parse(details.first_name).map_err(|problem| first_name_problem("first_name", problem));
    let last_name =
        PersonName::parse(details.last_name).map_err(|problem| last_name_problem("last_name", problem));
    let date_of_birth = rules::birth::parse(details.day, details.month, details.year, service.today())
        .map_err(|problem| birth_problem("birth", problem));
    let (local_part, _) = joining.registration.email.split_once('@').unwrap_or(("", ""));
    let person = [details.first_name, details.last_name, local_part];
    let policy = &joining.policy.password;
    let password = password::judge(service, &joining.organisation, policy, &person, details.password)
        .await
        .map_err(|problem| password_problem("password", problem));
    match (first_name, last_name, date_of_birth, password) {
        (Ok(first_name), Ok(last_name), Ok(date_of_birth), Ok(())) => {
            Ok(Read { first_name, last_name, date_of_birth })
        }
        (first_name, last_name, date_of_birth, password) => Err(Refusal::Fields(
            [first_name.err(), last_name.err(), date_of_birth.err(), password.err()]
                .into_iter()
                .flatten()
                .collect(),
        )),
    }
}

/// Compares with the roster. A mismatch is counted for this registration and for the roster's entry, so that starting
/// again gives no new tries.
async fn match_roster(service: &Service, joining: &Joining, read: &Read) -> Result<(), Refusal> {
    let now = service.clock.now();
    let registration = &joining.registration;
    let at_most = joining.policy.registration_mismatches;
    let entry_id = registration.roster_entry_id.ok_or(Refusal::NoLongerOnRoster)?;

    let mut tx = service.store.begin().await?;
    let entry = tx.roster_entry(entry_id).await?.ok_or(Refusal::NoLongerOnRoster)?;
    if entry.left {
        return Err(Refusal::NoLongerOnRoster);
    }
    if tx.has_account(&registration.email, Some(entry.id)).await? {
        return Err(Refusal::AccountExists);
    }
    let by_entry = Limit { name: "detail-mismatches", at_most, within: MISMATCHES_COUNT_FOR };
    if !tx.has_room(&by_entry, entry.id.as_bytes(), now).await? {
        return Err(Refusal::SentToOrganisation);
    }
    let last_name = PersonName::parse(&entry.last_name)
        .map_err(|_| Refusal::Fault("a last name on the roster cannot be read"))?;
    let facts = RosterFacts { last_name: &last_name, date_of_birth: entry.date_of_birth };
    if details_match(&facts, &read.last_name, read.date_of_birth) {
        return Ok(());
    }
    tx.take(&by_entry, entry.id.as_bytes(), now).await?;
    let mismatches = tx.count_mismatch(registration.id, at_most).await?;
    tx.audit(Event::DetailsMismatched { registration: registration.id, mismatches }, now);
    tx.commit().await?;
    if mismatches >= at_most {
        return Err(Refusal::SentToOrganisation);
    }
    Err(Refusal::DetailsMismatch { left: at_most - mismatches })
}

/// As long as a registration can last.
const MISMATCHES_COUNT_FOR: SignedDuration = SignedDuration::from_hours(24);

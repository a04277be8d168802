//! A trust provides credentials to one of its people, who is told at once: all of what comes together, or nothing of it, and told of
//! in one message.

use crate::passport::client::{self, ClientRefusal, LONGEST_KEY};
use crate::passport::{notify, rejections};
use crate::password_check::user_name;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::passport::{Provided, ProvidedMistake, ProvidedProblem};
use serde_json::Value;
use store::Tx;
use store::account::Account;
use store::audit::Event;
use store::credential::{Credential, NewCredential};
use store::organisation::Organisation;
use store::passport_event::{About, NewPassportEvent};
use uuid::Uuid;
use wording::Message;

/// What was provided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The ids of the credentials, in the order in which they were asked for.
    pub ids: Vec<Uuid>,
    /// Whether that was done before under the same idempotency key, and nothing now.
    pub before: bool,
}

/// The account of somebody of a trust, by e-mail address or staff number. Who has that number elsewhere is nothing to this trust.
///
/// # Errors
/// Where the database fails.
pub async fn person(
    service: &Service,
    organisation: &Organisation,
    typed: &str,
) -> Result<Option<Account>, Refusal> {
    let found = service.store.account_in_records(organisation.id, &user_name(typed)).await?;
    match found {
        Some(id) => Ok(service.store.account(id).await?),
        None => Ok(None),
    }
}

/// Who provides on the trust's behalf: a system, or a member of staff in the console. Neither: it is done at the
/// command line, or follows from the staff records.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Provider {
    /// The system.
    pub client: Option<Uuid>,
    /// The member of staff.
    pub by: Option<Uuid>,
    /// Tells by e-mail alone: where a night's changes of a whole hospital are provided at once, texts would wake people, and use up those
    /// that codes need.
    pub no_texts: bool,
}

/// Provides credentials at the command line. Answers their ids.
///
/// # Errors
/// Where the database fails.
pub async fn provide(
    service: &Service,
    organisation: &Organisation,
    account: &Account,
    provided: &[Provided],
) -> Result<Vec<Uuid>, Refusal> {
    let now = service.clock.now();
    let ids = new_ids(service, provided, now);
    let mut tx = service.store.begin().await?;
    write(service, &mut tx, (account, organisation), &ids, provided, Provider::default(), now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(ids)
}

/// A member of staff provides credentials, of which the first gets the id `id` and each other one that after it: what is asked for again
/// under the same id is done once.
///
/// # Errors
/// [`Refusal::NotFound`] where another person's credential has this id, [`Refusal::Fields`] where something else was provided under it.
pub(crate) async fn by_staff(
    service: &Service,
    (account, organisation): (&Account, &Organisation),
    staff: Uuid,
    id: Uuid,
    provided: &[Provided],
) -> Result<Done, Refusal> {
    let now = service.clock.now();
    let ids: Vec<Uuid> = ids_from(id).take(provided.len()).collect();
    let mut tx = service.store.begin().await?;
    tx.one_at_a_time("credential-provided", id.as_bytes(), now).await?;
    if let Some(before) = tx.credential(id).await? {
        if before.account_id != account.id || before.organisation_id != organisation.id {
            return Err(Refusal::NotFound);
        }
        if !were_provided(&mut tx, before, provided).await? {
            return Err(Refusal::field("", "form-sent-before"));
        }
        return Ok(Done { ids, before: true });
    }
    let by = Provider { by: Some(staff), ..Provider::default() };
    write(service, &mut tx, (account, organisation), &ids, provided, by, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(Done { ids, before: false })
}

/// The ids of what is provided by one form, in their order.
fn ids_from(first: Uuid) -> impl Iterator<Item = Uuid> {
    (0_u128..).map(move |number| Uuid::from_u128(first.as_u128().wrapping_add(number)))
}

/// Whether this, and no more and no less, was provided by the form whose first credential is `before`. Whoever goes back, corrects something
/// and sends the form again must not believe that the correction was provided.
async fn were_provided(tx: &mut Tx, before: Credential, provided: &[Provided]) -> Result<bool, Refusal> {
    let next_ids = ids_from(before.id).skip(1);
    let mut there = Some(before);
    for (next, one) in next_ids.zip(provided) {
        let same = there.is_some_and(|there| {
            (there.kind, there.variant.as_str(), there.content.as_str(), there.moments.valid_until)
                == (one.kind, one.variant, one.content.as_str(), one.valid_until)
        });
        if !same {
            return Ok(false);
        }
        there = tx.credential(next).await?;
    }
    Ok(there.is_none())
}

/// A system of a trust provides credentials with its key: `{"person": "…", "credentials": […]}`. What it sends again under the same
/// idempotency key is done once.
///
/// # Errors
/// [`ClientRefusal`].
pub async fn by_client(
    service: &Service,
    bearer: &str,
    idempotency_key: Option<&str>,
    body: &[u8],
) -> Result<Done, ClientRefusal> {
    let (client, organisation) = client::enter(service, bearer).await?;
    let now = service.clock.now();
    if idempotency_key.is_some_and(|key| key.trim().is_empty() || key.len() > LONGEST_KEY) {
        return Err(ClientRefusal::BadKey);
    }
    let asked = Asked::read(service, body)?;
    let account = person(service, &organisation, &asked.person).await?;
    let account = account.ok_or(ClientRefusal::NoSuchPerson)?;

    let ids = new_ids(service, &asked.provided, now);
    let mut tx = service.store.begin().await?;
    if let Some(key) = idempotency_key {
        let key = service.keys.keyed_hash("passport-idempotency", &[key.trim().as_bytes()]);
        let hash = service.keys.keyed_hash("passport-asked", &[body]);
        let answer = serde_json::to_string(&ids).map_err(|_| Refusal::Fault("ids cannot be written"))?;
        let before = tx.ask_once(client.id, &key, &hash, &answer, now).await?;
        if let Some(before) = before {
            if before.asked != hash {
                return Err(ClientRefusal::KeyReused);
            }
            let ids = serde_json::from_str(&before.answer)
                .map_err(|_| Refusal::Fault("an answer that was kept cannot be read"))?;
            return Ok(Done { ids, before: true });
        }
    }
    let by = Provider { client: Some(client.id), ..Provider::default() };
    write(service, &mut tx, (&account, &organisation), &ids, &asked.provided, by, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(Done { ids, before: false })
}

/// What a system asks for.
struct Asked {
    person: String,
    provided: Vec<Provided>,
}

impl Asked {
    fn read(service: &Service, body: &[u8]) -> Result<Self, ClientRefusal> {
        let problem = |pointer: &str, what| ProvidedProblem { pointer: pointer.to_owned(), what };
        let not_an_object = || ClientRefusal::Problems(vec![problem("", ProvidedMistake::NotAnObject)]);
        let json: Value = serde_json::from_slice(body).map_err(|_| not_an_object())?;
        let object = json.as_object().ok_or_else(not_an_object)?;
        let mut problems = Vec::new();
        let person = match object.get("person") {
            None => Err(ProvidedMistake::Missing),
            Some(person) => {
                person.as_str().filter(|person| !person.trim().is_empty()).ok_or(ProvidedMistake::NotText)
            }
        };
        let person = person.map_err(|what| problems.push(problem("/person", what))).ok();
        let provided = match object.get("credentials") {
            None => Err(vec![problem("", ProvidedMistake::Missing)]),
            Some(credentials) => Provided::read_all(credentials, service.today()),
        };
        let provided = provided
            .map_err(|wrong| {
                problems.extend(wrong.into_iter().map(|one| ProvidedProblem {
                    pointer: format!("/credentials{}", one.pointer),
                    what: one.what,
                }));
            })
            .ok();
        match (person, provided) {
            (Some(person), Some(provided)) => Ok(Self { person: person.to_owned(), provided }),
            _ => Err(ClientRefusal::Problems(problems)),
        }
    }
}

/// In order, so that what is provided together is listed as it was sent.
fn new_ids(service: &Service, provided: &[Provided], now: Timestamp) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = provided.iter().map(|_| vault::new_id(now, service.random.as_ref())).collect();
    ids.sort_unstable();
    ids
}

/// Writes the credentials and the one message about them.
pub(super) async fn write(
    service: &Service,
    tx: &mut Tx,
    (account, organisation): (&Account, &Organisation),
    ids: &[Uuid],
    provided: &[Provided],
    by: Provider,
    now: Timestamp,
) -> Result<(), Refusal> {
    for (id, one) in ids.iter().zip(provided) {
        let new = NewCredential {
            id: *id,
            account_id: account.id,
            organisation_id: organisation.id,
            kind: one.kind,
            variant: one.variant,
            content: &one.content,
            valid_until: one.valid_until,
        };
        tx.add_credential(new, now).await?;
        if let Some(client) = by.client {
            tx.credential_came_from(*id, client).await?;
        }
        let event = NewPassportEvent {
            id: vault::new_id(now, service.random.as_ref()),
            account: account.id,
            what: "provided",
            about: About::Credential(*id),
            organisation: Some(organisation.id),
            by: by.by,
            detail: None,
        };
        tx.add_passport_event(event, now).await?;
        rejections::corrected(service, tx, (account, organisation), (*id, one), by, now).await?;
        let kind = one.kind.as_str().to_owned();
        let audited = Event::CredentialProvided {
            account: account.id,
            credential: *id,
            organisation: organisation.id,
            kind,
            client: by.client,
            by: by.by,
        };
        tx.audit(audited, now);
    }
    let message = Message::PassportProvided {
        service: service.settings.service_name.clone(),
        organisation: organisation.name.clone(),
        count: u32::try_from(ids.len()).unwrap_or(u32::MAX),
        portal_url: service.address(notify::PORTAL),
        access_key_url: service.address(notify::ACCESS_KEY),
        support: service.support(organisation),
    };
    let mut off = tx.passport_opt_out(account.id).await?;
    off.text |= by.no_texts;
    notify::tell_owner(service, tx, (account, organisation), &message, off, now).await
}

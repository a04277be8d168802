//! Passkeys under *Security info*: the list, adding one, its name, removing it. Signing in with one is in
//! [`crate::passkey_proof`].

use crate::notices::told;
use crate::passkey_proof::{Asked, ask, relying_party, take_answer};
use crate::session::Person;
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service, Visitor, passkey_proof, session};
use jiff::Timestamp;
use rules::passkey::{AT_MOST, PasskeyNameProblem};
use serde_json::Value;
use store::Tx;
use store::activity::ActivityKind;
use store::audit::Event;
use store::passkey::CeremonyKind;
pub use store::passkey::Passkey;
use uuid::Uuid;
use vault::passkey::{CreationAnswer, Credential, Offered, PasskeyOwner, PasskeyProblem};
use wording::SecurityChange;

/// The passkeys of the person who is signed in, oldest first.
///
/// # Errors
/// Where the database fails.
pub async fn list(service: &Service, person: &Person) -> Result<Vec<Passkey>, Refusal> {
    Ok(service.store.passkeys_of(person.account.id).await?)
}

/// One of them.
///
/// # Errors
/// [`Refusal::NotFound`] where the person has none of this id.
pub async fn one(service: &Service, person: &Person, id: &str) -> Result<Passkey, Refusal> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::NotFound)?;
    list(service, person).await?.into_iter().find(|passkey| passkey.id == id).ok_or(Refusal::NotFound)
}

/// Whether an account has a passkey that can be used here.
///
/// # Errors
/// Where the database fails.
pub async fn any(service: &Service, account: Uuid) -> Result<bool, Refusal> {
    Ok(passkey_proof::possible(service) && !service.store.passkeys_of(account).await?.is_empty())
}

/// What the browsers of a person are told of the passkeys that they have.
pub(crate) fn offered(passkeys: &[Passkey]) -> Vec<Offered<'_>> {
    passkeys
        .iter()
        .map(|passkey| Offered {
            credential_id: &passkey.credential.credential_id,
            transports: &passkey.credential.transports,
        })
        .collect()
}

/// *Create a passkey*: what the browser is given to make one with.
///
/// # Errors
/// [`Refusal::ProofNeeded`], [`Refusal::Fields`] where the person has as many as one can have, [`Refusal::NetworkBusy`].
pub async fn begin_adding(service: &Service, person: &Person, visitor: &Visitor) -> Result<Value, Refusal> {
    session::fresh(service, person)?;
    let party = relying_party(service)?;
    let now = service.clock.now();
    let known = list(service, person).await?;
    if known.len() >= AT_MOST {
        return Err(too_many());
    }
    let account = &person.account;
    let mut tx = service.store.begin().await?;
    let new = vault::passkey::new_user_handle(service.random.as_ref());
    let handle = tx.passkey_handle(account.id, &new).await?;
    let asked = Asked { kind: CeremonyKind::Add, where_asked: person.session.id.as_bytes() };
    let challenge = ask(service, &mut tx, asked, visitor, now).await?;
    tx.commit().await?;
    let owner = PasskeyOwner {
        handle: &handle,
        user_name: &account.email,
        display_name: &format!("{} {}", account.first_name, account.last_name),
    };
    Ok(party.creation_options(&challenge, owner, &offered(&known)))
}

/// Takes the passkey that the browser made, and gives it a name by browser and system until its owner gives another. Answers
/// its id.
///
/// # Errors
/// [`Refusal::ProofNeeded`], [`Refusal::PasskeyOver`], [`Refusal::PasskeyRefused`], [`Refusal::Fields`] where it, or as many as
/// one can have, are there already.
pub async fn add(
    service: &Service,
    person: &Person,
    answer: &str,
    visitor: &Visitor,
) -> Result<Uuid, Refusal> {
    session::fresh(service, person)?;
    let party = relying_party(service)?;
    let now = service.clock.now();
    let account = &person.account;
    let answer = CreationAnswer::parse(answer).map_err(|_| Refusal::PasskeyRefused)?;
    let challenge = answer.challenge().map_err(|_| Refusal::PasskeyRefused)?;
    let asked = Asked { kind: CeremonyKind::Add, where_asked: person.session.id.as_bytes() };
    let mut tx = service.store.begin().await?;
    take_answer(service, &mut tx, asked, &challenge, now).await?;
    let credential = match party.register(&answer, &challenge) {
        Ok(credential) => credential,
        Err(why) => return Err(not_added(tx, account.id, why, now).await?),
    };
    if tx.passkey_count(account.id).await? as usize >= AT_MOST {
        return Err(too_many());
    }
    let id = vault::new_id(now, service.random.as_ref());
    if !tx.add_passkey(id, account.id, &credential, &suggested_name(service, visitor), now).await? {
        return Err(Refusal::field("", "passkey-known"));
    }
    added(service, tx, person, (id, &credential), visitor, now).await?;
    Ok(id)
}

async fn not_added(
    mut tx: Tx,
    account: Uuid,
    why: PasskeyProblem,
    now: Timestamp,
) -> Result<Refusal, Refusal> {
    tx.audit(Event::PasskeyRefused { account: Some(account), why: why.as_str().to_owned() }, now);
    tx.commit().await?;
    Ok(Refusal::PasskeyRefused)
}

async fn added(
    service: &Service,
    mut tx: Tx,
    person: &Person,
    (id, credential): (Uuid, &Credential),
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Refusal> {
    let account = &person.account;
    let kind = if credential.backup_eligible { "synced" } else { "device" };
    service.note(&mut tx, account.id, ActivityKind::PasskeyAdded, about(person, kind, visitor), now).await?;
    tx.audit(Event::PasskeyAdded { account: account.id, passkey: id }, now);
    told(service, &mut tx, person, SecurityChange::PasskeyAdded, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// Browser and system, where the browser tells: "Firefox, Windows 10".
fn suggested_name(service: &Service, visitor: &Visitor) -> String {
    let name = visitor.browser.as_deref().and_then(|browser| rules::passkey::name(browser).ok());
    name.unwrap_or_else(|| service.word("passkey-name", &[]))
}

fn about<'a>(person: &Person, detail: &'a str, visitor: &'a Visitor) -> About<'a> {
    About { detail: Some(detail), session: Some(person.session.id), visitor: Some(visitor), by_staff: false }
}

fn too_many() -> Refusal {
    Refusal::Fields(vec![FieldProblem {
        values: vec![("most", AT_MOST.to_string())],
        ..FieldProblem::new("", "passkey-too-many")
    }])
}

/// *Save*: gives a passkey another name.
///
/// # Errors
/// [`Refusal::ProofNeeded`], [`Refusal::Fields`], [`Refusal::NotFound`].
pub async fn rename(
    service: &Service,
    person: &Person,
    id: &str,
    typed: &str,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    session::fresh(service, person)?;
    let before = one(service, person, id).await?;
    let name = rules::passkey::name(typed).map_err(|problem| {
        let key = match problem {
            PasskeyNameProblem::Empty => "passkey-name-empty",
            PasskeyNameProblem::TooLong => "passkey-name-too-long",
        };
        Refusal::field("name", key)
    })?;
    let now = service.clock.now();
    if before.name == name {
        return Ok(());
    }
    let (account, id) = (person.account.id, before.id);
    let mut tx = service.store.begin().await?;
    if !tx.rename_passkey(id, account, &name).await? {
        return Err(Refusal::NotFound);
    }
    service.note(&mut tx, account, ActivityKind::PasskeyChanged, about(person, "name", visitor), now).await?;
    tx.audit(Event::PasskeyRenamed { account, passkey: id }, now);
    tx.commit().await?;
    Ok(())
}

/// *Delete passkey*, after its owner confirmed it.
///
/// # Errors
/// [`Refusal::ProofNeeded`], [`Refusal::NotFound`].
pub async fn remove(service: &Service, person: &Person, id: &str, visitor: &Visitor) -> Result<(), Refusal> {
    session::fresh(service, person)?;
    let now = service.clock.now();
    let account = person.account.id;
    let id = one(service, person, id).await?.id;
    let mut tx = service.store.begin().await?;
    if !tx.remove_passkey(id, account).await? {
        return Err(Refusal::NotFound);
    }
    let about = About { detail: None, ..about(person, "", visitor) };
    service.note(&mut tx, account, ActivityKind::PasskeyRemoved, about, now).await?;
    tx.audit(Event::PasskeyRemoved { account, passkey: id }, now);
    told(service, &mut tx, person, SecurityChange::PasskeyRemoved, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

//! The access key (guide 000): the credential that signs its holder in. The mobile number is proved, then the organisation itself
//! makes the key, and it is collected like any other credential.

use super::PassportRefusal;
use super::made::{Content, SUBJECT_CLAIM, subject};
use super::offer::mobile;
use crate::codes::{Destination, Sending, typed_code};
use crate::session::Person;
use crate::{Network, Refusal, Service};
use rules::method::MethodKind;
use rules::passport::issuing::ACCESS_KEY_CODE_LIFETIME;
use rules::passport::{CredentialKind, CredentialState};
use rules::policy::Policy;
use serde_json::Map;
use store::audit::Event;
use store::code::CodeFor;
use store::credential::NewCredential;
use store::outbox::Channel;
use uuid::Uuid;
use wording::Message;

/// Whether the person has an access key in their wallet.
///
/// # Errors
/// Where the database fails.
pub async fn has_one(service: &Service, person: &Person) -> Result<bool, Refusal> {
    is_held(service, person.account.id).await
}

/// Whether the owner of an account has one.
pub(super) async fn is_held(service: &Service, account: Uuid) -> Result<bool, Refusal> {
    let all = service.store.credentials_of(account).await?;
    let today = service.today();
    Ok(all.iter().any(|credential| {
        credential.kind.is_access_key() && credential.state(today) == CredentialState::Accepted
    }))
}

/// The code is good for less time than others.
fn policy(person: &Person) -> Policy {
    Policy {
        code_lifetime: ACCESS_KEY_CODE_LIFETIME.min(person.policy.code_lifetime),
        ..person.policy.clone()
    }
}

/// *Send Code*, *Send New Code*: proves the mobile number anew. The caller has asked for a fresh proof of who is there. Answers the
/// number.
///
/// # Errors
/// [`Refusal::Passport`] where there is no number, [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`], [`Refusal::NoTextsNow`].
pub async fn send_code(service: &Service, person: &Person, network: &Network) -> Result<String, Refusal> {
    let number = mobile(service, person).await?.ok_or(PassportRefusal::NoMobile)?;
    let (policy, now) = (policy(person), service.clock.now());
    let to = Destination { channel: Channel::Text, to: &number };
    let code_for = CodeFor::AccessKey(person.session.id);
    let mut tx = service.store.begin().await?;
    service.allow_code(&mut tx, &policy, code_for, to, network, now).await?;
    let sending = Sending {
        code_for,
        to,
        account: Some(person.account.id),
        organisation: Some(person.organisation.id),
    };
    let name = service.settings.service_name.clone();
    let message = |code, minutes| Message::AccessKeyCode { service: name, code, minutes };
    service.write_code(&mut tx, &policy, sending, now, message).await?;
    tx.commit().await?;
    service.tell_workers();
    Ok(number)
}

/// *Continue* after the six digits: the number is the person's, and an access key waits to be collected. Answers the credential,
/// which the caller offers. One that was never collected is offered again.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`].
pub async fn make(service: &Service, person: &Person, typed: &str) -> Result<Uuid, Refusal> {
    let typed = typed_code(MethodKind::Text, typed)?;
    let now = service.clock.now();
    let code_for = CodeFor::AccessKey(person.session.id);
    let (mut tx, _proof) = service.prove_code(&policy(person), code_for, &typed, now).await?;
    let (account_id, organisation_id) = (person.account.id, person.organisation.id);
    tx.one_at_a_time("access-key-made", account_id.as_bytes(), now).await?;
    let id = match tx.uncollected_access_key(account_id, organisation_id, service.today()).await? {
        Some(id) => id,
        None => vault::new_id(now, service.random.as_ref()),
    };
    if tx.credential(id).await?.is_none() {
        let mut claims = Map::new();
        claims.insert(SUBJECT_CLAIM.to_owned(), subject(service, account_id).into());
        let content = serde_json::to_string(&Content { claims, assurance: Map::new() })
            .map_err(|_| Refusal::Fault("an access key cannot be written"))?;
        let kind = CredentialKind::access_key();
        let new = NewCredential {
            id,
            account_id,
            organisation_id,
            kind,
            variant: "",
            content: &content,
            valid_until: None,
        };
        tx.add_credential(new, now).await?;
    }
    tx.audit(Event::AccessKeyMade { account: account_id, credential: id }, now);
    tx.commit().await?;
    Ok(id)
}

/// Whether the newest message with a code could not be delivered.
///
/// # Errors
/// Where the database fails.
pub async fn undelivered(service: &Service, person: &Person) -> Result<bool, Refusal> {
    crate::join::undelivered(service, person.session.id).await
}

//! Keys for the systems of a trust that provide credentials over the interface. A key is shown once; kept is a keyed hash.

use crate::{Refusal, Service};
use jiff::SignedDuration;
use rules::limits::PROVISIONS_PER_CLIENT;
use rules::passport::{CredentialState, ProvidedProblem};
use store::audit::Event;
use store::limits::Allowance;
use store::organisation::Organisation;
use store::passport_client::PassportClient;
use vault::Token;

/// No key under which a request may be sent again is longer, in bytes.
pub(super) const LONGEST_KEY: usize = 255;

/// Why something is not done for a system of a trust.
#[derive(Debug, thiserror::Error)]
pub enum ClientRefusal {
    /// No key of a system that may provide.
    #[error("the key is not one that may provide credentials")]
    UnknownKey,
    /// What came cannot be taken: nothing of it was.
    #[error("what came cannot be taken")]
    Problems(Vec<ProvidedProblem>),
    /// The idempotency key is empty or too long.
    #[error("the idempotency key must have 1 to {LONGEST_KEY} characters")]
    BadKey,
    /// Something else was asked under the same idempotency key.
    #[error("something else was asked under this idempotency key")]
    KeyReused,
    /// Nobody of the trust signs in by this name.
    #[error("nobody of the trust has this email address or staff number")]
    NoSuchPerson,
    /// This system provided no such credential.
    #[error("this system has provided no credential with this id")]
    NoSuchCredential,
    /// It does not wait for its owner's review.
    #[error("the credential is {}: only one that waits for its owner's review is withdrawn", .0.as_str())]
    NotWaiting(CredentialState),
    /// It is in no wallet.
    #[error("the credential is {}: only one that its owner accepted is revoked", .0.as_str())]
    NotAccepted(CredentialState),
    /// It was withdrawn or revoked before, for another reason than this one.
    #[error("the credential was {} before for another reason: {reason}", .state.as_str())]
    EndedOtherwise {
        /// How it stands.
        state: CredentialState,
        /// The name of that reason.
        reason: &'static str,
    },
    /// Its owner has not rejected it.
    #[error("the credential was not rejected")]
    NotRejected,
    /// Too many requests from this system.
    #[error("too many requests")]
    TooMany {
        /// How long to wait.
        wait: SignedDuration,
    },
    /// The database.
    #[error(transparent)]
    Fault(#[from] Refusal),
}

impl From<store::StoreError> for ClientRefusal {
    fn from(error: store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Registers a system of a trust and answers its key. Answers none where the trust has one of this name: its key is stopped first.
///
/// # Errors
/// Where the database fails.
pub async fn add(
    service: &Service,
    organisation: &Organisation,
    name: &str,
) -> Result<Option<Token>, Refusal> {
    let now = service.clock.now();
    let key = Token::new(service.random.as_ref());
    let id = vault::new_id(now, service.random.as_ref());
    let mut tx = service.store.begin().await?;
    if !tx.add_passport_client(id, organisation.id, name, &key_hash(service, &key), now).await? {
        return Ok(None);
    }
    let added =
        Event::PassportClientAdded { client: id, service: name.to_owned(), organisation: organisation.id };
    tx.audit(added, now);
    tx.commit().await?;
    Ok(Some(key))
}

/// Stops the key of a system. Answers false where no system of this name has one that works.
///
/// # Errors
/// Where the database fails.
pub async fn end(service: &Service, organisation: &Organisation, name: &str) -> Result<bool, Refusal> {
    let Some(client) = service.store.passport_client(organisation.id, name).await? else { return Ok(false) };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.end_passport_client(client.id, now).await? {
        return Ok(false);
    }
    let ended = Event::PassportClientEnded {
        client: client.id,
        service: client.name,
        organisation: client.organisation_id,
    };
    tx.audit(ended, now);
    tx.commit().await?;
    Ok(true)
}

/// The system with this key and its trust. The request is counted.
///
/// # Errors
/// [`ClientRefusal::UnknownKey`], [`ClientRefusal::TooMany`].
pub(super) async fn enter(
    service: &Service,
    bearer: &str,
) -> Result<(PassportClient, Organisation), ClientRefusal> {
    let client = by_key(service, bearer).await?.ok_or(ClientRefusal::UnknownKey)?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let taken = tx.take(&PROVISIONS_PER_CLIENT, client.id.as_bytes(), now).await?;
    tx.commit().await?;
    if let Allowance::Exhausted { until } = taken {
        return Err(ClientRefusal::TooMany { wait: until.duration_since(now) });
    }
    let organisation = service.store.organisation(client.organisation_id).await?;
    Ok((client, organisation.ok_or(Refusal::Fault("a system of no organisation"))?))
}

/// The system with this key, while it works.
async fn by_key(service: &Service, bearer: &str) -> Result<Option<PassportClient>, Refusal> {
    let Some(key) = Token::parse(bearer) else { return Ok(None) };
    Ok(service.store.passport_client_by_key(&key_hash(service, &key)).await?)
}

fn key_hash(service: &Service, key: &Token) -> [u8; 32] {
    service.keys.keyed_hash("passport-client", &[key.as_str().as_bytes()])
}

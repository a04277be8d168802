//! Keys for the systems of a trust that provide credentials over the interface. A key is shown once; kept is a keyed hash.

use crate::{Refusal, Service};
use store::audit::Event;
use store::organisation::Organisation;
use store::passport_client::PassportClient;
use vault::Token;

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

/// The system with this key, while it works.
pub(super) async fn by_key(service: &Service, bearer: &str) -> Result<Option<PassportClient>, Refusal> {
    let Some(key) = Token::parse(bearer) else { return Ok(None) };
    Ok(service.store.passport_client_by_key(&key_hash(service, &key)).await?)
}

fn key_hash(service: &Service, key: &Token) -> [u8; 32] {
    service.keys.keyed_hash("passport-client", &[key.as_str().as_bytes()])
}

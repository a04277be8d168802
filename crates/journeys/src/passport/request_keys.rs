//! The keys for which wallets encrypt what they ask for (OpenID4VCI 1.0, section 10), and so may ask for an encrypted answer.
//!
//! Each is told to wallets for thirty days and taken for a day longer, since metadata are kept on the way. Afterwards it is erased.

use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::issuer::{Encryption, is_encrypted};
use openid4vc::jose::DecryptionKey;
use rules::passport::issuing::{REQUEST_KEY_TAKEN, REQUEST_KEY_TOLD};
use store::passport_request_key::RequestKey;
use vault::Secret;

/// Encryption is offered, and not demanded: the connection is encrypted, too.
pub(super) fn encryption(keys: &[DecryptionKey]) -> Encryption<'_> {
    Encryption { keys, request_required: false, response_required: false }
}

/// The keys for which requests are taken, the one that wallets are told first. It is made when it is needed; of many who
/// need one at once one makes it.
pub(super) async fn request_keys(service: &Service, now: Timestamp) -> Result<Vec<DecryptionKey>, Refusal> {
    let mut kept = service.store.request_keys(now).await?;
    if kept.first().is_none_or(|newest| newest.told_until <= now) {
        kept.insert(0, new_key(service, now).await?);
    }
    kept.iter().map(read).collect()
}

/// The keys for what has this media type: none where it is not encrypted.
pub(super) async fn keys_for(
    service: &Service,
    media_type: &str,
    now: Timestamp,
) -> Result<Vec<DecryptionKey>, Refusal> {
    if !is_encrypted(media_type) {
        return Ok(Vec::new());
    }
    request_keys(service, now).await
}

async fn new_key(service: &Service, now: Timestamp) -> Result<RequestKey, Refusal> {
    let id = vault::new_id(now, service.random.as_ref());
    let secret = DecryptionKey::generate(id.to_string())
        .and_then(|key| key.secret())
        .map_err(|_| Refusal::Fault("a key for requests of wallets was not made"))?;
    let after = |age| now.saturating_add(age).unwrap_or(Timestamp::MAX);
    let key = RequestKey {
        id,
        secret: Secret::new(secret),
        told_until: after(REQUEST_KEY_TOLD),
        taken_until: after(REQUEST_KEY_TAKEN),
    };
    let mut tx = service.store.begin().await?;
    tx.one_at_a_time("passport-request-key", b"newest", now).await?;
    if let Some(made) = tx.newest_request_key(now).await?.filter(|newest| newest.told_until > now) {
        return Ok(made);
    }
    tx.add_request_key(&key, now).await?;
    tx.commit().await?;
    Ok(key)
}

fn read(key: &RequestKey) -> Result<DecryptionKey, Refusal> {
    DecryptionKey::from_secret(key.secret.expose(), key.id.to_string())
        .map_err(|_| Refusal::Fault("a key for requests of wallets cannot be read"))
}

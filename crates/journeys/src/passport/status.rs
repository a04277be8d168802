//! Lists of which credentials are revoked, as they are published (Token Status List): made of the database, signed, and kept until
//! something in them changed.

use super::keys::signer_below;
use super::made::status_address;
use super::wallet::WalletRefusal;
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::status_list::{Bits, Status, StatusList as Packed, StatusListToken};
use rules::passport::issuing::{STATUS_LIST_KEPT, STATUS_LIST_LIFETIME, STATUS_LIST_SIGNED};
use serde_json::Map;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::status_list::StatusList;
use uuid::Uuid;

/// A list as it is answered.
#[derive(Debug, Clone)]
pub struct Published {
    /// The signed token.
    pub token: Arc<str>,
    /// Names this very token.
    pub etag: Arc<str>,
    /// Seconds that a copy may be used instead of asking again.
    pub max_age: i64,
}

/// Lists that were signed, so that a list is not signed for each who asks.
#[derive(Debug, Default)]
pub struct StatusCache(Mutex<HashMap<Uuid, Kept>>);

#[derive(Debug, Clone)]
struct Kept {
    revision: i64,
    signed_at: Timestamp,
    published: Published,
}

impl Kept {
    fn is_good(&self, revision: i64, now: Timestamp) -> bool {
        let age = now.duration_since(self.signed_at);
        self.revision == revision && !age.is_negative() && age < STATUS_LIST_SIGNED
    }
}

impl StatusCache {
    fn get(&self, id: Uuid, revision: i64, now: Timestamp) -> Option<Published> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|kept| kept.is_good(revision, now)).map(|kept| kept.published.clone())
    }

    fn keep(&self, id: Uuid, kept: Kept) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, kept);
    }
}

/// The list with this id.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is none.
pub async fn status_list(
    service: &Service,
    cache: &StatusCache,
    id: Uuid,
) -> Result<Published, WalletRefusal> {
    let now = service.clock.now();
    let list = service.store.status_list(id).await?.ok_or(WalletRefusal::Unknown)?;
    if let Some(published) = cache.get(id, list.revision, now) {
        return Ok(published);
    }
    let published = sign(service, &list, now).await?;
    cache.keep(id, Kept { revision: list.revision, signed_at: now, published: published.clone() });
    Ok(published)
}

async fn sign(service: &Service, list: &StatusList, now: Timestamp) -> Result<Published, WalletRefusal> {
    let signer = signer_below(service, list.root_id).await?;
    let broken = || Refusal::Fault("a status list cannot be made");
    let size = usize::try_from(list.size).map_err(|_| broken())?;
    let mut packed = Packed::new(Bits::One, size).map_err(|_| broken())?;
    for place in service.store.revoked_places(list.id).await? {
        let place = usize::try_from(place).map_err(|_| broken())?;
        packed.set(place, Status::Invalid).map_err(|_| broken())?;
    }
    let expires_at = now.checked_add(STATUS_LIST_LIFETIME).unwrap_or(Timestamp::MAX).min(signer.not_after);
    let token =
        StatusListToken::new(status_address(service, list.id), packed, now, expires_at, STATUS_LIST_KEPT);
    let mut header = Map::new();
    header.insert("x5c".to_owned(), signer.chain.to_header());
    let token = signer.apart(move |key, _| token.sign(header, key)).await?.map_err(|_| broken())?;
    // The same list may be packed in several ways on the way, so the name is a weak one (RFC 9110, section 8.8.1).
    let etag = format!("W/\"{}-{}\"", list.revision, now.as_second());
    Ok(Published { token: token.into(), etag: etag.into(), max_age: STATUS_LIST_KEPT.as_secs() })
}

//! The keys by which an organisation signs credentials and what it asks of wallets. The first is made when it is needed; each signs
//! for a year, or until it is rotated, and what it signed stays good for as long as its certificate holds.

use super::rotate::{Standing, Why, make};
use super::signing::{ANSWERS_WITHIN, Place, SigningQueue, apart};
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::jose::{self, Algorithm, CertificateChain, PublicKey, SignProblem, TrustAnchors};
use pki::{KeyProblem, KeyStore, SigningKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::organisation::Organisation;
use store::passport_key::{PassportKey, PrivateKey};
use uuid::Uuid;

/// What signs for an organisation.
pub struct Signer {
    /// Which key it is.
    pub id: Uuid,
    /// The root that vouches for it.
    pub root: Uuid,
    /// The key.
    pub key: Arc<dyn jose::Signer>,
    /// Its certificates, without the root.
    pub chain: CertificateChain,
    /// Until when the key is vouched for, UTC: nothing that it signs is good for longer.
    pub not_after: Timestamp,
    /// Where whoever works with the key waits for their turn.
    pub queue: SigningQueue,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Signer {
    /// Signs something off the threads that serve others: a key in an HSM takes its time.
    ///
    /// # Errors
    /// Where too many wait, or the key does not answer. How the work ended, its own answer says.
    pub async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn jose::Signer, &CertificateChain) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.queue.place().await.ok_or(Refusal::Busy)?;
        self.apart_at(place, work).await
    }

    /// The same for who has waited already.
    pub(super) async fn apart_at<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&dyn jose::Signer, &CertificateChain) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (key, chain) = (Arc::clone(&self.key), self.chain.clone());
        apart(place, move || work(key.as_ref(), &chain)).await
    }
}

/// Another node may be faster to make a key: then its key is found.
const TRIES: usize = 3;

/// What signs for an organisation now.
///
/// # Errors
/// Where the database fails, or a key cannot be made.
pub async fn signer(service: &Service, organisation: &Organisation) -> Result<Signer, Refusal> {
    let now = service.clock.now();
    for _ in 0..TRIES {
        if let Some(kept) = service.store.signing_passport_key(organisation.id, now).await? {
            return read(service, kept).await;
        }
        let mut standing = Standing::of(service, organisation).await?;
        // Another node may have made one since: nothing comes after that before its time.
        if let Some(made) = standing.key.take_if(|key| key.signs_until > now) {
            return read(service, made).await;
        }
        let why = if standing.key.is_some() { Why::Yearly } else { Why::First };
        make(service, organisation, standing, why, now).await?;
    }
    Err(Refusal::Fault("an organisation without a key"))
}

/// The key with this id, whether it is still the one that signs or not: what it was named for is signed by it to the end.
///
/// # Errors
/// [`Refusal::NotFound`] where there is none.
pub(super) async fn signer_by(service: &Service, id: Uuid) -> Result<Signer, Refusal> {
    read(service, service.store.passport_key(id).await?.ok_or(Refusal::NotFound)?).await
}

/// What signs the lists of what was issued below a root: the newest key below it, so that whoever trusts the root believes them.
///
/// # Errors
/// Where the database fails.
pub(super) async fn signer_below(service: &Service, root: Uuid) -> Result<Signer, Refusal> {
    let kept = service.store.passport_key_below(root).await?;
    read(service, kept.ok_or(Refusal::Fault("a root without a key"))?).await
}

/// The roots that stand for one organisation of this installation, or, where none is named, for each of them: the newest, and those
/// before it while something that was issued below them can hold.
///
/// # Errors
/// Where the database fails.
pub async fn anchors(service: &Service, organisation: Option<Uuid>) -> Result<TrustAnchors, Refusal> {
    let roots = service.store.trusted_passport_roots(service.clock.now()).await?;
    let wanted = roots
        .iter()
        .filter(|root| organisation.is_none_or(|organisation| organisation == root.organisation_id));
    TrustAnchors::new(wanted.map(|root| root.certificate.as_slice()))
        .map_err(|_| Refusal::Fault("a root of an organisation cannot be read"))
}

async fn read(service: &Service, kept: PassportKey) -> Result<Signer, Refusal> {
    let queue = service.signing.clone();
    let ready = match queue.ready().get(kept.id) {
        Some(ready) => ready,
        None => queue.ready().keep(&kept, ready(service, &kept).await?),
    };
    let Ready { key, chain, not_after } = ready;
    Ok(Signer { id: kept.id, root: kept.root_id, key, chain, not_after, queue })
}

async fn ready(service: &Service, kept: &PassportKey) -> Result<Ready, Refusal> {
    let broken = || Refusal::Fault("a key of an organisation cannot be read");
    let key = Key::of(key_of(service, &kept.key).await?).ok_or_else(broken)?;
    let not_after = pki::Certificate::from_der(&kept.certificate).map_err(|_| broken())?.not_after();
    let chain = CertificateChain::from_der(vec![kept.certificate.clone()]).map_err(|_| broken())?;
    Ok(Ready { key: Arc::new(key), chain, not_after })
}

/// A key that can sign, and what vouches for it.
#[derive(Clone)]
struct Ready {
    key: Arc<dyn jose::Signer>,
    chain: CertificateChain,
    not_after: Timestamp,
}

/// Keys that were read before, by their ids: to read one costs as much as three signatures with it. A key in a token is not kept here,
/// since tokens are pulled out and come back.
#[derive(Default)]
pub(super) struct ReadyKeys(Mutex<HashMap<Uuid, Ready>>);

impl ReadyKeys {
    fn get(&self, id: Uuid) -> Option<Ready> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn keep(&self, kept: &PassportKey, ready: Ready) -> Ready {
        if matches!(kept.key, PrivateKey::Sealed(_)) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(kept.id, ready.clone());
        }
        ready
    }
}

/// The private half of a key, wherever it lies.
pub(super) async fn key_of(service: &Service, kept: &PrivateKey) -> Result<Arc<dyn SigningKey>, Refusal> {
    let label = match kept {
        PrivateKey::Sealed(document) => {
            let key = pki::key_from_pkcs8(document.expose());
            return key.ok_or(Refusal::Fault("a key of an organisation cannot be read"));
        }
        PrivateKey::Token(label) => label,
    };
    let Some(token) = service.passport_token.clone() else {
        tracing::error!(label, "a key lies in a token, and none is configured: see passport.hsm_driver");
        return Err(Refusal::Fault("a key lies in a token, and none is configured"));
    };
    let wanted = label.clone();
    let looks = Arc::clone(&token.looks).lock_owned();
    let looks = tokio::time::timeout(ANSWERS_WITHIN, looks).await;
    let looks = looks.map_err(|_| Refusal::Fault("a token does not answer"))?;
    let found = apart(looks, move || token.find(&wanted)).await?;
    found.map_err(|problem| {
        tracing::error!(%problem, label, "a key in the token cannot be reached: see passport.hsm_token");
        Refusal::Fault("a key in the token cannot be reached")
    })
}

/// The token of an HSM in which keys for credentials lie.
#[derive(Debug)]
pub struct PassportToken {
    /// The token.
    pub keys: Arc<dyn KeyStore>,
    /// Keys that were found before, by their labels.
    found: Mutex<HashMap<String, Arc<dyn SigningKey>>>,
    /// Held by the one thread that looks: no others wait for a token that hangs.
    looks: Arc<tokio::sync::Mutex<()>>,
}

impl PassportToken {
    /// Keys lie in this token.
    pub fn new(keys: Arc<dyn KeyStore>) -> Self {
        Self { keys, found: Mutex::default(), looks: Arc::default() }
    }

    fn find(&self, label: &str) -> Result<Arc<dyn SigningKey>, KeyProblem> {
        let before = self.found.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned();
        if let Some(key) = before {
            return Ok(key);
        }
        let key = self.keys.find(label)?;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(found.entry(label.to_owned()).or_insert(key).clone())
    }
}

/// A key of ours as tokens are signed with it.
struct Key {
    key: Arc<dyn SigningKey>,
    public: PublicKey,
}

impl Key {
    fn of(key: Arc<dyn SigningKey>) -> Option<Self> {
        let public = PublicKey::from_point(Algorithm::Es256, key.public_key().bits().to_vec()).ok()?;
        Some(Self { key, public })
    }
}

impl jose::Signer for Key {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignProblem> {
        let der = self.key.sign(message).map_err(|why| SignProblem::Key(why.to_string()))?;
        pki::side_by_side(&der, self.key.curve())
            .ok_or_else(|| SignProblem::Key("its signature cannot be read".to_owned()))
    }
}

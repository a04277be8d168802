//! New keys and new roots in the place of those before. Nothing that was issued suffers: the certificates in it still lead to their
//! root, which stays trusted for as long as something below it can hold, and its lists go on being signed below that root.

use super::keys::key_of;
use crate::{Refusal, Service};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use pki::credential_signer::{Root, SignerProblem, root_certificate, signer_certificate};
use pki::{Curve, KeyStore, SigningKey};
use rules::passport::issuing::ROTATION_PAUSE;
use std::sync::Arc;
use store::audit::Event;
use store::organisation::Organisation;
use store::passport_key::{PassportKey, PassportRoot, PrivateKey};
use uuid::Uuid;
use vault::Secret;

/// How long a root is good, in years.
const ROOT_YEARS: i16 = 30;
/// How long the certificate of a key is good, in years: longer than it signs, by more than any credential lasts.
const CERTIFICATE_YEARS: i16 = 11;
/// How long a key signs, in days.
const SIGNS_DAYS: i32 = 365;

/// What is rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotate {
    /// The key that signs. Whoever trusts the root need not know.
    Key,
    /// The root, with a new key below it. Whoever trusts the one before has to trust this one, too.
    Root,
}

/// How a rotation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// This key signs from now on.
    Done {
        /// The new key.
        key: Uuid,
        /// The root that vouches for it.
        root: Uuid,
    },
    /// What was to be rotated was made a moment ago, so that it is left as it is.
    AMomentAgo {
        /// When, UTC.
        made_at: Timestamp,
    },
}

/// Why a key is made, in the audit's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// There was none.
    First,
    /// The one before has signed for a year.
    Yearly,
    /// Somebody asked for another key.
    Rotated,
    /// Somebody asked for another root.
    RootRotated,
}

impl Why {
    fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Yearly => "yearly",
            Self::Rotated => "rotated",
            Self::RootRotated => "root-rotated",
        }
    }
}

/// What a new key or root would come after.
pub(super) struct Standing {
    /// The newest root.
    pub root: Option<PassportRoot>,
    /// The newest key below it.
    pub key: Option<PassportKey>,
}

impl Standing {
    /// What an organisation has now.
    pub async fn of(service: &Service, organisation: &Organisation) -> Result<Self, Refusal> {
        let root = service.store.passport_roots(organisation.id).await?.into_iter().next();
        let key = match &root {
            Some(root) => service.store.passport_key_below(root.id).await?,
            None => None,
        };
        Ok(Self { root, key })
    }
}

/// Rotates the key of an organisation, or its root. Of several who do so at once, one does.
///
/// # Errors
/// Where the database fails, or a key cannot be made.
pub async fn rotate(
    service: &Service,
    organisation: &Organisation,
    what: Rotate,
) -> Result<Rotation, Refusal> {
    let now = service.clock.now();
    let standing = Standing::of(service, organisation).await?;
    let made_at = match what {
        Rotate::Key => standing.key.as_ref().map(|key| key.made_at),
        Rotate::Root => standing.root.as_ref().map(|root| root.made_at),
    };
    if let Some(made_at) = made_at.filter(|made_at| now.duration_since(*made_at) < ROTATION_PAUSE) {
        return Ok(Rotation::AMomentAgo { made_at });
    }
    let why = match (what, &standing.key) {
        (_, None) => Why::First,
        (Rotate::Key, Some(_)) => Why::Rotated,
        (Rotate::Root, Some(_)) => Why::RootRotated,
    };
    Ok(match make(service, organisation, standing, why, now).await? {
        Some((root, key)) => Rotation::Done { key, root },
        None => Rotation::AMomentAgo { made_at: now },
    })
}

/// Makes what comes after `standing`: a key, with a new root where there is none or another one is wanted. Answers their ids (the
/// root's first), or none where somebody else was faster.
pub(super) async fn make(
    service: &Service,
    organisation: &Organisation,
    standing: Standing,
    why: Why,
    now: Timestamp,
) -> Result<Option<(Uuid, Uuid)>, Refusal> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let new_id = || vault::new_id(now, service.random.as_ref());
    let Standing { root: before, key: key_before } = standing;
    let workshop = Workshop::of(service);
    let new_root = if before.is_none() || why == Why::RootRotated {
        let (id, name) = (new_id(), organisation.name.clone());
        let until = years_after(today, ROOT_YEARS);
        let at = workshop.clone();
        let made = apart(move || {
            let (key, private) = at.new_key("root", id)?;
            Ok((root_certificate(key.as_ref(), &name, today, until)?, private))
        });
        let (certificate, key) = made.await?;
        Some(PassportRoot { id, key, certificate, made_at: now })
    } else {
        None
    };
    let root = new_root.as_ref().or(before.as_ref()).ok_or(Refusal::Fault("a key below no root"))?;
    let id = new_id();
    let (certificate, key) = {
        let (name, root_certificate) = (organisation.name.clone(), root.certificate.clone());
        let root_key = key_of(service, &root.key).await?;
        let host = service.settings.public_url.host_str().unwrap_or_default().to_owned();
        let until = years_after(today, CERTIFICATE_YEARS).min(last_day(root)?);
        let made = apart(move || {
            let (key, private) = workshop.new_key("key", id)?;
            let root = Root { certificate: &root_certificate, key: root_key.as_ref() };
            Ok((signer_certificate(root, key.as_ref(), &name, &host, (today, until))?, private))
        });
        made.await?
    };
    let signs_until = now
        .to_zoned(TimeZone::UTC)
        .checked_add(SIGNS_DAYS.days())
        .map_or(Timestamp::MAX, |until| until.timestamp());
    let new_key = PassportKey { id, root_id: root.id, key, certificate, made_at: now, signs_until };
    let mut tx = service.store.begin().await?;
    let why = why.as_str().to_owned();
    let after = if let Some(root) = &new_root {
        if !tx.add_passport_root(organisation.id, before.map(|root| root.id), root).await? {
            return Ok(None);
        }
        let why = why.clone();
        tx.audit(Event::PassportRootMade { organisation: organisation.id, root: root.id, why }, now);
        None
    } else {
        key_before.map(|key| key.id)
    };
    if !tx.add_passport_key(organisation.id, after, &new_key).await? {
        return Ok(None);
    }
    let (root, key) = (new_key.root_id, new_key.id);
    tx.audit(Event::PassportKeyMade { organisation: organisation.id, root, key, why }, now);
    tx.commit().await?;
    Ok(Some((root, key)))
}

/// Where keys are made: in the token of an HSM where one is configured, otherwise here, to be kept sealed.
#[derive(Clone)]
struct Workshop {
    token: Option<Arc<dyn KeyStore>>,
    random: Arc<dyn vault::Random>,
}

impl Workshop {
    fn of(service: &Service) -> Self {
        let token = service.passport_token.as_ref().map(|token| Arc::clone(&token.keys));
        Self { token, random: Arc::clone(&service.random) }
    }

    /// A new key. In a token it is called by what it is for and by its id. Where somebody else was faster it stays there, and is never used.
    fn new_key(&self, what: &str, id: Uuid) -> Result<(Arc<dyn SigningKey>, PrivateKey), SignerProblem> {
        match &self.token {
            Some(token) => {
                let label = format!("passport-{what}-{}", id.simple());
                let random = |bytes: &mut [u8]| self.random.fill(bytes);
                Ok((token.generate(&label, Curve::P256, &random)?, PrivateKey::Token(label)))
            }
            None => {
                let pki::NewKey { key, document } = pki::new_key(Curve::P256)?;
                Ok((key, PrivateKey::Sealed(Secret::new(document.to_vec()))))
            }
        }
    }
}

/// The last day on which a root is good: nothing below it is good for longer.
fn last_day(root: &PassportRoot) -> Result<Date, Refusal> {
    let certificate = pki::Certificate::from_der(&root.certificate)
        .map_err(|_| Refusal::Fault("a root of an organisation cannot be read"))?;
    Ok(certificate.not_after().to_zoned(TimeZone::UTC).date())
}

/// Makes keys off the threads that serve others.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SignerProblem> + Send + 'static,
) -> Result<T, Refusal> {
    let made = tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Fault("a key was not made"))?;
    made.map_err(|problem| {
        tracing::error!(%problem, "a key for credentials was not made");
        Refusal::Fault("a key was not made")
    })
}

fn years_after(day: Date, years: i16) -> Date {
    day.checked_add(years.years()).unwrap_or(Date::MAX)
}

/// The labels of keys that still sign something, lie in a token and cannot be reached there.
///
/// # Errors
/// Where the database fails.
pub async fn unreachable(service: &Service) -> Result<Vec<String>, Refusal> {
    let mut lost = Vec::new();
    for organisation in service.store.organisations().await? {
        for root in service.store.passport_roots(organisation.id).await? {
            let newest = service.store.passport_key_below(root.id).await?.map(|key| key.key);
            for key in newest.into_iter().chain([root.key]) {
                if let PrivateKey::Token(label) = &key
                    && key_of(service, &key).await.is_err()
                {
                    lost.push(label.clone());
                }
            }
        }
    }
    Ok(lost)
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// It signs what is issued and asked.
    Signs,
    /// It signs the status lists of what was issued below its root.
    Lists,
    /// It signs nothing any more, and what it signed is good.
    Good,
    /// Nothing that it signed can hold any more.
    Ended,
}

impl KeyStanding {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signs => "signs",
            Self::Lists => "lists",
            Self::Good => "good",
            Self::Ended => "ended",
        }
    }
}

/// A key, as `fobwatch passport keys list` tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub id: Uuid,
    /// The root that vouches for it.
    pub root: Uuid,
    /// How it stands.
    pub standing: KeyStanding,
    /// UTC.
    pub made_at: Timestamp,
    /// Until when its certificate holds, UTC.
    pub not_after: Timestamp,
    /// Its name in a token of an HSM, where it lies in one.
    pub label: Option<String>,
}

/// A root, as `fobwatch passport keys list` tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRoot {
    /// The root.
    pub id: Uuid,
    /// Whether it is trusted: the newest is, and those before it while something below them can hold.
    pub trusted: bool,
    /// UTC.
    pub made_at: Timestamp,
    /// Its certificate, PEM: what others trust.
    pub pem: String,
    /// The keys below it, the newest first.
    pub keys: Vec<ListedKey>,
}

/// The roots and keys of an organisation, the newest first.
///
/// # Errors
/// Where the database fails.
pub async fn keys(service: &Service, organisation: &Organisation) -> Result<Vec<ListedRoot>, Refusal> {
    let now = service.clock.now();
    let broken = |_| Refusal::Fault("a key of an organisation cannot be read");
    let trusted = service.store.trusted_passport_roots(now).await?;
    let all = service.store.passport_keys(organisation.id).await?;
    let mut listed = Vec::new();
    for (nth_root, root) in service.store.passport_roots(organisation.id).await?.into_iter().enumerate() {
        let is_trusted = trusted.iter().any(|one| one.id == root.id);
        let mut keys = Vec::new();
        for (nth, key) in all.iter().filter(|key| key.root_id == root.id).enumerate() {
            let not_after = pki::Certificate::from_der(&key.certificate).map_err(broken)?.not_after();
            let standing = match (nth, nth_root) {
                _ if not_after <= now || !is_trusted => KeyStanding::Ended,
                (0, 0) => KeyStanding::Signs,
                (0, _) => KeyStanding::Lists,
                _ => KeyStanding::Good,
            };
            let label = match &key.key {
                PrivateKey::Sealed(_) => None,
                PrivateKey::Token(label) => Some(label.clone()),
            };
            let (id, root, made_at) = (key.id, root.id, key.made_at);
            keys.push(ListedKey { id, root, standing, made_at, not_after, label });
        }
        let pem = pki::Certificate::from_der(&root.certificate).map_err(broken)?.pem();
        listed.push(ListedRoot { id: root.id, trusted: is_trusted, made_at: root.made_at, pem, keys });
    }
    Ok(listed)
}

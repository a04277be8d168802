use super::client::{FetchFailure, FetchSettings, Fetched, Fetcher};
use crate::jose::{ChainProblem, Header, PublicKey};
use crate::status_list::{Reference, Status, StatusListToken, StatusProblem};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use tokio::sync::{Mutex, Semaphore};

/// A list is kept so long where neither it nor the answer says anything (section 13.7).
const USUAL_LIFE: SignedDuration = SignedDuration::from_mins(5);
/// A list is fetched anew after so long, whatever it says: a revoked credential is not taken for longer.
const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// A list without an end is too old after so long.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// After a failure nobody is asked again for so long, so that many who wait do not wait one after the other.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_secs(10);
/// So many lists are fetched at once.
const AT_ONCE: usize = 8;
/// So many are kept.
const MOST_KEPT: usize = 256;

/// Why it is not known how a credential stands. Then it is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The list cannot be fetched.
    #[error("the status list cannot be fetched: {0}")]
    Fetch(#[from] FetchFailure),
    /// Somebody else signed it than is trusted.
    #[error(transparent)]
    Chain(#[from] ChainProblem),
    /// It is no list, another one, or too old.
    #[error(transparent)]
    List(#[from] StatusProblem),
}

/// Finds the key by which a list must be signed, where whoever signed it is trusted.
pub type KeyOf<'a> = &'a (dyn Fn(&Header) -> Result<PublicKey, ChainProblem> + Sync);

/// Lists that were fetched.
#[derive(Debug)]
pub struct Lists {
    fetcher: Fetcher,
    kept: Lock<HashMap<String, Arc<Mutex<Option<Kept>>>>>,
    at_once: Semaphore,
}

/// What came of asking for a list.
#[derive(Clone)]
struct Kept {
    fetched_at: Timestamp,
    /// It is fetched anew from then on.
    until: Timestamp,
    token: Result<Arc<str>, FetchFailure>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Lists {
    /// No list yet, to be fetched as these settings say.
    ///
    /// # Errors
    ///
    /// When the certificates in them are none, or this machine cannot set up TLS.
    pub fn new(settings: FetchSettings) -> Result<Self, String> {
        let fetcher = Fetcher::new(settings).map_err(|why| why.to_string())?;
        Ok(Self { fetcher, kept: Lock::default(), at_once: Semaphore::new(AT_ONCE) })
    }

    /// How a credential stands at `now`, by the list that it names. `key_of` finds the key of the list by its header, as the caller found that
    /// of the credential itself, before this is asked.
    ///
    /// # Errors
    ///
    /// When that cannot be found out.
    pub async fn status(
        &self,
        reference: &Reference,
        key_of: KeyOf<'_>,
        now: Timestamp,
    ) -> Result<Status, Unknown> {
        let slot = self.slot(&reference.uri);
        // Whoever comes while the list is fetched waits here, and finds it.
        let mut slot = slot.lock().await;
        let kept = match slot.as_ref().filter(|kept| kept.fetched_at <= now && now < kept.until) {
            Some(kept) => kept.clone(),
            None => slot.insert(self.fetch(&reference.uri, key_of, now).await).clone(),
        };
        drop(slot);
        Ok(verified(&kept.token?, &reference.uri, key_of, now)?.status(reference)?)
    }

    async fn fetch(&self, uri: &str, key_of: KeyOf<'_>, now: Timestamp) -> Kept {
        let permit = self.at_once.acquire().await;
        let fetched = self.fetcher.fetch(uri).await;
        drop(permit);
        let life = match &fetched {
            Err(_) => AFTER_FAILURE,
            // What is not right is no reason to believe how long it says to be.
            Ok(Fetched { token, max_age }) => {
                verified(token, uri, key_of, now).map_or(AFTER_FAILURE, |list| life(&list, *max_age, now))
            }
        };
        let until = now.saturating_add(life).unwrap_or(now);
        Kept { fetched_at: now, until, token: fetched.map(|fetched| fetched.token.into()) }
    }

    fn slot(&self, uri: &str) -> Arc<Mutex<Option<Kept>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT && !kept.contains_key(uri) {
            // Those that somebody waits for stay.
            kept.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(kept.entry(uri.to_owned()).or_default())
    }
}

fn verified(token: &str, uri: &str, key_of: KeyOf<'_>, now: Timestamp) -> Result<StatusListToken, Unknown> {
    let list = StatusListToken::verify(token, uri, now, |header| key_of(header).map_err(Unknown::from))?;
    if list.expires_at().is_none() && now.duration_since(list.issued_at()) > OLDEST {
        return Err(StatusProblem::Expired.into());
    }
    Ok(list)
}

/// How long a list is kept: the least of what it and the answer say.
fn life(list: &StatusListToken, max_age: Option<SignedDuration>, now: Timestamp) -> SignedDuration {
    let by_list = list.fresh_until(now).map(|until| until.duration_since(now));
    let said = match (by_list, max_age) {
        (Some(one), Some(other)) => one.min(other),
        (one, other) => one.or(other).unwrap_or(USUAL_LIFE),
    };
    said.min(LONGEST_LIFE)
}

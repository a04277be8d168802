use super::{Bits, ListProblem, Status, StatusList};
use crate::jose::{Header, PublicKey, SignProblem, Signer, TokenProblem, Unverified, sign};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The type of a signed list (section 5.1), also the media type that it is served as, after `application/`.
const TYPE: &str = "statuslist+jwt";

/// Where the status of a credential stands (section 6.2): `status.status_list` in the credential.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The list, by the address at which it is served.
    pub uri: String,
    /// The place in it, from 0.
    pub idx: u32,
}

/// A signed list, its signature verified and its time right.
#[derive(Debug, Clone)]
pub struct StatusListToken {
    uri: String,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
    time_to_live: Option<SignedDuration>,
    list: StatusList,
}

/// Why a signed list says nothing about a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusProblem {
    /// The token itself.
    #[error(transparent)]
    Token(#[from] TokenProblem),
    /// The list in it.
    #[error(transparent)]
    List(#[from] ListProblem),
    /// It is the list of another address (`sub`).
    #[error("the status list is another one than the credential names")]
    OtherList,
    /// Its time is over.
    #[error("the status list has expired")]
    Expired,
    /// It was made in the future.
    #[error("the status list does not hold yet")]
    NotYet,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
    status_list: Packed,
}

#[derive(Serialize, Deserialize)]
struct Packed {
    bits: Bits,
    lst: String,
}

/// How far the clocks of two services may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

impl Reference {
    /// The claim `status` of a credential with this status.
    pub fn to_claim(&self) -> Value {
        json!({ "status_list": self })
    }

    /// What a credential's claim `status` refers to; nothing where it is no list of this kind.
    pub fn from_claim(status: &Value) -> Option<Self> {
        serde_json::from_value(status.get("status_list")?.clone()).ok()
    }
}

impl StatusListToken {
    /// A list as it stands at `issued_at`, to be signed. It is fetched anew after `time_to_live`, and not to be used after `expires_at`.
    pub fn new(
        uri: String,
        list: StatusList,
        issued_at: Timestamp,
        expires_at: Timestamp,
        time_to_live: SignedDuration,
    ) -> Self {
        Self { uri, issued_at, expires_at: Some(expires_at), time_to_live: Some(time_to_live), list }
    }

    /// Signs it, with `header` (such as `kid` or `x5c`) beside algorithm and type.
    ///
    /// # Errors
    ///
    /// When the key does not sign.
    pub fn sign(&self, mut header: Map<String, Value>, key: &dyn Signer) -> Result<String, SignProblem> {
        header.insert("typ".to_owned(), TYPE.into());
        let lst = self.list.compressed().map_err(|why| SignProblem::Key(why.to_string()))?;
        let claims = Claims {
            sub: self.uri.clone(),
            iat: self.issued_at.as_second(),
            exp: self.expires_at.map(Timestamp::as_second),
            ttl: self.time_to_live.map(|ttl| ttl.as_secs()),
            status_list: Packed { bits: self.list.bits(), lst },
        };
        sign(&header, &claims, key)
    }

    /// Reads the list that was fetched from `uri` (section 8.3, steps 1 to 4). `key_of` finds the key by the header, after the rules of whoever
    /// trusts it.
    ///
    /// # Errors
    ///
    /// When it is not a list of this address, signed by that key, whose time is now.
    pub fn verify<E: From<StatusProblem>>(
        token: &str,
        uri: &str,
        now: Timestamp,
        key_of: impl FnOnce(&Header) -> Result<PublicKey, E>,
    ) -> Result<Self, E> {
        let token = Unverified::parse(token).map_err(StatusProblem::from)?;
        let key = key_of(token.header())?;
        Ok(Self::read(token, &key, uri, now)?)
    }

    fn read(
        token: Unverified<'_>,
        key: &PublicKey,
        uri: &str,
        now: Timestamp,
    ) -> Result<Self, StatusProblem> {
        let claims: Claims = token.verify(key)?.of_type(TYPE)?.claims_as()?;
        if claims.sub != uri {
            return Err(StatusProblem::OtherList);
        }
        let time = |seconds| Timestamp::from_second(seconds).map_err(|_| TokenProblem::Claims);
        let issued_at = time(claims.iat)?;
        let expires_at = claims.exp.map(time).transpose()?;
        if issued_at > now.saturating_add(SKEW).unwrap_or(now) {
            return Err(StatusProblem::NotYet);
        }
        if expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(StatusProblem::Expired);
        }
        let time_to_live = match claims.ttl {
            None => None,
            Some(seconds) if seconds > 0 => Some(SignedDuration::from_secs(seconds)),
            Some(_) => return Err(TokenProblem::Claims.into()),
        };
        let list = StatusList::from_compressed(claims.status_list.bits, &claims.status_list.lst)?;
        Ok(Self { uri: claims.sub, issued_at, expires_at, time_to_live, list })
    }

    /// When it was made.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// When it ends to say anything, if it does.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// How the credential stands that refers to this place.
    ///
    /// # Errors
    ///
    /// When it refers to another list, or to a place that this one does not have.
    pub fn status(&self, reference: &Reference) -> Result<Status, StatusProblem> {
        if reference.uri != self.uri {
            return Err(StatusProblem::OtherList);
        }
        let place = usize::try_from(reference.idx).map_err(|_| ListProblem::NoSuchPlace)?;
        Ok(self.list.get(place)?)
    }

    /// Until when a copy may be used instead of fetching it again: `ttl` after it was fetched, and never after `exp` (section 13.7).
    pub fn fresh_until(&self, fetched_at: Timestamp) -> Option<Timestamp> {
        let by_ttl = self.time_to_live.and_then(|ttl| fetched_at.checked_add(ttl).ok());
        match (by_ttl, self.expires_at) {
            (Some(ttl), Some(exp)) => Some(ttl.min(exp)),
            (one, other) => one.or(other),
        }
    }
}

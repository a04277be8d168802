//! SD-JWT-based Verifiable Credentials (draft-ietf-oauth-sd-jwt-vc), media type `application/dc+sd-jwt`.

mod type_metadata;

pub use type_metadata::{ClaimDisplay, ClaimMetadata, TypeDisplay, TypeMetadata, Withheld};

use crate::Random;
use crate::claim_path::ClaimPath;
use crate::jose::{Header, PublicKey, SignProblem, Signer};
use crate::sd_jwt::{ConcealProblem, Concealed, Disclosed, SdJwt};
use crate::status_list::Reference;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// The type of an issuer's token, and the name of the format in OpenID4VCI and OpenID4VP.
pub const TYPE: &str = "dc+sd-jwt";

/// Claims that say whose a credential is and whether it holds: they are never withheld (section 2.2.2.2).
const ALWAYS: [&str; 8] = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

/// A credential that is about to be issued.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Which kind of credential it is (`vct`): a name that cannot be mistaken, mostly an address.
    pub kind: String,
    /// Who issues it (`iss`), where the certificates in the header do not say it.
    pub issuer: Option<String>,
    /// When it is issued. Rounded to the day it says less about who got theirs together.
    pub issued_at: Timestamp,
    /// From when on it holds, where that is later.
    pub not_before: Option<Timestamp>,
    /// When it ends to hold, where it does.
    pub expires_at: Option<Timestamp>,
    /// The key of the wallet that it is bound to.
    pub holder: Option<PublicKey>,
    /// Where its status stands.
    pub status: Option<Reference>,
    /// What it says.
    pub claims: Map<String, Value>,
    /// Which of these its holder may withhold; what is in something comes before it.
    pub concealed: Vec<ClaimPath>,
    /// Digests of nothing for each object and array that has any.
    pub decoys: u8,
}

/// A credential cannot be issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueProblem {
    /// One of the claims has a name that the credential itself needs.
    #[error("a claim must not be called {0}, which says how the credential stands")]
    Reserved(String),
    /// What is to be hidden is not there.
    #[error(transparent)]
    Conceal(#[from] ConcealProblem),
    /// The key does not sign.
    #[error(transparent)]
    Sign(#[from] SignProblem),
}

/// A credential that was verified: signed by the key that it was checked with, and its time has come and is not over. Whether it was
/// revoked, its status says.
#[derive(Debug, Clone)]
pub struct Credential {
    kind: String,
    status: Option<Reference>,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    disclosed: Disclosed,
}

/// Why a credential is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialProblem {
    /// `typ` is not `dc+sd-jwt`.
    #[error("this is a token of another type")]
    Type,
    /// `vct` is missing or no text.
    #[error("the credential does not say of which kind it is")]
    Kind,
    /// A claim that says whose it is or whether it holds could have been withheld, or is not what it should be.
    #[error("the credential's claim {0} is not as it should be")]
    Claim(&'static str),
    /// Its time has not come.
    #[error("the credential does not hold yet")]
    NotYet,
    /// Its time is over.
    #[error("the credential has expired")]
    Expired,
}

/// How far the clocks of two services may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

impl Draft {
    /// Hides what may be withheld and signs the rest, with `header` (such as `x5c` or `kid`) beside algorithm and type.
    ///
    /// # Errors
    ///
    /// When claims have reserved names or are not there, or the key does not sign.
    pub fn issue(
        self,
        mut header: Map<String, Value>,
        key: &dyn Signer,
        random: &dyn Random,
    ) -> Result<SdJwt, IssueProblem> {
        if let Some(name) = self.claims.keys().find(|name| ALWAYS.contains(&name.as_str()) || *name == "iat")
        {
            return Err(IssueProblem::Reserved(name.clone()));
        }
        let mut claims = Map::new();
        let mut insert = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                claims.insert(name.to_owned(), value);
            }
        };
        insert("vct", Some(self.kind.into()));
        insert("iss", self.issuer.map(Value::from));
        insert("iat", Some(self.issued_at.as_second().into()));
        insert("nbf", self.not_before.map(|time| time.as_second().into()));
        insert("exp", self.expires_at.map(|time| time.as_second().into()));
        insert("cnf", self.holder.map(|key| json!({ "jwk": key.to_jwk() })));
        insert("status", self.status.map(|status| status.to_claim()));
        claims.extend(self.claims);
        header.insert("typ".to_owned(), TYPE.into());
        let mut concealed = Concealed::new(claims)?.with_decoys(self.decoys);
        for path in &self.concealed {
            concealed = concealed.conceal(path, random)?;
        }
        Ok(concealed.issue(&header, key, random)?)
    }
}

impl Credential {
    /// Takes what was disclosed as a credential, if it is one that holds at `now` (section 2.4).
    ///
    /// # Errors
    ///
    /// When it is none, or its time is not now.
    pub fn new(disclosed: Disclosed, now: Timestamp) -> Result<Self, CredentialProblem> {
        if disclosed.header().typ().is_none_or(|typ| !typ.eq_ignore_ascii_case(TYPE)) {
            return Err(CredentialProblem::Type);
        }
        if let Some(withheld) = ALWAYS.iter().find(|name| disclosed.is_selectively_disclosed(name)) {
            return Err(CredentialProblem::Claim(withheld));
        }
        let claims = disclosed.claims();
        let kind = claims.get("vct").and_then(Value::as_str).ok_or(CredentialProblem::Kind)?.to_owned();
        let not_before = time(claims, "nbf")?;
        let expires_at = time(claims, "exp")?;
        let issued_at = time(claims, "iat")?;
        let status = match claims.get("status") {
            None => None,
            // Without knowing how a credential stands nobody can take it.
            Some(status) => Some(Reference::from_claim(status).ok_or(CredentialProblem::Claim("status"))?),
        };
        let soon = now.checked_add(SKEW).unwrap_or(now);
        if not_before.is_some_and(|not_before| not_before > soon) {
            return Err(CredentialProblem::NotYet);
        }
        if expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(CredentialProblem::Expired);
        }
        Ok(Self { kind, status, issued_at, expires_at, disclosed })
    }

    /// What the issuer's token says of itself, such as by which certificates it is signed.
    pub fn header(&self) -> &Header {
        self.disclosed.header()
    }

    /// Which kind of credential it is (`vct`).
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Where its status stands; without it, it cannot be revoked.
    pub fn status(&self) -> Option<&Reference> {
        self.status.as_ref()
    }

    /// When it was issued, if it says so.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// When it ends to hold, if it does.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// The key of the wallet that it is bound to.
    pub fn holder(&self) -> Option<PublicKey> {
        self.disclosed.holder()
    }

    /// All claims that can be seen.
    pub fn claims(&self) -> &Map<String, Value> {
        self.disclosed.claims()
    }
}

fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<Timestamp>, CredentialProblem> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    // A date may have a fraction (RFC 7519, section 2), which is nothing that a credential's time depends on.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float beyond i64 becomes its largest, which is no time and refused"
    )]
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64));
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(Some).ok_or(CredentialProblem::Claim(name))
}

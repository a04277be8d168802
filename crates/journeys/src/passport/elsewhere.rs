//! Credentials of issuers outside this installation, where a trust believes them for a kind: who signed one, and whether it still holds.
//!
//! Nothing here is in our own record. What speaks for such a credential is its signature below what the trust list says, the wallet's
//! proof that it is bound to its holder, and the issuer's status list, fetched when it is shown. Without a list that is fresh and
//! right it is not taken.

use crate::passport::answer::Why;
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::CredentialQuery;
pub use openid4vc::fetched::{FetchSettings, Lists};
pub use openid4vc::jose::TrustAnchors;
use openid4vc::jose::{CertificateChain, ChainProblem, Header, PublicKey};
use openid4vc::sd_jwt_vc::Credential;
use openid4vc::status_list::{Reference, Status};
use store::trusted_issuer::TrustedIssuer;
use url::Url;
use uuid::Uuid;

/// What is known of the world outside.
#[derive(Debug)]
pub struct Elsewhere {
    /// Status lists, fetched when they are needed.
    pub lists: Lists,
    /// The authorities that vouch for hosts on the web: for issuers that are known by their address alone.
    pub web_authorities: TrustAnchors,
}

/// What credentials of issuers elsewhere are called in a request begins with this; the issuer's id follows.
const PREFIX: &str = "elsewhere-";

/// Asks for credentials of an issuer, with the claims that each of the kind has.
pub(super) fn query(issuer: &TrustedIssuer) -> CredentialQuery {
    let id = format!("{PREFIX}{}", issuer.id.simple());
    let mut asked = CredentialQuery::of_kind(&id, &issuer.credential_type);
    asked.multiple = true;
    let needed = issuer.kind.attributes().iter().filter(|attribute| attribute.required);
    needed.fold(asked, |asked, attribute| asked.with_claim(ClaimPath::names([attribute.name])))
}

/// The issuer that a question in a request is about, where it is about one elsewhere.
pub(super) fn issuer_asked(question: &str) -> Option<Uuid> {
    question.strip_prefix(PREFIX)?.parse().ok()
}

/// The authorities below which an issuer signs.
pub(super) fn anchors(service: &Service, issuer: &TrustedIssuer) -> Result<TrustAnchors, Refusal> {
    match &issuer.root {
        Some(root) => TrustAnchors::new([root.as_slice()])
            .map_err(|_| Refusal::Fault("a root that somebody trusts cannot be read")),
        None => Ok(service.elsewhere.web_authorities.clone()),
    }
}

/// A credential is one of this issuer, and holds now.
pub(super) async fn look_at(
    service: &Service,
    issuer: &TrustedIssuer,
    credential: &Credential,
    now: Timestamp,
) -> Result<Result<(), Why>, Refusal> {
    let signer = Signer::of(service, issuer)?;
    let says = credential.claims().get("iss").and_then(serde_json::Value::as_str);
    if signer.key(credential.header(), now).is_err()
        || issuer.address.as_deref().is_some_and(|ours| says != Some(ours))
    {
        return Ok(Err(Why::AnotherIssuer));
    }
    let Some(status) = credential.status() else {
        tracing::warn!(issuer = %issuer.id, "a credential from elsewhere names no status list");
        return Ok(Err(Why::StatusUnknown));
    };
    Ok(signer.holds(service, status, now).await)
}

/// Whether what an issuer says at this place of its list is that the credential holds now.
pub(crate) async fn holds(
    service: &Service,
    issuer: &TrustedIssuer,
    status: &Reference,
    now: Timestamp,
) -> Result<Result<(), Why>, Refusal> {
    Ok(Signer::of(service, issuer)?.holds(service, status, now).await)
}

/// By whose signature an issuer elsewhere is known.
struct Signer<'a> {
    issuer: &'a TrustedIssuer,
    anchors: TrustAnchors,
    host: Option<Url>,
}

impl<'a> Signer<'a> {
    fn of(service: &Service, issuer: &'a TrustedIssuer) -> Result<Self, Refusal> {
        let host = issuer.address.as_deref().and_then(|address| Url::parse(address).ok());
        Ok(Self { issuer, anchors: anchors(service, issuer)?, host })
    }

    /// An issuer with an address signs by certificates that name its host, whoever vouches for them.
    fn key(&self, header: &Header, now: Timestamp) -> Result<PublicKey, ChainProblem> {
        let chain = CertificateChain::of(header)?;
        let host = self.host.as_ref().and_then(Url::host_str);
        if (self.issuer.address.is_some() || self.issuer.root.is_none())
            && host.is_none_or(|host| !chain.is_for_host(host))
        {
            return Err(ChainProblem::Untrusted("its certificate is for another host".to_owned()));
        }
        chain.verify(&self.anchors, now)
    }

    async fn holds(&self, service: &Service, status: &Reference, now: Timestamp) -> Result<(), Why> {
        let key_of = |header: &Header| self.key(header, now);
        match service.elsewhere.lists.status(status, &key_of, now).await {
            Ok(Status::Valid) => Ok(()),
            Ok(_) => Err(Why::NotValid),
            Err(problem) => {
                let issuer = self.issuer.id;
                tracing::warn!(%issuer, %problem, "how a credential from elsewhere stands is not known");
                Err(Why::StatusUnknown)
            }
        }
    }
}

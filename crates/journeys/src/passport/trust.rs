//! The list of issuers outside this installation whose credentials a trust believes, kind by kind.

use super::kind_address;
use crate::{Refusal, Service};
use openid4vc::jose::TrustAnchors;
use rules::passport::CredentialKind;
use store::audit::Event;
use store::organisation::Organisation;
use store::trusted_issuer::NewTrustedIssuer;
use url::Url;
use uuid::Uuid;

/// An issuer, as somebody describes it.
#[derive(Debug, Clone, Copy)]
pub struct Described<'a> {
    /// What it is called here.
    pub name: &'a str,
    /// For which kind it is believed.
    pub kind: CredentialKind,
    /// What it calls that kind (`vct`); none: as this installation does.
    pub credential_type: Option<&'a str>,
    /// Its root certificate, DER.
    pub root: Option<&'a [u8]>,
    /// The address by which it calls itself.
    pub address: Option<&'a str>,
}

/// Why nobody is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustProblem {
    /// Neither a root nor an address.
    #[error("say by what the issuer is known: by its root certificate, its address, or both")]
    Unknown,
    /// The address is none.
    #[error("the issuer's address begins with https:// and has no user, no ? and no #")]
    Address,
    /// The root is none.
    #[error("the certificate is none of an authority below which credentials can be signed")]
    Root,
    /// An access key opens the door of the organisation that issued it, and no other.
    #[error("access keys are taken from this organisation alone")]
    AccessKey,
    /// There is one of this name.
    #[error("an issuer of this name is trusted for this kind already: remove it first")]
    NameTaken,
}

/// From now on a trust believes an issuer for a kind. Answers its id.
///
/// # Errors
/// Where the database fails.
pub async fn add(
    service: &Service,
    organisation: &Organisation,
    described: Described<'_>,
) -> Result<Result<Uuid, TrustProblem>, Refusal> {
    if let Err(problem) = check(&described) {
        return Ok(Err(problem));
    }
    let Described { name, kind, credential_type, root, address } = described;
    let now = service.clock.now();
    let id = vault::new_id(now, service.random.as_ref());
    let ours = kind_address(service, kind);
    let new = NewTrustedIssuer {
        id,
        organisation_id: organisation.id,
        name,
        kind,
        credential_type: credential_type.unwrap_or(&ours),
        root,
        address,
    };
    let mut tx = service.store.begin().await?;
    if !tx.add_trusted_issuer(new, now).await? {
        return Ok(Err(TrustProblem::NameTaken));
    }
    let kind = kind.as_str().to_owned();
    tx.audit(Event::TrustedIssuerAdded { organisation: organisation.id, issuer: id, kind }, now);
    tx.commit().await?;
    Ok(Ok(id))
}

fn check(described: &Described<'_>) -> Result<(), TrustProblem> {
    if described.kind.is_access_key() {
        return Err(TrustProblem::AccessKey);
    }
    if described.root.is_none() && described.address.is_none() {
        return Err(TrustProblem::Unknown);
    }
    if let Some(address) = described.address {
        let url = Url::parse(address).map_err(|_| TrustProblem::Address)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if url.scheme() != "https" || !plain || url.query().is_some() || url.fragment().is_some() {
            return Err(TrustProblem::Address);
        }
    }
    if let Some(root) = described.root {
        let authority = pki::Certificate::from_der(root).is_ok_and(|root| root.is_authority());
        if !authority || TrustAnchors::new([root]).is_err() {
            return Err(TrustProblem::Root);
        }
    }
    Ok(())
}

/// A trust believes an issuer no more. Answers whether it did.
///
/// # Errors
/// Where the database fails.
pub async fn remove(service: &Service, organisation: &Organisation, issuer: Uuid) -> Result<bool, Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.end_trusted_issuer(issuer, organisation.id, now).await? {
        return Ok(false);
    }
    tx.audit(Event::TrustedIssuerRemoved { organisation: organisation.id, issuer }, now);
    tx.commit().await?;
    Ok(true)
}

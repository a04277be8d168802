//! The ceremony: a root that lives offline, the issuing authority below it, and the OCSP responder below that.

use std::sync::Arc;

use const_oid::db::rfc5280::ID_KP_OCSP_SIGNING;
use const_oid::db::rfc6960::ID_PKIX_OCSP_NOCHECK;
use der::Encode;
use der::asn1::Null;
use jiff::{SignedDuration, Timestamp};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::Name;

use crate::issuing::Body;
use crate::{
    Certificate, CertificateRequest, IssuingAuthority, IssuingProblem, PublicKey, Random, RequestToSign,
    Serial, SigningKey, extension, name,
};

/// The name of an authority, as it stands in its certificate and in all that it issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityName {
    /// Two letters: "GB".
    pub country: String,
    /// "Northfield University Hospitals".
    pub organisation: String,
    /// "Northfield Smartcard Root 2026".
    pub common_name: String,
}

impl AuthorityName {
    fn name(&self) -> Result<Name, der::Error> {
        name::authority(&self.country, &self.organisation, &self.common_name)
    }
}

/// Where an authority below another one is told about; a root that lives offline may have neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpperAddresses {
    /// The list of revoked authorities.
    pub list: Option<String>,
    /// The upper authority's certificate.
    pub authority: Option<String>,
}

/// Makes a root: signed by itself, allowed one level of authorities below it.
///
/// # Errors
///
/// When the key does not sign or the name cannot be written.
pub fn new_root(
    name: &AuthorityName,
    key: &dyn SigningKey,
    now: Timestamp,
    days: u32,
    random: &dyn Random,
) -> Result<Certificate, IssuingProblem> {
    let name = name.name()?;
    let public = key.public_key();
    let mut extensions = authority_extensions(1)?;
    extensions.push(extension::subject_key(public)?);
    let body =
        Body { subject: name.clone(), issuer: name, key: public, now, ends: after(now, days), extensions };
    Certificate::seal(body.with_serial(&Serial::draw(random))?, key)
}

/// What an issuing authority asks its root to sign: the name and the public key, signed with the private one.
///
/// # Errors
///
/// When the key does not sign or the name cannot be written.
pub fn request_issuing(
    name: &AuthorityName,
    key: &dyn SigningKey,
) -> Result<CertificateRequest, IssuingProblem> {
    let request = RequestToSign::for_name(name.name()?, key.public_key())?;
    let signature = key.sign(request.bytes())?;
    request
        .finish_as(key.curve(), &signature)
        .map_err(|_| IssuingProblem::Key(crate::KeyProblem::Cryptography))
}

/// The root signs an issuing authority, which may issue to people but to no authority. The people at the ceremony have compared the
/// request's fingerprint; the name in it is taken, since it is they who decide.
///
/// # Errors
///
/// When the root does not hold now, is no authority or not of this key, or the key does not sign.
pub fn sign_issuing(
    root: &Certificate,
    root_key: &dyn SigningKey,
    request: &CertificateRequest,
    addresses: &UpperAddresses,
    now: Timestamp,
    days: u32,
    random: &dyn Random,
) -> Result<Certificate, IssuingProblem> {
    if root.public_key() != *root_key.public_key() {
        return Err(IssuingProblem::OtherKey(root.serial().clone()));
    }
    if !root.is_authority() {
        return Err(IssuingProblem::NoAuthority(root.serial().clone()));
    }
    if !root.holds_at(now) {
        return Err(IssuingProblem::NotNow(root.serial().clone()));
    }
    let mut extensions = authority_extensions(0)?;
    extensions.push(extension::subject_key(request.public_key())?);
    extensions.push(extension::authority_key(&root.key_identifier())?);
    if let Some(list) = &addresses.list {
        extensions.push(extension::list_address(list)?);
    }
    extensions.extend(extension::authority_access(None, addresses.authority.as_deref())?);
    let body = Body {
        subject: request.name().clone(),
        issuer: root.body().subject.clone(),
        key: request.public_key(),
        now,
        ends: after(now, days).min(root.not_after()),
        extensions,
    };
    Certificate::seal(body.with_serial(&Serial::draw(random))?, root_key)
}

/// How long a certificate of the responder lives. It cannot be revoked (`id-pkix-ocsp-nocheck`), so it lives shortly.
pub const RESPONDER_DAYS: u32 = 30;

/// The issuing authority lets a key answer for it (RFC 6960, section 4.2.2.2).
///
/// # Errors
///
/// When the authority does not hold now or its key does not sign.
pub fn sign_responder(
    authority: &IssuingAuthority,
    key: &PublicKey,
    common_name: &str,
    now: Timestamp,
    random: &dyn Random,
) -> Result<Certificate, IssuingProblem> {
    let extensions = vec![
        extension::of(&KeyUsage(KeyUsages::DigitalSignature.into()), true)?,
        extension::of(&ExtendedKeyUsage(vec![ID_KP_OCSP_SIGNING]), true)?,
        extension::raw(ID_PKIX_OCSP_NOCHECK, false, Null.to_der()?)?,
    ];
    let upper = &authority.certificate().body().subject;
    let country = name::text(upper, const_oid::db::rfc4519::C).unwrap_or_else(|| "GB".to_owned());
    let organisation = name::text(upper, const_oid::db::rfc4519::O).unwrap_or_default();
    let subject = name::authority(&country, &organisation, common_name)?;
    let ends = after(now, RESPONDER_DAYS).min(authority.certificate().not_after());
    authority.sign(subject, key, now, ends, extensions, random)
}

/// Whether a certificate of the responder is to be made anew: when a third of its life or less is left, or it is not of this
/// authority or key any more.
pub fn responder_is_due(
    certificate: &Certificate,
    authority: &Certificate,
    key: &PublicKey,
    now: Timestamp,
) -> bool {
    let life = certificate.not_after().duration_since(certificate.not_before());
    let left = certificate.not_after().duration_since(now);
    left.saturating_mul(3) <= life || certificate.public_key() != *key || !authority.signed(certificate)
}

/// All that a demonstration needs: root, issuing authority and their certificates, with the root's key thrown away.
#[derive(Debug, Clone)]
pub struct Demonstration {
    /// Its issuing authority's certificate, then the root's.
    pub chain: Vec<Certificate>,
}

/// Holds the whole ceremony at once.
///
/// # Errors
///
/// When a key does not sign or a name cannot be written.
pub fn demonstrate(
    organisation: &str,
    root_key: &Arc<dyn SigningKey>,
    issuing_key: &Arc<dyn SigningKey>,
    now: Timestamp,
    random: &dyn Random,
) -> Result<Demonstration, IssuingProblem> {
    let named = |common_name: String| AuthorityName {
        country: "GB".to_owned(),
        organisation: organisation.to_owned(),
        common_name,
    };
    let root = new_root(&named(format!("{organisation} Root")), &**root_key, now, 20 * 365, random)?;
    let request = request_issuing(&named(format!("{organisation} Smartcards")), &**issuing_key)?;
    let addresses = UpperAddresses::default();
    let issuing = sign_issuing(&root, &**root_key, &request, &addresses, now, 10 * 365, random)?;
    Ok(Demonstration { chain: vec![issuing, root] })
}

fn authority_extensions(below: u8) -> Result<Vec<x509_cert::ext::Extension>, der::Error> {
    Ok(vec![
        extension::of(&BasicConstraints { ca: true, path_len_constraint: Some(below) }, true)?,
        extension::of(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign), true)?,
    ])
}

fn after(now: Timestamp, days: u32) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

//! The authority that issues certificates of people.

use std::sync::Arc;

use jiff::Timestamp;
use x509_cert::TbsCertificate;
use x509_cert::certificate::Version;
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;
use x509_cert::time::Validity;

use crate::profile::BACKDATED;
use crate::{
    Certificate, CertificateRequest, KeyProblem, Policy, PublicKey, Purpose, Random, Serial, SigningKey,
    Subject, extension, time,
};

/// The authority online: its certificate, its key, and what it puts into certificates.
#[derive(Debug, Clone)]
pub struct IssuingAuthority {
    own: Certificate,
    chain: Vec<Certificate>,
    key: Arc<dyn SigningKey>,
    policy: Policy,
    /// Which key signs; and what stands in every certificate of a person. Written once, not for each.
    authority_key: Extension,
    shared: Extensions,
}

/// Why nothing was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssuingProblem {
    /// There is no certificate of the authority.
    #[error("the authority has no certificate: put its own first into the file, then those above it")]
    NoCertificate,
    /// The certificate is of another key.
    #[error("the certificate of the authority (serial {0}) and its key don't belong together")]
    OtherKey(Serial),
    /// The certificate may not issue.
    #[error("the certificate with serial {0} is not one of an authority")]
    NoAuthority(Serial),
    /// The certificate may not answer for its authority.
    #[error("the certificate with serial {0} is not one of an OCSP responder")]
    NoResponder(Serial),
    /// A certificate in the chain was not issued by the next.
    #[error("the certificate with serial {0} was not issued by the one that stands after it")]
    Chain(Serial),
    /// The authority's certificate does not hold at this time.
    #[error("the certificate of the authority (serial {0}) does not hold now")]
    NotNow(Serial),
    /// The key does not sign.
    #[error(transparent)]
    Key(#[from] KeyProblem),
    /// Something that was given cannot stand in a certificate: a country of three letters, an address with an umlaut.
    #[error("this cannot stand in a certificate: {0}")]
    Encoding(#[from] der::Error),
}

impl IssuingAuthority {
    /// An authority from its chain (its own certificate first, the root last) and its key.
    ///
    /// # Errors
    ///
    /// When they don't belong together.
    pub fn new(
        chain: Vec<Certificate>,
        key: Arc<dyn SigningKey>,
        policy: Policy,
    ) -> Result<Self, IssuingProblem> {
        let own = chain.first().ok_or(IssuingProblem::NoCertificate)?;
        if own.public_key() != *key.public_key() {
            return Err(IssuingProblem::OtherKey(own.serial().clone()));
        }
        for certificate in &chain {
            if !certificate.is_authority() {
                return Err(IssuingProblem::NoAuthority(certificate.serial().clone()));
            }
        }
        for (lower, upper) in chain.iter().zip(chain.iter().skip(1)) {
            if !upper.signed(lower) {
                return Err(IssuingProblem::Chain(lower.serial().clone()));
            }
        }
        let (authority_key, shared) =
            (extension::authority_key(&own.key_identifier())?, policy.shared_extensions()?);
        Ok(Self { own: own.clone(), chain, key, policy, authority_key, shared })
    }

    /// Its own certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.own
    }

    /// Its certificate, and those above it up to the root.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// What it puts into certificates.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(crate) fn key(&self) -> &dyn SigningKey {
        &*self.key
    }

    /// Issues a certificate for a person. All that stands in it comes from `subject` and the policy, and nothing but the key from the
    /// request, whose signature was verified when it was read. The caller writes the serial down before anybody sees the certificate.
    ///
    /// # Errors
    ///
    /// When the authority's own certificate does not hold, its key does not sign, or the subject cannot be written.
    pub fn issue(
        &self,
        request: &CertificateRequest,
        subject: &Subject,
        purpose: Purpose,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Certificate, IssuingProblem> {
        let ends = self.policy.ends(now, self.certificate().not_after(), random);
        let mut extensions = Policy::extensions(subject, purpose)?;
        extensions.extend_from_slice(&self.shared);
        self.sign(subject.name()?, request.public_key(), now, ends, extensions, random)
    }

    /// Signs a certificate for any key of ours, with the extensions about keys added.
    pub(crate) fn sign(
        &self,
        subject: Name,
        key: &PublicKey,
        now: Timestamp,
        ends: Timestamp,
        extensions: Extensions,
        random: &dyn Random,
    ) -> Result<Certificate, IssuingProblem> {
        let own = self.certificate();
        if !own.holds_at(now) {
            return Err(IssuingProblem::NotNow(own.serial().clone()));
        }
        let mut all = vec![self.authority_key.clone(), extension::subject_key(key)?];
        all.extend(extensions);
        let body = Body { subject, issuer: own.body().subject.clone(), key, now, ends, extensions: all };
        Certificate::seal(body.with_serial(&Serial::draw(random))?, self.key())
    }
}

/// What stands in a certificate, before it has a number.
pub(crate) struct Body<'a> {
    pub subject: Name,
    pub issuer: Name,
    pub key: &'a PublicKey,
    pub now: Timestamp,
    pub ends: Timestamp,
    pub extensions: Extensions,
}

impl Body<'_> {
    pub fn with_serial(self, serial: &Serial) -> Result<TbsCertificate, der::Error> {
        Ok(TbsCertificate {
            version: Version::V3,
            serial_number: serial.number()?,
            // The key that signs says by what.
            signature: spki::AlgorithmIdentifierOwned {
                oid: const_oid::db::rfc5912::ECDSA_WITH_SHA_256,
                parameters: None,
            },
            issuer: self.issuer,
            validity: Validity {
                not_before: time::time(self.now.checked_sub(BACKDATED).unwrap_or(self.now))?,
                not_after: time::time(self.ends)?,
            },
            subject: self.subject,
            subject_public_key_info: self.key.info().clone(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(self.extensions),
        })
    }
}

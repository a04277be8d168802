//! Requests for certificates (PKCS#10, RFC 2986): they prove that somebody holds a private key, and nothing else.

use der::asn1::{BitString, SetOfVec};
use der::pem::LineEnding;
use der::{Decode, Encode};
use x509_cert::attr::Attributes;
use x509_cert::ext::Extensions;
use x509_cert::name::Name;
use x509_cert::request::{CertReq, CertReqInfo, ExtensionReq, Version};

use aws_lc_rs::digest::{SHA256, digest};

use crate::{Curve, PublicKey, Purpose, SignatureProblem, Subject, extension, hex, raw};

/// A request whose signature was verified: who sent it holds the private key.
#[derive(Debug, Clone)]
pub struct CertificateRequest {
    der: Vec<u8>,
    name: Name,
    key: PublicKey,
}

/// Why a request does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestProblem {
    /// It cannot be read.
    #[error("this is no request for a certificate (PKCS#10)")]
    Format,
    /// Larger than [`CertificateRequest::MOST_BYTES`].
    #[error("the request is too large")]
    TooLarge,
    /// A key that is not issued for.
    #[error("certificates are issued for keys on P-256 and P-384")]
    Key,
    /// The signature is not the key's over the request.
    #[error("the request does not prove that its sender holds the key")]
    Signature,
}

impl From<SignatureProblem> for RequestProblem {
    fn from(_: SignatureProblem) -> Self {
        Self::Signature
    }
}

impl CertificateRequest {
    /// A request from outside may have so many bytes at most.
    pub const MOST_BYTES: usize = 8 * 1024;

    /// Reads a request, DER, and verifies its signature.
    ///
    /// # Errors
    ///
    /// When it cannot be read or proves nothing.
    pub fn verify(bytes: &[u8]) -> Result<Self, RequestProblem> {
        if bytes.len() > Self::MOST_BYTES {
            return Err(RequestProblem::TooLarge);
        }
        let request = CertReq::from_der(bytes).map_err(|_| RequestProblem::Format)?;
        let key = PublicKey::from_info(request.info.public_key.clone());
        if key.curve().is_none() {
            return Err(RequestProblem::Key);
        }
        let signed = raw::first_element(bytes).ok_or(RequestProblem::Format)?;
        key.verify(&request.algorithm, signed, request.signature.raw_bytes())?;
        Ok(Self { der: bytes.to_vec(), name: request.info.subject, key })
    }

    /// Reads a request from a PEM file and verifies its signature.
    ///
    /// # Errors
    ///
    /// When it cannot be read or proves nothing.
    pub fn verify_pem(text: &str) -> Result<Self, RequestProblem> {
        let (label, der) =
            der::pem::decode_vec(text.trim().as_bytes()).map_err(|_| RequestProblem::Format)?;
        if label != "CERTIFICATE REQUEST" {
            return Err(RequestProblem::Format);
        }
        Self::verify(&der)
    }

    /// The key that is asked for.
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The bytes, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The request as PEM.
    pub fn pem(&self) -> String {
        der::pem::encode_string("CERTIFICATE REQUEST", LineEnding::LF, &self.der).unwrap_or_default()
    }

    /// SHA-256 over its bytes, as hexadecimal digits: what people compare at a ceremony.
    pub fn fingerprint(&self) -> String {
        hex::pairs(digest(&SHA256, &self.der).as_ref())
    }

    /// The name that its sender wishes for, as RFC 4514 writes it. Certificates of people never take it.
    pub fn wished_name(&self) -> String {
        self.name.to_string()
    }

    pub(crate) fn name(&self) -> &Name {
        &self.name
    }
}

/// A request that a card has still to sign: built here from the record, so that an authority outside, too, reads the right name.
#[derive(Debug, Clone)]
pub struct RequestToSign {
    info: CertReqInfo,
    bytes: Vec<u8>,
}

impl RequestToSign {
    /// A request for a person's certificate with a key that a card has just made.
    ///
    /// # Errors
    ///
    /// When the subject cannot be written.
    pub fn new(subject: &Subject, purpose: Purpose, key: &PublicKey) -> Result<Self, der::Error> {
        let names = match purpose {
            Purpose::Authentication => subject.principal_names()?,
            Purpose::Signature => subject.addresses()?,
        };
        let mut extensions = Extensions::new();
        if !names.is_empty() {
            extensions.push(extension::of(&x509_cert::ext::pkix::SubjectAltName(names), false)?);
        }
        Self::build(subject.name()?, key, extensions)
    }

    pub(crate) fn for_name(name: Name, key: &PublicKey) -> Result<Self, der::Error> {
        Self::build(name, key, Extensions::new())
    }

    fn build(subject: Name, key: &PublicKey, extensions: Extensions) -> Result<Self, der::Error> {
        let mut attributes: Attributes = SetOfVec::new();
        if !extensions.is_empty() {
            attributes.insert(ExtensionReq(extensions).try_into()?)?;
        }
        let info = CertReqInfo { version: Version::V1, subject, public_key: key.info().clone(), attributes };
        let bytes = info.to_der()?;
        Ok(Self { info, bytes })
    }

    /// What is signed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 over what is signed: what goes to the card.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &self.bytes).as_ref());
        hash
    }

    /// The request with the card's signature (DER) over [`RequestToSign::digest`], verified.
    ///
    /// # Errors
    ///
    /// When the signature is not the key's: the card that signed is not the one that made the key.
    pub fn finish(self, signature: &[u8]) -> Result<CertificateRequest, RequestProblem> {
        self.finish_as(Curve::P256, signature)
    }

    pub(crate) fn finish_as(
        self,
        curve: Curve,
        signature: &[u8],
    ) -> Result<CertificateRequest, RequestProblem> {
        let request = CertReq {
            info: self.info,
            algorithm: curve.signature_algorithm(),
            signature: BitString::from_bytes(signature).map_err(|_| RequestProblem::Format)?,
        };
        CertificateRequest::verify(&request.to_der().map_err(|_| RequestProblem::Format)?)
    }
}

//! What is answered.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use const_oid::db::rfc5280::ID_KP_OCSP_SIGNING;
use const_oid::db::rfc6960::{ID_PKIX_OCSP_BASIC, ID_PKIX_OCSP_NONCE};
use der::asn1::{BitString, OctetString};
use der::{Encode, Tag, TagNumber};
use jiff::Timestamp;
use x509_ocsp::{
    CertId, CertStatus, OcspGeneralizedTime, OcspResponse, OcspResponseStatus, ResponderId, ResponseBytes,
    ResponseData, RevokedInfo, SingleResponse, Version,
};

use super::{HashKind, Wanted};
use crate::{Certificate, IssuingProblem, RevocationReason, Serial, SigningKey, extension, hex, raw, time};

/// How a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Issued here and not revoked.
    Good,
    /// Revoked.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why.
        reason: RevocationReason,
    },
    /// Not issued here.
    Unknown,
}

impl Status {
    fn written(self) -> Result<CertStatus, der::Error> {
        Ok(match self {
            Self::Good => CertStatus::good(),
            Self::Unknown => CertStatus::unknown(),
            Self::Revoked { at, reason } => CertStatus::revoked(RevokedInfo {
                revocation_time: generalized(at)?,
                revocation_reason: reason.written(),
            }),
        })
    }
}

/// An answer without content: why there is none (RFC 6960, section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The request cannot be read.
    MalformedRequest,
    /// Something is broken here.
    InternalError,
    /// The responder is busy.
    TryLater,
    /// The responder does not speak for that authority (RFC 5019, section 2.2.3).
    Unauthorized,
}

impl Refused {
    /// The answer, DER.
    pub fn der(self) -> Vec<u8> {
        let response = match self {
            Self::MalformedRequest => OcspResponse::malformed_request(),
            Self::InternalError => OcspResponse::internal_error(),
            Self::TryLater => OcspResponse::try_later(),
            Self::Unauthorized => OcspResponse::unauthorized(),
        };
        // Five bytes are never too long to be written.
        response.to_der().unwrap_or_default()
    }
}

/// Who answers for an issuing authority: its certificate for that, and the key.
#[derive(Debug, Clone)]
pub struct Responder {
    authority: Certificate,
    certificate: Certificate,
    key: Arc<dyn SigningKey>,
    hashes: [(HashKind, CertId); 2],
}

impl Responder {
    /// A responder.
    ///
    /// # Errors
    ///
    /// When its certificate is not of its key, not for answering, or was not issued by the authority.
    pub fn new(
        authority: Certificate,
        certificate: Certificate,
        key: Arc<dyn SigningKey>,
    ) -> Result<Self, IssuingProblem> {
        if certificate.public_key() != *key.public_key() {
            return Err(IssuingProblem::OtherKey(certificate.serial().clone()));
        }
        if !certificate.is_for(ID_KP_OCSP_SIGNING) {
            return Err(IssuingProblem::NoResponder(certificate.serial().clone()));
        }
        if !authority.signed(&certificate) {
            return Err(IssuingProblem::Chain(certificate.serial().clone()));
        }
        let named = |hash| {
            Wanted::new(&authority, certificate.serial().clone(), hash).map(|wanted| (hash, wanted.id))
        };
        let hashes = [named(HashKind::Sha1)?, named(HashKind::Sha256)?];
        Ok(Self { authority, certificate, key, hashes })
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The authority that it answers for.
    pub fn authority(&self) -> &Certificate {
        &self.authority
    }

    /// Whether a certificate that is asked about is one of the authority's.
    pub fn speaks_for(&self, wanted: &Wanted) -> bool {
        self.hashes.iter().any(|(hash, id)| {
            *hash == wanted.hash()
                && id.issuer_name_hash == wanted.id.issuer_name_hash
                && id.issuer_key_hash == wanted.id.issuer_key_hash
        })
    }

    /// Signs an answer to everybody who asks about this certificate without a nonce.
    ///
    /// # Errors
    ///
    /// When the key does not sign.
    pub fn answer_ahead(
        &self,
        serial: &Serial,
        hash: HashKind,
        status: Status,
        now: Timestamp,
        next_update: Timestamp,
    ) -> Result<OcspAnswer, IssuingProblem> {
        let wanted = Wanted::new(&self.authority, serial.clone(), hash)?;
        self.answer(&[(wanted, status)], None, now, next_update)
    }

    /// Signs an answer. `nonce` is the request's.
    ///
    /// # Errors
    ///
    /// When the key does not sign.
    pub fn answer(
        &self,
        answers: &[(Wanted, Status)],
        nonce: Option<&[u8]>,
        now: Timestamp,
        next_update: Timestamp,
    ) -> Result<OcspAnswer, IssuingProblem> {
        let (this_update, until) = (generalized(now)?, generalized(next_update)?);
        let mut responses = Vec::with_capacity(answers.len());
        for (wanted, status) in answers {
            responses.push(SingleResponse {
                cert_id: wanted.id.clone(),
                cert_status: status.written()?,
                this_update,
                next_update: Some(until),
                single_extensions: None,
            });
        }
        let nonce =
            nonce.map(|nonce| extension::raw(ID_PKIX_OCSP_NONCE, false, nonce.to_vec())).transpose()?;
        let body = ResponseData {
            version: Version::V1,
            responder_id: ResponderId::ByKey(OctetString::new(
                HashKind::Sha1.of(self.key.public_key().bits()),
            )?),
            produced_at: this_update,
            responses,
            response_extensions: nonce.map(|nonce| vec![nonce]),
        };
        let signed = body.to_der()?;
        let signature = BitString::from_bytes(&self.key.sign(&signed)?)?.to_der()?;
        let algorithm = self.key.curve().signature_algorithm().to_der()?;
        // What is written already is not written again (`BasicOCSPResponse`, RFC 6960, section 4.2.1).
        let certificates = raw::element(Tag::Sequence, &[self.certificate.der()])?;
        let certificates = raw::element(
            Tag::ContextSpecific { constructed: true, number: TagNumber::N0 },
            &[&certificates],
        )?;
        let basic = raw::element(Tag::Sequence, &[&signed, &algorithm, &signature, &certificates])?;
        let response =
            ResponseBytes { response_type: ID_PKIX_OCSP_BASIC, response: OctetString::new(basic)? };
        let response =
            OcspResponse { response_status: OcspResponseStatus::Successful, response_bytes: Some(response) };
        let der = response.to_der()?;
        let etag = hex::lower(digest(&SHA256, &der).as_ref().get(..16).unwrap_or_default());
        Ok(OcspAnswer { der, etag, this_update: now, next_update })
    }
}

/// An answer, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspAnswer {
    der: Vec<u8>,
    etag: String,
    this_update: Timestamp,
    next_update: Timestamp,
}

/// How long an answer may be kept by others: what stands in HTTP headers (RFC 5019, section 6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caching {
    /// `Cache-Control: max-age=…, public, no-transform, must-revalidate`; seconds.
    pub max_age: i64,
    /// `Last-Modified`.
    pub last_modified: Timestamp,
    /// `Expires`.
    pub expires: Timestamp,
    /// `ETag`, without its quotation marks.
    pub etag: String,
}

impl OcspAnswer {
    /// The bytes, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// Until when it may be believed.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// What names this answer among all, hexadecimal.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// How long others may keep it from now on; at most `most_seconds`, so that a revocation is known to those who ask again.
    pub fn caching(&self, now: Timestamp, most_seconds: i64) -> Caching {
        let max_age = self.next_update.duration_since(now).as_secs().clamp(0, most_seconds);
        let expires =
            Timestamp::from_second(now.as_second().saturating_add(max_age)).unwrap_or(self.next_update);
        Caching { max_age, last_modified: self.this_update, expires, etag: self.etag.clone() }
    }
}

fn generalized(at: Timestamp) -> Result<OcspGeneralizedTime, der::Error> {
    time::generalized(at).map(OcspGeneralizedTime)
}

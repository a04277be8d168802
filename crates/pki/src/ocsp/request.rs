//! What is asked.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{ID_SHA_1, ID_SHA_256};
use const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;
use der::asn1::{Null, OctetString};
use der::{Decode, Encode};
use spki::AlgorithmIdentifierOwned;
use x509_ocsp::{CertId, OcspRequest as Parsed, Request, TbsRequest};

use crate::{Certificate, Serial};

/// The hash by which a request names the authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashKind {
    /// What nearly everybody sends. It protects nothing here.
    Sha1,
    /// What RFC 6960 allows, too.
    Sha256,
}

impl HashKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sha1, Self::Sha256];

    pub(crate) fn of(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        };
        digest(algorithm, bytes).as_ref().to_vec()
    }

    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => ID_SHA_1,
            Self::Sha256 => ID_SHA_256,
        }
    }
}

/// A certificate that is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub(crate) id: CertId,
    serial: Serial,
    hash: HashKind,
}

impl Wanted {
    /// A certificate of this authority.
    ///
    /// # Errors
    ///
    /// When the authority's name cannot be written.
    pub fn new(authority: &Certificate, serial: Serial, hash: HashKind) -> Result<Self, der::Error> {
        let id = CertId {
            hash_algorithm: AlgorithmIdentifierOwned { oid: hash.oid(), parameters: Some(Null.into()) },
            issuer_name_hash: OctetString::new(hash.of(&authority.body().subject.to_der()?))?,
            issuer_key_hash: OctetString::new(hash.of(authority.public_key().bits()))?,
            serial_number: serial.number()?,
        };
        Ok(Self { id, serial, hash })
    }

    /// Its number.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The hash by which its authority is named.
    pub fn hash(&self) -> HashKind {
        self.hash
    }

    fn read(id: CertId) -> Result<Self, OcspProblem> {
        let hash = HashKind::ALL
            .into_iter()
            .find(|hash| hash.oid() == id.hash_algorithm.oid)
            .ok_or(OcspProblem::Hash)?;
        let serial = Serial::of(&id.serial_number).ok_or(OcspProblem::Format)?;
        Ok(Self { id, serial, hash })
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspRequest {
    wanted: Vec<Wanted>,
    nonce: Option<Vec<u8>>,
}

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OcspProblem {
    /// It cannot be read, asks for nothing, or must be understood where it is not.
    #[error("this is no OCSP request that is understood here")]
    Format,
    /// It names the authority by a hash other than SHA-1 and SHA-256.
    #[error("the request names the authority by a hash that is not known here")]
    Hash,
    /// More than [`OcspRequest::MOST_BYTES`], or about more than [`OcspRequest::MOST`] certificates.
    #[error("the request is too large")]
    TooLarge,
}

impl OcspRequest {
    /// A request may have so many bytes at most.
    pub const MOST_BYTES: usize = 4 * 1024;
    /// It may ask about so many certificates at most.
    pub const MOST: usize = 16;
    /// The longest nonce that is repeated (RFC 9654, section 2.1).
    const LONGEST_NONCE: usize = 128;

    /// A request about one certificate.
    pub fn about(wanted: Wanted) -> Self {
        Self { wanted: vec![wanted], nonce: None }
    }

    /// Reads the body of a POST.
    ///
    /// # Errors
    ///
    /// When it is no request that is answered.
    pub fn from_der(bytes: &[u8]) -> Result<Self, OcspProblem> {
        if bytes.len() > Self::MOST_BYTES {
            return Err(OcspProblem::TooLarge);
        }
        let request = Parsed::from_der(bytes).map_err(|_| OcspProblem::Format)?.tbs_request;
        if request.request_list.len() > Self::MOST {
            return Err(OcspProblem::TooLarge);
        }
        let mut nonce = None;
        for extension in request.request_extensions.iter().flatten() {
            let value = extension.extn_value.as_bytes();
            if extension.extn_id == ID_PKIX_OCSP_NONCE {
                let plain = OctetString::from_der(value).map_err(|_| OcspProblem::Format)?;
                let length = plain.as_bytes().len();
                if length == 0 || length > Self::LONGEST_NONCE || nonce.is_some() {
                    return Err(OcspProblem::Format);
                }
                nonce = Some(value.to_vec());
            } else if extension.critical {
                return Err(OcspProblem::Format);
            }
        }
        let wanted: Vec<Wanted> = request
            .request_list
            .into_iter()
            .map(|one| Wanted::read(one.req_cert))
            .collect::<Result<_, _>>()?;
        if wanted.is_empty() { Err(OcspProblem::Format) } else { Ok(Self { wanted, nonce }) }
    }

    /// Reads what stands behind the responder's address in a GET: base64, percent-encoded or not (RFC 6960, appendix A.1).
    ///
    /// # Errors
    ///
    /// When it is no request that is answered.
    pub fn from_path(path: &str) -> Result<Self, OcspProblem> {
        if path.len() > 2 * Self::MOST_BYTES {
            return Err(OcspProblem::TooLarge);
        }
        let text = unescape(path.trim_start_matches('/')).ok_or(OcspProblem::Format)?;
        Self::from_der(&STANDARD.decode(text).map_err(|_| OcspProblem::Format)?)
    }

    /// What is asked about; at least one certificate.
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The only certificate that is asked about, where the answer may be one that was signed before and goes to many.
    pub fn cacheable(&self) -> Option<&Wanted> {
        match (self.wanted.as_slice(), &self.nonce) {
            ([one], None) => Some(one),
            _ => None,
        }
    }

    /// The extension's value (an OCTET STRING, DER) that binds an answer to this request.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// The request, DER, without its nonce.
    ///
    /// # Errors
    ///
    /// When it is too long to be written.
    pub fn to_der(&self) -> Result<Vec<u8>, der::Error> {
        let list = self
            .wanted
            .iter()
            .map(|one| Request { req_cert: one.id.clone(), single_request_extensions: None });
        let request = TbsRequest { request_list: list.collect(), ..TbsRequest::default() };
        Parsed { tbs_request: request, optional_signature: None }.to_der()
    }
}

/// Turns `%2B` into `+`; anything else stays. `None` when an escape is cut off or no text.
fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        plain.push(if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            u8::try_from(digit()? << 4 | digit()?).ok()?
        } else {
            byte
        });
    }
    Some(plain)
}

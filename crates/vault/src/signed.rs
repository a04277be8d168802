//! What the authenticator on a phone signs: a compact JSON Web Signature (RFC 7515) by ES256 (RFC 7518, section 3.4) with a key
//! that never leaves the phone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::de::DeserializeOwned;
use thiserror::Error;
use uuid::Uuid;

/// The `typ` of the protected header: what was signed for something else is nothing here.
pub const TYPE: &str = "fobwatch-app+jwt";

/// No request of the authenticator is longer, in bytes.
const LONGEST: usize = 16 * 1_024;

/// A coordinate of a point on P-256, in bytes.
const COORDINATE: usize = 32;

/// The public key of a phone: a point on P-256, uncompressed (SEC 1, section 2.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceKey(Vec<u8>);

impl DeviceKey {
    /// The key that was kept.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// For keeping it.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn of(x: &str, y: &str) -> Option<Self> {
        let mut bytes = vec![4];
        for coordinate in [x, y] {
            let coordinate = URL_SAFE_NO_PAD.decode(coordinate).ok()?;
            (coordinate.len() == COORDINATE).then(|| bytes.extend(coordinate))?;
        }
        Some(Self(bytes))
    }
}

/// Who says that they signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// A phone that is enrolled.
    Device(Uuid),
    /// A phone that enrols, with its new key.
    New(DeviceKey),
}

/// Why a request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignedProblem {
    /// It is not what the authenticator sends.
    #[error("this is no request of the authenticator")]
    Malformed,
    /// The signature is not that key's, or is for somebody else.
    #[error("the signature is wrong")]
    Signature,
}

/// A request whose signature nobody has looked at.
#[derive(Debug)]
pub struct Unverified<'a> {
    text: &'a str,
    signer: Signer,
}

impl<'a> Unverified<'a> {
    /// Reads who says that they signed it.
    ///
    /// # Errors
    /// [`SignedProblem::Malformed`].
    pub fn read(text: &'a str) -> Result<Self, SignedProblem> {
        if text.len() > LONGEST {
            return Err(SignedProblem::Malformed);
        }
        let header = decode_header(text).map_err(|_| SignedProblem::Malformed)?;
        if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some(TYPE) {
            return Err(SignedProblem::Malformed);
        }
        let signer = match (header.kid, header.jwk) {
            (Some(kid), None) => Signer::Device(Uuid::parse_str(&kid).map_err(|_| SignedProblem::Malformed)?),
            (None, Some(jwk)) => match jwk.algorithm {
                AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                    Signer::New(DeviceKey::of(&key.x, &key.y).ok_or(SignedProblem::Malformed)?)
                }
                _ => return Err(SignedProblem::Malformed),
            },
            _ => return Err(SignedProblem::Malformed),
        };
        Ok(Self { text, signer })
    }

    /// Who says that they signed it.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// What was signed, where `key` signed it for `audience`. Its times are the caller's to look at.
    ///
    /// # Errors
    /// [`SignedProblem`].
    pub fn verify<T: DeserializeOwned>(&self, key: &DeviceKey, audience: &str) -> Result<T, SignedProblem> {
        let mut wanted = Validation::new(Algorithm::ES256);
        wanted.set_required_spec_claims(&["aud"]);
        wanted.set_audience(&[audience]);
        wanted.validate_exp = false;
        let key = DecodingKey::from_ec_der(key.as_bytes());
        match decode::<T>(self.text, &key, &wanted) {
            Ok(data) => Ok(data.claims),
            Err(error) if matches!(error.kind(), jsonwebtoken::errors::ErrorKind::Json(_)) => {
                Err(SignedProblem::Malformed)
            }
            Err(_) => Err(SignedProblem::Signature),
        }
    }
}

//! Public keys, and whether somebody signed.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};
use const_oid::db::rfc5912::{
    ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1,
    SHA_256_WITH_RSA_ENCRYPTION, SHA_384_WITH_RSA_ENCRYPTION, SHA_512_WITH_RSA_ENCRYPTION,
};
use der::asn1::{BitString, ObjectIdentifier};
use der::{Decode, Encode};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::Curve;

/// A public key as certificates hold it (`SubjectPublicKeyInfo`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(SubjectPublicKeyInfoOwned);

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureProblem {
    /// A kind of key or signature that this house does not know.
    #[error("the kind of key or signature is not known here")]
    UnknownAlgorithm,
    /// The signature is not this key's over this message.
    #[error("the signature is wrong")]
    Wrong,
}

impl PublicKey {
    /// A key from its point, uncompressed (`04 x y`), as cards and HSMs give it. The point is looked at when something is verified
    /// with it.
    ///
    /// # Errors
    ///
    /// When the point has not the length of the curve's.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self, der::Error> {
        if point.len() != 1 + 2 * curve.coordinate_bytes() || point.first() != Some(&4) {
            return Err(der::Tag::BitString.value_error());
        }
        Ok(Self(SubjectPublicKeyInfoOwned {
            algorithm: AlgorithmIdentifierOwned {
                oid: ID_EC_PUBLIC_KEY,
                parameters: Some((&curve.oid()).into()),
            },
            subject_public_key: BitString::from_bytes(point)?,
        }))
    }

    /// A key from its `SubjectPublicKeyInfo`, DER.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, der::Error> {
        SubjectPublicKeyInfoOwned::from_der(der).map(Self)
    }

    pub(crate) fn from_info(info: SubjectPublicKeyInfoOwned) -> Self {
        Self(info)
    }

    pub(crate) fn info(&self) -> &SubjectPublicKeyInfoOwned {
        &self.0
    }

    /// The `SubjectPublicKeyInfo`, DER.
    ///
    /// # Errors
    ///
    /// When it is too long to be written.
    pub fn to_der(&self) -> Result<Vec<u8>, der::Error> {
        self.0.to_der()
    }

    /// The bits of the key: for an elliptic curve its point, uncompressed.
    pub fn bits(&self) -> &[u8] {
        self.0.subject_public_key.raw_bytes()
    }

    /// The curve of the key. `None` when it is another kind of key, or a point of the wrong length.
    pub fn curve(&self) -> Option<Curve> {
        if self.0.algorithm.oid != ID_EC_PUBLIC_KEY {
            return None;
        }
        let named: ObjectIdentifier = self.0.algorithm.parameters.as_ref()?.decode_as().ok()?;
        let curve = match named {
            SECP_256_R_1 => Curve::P256,
            SECP_384_R_1 => Curve::P384,
            _ => return None,
        };
        (self.bits().len() == 1 + 2 * curve.coordinate_bytes()).then_some(curve)
    }

    /// What names this key: the first 160 bits of SHA-256 over its bits (RFC 7093, section 2, method 1).
    pub(crate) fn identifier(&self) -> Vec<u8> {
        digest(&SHA256, self.bits()).as_ref().iter().take(20).copied().collect()
    }

    /// Whether `signature` (for elliptic curves DER) is this key's over `message`, hashed with SHA-256.
    ///
    /// # Errors
    ///
    /// When it is not, or the key is not on a curve.
    pub fn verify_sha256(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureProblem> {
        let algorithm: &'static dyn VerificationAlgorithm = match self.curve() {
            Some(Curve::P256) => &ECDSA_P256_SHA256_ASN1,
            Some(Curve::P384) => &ECDSA_P384_SHA256_ASN1,
            None => return Err(SignatureProblem::UnknownAlgorithm),
        };
        self.check(algorithm, message, signature)
    }

    /// Whether `signature` is this key's over `message` by the named algorithm.
    pub(crate) fn verify(
        &self,
        algorithm: &AlgorithmIdentifierOwned,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureProblem> {
        let rsa = (self.0.algorithm.oid == RSA_ENCRYPTION).then_some(());
        let algorithm: &'static dyn VerificationAlgorithm = match (algorithm.oid, self.curve(), rsa) {
            (ECDSA_WITH_SHA_256, Some(Curve::P256), _) => &ECDSA_P256_SHA256_ASN1,
            (ECDSA_WITH_SHA_256, Some(Curve::P384), _) => &ECDSA_P384_SHA256_ASN1,
            (ECDSA_WITH_SHA_384, Some(Curve::P256), _) => &ECDSA_P256_SHA384_ASN1,
            (ECDSA_WITH_SHA_384, Some(Curve::P384), _) => &ECDSA_P384_SHA384_ASN1,
            (SHA_256_WITH_RSA_ENCRYPTION, None, Some(())) => &RSA_PKCS1_2048_8192_SHA256,
            (SHA_384_WITH_RSA_ENCRYPTION, None, Some(())) => &RSA_PKCS1_2048_8192_SHA384,
            (SHA_512_WITH_RSA_ENCRYPTION, None, Some(())) => &RSA_PKCS1_2048_8192_SHA512,
            _ => return Err(SignatureProblem::UnknownAlgorithm),
        };
        self.check(algorithm, message, signature)
    }

    fn check(
        &self,
        algorithm: &'static dyn VerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureProblem> {
        UnparsedPublicKey::new(algorithm, self.bits())
            .verify(message, signature)
            .map_err(|_| SignatureProblem::Wrong)
    }
}

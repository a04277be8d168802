use super::{base64url, from_base64url, sha256};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, VerificationAlgorithm,
};
use serde_json::{Map, Value, json};
use std::fmt;

/// How a token is signed (RFC 7518, section 3.1; RFC 9864).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: what everybody speaks.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All that are spoken here, the common one first.
    pub const ALL: [Self; 3] = [Self::Es256, Self::Es384, Self::EdDsa];

    /// The algorithm of this name; nothing for those that are not spoken here.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "ES384" => Some(Self::Es384),
            // RFC 9864 names the curve; before it there was one name for two curves.
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }

    /// The name as it stands in headers and metadata.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Es256 => &ECDSA_P256_SHA256_FIXED,
            Self::Es384 => &ECDSA_P384_SHA384_FIXED,
            Self::EdDsa => &ED25519,
        }
    }

    /// Bytes of one coordinate.
    fn coordinate(self) -> usize {
        match self {
            Self::Es256 | Self::EdDsa => 32,
            Self::Es384 => 48,
        }
    }
}

/// A public key that is known to be one: its point lies on its curve.
///
/// Two are equal when their numbers are, whatever else stood beside these in a JWK.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    /// The point, uncompressed (SEC 1, section 2.3.3); for Ed25519 its 32 bytes.
    point: Vec<u8>,
    parsed: ParsedPublicKey,
}

/// Why a JWK is not a key that is taken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Not an object with `kty`, and numbers of the right length in base64url.
    #[error("the key is not a JWK that can be read")]
    Format,
    /// A kind of key that is not spoken here.
    #[error("the key is of a kind that is not taken: use P-256, P-384 or Ed25519")]
    Kind,
    /// Somebody sent their secret key.
    #[error("the key has private parts in it: it is not secret any longer, and must not be used")]
    Private,
    /// The numbers are no point of the curve.
    #[error("the key is not a point of its curve")]
    Point,
}

impl PublicKey {
    /// Reads a JWK (RFC 7517). Members beside the numbers, such as `kid` and `use`, are passed over.
    ///
    /// # Errors
    ///
    /// When it is not a public key that is taken here.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyProblem> {
        let jwk = jwk.as_object().ok_or(KeyProblem::Format)?;
        if ["d", "p", "q", "dp", "dq", "qi", "k"].iter().any(|private| jwk.contains_key(*private)) {
            return Err(KeyProblem::Private);
        }
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).ok_or(KeyProblem::Format);
        let algorithm = match (text("kty")?, jwk.get("crv").and_then(Value::as_str)) {
            ("EC", Some("P-256")) => Algorithm::Es256,
            ("EC", Some("P-384")) => Algorithm::Es384,
            ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
            _ => return Err(KeyProblem::Kind),
        };
        let coordinate = |name: &str| {
            from_base64url(text(name)?)
                .filter(|bytes| bytes.len() == algorithm.coordinate())
                .ok_or(KeyProblem::Format)
        };
        let point = match algorithm {
            Algorithm::EdDsa => coordinate("x")?,
            Algorithm::Es256 | Algorithm::Es384 => [vec![4], coordinate("x")?, coordinate("y")?].concat(),
        };
        Self::from_point(algorithm, point)
    }

    /// The key at this point: uncompressed with its leading 4, or the 32 bytes of Ed25519.
    ///
    /// # Errors
    ///
    /// When it is no point of the algorithm's curve.
    pub fn from_point(algorithm: Algorithm, point: Vec<u8>) -> Result<Self, KeyProblem> {
        let length = match algorithm {
            Algorithm::EdDsa => 32,
            Algorithm::Es256 | Algorithm::Es384 => 1 + 2 * algorithm.coordinate(),
        };
        if point.len() != length {
            return Err(KeyProblem::Point);
        }
        let parsed = ParsedPublicKey::new(algorithm.verification(), &point).map_err(|_| KeyProblem::Point)?;
        Ok(Self { algorithm, point, parsed })
    }

    /// How tokens are signed with its private half.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The JWK with the numbers alone, as it stands in `cnf` (RFC 7800, section 3.2).
    pub fn to_jwk(&self) -> Value {
        Value::Object(self.members())
    }

    /// The members that RFC 7638 hashes, in its order.
    fn members(&self) -> Map<String, Value> {
        let coordinates = self.point.get(1..).unwrap_or_default();
        let members = match self.algorithm {
            Algorithm::EdDsa => json!({ "crv": "Ed25519", "kty": "OKP", "x": base64url(&self.point) }),
            Algorithm::Es256 | Algorithm::Es384 => {
                let (x, y) = coordinates.split_at(coordinates.len() / 2);
                let curve = if self.algorithm == Algorithm::Es256 { "P-256" } else { "P-384" };
                json!({ "crv": curve, "kty": "EC", "x": base64url(x), "y": base64url(y) })
            }
        };
        match members {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// The JWK thumbprint (RFC 7638) with SHA-256, as base64url: a name for the key that everybody reckons alike.
    pub fn thumbprint(&self) -> String {
        sha256(&self.to_jwk().to_string())
    }

    /// The point, uncompressed; for Ed25519 its 32 bytes.
    pub(crate) fn point(&self) -> &[u8] {
        &self.point
    }

    /// Whether the private half of this key signed `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.point == other.point
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({} {})", self.algorithm.name(), self.thumbprint())
    }
}

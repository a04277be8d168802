use super::{Algorithm, PublicKey, base64url};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

/// A private key that signs tokens, wherever it lives: in memory, in a file, in a hardware security module.
pub trait Signer: Send + Sync {
    /// Its public half, which says the algorithm, too.
    fn public_key(&self) -> &PublicKey;

    /// Signs `message`: the two numbers one after the other (RFC 7518, section 3.4). A module may take its time, so that
    /// callers keep it off the threads that serve others.
    ///
    /// # Errors
    ///
    /// When the key cannot be reached.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignProblem>;
}

/// A token could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignProblem {
    /// The key cannot be reached or does not sign.
    #[error("the key does not sign: {0}")]
    Key(String),
    /// What was to be signed is no JSON.
    #[error("what was to be signed cannot be written as JSON: {0}")]
    Content(#[from] serde_json::Error),
}

/// Signs `claims` as a JWT in compact serialisation (RFC 7515, section 3.1). The algorithm is the key's, whatever `header`, an
/// object, says.
///
/// # Errors
///
/// When the key does not sign.
pub fn sign(
    header: &impl Serialize,
    claims: &impl Serialize,
    key: &dyn Signer,
) -> Result<String, SignProblem> {
    let mut whole = Map::new();
    whole.insert("alg".to_owned(), key.public_key().algorithm().name().into());
    if let Value::Object(header) = serde_json::to_value(header)? {
        whole.extend(header.into_iter().filter(|(name, _)| name != "alg"));
    }
    let mut token = base64url(&serde_json::to_vec(&whole)?);
    token.push('.');
    token.push_str(&base64url(&serde_json::to_vec(claims)?));
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    token.push_str(&base64url(&signature));
    Ok(token)
}

/// A P-256 key in this process's memory.
pub struct Es256Key {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl Es256Key {
    /// The key in PKCS#8 (RFC 5958).
    ///
    /// # Errors
    ///
    /// When it is not a P-256 key.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SignProblem> {
        Self::new(
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                .map_err(|why| SignProblem::Key(why.to_string()))?,
        )
    }

    /// A new key, by the randomness of the library for cryptography.
    ///
    /// # Errors
    ///
    /// When the library refuses, which it does when the system has no randomness.
    pub fn generate() -> Result<Self, SignProblem> {
        Self::new(
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .map_err(|why| SignProblem::Key(why.to_string()))?,
        )
    }

    fn new(pair: EcdsaKeyPair) -> Result<Self, SignProblem> {
        let public = PublicKey::from_point(Algorithm::Es256, pair.public_key().as_ref().to_vec())
            .map_err(|why| SignProblem::Key(why.to_string()))?;
        Ok(Self { pair, public })
    }
}

impl Signer for Es256Key {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignProblem> {
        let signature =
            self.pair.sign(&SystemRandom::new(), message).map_err(|why| SignProblem::Key(why.to_string()))?;
        Ok(signature.as_ref().to_vec())
    }
}

impl fmt::Debug for Es256Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Es256Key({})", self.public.thumbprint())
    }
}

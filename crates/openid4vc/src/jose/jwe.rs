//! Encrypted tokens (RFC 7516) with the one way that OpenID's credentials use: ECDH-ES on P-256, straight to AES-GCM.
//!
//! The primitives are the library's. What is ours is the order of parts: libraries for all of JOSE bring a second stack of
//! cryptography with algorithms that nobody should use any more.

use super::{KeyProblem, PublicKey, base64url, from_base64url};
use crate::Random;
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use serde_json::{Map, Value, json};
use std::fmt;

/// How the content is encrypted (`enc`, RFC 7518, section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentEncryption {
    /// AES-GCM with 128 bits.
    A128Gcm,
    /// AES-GCM with 256 bits.
    A256Gcm,
}

/// A private key that others encrypt for. Each question has one of its own, so that an answer cannot be carried to another.
pub struct DecryptionKey {
    key: PrivateKey,
    public: PublicKey,
    id: String,
}

/// Somebody's public key that we encrypt for.
#[derive(Debug, Clone)]
pub struct Recipient {
    key: PublicKey,
    id: Option<String>,
}

/// Why an encrypted token is not taken, or cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionProblem {
    /// Not five parts of base64url that are what they should be.
    #[error("this is no encrypted token that can be read")]
    Format,
    /// It is longer than any that is meant well.
    #[error("the encrypted token is too long")]
    Length,
    /// Another way of encrypting than the one that is spoken here.
    #[error(
        "the token is encrypted in a way that is not taken: use ECDH-ES on P-256 with A128GCM or A256GCM"
    )]
    Algorithm,
    /// It asks for extensions to be understood, or is compressed.
    #[error("the encrypted token asks for something that is not understood")]
    Critical,
    /// It is for another key (`kid`).
    #[error("the token is encrypted for another key")]
    OtherKey,
    /// The key in it.
    #[error(transparent)]
    Key(#[from] KeyProblem),
    /// It was not made for this key, or was changed.
    #[error("the token does not decrypt")]
    Decrypt,
}

/// The one way of agreeing on a key that is spoken here.
const AGREEMENT: &str = "ECDH-ES";
/// Bytes of the longest token that is decrypted.
const LONGEST: usize = 8 << 20;
/// Bytes of an initialisation vector and of a tag (RFC 7518, section 5.3).
const IV: usize = 12;
const TAG: usize = 16;

impl ContentEncryption {
    /// All that are spoken here.
    pub const ALL: [Self; 2] = [Self::A128Gcm, Self::A256Gcm];

    /// The name as it stands in headers and metadata.
    pub fn name(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::A128Gcm => &AES_128_GCM,
            Self::A256Gcm => &AES_256_GCM,
        }
    }
}

impl DecryptionKey {
    /// A new key, by the randomness of the library for cryptography. `id` tells others which one they encrypted for.
    ///
    /// # Errors
    ///
    /// When the library refuses, which it does when the system has no randomness.
    pub fn generate(id: String) -> Result<Self, EncryptionProblem> {
        Self::new(
            PrivateKey::generate(&ECDH_P256).map_err(|_| EncryptionProblem::Key(KeyProblem::Point))?,
            id,
        )
    }

    /// The key that [`Self::secret`] gave away.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_secret(secret: &[u8], id: String) -> Result<Self, EncryptionProblem> {
        Self::new(PrivateKey::from_private_key(&ECDH_P256, secret).map_err(|_| KeyProblem::Format)?, id)
    }

    fn new(key: PrivateKey, id: String) -> Result<Self, EncryptionProblem> {
        let point = key.compute_public_key().map_err(|_| KeyProblem::Point)?.as_ref().to_vec();
        Ok(Self { key, public: PublicKey::from_point(super::Algorithm::Es256, point)?, id })
    }

    /// The secret number, to be sealed and kept until the answer comes.
    ///
    /// # Errors
    ///
    /// Never for a key that was made here; the library's interface can say so.
    pub fn secret(&self) -> Result<Vec<u8>, EncryptionProblem> {
        let secret: EcPrivateKeyBin<'_> = self.key.as_be_bytes().map_err(|_| KeyProblem::Format)?;
        Ok(secret.as_ref().to_vec())
    }

    /// The public half as others need it to encrypt, with `kid`, `use` and `alg` (OpenID4VP 1.0, section 8.3).
    pub fn to_jwk(&self) -> Value {
        let mut jwk = self.public.to_jwk();
        jwk["kid"] = self.id.clone().into();
        jwk["use"] = "enc".into();
        jwk["alg"] = AGREEMENT.into();
        jwk
    }

    /// Decrypts what somebody encrypted for this key.
    ///
    /// # Errors
    ///
    /// When it was not made for this key, in the way that is spoken here.
    pub fn decrypt(&self, token: &str) -> Result<Vec<u8>, EncryptionProblem> {
        if token.len() > LONGEST {
            return Err(EncryptionProblem::Length);
        }
        let all: Vec<_> = token.split('.').collect();
        let [protected, "", iv, ciphertext, tag] = all.as_slice() else {
            return Err(EncryptionProblem::Format);
        };
        let bytes = |part: &str| from_base64url(part).ok_or(EncryptionProblem::Format);
        let header: Map<String, Value> =
            serde_json::from_slice(&bytes(protected)?).map_err(|_| EncryptionProblem::Format)?;
        if header.contains_key("crit") || header.contains_key("zip") {
            return Err(EncryptionProblem::Critical);
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        if text("alg") != Some(AGREEMENT) {
            return Err(EncryptionProblem::Algorithm);
        }
        if text("kid").is_some_and(|id| id != self.id) {
            return Err(EncryptionProblem::OtherKey);
        }
        let encryption =
            text("enc").and_then(ContentEncryption::named).ok_or(EncryptionProblem::Algorithm)?;
        let sender = PublicKey::from_jwk(header.get("epk").ok_or(EncryptionProblem::Format)?)?;
        let party = |name: &str| match header.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(info)) => bytes(info),
            Some(_) => Err(EncryptionProblem::Format),
        };
        let key = derive(&self.key, &sender, encryption, &party("apu")?, &party("apv")?)?;
        let iv: [u8; IV] = bytes(iv)?.try_into().map_err(|_| EncryptionProblem::Format)?;
        let tag: [u8; TAG] = bytes(tag)?.try_into().map_err(|_| EncryptionProblem::Format)?;
        let mut content = bytes(ciphertext)?;
        content.extend_from_slice(&tag);
        let length = key
            .open_in_place(Nonce::assume_unique_for_key(iv), Aad::from(protected.as_bytes()), &mut content)
            .map_err(|_| EncryptionProblem::Decrypt)?
            .len();
        content.truncate(length);
        Ok(content)
    }
}

impl Recipient {
    /// Whom a JWK belongs to that somebody sent so that we encrypt for them.
    ///
    /// # Errors
    ///
    /// When it is no key on P-256, or is meant for something else.
    pub fn from_jwk(jwk: &Value) -> Result<Self, EncryptionProblem> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let key = PublicKey::from_jwk(jwk)?;
        let other = text("use").is_some_and(|usage| usage != "enc")
            || text("alg").is_some_and(|alg| alg != AGREEMENT);
        if other || key.algorithm() != super::Algorithm::Es256 {
            return Err(EncryptionProblem::Algorithm);
        }
        Ok(Self { key, id: text("kid").map(str::to_owned) })
    }

    /// Encrypts `content` for them, with a key that is used this once.
    ///
    /// # Errors
    ///
    /// When the library for cryptography refuses.
    pub fn encrypt(
        &self,
        content: &[u8],
        encryption: ContentEncryption,
        random: &dyn Random,
    ) -> Result<String, EncryptionProblem> {
        let once = DecryptionKey::generate(String::new())?;
        let mut header = json!({ "alg": AGREEMENT, "enc": encryption.name(), "epk": once.public.to_jwk() });
        if let Some(id) = &self.id {
            header["kid"] = id.clone().into();
        }
        let protected = base64url(header.to_string().as_bytes());
        let key = derive(&once.key, &self.key, encryption, &[], &[])?;
        let mut iv = [0; IV];
        random.fill(&mut iv);
        let mut content = content.to_vec();
        let tag = key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(iv),
                Aad::from(protected.as_bytes()),
                &mut content,
            )
            .map_err(|_| EncryptionProblem::Decrypt)?;
        Ok([protected, String::new(), base64url(&iv), base64url(&content), base64url(tag.as_ref())].join("."))
    }
}

/// The key that both sides come to (RFC 7518, section 4.6.2): one round of the Concat KDF with SHA-256.
fn derive(
    ours: &PrivateKey,
    theirs: &PublicKey,
    encryption: ContentEncryption,
    producer: &[u8],
    consumer: &[u8],
) -> Result<LessSafeKey, EncryptionProblem> {
    let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs.point());
    agree(ours, theirs, EncryptionProblem::Key(KeyProblem::Point), |shared| {
        let length = encryption.algorithm().key_len();
        let derived = concat(shared, encryption, length, producer, consumer)?;
        let key = UnboundKey::new(encryption.algorithm(), derived.as_ref().get(..length).unwrap_or_default())
            .map_err(|_| EncryptionProblem::Decrypt)?;
        Ok(LessSafeKey::new(key))
    })
}

fn concat(
    shared: &[u8],
    encryption: ContentEncryption,
    length: usize,
    producer: &[u8],
    consumer: &[u8],
) -> Result<aws_lc_rs::digest::Digest, EncryptionProblem> {
    let counted =
        |number: usize| u32::try_from(number).map(u32::to_be_bytes).map_err(|_| EncryptionProblem::Length);
    let mut hash = Context::new(&SHA256);
    hash.update(&1u32.to_be_bytes());
    hash.update(shared);
    for info in [encryption.name().as_bytes(), producer, consumer] {
        hash.update(&counted(info.len())?);
        hash.update(info);
    }
    hash.update(&counted(length * 8)?);
    Ok(hash.finish())
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DecryptionKey({})", self.id)
    }
}

#[cfg(test)]
mod tests;

//! The keys of an installation, sealing at rest, and keyed hashes.

use std::{collections::BTreeMap, fmt, path::Path};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
    hmac,
};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    Random,
    keyfile::{self, KeyFileProblem},
};

/// How many bytes each key has.
pub(crate) const KEY_BYTES: usize = 32;

/// The first byte of everything sealed: which form it has.
const FORM: u8 = 1;

/// Form and key id.
const HEAD: usize = 1 + 4;

/// What AES-GCM adds behind.
const TAG: usize = 16;

/// Everything that must be kept apart from the database, or the database is of no use to its thief.
///
/// A *ring* of sealing keys, each with an id that stands in everything sealed with it: the newest seals, all of them
/// open. Two keys that stay for ever: the *index* key of keyed hashes, because what was looked up yesterday must be
/// found tomorrow, and the *pepper* of password hashes, because nobody can hash a password again without its owner.
pub struct Keys {
    pub(crate) ring: BTreeMap<u32, SealingKey>,
    pub(crate) index: KeyBytes,
    pub(crate) pepper: KeyBytes,
    hmac: hmac::Key,
}

/// The bytes of a key, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct KeyBytes(pub(crate) [u8; KEY_BYTES]);

pub(crate) struct SealingKey {
    pub(crate) bytes: KeyBytes,
    cipher: LessSafeKey,
}

/// Why something sealed cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Too short or of an unknown form: nothing that [`Keys::seal`] made.
    #[error("this is not a sealed value")]
    NotSealed,
    /// The key is not on this ring: another installation's data, or a key that was taken off too early.
    #[error("sealed with key {id}, which the keys file does not have; put that key back")]
    UnknownKey {
        /// The id that stands in the value.
        id: u32,
    },
    /// Changed since it was sealed, or sealed for another place.
    #[error("the sealed value was changed, or belongs to another place")]
    Refused,
}

impl Keys {
    /// The keys of a new installation.
    pub fn generate(random: &dyn Random) -> Self {
        let first = SealingKey::new(KeyBytes::random(random));
        Self::assemble(BTreeMap::from([(1, first)]), KeyBytes::random(random), KeyBytes::random(random))
    }

    pub(crate) fn assemble(ring: BTreeMap<u32, SealingKey>, index: KeyBytes, pepper: KeyBytes) -> Self {
        let hmac = hmac::Key::new(hmac::HMAC_SHA256, &index.0);
        Self { ring, index, pepper, hmac }
    }

    /// Reads a keys file.
    ///
    /// # Errors
    /// [`KeyFileProblem`], which names the file and never what stands in it.
    pub fn load(path: &Path) -> Result<Self, KeyFileProblem> {
        keyfile::load(path)
    }

    /// Writes a keys file where none is, readable by its owner only, whole or not at all.
    ///
    /// # Errors
    /// [`KeyFileProblem::Exists`] if there is one; it is never overwritten.
    pub fn save_new(&self, path: &Path) -> Result<(), KeyFileProblem> {
        keyfile::save_new(self, path)
    }

    /// Writes the keys over an older file of the same installation, after [`Self::rotate`]. Whole or not at all; the
    /// file keeps its owner.
    ///
    /// # Errors
    /// [`KeyFileProblem::OtherKeys`] if the file there is not an older one of these very keys.
    pub fn save_rotated(&self, path: &Path) -> Result<(), KeyFileProblem> {
        keyfile::save_rotated(self, path)
    }

    /// Reads keys from the environment: the text of a keys file, or the same as one line of base64.
    ///
    /// # Errors
    /// [`KeyFileProblem`].
    pub fn from_env_text(text: &str) -> Result<Self, KeyFileProblem> {
        keyfile::from_env_text(text)
    }

    /// The keys as one line of base64 for [`Self::from_env_text`].
    pub fn to_env_text(&self) -> Zeroizing<String> {
        keyfile::to_env_text(self)
    }

    /// Adds a sealing key, which seals from now on; what older ones sealed can still be opened. Returns its id.
    pub fn rotate(&mut self, random: &dyn Random) -> u32 {
        let id = self.current_id().saturating_add(1);
        self.ring.insert(id, SealingKey::new(KeyBytes::random(random)));
        id
    }

    /// The id of the key that seals.
    pub fn current_id(&self) -> u32 {
        self.ring.last_key_value().map_or(0, |(id, _)| *id)
    }

    /// The ids of all sealing keys, oldest first.
    pub fn ids(&self) -> Vec<u32> {
        self.ring.keys().copied().collect()
    }

    /// Seals a value so that it can be opened for the same `context` only. A context says where the value stands, like
    /// `account/phone/0198…`: a value moved to another row or column is refused.
    ///
    /// The result is one byte of form, four of key id, twelve of nonce, the ciphertext and its tag. One key is good
    /// for 2³² values, after which it should have been rotated.
    pub fn seal(&self, context: &str, plain: &[u8], random: &dyn Random) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let sealed = self.try_seal(context, plain, nonce);
        // Only a value of more than 64 GiB or an empty ring can fail, and neither can be made.
        sealed.unwrap_or_else(|Unspecified| {
            tracing::error!("a value could not be sealed");
            std::process::abort()
        })
    }

    fn try_seal(&self, context: &str, plain: &[u8], nonce: [u8; NONCE_LEN]) -> Result<Vec<u8>, Unspecified> {
        let (id, key) = self.ring.last_key_value().ok_or(Unspecified)?;
        let mut sealed = Vec::with_capacity(HEAD + NONCE_LEN + plain.len() + TAG);
        sealed.push(FORM);
        sealed.extend_from_slice(&id.to_be_bytes());
        let aad = Aad::from(associated(&sealed, context));
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = sealed.get_mut(HEAD + NONCE_LEN..).ok_or(Unspecified)?;
        let tag = key.cipher.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, body)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what was sealed for `context`.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let id = key_id(sealed).ok_or(OpenError::NotSealed)?;
        let key = self.ring.get(&id).ok_or(OpenError::UnknownKey { id })?;
        let (head, rest) = sealed.split_at_checked(HEAD).ok_or(OpenError::NotSealed)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(OpenError::NotSealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError::NotSealed)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let opened = key.cipher.open_in_place(nonce, Aad::from(associated(head, context)), &mut plain);
        let length = opened.map_err(|_| OpenError::Refused)?.len();
        plain.truncate(length);
        Ok(plain)
    }

    /// Whether something was sealed with the newest key. What was not should be sealed again.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        key_id(sealed) == Some(self.current_id())
    }

    /// A hash that only this installation can make: for looking up what is sealed, and for codes and tokens. The same
    /// for ever, also after [`Self::rotate`].
    ///
    /// `purpose` keeps the uses apart; every part goes in with its length, so that ("ab", "c") is not ("a", "bc").
    pub fn keyed_hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut hash = hmac::Context::with_key(&self.hmac);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hash.sign().as_ref());
        bytes
    }
}

impl KeyBytes {
    fn random(random: &dyn Random) -> Self {
        let mut bytes = Self([0; KEY_BYTES]);
        random.fill(&mut bytes.0);
        bytes
    }
}

impl SealingKey {
    pub(crate) fn new(bytes: KeyBytes) -> Self {
        let Ok(key) = UnboundKey::new(&AES_256_GCM, &bytes.0) else {
            // The length is right by its type, so this can't be reached.
            tracing::error!("a sealing key could not be made");
            std::process::abort()
        };
        Self { bytes, cipher: LessSafeKey::new(key) }
    }
}

/// The id of the key in the head of a sealed value, if it is one.
fn key_id(sealed: &[u8]) -> Option<u32> {
    match sealed {
        [FORM, a, b, c, d, rest @ ..] if rest.len() >= NONCE_LEN + TAG => {
            Some(u32::from_be_bytes([*a, *b, *c, *d]))
        }
        _ => None,
    }
}

/// What is not encrypted but must not be changed: the head and the context.
fn associated(head: &[u8], context: &str) -> Vec<u8> {
    [head, context.as_bytes()].concat()
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("ids", &self.ids()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

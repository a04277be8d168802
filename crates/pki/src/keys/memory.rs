//! Keys in memory: what an opened file becomes, and a place for keys that shall not outlive the process.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    KeyPair,
};
use zeroize::Zeroizing;

use super::{Curve, KeyProblem, KeyStore, SigningKey, check_label};
use crate::{PublicKey, Random};

/// Keys that are gone when it is dropped: for tests, and for cards that exist in them alone.
#[derive(Debug, Default)]
pub struct KeysInMemory(Mutex<BTreeMap<String, Arc<KeyInMemory>>>);

impl KeyStore for KeysInMemory {
    fn generate(&self, label: &str, curve: Curve, _: &dyn Random) -> Result<Arc<dyn SigningKey>, KeyProblem> {
        check_label(label)?;
        let key = Arc::new(KeyInMemory::generate(curve)?);
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(label.to_owned()) {
            Entry::Occupied(_) => {
                Err(KeyProblem::Exists { label: label.to_owned(), place: "memory".to_owned() })
            }
            Entry::Vacant(place) => Ok(place.insert(key).clone()),
        }
    }

    fn find(&self, label: &str) -> Result<Arc<dyn SigningKey>, KeyProblem> {
        check_label(label)?;
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).get(label) {
            Some(key) => Ok(key.clone()),
            None => Err(KeyProblem::NotFound { label: label.to_owned(), place: "memory".to_owned() }),
        }
    }
}

fn algorithm(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
    }
}

pub(super) struct KeyInMemory {
    pair: EcdsaKeyPair,
    public: PublicKey,
    curve: Curve,
}

impl fmt::Debug for KeyInMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyInMemory").field("curve", &self.curve).finish_non_exhaustive()
    }
}

impl KeyInMemory {
    pub(super) fn generate(curve: Curve) -> Result<Self, KeyProblem> {
        Self::new(EcdsaKeyPair::generate(algorithm(curve)).map_err(|_| KeyProblem::Cryptography)?, curve)
    }

    /// The key in a PKCS#8 document, when it is on one of our curves.
    pub(super) fn from_pkcs8(plain: &[u8]) -> Option<Self> {
        [Curve::P256, Curve::P384]
            .into_iter()
            .find_map(|curve| Self::new(EcdsaKeyPair::from_pkcs8(algorithm(curve), plain).ok()?, curve).ok())
    }

    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
        let document = self.pair.to_pkcs8v1().map_err(|_| KeyProblem::Cryptography)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    fn new(pair: EcdsaKeyPair, curve: Curve) -> Result<Self, KeyProblem> {
        let public =
            PublicKey::from_point(curve, pair.public_key().as_ref()).map_err(|_| KeyProblem::Cryptography)?;
        Ok(Self { pair, public, curve })
    }
}

impl SigningKey for KeyInMemory {
    fn curve(&self) -> Curve {
        self.curve
    }

    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyProblem> {
        // The library draws the number for a signature from the machine by itself and takes none of ours.
        self.pair
            .sign(&SystemRandom::new(), message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| KeyProblem::Cryptography)
    }
}

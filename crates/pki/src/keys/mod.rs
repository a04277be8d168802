//! The keys of authorities: where they lie, and how they sign.

mod folder;
mod memory;
mod pkcs8;
mod plain;
mod signature;
mod token;

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use const_oid::db::rfc5912::{ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, SECP_256_R_1, SECP_384_R_1};
use der::asn1::ObjectIdentifier;
use spki::AlgorithmIdentifierOwned;

use crate::{PublicKey, Random};

pub use folder::KeyFolder;
pub use memory::KeysInMemory;
pub use plain::{NewKey, key_from_pkcs8, new_key};
pub use signature::side_by_side;
pub use token::{Pin, Token};

/// The curve of a key, which settles its hash as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256 with SHA-256: issuing authority, OCSP, people.
    P256,
    /// NIST P-384 with SHA-384: a root that shall live for decades.
    P384,
}

impl Curve {
    pub(crate) fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => SECP_256_R_1,
            Self::P384 => SECP_384_R_1,
        }
    }

    pub(crate) fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    /// The algorithm that keys of this curve sign with.
    pub(crate) fn signature_algorithm(self) -> AlgorithmIdentifierOwned {
        let oid = match self {
            Self::P256 => ECDSA_WITH_SHA_256,
            Self::P384 => ECDSA_WITH_SHA_384,
        };
        AlgorithmIdentifierOwned { oid, parameters: None }
    }
}

/// A key that signs, wherever it lies. Many may sign with it at once.
pub trait SigningKey: Send + Sync + Debug {
    /// Its curve.
    fn curve(&self) -> Curve;

    /// Its public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs `message`, hashed as its curve settles; DER (`ECDSA-Sig-Value`). Blocks until it has: a few microseconds with a key in
    /// memory, as long as the device takes with one in an HSM.
    ///
    /// # Errors
    ///
    /// When the device does not answer or will not.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyProblem>;
}

/// A place for keys, found by their label.
pub trait KeyStore: Send + Sync + Debug {
    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// When there is one with this label already, or the place will not take it.
    fn generate(
        &self,
        label: &str,
        curve: Curve,
        random: &dyn Random,
    ) -> Result<Arc<dyn SigningKey>, KeyProblem>;

    /// Finds a key.
    ///
    /// # Errors
    ///
    /// When there is none with this label, or it cannot be opened.
    fn find(&self, label: &str) -> Result<Arc<dyn SigningKey>, KeyProblem>;
}

/// Why a key cannot be had or does not sign.
#[derive(Debug, thiserror::Error)]
pub enum KeyProblem {
    /// A label has letters, digits, `-` and `_`, at most 60.
    #[error("\"{0}\" is no label of a key: use letters, digits, \"-\" and \"_\", at most 60")]
    Label(String),
    /// No key has this label.
    #[error("there is no key \"{label}\" in {place}")]
    NotFound {
        /// What was looked for.
        label: String,
        /// Where: a file or a token.
        place: String,
    },
    /// A key has this label already. It is not overwritten.
    #[error("there is a key \"{label}\" in {place} already; it is not overwritten")]
    Exists {
        /// Its label.
        label: String,
        /// Where: a file or a token.
        place: String,
    },
    /// The passphrase does not open the file.
    #[error("the passphrase does not open {0}")]
    Passphrase(PathBuf),
    /// The file holds no key that is known here.
    #[error("{0} holds no encrypted key on P-256 or P-384 (PKCS#8, PBES2)")]
    Format(PathBuf),
    /// Reading or writing a file failed.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The HSM or its driver refuses or does not answer.
    #[error("the key device: {0}")]
    Device(String),
    /// Making or using a key failed for no reason that the library tells.
    #[error("the library for cryptography failed")]
    Cryptography,
}

/// Whether this may name a key, in a file's name as on a token.
fn check_label(label: &str) -> Result<(), KeyProblem> {
    let sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    if label.is_empty() || label.len() > 60 || !label.chars().all(sign) {
        return Err(KeyProblem::Label(label.to_owned()));
    }
    Ok(())
}

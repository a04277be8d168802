//! Keys that are kept by somebody else, as PKCS#8: made and read here, so that they sign like any other.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::memory::KeyInMemory;
use super::{Curve, KeyProblem, SigningKey};

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// The key.
    pub key: Arc<dyn SigningKey>,
    /// Its PKCS#8, for whoever keeps it sealed.
    pub document: Zeroizing<Vec<u8>>,
}

/// Makes a key.
///
/// # Errors
///
/// When the library for cryptography refuses.
pub fn new_key(curve: Curve) -> Result<NewKey, KeyProblem> {
    let key = KeyInMemory::generate(curve)?;
    let document = key.to_pkcs8()?;
    Ok(NewKey { key: Arc::new(key), document })
}

/// The key in a PKCS#8 document; none where it holds no key on one of our curves.
pub fn key_from_pkcs8(document: &[u8]) -> Option<Arc<dyn SigningKey>> {
    Some(Arc::new(KeyInMemory::from_pkcs8(document)?))
}

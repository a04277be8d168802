//! The key by which this service identifies itself to push services (RFC 8292). It is made of the index key, which stays for
//! ever, so that the keys file holds it and phones that subscribed stay subscribed.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

use crate::{Keys, Secret};

/// A key pair on P-256.
#[derive(Debug)]
pub struct PushKey {
    /// The pair, as PKCS#8.
    pub pkcs8: Secret<Vec<u8>>,
    /// The public point, uncompressed (SEC 1).
    pub public: Vec<u8>,
}

impl Keys {
    /// The key for push services; none where no number of many is one, which does not happen.
    pub fn push_key(&self) -> Option<PushKey> {
        // A number that is no private key of P-256 is about one in four thousand million.
        (0_u8..8).find_map(|attempt| {
            let number = zeroize::Zeroizing::new(self.keyed_hash("web-push", &[&[attempt]]));
            let private = PrivateKey::from_private_key(&ECDH_P256, number.as_ref()).ok()?;
            let public = private.compute_public_key().ok()?.as_ref().to_vec();
            let pair = EcdsaKeyPair::from_private_key_and_public_key(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                number.as_ref(),
                &public,
            );
            let pkcs8 = Secret::new(pair.ok()?.to_pkcs8v1().ok()?.as_ref().to_vec());
            Some(PushKey { pkcs8, public })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Keys, SystemRandom};

    #[test]
    fn the_key_for_push_services_stays_and_is_each_installations_own() {
        let random = SystemRandom::new();
        let (one, other) = (Keys::generate(&random), Keys::generate(&random));
        let public = |keys: &Keys| keys.push_key().unwrap().public;
        assert_eq!(public(&one).len(), 65);
        assert_eq!(public(&one), public(&one));
        assert_ne!(public(&one), public(&other));
    }
}

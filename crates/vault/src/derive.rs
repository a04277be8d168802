//! Keys that are made of one kept key whenever they are needed, and stored nowhere (RFC 5869, HKDF with SHA-256).

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

use zeroize::Zeroizing;

use crate::{Keys, Secret, keys::KEY_BYTES};

/// Keeps the master key of derivation apart from every other use of the key that it is made of.
const SALT: &[u8] = b"fobwatch derived keys 1";

/// How long a derived key is.
struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

impl Keys {
    /// A key of this installation for one `purpose` and one thing, which `parts` name: "the management key of the card with
    /// this GUID". The same for ever, also after [`Self::rotate`]: a card cannot be told that keys were rotated.
    ///
    /// It is made of the index key, which stays for ever, through a master key of its own (HKDF's extraction), so that no
    /// [`Self::keyed_hash`] is one of these, whatever its purpose. Purpose and parts go in with their lengths.
    ///
    /// What is derived is as secret as the keys file: give each purpose one use, and cut what is too long.
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> Secret<[u8; KEY_BYTES]> {
        let master = Salt::new(HKDF_SHA256, SALT).extract(&self.index.0);
        let info: Vec<u8> = std::iter::once(purpose.as_bytes())
            .chain(parts.iter().copied())
            .flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.iter().copied()))
            .collect();
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        let filled = master.expand(&[&info], Length).and_then(|expanded| expanded.fill(key.as_mut()));
        if filled.is_err() {
            // Only a key of more than 8160 bytes can fail, and its length is right by its type.
            tracing::error!("a key could not be derived");
            std::process::abort()
        }
        Secret::new(*key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    fn keys() -> Keys {
        Keys::generate(&SystemRandom::new())
    }

    #[test]
    fn a_derived_key_is_the_same_after_every_rotation_and_on_every_node() {
        let mut keys = keys();
        let before = keys.derive("card management key", &[&[7; 16]]);
        keys.rotate(&SystemRandom::new());
        assert_eq!(keys.derive("card management key", &[&[7; 16]]), before);
        let other_node = Keys::from_env_text(&keys.to_env_text()).unwrap();
        assert_eq!(other_node.derive("card management key", &[&[7; 16]]), before);
    }

    #[test]
    fn each_purpose_thing_and_installation_has_a_key_of_its_own() {
        let one = keys();
        let derived = [
            one.derive("card management key", &[b"ab", b"c"]),
            one.derive("card management key", &[b"a", b"bc"]),
            one.derive("card management key", &[b"abc"]),
            one.derive("card management key", &[b"abc", b""]),
            one.derive("card unblocking key", &[b"ab", b"c"]),
            one.derive("", &[]),
            keys().derive("card management key", &[b"ab", b"c"]),
            Secret::new(one.keyed_hash("card management key", &[b"ab", b"c"])),
        ];
        for (nth, key) in derived.iter().enumerate() {
            assert!(!derived[..nth].contains(key), "{nth}");
        }
    }

    /// Cards in people's hands have these keys: this form may be added to, and never changed. The answer was worked out with
    /// HMAC step by step as RFC 5869 has it.
    #[test]
    fn what_is_derived_is_what_rfc_5869_makes_of_the_index_key() {
        use aws_lc_rs::hmac;
        let keys = keys();
        let hmac = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
        let master = hmac(b"fobwatch derived keys 1", &keys.index.0);
        let block =
            hmac(master.as_ref(), b"\0\0\0\0\0\0\0\x03puk\0\0\0\0\0\0\0\x02ab\0\0\0\0\0\0\0\x01c\x01");
        assert_eq!(keys.derive("puk", &[b"ab", b"c"]).expose().as_slice(), block.as_ref());
    }

    #[test]
    fn a_derived_key_is_not_printed() {
        assert_eq!(format!("{:?}", keys().derive("puk", &[])), "Secret(••••)");
    }
}

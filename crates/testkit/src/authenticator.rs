//! An authenticator in software: makes passkeys and signs with them as Web Authentication, level 3, says, with switches for
//! everything that can be wrong with an answer.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Section 6.1: present, verified, may be copied, has been copied, holds a new credential.
const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BE: u8 = 0x08;
const BS: u8 = 0x10;
const AT: u8 = 0x40;

/// What signs.
enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// Which kind of key an authenticator makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ES256, as nearly all do.
    P256,
    /// Ed25519.
    Ed25519,
    /// RS256, as Windows Hello does.
    Rsa,
}

/// Whose name an authenticator gives beside its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaysHandle {
    /// That for which the passkey was made.
    ItsOwn,
    /// None.
    Nothing,
    /// Another one.
    Another(Vec<u8>),
}

/// A passkey on the device.
struct OnDevice {
    id: Vec<u8>,
    user_handle: Vec<u8>,
    key: Key,
}

/// A device with passkeys, and the browser in front of it. Change the fields to make it lie.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct SoftAuthenticator {
    passkeys: Vec<OnDevice>,
    /// Where the page stands that asks.
    pub origin: String,
    /// Whose passkeys the browser takes this for; none for that of the question.
    pub rp_id: Option<String>,
    /// Whether the page stands in a frame of another website.
    pub cross_origin: bool,
    /// Whether the person touched it.
    pub present: bool,
    /// Whether the person unlocked it.
    pub verified: bool,
    /// Whether its passkeys may be copied, and are.
    pub synced: bool,
    /// How often it was used; none where it does not count.
    pub count: Option<u32>,
    /// Which keys it makes.
    pub makes: KeyKind,
    /// Which user handle it gives.
    pub says_handle: SaysHandle,
    /// The id of the next passkey; a random one where there is none.
    pub next_id: Option<Vec<u8>>,
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("a text in base64url")).expect("base64url")
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("short");
    [&[0x59][..], &length.to_be_bytes(), bytes].concat()
}

impl SoftAuthenticator {
    /// A new device in front of a page at `origin`.
    pub fn new(origin: &str) -> Self {
        Self {
            passkeys: Vec::new(),
            origin: origin.to_owned(),
            rp_id: None,
            cross_origin: false,
            present: true,
            verified: true,
            synced: false,
            count: Some(0),
            makes: KeyKind::P256,
            says_handle: SaysHandle::ItsOwn,
            next_id: None,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let mut data = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        });
        if self.cross_origin {
            data["topOrigin"] = json!("https://elsewhere.example");
        }
        data.to_string().into_bytes()
    }

    fn authenticator_data(&mut self, rp_id: &str, more: u8) -> Vec<u8> {
        let rp_id = self.rp_id.as_deref().unwrap_or(rp_id);
        let mut flags = more;
        for (set, bit) in [(self.present, UP), (self.verified, UV), (self.synced, BE | BS)] {
            if set {
                flags |= bit;
            }
        }
        if let Some(count) = &mut self.count {
            *count += 1;
        }
        let hash = digest(&SHA256, rp_id.as_bytes());
        [hash.as_ref(), &[flags], &self.count.unwrap_or(0).to_be_bytes()].concat()
    }

    /// `navigator.credentials.create`: the answer to the question, as a script sends it.
    ///
    /// # Panics
    /// Where it has a passkey that the question excludes, as a browser refuses (section 5.1.3), or the question is none.
    pub fn makes_a_passkey(&mut self, options: &Value) -> String {
        let excluded = options["excludeCredentials"].as_array().expect("a list");
        let known = |id: &Value| self.passkeys.iter().any(|passkey| passkey.id == decode(&id["id"]));
        assert!(!excluded.iter().any(known), "InvalidStateError: this device has a passkey already");
        let wanted = match self.makes {
            KeyKind::P256 => -7,
            KeyKind::Ed25519 => -8,
            KeyKind::Rsa => -257,
        };
        let offered = options["pubKeyCredParams"].as_array().expect("a list");
        assert!(offered.iter().any(|one| one["alg"] == json!(wanted)), "NotSupportedError");
        let (key, cose) = make_key(self.makes);
        let mut random = [0; 32];
        aws_lc_rs::rand::fill(&mut random).expect("random bytes");
        let id = self.next_id.take().unwrap_or_else(|| random.to_vec());
        let client_data = self.client_data("webauthn.create", options);
        let rp_id = options["rp"]["id"].as_str().expect("an id").to_owned();
        let mut data = self.authenticator_data(&rp_id, AT);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(id.len()).expect("short").to_be_bytes());
        data.extend_from_slice(&id);
        data.extend_from_slice(&cose);
        // A map of three: "fmt": "none", "attStmt": {}, "authData": …
        let mut attestation = vec![0xa3];
        attestation.extend_from_slice(b"\x63fmt\x64none\x67attStmt\xa0\x68authData");
        attestation.extend_from_slice(&byte_string(&data));
        let answer = json!({
            "id": encode(&id),
            "rawId": encode(&id),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(&client_data),
                "attestationObject": encode(&attestation),
                "transports": ["internal", "hybrid"],
            },
            "clientExtensionResults": {},
        });
        self.passkeys.push(OnDevice { id, user_handle: decode(&options["user"]["id"]), key });
        answer.to_string()
    }

    /// `navigator.credentials.get`: the answer to the question, as a script sends it.
    ///
    /// # Panics
    /// Where it has no passkey that the question allows.
    pub fn uses_a_passkey(&mut self, options: &Value) -> String {
        let client_data = self.client_data("webauthn.get", options);
        let rp_id = options["rpId"].as_str().expect("an id").to_owned();
        let data = self.authenticator_data(&rp_id, 0);
        let allowed = options["allowCredentials"].as_array().expect("a list");
        let passkey = self
            .passkeys
            .iter()
            .rev()
            .find(|passkey| allowed.is_empty() || allowed.iter().any(|one| decode(&one["id"]) == passkey.id))
            .expect("NotAllowedError: there is no such passkey on this device");
        let signed = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let mut response = json!({
            "clientDataJSON": encode(&client_data),
            "authenticatorData": encode(&data),
            "signature": encode(&passkey.key.sign(&signed)),
        });
        let handle = match &self.says_handle {
            SaysHandle::ItsOwn => Some(&passkey.user_handle),
            SaysHandle::Nothing => None,
            SaysHandle::Another(handle) => Some(handle),
        };
        if let Some(handle) = handle {
            response["userHandle"] = json!(encode(handle));
        }
        json!({
            "id": encode(&passkey.id),
            "rawId": encode(&passkey.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        })
        .to_string()
    }

    /// The id of its newest passkey.
    ///
    /// # Panics
    /// Where it has none.
    pub fn credential_id(&self) -> Vec<u8> {
        self.passkeys.last().expect("a passkey").id.clone()
    }

    /// What the device calls the account of its newest passkey.
    ///
    /// # Panics
    /// Where it has none.
    pub fn user_handle(&self) -> Vec<u8> {
        self.passkeys.last().expect("a passkey").user_handle.clone()
    }
}

/// A key pair, and its public half as COSE (RFC 9053).
fn make_key(kind: KeyKind) -> (Key, Vec<u8>) {
    match kind {
        KeyKind::P256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
            let point = pair.public_key().as_ref();
            let (x, y) = point[1..].split_at(32);
            let cose = [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat();
            (Key::P256(pair), cose)
        }
        KeyKind::Ed25519 => {
            let pair = Ed25519KeyPair::generate().expect("a key");
            let cose = [b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", pair.public_key().as_ref()].concat();
            (Key::Ed25519(pair), cose)
        }
        KeyKind::Rsa => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
            let public = pair.public_key();
            let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
            let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
            let cose = [
                b"\xa4\x01\x03\x03\x39\x01\x00\x20".as_slice(),
                &byte_string(&modulus),
                b"\x21",
                &byte_string(&exponent),
            ]
            .concat();
            (Key::Rsa(pair), cose)
        }
    }
}

impl Key {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::P256(pair) => pair.sign(&random, message).expect("a signature").as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).expect("a signature");
                signature
            }
        }
    }
}

//! Our authenticator in software: it signs as the app on a phone does, and can be made to lie.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// The app on one phone, with a key of its own.
pub struct SoftApp {
    key: EcdsaKeyPair,
    /// The service that it signs for.
    pub audience: String,
    /// What the service calls it, once it is enrolled.
    pub device: Option<String>,
    /// How many seconds its clock is ahead.
    pub ahead: i64,
}

impl SoftApp {
    /// The app on a new phone, for the service at this origin.
    ///
    /// # Panics
    /// Where this machine makes no keys.
    pub fn new(audience: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"),
            audience: audience.to_owned(),
            device: None,
            ahead: 0,
        }
    }

    /// A request, signed at `now`. Without a device it is signed as by a phone that enrols.
    pub fn says(&self, act: &str, body: &Value, now: Timestamp) -> String {
        self.signs(&self.header(), &self.claims(act, body, now))
    }

    fn claims(&self, act: &str, body: &Value, now: Timestamp) -> Value {
        let mut claims = json!({
            "aud": self.audience,
            "iat": now.as_second() + self.ahead,
            "jti": new_jti(),
            "act": act,
        });
        for (name, value) in body.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
    }

    /// A request of the phone with this id, signed by this key at `now`.
    pub fn says_as(&self, device: &str, act: &str, body: &Value, now: Timestamp) -> String {
        let mut header = self.header();
        if let Some(header) = header.as_object_mut() {
            header.remove("jwk");
        }
        header["kid"] = json!(device);
        self.signs(&header, &self.claims(act, body, now))
    }

    /// Its public key: a point on P-256, uncompressed (SEC 1).
    pub fn public_key(&self) -> Vec<u8> {
        self.key.public_key().as_ref().to_vec()
    }

    /// The protected header of its requests.
    pub fn header(&self) -> Value {
        let mut header = json!({ "alg": "ES256", "typ": "fobwatch-app+jwt" });
        match &self.device {
            Some(device) => header["kid"] = json!(device),
            None => header["jwk"] = self.jwk(),
        }
        header
    }

    /// Its public key (RFC 7517).
    pub fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..65]);
        json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) })
    }

    /// A compact signature (RFC 7515, section 3.1) of whatever it is given.
    ///
    /// # Panics
    /// Where this machine signs nothing.
    pub fn signs(&self, header: &Value, claims: &Value) -> String {
        let input =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = self.key.sign(&SystemRandom::new(), input.as_bytes()).expect("a signature");
        format!("{input}.{}", encode(signature.as_ref()))
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn new_jti() -> Uuid {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("randomness");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

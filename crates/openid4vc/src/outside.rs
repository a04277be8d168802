//! What must hold for any bytes from outside. Property tests and fuzz targets call these with everything that comes to mind.
#![expect(clippy::missing_panics_doc, reason = "a broken promise panics")]
#![expect(clippy::expect_used, reason = "what is made here is right, or nothing is tried at all")]

use crate::claim_path::ClaimPath;
use crate::dcql::{CredentialQuery, Query};
use crate::issuer::{
    AuthorizationRequest, CredentialRequest, DeferredRequest, DpopProof, Encryption, HttpRequest,
    Notification, Offer, TokenRequest,
};
use crate::jose::{DecryptionKey, PublicKey, Unverified};
use crate::sd_jwt::SdJwt;
use crate::status_list::{Bits, StatusList};
use crate::verifier::{ClientId, Request, Response};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use url::Url;

const WHERE: &str = "https://northfield.example/answer";
const NO_ENCRYPTION: Encryption<'static> =
    Encryption { keys: &[], request_required: false, response_required: false };

/// A key that others know, so that what they encrypt for it is more than noise.
fn key() -> &'static DecryptionKey {
    static KEY: OnceLock<DecryptionKey> = OnceLock::new();
    KEY.get_or_init(|| {
        DecryptionKey::from_secret(&[7; 32], "k".to_owned()).expect("a number below the order")
    })
}

fn public() -> PublicKey {
    PublicKey::from_jwk(&key().to_jwk()).expect("the public half of a key")
}

fn form(bytes: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

/// A credential or a presentation: it is written as it was read, and nobody's signature holds by accident.
pub fn sd_jwt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(read) = SdJwt::parse(text) {
        assert_eq!(read.to_string(), text);
        let _ = read.present(&[ClaimPath::names(["level"]), ClaimPath::names(["place", "ward"])]);
        assert!(read.verify(&public()).is_err());
    }
}

/// A signed token: nobody's signature holds by accident.
pub fn signed_token(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(token) = Unverified::parse(text) {
        assert!(token.verify(&public()).is_err());
    }
}

/// An encrypted answer of a wallet.
pub fn encrypted_token(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = key().decrypt(text);
    }
}

/// A public key as JSON: what is taken is written and read again as the same.
pub fn public_key(bytes: &[u8]) {
    let Ok(jwk) = serde_json::from_slice::<Value>(bytes) else { return };
    if let Ok(key) = PublicKey::from_jwk(&jwk) {
        assert_eq!(PublicKey::from_jwk(&key.to_jwk()).map(|again| again.thumbprint()), Ok(key.thumbprint()));
    }
}

/// A query: one that is valid is answered by nothing only if nothing is demanded.
pub fn dcql_query(bytes: &[u8]) {
    let Ok(query) = serde_json::from_slice::<Query>(bytes) else { return };
    if query.check().is_ok() {
        let ids = query.credentials.iter().map(|credential| credential.id.as_str()).collect();
        assert!(query.is_answered_by(&ids), "all that is asked for is an answer");
    }
}

/// A path to a claim, and claims that it is followed through.
pub fn claim_path(bytes: &[u8]) {
    let Ok(Value::Array(both)) = serde_json::from_slice::<Value>(bytes) else { return };
    let [path, Value::Object(claims)] = both.as_slice() else { return };
    if let Ok(path) = serde_json::from_value::<ClaimPath>(path.clone()) {
        let _ = path.select(claims);
    }
}

/// A compressed list of which credentials are revoked: what is taken has a status in each of its places, and none beyond.
pub fn status_list(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for bits in [Bits::One, Bits::Two, Bits::Four, Bits::Eight] {
        if let Ok(list) = StatusList::from_compressed(bits, text) {
            assert!(list.get(list.entries()).is_err());
            if let Some(last) = list.entries().checked_sub(1) {
                assert!(list.get(last).is_ok());
            }
        }
    }
}

/// What a wallet sends to the endpoint for tokens, and to that for authorisation.
pub fn token_request(bytes: &[u8]) {
    let fields = form(bytes);
    if let Ok(request) = TokenRequest::read(&fields) {
        let _ = (request.check_transaction_code(true), request.check_transaction_code(false));
    }
    let _ = AuthorizationRequest::read(&fields);
}

/// What a wallet sends to the endpoints for credentials, deferred ones and notifications; and an offer.
pub fn credential_request(bytes: &[u8]) {
    for media_type in ["application/json", "application/jwt", "text/plain"] {
        let keys = std::slice::from_ref(key());
        for encryption in [NO_ENCRYPTION, Encryption { keys, ..NO_ENCRYPTION }] {
            let _ = CredentialRequest::read(media_type, bytes, encryption);
            let _ = DeferredRequest::read(media_type, bytes, encryption);
        }
    }
    let _ = Notification::read(bytes);
    let _ = serde_json::from_slice::<Offer>(bytes);
}

/// The proof of who sends a request: none holds by accident.
pub fn dpop_proof(bytes: &[u8]) {
    let (Ok(text), Ok(url)) = (std::str::from_utf8(bytes), Url::parse(WHERE)) else { return };
    let request = HttpRequest { method: "POST", url: &url, access_token: None };
    assert!(DpopProof::verify(text, request, Timestamp::UNIX_EPOCH, |_| false).is_err());
}

/// A wallet's answer to a question, in the clear and encrypted.
pub fn presentation(bytes: &[u8]) {
    let Ok(response_uri) = Url::parse(WHERE) else { return };
    for encrypted in [false, true] {
        let request = Request {
            client_id: ClientId::RedirectUri(WHERE.to_owned()),
            query: Query {
                credentials: vec![CredentialQuery::of_kind("fire", "https://northfield.example/fire")],
                credential_sets: Vec::new(),
            },
            nonce: "n".to_owned(),
            state: "s".to_owned(),
            response_uri: response_uri.clone(),
            encrypt_for: encrypted
                .then(|| DecryptionKey::from_secret(&[7; 32], "k".to_owned()))
                .and_then(Result::ok),
            client_name: None,
        };
        if let Ok(Response::Presented(token)) = Response::read(&form(bytes), &request) {
            let trust = crate::verifier::Trust::none();
            assert!(request.verify(&token, &trust, Timestamp::UNIX_EPOCH).is_err(), "nobody is trusted");
        }
    }
}

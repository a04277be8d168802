//! What must hold for any bytes from outside. Property tests and fuzz targets call these with everything that comes to mind.
#![expect(clippy::missing_panics_doc, reason = "a broken promise panics")]
#![expect(clippy::expect_used, reason = "what is made here is right, and a broken promise panics")]

mod makers;

pub use makers::{certificate_chain, key_attestation, wallet_attestation};

use crate::claim_path::{ClaimPath, Step};
use crate::dcql::{CredentialQuery, Query};
use crate::issuer::{
    AuthorizationRequest, CredentialRequest, DeferredRequest, DpopProof, Encryption, HttpRequest,
    Notification, Offer, ProofRules, TokenRequest,
};
use crate::jose::{
    ContentEncryption, DecryptionKey, Es256Key, PublicKey, Recipient, Signer as _, Unverified, base64url,
    sha256,
};
use crate::sd_jwt::SdJwt;
use crate::sd_jwt_vc::Credential;
use crate::status_list::{Bits, StatusList, StatusListToken, StatusProblem};
use crate::verifier::{ClientId, Request, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use url::Url;

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 18] = [
    ("sd_jwt", sd_jwt),
    ("sd_jwt_claims", sd_jwt_claims),
    ("signed_token", signed_token),
    ("encrypted_token", encrypted_token),
    ("public_key", public_key),
    ("dcql_query", dcql_query),
    ("claim_path", claim_path),
    ("status_list", status_list),
    ("status_list_token", status_list_token),
    ("token_request", token_request),
    ("credential_request", credential_request),
    ("key_proofs", key_proofs),
    ("dpop_proof", dpop_proof),
    ("presentation", presentation),
    ("certificate_chain", certificate_chain),
    ("key_attestation", key_attestation),
    ("wallet_attestation", wallet_attestation),
    ("credential_offer", credential_offer),
];

const WHERE: &str = "https://northfield.example/answer";
/// The number that is asked for where one is.
const NONCE: &str = "n";
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

/// A key that signs what comes from outside, so that what is behind the signature is looked at, too.
fn signer() -> &'static Es256Key {
    static KEY: OnceLock<Es256Key> = OnceLock::new();
    KEY.get_or_init(|| Es256Key::generate().expect("randomness"))
}

/// These very bytes as the claims of a token that [`signer`] signed.
fn signed(typ: &str, claims: &[u8]) -> String {
    let header = json!({ "alg": "ES256", "typ": typ, "jwk": signer().public_key().to_jwk() });
    signed_by(signer(), &header, claims)
}

fn signed_by(key: &Es256Key, header: &Value, claims: &[u8]) -> String {
    let unsigned = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims));
    let signature = key.sign(unsigned.as_bytes()).expect("a key in memory signs");
    format!("{unsigned}.{}", base64url(&signature))
}

/// What can be read as an object holds each of its names once only after it was read: so it is written anew.
fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(bytes).ok()
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

/// Claims that were signed, and what is disclosed of them: a line for each as JSON, the claims first. `"@1"` stands for the digest of the
/// first disclosure. What is opened has no digests in it any more, and a part of it can be presented and opened again.
pub fn sd_jwt_claims(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines: Vec<_> = text.lines().take(20).map(str::to_owned).collect();
    // The last first: a disclosure may hold digests of those after it.
    let mut encoded = Vec::new();
    for number in (0..lines.len()).rev() {
        let line = lines.get(number).cloned().unwrap_or_default();
        if number > 0 {
            encoded.insert(0, base64url(line.as_bytes()));
        }
        let digest = format!("\"{}\"", encoded.first().map(|one| sha256(one)).unwrap_or_default());
        for before in lines.iter_mut().take(number) {
            *before = before.replace(&format!("\"@{number}\""), &digest);
        }
    }
    let Some(claims) = lines.first() else { return };
    let disclosures: String = encoded.iter().flat_map(|one| [one.as_str(), "~"]).collect();
    let Ok(read) = SdJwt::parse(&format!("{}~{disclosures}", signed("dc+sd-jwt", claims.as_bytes()))) else {
        return;
    };
    let held = read.clone();
    let Ok(opened) = read.verify(signer().public_key()) else { return };
    let all = opened.claims().clone();
    assert!(!holds_digests(&Value::Object(all.clone())));
    for (name, value) in &all {
        let path = ClaimPath::names([name.as_str()]);
        let shown = held.present(&[path]).expect("a claim that can be seen can be shown");
        assert!(shown.disclosures().iter().all(|one| held.disclosures().contains(one)));
        let shown = shown.verify(signer().public_key()).expect("a part of what is right is right");
        assert_eq!(shown.claims().get(name), Some(value));
        assert!(shown.claims().iter().all(|(name, _)| all.contains_key(name)));
        if let Value::Array(elements) = value {
            let last = ClaimPath::names([name.as_str()]).then(Step::Index(elements.len()));
            assert_eq!(last.select(&all), Vec::<&Value>::new());
        }
    }
    let withheld = opened.is_selectively_disclosed("exp") || opened.is_selectively_disclosed("cnf");
    if let Ok(credential) = Credential::new(opened, Timestamp::UNIX_EPOCH) {
        assert!(!withheld, "the holder decides how long a credential holds, or whose it is");
        assert!(credential.expires_at().is_none_or(|end| end > Timestamp::UNIX_EPOCH));
        assert_eq!(credential.claims().contains_key("status"), credential.status().is_some());
    }
}

fn holds_digests(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.contains_key("_sd") || members.contains_key("...") || members.values().any(holds_digests)
        }
        Value::Array(elements) => elements.iter().any(holds_digests),
        _ => false,
    }
}

/// A signed token: nobody's signature holds by accident.
pub fn signed_token(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(token) = Unverified::parse(text) {
        assert!(token.verify(&public()).is_err());
    }
    let token = signed("t", bytes);
    if let Ok(read) = Unverified::parse(&token) {
        let read = read.verify(signer().public_key()).expect("it is signed");
        assert_eq!(Some(read.claims()), object(bytes).as_ref());
        assert!(read.of_type("T").is_ok(), "letters of both sizes are the same");
    }
}

/// An encrypted answer of a wallet: what was encrypted for us comes back, and nothing once a sign of it was changed.
pub fn encrypted_token(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = key().decrypt(text);
    }
    let encryption =
        if bytes.len().is_multiple_of(2) { ContentEncryption::A128Gcm } else { ContentEncryption::A256Gcm };
    let token = encrypted(bytes, encryption);
    assert_eq!(key().decrypt(&token).as_deref(), Ok(bytes));
    let place =
        bytes.iter().fold(0_usize, |place, byte| place.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let place = place % token.len();
    let other = bytes.first().map_or('A', |byte| char::from(byte % 0x60 + 0x20));
    let changed: String =
        token.chars().enumerate().map(|(at, sign)| if at == place { other } else { sign }).collect();
    assert!(changed == token || key().decrypt(&changed).is_err(), "changed at {place}");
}

fn encrypted(content: &[u8], encryption: ContentEncryption) -> String {
    let recipient = Recipient::from_jwk(&key().to_jwk()).expect("the public half of a key");
    let counting = |bytes: &mut [u8]| bytes.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
    recipient.encrypt(content, encryption, &counting).expect("the library encrypts")
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
    let written = serde_json::to_vec(&query).expect("a query is JSON");
    assert_eq!(
        serde_json::from_slice::<Query>(&written).ok().as_ref(),
        Some(&query),
        "it is written as it was read"
    );
    if query.check().is_ok() {
        let ids = query.credentials.iter().map(|credential| credential.id.as_str()).collect();
        assert!(query.is_answered_by(&ids), "all that is asked for is an answer");
        assert!(
            query.credentials.iter().all(|one| query.credential(&one.id) == Some(one)),
            "names are not shared"
        );
    }
}

/// A path to a claim, and claims that it is followed through.
pub fn claim_path(bytes: &[u8]) {
    let Ok(Value::Array(both)) = serde_json::from_slice::<Value>(bytes) else { return };
    let [path, Value::Object(claims)] = both.as_slice() else { return };
    if let Ok(read) = serde_json::from_value::<ClaimPath>(path.clone()) {
        assert_eq!(serde_json::to_value(&read).ok().as_ref(), Some(path), "it is written as it was read");
        let selected = read.select(claims);
        let alone = !read.steps().contains(&Step::All);
        assert!(!alone || selected.len() <= 1, "several only through all of an array");
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

/// A signed list, of which all but the signature is from outside: the first line is what it says of itself, the second goes into
/// `lst` as it is. What is taken is for the address that was asked, and holds now.
pub fn status_list_token(bytes: &[u8]) {
    let now = Timestamp::UNIX_EPOCH;
    let (first, rest) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len()));
    let mut claims = object(first).unwrap_or_default();
    if let Some(list) = claims.get_mut("status_list").and_then(Value::as_object_mut) {
        list.entry("lst").or_insert_with(|| String::from_utf8_lossy(rest).trim().into());
    }
    let token = signed("statuslist+jwt", &serde_json::to_vec(&claims).unwrap_or_default());
    let key = |_: &_| Ok::<_, StatusProblem>(signer().public_key().clone());
    if let Ok(list) = StatusListToken::verify(&token, WHERE, now, key) {
        assert_eq!(claims.get("sub").and_then(Value::as_str), Some(WHERE));
        assert!(list.expires_at().is_none_or(|end| end > now));
        assert!(list.issued_at() <= now + jiff::SignedDuration::from_mins(1));
        assert!(
            list.fresh_until(now).is_none_or(|end| end > now),
            "a list that is taken is fresh for a while"
        );
        for idx in [0, 1, u32::MAX] {
            let other = crate::status_list::Reference { uri: format!("{WHERE}/2"), idx };
            assert_eq!(list.status(&other), Err(StatusProblem::OtherList));
            let _ = list.status(&crate::status_list::Reference { uri: WHERE.to_owned(), idx });
        }
    }
}

/// What a wallet sends to the endpoint for tokens, and to that for authorisation.
pub fn token_request(bytes: &[u8]) {
    let fields = form(bytes);
    if let Ok(request) = TokenRequest::read(&fields) {
        let _ = (request.check_transaction_code(true), request.check_transaction_code(false));
    }
    if let Ok(request) = AuthorizationRequest::read(&fields) {
        let (asked, back) = (&request.redirect_uri, request.granted("c", WHERE));
        assert_eq!((back.scheme(), back.host(), back.path()), (asked.scheme(), asked.host(), asked.path()));
        assert!(back.fragment().is_none() && !["javascript", "data", "blob"].contains(&back.scheme()));
        let told: Vec<_> = back.query_pairs().into_owned().collect();
        assert_eq!(told.last(), Some(&("iss".to_owned(), WHERE.to_owned())));
        assert!(told.contains(&("code".to_owned(), "c".to_owned())));
    }
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
    let inside = encrypted(bytes, ContentEncryption::A256Gcm);
    let keys = std::slice::from_ref(key());
    let read =
        CredentialRequest::read("application/jwt", inside.as_bytes(), Encryption { keys, ..NO_ENCRYPTION });
    let plain = CredentialRequest::read("application/json", bytes, NO_ENCRYPTION);
    if let Ok(plain) = plain {
        let read = read.expect("what is taken in the clear is taken encrypted");
        assert!(plain.response_encryption.is_none(), "whoever is on the way could put in a key of their own");
        assert_eq!((plain.requested, plain.proofs), (read.requested, read.proofs));
    }
}

/// An offer that a wallet is handed: what is read is written and read again as the same.
pub fn credential_offer(bytes: &[u8]) {
    let Ok(offer) = serde_json::from_slice::<Offer>(bytes) else { return };
    let written = serde_json::to_vec(&offer).expect("an offer is JSON");
    assert_eq!(serde_json::from_slice::<Offer>(&written).ok(), Some(offer));
}

/// Proofs that a wallet has its keys, each line the claims of one that is signed: those that are taken are for this issuer and use its
/// number.
pub fn key_proofs(bytes: &[u8]) {
    let tokens: Vec<_> = bytes.split(|byte| *byte == b'\n').take(3).collect();
    let proofs: Vec<_> = tokens.iter().map(|claims| signed("openid4vci-proof+jwt", claims)).collect();
    let body = json!({ "credential_configuration_id": "fire", "proofs": { "jwt": proofs } }).to_string();
    let read = CredentialRequest::read("application/json", body.as_bytes(), NO_ENCRYPTION);
    let proofs = read.expect("this is a request").proofs.expect("with proofs");
    let rules = ProofRules {
        issuer: WHERE,
        is_nonce: &|nonce| nonce == NONCE,
        batch: 2,
        attested_by: None,
        client_id: Some("w"),
    };
    if let Ok(bindings) = proofs.verify(&rules, Timestamp::UNIX_EPOCH) {
        assert_eq!((bindings.keys.len(), bindings.nonces.as_slice()), (1, &[NONCE.to_owned()][..]));
        let claims = tokens.first().and_then(|claims| object(claims)).expect("what is taken is an object");
        assert_eq!(claims.get("aud").and_then(Value::as_str), Some(WHERE));
        assert!(claims.get("iss").is_none_or(|iss| iss.is_null() || iss == "w"));
    }
}

/// The proof of who sends a request: none holds by accident, and one that is signed holds for this request alone.
pub fn dpop_proof(bytes: &[u8]) {
    let (Ok(text), Ok(url)) = (std::str::from_utf8(bytes), Url::parse(WHERE)) else { return };
    let request = HttpRequest { method: "POST", url: &url, access_token: None };
    assert!(DpopProof::verify(text, request, Timestamp::UNIX_EPOCH, |_| false).is_err());
    let proof = signed("dpop+jwt", bytes);
    if let Ok(proof) = DpopProof::verify(&proof, request, Timestamp::UNIX_EPOCH, |nonce| nonce == NONCE) {
        let claims = object(bytes).expect("what is taken is an object");
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        assert_eq!((text("htm"), text("nonce"), text("ath")), (Some("POST"), Some(NONCE), None));
        assert!(text("htu").is_some_and(|said| Url::parse(said).is_ok_and(|said| said.path() == url.path())));
        assert!(proof.kept_until >= Timestamp::UNIX_EPOCH, "it is kept as long as it could be used again");
        assert_eq!(&proof.key, signer().public_key());
    }
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
            nonce: NONCE.to_owned(),
            state: "s".to_owned(),
            response_uri: response_uri.clone(),
            encrypt_for: encrypted
                .then(|| DecryptionKey::from_secret(&[7; 32], "k".to_owned()))
                .and_then(Result::ok),
            client_name: None,
        };
        let mut answers = vec![form(bytes)];
        if encrypted {
            let content = self::encrypted(bytes, ContentEncryption::A128Gcm);
            answers.push([("response".to_owned(), content)].into());
        }
        for answer in answers {
            match Response::read(&answer, &request) {
                Ok(Response::Presented(token)) => {
                    let trust = crate::verifier::Trust::none();
                    assert!(
                        request.verify(&token, &trust, Timestamp::UNIX_EPOCH).is_err(),
                        "nobody is trusted"
                    );
                }
                Ok(Response::Declined(declined)) => assert!(declined.error.chars().count() <= 200),
                Err(_) => {}
            }
        }
    }
}

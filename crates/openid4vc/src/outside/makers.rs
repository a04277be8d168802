//! What makers of wallets say, and the certificates by which they say it.

use super::{NONCE, WHERE, object, signed_by, signer};
use crate::issuer::{AttestationProblem, AttestedKeys, AttestedWallet};
use crate::jose::{
    CertificateChain, Es256Key, Header, PublicKey, Signer as _, TrustAnchors, Unverified, base64url,
};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// An authority of makers, from 2026 to the end of 2099. Nobody trusts it but these promises.
const ROOT: &str = "MIIBfjCCASSgAwIBAgIUHhHXfWMUAIn6C0gce1Eo+VXLZMkwCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRTWFrZXJzIG9mIHdhbGxldHMwIBcNMj\
    YwMTAxMDAwMDAwWhgPMjEwMDAxMDEwMDAwMDBaMBwxGjAYBgNVBAMMEU1ha2VycyBvZiB3YWxsZXRzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD\
    QgAEUs2IgkSXHNF0GDNguU4nPZzWS3ofyytCN8SEf8tZABwjjeR2LPHaxpkRUIWRK1BQwhH9kdnax/kEhAGf0AZrrKNCMEAwDwYDVR0TAQH/BA\
    UwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwHQYDVR0OBBYEFCs1JHtVYRJy6l8Frtz+uQKq3eKiMAoGCCqGSM49BAMCA0gAMEUCIEwEg/Zthj6DmArO\
    /vC50wfp7WJnHCJF+CMTPGsv0+J3AiEArgC5Vyt8NdCym/qhrR/aG/t/AcfmiMw8hgn+RDj8x24=";
/// A maker below it.
const CERTIFICATE: &str = "MIIBqzCCAVCgAwIBAgIUL1rO6mnGXgP9mwdFMWv8PKd0QT4wCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRTWFrZXJzIG9mIHdhbGxldHMwIBcNMj\
    YwMTAxMDAwMDAwWhgPMjEwMDAxMDEwMDAwMDBaMB0xGzAZBgNVBAMMEkEgbWFrZXIgb2Ygd2FsbGV0czBZMBMGByqGSM49AgEGCCqGSM49AwEH\
    A0IABFiDM8TctKffYWUnYwcztcOnDpj5aJO2gmeXz/WH2uHLx49TqZH5W0boYQYLrhvQDEy57QKj6VNPEChkNBYLSC6jbTBrMA4GA1UdDwEB/w\
    QEAwIHgDAZBgNVHREEEjAQgg5tYWtlcnMuZXhhbXBsZTAdBgNVHQ4EFgQU+4JmdDZGpDxKclA6RK5r3I+vqKcwHwYDVR0jBBgwFoAUKzUke1Vh\
    EnLqXwWu3P65Aqrd4qIwCgYIKoZIzj0EAwIDSQAwRgIhAOGQpz7w2eM2WbcqvPDSJiMLlSPolpQ6I/SS+v7N7EoaAiEAvVmEbA0iHdePO8cIXo\
    ZGxhIv/35AP46SrhWzk8hrPSM=";
/// The maker's key, which opens nothing anywhere.
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgok/+M8aoQOpdRHQWDnQeG07ze1Zlps6LmGxDN0Ib38mhRANCAARYgzPE3LSn32\
    FlJ2MHM7XDpw6Y+WiTtoJnl8/1h9rhy8ePU6mR+VtG6GEGC64b0AxMue0Co+lTTxAoZDQWC0gu";

/// A moment at which these certificates hold: 30 November 2026.
const NOW: Timestamp = Timestamp::constant(1_796_000_000, 0);
/// How far the clock of somebody else may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

struct Maker {
    anchors: TrustAnchors,
    certificate: Vec<u8>,
    chain: CertificateChain,
    key: Es256Key,
}

fn maker() -> &'static Maker {
    static MAKER: OnceLock<Maker> = OnceLock::new();
    MAKER.get_or_init(|| {
        let decoded = |text: &str| BASE64_STANDARD.decode(text).expect("written as base64");
        let certificate = decoded(CERTIFICATE);
        Maker {
            anchors: TrustAnchors::new([decoded(ROOT).as_slice()]).expect("an authority"),
            chain: CertificateChain::from_der(vec![certificate.clone()]).expect("a certificate"),
            key: Es256Key::from_pkcs8(&decoded(KEY)).expect("a key"),
            certificate,
        }
    })
}

/// These very bytes as the claims of a token that the maker signed.
fn said(typ: &str, claims: &[u8]) -> String {
    let header = json!({ "alg": "ES256", "typ": typ, "x5c": maker().chain.to_header() });
    signed_by(&maker().key, &header, claims)
}

fn number(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    claims.get(name).and_then(Value::as_i64)
}

/// The header of a token that nobody signed.
fn header(members: &Value) -> Option<Header> {
    let members = base64url(members.to_string().as_bytes());
    let token = format!("{members}.{}.{}", base64url(b"{}"), base64url(&[0; 64]));
    Unverified::parse(&token).ok().map(|token| token.header().clone())
}

/// Certificates in a token's header: nobody but the maker is vouched for, whatever stands in the place of its certificate, behind it or
/// in the header; and what was read is written and read again as the same.
pub fn certificate_chain(bytes: &[u8]) {
    let maker = maker();
    let beside = [
        vec![bytes.to_vec()],
        vec![maker.certificate.clone(), bytes.to_vec()],
        vec![bytes.to_vec(), maker.certificate.clone()],
    ];
    let mut chains: Vec<_> =
        beside.into_iter().filter_map(|all| CertificateChain::from_der(all).ok()).collect();
    if let Some(header) = object(bytes).and_then(|members| header(&Value::Object(members))) {
        chains.extend(CertificateChain::of(&header));
    }
    for chain in chains {
        let header = header(&json!({ "alg": "ES256", "x5c": chain.to_header() })).expect("a header");
        assert_eq!(CertificateChain::of(&header).as_ref(), Ok(&chain));
        let _ = chain.is_for_host("makers.example");
        match chain.verify(&maker.anchors, NOW) {
            Ok(key) => assert_eq!(&key, maker.key.public_key(), "the maker's, or nobody's"),
            Err(_) => assert_ne!(chain, maker.chain, "the maker is vouched for"),
        }
        assert!(chain.verify(&TrustAnchors::default(), NOW).is_err(), "nobody is trusted");
        assert!(chain.verify(&maker.anchors, Timestamp::UNIX_EPOCH).is_err(), "before anybody was certified");
    }
}

/// What a maker says of keys, of which all but the signature is from outside: what is taken holds now and names each of the keys.
pub fn key_attestation(bytes: &[u8]) {
    let maker = maker();
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(
            AttestedKeys::verify(text, &maker.anchors, NOW).is_err(),
            "nobody's signature holds by accident"
        );
    }
    let typ = if bytes.len().is_multiple_of(2) { "key-attestation+jwt" } else { "keyattestation+jwt" };
    let token = said(typ, bytes);
    assert!(AttestedKeys::verify(&token, &TrustAnchors::default(), NOW).is_err(), "nobody is trusted");
    let Ok(attested) = AttestedKeys::verify(&token, &maker.anchors, NOW) else { return };
    let claims = object(bytes).expect("what is taken is an object");
    assert!(number(&claims, "iat").is_some_and(|from| from <= (NOW + AHEAD).as_second()));
    assert!(claims.get("exp").is_none_or(|end| end.is_null() || end.as_i64() > Some(NOW.as_second())));
    let named = claims.get("attested_keys").and_then(Value::as_array).expect("keys");
    assert!(!named.is_empty() && named.len() <= 100 && named.len() == attested.keys.len());
    for (key, named) in attested.keys.iter().zip(named) {
        assert_eq!(PublicKey::from_jwk(named).as_ref(), Ok(key));
    }
}

/// What the maker says of a wallet, and the proof that its key signed.
fn wallet(claims: &Map<String, Value>, proof: &[u8]) -> (String, String) {
    let header = json!({ "alg": "ES256", "typ": "oauth-client-attestation-pop+jwt" });
    let claims = serde_json::to_vec(claims).unwrap_or_default();
    (said("oauth-client-attestation+jwt", &claims), signed_by(signer(), &header, proof))
}

fn verify(
    attestation: &str,
    proof: &str,
    anchors: &TrustAnchors,
) -> Result<AttestedWallet, AttestationProblem> {
    AttestedWallet::verify(attestation, proof, anchors, WHERE, Some("w"), NOW, |said| said == NONCE)
}

/// What a maker says of a wallet, and the wallet's proof that it is said of it: a line for the claims of each. The maker names the
/// wallet's key where the line does not. What is taken is for this server, for its challenge, for now, and for the wallet that asks.
pub fn wallet_attestation(bytes: &[u8]) {
    let maker = maker();
    let (first, rest) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len()));
    let rest = rest.get(1..).unwrap_or_default();
    let mut claims = object(first).unwrap_or_default();
    claims.entry("cnf").or_insert_with(|| json!({ "jwk": signer().public_key().to_jwk() }));
    let (attestation, proof) = wallet(&claims, rest);
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(verify(text, &proof, &maker.anchors).is_err(), "nobody's signature holds by accident");
        assert!(verify(&attestation, text, &maker.anchors).is_err(), "nor that of the proof");
    }
    assert!(verify(&attestation, &proof, &TrustAnchors::default()).is_err(), "nobody is trusted");
    let Ok(wallet) = verify(&attestation, &proof, &maker.anchors) else { return };
    assert_eq!(wallet.client_id, "w");
    assert_eq!(claims.get("sub").and_then(Value::as_str), Some("w"));
    assert!(number(&claims, "exp").is_some_and(|end| end > NOW.as_second()));
    let proved = object(rest).expect("what is taken is an object");
    let text = |name: &str| proved.get(name).and_then(Value::as_str);
    assert_eq!((text("aud"), text("challenge")), (Some(WHERE), Some(NONCE)));
    assert_eq!(text("jti"), Some(wallet.proof_id.as_str()));
    assert!(number(&proved, "iat").is_some_and(|at| (at - NOW.as_second()).abs() <= AHEAD.as_secs()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fuzzers_begin_with_is_taken() {
        let maker = maker();
        assert_eq!(maker.chain.verify(&maker.anchors, NOW).as_ref(), Ok(maker.key.public_key()));
        let keys = include_bytes!("../../../../fuzz/seeds/key_attestation/one.json");
        let keys = said("key-attestation+jwt", keys);
        assert_eq!(AttestedKeys::verify(&keys, &maker.anchors, NOW).map(|all| all.keys.len()), Ok(1));
        let both = include_str!("../../../../fuzz/seeds/wallet_attestation/one.txt");
        let (claims, proof) = both.split_once('\n').unwrap();
        let mut claims = object(claims.as_bytes()).unwrap();
        claims.insert("cnf".to_owned(), json!({ "jwk": signer().public_key().to_jwk() }));
        let (attestation, proof) = wallet(&claims, proof.as_bytes());
        let known = AttestedWallet { client_id: "w".to_owned(), proof_id: "1".to_owned() };
        assert_eq!(verify(&attestation, &proof, &maker.anchors), Ok(known));
    }
}

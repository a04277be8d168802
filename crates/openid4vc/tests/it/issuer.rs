//! An issuer and wallets that ask it, rightly and wrongly, in memory. What the modules of the OpenID Foundation's conformance suite do
//! over HTTP is done against the service itself, in `fobwatch`.

mod attestations;
mod authorization;
mod credential_requests;
mod dpop;
mod metadata;
mod nonces;
mod offers;
mod tokens;

use crate::authority::{Authority, Certified};
use crate::{key, random, time};
use jiff::Timestamp;
use openid4vc::issuer::{
    AttestationProblem, AttestationRules, AttestedWallet, AuthorizationEndpoints, AuthorizationRequest,
    AuthorizationServer, Bindings, CredentialConfiguration, CredentialError, CredentialRequest,
    CredentialResponse, DeferredRequest, DpopProblem, DpopProof, Encryption, Event, Grants, HttpRequest,
    IssuerMetadata, Nonces, Notification, OAuthError, Offer, ProofRules, Proofs, Requested, TokenRequest,
    TokenResponse, TransactionCode, well_known,
};
use openid4vc::jose::{
    CertificateChain, ContentEncryption, DecryptionKey, Es256Key, Recipient, Signer as _, TrustAnchors,
    Unverified, sign,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

const ISSUER: &str = "https://northfield.example/passport";
const NOW: &str = "2026-11-29T08:00:00Z";
const PLAIN: Encryption<'_> = Encryption { keys: &[], request_required: false, response_required: false };

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Rules of an issuer that takes any key, as most do.
fn rules() -> ProofRules<'static> {
    ProofRules {
        issuer: ISSUER,
        is_nonce: &|nonce| nonce == "n-1",
        batch: 3,
        attested_by: None,
        client_id: None,
    }
}

fn proof_with(key: &Es256Key, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let mut header = json!({ "typ": "openid4vci-proof+jwt", "jwk": key.public_key().to_jwk() });
    let mut claims = json!({ "aud": ISSUER, "iat": time(NOW).as_second(), "nonce": "n-1" });
    change(&mut header, &mut claims);
    sign(&header, &claims, key).unwrap()
}

fn proof(key: &Es256Key) -> String {
    proof_with(key, |_, _| {})
}

fn read(body: &Value) -> Result<CredentialRequest, CredentialError> {
    CredentialRequest::read("application/json", body.to_string().as_bytes(), PLAIN).map_err(|why| why.code)
}

fn bindings(proofs: Value, rules: &ProofRules<'_>) -> Result<Bindings, CredentialError> {
    let request = read(&json!({ "credential_configuration_id": "fire-safety", "proofs": proofs }))?;
    request.proofs.unwrap().verify(rules, time(NOW)).map_err(|why| why.code)
}

#[test]
fn refusals_are_answered_in_the_words_of_the_standards() {
    let refused = TokenRequest::read(&fields(&[("grant_type", "password")])).unwrap_err();
    assert_eq!(refused.status(), 400);
    let body = refused.body();
    assert_eq!(body["error"], "unsupported_grant_type");
    let printable =
        |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\');
    assert!(printable(body["error_description"].as_str().unwrap()));
}

#[test]
fn no_body_brings_the_reader_down() {
    use proptest::prelude::*;
    proptest!(|(body in prop::collection::vec(any::<u8>(), 0..200), media in prop::sample::select(vec!["application/json", "application/jwt"]))| {
        let key = [DecryptionKey::generate("1".to_owned()).unwrap()];
        let rules = Encryption { keys: &key, request_required: false, response_required: false };
        let _ = CredentialRequest::read(media, &body, rules);
        let _ = DeferredRequest::read(media, &body, rules);
        let _ = Notification::read(&body);
        let _ = serde_json::from_slice::<Offer>(&body);
    });
}

#[test]
fn no_proofs_bind_no_keys() {
    let nothing = Proofs::Jwt(Vec::new()).verify(&rules(), Timestamp::UNIX_EPOCH);
    assert_eq!(nothing.unwrap_err().code, CredentialError::InvalidProof);
}

//! Bytes from outside, of all kinds: noise, and what is nearly right.

use crate::{key, random, time};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::Signer as _;
use openid4vc::outside;
use openid4vc::sd_jwt_vc::Draft;
use proptest::prelude::*;
use serde_json::{Map, json};
use std::path::Path;

/// A credential as it goes over the wire.
fn credential() -> String {
    let claims = json!({ "level": "1", "place": { "ward": "7" } });
    let draft = Draft {
        kind: "https://northfield.example/fire".to_owned(),
        issuer: None,
        issued_at: time("2026-11-01T00:00:00Z"),
        not_before: None,
        expires_at: None,
        holder: Some(key().public_key().clone()),
        status: None,
        claims: claims.as_object().unwrap().clone(),
        concealed: vec![ClaimPath::names(["level"]), ClaimPath::names(["place", "ward"])],
        decoys: 1,
    };
    draft.issue(Map::new(), &key(), &random()).unwrap().to_string()
}

fn everything(bytes: &[u8]) {
    for (_, promise) in outside::ALL {
        promise(bytes);
    }
}

/// What fuzzers begin with, where that is right.
fn seed(name: &str) -> String {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    std::fs::read_to_string(seeds.join(name)).unwrap()
}

/// What is right, or was once: each a grammar that noise never finds.
fn examples() -> Vec<String> {
    let credential = credential();
    let token = credential.split('~').next().unwrap().to_owned();
    let jwe = include_str!("../vectors/openid4vp-response.jwe").trim().to_owned();
    vec![
        format!("response={jwe}"),
        format!("state=s&vp_token={}", json!({ "fire": [credential] })),
        json!({ "credential_configuration_id": "fire", "proofs": { "jwt": [token] } }).to_string(),
        json!({ "credentials": [{ "id": "fire", "format": "dc+sd-jwt", "meta": { "vct_values": ["v"] },
            "claims": [{ "id": "a", "path": ["level"], "values": ["1"] }], "claim_sets": [["a"]] }],
            "credential_sets": [{ "options": [["fire"]], "required": false }] })
        .to_string(),
        json!([["place", null, 0, "ward"], { "place": [[{ "ward": "7" }]] }]).to_string(),
        json!({ "notification_id": "n", "event": "credential_accepted" }).to_string(),
        "grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code&pre-authorized_code=c&tx_code=1".to_owned(),
        "response_type=code&client_id=w&redirect_uri=https://w.example&code_challenge=abc&code_challenge_method=S256"
            .to_owned(),
        "eNrbuRgAAhcBXQ".to_owned(),
        seed("key_attestation/one.json"),
        seed("wallet_attestation/one.txt"),
        seed("certificate_chain/header.json"),
        key().public_key().to_jwk().to_string(),
        jwe,
        token,
        credential,
    ]
}

proptest! {
    #[test]
    fn noise_breaks_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        everything(&bytes);
    }

    #[test]
    fn what_is_nearly_right_breaks_nothing(
        which in any::<proptest::sample::Index>(),
        at in any::<proptest::sample::Index>(),
        cut in 0_usize..4,
        put in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let examples = examples();
        let mut bytes = which.get(&examples).clone().into_bytes();
        let from = at.index(bytes.len());
        let to = (from + cut).min(bytes.len());
        bytes.splice(from..to, put);
        everything(&bytes);
    }
}

#[test]
fn what_is_right_is_read() {
    for example in examples() {
        everything(example.as_bytes());
    }
}

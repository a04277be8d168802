//! Credentials of ours in the eyes of a library that others wrote, and theirs in ours.

use crate::{key, random, time};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::{Es256Key, PublicKey, Signer as _};
use openid4vc::sd_jwt::{Binding, BindingProblem, SdJwt};
use openid4vc::sd_jwt_vc::{Credential, Draft};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;

const KIND: &str = "https://northfield.example/vc/types/core-skill";
const ASKED: Binding<'_> = Binding { audience: "x509_hash:verifier", nonce: "nonce-of-this-question" };

fn now() -> jiff::Timestamp {
    time("2026-11-22T10:00:00Z")
}

fn theirs(command: &str, wish: Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/wallet");
    assert!(folder.join("node_modules").exists(), "the wallet's packages are missing: run ./test tools");
    let out = Command::new("node")
        .arg(folder.join("sd-jwt.js"))
        .args([command, &wish.to_string()])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Fire safety, of which the subject alone is shown.
fn shown(issuer: &Es256Key) -> String {
    let holder = key();
    let claims = json!({ "subject": "Fire safety", "level": "1", "assurance": { "origin": "NTH" } });
    let draft = Draft {
        kind: KIND.to_owned(),
        issuer: None,
        issued_at: now(),
        not_before: None,
        expires_at: None,
        holder: Some(holder.public_key().clone()),
        status: None,
        claims: claims.as_object().unwrap().clone(),
        concealed: ["subject", "level"].map(|name| ClaimPath::names([name])).to_vec(),
        decoys: 3,
    };
    let credential = draft.issue(Map::new(), issuer, &random()).unwrap();
    let presented = credential.present(&[ClaimPath::names(["subject"])]).unwrap();
    presented.bind(ASKED, &holder, now()).unwrap().to_string()
}

fn verified(presentation: &str, issuer: &Es256Key, nonce: &str) -> Value {
    let issuer = issuer.public_key().to_jwk();
    let wish =
        json!({ "presentation": presentation, "issuer": issuer, "nonce": nonce, "now": now().as_second() });
    theirs("verify", wish)
}

#[test]
fn they_read_of_ours_what_was_shown_and_nothing_else() {
    let issuer = key();
    let found = verified(&shown(&issuer), &issuer, ASKED.nonce);
    assert_eq!(found["claims"]["vct"], KIND, "{found}");
    assert_eq!(found["claims"]["subject"], "Fire safety");
    assert_eq!(found["claims"]["assurance"], json!({ "origin": "NTH" }));
    assert_eq!(found["claims"].get("level"), None);
    assert_eq!(found["audience"], ASKED.audience);
}

#[test]
fn they_refuse_of_ours_what_was_changed_or_shown_for_another_question() {
    let issuer = key();
    let presentation = shown(&issuer);
    let other_issuer = verified(&presentation, &key(), ASKED.nonce);
    assert!(other_issuer["refused"].is_string(), "{other_issuer}");
    let other_question = verified(&presentation, &issuer, "nonce-of-another-question");
    assert!(other_question["refused"].is_string(), "{other_question}");
    let mut parts: Vec<&str> = presentation.split('~').collect();
    parts.remove(1);
    let without_disclosure = verified(&parts.join("~"), &issuer, ASKED.nonce);
    assert!(without_disclosure["refused"].is_string(), "{without_disclosure}");
}

#[test]
fn we_read_of_theirs_what_was_shown_and_nothing_else() {
    let told = theirs(
        "issue",
        json!({
            "claims": { "vct": KIND, "subject": "Fire safety", "level": "1" }, "concealed": ["subject", "level"],
            "shown": ["subject"], "nonce": ASKED.nonce, "audience": ASKED.audience, "now": now().as_second(),
        }),
    );
    let presentation = told["presentation"].as_str().unwrap();
    let issuer = PublicKey::from_jwk(&told["issuer"]).unwrap();
    let read = || SdJwt::parse(presentation).unwrap().verify(&issuer).unwrap();

    read().bound_to(ASKED, now()).unwrap();
    let other = Binding { nonce: "nonce-of-another-question", ..ASKED };
    assert!(matches!(read().bound_to(other, now()), Err(BindingProblem::Nonce)));
    let credential = Credential::new(read(), now()).unwrap();
    assert_eq!(credential.kind(), KIND);
    assert_eq!(credential.claims()["subject"], "Fire safety");
    assert_eq!(credential.claims().get("level"), None);
    assert_eq!(credential.issued_at(), Some(now()));
    assert!(credential.holder().is_some());
}

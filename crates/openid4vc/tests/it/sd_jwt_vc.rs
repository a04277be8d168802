//! Credentials: what always stands in them, their time, their type.

use crate::{key, random, time};
use jiff::Timestamp;
use openid4vc::jose::{Signer as _, sign};
use openid4vc::sd_jwt::{Concealed, SdJwt};
use openid4vc::sd_jwt_vc::{Credential, CredentialProblem, Draft, IssueProblem};
use openid4vc::status_list::Reference;
use serde_json::{Map, Value, json};

const KIND: &str = "https://northfield.example/credentials/fire-safety";

fn draft() -> Draft {
    let claims = json!({ "subject": "Fire safety", "level": "1" });
    Draft {
        kind: KIND.to_owned(),
        issuer: Some("https://northfield.example".to_owned()),
        issued_at: time("2026-11-29T00:00:00Z"),
        not_before: Some(time("2026-11-30T00:00:00Z")),
        expires_at: Some(time("2027-11-30T00:00:00Z")),
        holder: Some(key().public_key().clone()),
        status: Some(Reference { uri: "https://northfield.example/status/1".to_owned(), idx: 412 }),
        claims: claims.as_object().unwrap().clone(),
        concealed: vec![openid4vc::claim_path::ClaimPath::names(["level"])],
        decoys: 0,
    }
}

#[test]
fn a_credential_is_what_its_issuer_wrote() {
    let issuer = key();
    let mut header = Map::new();
    header.insert("kid".to_owned(), "2026".into());
    let draft = draft();
    let text = draft.clone().issue(header, &issuer, &random()).unwrap().to_string();
    let disclosed = SdJwt::parse(&text).unwrap().verify(issuer.public_key()).unwrap();
    assert_eq!(disclosed.header().typ(), Some("dc+sd-jwt"));
    assert_eq!(disclosed.header().text("kid"), Some("2026"));
    assert!(disclosed.is_selectively_disclosed("level"));
    assert!(!disclosed.is_selectively_disclosed("subject"));
    let credential = Credential::new(disclosed, time("2026-12-01T00:00:00Z")).unwrap();
    assert_eq!(credential.kind(), KIND);
    assert_eq!(credential.status(), draft.status.as_ref());
    assert_eq!(credential.holder(), draft.holder);
    assert_eq!(credential.issued_at(), Some(draft.issued_at));
    assert_eq!(credential.expires_at(), draft.expires_at);
    assert_eq!(credential.claims()["level"], "1");
    assert_eq!(credential.claims()["subject"], "Fire safety");
}

#[test]
fn a_credential_holds_from_its_first_second_to_the_one_before_its_last() {
    let issuer = key();
    let text = draft().issue(Map::new(), &issuer, &random()).unwrap().to_string();
    let at = |now: &str| {
        let disclosed = SdJwt::parse(&text).unwrap().verify(issuer.public_key()).unwrap();
        Credential::new(disclosed, time(now)).map(|_| ())
    };
    // A minute is allowed for clocks that are apart.
    assert_eq!(at("2026-11-29T23:58:59Z"), Err(CredentialProblem::NotYet));
    assert_eq!(at("2026-11-29T23:59:00Z"), Ok(()));
    assert_eq!(at("2027-11-29T23:59:59Z"), Ok(()));
    assert_eq!(at("2027-11-30T00:00:00Z"), Err(CredentialProblem::Expired));
}

#[test]
fn claims_that_say_how_a_credential_stands_are_not_for_others_to_write() {
    for name in ["iss", "exp", "cnf", "vct", "status", "iat"] {
        let mut draft = draft();
        draft.claims.insert(name.to_owned(), 1.into());
        let refused = draft.issue(Map::new(), &key(), &random());
        assert!(matches!(refused, Err(IssueProblem::Reserved(reserved)) if reserved == name));
    }
}

fn signed(header: Value, claims: Value, hidden: &[&str]) -> Result<Credential, CredentialProblem> {
    let issuer = key();
    let random = random();
    let mut concealed = Concealed::new(claims.as_object().unwrap().clone()).unwrap();
    for name in hidden {
        concealed = concealed.conceal(&openid4vc::claim_path::ClaimPath::names([*name]), &random).unwrap();
    }
    let text = concealed.issue(&header, &issuer, &random).unwrap().to_string();
    Credential::new(SdJwt::parse(&text).unwrap().verify(issuer.public_key()).unwrap(), Timestamp::UNIX_EPOCH)
}

#[test]
fn what_is_no_credential_is_refused() {
    let typ = json!({ "typ": "dc+sd-jwt" });
    let refused =
        |header: &Value, claims: Value, hidden: &[&str]| signed(header.clone(), claims, hidden).unwrap_err();
    assert!(signed(typ.clone(), json!({ "vct": KIND }), &[]).is_ok());
    assert!(signed(json!({ "typ": "application/DC+SD-JWT" }), json!({ "vct": KIND }), &[]).is_ok());
    for other in [json!({}), json!({ "typ": "JWT" }), json!({ "typ": "vc+sd-jwt" }), json!({ "typ": 1 })] {
        assert_eq!(refused(&other, json!({ "vct": KIND }), &[]), CredentialProblem::Type);
    }
    assert_eq!(refused(&typ, json!({}), &[]), CredentialProblem::Kind);
    assert_eq!(refused(&typ, json!({ "vct": 1 }), &[]), CredentialProblem::Kind);
    // A holder who could withhold these could make a dead credential live.
    for (name, value) in [
        ("exp", json!(1)),
        ("nbf", json!(1)),
        ("status", json!({})),
        ("cnf", json!({})),
        ("vct", json!(KIND)),
        ("iss", json!("x")),
    ] {
        assert_eq!(
            refused(&typ, json!({ "vct2": 1, name: value }), &[name]),
            CredentialProblem::Claim(leak(name))
        );
    }
    for (name, nonsense) in [
        ("exp", json!("tomorrow")),
        ("nbf", json!(1e300)),
        ("iat", json!(null)),
        ("status", json!({ "other": 1 })),
        ("status", json!({ "status_list": { "idx": -1, "uri": "u" } })),
    ] {
        assert_eq!(
            refused(&typ, json!({ "vct": KIND, name: nonsense }), &[]),
            CredentialProblem::Claim(leak(name))
        );
    }
}

fn leak(name: &str) -> &'static str {
    ["exp", "nbf", "iat", "status", "cnf", "vct", "iss"].into_iter().find(|known| *known == name).unwrap()
}

#[test]
fn a_plain_token_is_no_credential() {
    let issuer = key();
    let token = sign(&json!({ "typ": "dc+sd-jwt" }), &json!({ "vct": KIND }), &issuer).unwrap();
    assert!(SdJwt::parse(&token).is_err());
}

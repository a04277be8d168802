//! RFC 9901: its examples, what issuer, holder and verifier do together, and what is refused.

use crate::{key, random, time};
use jiff::Timestamp;
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::{Es256Key, PublicKey, Signer as _, TokenProblem, sign};
use openid4vc::sd_jwt::{Binding, BindingProblem, ConcealProblem, Concealed, SdJwt, SdJwtProblem};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/rfc9901.json")).unwrap()
}

fn public(jwk: &Value) -> PublicKey {
    let mut jwk = jwk.clone();
    jwk.as_object_mut().unwrap().remove("d");
    PublicKey::from_jwk(&jwk).unwrap()
}

fn path(steps: Value) -> ClaimPath {
    serde_json::from_value(steps).unwrap()
}

fn claims(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn the_examples_of_the_standard_are_verified() {
    let vectors = vectors();
    let issuer = public(&vectors["issuer_key"]);
    let examples = vectors["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 9);
    for example in examples {
        let name = &example["name"];
        let whole = SdJwt::parse(example["issued"].as_str().unwrap()).unwrap();
        assert_eq!(whole.to_string(), example["issued"].as_str().unwrap());
        let all = whole.verify(&issuer).unwrap();
        for (claim, value) in example["user_claims"].as_object().unwrap() {
            assert_eq!(same(&all.claims()[claim]), same(value), "{claim} of {name}");
        }
        let presented = SdJwt::parse(example["presented"].as_str().unwrap()).unwrap();
        let seen = presented.verify(&issuer).unwrap();
        assert_eq!(same(&Value::Object(seen.claims().clone())), same(&example["verified"]), "{name}");
        if let Some(bound) = example.get("key_binding") {
            let asked =
                Binding { audience: bound["aud"].as_str().unwrap(), nonce: bound["nonce"].as_str().unwrap() };
            let signed_at = Timestamp::from_second(bound["iat"].as_i64().unwrap()).unwrap();
            assert_eq!(seen.holder(), Some(public(&vectors["holder_key"])));
            seen.bound_to(asked, signed_at).unwrap();
        }
    }
}

#[test]
fn a_holder_of_the_standards_examples_shows_what_is_shown_there() {
    let vectors = vectors();
    let issuer = public(&vectors["issuer_key"]);
    for example in vectors["examples"].as_array().unwrap() {
        let name = &example["name"];
        let whole = SdJwt::parse(example["issued"].as_str().unwrap()).unwrap();
        let all = Value::Object(whole.clone().verify(&issuer).unwrap().claims().clone());
        let mut paths = Vec::new();
        paths_to(&example["verified"], &all, &mut Vec::new(), &mut paths);
        let shown = whole.present(&paths).unwrap();
        let there = SdJwt::parse(example["presented"].as_str().unwrap()).unwrap();
        let disclosures = |token: &SdJwt| {
            token.disclosures().iter().map(|one| one.encoded().to_owned()).collect::<BTreeSet<_>>()
        };
        assert_eq!(disclosures(&shown), disclosures(&there), "{name}");
        assert_eq!(shown.disclosures().len(), there.disclosures().len(), "{name}: each once");
        let seen = shown.verify(&issuer).unwrap();
        assert_eq!(same(&Value::Object(seen.claims().clone())), same(&example["verified"]), "{name}");
    }
}

/// The paths to all that is shown of claims, each as far as it leads.
fn paths_to(shown: &Value, all: &Value, here: &mut Vec<Value>, found: &mut Vec<ClaimPath>) {
    let mut steps: Vec<(Value, &Value, &Value)> = Vec::new();
    match (shown, all) {
        (Value::Object(shown), Value::Object(all)) => {
            steps.extend(shown.iter().map(|(name, value)| (name.clone().into(), value, &all[name])));
        }
        (Value::Array(shown), Value::Array(all)) => {
            let mut from = 0;
            for value in shown {
                let place = (from..all.len()).find(|place| is_part(value, &all[*place])).unwrap();
                steps.push((place.into(), value, &all[place]));
                from = place + 1;
            }
        }
        _ => found.push(path(here.clone().into())),
    }
    for (step, shown, all) in steps {
        here.push(step);
        paths_to(shown, all, here, found);
        here.pop();
    }
}

/// Whether something is what is left of another thing where some of it is withheld.
fn is_part(shown: &Value, all: &Value) -> bool {
    match (shown, all) {
        (Value::Object(shown), Value::Object(all)) => {
            shown.iter().all(|(name, value)| all.get(name).is_some_and(|all| is_part(value, all)))
        }
        (Value::Array(shown), Value::Array(all)) => {
            shown.iter().all(|value| all.iter().any(|all| is_part(value, all)))
        }
        _ => shown == all,
    }
}

/// The order of an object's members says nothing.
fn same(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> =
                members.iter().map(|(name, value)| (name.clone(), same(value))).collect();
            sorted.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(sorted.into_iter().collect())
        }
        Value::Array(elements) => elements.iter().map(same).collect(),
        other => other.clone(),
    }
}

fn person() -> Map<String, Value> {
    claims(json!({
        "given_name": "Dilys", "family_name": "Probert",
        "address": { "street": "4 Mill Lane", "town": "Northfield" },
        "skills": ["Fire safety", "Moving and handling", "Resuscitation"],
        "employer": "Northfield Hospitals",
    }))
}

fn issued(issuer: &Es256Key, holder: &Es256Key) -> SdJwt {
    let mut person = person();
    person.insert("cnf".to_owned(), json!({ "jwk": holder.public_key().to_jwk() }));
    let random = random();
    let mut concealed = Concealed::new(person).unwrap().with_decoys(2);
    for hidden in
        [json!(["given_name"]), json!(["address", "street"]), json!(["address"]), json!(["skills", null])]
    {
        concealed = concealed.conceal(&path(hidden), &random).unwrap();
    }
    concealed.issue(&json!({ "typ": "example+sd-jwt" }), issuer, &random).unwrap()
}

const ASKED: Binding<'_> = Binding { audience: "x509_hash:abc", nonce: "n-1" };

#[test]
fn a_holder_shows_what_is_asked_for_and_nothing_else() {
    let (issuer, holder) = (key(), key());
    let credential = issued(&issuer, &holder);
    let shown = |paths: &[Value]| {
        let paths: Vec<_> = paths.iter().cloned().map(path).collect();
        let presented = credential.present(&paths).unwrap().to_string();
        let mut seen =
            SdJwt::parse(&presented).unwrap().verify(issuer.public_key()).unwrap().claims().clone();
        seen.shift_remove("cnf");
        Value::Object(seen)
    };
    let always = json!({ "family_name": "Probert", "skills": [], "employer": "Northfield Hospitals" });
    let and = |more: Value| {
        let mut all = claims(always.clone());
        all.extend(claims(more));
        same(&Value::Object(all))
    };
    assert_eq!(same(&shown(&[])), and(json!({})));
    assert_eq!(same(&shown(&[json!(["given_name"])])), and(json!({ "given_name": "Dilys" })));
    assert_eq!(
        same(&shown(&[json!(["address", "town"])])),
        and(json!({ "address": { "town": "Northfield" } }))
    );
    assert_eq!(
        same(&shown(&[json!(["address"])])),
        and(json!({ "address": { "street": "4 Mill Lane", "town": "Northfield" } }))
    );
    // Each skill stands behind a digest, beside two decoys, so that its place is not its number.
    assert_eq!(same(&shown(&[json!(["skills", null])])), and(json!({ "skills": person()["skills"] })));
    assert!(credential.present(&[path(json!(["address", "county"]))]).is_err());
    assert!(credential.present(&[path(json!(["given_name", "first"]))]).is_err());
}

#[test]
fn nothing_that_is_hidden_stands_in_the_token() {
    let token = issued(&key(), &key());
    let visible = token.present(&[]).unwrap().to_string();
    let payload = token.issuer_token().unwrap();
    for hidden in ["Dilys", "Mill Lane", "Northfield\"", "Fire safety"] {
        assert!(!format!("{payload:?}").contains(hidden), "{hidden}");
        assert!(!visible.contains(hidden));
    }
    let digests = payload.unverified_claim("_sd").unwrap().as_array().unwrap();
    // given_name, address, and two of nothing.
    assert_eq!(digests.len(), 4);
    assert!(digests.is_sorted_by_key(|digest| digest.as_str().unwrap().to_owned()));
    assert_eq!(payload.unverified_claim("skills").unwrap().as_array().unwrap().len(), 5);
}

#[test]
fn a_presentation_answers_one_question_of_one_verifier() {
    let (issuer, holder) = (key(), key());
    let now = time("2026-11-29T08:00:00Z");
    let bound = issued(&issuer, &holder)
        .present(&[path(json!(["given_name"]))])
        .unwrap()
        .bind(ASKED, &holder, now)
        .unwrap();
    let answer = |text: &str, asked, at| {
        SdJwt::parse(text).unwrap().verify(issuer.public_key()).unwrap().bound_to(asked, at).map(|_| ())
    };
    let text = bound.to_string();
    let at = |text: &str| time(text);
    assert_eq!(answer(&text, ASKED, now), Ok(()));
    assert_eq!(answer(&text, ASKED, at("2026-11-29T08:10:00Z")), Ok(()));
    assert_eq!(answer(&text, ASKED, at("2026-11-29T08:10:01Z")), Err(BindingProblem::Time));
    assert_eq!(answer(&text, ASKED, at("2026-11-29T07:49:59Z")), Err(BindingProblem::Time));
    assert_eq!(answer(&text, ASKED, at("2027-11-29T08:00:00Z")), Err(BindingProblem::Time));
    assert_eq!(
        answer(&text, Binding { audience: "x509_hash:abd", ..ASKED }, now),
        Err(BindingProblem::Audience)
    );
    assert_eq!(answer(&text, Binding { nonce: "n-2", ..ASKED }, now), Err(BindingProblem::Nonce));
    // Somebody takes a disclosure away, or passes the token on without the signature.
    let disclosure = bound.disclosures()[0].encoded();
    assert_eq!(
        answer(&text.replace(&format!("{disclosure}~"), ""), ASKED, now),
        Err(BindingProblem::Changed)
    );
    let unbound = &text[..=text.rfind('~').unwrap()];
    assert_eq!(answer(unbound, ASKED, now), Err(BindingProblem::Missing));
}

#[test]
fn another_key_than_the_holders_does_not_present() {
    let (issuer, holder, thief) = (key(), key(), key());
    let now = time("2026-11-29T08:00:00Z");
    let stolen = issued(&issuer, &holder).bind(ASKED, &thief, now).unwrap();
    let seen = SdJwt::parse(&stolen.to_string()).unwrap().verify(issuer.public_key()).unwrap();
    assert!(matches!(seen.bound_to(ASKED, now), Err(BindingProblem::Token(TokenProblem::Signature))));
}

#[test]
fn a_holders_token_of_another_type_is_none() {
    let (issuer, holder) = (key(), key());
    let now = time("2026-11-29T08:00:00Z");
    let bound = issued(&issuer, &holder).bind(ASKED, &holder, now).unwrap().to_string();
    let (unbound, _) = bound.rsplit_once('~').unwrap();
    let forged =
        sign(&json!({ "typ": "JWT" }), &json!({ "aud": ASKED.audience, "nonce": ASKED.nonce }), &holder)
            .unwrap();
    let seen = SdJwt::parse(&format!("{unbound}~{forged}")).unwrap().verify(issuer.public_key()).unwrap();
    assert!(matches!(seen.bound_to(ASKED, now), Err(BindingProblem::Token(TokenProblem::Type))));
}

#[test]
fn disclosures_that_do_not_belong_are_refused() {
    let (issuer, holder) = (key(), key());
    let token = issued(&issuer, &holder).to_string();
    let verify =
        |text: &str| SdJwt::parse(text).and_then(|parsed| parsed.verify(issuer.public_key())).map(|_| ());
    assert_eq!(verify(&token), Ok(()));
    let foreign = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    assert_eq!(verify(&format!("{token}{foreign}~")), Err(SdJwtProblem::Disclosure));
    let twice = SdJwt::parse(&token).unwrap().disclosures()[0].encoded().to_owned();
    assert_eq!(verify(&format!("{token}{twice}~")), Err(SdJwtProblem::Twice));
    assert_eq!(verify(&format!("{token}~")), Err(SdJwtProblem::Disclosure));
    assert_eq!(verify(&format!("{token}!~")), Err(SdJwtProblem::Disclosure));
    assert_eq!(verify("no token"), Err(SdJwtProblem::Format));
}

/// What an issuer who means harm could sign (RFC 9901, section 7.1, step 3 and 4).
#[test]
fn tokens_whose_digests_are_not_as_they_should_be_are_refused() {
    let issuer = key();
    let claim = |name: &str, value: Value| base64(&json!(["salt", name, value]));
    let element = |value: Value| base64(&json!(["salt", value]));
    let verify = |claims: Value, disclosures: &[String]| {
        let token = sign(&json!({ "typ": "example+sd-jwt" }), &claims, &issuer).unwrap();
        let text = format!("{token}~{}", disclosures.iter().flat_map(|one| [one, "~"]).collect::<String>());
        SdJwt::parse(&text)
            .and_then(|parsed| parsed.verify(issuer.public_key()))
            .map(|seen| Value::Object(seen.claims().clone()))
    };
    let name = claim("name", json!("Dilys"));
    let digest = digest(&name);
    assert_eq!(
        verify(json!({ "_sd": [digest] }), std::slice::from_ref(&name)),
        Ok(json!({ "name": "Dilys" }))
    );
    let refused = |claims: Value, disclosures: &[String]| verify(claims, disclosures).unwrap_err();
    // The claim is there already, and is not to be overwritten.
    assert_eq!(
        refused(json!({ "name": "Ifor", "_sd": [digest] }), std::slice::from_ref(&name)),
        SdJwtProblem::Overwrites
    );
    // One digest in two places, with and without its disclosure.
    assert_eq!(refused(json!({ "_sd": [digest, digest] }), &[]), SdJwtProblem::Twice);
    assert_eq!(
        refused(json!({ "a": { "_sd": [digest] }, "_sd": [digest] }), std::slice::from_ref(&name)),
        SdJwtProblem::Twice
    );
    // A claim where an element belongs, and the other way round.
    assert_eq!(
        refused(json!({ "list": [{ "...": digest }] }), std::slice::from_ref(&name)),
        SdJwtProblem::Disclosure
    );
    let one = element(json!(1));
    assert_eq!(refused(json!({ "_sd": [self::digest(&one)] }), &[one]), SdJwtProblem::Disclosure);
    // Digests that are none, beside something else, or where none belong.
    assert_eq!(refused(json!({ "_sd": "x" }), &[]), SdJwtProblem::Digests);
    assert_eq!(refused(json!({ "_sd": [1] }), &[]), SdJwtProblem::Digests);
    assert_eq!(refused(json!({ "list": [{ "...": digest, "a": 1 }] }), &[]), SdJwtProblem::Digests);
    assert_eq!(refused(json!({ "list": [{ "...": 1 }] }), &[]), SdJwtProblem::Digests);
    assert_eq!(refused(json!({ "...": digest }), &[]), SdJwtProblem::Digests);
    // Hash functions that are not spoken.
    assert_eq!(refused(json!({ "_sd_alg": "md5" }), &[]), SdJwtProblem::Hash);
    assert_eq!(refused(json!({ "_sd_alg": 1 }), &[]), SdJwtProblem::Hash);
    // Reserved names behind a digest.
    assert_eq!(refused(json!({}), &[claim("_sd", json!([]))]), SdJwtProblem::Disclosure);
    assert_eq!(refused(json!({}), &[claim("...", json!(1))]), SdJwtProblem::Disclosure);
    // Claims in claims in claims.
    let mut deep = json!(1);
    for _ in 0..40 {
        deep = json!({ "in": deep });
    }
    assert_eq!(refused(json!({ "deep": deep }), &[]), SdJwtProblem::Depth);
    // And a chain of disclosures, each behind the digest of the one before.
    let mut chain = vec![claim("end", json!(1))];
    for _ in 0..40 {
        let inner = self::digest(chain.last().unwrap());
        chain.push(claim("next", json!({ "_sd": [inner] })));
    }
    assert_eq!(refused(json!({ "_sd": [self::digest(chain.last().unwrap())] }), &chain), SdJwtProblem::Depth);
}

#[test]
fn claims_that_cannot_be_concealed_are_refused() {
    let conceal = |claims_of: Value, steps: Value| {
        Concealed::new(claims(claims_of)).and_then(|all| all.conceal(&path(steps), &random())).map(|_| ())
    };
    assert_eq!(conceal(json!({ "a": 1 }), json!(["a"])), Ok(()));
    for nothing in [json!(["b"]), json!(["a", "b"]), json!(["a", null]), json!(["a", 0]), json!([0])] {
        assert_eq!(
            conceal(json!({ "a": 1 }), nothing.clone()),
            Err(ConcealProblem::NoSuchClaim(path(nothing)))
        );
    }
    assert_eq!(
        conceal(json!({ "a": [] }), json!(["a", null])),
        Err(ConcealProblem::NoSuchClaim(path(json!(["a", null]))))
    );
    for reserved in [json!({ "_sd": [] }), json!({ "a": { "...": 1 } }), json!({ "a": [{ "_sd_alg": "x" }] })]
    {
        assert_eq!(conceal(reserved, json!(["a"])), Err(ConcealProblem::Reserved));
    }
    let twice = Concealed::new(claims(json!({ "a": [1] })))
        .unwrap()
        .conceal(&path(json!(["a", 0])), &random())
        .unwrap();
    assert!(twice.conceal(&path(json!(["a", 0])), &random()).is_err());
}

#[test]
fn each_changed_byte_of_a_presentation_is_noticed() {
    let (issuer, holder) = (key(), key());
    let now = time("2026-11-29T08:00:00Z");
    let text = issued(&issuer, &holder).bind(ASKED, &holder, now).unwrap().to_string();
    for place in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let taken = SdJwt::parse(&changed)
            .and_then(|parsed| parsed.verify(issuer.public_key()))
            .and_then(|seen| Ok(seen.bound_to(ASKED, now)?));
        assert!(taken.is_err(), "the byte at {place} was changed and nobody noticed");
    }
}

fn base64(content: &Value) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(content.to_string())
}

fn digest(disclosure: &str) -> String {
    use base64::Engine as _;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, disclosure.as_bytes());
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref())
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-zé\"\\\\]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-d]", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every path that there is, what is inside before what is around it.
fn paths(value: &Value, here: &[Value], found: &mut Vec<Vec<Value>>) {
    let mut below = |step: Value, inner: &Value| {
        let path: Vec<_> = here.iter().cloned().chain([step]).collect();
        paths(inner, &path, found);
        found.push(path);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| below(name.clone().into(), inner)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(place, inner)| below(place.into(), inner));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_concealed_comes_back_when_all_is_disclosed(
        members in prop::collection::btree_map("[a-d]", json_value(), 0..4),
        chosen in prop::collection::vec(any::<bool>(), 64),
    ) {
        let original = Value::Object(members.into_iter().collect());
        let mut all = Vec::new();
        paths(&original, &[], &mut all);
        let random = random();
        let mut concealed = Concealed::new(original.as_object().unwrap().clone()).unwrap();
        for (steps, chosen) in all.into_iter().zip(chosen) {
            if chosen {
                concealed = concealed.conceal(&path(steps.into()), &random).unwrap();
            }
        }
        let issuer = key();
        let text = concealed.issue(&json!({}), &issuer, &random).unwrap().to_string();
        let seen = SdJwt::parse(&text).unwrap().verify(issuer.public_key()).unwrap();
        prop_assert_eq!(same(&Value::Object(seen.claims().clone())), same(&original));
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "[A-Za-z0-9_.~-]{0,300}") {
        if let Ok(parsed) = SdJwt::parse(&text) {
            let _ = parsed.verify(key().public_key());
        }
    }
}

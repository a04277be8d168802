//! An issuer and wallets that ask it, rightly and wrongly. Tests in `oid4vci_…` do what the module of that name in the OpenID
//! Foundation's conformance suite does.

use crate::authority::{Authority, Certified};
use crate::{key, random, time};
use jiff::Timestamp;
use openid4vc::issuer::{
    AttestationProblem, AttestationRules, AttestedWallet, AuthorizationRequest, AuthorizationServer,
    Bindings, CredentialConfiguration, CredentialError, CredentialRequest, CredentialResponse,
    DeferredRequest, DpopProblem, DpopProof, Encryption, Event, Grants, HttpRequest, IssuerMetadata, Nonces,
    Notification, OAuthError, Offer, ProofRules, Proofs, Requested, TokenRequest, TokenResponse,
    TransactionCode, well_known,
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

mod offers {
    use super::*;

    #[test]
    fn an_offer_is_fetched_and_says_how_to_come_to_a_token() {
        let code = TransactionCode {
            input_mode: "numeric".to_owned(),
            length: 6,
            description: "It was texted to you by Northfield Hospitals".to_owned(),
        };
        let offer = Offer {
            credential_issuer: ISSUER.to_owned(),
            credential_configuration_ids: vec!["fire-safety".to_owned()],
            grants: Grants { pre_authorized: Some(("c-1".to_owned(), Some(code))), authorization_code: None },
        };
        let written = serde_json::to_value(&offer).unwrap();
        let grant = &written["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
        assert_eq!(grant["pre-authorized_code"], "c-1");
        assert_eq!(grant["tx_code"]["length"], 6);
        assert_eq!(serde_json::from_value::<Offer>(written).unwrap(), offer);
        let link = Offer::link(
            "openid-credential-offer",
            &Url::parse("https://northfield.example/o/1?a=b").unwrap(),
        );
        assert_eq!(
            link,
            "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fnorthfield.example%2Fo%2F1%3Fa%3Db"
        );
        let by_signing_in = Grants { pre_authorized: None, authorization_code: Some("s-1".to_owned()) };
        assert_eq!(
            serde_json::to_value(&by_signing_in).unwrap(),
            json!({ "authorization_code": { "issuer_state": "s-1" } })
        );
    }
}

mod tokens {
    use super::*;

    const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

    #[test]
    fn the_code_of_an_offer_is_redeemed_with_the_persons_code() {
        // With what wallets of older drafts send beside it.
        let sent = [
            ("grant_type", PRE_AUTHORIZED),
            ("pre-authorized_code", "c-1"),
            ("tx_code", "493536"),
            ("user_pin", "493536"),
            ("resource", ISSUER),
        ];
        let request = TokenRequest::read(&fields(&sent)).unwrap();
        let TokenRequest::PreAuthorized { code, transaction_code, client_id } = &request else {
            panic!("{request:?}")
        };
        assert_eq!(
            (code.as_str(), transaction_code.as_deref(), client_id.as_deref()),
            ("c-1", Some("493536"), None)
        );
        assert!(request.check_transaction_code(true).is_ok());
        assert_eq!(request.check_transaction_code(false).unwrap_err().code, OAuthError::InvalidRequest);
        let without = TokenRequest::read(&fields(&sent[..2])).unwrap();
        assert!(without.check_transaction_code(false).is_ok());
        assert_eq!(without.check_transaction_code(true).unwrap_err().code, OAuthError::InvalidRequest);
    }

    #[test]
    fn what_is_no_request_for_a_token_is_refused() {
        let refused = |sent: &[(&str, &str)]| TokenRequest::read(&fields(sent)).unwrap_err().code;
        assert_eq!(refused(&[]), OAuthError::InvalidRequest);
        assert_eq!(refused(&[("grant_type", "password")]), OAuthError::UnsupportedGrantType);
        assert_eq!(refused(&[("grant_type", PRE_AUTHORIZED)]), OAuthError::InvalidRequest);
        assert_eq!(
            refused(&[("grant_type", PRE_AUTHORIZED), ("pre-authorized_code", "")]),
            OAuthError::InvalidRequest
        );
        assert_eq!(
            refused(&[("grant_type", "authorization_code"), ("code", "c"), ("redirect_uri", "w:/")]),
            OAuthError::InvalidRequest
        );
    }

    #[test]
    fn a_token_is_bound_or_not_and_names_its_data_where_asked() {
        let mut response = TokenResponse {
            access_token: "t-1".to_owned(),
            dpop: true,
            expires_in: 300,
            credential_identifiers: BTreeMap::new(),
        };
        assert_eq!(
            response.body(),
            json!({ "access_token": "t-1", "token_type": "DPoP", "expires_in": 300 })
        );
        response.dpop = false;
        response.credential_identifiers.insert("fire-safety".to_owned(), vec!["412".to_owned()]);
        let body = response.body();
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["authorization_details"][0]["credential_identifiers"][0], "412");
    }
}

mod authorization {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn pushed() -> BTreeMap<String, String> {
        fields(&[
            ("client_id", "wallet"),
            ("response_type", "code"),
            ("redirect_uri", "wallet.example:/back?x=1"),
            ("state", "s&1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("scope", "fire_safety hand_hygiene"),
            ("issuer_state", "i-1"),
        ])
    }

    #[test]
    fn a_person_is_sent_back_with_a_code_that_only_their_wallet_redeems() {
        let request = AuthorizationRequest::read(&pushed()).unwrap();
        assert_eq!(request.scopes.iter().collect::<Vec<_>>(), ["fire_safety", "hand_hygiene"]);
        assert_eq!(request.issuer_state.as_deref(), Some("i-1"));
        assert!(request.code_challenge.is_met_by(VERIFIER));
        assert!(!request.code_challenge.is_met_by(&VERIFIER.replace('d', "e")));
        assert!(!request.code_challenge.is_met_by("short"));
        let back = request.granted("c 1", ISSUER);
        assert_eq!(
            back.as_str(),
            "wallet.example:/back?x=1&code=c+1&state=s%261&iss=https%3A%2F%2Fnorthfield.example%2Fpassport"
        );
        assert!(request.refused(ISSUER).as_str().contains("error=access_denied&state=s%261&iss="));
    }

    #[test]
    fn credentials_are_asked_for_by_name_too() {
        let mut sent = pushed();
        sent.remove("scope");
        let read = |details: Value, sent: &BTreeMap<String, String>| {
            let mut sent = sent.clone();
            sent.insert("authorization_details".to_owned(), details.to_string());
            AuthorizationRequest::read(&sent).map(|request| request.configurations).map_err(|why| why.code)
        };
        let named = json!([{ "type": "openid_credential", "credential_configuration_id": "fire-safety", "locations": [ISSUER] }]);
        assert_eq!(read(named, &sent).unwrap().first().unwrap(), "fire-safety");
        assert_eq!(AuthorizationRequest::read(&sent).unwrap_err().code, OAuthError::InvalidScope);
        for wrong in
            [json!({}), json!([{ "type": "other" }]), json!([{ "type": "openid_credential" }]), json!([1])]
        {
            assert_eq!(read(wrong, &sent), Err(OAuthError::InvalidAuthorizationDetails));
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for (name, value) in [
            ("client_id", ""),
            ("response_type", "token"),
            ("redirect_uri", ""),
            ("redirect_uri", "no address"),
            ("redirect_uri", "https://w.example/#a"),
            ("redirect_uri", "javascript:alert(1)"),
            ("redirect_uri", "data:text/html,x"),
            ("code_challenge", "short"),
            ("code_challenge", ""),
            ("code_challenge_method", "plain"),
            ("request_uri", "urn:x"),
        ] {
            let mut sent = pushed();
            sent.insert(name.to_owned(), value.to_owned());
            assert_eq!(
                AuthorizationRequest::read(&sent).unwrap_err().code,
                OAuthError::InvalidRequest,
                "{name} {value}"
            );
        }
    }
}

mod dpop {
    use super::*;
    use openid4vc::jose::TokenProblem;

    fn proof(key: &Es256Key, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let mut header = json!({ "typ": "dpop+jwt", "jwk": key.public_key().to_jwk() });
        let mut claims = json!({
            "jti": "p-1", "htm": "POST", "htu": "https://northfield.example/token?x=1#y", "iat": time(NOW).as_second(), "nonce": "n-1",
        });
        change(&mut header, &mut claims);
        sign(&header, &claims, key).unwrap()
    }

    fn verify(proof: &str, access_token: Option<&str>, now: &str) -> Result<DpopProof, DpopProblem> {
        let url = Url::parse("https://northfield.example:443/token").unwrap();
        DpopProof::verify(
            proof,
            HttpRequest { method: "POST", url: &url, access_token },
            time(now),
            |nonce| nonce == "n-1",
        )
    }

    #[test]
    fn a_proof_is_for_one_request_of_one_key() {
        let key = key();
        let good = verify(&proof(&key, |_, _| {}), None, NOW).unwrap();
        assert_eq!(good.thumbprint(), key.public_key().thumbprint());
        assert_eq!((good.id.as_str(), good.kept_until), ("p-1", time("2026-11-29T08:01:00Z")));
        let refused =
            |change: fn(&mut Value, &mut Value)| verify(&proof(&key, change), None, NOW).unwrap_err();
        assert_eq!(refused(|_, claims| claims["htm"] = "GET".into()), DpopProblem::OtherRequest);
        assert_eq!(
            refused(|_, claims| claims["htu"] = "https://northfield.example/nonce".into()),
            DpopProblem::OtherRequest
        );
        assert_eq!(
            refused(|_, claims| claims["htu"] = "https://eastfield.example/token".into()),
            DpopProblem::OtherRequest
        );
        assert_eq!(refused(|_, claims| claims["nonce"] = "n-2".into()), DpopProblem::Nonce);
        assert_eq!(refused(|_, claims| claims["nonce"] = Value::Null), DpopProblem::Nonce);
        assert_eq!(refused(|_, claims| claims["jti"] = "".into()), DpopProblem::Time);
        assert_eq!(refused(|_, claims| claims["jti"] = "x".repeat(257).into()), DpopProblem::Time);
        assert_eq!(
            refused(|_, claims| claims["iat"] = Value::Null),
            DpopProblem::Token(TokenProblem::Claims)
        );
        assert_eq!(refused(|header, _| header["typ"] = "JWT".into()), DpopProblem::Token(TokenProblem::Type));
        assert_eq!(refused(|header, _| header["jwk"] = Value::Null), DpopProblem::Key);
        assert_eq!(refused(|header, _| header["jwk"]["d"] = "secret".into()), DpopProblem::Key);
        assert_eq!(
            refused(|header, _| header["jwk"] = crate::key().public_key().to_jwk()),
            DpopProblem::Token(TokenProblem::Signature)
        );
    }

    #[test]
    fn a_proof_is_new() {
        let key = key();
        let proof = proof(&key, |_, _| {});
        assert!(verify(&proof, None, "2026-11-29T08:01:00Z").is_ok());
        assert_eq!(verify(&proof, None, "2026-11-29T08:01:01Z").unwrap_err(), DpopProblem::Time);
        assert!(verify(&proof, None, "2026-11-29T07:59:00Z").is_ok());
        assert_eq!(verify(&proof, None, "2026-11-29T07:58:59Z").unwrap_err(), DpopProblem::Time);
    }

    #[test]
    fn beside_a_token_a_proof_is_for_that_token() {
        let key = key();
        // RFC 9449, section 7: the SHA-256 of the token's text.
        let bound =
            proof(&key, |_, claims| claims["ath"] = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo".into());
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        assert!(verify(&bound, Some(token), NOW).is_ok());
        assert_eq!(verify(&bound, Some("another"), NOW).unwrap_err(), DpopProblem::OtherToken);
        assert_eq!(verify(&bound, None, NOW).unwrap_err(), DpopProblem::OtherToken);
        assert_eq!(verify(&proof(&key, |_, _| {}), Some(token), NOW).unwrap_err(), DpopProblem::OtherToken);
    }
}

mod nonces {
    use super::*;

    #[test]
    fn a_number_lives_five_minutes_and_is_ours_alone() {
        let ours = Nonces::new(b"secret", "credential");
        let nonce = ours.issue(time(NOW), &random());
        assert!(ours.is_fresh(&nonce, time(NOW)));
        assert!(ours.is_fresh(&nonce, time("2026-11-29T08:05:00Z")));
        assert!(!ours.is_fresh(&nonce, time("2026-11-29T08:05:01Z")));
        assert!(ours.is_fresh(&nonce, time("2026-11-29T07:59:50Z")));
        assert!(!ours.is_fresh(&nonce, time("2026-11-29T07:59:49Z")));
        for other in [Nonces::new(b"secret", "dpop"), Nonces::new(b"another", "credential")] {
            assert!(!other.is_fresh(&nonce, time(NOW)));
        }
        assert!(Nonces::new(b"secret", "credential").is_fresh(&nonce, time(NOW)), "another node takes it");
        for nonsense in ["", "n", &nonce[1..], &nonce.replace(&nonce[5..6], "_")] {
            assert!(!ours.is_fresh(nonsense, time(NOW)));
        }
        let random = random();
        assert_ne!(ours.issue(time(NOW), &random), ours.issue(time(NOW), &random));
    }
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

mod oid4vci_1final_issuer {
    use super::*;

    #[test]
    fn happy_flow() {
        let key = key();
        let body = json!({ "credential_configuration_id": "fire-safety", "proofs": { "jwt": [proof(&key)] }, "unknown": 1 });
        let request =
            CredentialRequest::read("application/json; charset=utf-8", body.to_string().as_bytes(), PLAIN)
                .unwrap();
        assert_eq!(request.requested, Requested::Configuration("fire-safety".to_owned()));
        let bound = request.proofs.unwrap().verify(&rules(), time(NOW)).unwrap();
        assert_eq!(bound, Bindings { keys: vec![key.public_key().clone()], nonces: vec!["n-1".to_owned()] });
        let response = CredentialResponse::Issued {
            credentials: vec!["ey~".to_owned()],
            notification_id: Some("i-1".to_owned()),
        };
        let body = response.body(None, &random()).unwrap();
        assert_eq!((response.status(), body.media_type), (200, "application/json"));
        let content: Value = serde_json::from_str(&body.content).unwrap();
        assert_eq!(content, json!({ "credentials": [{ "credential": "ey~" }], "notification_id": "i-1" }));
    }

    #[test]
    fn batch() {
        let keys = [key(), key(), key()];
        let proofs: Vec<_> = keys.iter().map(proof).collect();
        let bound = bindings(json!({ "jwt": proofs }), &rules()).unwrap();
        assert_eq!(bound.keys, keys.each_ref().map(|key| key.public_key().clone()));
        assert_eq!(
            bindings(json!({ "jwt": [proofs[0], proofs[0]] }), &rules()),
            Err(CredentialError::InvalidProof)
        );
        let more: Vec<_> = (0..4).map(|_| proof(&key())).collect();
        assert_eq!(bindings(json!({ "jwt": more }), &rules()), Err(CredentialError::InvalidProof));
    }

    #[test]
    fn fail_on_invalid_nonce() {
        let old = proof_with(&key(), |_, claims| claims["nonce"] = "n-0".into());
        assert_eq!(bindings(json!({ "jwt": [old] }), &rules()), Err(CredentialError::InvalidNonce));
        let none = proof_with(&key(), |_, claims| claims["nonce"] = Value::Null);
        assert_eq!(bindings(json!({ "jwt": [none] }), &rules()), Err(CredentialError::InvalidProof));
    }

    #[test]
    fn fail_on_invalid_jwt_proof_signature() {
        let forged = proof_with(&key(), |header, _| header["jwk"] = crate::key().public_key().to_jwk());
        assert_eq!(bindings(json!({ "jwt": [forged] }), &rules()), Err(CredentialError::InvalidProof));
    }

    #[test]
    fn fail_on_missing_proof() {
        for nothing in [
            json!({}),
            json!({ "jwt": [] }),
            json!([]),
            json!({ "jwt": "x" }),
            json!({ "jwt": [1] }),
            json!({ "jwt": ["x"], "attestation": ["y"] }),
            json!({ "di_vp": [{}] }),
            json!({ "ldp": ["x"] }),
        ] {
            assert_eq!(bindings(nothing.clone(), &rules()), Err(CredentialError::InvalidProof), "{nothing}");
        }
        let body = json!({ "credential_configuration_id": "a", "proof": { "proof_type": "jwt", "jwt": proof(&key()) } });
        assert_eq!(read(&body).unwrap_err(), CredentialError::InvalidCredentialRequest);
    }

    #[test]
    fn fail_on_proofs_that_are_not_for_this() {
        let key = key();
        for change in [
            (|_, claims| claims["aud"] = "https://eastfield.example".into()) as fn(&mut Value, &mut Value),
            |_, claims| claims["aud"] = Value::Null,
            |_, claims| claims["iat"] = Value::Null,
            |_, claims| claims["iat"] = (time(NOW).as_second() - 301).into(),
            |_, claims| claims["iat"] = (time(NOW).as_second() + 301).into(),
            |_, claims| claims["iss"] = "wallet".into(),
            |header, _| header["typ"] = "JWT".into(),
            |header, _| header["kid"] = "0".into(),
            |header, _| header["jwk"] = json!("x"),
            |header, _| header["jwk"]["d"] = "secret".into(),
            |header, _| header["key_attestation"] = "x".into(),
            |header, _| drop(header.as_object_mut().unwrap().remove("jwk")),
        ] {
            let wrong = proof_with(&key, change);
            assert_eq!(bindings(json!({ "jwt": [wrong] }), &rules()), Err(CredentialError::InvalidProof));
        }
        let named = ProofRules { client_id: Some("wallet"), ..rules() };
        let by_name = proof_with(&key, |_, claims| claims["iss"] = "wallet".into());
        assert!(bindings(json!({ "jwt": [by_name] }), &named).is_ok());
    }

    #[test]
    fn a_key_in_a_certificate_is_bound_as_well() {
        let holder = Authority::itself("A phone");
        let by_certificate = proof_with(&holder.key, |header, _| {
            header.as_object_mut().unwrap().remove("jwk");
            header["x5c"] = holder.chain.to_header();
        });
        let bound = bindings(json!({ "jwt": [by_certificate] }), &rules()).unwrap();
        assert_eq!(bound.keys, [holder.key.public_key().clone()]);
    }

    #[test]
    fn fail_on_unknown_and_double_names() {
        assert_eq!(
            read(&json!({ "credential_identifier": "412" })).unwrap().requested,
            Requested::Identifier("412".to_owned())
        );
        for wrong in [
            json!({}),
            json!({ "credential_identifier": "a", "credential_configuration_id": "a" }),
            json!({ "credential_identifier": 1 }),
            json!([]),
        ] {
            assert_eq!(read(&wrong).unwrap_err(), CredentialError::InvalidCredentialRequest);
        }
        let form = CredentialRequest::read("application/x-www-form-urlencoded", b"{}", PLAIN);
        assert_eq!(form.unwrap_err().code, CredentialError::InvalidCredentialRequest);
    }

    #[test]
    fn deferred() {
        let read = |body: Value| {
            DeferredRequest::read("application/json", body.to_string().as_bytes(), PLAIN)
                .map_err(|why| why.code)
        };
        assert_eq!(read(json!({ "transaction_id": "t-1" })).unwrap().transaction_id, "t-1");
        assert_eq!(read(json!({})).unwrap_err(), CredentialError::InvalidCredentialRequest);
        let later = CredentialResponse::Deferred { transaction_id: "t-1".to_owned(), interval: 60 };
        assert_eq!(later.status(), 202);
        let content: Value = serde_json::from_str(&later.body(None, &random()).unwrap().content).unwrap();
        assert_eq!(content, json!({ "transaction_id": "t-1", "interval": 60 }));
    }

    #[test]
    fn encrypted() {
        let keys = [
            DecryptionKey::generate("new".to_owned()).unwrap(),
            DecryptionKey::generate("old".to_owned()).unwrap(),
        ];
        let rules = Encryption { keys: &keys, request_required: true, response_required: true };
        let wallet = DecryptionKey::generate("w".to_owned()).unwrap();
        let body = |encryption: Value| json!({ "credential_configuration_id": "a", "credential_response_encryption": encryption });
        let good = json!({ "jwk": wallet.to_jwk(), "enc": "A256GCM" });
        let send = |body: &Value, to: &DecryptionKey| {
            let to = Recipient::from_jwk(&to.to_jwk()).unwrap();
            let sent =
                to.encrypt(body.to_string().as_bytes(), ContentEncryption::A128Gcm, &random()).unwrap();
            CredentialRequest::read("application/jwt", sent.as_bytes(), rules)
        };
        for key in &keys {
            let request = send(&body(good.clone()), key).unwrap();
            let response =
                CredentialResponse::Issued { credentials: vec!["ey~".to_owned()], notification_id: None };
            let answer = response.body(request.response_encryption.as_ref(), &random()).unwrap();
            assert_eq!(answer.media_type, "application/jwt");
            let content: Value = serde_json::from_slice(&wallet.decrypt(&answer.content).unwrap()).unwrap();
            assert_eq!(content["credentials"][0]["credential"], "ey~");
        }
        let refused = |result: Result<CredentialRequest, _>| {
            result.map_err(|why: openid4vc::issuer::Refused<CredentialError>| why.code).unwrap_err()
        };
        let wrong = CredentialError::InvalidEncryptionParameters;
        let plain = body(good.clone()).to_string();
        assert_eq!(refused(CredentialRequest::read("application/json", plain.as_bytes(), rules)), wrong);
        assert_eq!(refused(CredentialRequest::read("application/jwt", plain.as_bytes(), rules)), wrong);
        assert_eq!(refused(send(&body(good.clone()), &wallet)), wrong);
        assert_eq!(refused(send(&json!({ "credential_configuration_id": "a" }), &keys[0])), wrong);
        // oid4vci-1final-issuer-fail-unsupported-encryption-algorithm
        for bad in [
            json!({ "jwk": wallet.to_jwk(), "enc": "A128CBC-HS256" }),
            json!({ "enc": "A256GCM" }),
            json!({ "jwk": { "kty": "RSA" }, "enc": "A256GCM" }),
            json!({ "jwk": wallet.to_jwk(), "enc": "A256GCM", "zip": "DEF" }),
        ] {
            assert_eq!(refused(send(&body(bad), &keys[0])), wrong);
        }
        // A key for the answer that somebody on the way could have put in.
        let lax = Encryption { request_required: false, response_required: false, ..rules };
        assert_eq!(refused(CredentialRequest::read("application/json", plain.as_bytes(), lax)), wrong);
    }

    #[test]
    fn notifications() {
        let read = |body: &str| Notification::read(body.as_bytes()).map_err(|why| why.code);
        let told = |event: &str| {
            read(&json!({ "notification_id": "i-1", "event": event, "event_description": "x" }).to_string())
        };
        assert_eq!(
            told("credential_accepted"),
            Ok(Notification { notification_id: "i-1".to_owned(), event: Event::Accepted })
        );
        assert_eq!(told("credential_deleted").unwrap().event, Event::Deleted);
        assert_eq!(told("credential_failure").unwrap().event, Event::Failure);
        for wrong in [
            "",
            "[]",
            "{}",
            "{\"event\":\"credential_accepted\"}",
            "{\"notification_id\":\"i\",\"event\":\"Credential_Accepted\"}",
        ] {
            assert_eq!(read(wrong), Err(CredentialError::InvalidNotificationRequest));
        }
    }
}

mod attestations {
    use super::*;

    struct Maker {
        anchors: TrustAnchors,
        signer: Certified,
    }

    impl Maker {
        fn new() -> Self {
            let authority = Authority::new("A maker of wallets");
            Self { anchors: authority.anchors(), signer: authority.certifies("wallets.example") }
        }

        fn signs(&self, typ: &str, claims: &Value) -> String {
            sign(&json!({ "typ": typ, "x5c": self.signer.chain.to_header() }), claims, &self.signer.key)
                .unwrap()
        }

        fn keys(&self, keys: &[&Es256Key], change: impl FnOnce(&mut Value)) -> String {
            let keys: Vec<_> = keys.iter().map(|key| key.public_key().to_jwk()).collect();
            let mut claims = json!({
                "iat": time(NOW).as_second(), "exp": time(NOW).as_second() + 60, "attested_keys": keys,
                "key_storage": ["iso_18045_high"], "user_authentication": ["iso_18045_moderate"], "nonce": "n-1",
            });
            change(&mut claims);
            self.signs("key-attestation+jwt", &claims)
        }
    }

    #[test]
    fn keys_are_bound_that_their_maker_vouches_for() {
        let maker = Maker::new();
        let high = ["iso_18045_high".to_owned()];
        let attested_by =
            Some(AttestationRules { makers: &maker.anchors, key_storage: &high, user_authentication: &[] });
        let rules = ProofRules { attested_by, ..rules() };
        let (one, other) = (key(), key());
        let attestation = maker.keys(&[&one, &other], |_| {});
        // Without any proof of the keys, and with one of the first, by itself or by its place.
        let bound = bindings(json!({ "attestation": [attestation] }), &rules).unwrap();
        assert_eq!(bound.keys, [one.public_key().clone(), other.public_key().clone()]);
        let by_key = proof_with(&one, |header, _| header["key_attestation"] = attestation.clone().into());
        assert_eq!(bindings(json!({ "jwt": [by_key] }), &rules).unwrap().keys, bound.keys);
        let by_place = |place: &str, key: &Es256Key| {
            proof_with(key, |header, _| {
                header.as_object_mut().unwrap().remove("jwk");
                header["kid"] = place.into();
                header["key_attestation"] = attestation.clone().into();
            })
        };
        assert_eq!(bindings(json!({ "jwt": [by_place("1", &other)] }), &rules).unwrap().keys, bound.keys);
        for wrong in [by_place("2", &other), by_place("0", &other), by_place("x", &other)] {
            assert_eq!(bindings(json!({ "jwt": [wrong] }), &rules), Err(CredentialError::InvalidProof));
        }
        // A key that nobody vouches for, and none at all.
        let stranger = proof_with(&key(), |header, _| header["key_attestation"] = attestation.clone().into());
        for wrong in [stranger, proof(&one)] {
            assert_eq!(bindings(json!({ "jwt": [wrong] }), &rules), Err(CredentialError::InvalidProof));
        }
        let told = rules.metadata();
        assert_eq!(told["jwt"]["key_attestations_required"], json!({ "key_storage": ["iso_18045_high"] }));
        assert!(told.get("attestation").is_some());
    }

    #[test]
    fn fail_on_key_attestations_that_do_not_count() {
        let (maker, stranger) = (Maker::new(), Maker::new());
        let high = ["iso_18045_high".to_owned()];
        let attested_by =
            Some(AttestationRules { makers: &maker.anchors, key_storage: &high, user_authentication: &high });
        let strict = ProofRules { attested_by, ..rules() };
        let lax = ProofRules {
            attested_by: Some(AttestationRules {
                makers: &maker.anchors,
                key_storage: &[],
                user_authentication: &[],
            }),
            ..rules()
        };
        let one = key();
        let refused = |attestation: String, rules: &ProofRules<'_>| {
            bindings(json!({ "attestation": [attestation] }), rules).unwrap_err()
        };
        let wrong = CredentialError::InvalidProof;
        assert!(bindings(json!({ "attestation": [maker.keys(&[&one], |_| {})] }), &lax).is_ok());
        assert_eq!(
            refused(maker.keys(&[&one], |_| {}), &strict),
            wrong,
            "the person is not asked well enough"
        );
        assert_eq!(refused(stranger.keys(&[&one], |_| {}), &lax), wrong);
        assert_eq!(
            refused(maker.keys(&[&one], |claims| claims["exp"] = time(NOW).as_second().into()), &lax),
            wrong
        );
        assert_eq!(
            refused(maker.keys(&[&one], |claims| claims["iat"] = (time(NOW).as_second() + 61).into()), &lax),
            wrong
        );
        assert_eq!(refused(maker.keys(&[], |_| {}), &lax), wrong);
        assert_eq!(refused(maker.keys(&[&one, &one], |_| {}), &lax), wrong);
        assert_eq!(refused(maker.keys(&[&one], |claims| claims["nonce"] = Value::Null), &lax), wrong);
        assert_eq!(
            refused(maker.keys(&[&one], |claims| claims["nonce"] = "n-0".into()), &lax),
            CredentialError::InvalidNonce
        );
        assert_eq!(
            refused(
                maker.signs("JWT", &json!({ "iat": 0, "attested_keys": [one.public_key().to_jwk()] })),
                &lax
            ),
            wrong
        );
        assert_eq!(refused(maker.keys(&[&one], |_| {}), &rules()), wrong, "nobody's word is asked for");
        let before = maker.signs("keyattestation+jwt", &json!({ "iat": time(NOW).as_second(), "attested_keys": [one.public_key().to_jwk()], "nonce": "n-1" }));
        assert!(bindings(json!({ "attestation": [before] }), &lax).is_ok());
    }

    struct Wallet {
        maker: Maker,
        key: Es256Key,
    }

    impl Wallet {
        fn attestation(&self, change: impl FnOnce(&mut Value)) -> String {
            let mut claims = json!({ "sub": "wallet", "exp": time(NOW).as_second() + 60, "cnf": { "jwk": self.key.public_key().to_jwk() } });
            change(&mut claims);
            self.maker.signs("oauth-client-attestation+jwt", &claims)
        }

        fn proof(&self, change: impl FnOnce(&mut Value)) -> String {
            let mut claims = json!({ "iss": "wallet", "aud": ISSUER, "jti": "p-1", "iat": time(NOW).as_second(), "challenge": "c-1" });
            change(&mut claims);
            sign(&json!({ "typ": "oauth-client-attestation-pop+jwt" }), &claims, &self.key).unwrap()
        }

        fn verify(
            &self,
            attestation: &str,
            proof: &str,
            client_id: Option<&str>,
        ) -> Result<AttestedWallet, AttestationProblem> {
            AttestedWallet::verify(
                attestation,
                proof,
                &self.maker.anchors,
                ISSUER,
                client_id,
                time(NOW),
                |challenge| challenge == "c-1",
            )
        }
    }

    #[test]
    fn a_wallet_is_one_that_its_maker_vouches_for() {
        let wallet = Wallet { maker: Maker::new(), key: key() };
        let (attestation, proof) = (wallet.attestation(|_| {}), wallet.proof(|_| {}));
        let known = AttestedWallet { client_id: "wallet".to_owned(), proof_id: "p-1".to_owned() };
        assert_eq!(wallet.verify(&attestation, &proof, Some("wallet")), Ok(known.clone()));
        assert_eq!(wallet.verify(&attestation, &proof, None), Ok(known));
        // client attestation: signature, exp, sub; proof: signature, aud, time, challenge, key.
        let other = Wallet { maker: Maker::new(), key: key() };
        assert!(matches!(
            wallet.verify(&other.attestation(|_| {}), &proof, None),
            Err(AttestationProblem::Chain(_))
        ));
        assert!(matches!(
            wallet.verify(&attestation, &other.proof(|_| {}), None),
            Err(AttestationProblem::Token(_))
        ));
        assert_eq!(wallet.verify(&attestation, &proof, Some("other")), Err(AttestationProblem::Client));
        let attested =
            |change: fn(&mut Value)| wallet.verify(&wallet.attestation(change), &proof, None).unwrap_err();
        assert_eq!(attested(|claims| claims["exp"] = time(NOW).as_second().into()), AttestationProblem::Time);
        assert_eq!(
            attested(|claims| claims["nbf"] = (time(NOW).as_second() + 61).into()),
            AttestationProblem::Time
        );
        assert!(matches!(attested(|claims| claims["sub"] = Value::Null), AttestationProblem::Token(_)));
        assert_eq!(attested(|claims| claims["cnf"]["jwk"] = json!({})), AttestationProblem::Key);
        let proved =
            |change: fn(&mut Value)| wallet.verify(&attestation, &wallet.proof(change), None).unwrap_err();
        assert_eq!(
            proved(|claims| claims["aud"] = "https://eastfield.example".into()),
            AttestationProblem::Audience
        );
        assert_eq!(
            proved(|claims| claims["iat"] = (time(NOW).as_second() - 61).into()),
            AttestationProblem::Time
        );
        assert_eq!(proved(|claims| claims["challenge"] = "c-0".into()), AttestationProblem::Challenge);
        assert_eq!(proved(|claims| claims["challenge"] = Value::Null), AttestationProblem::Challenge);
        assert_eq!(proved(|claims| claims["iss"] = "other".into()), AttestationProblem::Client);
    }
}

mod metadata {
    use super::*;

    fn issuer<'a>(keys: &'a [DecryptionKey], batch: usize) -> IssuerMetadata<'a> {
        IssuerMetadata {
            issuer: ISSUER,
            name: "Northfield Hospitals",
            credential_endpoint: "https://northfield.example/passport/credential",
            nonce_endpoint: "https://northfield.example/passport/nonce",
            deferred_endpoint: "https://northfield.example/passport/deferred",
            notification_endpoint: "https://northfield.example/passport/notification",
            encryption: Encryption { keys, request_required: false, response_required: false },
            batch,
            configurations: BTreeMap::from([(
                "fire-safety".to_owned(),
                CredentialConfiguration {
                    kind: "https://northfield.example/credentials/fire-safety".to_owned(),
                    scope: "fire_safety".to_owned(),
                    proof_types: rules().metadata(),
                    display: json!({ "display": [{ "name": "Fire safety" }] }),
                },
            )]),
        }
    }

    #[test]
    fn metadata_say_what_is_offered() {
        let told = issuer(&[], 1).to_json();
        assert_eq!(told["credential_issuer"], ISSUER);
        let configuration = &told["credential_configurations_supported"]["fire-safety"];
        assert_eq!(configuration["format"], "dc+sd-jwt");
        assert_eq!(
            configuration["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"][0],
            "ES256"
        );
        assert!(configuration["proof_types_supported"]["jwt"].get("key_attestations_required").is_none());
        for absent in [
            "batch_credential_issuance",
            "credential_request_encryption",
            "credential_response_encryption",
            "authorization_servers",
        ] {
            assert!(told.get(absent).is_none(), "{absent}");
        }
        let keys = [DecryptionKey::generate("1".to_owned()).unwrap()];
        let told = issuer(&keys, 10).to_json();
        assert_eq!(told["batch_credential_issuance"]["batch_size"], 10);
        assert_eq!(told["credential_request_encryption"]["jwks"]["keys"][0]["kid"], "1");
        assert_eq!(told["credential_response_encryption"]["alg_values_supported"], json!(["ECDH-ES"]));
    }

    #[test]
    fn metadata_signed() {
        let authority = Authority::new("Northfield Hospitals");
        let signer = authority.certifies("northfield.example");
        let signed = issuer(&[], 1).signed(&signer.chain, &signer.key, time(NOW)).unwrap();
        let token = Unverified::parse(&signed).unwrap();
        let key =
            CertificateChain::of(token.header()).unwrap().verify(&authority.anchors(), time(NOW)).unwrap();
        let verified = token.verify(&key).unwrap().of_type("openidvci-issuer-metadata+jwt").unwrap();
        assert_eq!(verified.claims()["sub"], ISSUER);
        assert_eq!(verified.claims()["iat"], time(NOW).as_second());
    }

    #[test]
    fn metadata_are_found_at_both_addresses() {
        let of = |issuer: &str| {
            well_known(&Url::parse(issuer).unwrap(), "openid-credential-issuer").map(String::from)
        };
        assert_eq!(
            of("https://h.example/t1"),
            [
                "https://h.example/.well-known/openid-credential-issuer/t1",
                "https://h.example/t1/.well-known/openid-credential-issuer"
            ]
        );
        assert_eq!(of("https://h.example"), ["https://h.example/.well-known/openid-credential-issuer"; 2]);
    }

    #[test]
    fn the_profile_takes_no_codes_of_offers() {
        let server = |haip| {
            AuthorizationServer {
                issuer: ISSUER,
                token_endpoint: "t",
                authorization_endpoint: "a",
                par_endpoint: "p",
                challenge_endpoint: "c",
                haip,
            }
            .to_json()
        };
        assert_eq!(server(true)["grant_types_supported"], json!(["authorization_code"]));
        assert_eq!(server(true)["token_endpoint_auth_methods_supported"], json!(["attest_jwt_client_auth"]));
        assert_eq!(server(false)["pre-authorized_grant_anonymous_access_supported"], true);
        assert_eq!(server(false)["code_challenge_methods_supported"], json!(["S256"]));
    }
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

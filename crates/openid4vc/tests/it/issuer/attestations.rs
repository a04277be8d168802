use super::*;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openid4vc::jose::TokenProblem;

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
        sign(&json!({ "typ": typ, "x5c": self.signer.chain.to_header() }), claims, &self.signer.key).unwrap()
    }

    /// The same below the maker's certificate, signed by somebody else.
    fn forges(&self, typ: &str, claims: &Value) -> String {
        sign(&json!({ "typ": typ, "x5c": self.signer.chain.to_header() }), claims, &key()).unwrap()
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

/// The token with one byte of its signature changed.
fn with_a_byte_changed(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    signature[20] ^= 1;
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
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
fn key_attestations_that_do_not_count_are_refused() {
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
    assert_eq!(refused(maker.keys(&[&one], |_| {}), &strict), wrong, "the person is not asked well enough");
    assert_eq!(refused(stranger.keys(&[&one], |_| {}), &lax), wrong);
    // Below the certificate of a maker who is trusted, signed by another key; and one byte of the signature changed.
    let said =
        json!({ "iat": time(NOW).as_second(), "attested_keys": [one.public_key().to_jwk()], "nonce": "n-1" });
    assert!(
        bindings(json!({ "attestation": [maker.signs("key-attestation+jwt", &said)] }), &lax).is_ok(),
        "signed by the maker it counts"
    );
    assert_eq!(refused(maker.forges("key-attestation+jwt", &said), &lax), wrong);
    assert_eq!(refused(with_a_byte_changed(&maker.keys(&[&one], |_| {})), &lax), wrong);
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
        refused(maker.signs("JWT", &json!({ "iat": 0, "attested_keys": [one.public_key().to_jwk()] })), &lax),
        wrong
    );
    assert_eq!(refused(maker.keys(&[&one], |_| {}), &rules()), wrong, "nobody's word is asked for");
    // Beside a proof it has an end of its own (appendix D.1); alone the nonce makes it a new one.
    let endless = maker.keys(&[&one], |claims| {
        claims.as_object_mut().unwrap().remove("exp");
    });
    let beside = proof_with(&one, |header, _| header["key_attestation"] = endless.clone().into());
    assert_eq!(bindings(json!({ "jwt": [beside] }), &lax), Err(wrong));
    assert!(bindings(json!({ "attestation": [endless] }), &lax).is_ok());
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
    // Below the certificate of a maker who is trusted, signed by another key; and one byte of a signature changed.
    let said = json!({ "sub": "wallet", "exp": time(NOW).as_second() + 60, "cnf": { "jwk": wallet.key.public_key().to_jwk() } });
    let forged = wallet.maker.forges("oauth-client-attestation+jwt", &said);
    let forgery = Err(AttestationProblem::Token(TokenProblem::Signature));
    assert_eq!(wallet.verify(&forged, &proof, None), forgery);
    assert_eq!(wallet.verify(&with_a_byte_changed(&attestation), &proof, None), forgery);
    assert_eq!(wallet.verify(&attestation, &with_a_byte_changed(&proof), None), forgery);
    assert_eq!(wallet.verify(&attestation, &other.proof(|_| {}), None), forgery);
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

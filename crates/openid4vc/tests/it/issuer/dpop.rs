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
    DpopProof::verify(proof, HttpRequest { method: "POST", url: &url, access_token }, time(now), |nonce| {
        nonce == "n-1"
    })
}

#[test]
fn a_proof_is_for_one_request_of_one_key() {
    let key = key();
    let good = verify(&proof(&key, |_, _| {}), None, NOW).unwrap();
    assert_eq!(good.thumbprint(), key.public_key().thumbprint());
    assert_eq!((good.id.as_str(), good.kept_until), ("p-1", time("2026-11-29T08:01:00Z")));
    let refused = |change: fn(&mut Value, &mut Value)| verify(&proof(&key, change), None, NOW).unwrap_err();
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
    assert_eq!(refused(|_, claims| claims["iat"] = Value::Null), DpopProblem::Token(TokenProblem::Claims));
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
    let bound = proof(&key, |_, claims| claims["ath"] = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo".into());
    let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    assert!(verify(&bound, Some(token), NOW).is_ok());
    assert_eq!(verify(&bound, Some("another"), NOW).unwrap_err(), DpopProblem::OtherToken);
    assert_eq!(verify(&bound, None, NOW).unwrap_err(), DpopProblem::OtherToken);
    assert_eq!(verify(&proof(&key, |_, _| {}), Some(token), NOW).unwrap_err(), DpopProblem::OtherToken);
}

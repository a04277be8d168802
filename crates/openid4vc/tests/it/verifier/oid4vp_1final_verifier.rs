//! What the wallet of the conformance suite gets wrong, one at a time.

use super::*;

fn refused(change: impl FnOnce(&Bed, &Request) -> String) -> VerifyProblem {
    let bed = Bed::new();
    let request = bed.request(access_key());
    let presentation = change(&bed, &request);
    bed.verify(&request, &json!({ "key": [presentation] })).unwrap_err()
}

fn bound(bed: &Bed, audience: &str, nonce: &str, at: Timestamp) -> String {
    bed.credential(ACCESS_KEY).bind(Binding { audience, nonce }, &bed.holder, at).unwrap().to_string()
}

const fn binding(problem: BindingProblem) -> VerifyProblem {
    VerifyProblem::SdJwt(SdJwtProblem::Binding(problem))
}

#[test]
fn invalid_kb_jwt_signature() {
    let problem = refused(|bed, request| {
        let other = key();
        let audience = request.client_id.to_string();
        let asked = Binding { audience: &audience, nonce: &request.nonce };
        bed.credential(ACCESS_KEY).bind(asked, &other, time(NOW)).unwrap().to_string()
    });
    assert_eq!(problem, binding(BindingProblem::Token(TokenProblem::Signature)));
}

#[test]
fn invalid_credential_signature() {
    let problem = refused(|bed, request| {
        let forger = Certified { key: key(), chain: bed.issuer.chain.clone() };
        bed.answers(request, &bed.issued(ACCESS_KEY, &forger, &bed.issuer.chain)).to_string()
    });
    assert_eq!(problem, VerifyProblem::SdJwt(SdJwtProblem::Token(TokenProblem::Signature)));
}

#[test]
fn invalid_sd_hash() {
    let problem = refused(|bed, request| {
        let all = bed.answers(request, &bed.credential(ACCESS_KEY));
        let first = all.disclosures()[0].encoded();
        all.to_string().replace(&format!("{first}~"), "")
    });
    assert_eq!(problem, binding(BindingProblem::Changed));
}

#[test]
fn invalid_kb_jwt_nonce() {
    let problem = refused(|bed, request| bound(bed, &request.client_id.to_string(), "another", time(NOW)));
    assert_eq!(problem, binding(BindingProblem::Nonce));
}

#[test]
fn invalid_kb_jwt_aud() {
    let problem = refused(|bed, request| bound(bed, "x509_hash:somebody-else", &request.nonce, time(NOW)));
    assert_eq!(problem, binding(BindingProblem::Audience));
    // The name without its prefix is another one (section 14.8).
    let bare = refused(|bed, request| bound(bed, &bed.verifier.chain.hash(), &request.nonce, time(NOW)));
    assert_eq!(bare, binding(BindingProblem::Audience));
}

#[test]
fn kb_jwt_iat_in_past() {
    let a_year_ago = time("2025-11-29T08:00:00Z");
    let problem =
        refused(|bed, request| bound(bed, &request.client_id.to_string(), &request.nonce, a_year_ago));
    assert_eq!(problem, binding(BindingProblem::Time));
}

#[test]
fn kb_jwt_iat_in_future() {
    let in_a_year = time("2027-11-29T08:00:00Z");
    let problem =
        refused(|bed, request| bound(bed, &request.client_id.to_string(), &request.nonce, in_a_year));
    assert_eq!(problem, binding(BindingProblem::Time));
}

#[test]
fn without_a_holders_signature() {
    let problem = refused(|bed, _| bed.credential(ACCESS_KEY).to_string());
    assert_eq!(problem, binding(BindingProblem::Missing));
}

#[test]
fn minimal_cnf_jwk() {
    // The holder's key has its numbers and nothing else: that is what we issue, and what must be enough.
    let bed = Bed::new();
    let token = bed.credential(ACCESS_KEY);
    let cnf = token.issuer_token().unwrap().unverified_claim("cnf").unwrap().clone();
    let members: Vec<_> = cnf["jwk"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["crv", "kty", "x", "y"]);
    let request = bed.request(access_key());
    assert!(bed.verify(&request, &json!({ "key": [bed.answers(&request, &token).to_string()] })).is_ok());
}

//! What a wallet can get wrong, one thing at a time.

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
fn a_binding_that_another_key_signed_is_refused() {
    let problem = refused(|bed, request| {
        let other = key();
        let audience = request.client_id.to_string();
        let asked = Binding { audience: &audience, nonce: &request.nonce };
        bed.credential(ACCESS_KEY).bind(asked, &other, time(NOW)).unwrap().to_string()
    });
    assert_eq!(problem, binding(BindingProblem::Token(TokenProblem::Signature)));
}

#[test]
fn a_credential_that_another_key_signed_is_refused() {
    let problem = refused(|bed, request| {
        let forger = Certified { key: key(), chain: bed.issuer.chain.clone() };
        bed.answers(request, &bed.issued(ACCESS_KEY, &forger, &bed.issuer.chain)).to_string()
    });
    assert_eq!(problem, VerifyProblem::SdJwt(SdJwtProblem::Token(TokenProblem::Signature)));
}

#[test]
fn a_binding_to_other_disclosures_is_refused() {
    let problem = refused(|bed, request| {
        let all = bed.answers(request, &bed.credential(ACCESS_KEY));
        let first = all.disclosures()[0].encoded();
        all.to_string().replace(&format!("{first}~"), "")
    });
    assert_eq!(problem, binding(BindingProblem::Changed));
}

#[test]
fn a_binding_with_another_number_is_refused() {
    let problem = refused(|bed, request| bound(bed, &request.client_id.to_string(), "another", time(NOW)));
    assert_eq!(problem, binding(BindingProblem::Nonce));
}

#[test]
fn a_binding_for_another_verifier_is_refused() {
    let problem = refused(|bed, request| bound(bed, "x509_hash:somebody-else", &request.nonce, time(NOW)));
    assert_eq!(problem, binding(BindingProblem::Audience));
    // The name without its prefix is another one (section 14.8).
    let bare = refused(|bed, request| bound(bed, &bed.verifier.chain.hash(), &request.nonce, time(NOW)));
    assert_eq!(bare, binding(BindingProblem::Audience));
}

#[test]
fn a_binding_of_a_year_ago_is_refused() {
    let a_year_ago = time("2025-11-29T08:00:00Z");
    let problem =
        refused(|bed, request| bound(bed, &request.client_id.to_string(), &request.nonce, a_year_ago));
    assert_eq!(problem, binding(BindingProblem::Time));
}

#[test]
fn a_binding_of_the_next_year_is_refused() {
    let in_a_year = time("2027-11-29T08:00:00Z");
    let problem =
        refused(|bed, request| bound(bed, &request.client_id.to_string(), &request.nonce, in_a_year));
    assert_eq!(problem, binding(BindingProblem::Time));
}

#[test]
fn a_credential_without_a_binding_is_refused() {
    let problem = refused(|bed, _| bed.credential(ACCESS_KEY).to_string());
    assert_eq!(problem, binding(BindingProblem::Missing));
}

#[test]
fn a_key_of_its_numbers_alone_is_enough() {
    // The holder's key has its numbers and nothing else: that is what we issue, and what must be enough.
    let bed = Bed::new();
    let token = bed.credential(ACCESS_KEY);
    let cnf = token.issuer_token().unwrap().unverified_claim("cnf").unwrap().clone();
    let members: Vec<_> = cnf["jwk"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["crv", "kty", "x", "y"]);
    let request = bed.request(access_key());
    assert!(bed.verify(&request, &json!({ "key": [bed.answers(&request, &token).to_string()] })).is_ok());
}

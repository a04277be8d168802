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
        ("dpop_jkt", CHALLENGE),
        ("response_mode", "query"),
    ])
}

#[test]
fn a_person_is_sent_back_with_a_code_that_only_their_wallet_redeems() {
    let request = AuthorizationRequest::read(&pushed()).unwrap();
    assert_eq!(request.scopes.iter().collect::<Vec<_>>(), ["fire_safety", "hand_hygiene"]);
    assert_eq!(request.issuer_state.as_deref(), Some("i-1"));
    assert_eq!(request.dpop_thumbprint.as_deref(), Some(CHALLENGE));
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
        ("request", "e30.e30."),
        ("response_mode", "fragment"),
        ("dpop_jkt", "t-1"),
        ("dpop_jkt", &CHALLENGE[1..]),
        ("dpop_jkt", format!("{CHALLENGE}A").as_str()),
        ("dpop_jkt", CHALLENGE.replace('-', "+").as_str()),
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

#[test]
fn no_more_of_a_field_is_taken_than_a_wallet_needs() {
    for (name, most) in [
        ("client_id", 512),
        ("redirect_uri", 2_048),
        ("state", 2_048),
        ("scope", 2_048),
        ("issuer_state", 512),
        ("authorization_details", 16_384),
    ] {
        let mut sent = pushed();
        let begins = match name {
            "redirect_uri" => "https://wallet.example/",
            "authorization_details" => "[]",
            _ => "s",
        };
        let filler = if name == "authorization_details" { " " } else { "s" };
        let fill = |length: usize| format!("{begins}{}", filler.repeat(length - begins.len()));
        sent.insert(name.to_owned(), fill(most));
        assert!(AuthorizationRequest::read(&sent).is_ok(), "{name}");
        sent.insert(name.to_owned(), fill(most + 1));
        assert_eq!(AuthorizationRequest::read(&sent).unwrap_err().code, OAuthError::InvalidRequest, "{name}");
    }
}

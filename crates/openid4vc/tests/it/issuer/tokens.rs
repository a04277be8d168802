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
    assert_eq!(response.body(), json!({ "access_token": "t-1", "token_type": "DPoP", "expires_in": 300 }));
    response.dpop = false;
    response.credential_identifiers.insert("fire-safety".to_owned(), vec!["412".to_owned()]);
    let body = response.body();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["authorization_details"][0]["credential_identifiers"][0], "412");
}

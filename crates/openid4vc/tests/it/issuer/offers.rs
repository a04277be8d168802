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
    let link =
        Offer::link("openid-credential-offer", &Url::parse("https://northfield.example/o/1?a=b").unwrap());
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

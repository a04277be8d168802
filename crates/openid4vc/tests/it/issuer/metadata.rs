use super::*;

fn issuer(keys: &[DecryptionKey], batch: usize) -> IssuerMetadata<'_> {
    IssuerMetadata {
        issuer: ISSUER,
        name: "Northfield Hospitals",
        credential_endpoint: "https://northfield.example/passport/credential",
        nonce_endpoint: "https://northfield.example/passport/nonce",
        deferred_endpoint: Some("https://northfield.example/passport/deferred"),
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
    let certified = authority.certifies("northfield.example");
    let signed = issuer(&[], 1).signed(&certified.chain, &certified.key, time(NOW)).unwrap();
    let token = Unverified::parse(&signed).unwrap();
    let key = CertificateChain::of(token.header()).unwrap().verify(&authority.anchors(), time(NOW)).unwrap();
    let verified = token.verify(&key).unwrap().of_type("openidvci-issuer-metadata+jwt").unwrap();
    assert_eq!(verified.claims()["sub"], ISSUER);
    assert_eq!(verified.claims()["iat"], time(NOW).as_second());
}

#[test]
fn metadata_are_found_at_both_addresses() {
    let of =
        |issuer: &str| well_known(&Url::parse(issuer).unwrap(), "openid-credential-issuer").map(String::from);
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
            authorization: Some(AuthorizationEndpoints { authorize: "a", push: "p" }),
            challenge_endpoint: Some("c"),
            haip,
        }
        .to_json()
    };
    assert_eq!(server(true)["grant_types_supported"], json!(["authorization_code"]));
    assert_eq!(server(true)["token_endpoint_auth_methods_supported"], json!(["attest_jwt_client_auth"]));
    assert_eq!(server(false)["pre-authorized_grant_anonymous_access_supported"], true);
    assert_eq!(server(false)["code_challenge_methods_supported"], json!(["S256"]));
}

#[test]
fn what_is_not_offered_is_not_told() {
    let server = AuthorizationServer {
        issuer: ISSUER,
        token_endpoint: "t",
        authorization: None,
        challenge_endpoint: None,
        haip: false,
    };
    let told = server.to_json();
    assert_eq!(
        told["grant_types_supported"],
        json!(["urn:ietf:params:oauth:grant-type:pre-authorized_code"])
    );
    assert_eq!(told["token_endpoint_auth_methods_supported"], json!(["none"]));
    for absent in ["authorization_endpoint", "pushed_authorization_request_endpoint", "challenge_endpoint"] {
        assert!(told.get(absent).is_none(), "{absent}");
    }
    let silent = IssuerMetadata { deferred_endpoint: None, ..issuer(&[], 1) };
    assert!(silent.to_json().get("deferred_credential_endpoint").is_none());
}

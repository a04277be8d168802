use super::*;

#[test]
fn a_request_with_a_proof_binds_its_key_and_is_answered() {
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
fn each_of_several_proofs_binds_a_key_once() {
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
fn a_proof_for_another_number_binds_nothing() {
    let old = proof_with(&key(), |_, claims| claims["nonce"] = "n-0".into());
    assert_eq!(bindings(json!({ "jwt": [old] }), &rules()), Err(CredentialError::InvalidNonce));
    let none = proof_with(&key(), |_, claims| claims["nonce"] = Value::Null);
    assert_eq!(bindings(json!({ "jwt": [none] }), &rules()), Err(CredentialError::InvalidProof));
}

#[test]
fn a_proof_that_another_key_signed_binds_nothing() {
    let forged = proof_with(&key(), |header, _| header["jwk"] = crate::key().public_key().to_jwk());
    assert_eq!(bindings(json!({ "jwt": [forged] }), &rules()), Err(CredentialError::InvalidProof));
}

#[test]
fn without_a_proof_nothing_is_bound() {
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
    let body =
        json!({ "credential_configuration_id": "a", "proof": { "proof_type": "jwt", "jwt": proof(&key()) } });
    assert_eq!(read(&body).unwrap_err(), CredentialError::InvalidCredentialRequest);
}

#[test]
fn proofs_that_are_not_for_this_bind_nothing() {
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
fn what_is_asked_for_has_one_name() {
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
fn a_wallet_is_told_to_ask_again() {
    let read = |body: Value| {
        DeferredRequest::read("application/json", body.to_string().as_bytes(), PLAIN).map_err(|why| why.code)
    };
    assert_eq!(read(json!({ "transaction_id": "t-1" })).unwrap().transaction_id, "t-1");
    assert_eq!(read(json!({})).unwrap_err(), CredentialError::InvalidCredentialRequest);
    let later = CredentialResponse::Deferred { transaction_id: "t-1".to_owned(), interval: 60 };
    assert_eq!(later.status(), 202);
    let content: Value = serde_json::from_str(&later.body(None, &random()).unwrap().content).unwrap();
    assert_eq!(content, json!({ "transaction_id": "t-1", "interval": 60 }));
}

#[test]
fn requests_and_answers_are_encrypted_where_that_is_said() {
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
        let sent = to.encrypt(body.to_string().as_bytes(), ContentEncryption::A128Gcm, &random()).unwrap();
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
    // Nobody here can answer so.
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
fn what_a_wallet_tells_is_read() {
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

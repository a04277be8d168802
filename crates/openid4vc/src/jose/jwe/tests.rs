use super::*;
use proptest::prelude::*;

#[test]
fn both_sides_come_to_the_key_of_the_standard() {
    // RFC 7518, appendix C.
    let alice = from_base64url("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo").unwrap();
    let alice = PrivateKey::from_private_key(&ECDH_P256, &alice).unwrap();
    let bob = PublicKey::from_jwk(&json!({
        "kty": "EC", "crv": "P-256",
        "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
    }))
    .unwrap();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, bob.point());
    let derived = agree(&alice, theirs, EncryptionProblem::Decrypt, |shared| {
        concat(shared, ContentEncryption::A128Gcm, 16, b"Alice", b"Bob")
    });
    assert_eq!(base64url(&derived.unwrap().as_ref()[..16]), "VqqN6vgjbSBcIijNcacQGg");
}

#[test]
fn the_example_of_openid4vp_is_decrypted() {
    // OpenID4VP 1.0, section 8.3.
    let secret = from_base64url("Et-3ce0omz8_TuZ96Df9lp0GAaaDoUnDe6X-CRO7Aww").unwrap();
    let key = DecryptionKey::from_secret(&secret, "ac".to_owned()).unwrap();
    let token = include_str!("../../../tests/vectors/openid4vp-response.jwe").trim();
    let content: Value = serde_json::from_slice(&key.decrypt(token).unwrap()).unwrap();
    assert!(content.get("vp_token").is_some(), "{content}");
}

fn random() -> impl Random {
    |bytes: &mut [u8]| bytes.fill(7)
}

fn sent(encryption: ContentEncryption) -> (DecryptionKey, String) {
    let key = DecryptionKey::generate("1".to_owned()).unwrap();
    let token = Recipient::from_jwk(&key.to_jwk()).unwrap().encrypt(b"{}", encryption, &random()).unwrap();
    (key, token)
}

#[test]
fn what_is_encrypted_for_a_key_is_read_by_it_alone() {
    for encryption in ContentEncryption::ALL {
        let (key, token) = sent(encryption);
        assert_eq!(key.decrypt(&token), Ok(b"{}".to_vec()));
        let kept = DecryptionKey::from_secret(&key.secret().unwrap(), "1".to_owned()).unwrap();
        assert_eq!(kept.decrypt(&token), Ok(b"{}".to_vec()));
        let other = DecryptionKey::generate("1".to_owned()).unwrap();
        assert_eq!(other.decrypt(&token), Err(EncryptionProblem::Decrypt));
        let renamed = DecryptionKey::from_secret(&key.secret().unwrap(), "2".to_owned()).unwrap();
        assert_eq!(renamed.decrypt(&token), Err(EncryptionProblem::OtherKey));
    }
}

#[test]
fn each_changed_byte_is_noticed() {
    let (key, token) = sent(ContentEncryption::A256Gcm);
    for place in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(key.decrypt(&String::from_utf8(changed).unwrap()).is_err(), "at {place}");
    }
}

#[test]
fn what_asks_for_more_than_is_understood_is_refused() {
    let (key, token) = sent(ContentEncryption::A128Gcm);
    let (protected, rest) = token.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&from_base64url(protected).unwrap()).unwrap();
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        key.decrypt(&format!("{}.{rest}", base64url(header.to_string().as_bytes()))).unwrap_err()
    };
    assert_eq!(with("crit", json!(["exp"])), EncryptionProblem::Critical);
    assert_eq!(with("zip", json!("DEF")), EncryptionProblem::Critical);
    assert_eq!(with("alg", json!("ECDH-ES+A128KW")), EncryptionProblem::Algorithm);
    assert_eq!(with("alg", json!("dir")), EncryptionProblem::Algorithm);
    assert_eq!(with("enc", json!("A128CBC-HS256")), EncryptionProblem::Algorithm);
    assert_eq!(with("epk", json!(null)), EncryptionProblem::Key(KeyProblem::Format));
    // Not a point of the curve: nobody learns about the key by such points.
    let off = json!({ "kty": "EC", "crv": "P-256", "x": base64url(&[1; 32]), "y": base64url(&[1; 32]) });
    assert_eq!(with("epk", off), EncryptionProblem::Key(KeyProblem::Point));
    assert_eq!(with("apu", json!("Alice")), EncryptionProblem::Format);
    assert_eq!(with("apu", json!("QWxpY2U")), EncryptionProblem::Decrypt);
    assert_eq!(with("apv", json!(1)), EncryptionProblem::Format);
}

#[test]
fn keys_that_are_for_something_else_are_not_encrypted_for() {
    let jwk = DecryptionKey::generate("1".to_owned()).unwrap().to_jwk();
    assert!(Recipient::from_jwk(&jwk).is_ok());
    for (name, value) in [("use", "sig"), ("alg", "ES256"), ("crv", "P-384")] {
        let mut other = jwk.clone();
        other[name] = value.into();
        assert!(Recipient::from_jwk(&other).is_err(), "{name} {value}");
    }
}

proptest! {
    #[test]
    fn no_text_brings_the_reader_down(text in "[A-Za-z0-9_.-]{0,200}") {
        let key = DecryptionKey::generate("1".to_owned()).unwrap();
        prop_assert!(key.decrypt(&text).is_err());
    }
}

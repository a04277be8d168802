//! Certificates, as OpenSSL reads them.

use pki::{
    CertificateRequest, ChainProblem, Curve, KeyProblem, KeyStore, Purpose, RequestProblem, RequestToSign,
    TrustedAuthorities,
};

use crate::bench::{Room, amina, now, random, request};

/// 2026-11-29T09:30:00Z, in the seconds that OpenSSL takes.
const AT: &str = "-attime 1795944600";

#[test]
fn openssl_verifies_the_chain_and_the_purpose_of_both_certificates() {
    let room = Room::new();
    room.write("auth.pem", room.issue(&amina(), Purpose::Authentication).pem());
    room.write("sign.pem", room.issue(&amina(), Purpose::Signature).pem());
    let chain = format!("verify {AT} -x509_strict -policy_check -CAfile root.pem -untrusted issuing.pem");
    assert!(room.openssl_says(&format!("{chain} -purpose sslclient auth.pem")).contains("auth.pem: OK"));
    assert!(room.openssl_says(&format!("{chain} -purpose smimesign sign.pem")).contains("sign.pem: OK"));
    let (accepted, words) = room.openssl(&format!("{chain} -purpose sslclient sign.pem"));
    assert!(!accepted, "a signature certificate signs nobody in: {words}");
}

#[test]
fn an_authentication_certificate_says_all_that_windows_and_tls_look_for() {
    let room = Room::new();
    let issued = room.issue(&amina(), Purpose::Authentication);
    room.write("auth.pem", issued.pem());
    let text = room.openssl_says("x509 -in auth.pem -noout -text");
    for says in [
        "Subject: C = GB, O = Northfield Hospitals, serialNumber = 019aab3c-0000-7000-8000-000000000001, CN = Amina Khan",
        "Issuer: C = GB, O = Northfield Hospitals, CN = Northfield Smartcards",
        "X509v3 Key Usage: critical\n                Digital Signature\n",
        "TLS Web Client Authentication, Microsoft Smartcard Login",
        "othername: UPN::amina.khan@northfield.example",
        "1.3.6.1.4.1.311.25.2",
        "OCSP - URI:http://portal.northfield.example/pki/ocsp",
        "CA Issuers - URI:http://portal.northfield.example/pki/ca/issuing.cer",
        "URI:http://portal.northfield.example/pki/crl/issuing.crl",
        "Policy: 2.25.1234567.1",
        "X509v3 Authority Key Identifier",
        "X509v3 Subject Key Identifier",
        "Signature Algorithm: ecdsa-with-SHA256",
        "NIST CURVE: P-256",
    ] {
        assert!(text.contains(says), "{says} is missing in {text}");
    }
    assert!(!text.contains("Basic Constraints") || !text.contains("CA:TRUE"));
    let parsed = room.openssl_says("asn1parse -in auth.pem");
    assert!(parsed.contains("1.3.6.1.4.1.311.25.2"));
    assert_eq!(issued.security_identifier().as_deref(), Some("S-1-5-21-1004336348-1177238915-682003330-512"));
    assert_eq!(issued.user_principal_name().as_deref(), Some("amina.khan@northfield.example"));
}

#[test]
fn a_signature_certificate_cannot_be_denied_and_names_the_mail_address() {
    let room = Room::new();
    room.write("sign.pem", room.issue(&amina(), Purpose::Signature).pem());
    let text = room.openssl_says("x509 -in sign.pem -noout -text");
    for says in [
        "Digital Signature, Non Repudiation",
        "E-mail Protection",
        "1.3.6.1.5.5.7.3.36",
        "email:amina.khan@northfield.example",
    ] {
        assert!(text.contains(says), "{says} is missing in {text}");
    }
    assert!(!text.contains("UPN"), "{text}");
    assert!(!text.contains("311.25.2"), "{text}");
}

#[test]
fn the_root_and_the_issuing_authority_may_do_what_they_do_and_no_more() {
    let room = Room::new();
    let top = room.openssl_says("x509 -in root.pem -noout -text");
    for says in ["CA:TRUE, pathlen:1", "Certificate Sign, CRL Sign", "ecdsa-with-SHA384", "NIST CURVE: P-384"]
    {
        assert!(top.contains(says), "{says} is missing in {top}");
    }
    let issuing = room.openssl_says("x509 -in issuing.pem -noout -text");
    for says in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "crl/root.crl", "ca/root.cer"] {
        assert!(issuing.contains(says), "{says} is missing in {issuing}");
    }
    assert!(
        room.openssl_says(&format!("verify {AT} -x509_strict -CAfile root.pem issuing.pem")).contains("OK")
    );
}

#[test]
fn what_a_request_wishes_for_is_not_what_a_certificate_says() {
    let room = Room::new();
    // OpenSSL asks for the name of somebody else, and to be an authority.
    room.openssl_says("ecparam -name prime256v1 -genkey -noout -out own.key");
    room.openssl_says(
        "req -new -key own.key -subj /C=GB/O=Somewhere/CN=Chief -addext basicConstraints=CA:TRUE -addext subjectAltName=email:chief@northfield.example -outform DER -out own.csr",
    );
    let request = CertificateRequest::verify(&std::fs::read(room.path("own.csr")).unwrap()).unwrap();
    assert!(request.wished_name().contains("Chief"));
    let issued = room.authority.issue(&request, &amina(), Purpose::Authentication, now(), &random()).unwrap();
    room.write("auth.pem", issued.pem());
    let text = room.openssl_says("x509 -in auth.pem -noout -text");
    assert!(!text.contains("hief") && !text.contains("CA:TRUE"), "{text}");
    assert_eq!(issued.common_name().as_deref(), Some("Amina Khan"));
}

#[test]
fn a_request_whose_signature_is_another_keys_proves_nothing() {
    let (good, key) = request(&amina(), Purpose::Authentication);
    let mut changed = good.der().to_vec();
    let place = changed.windows(5).position(|at| at == b"Amina").unwrap();
    changed[place] = b'E';
    assert_eq!(CertificateRequest::verify(&changed).unwrap_err(), RequestProblem::Signature);

    let (_, other) = request(&amina(), Purpose::Authentication);
    let to_sign = RequestToSign::new(&amina(), Purpose::Authentication, key.public_key()).unwrap();
    let signature = other.sign(to_sign.bytes()).unwrap();
    assert_eq!(to_sign.finish(&signature).unwrap_err(), RequestProblem::Signature);
}

#[test]
fn openssl_reads_what_a_card_signs_to_ask_for_a_certificate() {
    let room = Room::new();
    let (request, _) = request(&amina(), Purpose::Authentication);
    room.write("card.csr", request.pem());
    let words = room.openssl_says("req -in card.csr -noout -verify -text");
    assert!(words.contains("verify OK") || words.contains("self-signature verify OK"), "{words}");
    assert!(words.contains("amina.khan@northfield.example"), "{words}");
}

#[test]
fn serials_are_128_unforeseeable_bits_and_ends_are_spread_over_the_days_of_jitter() {
    let room = Room::new();
    let (request, _) = request(&amina(), Purpose::Authentication);
    let mut serials = std::collections::BTreeSet::new();
    let mut days = std::collections::BTreeSet::new();
    for _ in 0..300 {
        let one =
            room.authority.issue(&request, &amina(), Purpose::Authentication, now(), &random()).unwrap();
        assert!(one.serial().as_bytes().len() >= 14);
        days.insert(one.not_after().duration_since(now()).as_hours() / 24);
        serials.insert(one.serial().clone());
    }
    assert_eq!(serials.len(), 300);
    assert_eq!(days.into_iter().collect::<Vec<_>>(), (716..=730).collect::<Vec<_>>());
}

#[test]
fn no_certificate_outlives_its_authority() {
    let room = Room::new();
    let (request, _) = request(&amina(), Purpose::Authentication);
    let late = "2036-06-01T00:00:00Z".parse().unwrap();
    let issued = room.authority.issue(&request, &amina(), Purpose::Authentication, late, &random()).unwrap();
    assert_eq!(issued.not_after(), room.authority.certificate().not_after());
    let too_late = "2037-01-01T00:00:00Z".parse().unwrap();
    room.authority.issue(&request, &amina(), Purpose::Authentication, too_late, &random()).unwrap_err();
}

#[test]
fn only_a_certificate_for_signing_in_that_holds_and_leads_to_us_signs_in() {
    let room = Room::new();
    let trusted = TrustedAuthorities::new([room.authority.chain()]).unwrap();
    let auth = room.issue(&amina(), Purpose::Authentication);
    let identity = trusted.verify_client(&[auth.der()], now()).unwrap();
    assert_eq!(identity.user_principal_name.as_deref(), Some("amina.khan@northfield.example"));
    assert_eq!(identity.number.as_deref(), Some("019aab3c-0000-7000-8000-000000000001"));

    let sign = room.issue(&amina(), Purpose::Signature);
    assert_eq!(trusted.verify_client(&[sign.der()], now()).unwrap_err(), ChainProblem::Purpose);
    assert_eq!(
        trusted.verify_client(&[room.authority.certificate().der()], now()).unwrap_err(),
        ChainProblem::Purpose
    );
    let second = |text: &str| text.parse().unwrap();
    assert_eq!(
        trusted.verify_client(&[auth.der()], second("2026-11-29T09:24:59Z")).unwrap_err(),
        ChainProblem::NotYet
    );
    trusted.verify_client(&[auth.der()], second("2026-11-29T09:25:00Z")).unwrap();
    trusted.verify_client(&[auth.der()], auth.not_after()).unwrap();
    let over = auth.not_after().checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
    assert_eq!(trusted.verify_client(&[auth.der()], over).unwrap_err(), ChainProblem::Expired);

    let elsewhere = Room::new().issue(&amina(), Purpose::Authentication);
    assert_eq!(trusted.verify_client(&[elsewhere.der()], now()).unwrap_err(), ChainProblem::Untrusted);
    let mut forged = auth.der().to_vec();
    let place = forged.windows(5).position(|at| at == b"Amina").unwrap();
    forged[place] = b'E';
    assert_eq!(trusted.verify_client(&[&forged], now()).unwrap_err(), ChainProblem::Untrusted);
    assert_eq!(trusted.verify_client(&[] as &[&[u8]], now()).unwrap_err(), ChainProblem::None);
}

#[test]
fn openssl_reads_a_key_file_with_its_passphrase_and_we_read_openssls() {
    let room = Room::new();
    let keys = pki::KeyFolder::new(room.path("more"), "open-sesame".to_owned().into());
    keys.generate("one", Curve::P384, &random()).unwrap();
    let words = room.openssl_says("pkey -in more/one.key.pem -passin pass:open-sesame -noout -text");
    assert!(words.contains("P-384"), "{words}");

    room.openssl_says("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:open-sesame -out more/theirs.key.pem");
    let theirs = keys.find("theirs").unwrap();
    assert_eq!(theirs.curve(), Curve::P256);
    assert!(matches!(room.keys.find("nowhere"), Err(KeyProblem::NotFound { .. })));
    let wrong = pki::KeyFolder::new(room.path("more"), "open sesame".to_owned().into());
    assert!(matches!(wrong.find("one"), Err(KeyProblem::Passphrase(_))));
    assert!(matches!(keys.generate("one", Curve::P256, &random()), Err(KeyProblem::Exists { .. })));
    assert!(matches!(keys.find("../root"), Err(KeyProblem::Label(_))));
}

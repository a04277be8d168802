//! Lists and answers, as OpenSSL reads them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use pki::ocsp::{HashKind, OcspRequest, Responder, Status, Wanted};
use pki::{Curve, KeyStore, Purpose, RevocationList, RevocationReason, Revoked, ceremony};

use crate::bench::{Room, amina, now, random};

const AT: &str = "-attime 1795944600";

fn hours(from: Timestamp, hours: i64) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(hours)).unwrap()
}

fn revoked(serial: &pki::Serial, reason: RevocationReason) -> Revoked {
    Revoked { serial: serial.clone(), at: hours(now(), -1), reason }
}

fn responder(room: &Room) -> Responder {
    let key = room.keys.generate("ocsp", Curve::P256, &random()).unwrap();
    let certificate =
        ceremony::sign_responder(&room.authority, key.public_key(), "Northfield OCSP", now(), &random())
            .unwrap();
    room.write("ocsp.pem", certificate.pem());
    Responder::new(room.authority.certificate().clone(), certificate, key).unwrap()
}

#[test]
fn openssl_refuses_a_certificate_that_stands_on_the_list_and_takes_one_that_does_not() {
    let room = Room::new();
    let (good, bad) =
        (room.issue(&amina(), Purpose::Authentication), room.issue(&amina(), Purpose::Authentication));
    room.write("good.pem", good.pem());
    room.write("bad.pem", bad.pem());
    let gone = [revoked(bad.serial(), RevocationReason::KeyCompromise)];
    let list = room.authority.revocation_list(&gone, 7, now(), hours(now(), 24)).unwrap();
    room.write("list.pem", list.pem());
    let check = format!(
        "verify {AT} -x509_strict -crl_check -CAfile root.pem -untrusted issuing.pem -CRLfile list.pem"
    );
    assert!(room.openssl_says(&format!("{check} good.pem")).contains("OK"));
    let (accepted, words) = room.openssl(&format!("{check} bad.pem"));
    assert!(!accepted && words.contains("certificate revoked"), "{words}");
    assert_eq!(
        RevocationList::read(list.der(), room.authority.certificate()).unwrap(),
        [bad.serial().clone()]
    );
}

#[test]
fn a_list_says_its_number_its_times_and_each_reason() {
    let room = Room::new();
    let all: Vec<Revoked> = RevocationReason::ALL
        .into_iter()
        .map(|reason| revoked(room.issue(&amina(), Purpose::Signature).serial(), reason))
        .collect();
    let list = room.authority.revocation_list(&all, 4711, now(), hours(now(), 24)).unwrap();
    room.write("list.der", list.der());
    let text = room.openssl_says("crl -inform DER -in list.der -noout -text -CAfile issuing.pem");
    for says in [
        "verify OK",
        "X509v3 CRL Number: \n                4711",
        "Last Update: Nov 29 09:30:00 2026 GMT",
        "Next Update: Nov 30 09:30:00 2026 GMT",
        "Revocation Date: Nov 29 08:30:00 2026 GMT",
        "Key Compromise",
        "Affiliation Changed",
        "Superseded",
        "Cessation Of Operation",
        "Privilege Withdrawn",
    ] {
        assert!(text.contains(says), "{says} is missing in {text}");
    }
    assert_eq!(text.matches("Serial Number:").count(), 6);
    assert_eq!(text.matches("X509v3 CRL Reason Code").count(), 5, "unspecified is left out");
    for one in &all {
        assert!(text.contains(&one.serial.to_string()), "{text}");
    }
}

#[test]
fn a_list_with_nobody_on_it_is_a_list() {
    let room = Room::new();
    let list = room.authority.revocation_list(&[], 1, now(), hours(now(), 24)).unwrap();
    room.write("list.pem", list.pem());
    assert!(
        room.openssl_says("crl -in list.pem -noout -text -CAfile issuing.pem")
            .contains("No Revoked Certificates")
    );
    assert!(RevocationList::read(list.der(), room.root()).is_err(), "the root did not sign it");
}

#[test]
fn openssl_hears_good_revoked_with_its_reason_and_unknown() {
    let room = Room::new();
    let responder = responder(&room);
    let certificate = room.issue(&amina(), Purpose::Authentication);
    room.write("card.pem", certificate.pem());
    for hash in ["sha1", "sha256"] {
        room.openssl_says(&format!(
            "ocsp -{hash} -issuer issuing.pem -cert card.pem -reqout ask.der -no_nonce"
        ));
        let request = OcspRequest::from_der(&std::fs::read(room.path("ask.der")).unwrap()).unwrap();
        let wanted = request.cacheable().unwrap();
        assert_eq!(wanted.serial(), certificate.serial());
        assert!(responder.speaks_for(wanted));
        for (status, says) in [
            (Status::Good, "\ngood\n"),
            (
                Status::Revoked { at: hours(now(), -1), reason: RevocationReason::KeyCompromise },
                "\nrevoked\n\tThis Update: Nov 29 09:30:00 2026 GMT\n\tNext Update: Nov 29 13:30:00 2026 GMT\n\tReason: keyCompromise\n\tRevocation Time: Nov 29 08:30:00 2026 GMT",
            ),
            (Status::Revoked { at: now(), reason: RevocationReason::Unspecified }, "\nrevoked\n"),
            (Status::Unknown, "\nunknown\n"),
        ] {
            let ahead = responder
                .answer_ahead(wanted.serial(), wanted.hash(), status, now(), hours(now(), 4))
                .unwrap();
            room.write("answer.der", ahead.der());
            let ask = format!(
                "ocsp {AT} -respin answer.der -{hash} -issuer issuing.pem -cert card.pem -CAfile root.pem -verify_other issuing.pem -no_nonce -text"
            );
            let words = room.openssl_says(&ask);
            assert!(words.contains("Response verify OK"), "{words}");
            assert!(words.contains(says), "{says} is missing in {words}");
        }
    }
}

#[test]
fn openssl_gets_its_nonce_back() {
    let room = Room::new();
    let responder = responder(&room);
    let certificate = room.issue(&amina(), Purpose::Authentication);
    room.write("card.pem", certificate.pem());
    room.openssl_says("ocsp -issuer issuing.pem -cert card.pem -reqout ask.der");
    let request = OcspRequest::from_der(&std::fs::read(room.path("ask.der")).unwrap()).unwrap();
    assert!(request.cacheable().is_none(), "what is bound to a nonce goes to one asker only");
    let answers: Vec<_> = request.wanted().iter().map(|one| (one.clone(), Status::Good)).collect();
    let answer = responder.answer(&answers, request.nonce(), now(), hours(now(), 4)).unwrap();
    room.write("answer.der", answer.der());
    let words = room.openssl_says("ocsp -reqin ask.der -respin answer.der -issuer issuing.pem -attime 1795944600 -CAfile root.pem -verify_other issuing.pem -text");
    assert!(words.contains("Response verify OK"), "{words}");
    assert!(!words.contains("WARNING: no nonce") && !words.contains("Nonce Verify error"), "{words}");
}

#[test]
fn a_request_in_an_address_is_the_request_of_a_post() {
    let room = Room::new();
    let wanted = Wanted::new(
        room.authority.certificate(),
        room.issue(&amina(), Purpose::Signature).serial().clone(),
        HashKind::Sha1,
    )
    .unwrap();
    let request = OcspRequest::about(wanted);
    let der = request.to_der().unwrap();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &der);
    let escaped = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3d");
    assert!(escaped.len() <= 255, "RFC 5019 allows GET up to 255 bytes");
    for path in [text.clone(), escaped, format!("/{text}")] {
        assert_eq!(OcspRequest::from_path(&path).unwrap(), request);
    }
    for path in ["", "%", "%4", "%zz", "AAAA", "MA==", &"A".repeat(10_000)] {
        OcspRequest::from_path(path).unwrap_err();
    }
}

#[test]
fn a_responder_speaks_for_its_own_authority_alone_and_is_told_so_by_it() {
    let room = Room::new();
    let responder = responder(&room);
    let stranger = Room::new();
    let serial = stranger.issue(&amina(), Purpose::Authentication).serial().clone();
    for hash in HashKind::ALL {
        let wanted = Wanted::new(stranger.authority.certificate(), serial.clone(), hash).unwrap();
        assert!(!responder.speaks_for(&wanted));
    }
    let key = room.keys.find("ocsp").unwrap();
    let other = stranger.authority.certificate().clone();
    Responder::new(other, responder.certificate().clone(), Arc::clone(&key)).unwrap_err();
    let person = room.issue(&amina(), Purpose::Authentication);
    Responder::new(room.authority.certificate().clone(), person, key).unwrap_err();

    let text = room.openssl_says("x509 -in ocsp.pem -noout -text");
    for says in ["OCSP Signing", "OCSP No Check", "Extended Key Usage: critical"] {
        assert!(text.contains(says), "{says} is missing in {text}");
    }
}

#[test]
fn a_responders_certificate_is_due_when_a_third_of_its_life_is_left() {
    let room = Room::new();
    let responder = responder(&room);
    let (own, authority) = (responder.certificate(), responder.authority());
    let due =
        |days: i64| ceremony::responder_is_due(own, authority, &own.public_key(), hours(now(), 24 * days));
    assert!(!due(0) && !due(19));
    assert!(due(20) && due(29) && due(31));
    let other_key = room.root().public_key();
    assert!(ceremony::responder_is_due(own, authority, &other_key, now()));
    assert!(ceremony::responder_is_due(own, Room::new().authority.certificate(), &own.public_key(), now()));
}

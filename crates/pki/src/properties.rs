//! Whatever bytes come from outside, reading them neither panics nor believes what was not signed.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::{
    Certificate, CertificateRequest, Curve, KeyStore, KeysInMemory, Purpose, RequestToSign, RevocationList,
    Serial, Subject, ceremony, outside,
};

fn random(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).unwrap();
}

fn subject(common_name: &str) -> Subject {
    Subject {
        common_name: common_name.to_owned(),
        number: "42".to_owned(),
        organisation: "Northfield Hospitals".to_owned(),
        country: "GB".to_owned(),
        user_principal_name: Some("amina.khan@northfield.example".to_owned()),
        email: None,
        security_identifier: None,
    }
}

/// A root, and a request that a card signed.
fn samples() -> (Certificate, CertificateRequest) {
    let keys = KeysInMemory::default();
    let root = keys.generate("root", Curve::P256, &random).unwrap();
    let name = ceremony::AuthorityName {
        country: "GB".to_owned(),
        organisation: "Northfield Hospitals".to_owned(),
        common_name: "Root".to_owned(),
    };
    let now = "2026-11-29T09:30:00Z".parse().unwrap();
    let root = ceremony::new_root(&name, &*root, now, 100, &random).unwrap();
    let card = keys.generate("card", Curve::P256, &random).unwrap();
    let to_sign =
        RequestToSign::new(&subject("Amina Khan"), Purpose::Authentication, card.public_key()).unwrap();
    let signature = card.sign(to_sign.bytes()).unwrap();
    (root, to_sign.finish(&signature).unwrap())
}

static SAMPLES: LazyLock<(Certificate, CertificateRequest)> = LazyLock::new(samples);

fn reads(bytes: &[u8]) {
    for (_, promise) in outside::ALL {
        promise(bytes);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        reads(&bytes);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        reads(text.as_bytes());
        let _ = Serial::from_hex(&text);
    }

    #[test]
    fn what_is_almost_right_is_read_without_a_panic(place in any::<prop::sample::Index>(), byte: u8, cut: bool) {
        let (root, request) = &*SAMPLES;
        for good in [root.der(), request.der()] {
            let mut changed = good.to_vec();
            let place = place.index(changed.len());
            changed[place] = byte;
            if cut {
                changed.truncate(place);
            }
            reads(&changed);
        }
    }

    #[test]
    fn a_serial_comes_back_from_its_bytes_and_its_text(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        if let Some(serial) = Serial::from_bytes(&bytes) {
            prop_assert_eq!(Serial::from_bytes(serial.as_bytes()), Some(serial.clone()));
            prop_assert_eq!(Serial::from_hex(&serial.to_string()), Some(serial.clone()));
            prop_assert_eq!(Serial::of(&serial.number().unwrap()), Some(serial));
        }
    }

    #[test]
    fn a_name_of_any_letters_stands_in_a_certificate_as_it_was_given(name in "[^\\p{Cc}]{1,64}") {
        let keys = KeysInMemory::default();
        let card = keys.generate("card", Curve::P256, &random).unwrap();
        let to_sign = RequestToSign::new(&subject(&name), Purpose::Authentication, card.public_key()).unwrap();
        let signature = card.sign(to_sign.bytes()).unwrap();
        let request = to_sign.finish(&signature).unwrap();
        prop_assert_eq!(crate::name::common_name(request.name()), Some(name));
    }
}

#[test]
fn no_request_with_one_changed_byte_proves_anything() {
    let (_, request) = &*SAMPLES;
    for place in 0..request.der().len() {
        let mut changed = request.der().to_vec();
        changed[place] ^= 1;
        // In the signature, some bytes are DER's own and cannot be read; all others are wrong.
        assert!(CertificateRequest::verify(&changed).is_err(), "byte {place}");
    }
}

#[test]
fn no_certificate_with_one_changed_byte_was_signed() {
    let (root, _) = &*SAMPLES;
    assert!(root.signed(root));
    for place in 0..root.der().len() {
        let mut changed = root.der().to_vec();
        changed[place] ^= 1;
        if let Ok(read) = Certificate::from_der(&changed) {
            assert!(!root.signed(&read), "byte {place}");
        }
        let _ = RevocationList::read(&changed, root);
    }
}

#[test]
fn what_is_cut_off_or_goes_on_is_not_read() {
    let (root, request) = &*SAMPLES;
    for length in 0..root.der().len() {
        assert!(Certificate::from_der(&root.der()[..length]).is_err());
    }
    assert!(Certificate::from_der(&[root.der(), &[0]].concat()).is_err());
    assert!(CertificateRequest::verify(&[request.der(), &[0]].concat()).is_err());
}

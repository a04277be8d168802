//! The card signs somebody in.

use card_agent::{Machine, NotSignedIn, SignInQuestion, SignInRefused, sign_in};
use card_jobs::{SignInToken, sign_in_digest};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey};
use piv::{CertificateObject, commands};
use std::sync::{Arc, Mutex};
use vcard::{ATR, Card, Personal};

use crate::desk::{Desk, Orders, READER, Script, Shared, generates, transmit};

const ORIGIN: &str = "https://access.northfield.example";
const NONCE: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

fn machine() -> Machine {
    Machine::allowing([ORIGIN.parse().unwrap()])
}

/// A desk whose card has a key and a certificate (which nobody looks at here) in 9A.
async fn desk_with_certificate() -> Desk {
    let desk = Desk::new();
    let mut makes = generates(Personal::MANAGEMENT_KEY, &[piv::Slot::Authentication]);
    let content = CertificateObject { certificate: b"der".to_vec() }.content();
    let put = commands::put_data(piv::Slot::Authentication.certificate(), &content);
    let (mut first, mut last) = (Some(desk.connect()), Some(transmit(&[put])));
    let mut portal =
        Orders::deciding(move |outcome| first.take().or_else(|| makes(outcome)).or_else(|| last.take()));
    desk.run(&mut portal, &mut Script::default()).await.unwrap();
    desk
}

fn ask(desk: &Desk, origin: &str, nonce: &str, person: &mut Script) -> Result<SignInToken, NotSignedIn> {
    ask_to_the_end(desk, origin, nonce, person).map_err(|refused| refused.why)
}

fn ask_to_the_end(
    desk: &Desk,
    origin: &str,
    nonce: &str,
    person: &mut Script,
) -> Result<SignInToken, SignInRefused> {
    let question = SignInQuestion { origin: origin.to_owned(), nonce: nonce.to_owned() };
    sign_in(&question, &machine(), &mut desk.readers.clone(), person)
}

#[tokio::test]
async fn the_card_signs_origin_and_nonce_after_the_person_typed_the_passcode_for_that_page() {
    let desk = desk_with_certificate().await;
    let mut person = Script::types(["111111", "123456"]);
    let token = ask(&desk, ORIGIN, NONCE, &mut person).unwrap();
    assert_eq!(token.certificate.bytes(), b"der");
    let key = desk.card.0.lock().unwrap().public_key(piv::Slot::Authentication).unwrap();
    let key = VerifyingKey::from_sec1_bytes(key.point()).unwrap();
    let signature = DerSignature::from_bytes(token.signature.bytes()).unwrap();
    assert!(key.verify_prehash(&sign_in_digest(ORIGIN, NONCE), &signature).is_ok());
    for (origin, nonce) in [("https://evil.example", NONCE), (ORIGIN, "another")] {
        assert!(key.verify_prehash(&sign_in_digest(origin, nonce), &signature).is_err());
    }
    assert_eq!(person.asked, [format!("{ORIGIN} Some(3) false"), format!("{ORIGIN} Some(2) true")]);
    assert!(!desk.is_verified());
}

#[tokio::test]
async fn a_foreign_page_or_a_weak_nonce_is_refused_before_anybody_is_asked() {
    let desk = desk_with_certificate().await;
    let heard = desk.heard();
    let mut person = Script::types(["123456"]);
    for origin in ["https://evil.example", "https://access.northfield.example.evil.example", "null", ""] {
        assert_eq!(ask(&desk, origin, NONCE, &mut person), Err(NotSignedIn::ForeignOrigin), "{origin}");
    }
    for nonce in ["", &NONCE[1..], &"x".repeat(129), &NONCE.replace('0', " ")] {
        assert_eq!(ask(&desk, ORIGIN, nonce, &mut person), Err(NotSignedIn::NotUnderstood), "{nonce}");
    }
    assert_eq!((person.asked.len(), desk.heard()), (0, heard));
}

#[tokio::test]
async fn without_the_one_card_that_can_sign_nobody_is_asked() {
    let desk = desk_with_certificate().await;
    let mut person = Script::types(["123456"]);
    let blank = || Arc::new(Mutex::new(Shared(Arc::new(Mutex::new(Card::new(&Personal::fresh()))))));
    desk.readers.insert("Second", &ATR, blank());
    assert!(ask(&desk, ORIGIN, NONCE, &mut person).is_ok(), "a blank card beside it does not disturb");
    desk.readers.insert("Second", &ATR, Arc::new(Mutex::new(desk_with_certificate().await.card)));
    assert_eq!(ask(&desk, ORIGIN, NONCE, &mut person), Err(NotSignedIn::SeveralCards));
    desk.readers.pull("Second");
    desk.readers.insert(READER, &ATR, blank());
    assert_eq!(ask(&desk, ORIGIN, NONCE, &mut person), Err(NotSignedIn::WrongCard));
    desk.readers.pull(READER);
    assert_eq!(ask(&desk, ORIGIN, NONCE, &mut person), Err(NotSignedIn::NoCard));
    assert_eq!(person.asked.len(), 1);
}

#[tokio::test]
async fn a_person_who_gives_up_or_types_wrong_is_not_signed_in_and_the_page_hears_how_many_tries_are_left() {
    let desk = desk_with_certificate().await;
    let gives_up = |desk: &Desk, person: &mut Script| {
        let refused = ask_to_the_end(desk, ORIGIN, NONCE, person).unwrap_err();
        assert_eq!(refused.why, NotSignedIn::Declined);
        refused.tries_left
    };
    assert_eq!(gives_up(&desk, &mut Script::default()), None, "nothing is wrong yet");
    assert_eq!(gives_up(&desk, &mut Script::types(["111111"])), Some(2));
    let mut person = Script::types(["123456"]);
    assert!(ask(&desk, ORIGIN, NONCE, &mut person).is_ok());
    let mut person = Script::types(["111111", "222222"]);
    assert_eq!(gives_up(&desk, &mut person), Some(1));
    assert_eq!(gives_up(&desk, &mut Script::default()), Some(1), "the last one is told of each time");
    assert_eq!(person.asked[2], format!("{ORIGIN} Some(1) true"));
    assert_eq!(desk.tries_left(), 1, "who closes the window keeps the last try");
    assert_eq!(ask(&desk, ORIGIN, NONCE, &mut Script::types(["333333"])), Err(NotSignedIn::Blocked));
    assert_eq!(ask(&desk, ORIGIN, NONCE, &mut Script::types(["123456"])), Err(NotSignedIn::Blocked));
}

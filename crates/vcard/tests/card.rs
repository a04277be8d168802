//! The card as the product meets it: by commands and answers alone.
#![expect(clippy::expect_used, reason = "what is missing should stop the test")]

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use piv::{
    Answer, CardFacts, CertificateObject, Command, ManagementKey, Object, Passcode, PublicKey, Question,
    Slot, Status, commands, passcode, public_key_of, signature_of,
};
use vcard::{Card, Firmware, Personal, Profile, Pull, Pulled};

const DIGEST: [u8; 32] = [0xD1; 32];
const CHALLENGE: [u8; 16] = [0xC4; 16];

fn personal() -> Personal {
    Personal::fresh()
}

fn code(typed: &str) -> Passcode {
    Passcode::new(typed.as_bytes()).expect("it fits")
}

/// What a reader does: chains the command and gathers the answer.
fn tell(card: &mut Card, command: &Command) -> Answer {
    piv::exchange(command, |bytes| card.answer(bytes)).expect("the card is in")
}

fn status(card: &mut Card, command: &Command) -> Status {
    tell(card, command).status
}

fn manage(card: &mut Card, key: [u8; 32]) -> bool {
    let key = ManagementKey::new(key);
    let witness = tell(card, &ManagementKey::ask_for_witness());
    let answer = key.answer(&witness, &CHALLENGE).expect("it is a witness");
    let proof = tell(card, &answer);
    key.check(&proof, &CHALLENGE).is_ok()
}

fn selected(personal: &Personal) -> Card {
    let mut card = Card::new(personal);
    assert_eq!(status(&mut card, &commands::select()), Status::Success);
    card
}

fn managed() -> Card {
    let mut card = selected(&personal());
    assert!(manage(&mut card, Personal::MANAGEMENT_KEY));
    card
}

fn is_signed(key: PublicKey, signature: &[u8]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(key.point()).expect("it is on the curve");
    let signature = Signature::from_der(signature).expect("it is DER");
    key.verify_prehash(&DIGEST, &signature).is_ok()
}

#[test]
fn nothing_is_answered_before_the_application_is_selected() {
    let mut card = Card::new(&personal());
    assert_eq!(status(&mut card, &commands::get_data(Object::CHUID)), Status::NoSuchInstruction);
    assert_eq!(
        status(&mut card, &Command::new(0xA4, 4, 0).with(vec![0xA0, 0, 0, 1, 0x51])),
        Status::NotFound
    );
    assert_eq!(status(&mut card, &commands::select()), Status::Success);
    assert_eq!(status(&mut card, &commands::get_data(Object::CHUID)), Status::Success);
}

#[test]
fn three_wrong_passcodes_block_the_card_and_the_right_one_no_longer_opens_it() {
    let mut card = selected(&personal());
    let wrong = passcode::verify(&code("000000"));
    assert_eq!(status(&mut card, &wrong), Status::Wrong { left: 2 });
    assert_eq!(status(&mut card, &wrong), Status::Wrong { left: 1 });
    assert_eq!(status(&mut card, &wrong), Status::Blocked);
    assert_eq!(status(&mut card, &passcode::verify(&code("123456"))), Status::Blocked);
    assert_eq!(status(&mut card, &passcode::change(&code("123456"), &code("482913"))), Status::Blocked);
    assert_eq!(status(&mut card, &commands::tries_left()), Status::Blocked);
}

#[test]
fn the_right_passcode_gives_back_all_tries() {
    let mut card = selected(&personal());
    for _ in 0..3 {
        assert_eq!(status(&mut card, &passcode::verify(&code("000000"))), Status::Wrong { left: 2 });
        assert_eq!(status(&mut card, &passcode::verify(&code("123456"))), Status::Success);
    }
    assert_eq!(status(&mut card, &commands::tries_left()), Status::Success);
    assert_eq!(status(&mut card, &passcode::forget()), Status::Success);
    assert_eq!(status(&mut card, &commands::tries_left()), Status::Wrong { left: 3 });
}

#[test]
fn a_passcode_that_the_profile_does_not_take_changes_nothing_and_costs_no_try() {
    let mut card = selected(&personal());
    for new in ["1234", "aB3dE6", "12345"] {
        assert_eq!(
            status(&mut card, &passcode::change(&code("999999"), &code(new))),
            Status::WrongData,
            "{new}"
        );
    }
    assert_eq!(card.tries_left(), 3);
    assert_eq!(status(&mut card, &passcode::change(&code("123456"), &code("482913"))), Status::Success);
    assert_eq!(status(&mut card, &passcode::verify(&code("482913"))), Status::Success);

    let legacy = Personal { profile: Profile::Legacy4To8Alphanumeric, ..personal() };
    let mut card = selected(&legacy);
    assert_eq!(status(&mut card, &passcode::change(&code("123456"), &code("aB3"))), Status::WrongData);
    assert_eq!(status(&mut card, &passcode::change(&code("123456"), &code("aB3d"))), Status::Success);
    assert_eq!(status(&mut card, &passcode::verify(&code("ab3d"))), Status::Wrong { left: 2 });
}

#[test]
fn the_unblocking_key_opens_a_blocked_card_and_is_counted_itself() {
    let mut card = selected(&Personal { passcode: None, ..personal() });
    assert_eq!(status(&mut card, &commands::tries_left()), Status::Blocked);
    let (right, next) =
        (Passcode::unblocking_key(Personal::UNBLOCKING_KEY), Passcode::unblocking_key([0x81; 8]));
    let unblock = |key, new: &str| passcode::unblock(key, &code(new));
    assert_eq!(status(&mut card, &unblock(&next, "482913")), Status::Wrong { left: 2 });
    assert_eq!(status(&mut card, &unblock(&right, "1234")), Status::WrongData);
    assert_eq!(status(&mut card, &unblock(&right, "482913")), Status::Success);
    assert_eq!(status(&mut card, &passcode::change_unblocking_key(&right, &next)), Status::Success);
    assert_eq!(status(&mut card, &passcode::verify(&code("482913"))), Status::Success);
    for left in [Status::Wrong { left: 2 }, Status::Wrong { left: 1 }, Status::Blocked, Status::Blocked] {
        assert_eq!(status(&mut card, &unblock(&right, "482913")), left);
    }
    assert_eq!(status(&mut card, &unblock(&next, "482913")), Status::Blocked);
}

#[test]
fn keys_and_objects_want_the_management_key() {
    let mut card = selected(&personal());
    let put = commands::put_data(Slot::Authentication.certificate(), &[1]);
    let refused = [
        commands::generate(Slot::Authentication),
        put.clone(),
        commands::move_key(Slot::NextSignature, Slot::Signature),
    ];
    for command in &refused {
        assert_eq!(status(&mut card, command), Status::NotVerified, "{command:?}");
    }
    assert!(!manage(&mut card, [7; 32]), "another key opens nothing");
    assert_eq!(status(&mut card, &put), Status::NotVerified);
    assert!(manage(&mut card, Personal::MANAGEMENT_KEY));
    assert_eq!(status(&mut card, &put), Status::Success);
    card.reset();
    assert_eq!(status(&mut card, &commands::select()), Status::Success);
    assert_eq!(status(&mut card, &put), Status::NotVerified, "a reset forgets");
}

#[test]
fn an_answer_to_the_witness_cannot_be_shown_twice() {
    let mut card = selected(&personal());
    let key = ManagementKey::new(Personal::MANAGEMENT_KEY);
    let witness = tell(&mut card, &ManagementKey::ask_for_witness());
    let answer = key.answer(&witness, &CHALLENGE).expect("it is a witness");
    assert_eq!(status(&mut card, &answer), Status::Success);
    assert_eq!(status(&mut card, &answer), Status::NotVerified);
    assert_eq!(status(&mut card, &commands::generate(Slot::Signature)), Status::NotVerified);
}

#[test]
fn no_two_cards_draw_the_same_key() {
    let keys: std::collections::HashSet<_> = (0..20)
        .map(|_| {
            public_key_of(&tell(&mut managed(), &commands::generate(Slot::Authentication))).expect("a key")
        })
        .collect();
    assert_eq!(keys.len(), 20);
}

#[test]
fn the_authentication_key_signs_while_the_passcode_is_verified() {
    let mut card = managed();
    let key = public_key_of(&tell(&mut card, &commands::generate(Slot::Authentication))).expect("a key");
    let sign = commands::sign(Slot::Authentication, &DIGEST);
    assert_eq!(status(&mut card, &sign), Status::NotVerified);
    assert_eq!(status(&mut card, &passcode::verify(&code("123456"))), Status::Success);
    for _ in 0..2 {
        let signature = signature_of(&tell(&mut card, &sign)).expect("it signs");
        assert!(is_signed(key, &signature));
    }
    assert_eq!(card.public_key(Slot::Authentication), Some(key));
    assert_eq!(status(&mut card, &commands::sign(Slot::Signature, &DIGEST)), Status::NoSuchReference);
}

#[test]
fn the_signature_key_wants_the_passcode_each_time_wherever_it_lies() {
    let mut card = managed();
    tell(&mut card, &commands::generate_asking_each_time(Slot::NextSignature));
    for slot in [Slot::NextSignature, Slot::Signature] {
        let sign = commands::sign(slot, &DIGEST);
        assert_eq!(status(&mut card, &sign), Status::NotVerified);
        assert_eq!(status(&mut card, &passcode::verify(&code("123456"))), Status::Success);
        assert_eq!(status(&mut card, &sign), Status::Success);
        assert_eq!(status(&mut card, &sign), Status::NotVerified);
        tell(&mut card, &commands::move_key(Slot::NextSignature, Slot::Signature));
    }
}

#[test]
fn a_key_moves_to_an_empty_slot_only() {
    let mut card = managed();
    let old = public_key_of(&tell(&mut card, &commands::generate(Slot::Authentication))).expect("a key");
    let new = public_key_of(&tell(&mut card, &commands::generate(Slot::NextAuthentication))).expect("a key");
    let moves = commands::move_key(Slot::NextAuthentication, Slot::Authentication);
    assert_eq!(status(&mut card, &moves), Status::NotNow);
    let aside = commands::move_key(Slot::Authentication, Slot::FormerAuthentication);
    assert_eq!(status(&mut card, &aside), Status::Success);
    assert_eq!(status(&mut card, &moves), Status::Success);
    assert_eq!(card.public_key(Slot::Authentication), Some(new));
    assert_eq!(card.public_key(Slot::FormerAuthentication), Some(old));
    assert_eq!(status(&mut card, &commands::delete_key(Slot::FormerAuthentication)), Status::Success);
    assert_eq!(status(&mut card, &moves), Status::NoSuchReference);
    assert_eq!(card.public_key(Slot::FormerAuthentication), None);
}

#[test]
fn a_long_certificate_comes_back_as_it_was_written_and_can_be_taken_off() {
    let mut card = managed();
    let object = Slot::Signature.certificate();
    let certificate: Vec<u8> = (0..1900_u32).map(|byte| byte.to_le_bytes()[0]).collect();
    let content = CertificateObject { certificate: certificate.clone() }.content();
    assert_eq!(status(&mut card, &commands::put_data(object, &content)), Status::Success);
    assert_eq!(
        piv::certificate_of(&tell(&mut card, &commands::get_data(object))),
        Ok(Some(certificate.clone()))
    );
    let whole = card.answer(&commands::get_data(object).expecting(0x1_0000).bytes()).expect("the card is in");
    assert_eq!(
        piv::certificate_of(&Answer::parse(&whole).expect("an answer")),
        Ok(Some(certificate.clone()))
    );
    assert_eq!(card.certificate(Slot::Signature), Some(certificate));
    assert_eq!(status(&mut card, &commands::put_data(object, &[])), Status::Success);
    assert_eq!(status(&mut card, &commands::get_data(object)), Status::NotFound);
    assert_eq!(status(&mut card, &commands::put_data(object, &[7; 4000])), Status::Full);
}

fn facts(card: &mut Card) -> CardFacts {
    let mut facts = CardFacts::default();
    while let Some(question) = facts.open_questions().first().copied() {
        let answer = tell(card, &question.command());
        facts.learn(question, &answer);
    }
    facts
}

#[test]
fn what_a_card_tells_depends_on_its_firmware() {
    for (firmware, tells, moves) in
        [(Firmware::Moves, true, true), (Firmware::Tells, true, false), (Firmware::Plain, false, false)]
    {
        let mut card = selected(&Personal { firmware, ..personal() });
        assert!(manage(&mut card, Personal::MANAGEMENT_KEY));
        let key = public_key_of(&tell(&mut card, &commands::generate(Slot::Authentication))).expect("a key");
        let facts = facts(&mut card);
        assert_eq!(facts.guid(), Some(card.guid()));
        assert_eq!(facts.tries_left(), Some(3));
        assert_eq!(facts.can_move_keys(), moves);
        assert_eq!(facts.public_key(Slot::Authentication), tells.then_some(key));
        let moved = status(&mut card, &commands::move_key(Slot::Authentication, Slot::FormerAuthentication));
        assert_eq!(moved.is_success(), moves);
    }
}

#[test]
fn a_card_that_is_put_back_knows_what_it_did_and_forgot_what_it_was_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut card = Card::open(folder.path(), &personal()).expect("a card");
    tell(&mut card, &commands::select());
    assert!(manage(&mut card, Personal::MANAGEMENT_KEY));
    tell(&mut card, &passcode::verify(&code("000000")));
    let key = public_key_of(&tell(&mut card, &commands::generate(Slot::Authentication))).expect("a key");
    let guid = card.guid();
    drop(card);
    let mut card = Card::open(folder.path(), &personal()).expect("the same card");
    assert_eq!((card.guid(), card.tries_left(), card.public_key(Slot::Authentication)), (guid, 2, Some(key)));
    tell(&mut card, &commands::select());
    assert_eq!(status(&mut card, &commands::generate(Slot::Authentication)), Status::NotVerified);
}

#[test]
fn a_card_can_be_pulled_out_before_or_after_each_command_took_effect() {
    for (pull, is_there) in [(Pull::Before, false), (Pull::After, true)] {
        let mut card = managed();
        card.pull_after(1, pull);
        tell(&mut card, &commands::tries_left());
        assert_eq!(card.answer(&commands::generate(Slot::Authentication).bytes()), Err(Pulled));
        assert_eq!(card.answer(&commands::select().bytes()), Err(Pulled), "it stays out");
        card.put_in();
        assert_eq!(card.public_key(Slot::Authentication).is_some(), is_there);
        assert_eq!(status(&mut card, &commands::select()), Status::Success);
        assert_eq!(status(&mut card, &commands::generate(Slot::Authentication)), Status::NotVerified);
    }
}

#[test]
fn a_card_can_be_pulled_out_while_a_certificate_is_half_written() {
    let mut card = managed();
    card.pull_at(0xDB, Pull::After);
    let put = commands::put_data(Slot::Signature.certificate(), &[7; 900]);
    let mut parts = 0;
    let cut = piv::exchange(&put, |bytes| {
        parts += 1;
        card.answer(bytes)
    });
    assert_eq!((cut, parts), (Err(piv::ExchangeProblem::Line(Pulled)), 1));
    card.put_in();
    assert_eq!(status(&mut card, &commands::select()), Status::Success);
    assert_eq!(status(&mut card, &commands::get_data(Slot::Signature.certificate())), Status::NotFound);
}

#[test]
fn a_card_remembers_what_it_heard_and_not_what_stood_in_it() {
    let mut card = selected(&personal());
    tell(&mut card, &passcode::verify(&code("000000")));
    let last = card.heard().last().copied().expect("it heard something");
    assert_eq!((last.instruction, last.p1, last.p2, last.status), (0x20, 0, 0x80, Status::Wrong { left: 2 }));
    assert!(Question::Tries.command().data().is_empty());
}

proptest::proptest! {
    #[test]
    fn any_bytes_get_an_answer(commands in proptest::collection::vec(proptest::collection::vec(0_u8.., 0..40), 0..20)) {
        let mut card = managed();
        for command in commands {
            let answer = card.answer(&command).expect("the card is in");
            proptest::prop_assert!(answer.len() >= 2);
        }
        proptest::prop_assert!(card.tries_left() <= 3);
    }
}

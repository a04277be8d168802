//! Each order, and what becomes of it.

use card_jobs::{Hex, Order, Outcome, PasscodeFrom, Slot, Verdict, history_input};
use p256::NistP256;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey};
use piv::commands;
use vcard::Personal;
use voprf::{BlindedElement, OprfServer};

use crate::desk::{Desk, NEW, Orders, Script, answers, generates, transmit, typed};

const CURRENT: PasscodeFrom = PasscodeFrom::AskCurrent;

#[tokio::test]
async fn nothing_is_done_before_the_person_has_seen_what_is_asked_and_agreed() {
    let desk = Desk::new();
    let mut person = Script { refuses: true, ..Script::default() };
    let mut portal = Orders::new([desk.connect()]);
    desk.run(&mut portal, &mut person).await.unwrap();
    assert_eq!(portal.reports.iter().map(|report| &report.outcome).collect::<Vec<_>>(), [&Outcome::Declined]);
    assert_eq!(
        person.asked,
        ["Renew the certificates of your smartcard at https://access.northfield.example"]
    );
    assert_eq!(desk.heard(), 0);
}

#[tokio::test]
async fn the_card_is_found_read_and_let_go_and_the_person_hears_how_it_ended() {
    let desk = Desk::new();
    let mut person = Script::default();
    let outcomes = desk.does(&mut person, [desk.connect(), transmit(&[commands::version()])]).await;
    assert!(matches!(&outcomes[0], Outcome::Connected { reader, .. } if reader == "Desk"), "{outcomes:?}");
    assert_eq!(answers(&outcomes[1])[0].data(), [5, 7, 1]);
    assert_eq!(person.heard, Some((Verdict::Done, "All is done".to_owned())));
}

#[tokio::test]
async fn a_passcode_is_asked_for_once_and_again_only_when_it_was_wrong() {
    let desk = Desk::new();
    let mut person = Script::types(["111111", "123456"]);
    let verify = || Order::Verify { passcode: CURRENT };
    let outcomes = desk.does(&mut person, [desk.connect(), verify(), verify(), verify()]).await;
    assert_eq!(outcomes[1..], [Outcome::WrongPasscode { left: 2 }, Outcome::Done, Outcome::Done]);
    assert_eq!(person.asked[1..], ["passcode Some(3) false", "passcode Some(2) true"]);
    assert!(!desk.is_verified(), "the card was reset when it was let go");
}

#[tokio::test]
async fn the_last_try_is_kept_unless_the_person_agrees() {
    let desk = Desk::new();
    let verify = |passcode| Order::Verify { passcode };
    let wrong = || verify(typed("111111"));
    let kept = desk.does(&mut Script::default(), [desk.connect(), wrong(), wrong(), wrong()]).await;
    assert_eq!(kept[2..], [Outcome::WrongPasscode { left: 1 }, Outcome::LastTryKept { left: 1 }]);
    for order in [verify(CURRENT), Order::Change { current: typed("111111"), new: typed("482913") }] {
        let kept = desk.does(&mut Script::types(["111111"]), [desk.connect(), order]).await;
        assert_eq!(kept[1], Outcome::LastTryKept { left: 1 });
    }
    assert_eq!(desk.tries_left(), 1);
    let mut person = Script { risks: true, ..Script::types(["111111"]) };
    let used = desk.does(&mut person, [desk.connect(), verify(CURRENT), verify(CURRENT)]).await;
    assert_eq!(used[1..], [Outcome::Blocked, Outcome::Blocked]);
    assert_eq!(
        person.asked[1..],
        ["last try", "passcode Some(1) false"],
        "nobody is asked for a blocked card"
    );
}

#[tokio::test]
async fn a_passcode_is_changed_and_the_new_one_is_the_present_one_from_then_on() {
    let desk = Desk::new();
    let mut person = Script::types(["123456"]).chooses(["482913"]);
    let orders = [
        desk.connect(),
        Order::Verify { passcode: CURRENT },
        Order::Change { current: CURRENT, new: NEW },
        Order::Verify { passcode: CURRENT },
        Order::Verify { passcode: NEW },
    ];
    assert!(desk.does(&mut person, orders).await[1..].iter().all(|outcome| *outcome == Outcome::Done));
    let again = [desk.connect(), Order::Verify { passcode: typed("482913") }];
    assert_eq!(desk.does(&mut Script::default(), again).await[1], Outcome::Done);
}

#[tokio::test]
async fn a_passcode_that_the_card_does_not_take_is_asked_for_anew() {
    let desk = Desk::new();
    let mut person = Script::types(["123456"]).chooses(["aB3d", "482913"]);
    let change = || Order::Change { current: CURRENT, new: NEW };
    let outcomes = desk.does(&mut person, [desk.connect(), change(), change()]).await;
    assert_eq!(outcomes[1..], [Outcome::PasscodeRefused, Outcome::Done]);
    let too_long = Order::Change { current: typed("482913"), new: typed("123456789") };
    assert_eq!(
        desk.does(&mut Script::default(), [desk.connect(), too_long]).await[1],
        Outcome::PasscodeRefused
    );
}

#[tokio::test]
async fn a_blocked_card_is_opened_and_its_unblocking_key_replaced() {
    let personal = Personal { passcode: None, ..Personal::fresh() };
    let desk = Desk::with(&personal);
    let unblock =
        |key: &[u8]| Order::Unblock { key: Hex(key.to_vec()), next_key: Hex(b"87654321".to_vec()), new: NEW };
    let mut person = Script::default().chooses(["482913"]);
    let orders = [desk.connect(), unblock(b"00000000"), unblock(&Personal::UNBLOCKING_KEY)];
    assert_eq!(
        desk.does(&mut person, orders).await[1..],
        [Outcome::WrongUnblockingKey { left: 2 }, Outcome::Done]
    );
    assert_eq!(person.asked.len(), 2, "the new passcode was asked for once: {:?}", person.asked);
    let orders =
        [desk.connect(), Order::Verify { passcode: typed("482913") }, unblock(&Personal::UNBLOCKING_KEY)];
    let outcomes = desk.does(&mut Script::default().chooses(["482914"]), orders).await;
    assert_eq!(outcomes[1..], [Outcome::Done, Outcome::WrongUnblockingKey { left: 2 }]);
}

#[tokio::test]
async fn keys_of_the_card_sign_with_the_passcode_asked_for_once() {
    let desk = Desk::new();
    let slots = [piv::Slot::Authentication, piv::Slot::Signature];
    let mut makes = generates(Personal::MANAGEMENT_KEY, &slots);
    let connect = desk.connect();
    let mut first = Some(connect.clone());
    let mut portal = Orders::deciding(move |outcome| first.take().or_else(|| makes(outcome)));
    desk.run(&mut portal, &mut Script::default()).await.unwrap();
    assert!(answers(&portal.outcomes()[2]).iter().all(|answer| answer.status.is_success()));
    let sign = |slot| Order::Sign { slot, digest: Hex(vec![0xEE; 32]), passcode: CURRENT };
    let mut person = Script::types(["123456"]);
    let orders = [connect, sign(Slot::Authentication), sign(Slot::Signature), sign(Slot::Signature)];
    let outcomes = desk.does(&mut person, orders).await;
    for (outcome, slot) in outcomes[1..].iter().zip([slots[0], slots[1], slots[1]]) {
        let Outcome::Signed { signature } = outcome else { panic!("{outcome:?}") };
        let key = desk.card.0.lock().unwrap().public_key(slot).unwrap();
        let key = VerifyingKey::from_sec1_bytes(key.point()).unwrap();
        let signature = DerSignature::from_bytes(signature.bytes()).unwrap();
        assert!(key.verify_prehash(&[0xEE; 32], &signature).is_ok());
    }
    assert_eq!(person.asked[1..], ["passcode Some(3) false"]);
    let empty =
        desk.does(&mut Script::types(["123456"]), [desk.connect(), sign(Slot::NextAuthentication)]).await;
    assert!(matches!(empty[1], Outcome::Unexpected { .. }), "{empty:?}");
}

#[tokio::test]
async fn the_portal_evaluates_a_passcode_that_it_does_not_see() {
    let desk = Desk::new();
    let server = OprfServer::<NistP256>::new_from_seed(&[9; 32], b"history").unwrap();
    let guid = desk.card.0.lock().unwrap().guid().0;
    let openly = server.evaluate(&history_input(&guid, b"482913")).unwrap().to_vec();
    let mut orders = vec![Order::BlindHistory { new: NEW }, desk.connect()];
    let mut portal = Orders::deciding(move |outcome| match outcome {
        Outcome::Blinded { element } => {
            let element = BlindedElement::deserialize(element.bytes()).unwrap();
            Some(Order::FinishHistory {
                evaluated: Hex(server.blind_evaluate(&element).serialize().to_vec()),
            })
        }
        _ => orders.pop(),
    });
    desk.run(&mut portal, &mut Script::default().chooses(["482913"])).await.unwrap();
    assert_eq!(portal.outcomes().last(), Some(&Outcome::HistoryOutput { output: Hex(openly) }));
}

#[tokio::test]
async fn a_script_with_one_command_that_is_not_on_the_list_sends_none() {
    let desk = Desk::new();
    desk.does(&mut Script::default(), [desk.connect()]).await;
    let (before, guess) = (desk.heard(), piv::Passcode::new(b"111111").unwrap());
    let sign = commands::sign(piv::Slot::Authentication, &[1; 32]);
    for command in [piv::passcode::verify(&guess), piv::passcode::change(&guess, &guess), sign] {
        let script = transmit(&[commands::version(), command]);
        let outcomes = desk.does(&mut Script::default(), [desk.connect(), script]).await;
        assert_eq!(outcomes[1], Outcome::NotAllowed);
    }
    // SELECT and the card's number, once for each connection, and nothing else.
    assert_eq!(desk.heard(), before + 6);
    assert_eq!(desk.tries_left(), 3);
}

#[tokio::test]
async fn a_script_ends_at_the_first_command_that_the_card_refuses() {
    let desk = Desk::new();
    let generate = commands::generate(piv::Slot::Authentication);
    let script = transmit(&[commands::version(), generate, commands::version()]);
    let outcomes = desk.does(&mut Script::default(), [desk.connect(), script]).await;
    let statuses: Vec<u16> = answers(&outcomes[1]).iter().map(|answer| answer.status.word()).collect();
    assert_eq!(statuses, [0x9000, 0x6982]);
}

#[tokio::test]
async fn an_order_that_mixes_up_passcodes_or_lengths_is_refused() {
    let desk = Desk::new();
    let short = Order::Sign { slot: Slot::Authentication, digest: Hex(vec![1; 31]), passcode: CURRENT };
    for order in [
        Order::Verify { passcode: NEW },
        Order::Change { current: typed("123456"), new: CURRENT },
        Order::Connect { card: Some(Hex(vec![1; 15])) },
        short,
    ] {
        let mut person = Script::types(["123456"]).chooses(["482913"]);
        let outcomes = desk.does(&mut person, [desk.connect(), order]).await;
        assert_eq!(outcomes[1], Outcome::NotAllowed);
    }
    assert_eq!(desk.tries_left(), 3);
}

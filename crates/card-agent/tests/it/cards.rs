//! The right card, another one, and none.

use std::sync::{Arc, Mutex};

use card_agent::InProcessReaders;
use card_jobs::{Hex, Order, Outcome};
use vcard::{ATR, Card, Personal};

use crate::desk::{Desk, READER, Script, Shared};

fn other_card() -> Arc<Mutex<Shared>> {
    Arc::new(Mutex::new(Shared(Arc::new(Mutex::new(Card::new(&Personal::fresh()))))))
}

#[tokio::test]
async fn the_card_is_found_by_its_number_in_whichever_reader() {
    let desk = Desk::new();
    for reader in ["A reader before", "Zebra"] {
        desk.readers.insert(reader, &ATR, other_card());
    }
    let outcomes = desk.does(&mut Script::default(), [desk.connect()]).await;
    assert!(matches!(&outcomes[0], Outcome::Connected { reader, .. } if reader == READER), "{outcomes:?}");
}

#[tokio::test]
async fn a_person_without_the_card_is_asked_for_it_and_may_give_up() {
    let desk = Desk::new();
    desk.readers.pull(READER);
    let mut person = Script::default();
    assert_eq!(desk.does(&mut person, [desk.connect()]).await, [Outcome::NoCard]);
    assert_eq!(person.asked[1..], ["Card"]);
    desk.readers.insert(READER, &ATR, other_card());
    assert_eq!(desk.does(&mut Script::default(), [desk.connect()]).await, [Outcome::WrongCard]);
    let nothing = Desk { readers: InProcessReaders::new(), ..desk };
    assert_eq!(nothing.does(&mut Script::default(), [nothing.connect()]).await, [Outcome::NoReader]);
}

#[tokio::test]
async fn a_wrong_card_is_exchanged_for_the_right_one() {
    let desk = Arc::new(Desk::new());
    desk.readers.insert(READER, &ATR, other_card());
    let (pulls, puts) = (Arc::clone(&desk), Arc::clone(&desk));
    let mut person = Script::default()
        .when_asked_for_the_card(move || {
            pulls.readers.pull(READER);
            pulls.readers.insert(READER, &ATR, other_card());
            pulls.readers.pull(READER);
        })
        .when_asked_for_the_card(move || puts.put_in());
    let outcomes = tokio::time::timeout(std::time::Duration::from_mins(1), async {
        desk.does(&mut person, [desk.connect()]).await
    });
    assert!(matches!(outcomes.await.unwrap()[..], [Outcome::Connected { .. }]));
    assert_eq!(person.asked[1..], ["RightCard", "Card"]);
}

#[tokio::test]
async fn a_job_for_any_blank_card_takes_the_only_one_there_is() {
    let desk = Desk::new();
    let any = || Order::Connect { card: None };
    assert!(matches!(desk.does(&mut Script::default(), [any()]).await[..], [Outcome::Connected { .. }]));
    desk.readers.insert("Second", &ATR, other_card());
    assert_eq!(desk.does(&mut Script::default(), [any()]).await, [Outcome::WrongCard]);
}

#[tokio::test]
async fn a_card_that_another_program_keeps_is_asked_to_be_freed() {
    use card_agent::Readers as _;
    let desk = Desk::new();
    let mut theirs = desk.readers.clone();
    let seat = theirs.look().unwrap().remove(0);
    let held = Arc::new(Mutex::new(Some(theirs.open(&seat).unwrap())));
    let mut person = Script::default();
    assert_eq!(desk.does(&mut person, [desk.connect()]).await, [Outcome::Declined]);
    assert_eq!(person.asked[1..], ["FreeCard"]);
    let frees = Arc::clone(&held);
    let mut person = Script::default().when_asked_for_the_card(move || drop(frees.lock().unwrap().take()));
    assert!(matches!(desk.does(&mut person, [desk.connect()]).await[..], [Outcome::Connected { .. }]));
}

#[tokio::test]
async fn what_is_no_smartcard_of_ours_is_another_card() {
    let desk = Desk::new();
    let bank_card = |_: &[u8]| Some(vec![0x6A, 0x82]);
    desk.readers.insert(READER, &[0x3B, 0], Arc::new(Mutex::new(bank_card)));
    assert_eq!(desk.does(&mut Script::default(), [desk.connect()]).await, [Outcome::WrongCard]);
    let nonsense = |_: &[u8]| Some(vec![0x61]);
    desk.readers.insert(READER, &[0x3B, 0], Arc::new(Mutex::new(nonsense)));
    assert_eq!(desk.does(&mut Script::default(), [desk.connect()]).await, [Outcome::NoCard]);
    let guid = Hex(vec![0; 16]);
    desk.put_in();
    let unknown = [Order::Connect { card: Some(guid) }];
    assert_eq!(desk.does(&mut Script::default(), unknown).await, [Outcome::WrongCard]);
}

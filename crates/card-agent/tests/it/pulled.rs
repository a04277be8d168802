//! The card is pulled out at each command of a job, before it took effect and after.

use card_jobs::{Order, Outcome, PasscodeFrom};
use piv::commands;
use vcard::{Personal, Pull};

use crate::desk::{Desk, NEW, Orders, Script, generates, transmit};

/// Everything that is done to a card, with the card connected anew whenever it is gone.
fn job(desk: &Desk) -> Orders {
    let connect = desk.connect();
    let mut makes = generates(Personal::MANAGEMENT_KEY, &[piv::Slot::Authentication]);
    let mut steps = vec![
        Order::Change { current: PasscodeFrom::AskCurrent, new: NEW },
        Order::Verify { passcode: PasscodeFrom::AskCurrent },
        transmit(&[commands::version(), commands::metadata(piv::Slot::Authentication)]),
    ];
    let (mut connected, mut last) = (false, None);
    Orders::deciding(move |outcome| match outcome {
        Outcome::CardGone => {
            steps.extend(last.take());
            makes = generates(Personal::MANAGEMENT_KEY, &[piv::Slot::Authentication]);
            connected = false;
            Some(connect.clone())
        }
        Outcome::Connected { .. } => {
            connected = true;
            makes(outcome)
        }
        _ if !connected => Some(connect.clone()),
        _ => makes(outcome).or_else(|| {
            last = steps.pop();
            last.clone()
        }),
    })
}

#[tokio::test]
async fn wherever_the_card_is_pulled_out_the_job_goes_on_when_it_is_back() {
    let whole = Desk::new();
    let mut person = Script::types(["123456"]).chooses(["482913"]);
    whole.run(&mut job(&whole), &mut person).await.unwrap();
    let commands = u32::try_from(whole.heard()).unwrap();
    assert!(commands > 8, "{commands}");
    for (at, pull) in (0..commands).flat_map(|at| [(at, Pull::Before), (at, Pull::After)]) {
        let desk = std::sync::Arc::new(Desk::new());
        desk.card.0.lock().unwrap().pull_after(at, pull);
        let puts = std::sync::Arc::clone(&desk);
        let mut person = Script::types(["123456", "482913"])
            .chooses(["482913"])
            .when_asked_for_the_card(move || puts.put_in());
        let mut portal = job(&desk);
        desk.run(&mut portal, &mut person).await.unwrap();
        let outcomes = portal.outcomes();
        assert!(person.asked.contains(&"Card".to_owned()), "at {at} {pull:?}: {:?}", person.asked);
        assert!(!desk.is_verified(), "at {at} {pull:?}");
        assert!(
            matches!(outcomes.last(), Some(Outcome::Done | Outcome::WrongPasscode { .. })),
            "{outcomes:?}"
        );
        assert!(desk.tries_left() >= 2, "at {at} {pull:?}: {outcomes:?}");
    }
}

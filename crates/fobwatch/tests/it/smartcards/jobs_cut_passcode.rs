//! A change of passcode or an unblocking that is cut off anywhere can be gone on with, and the card has the passcode that was chosen.

use super::cut::Cut;
use super::workstation::{PASSCODE, Typist};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::Ward;
use jiff::SignedDuration;
use journeys::smartcard::job::{NewPasscode, Request, SetPasscodes, Unblock, cancel};
use rstest::rstest;
use vcard::Firmware;

fn typed(new: &str) -> NewPasscode {
    NewPasscode::Typed(new.to_owned().into())
}

#[rstest]
#[tokio::test]
async fn a_change_of_passcode_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Cut::AgentDies, Cut::AnswerLost, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
    #[values(true, false)] still_typed: bool,
) {
    let ward = Ward::new(kind).await;
    let nodes = ward.two_nodes().await;
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, Firmware::Plain).await;
    let mut current = PASSCODE.to_owned();
    for (turn, place) in cut.places().enumerate() {
        let new = format!("{}", 600_000 + place);
        let ask = SetPasscodes {
            current: Some(current.clone().into()),
            new: Some(typed(&new)),
            ..SetPasscodes::default()
        };
        let id = ward.asks(&held, Request::SetPasscodes(ask)).await.unwrap();
        let mut typist = Typist::types("none");
        let went = ward.works_until((cut, place), &nodes, &held, id, &mut typist).await;
        if !went.is_done() {
            if !still_typed {
                ward.waits(601);
                let has_new = held.plastic.has_passcode(&new);
                typist = Typist::types(if has_new { &new } else { &current }).and_new(&new);
            }
            ward.goes_on_to_the_end(&nodes, &held, id, &mut typist).await;
        }
        assert!(held.plastic.has_passcode(&new), "{cut:?} {place}");
        assert_eq!(ward.store().passcode_history(held.card).await.unwrap().len(), (turn + 2).min(5));
        current = new;
        ward.clock.advance(SignedDuration::from_hours(1));
        if !went.was_cut {
            assert!(place >= 5, "{cut:?}: {place}");
            ward.nothing_is_left_over().await;
            return;
        }
    }
    panic!("it never came to an end without a cut");
}

#[rstest]
#[tokio::test]
async fn an_unblocking_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Cut::AgentDies, Cut::AnswerLost, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
    #[values(true, false)] begun_anew: bool,
) {
    let ward = Ward::new(kind).await;
    let nodes = ward.two_nodes().await;
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, Firmware::Plain).await;
    for place in cut.places() {
        let new = format!("{}", 700_000 + place);
        let ask = || Request::Unblock(Unblock { new: typed(&new), how: "recovery-passcode" });
        let mut id = ward.asks(&held, ask()).await.unwrap();
        let mut typist = Typist::types("none");
        let went = ward.works_until((cut, place), &nodes, &held, id, &mut typist).await;
        if !went.is_done() {
            if begun_anew {
                cancel(&ward.node.service, owner, id).await.unwrap();
                id = ward.asks(&held, ask()).await.unwrap();
            }
            ward.goes_on_to_the_end(&nodes, &held, id, &mut typist).await;
        }
        assert!(held.plastic.has_passcode(&new), "{cut:?} {place}");
        ward.clock.advance(SignedDuration::from_hours(1));
        if !went.was_cut {
            assert!(place >= 5, "{cut:?}: {place}");
            ward.nothing_is_left_over().await;
            return;
        }
    }
    panic!("it never came to an end without a cut");
}

//! A card that is being issued or wiped when everything is cut off is gone on with, or becomes blank again and is another person's.

use super::cut::Cut;
use super::workstation::{Held, PASSCODE, Typist};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::Ward;
use jiff::SignedDuration;
use journeys::smartcard::job::{self, Asked, Issue, NewPasscode, Request, Wipe, cancel};
use rstest::rstest;
use uuid::Uuid;
use vcard::Firmware;

/// Each place with people of its own, as each gets a card of their own.
async fn places(ward: &Ward, cut: Cut) -> impl Iterator<Item = (usize, [Uuid; 2])> {
    let places: Vec<_> = cut.places().collect();
    let people = ward.has_people(2 * places.len()).await;
    let pairs: Vec<_> = people.chunks(2).map(|pair| [pair[0], pair[1]]).collect();
    places.into_iter().zip(pairs)
}

/// The card is its owner's now: its pair counts, and its passcode is known or nobody's.
async fn is_issued(ward: &Ward, held: &Held, locked: bool) {
    ward.card_holds_its_pair(held).await;
    let card = ward.smartcard(held).await;
    assert!(card.is_live(), "{card:?}");
    assert_eq!((card.account_id, card.issued_locked), (Some(held.owner), locked));
    assert!(card.unblock_generation >= 1, "the unblocking key of the bureau was replaced");
    assert_eq!(ward.store().passcode_history(held.card).await.unwrap().len(), usize::from(!locked));
    if !locked {
        assert!(held.plastic.has_passcode(PASSCODE));
    }
}

#[rstest]
#[tokio::test]
async fn an_issue_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
    #[values(Cut::AgentDies, Cut::AnswerLost, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
) {
    let ward = Ward::new(kind).await;
    let nodes = ward.two_nodes().await;
    for (place, [owner, _]) in places(&ward, cut).await {
        let (held, id) = ward.asks_to_issue(owner, firmware).await;
        let went = ward.works_until((cut, place), &nodes, &held, id, &mut Typist::types("none")).await;
        if !went.is_done() {
            let card = ward.smartcard(&held).await;
            assert!(card.issued_at.is_none() && !card.is_blank(), "{cut:?} {place}: {card:?}");
            assert!(ward.pair(&held).await.is_empty(), "{cut:?} {place}: nothing counts yet");
            ward.goes_on_to_the_end(&nodes, &held, id, &mut Typist::types("none")).await;
        }
        is_issued(&ward, &held, false).await;
        if !went.was_cut {
            assert!(place >= 15, "{cut:?}: {place}");
            ward.nothing_is_left_over().await;
            ward.audit_is_whole().await;
            return;
        }
    }
    panic!("it never came to an end without a cut");
}

/// The desk hands the card over without knowing its passcode; what was drawn for it is erased before the agent goes on, or is not.
#[rstest]
#[tokio::test]
async fn a_locked_card_of_which_the_desk_knows_nothing_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Cut::AgentDies, Cut::AnswerLost, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
    #[values(true, false)] at_once: bool,
) {
    let ward = Ward::new(kind).await;
    let nodes = ward.two_nodes().await;
    let hospital = ward.hospital().await;
    for (place, [owner, _]) in places(&ward, cut).await {
        let (_, plastic) = ward.blank_card(Firmware::Plain).await;
        // Any blank card will do: the job finds out which one is in the reader.
        let asked = Asked {
            organisation: &hospital,
            by: owner,
            card: None,
            act: Some(Uuid::max()),
            reason: Some("A new colleague"),
        };
        let issue = Request::Issue(Issue { owner, new: None });
        let id = job::begin(&ward.node.service, asked, issue).await.unwrap();
        let guid = plastic.with(|card| card.guid().0);
        let card = ward.store().smartcard_by_guid(&guid).await.unwrap().unwrap().id;
        let held = Held { card, owner, plastic };
        let went = ward.works_until((cut, place), &nodes, &held, id, &mut Typist::types("none")).await;
        if !went.is_done() {
            assert!(ward.pair(&held).await.is_empty(), "{cut:?} {place}: nothing counts yet");
            if !at_once {
                ward.waits(601);
                ward.housekeeping().await;
            }
            ward.goes_on_to_the_end(&nodes, &held, id, &mut Typist::types("none")).await;
        }
        is_issued(&ward, &held, true).await;
        if !went.was_cut {
            assert!(place >= 15, "{cut:?}: {place}");
            ward.nothing_is_left_over().await;
            return;
        }
    }
    panic!("it never came to an end without a cut");
}

#[rstest]
#[tokio::test]
async fn a_card_whose_issue_is_given_up_anywhere_is_issued_to_somebody_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
    #[values(Cut::AgentDies, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
) {
    let ward = Ward::new(kind).await;
    let nodes = ward.two_nodes().await;
    let hospital = ward.hospital().await;
    for (place, [owner, other]) in places(&ward, cut).await {
        let (mut held, id) = ward.asks_to_issue(owner, firmware).await;
        let went = ward.works_until((cut, place), &nodes, &held, id, &mut Typist::types("none")).await;
        if went.is_done() {
            assert!(!went.was_cut && place >= 15, "{cut:?}: {place}");
            ward.nothing_is_left_over().await;
            ward.audit_is_whole().await;
            return;
        }
        cancel(&ward.node.service, owner, id).await.unwrap();
        assert!(ward.smartcard(&held).await.is_blank(), "{cut:?} {place}");
        ward.nothing_is_left_over().await;
        held.owner = other;
        let asked = Asked {
            organisation: &hospital,
            by: other,
            card: Some(held.card),
            act: Some(Uuid::max()),
            reason: Some("Another colleague"),
        };
        let new = Some(NewPasscode::Typed(PASSCODE.to_owned().into()));
        let issue = Request::Issue(Issue { owner: other, new });
        let id = job::begin(&ward.node.service, asked, issue).await.unwrap();
        ward.goes_on_to_the_end(&nodes, &held, id, &mut Typist::types("none")).await;
        is_issued(&ward, &held, false).await;
        ward.clock.advance(SignedDuration::from_hours(1));
    }
    panic!("it never came to an end without a cut");
}

#[rstest]
#[tokio::test]
async fn a_wipe_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
    #[values(Cut::AgentDies, Cut::AnswerLost, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
    #[values(true, false)] begun_anew: bool,
) {
    let ward = Ward::new(kind).await;
    let nodes = ward.two_nodes().await;
    let both = [piv::Slot::Authentication, piv::Slot::Signature];
    for (place, [owner, _]) in places(&ward, cut).await {
        let held = ward.card_of(owner, firmware).await;
        let keys = both.map(|slot| held.plastic.with(|card| card.public_key(slot)));
        let mut tx = ward.store().begin().await.unwrap();
        tx.revoke_card_certificates(held.card, "other", ward.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let wipe = || Request::Wipe(Wipe { for_reuse: true });
        let mut id = ward.asks(&held, wipe()).await.unwrap();
        let went = ward.works_until((cut, place), &nodes, &held, id, &mut Typist::types("none")).await;
        if !went.is_done() {
            assert!(!ward.smartcard(&held).await.is_blank(), "{cut:?} {place}");
            if begun_anew {
                cancel(&ward.node.service, owner, id).await.unwrap();
                id = ward.asks(&held, wipe()).await.unwrap();
            }
            ward.goes_on_to_the_end(&nodes, &held, id, &mut Typist::types("none")).await;
        }
        assert!(ward.smartcard(&held).await.is_blank(), "{cut:?} {place}");
        for (slot, key) in both.into_iter().zip(keys) {
            assert_eq!(held.plastic.certificate(slot), None, "{cut:?} {place}");
            assert_ne!(held.plastic.with(|card| card.public_key(slot)), key, "{cut:?} {place}");
        }
        if !went.was_cut {
            assert!(place >= 5, "{cut:?}: {place}");
            ward.nothing_is_left_over().await;
            ward.audit_is_whole().await;
            return;
        }
    }
    panic!("it never came to an end without a cut");
}

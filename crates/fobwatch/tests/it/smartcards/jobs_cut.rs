//! A renewal that is cut off anywhere can be gone on with, ends with one pair, and never leaves two or none.

use super::cut::Cut;
use super::workstation::{Held, PASSCODE, Typist};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::{Node, Ward};
use jiff::SignedDuration;
use rstest::rstest;
use vcard::Firmware;

/// Renews with one cut. Answers false where the place of the cut was not reached.
async fn renews_with(ward: &Ward, nodes: &[Node; 2], held: &Held, cut: Cut, place: usize) -> bool {
    let before = ward.pair(held).await;
    let used = ward.smartcard(held).await.renewals_used;
    let id = ward.asks_to_renew(held).await;
    let went = ward.works_until((cut, place), nodes, held, id, &mut Typist::types(PASSCODE)).await;
    if !went.is_done() {
        // The old pair is the one that counts, and nothing was counted.
        assert_eq!(ward.pair(held).await, before);
        assert_eq!(ward.smartcard(held).await.renewals_used, used);
        ward.goes_on_to_the_end(nodes, held, id, &mut Typist::types(PASSCODE)).await;
    }
    ward.card_holds_its_pair(held).await;
    for old in before {
        let old = ward.store().certificate_by_serial(&old.serial).await.unwrap().unwrap();
        assert_eq!(old.revoked_for.as_deref(), Some("renewed"), "{cut:?} {place}");
    }
    assert_eq!(ward.smartcard(held).await.renewals_used, used + 1, "{cut:?} {place}");
    // Limits are for people, not for a test that renews all day.
    ward.clock.advance(SignedDuration::from_hours(1));
    went.was_cut
}

#[rstest]
#[tokio::test]
async fn a_renewal_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
    #[values(Cut::AgentDies, Cut::AnswerLost, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
) {
    let ward = Ward::new(kind).await;
    let nodes = ward.two_nodes().await;
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, firmware).await;
    let mut places = 0;
    while renews_with(&ward, &nodes, &held, cut, places).await {
        places += 1;
    }
    // Fewer would mean that the cuts did not happen.
    assert!(places >= 12, "{cut:?}: {places}");
    ward.nothing_is_left_over().await;
    ward.audit_is_whole().await;
}

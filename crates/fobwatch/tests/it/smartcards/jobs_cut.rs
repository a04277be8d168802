//! A renewal that is cut off anywhere can be gone on with, ends with one pair, and never leaves two or none.

use super::workstation::{Held, PASSCODE, Typist, Wire};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::{Node, Ward};
use card_jobs::Verdict;
use jiff::SignedDuration;
use journeys::smartcard::job::JobState;
use rstest::rstest;
use store::smartcard_certificate::CardCertificate;
use uuid::Uuid;
use vcard::{Firmware, Pull};

/// What a test does at the place where it cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The agent's process ends before it reports.
    AgentDies,
    /// The answer of the portal is lost, and the portal is another process by then.
    AnswerLost,
    /// The card is pulled out before a command takes effect.
    PulledBefore,
    /// The card is pulled out after a command took effect and before its answer.
    PulledAfter,
}

/// Two nodes on one database: each report goes to the other one than the last, as if the first had died.
async fn two_nodes(ward: &Ward) -> [Node; 2] {
    [ward.node.clone(), ward.another_node().await]
}

/// Renews with one cut. Answers false where the place of the cut was not reached.
async fn renews_with(ward: &Ward, nodes: &[Node; 2], held: &Held, cut: Cut, place: usize) -> bool {
    let before = ward.pair(held).await;
    let used = ward.smartcard(held).await.renewals_used;
    let id = ward.asks_to_renew(held).await;
    let mut wire = Wire::to(nodes);
    match cut {
        Cut::AgentDies => wire.dies_at = Some(place),
        Cut::AnswerLost => wire.loses_answer_at = Some(place),
        Cut::PulledBefore | Cut::PulledAfter => {
            let pull = if cut == Cut::PulledBefore { Pull::Before } else { Pull::After };
            held.plastic.with(|card| card.pull_after(u32::try_from(place).unwrap(), pull));
        }
    }
    let ended = ward.works_over(&mut wire, held, id, &mut Typist::types(PASSCODE)).await;
    let reached = match cut {
        Cut::AgentDies => ended.is_none(),
        Cut::AnswerLost => wire.orders.lock().unwrap().len() > place,
        Cut::PulledBefore | Cut::PulledAfter => held.plastic.with(|card| card.is_out()),
    };
    if ended != Some(Verdict::Done) {
        assert!(reached, "{cut:?} {place}: {:?}", ward.view(held, id).await);
        nothing_counts_yet(ward, held, &before, used).await;
        goes_on(ward, nodes, held, id).await;
    }
    held.plastic.is_back();
    ward.card_holds_its_pair(held).await;
    for old in before {
        let old = ward.store().certificate_by_serial(&old.serial).await.unwrap().unwrap();
        assert_eq!(old.revoked_for.as_deref(), Some("superseded"), "{cut:?} {place}");
    }
    assert_eq!(ward.smartcard(held).await.renewals_used, used + 1, "{cut:?} {place}");
    // Limits are for people, not for a test that renews all day.
    ward.clock.advance(SignedDuration::from_hours(1));
    reached
}

/// The old pair is the one that counts, and nothing was counted.
async fn nothing_counts_yet(ward: &Ward, held: &Held, before: &[CardCertificate], used: u32) {
    assert_eq!(ward.pair(held).await, before);
    assert_eq!(ward.smartcard(held).await.renewals_used, used);
}

/// The card is put back, *Go on* is chosen, and the agent works again.
async fn goes_on(ward: &Ward, nodes: &[Node; 2], held: &Held, id: Uuid) {
    held.plastic.is_back();
    ward.goes_on(held, id).await;
    let mut wire = Wire::to(nodes);
    let mut typist = Typist::types(PASSCODE);
    let ended = ward.works_over(&mut wire, held, id, &mut typist).await;
    assert_eq!(
        ended,
        Some(Verdict::Done),
        "{:?} {typist_told:?}",
        ward.view(held, id).await,
        typist_told = typist.told
    );
    assert_eq!(ward.view(held, id).await.state, JobState::Ended);
}

#[rstest]
#[tokio::test]
async fn a_renewal_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
    #[values(Cut::AgentDies, Cut::AnswerLost, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
) {
    let ward = Ward::new(kind).await;
    let nodes = two_nodes(&ward).await;
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, firmware).await;
    let mut places = 0;
    while renews_with(&ward, &nodes, &held, cut, places).await {
        places += 1;
    }
    // Fewer would mean that the cuts did not happen.
    assert!(places >= 12, "{cut:?}: {places}");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_change_of_passcode_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Cut::AgentDies, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
    #[values(true, false)] still_typed: bool,
) {
    use journeys::smartcard::job::{NewPasscode, Request, SetPasscodes};
    let ward = Ward::new(kind).await;
    let nodes = two_nodes(&ward).await;
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, Firmware::Plain).await;
    let mut current = PASSCODE.to_owned();
    for place in 0..30 {
        let new = format!("{}", 600_000 + place);
        let ask = SetPasscodes {
            current: Some(current.clone().into()),
            new: Some(NewPasscode::Typed(new.clone().into())),
            ..SetPasscodes::default()
        };
        let id = ward.asks(&held, Request::SetPasscodes(ask)).await.unwrap();
        let mut wire = Wire::to(&nodes);
        match cut {
            Cut::AgentDies => wire.dies_at = Some(place),
            Cut::PulledBefore => {
                held.plastic.with(|card| card.pull_after(u32::try_from(place).unwrap(), Pull::Before));
            }
            _ => held.plastic.with(|card| card.pull_after(u32::try_from(place).unwrap(), Pull::After)),
        }
        let ended = ward.works_over(&mut wire, &held, id, &mut Typist::types("none")).await;
        let reached = ended != Some(Verdict::Done);
        held.plastic.is_back();
        if reached {
            let mut typist = Typist::types("none");
            if !still_typed {
                ward.waits(601);
                let has_new = held.plastic.has_passcode(&new);
                typist = Typist::types(if has_new { &new } else { &current }).and_new(&new);
            }
            ward.goes_on(&held, id).await;
            let mut wire = Wire::to(&nodes);
            let ended = ward.works_over(&mut wire, &held, id, &mut typist).await;
            assert_eq!(ended, Some(Verdict::Done), "{cut:?} {place} {:?}", ward.view(&held, id).await);
        }
        assert!(held.plastic.has_passcode(&new), "{cut:?} {place}");
        assert_eq!(ward.store().passcode_history(held.card).await.unwrap().len(), (place + 2).min(5));
        current = new;
        ward.clock.advance(SignedDuration::from_hours(1));
        if !reached {
            assert!(place >= 5, "{cut:?}: {place}");
            return;
        }
    }
    panic!("it never came to an end without a cut");
}

#[rstest]
#[tokio::test]
async fn an_unblocking_that_is_cut_off_anywhere_is_gone_on_with(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Cut::AgentDies, Cut::PulledBefore, Cut::PulledAfter)] cut: Cut,
    #[values(true, false)] begun_anew: bool,
) {
    use journeys::smartcard::job::{NewPasscode, Request, Unblock, cancel};
    let ward = Ward::new(kind).await;
    let nodes = two_nodes(&ward).await;
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, Firmware::Plain).await;
    for place in 0..30 {
        let new = format!("{}", 700_000 + place);
        let ask = |new: &str| {
            let new = NewPasscode::Typed(new.to_owned().into());
            Request::Unblock(Unblock { new, how: "recovery-passcode" })
        };
        let mut id = ward.asks(&held, ask(&new)).await.unwrap();
        let mut wire = Wire::to(&nodes);
        match cut {
            Cut::AgentDies => wire.dies_at = Some(place),
            Cut::PulledBefore => {
                held.plastic.with(|card| card.pull_after(u32::try_from(place).unwrap(), Pull::Before));
            }
            _ => held.plastic.with(|card| card.pull_after(u32::try_from(place).unwrap(), Pull::After)),
        }
        let ended = ward.works_over(&mut wire, &held, id, &mut Typist::types("none")).await;
        let reached = ended != Some(Verdict::Done);
        held.plastic.is_back();
        if reached {
            if begun_anew {
                cancel(&ward.node.service, owner, id).await.unwrap();
                id = ward.asks(&held, ask(&new)).await.unwrap();
            } else {
                ward.goes_on(&held, id).await;
            }
            let ended = ward.works(&held, id, &mut Typist::types("none")).await;
            assert_eq!(ended, Some(Verdict::Done), "{cut:?} {place} {:?}", ward.view(&held, id).await);
        }
        assert!(held.plastic.has_passcode(&new), "{cut:?} {place}");
        ward.clock.advance(SignedDuration::from_hours(1));
        if !reached {
            assert!(place >= 5, "{cut:?}: {place}");
            return;
        }
    }
    panic!("it never came to an end without a cut");
}

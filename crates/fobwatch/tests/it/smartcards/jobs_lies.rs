//! Agents that lie, tickets that are not theirs, cards that are not the ones, and what was sent before.

use super::workstation::{Held, PASSCODE, Typist, Wire, posts, says};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::{Node, Ward};
use card_jobs::{Claim, Claimed, Hex, Next, Order, Outcome, Refused, Report, Verdict};
use futures::future::join_all;
use journeys::Refusal;
use journeys::smartcard::job::{self, JobState, NewPasscode, Request, SetPasscodes, Trouble, Wipe};
use rstest::rstest;
use uuid::Uuid;
use vcard::Firmware;

async fn amina(ward: &Ward) -> Held {
    let people = ward.has_people(1).await;
    ward.card_of(people[0], Firmware::Plain).await
}

async fn claims(node: &Node, ticket: &str) -> Result<Claimed, String> {
    let claim = Claim { ticket: ticket.to_owned(), agent: "0.1.0".to_owned(), system: "linux".to_owned() };
    let body = serde_json::to_string(&claim).unwrap();
    let (status, text) = posts(&node.pages, "/card-api/v1/claim", None, &body).await;
    if status.is_success() {
        return Ok(serde_json::from_str(&text).unwrap());
    }
    let refused: Refused = serde_json::from_str(&text).unwrap();
    assert!(!refused.words.is_empty() && !refused.words.contains("refusal-"), "{refused:?}");
    Err(refused.code)
}

async fn reports(node: &Node, claimed: &Claimed, report: &Report) -> Result<Next, String> {
    let path = format!("/card-api/v1/jobs/{}/next", claimed.job);
    let body = serde_json::to_string(report).unwrap();
    let (status, text) = posts(&node.pages, &path, Some(&claimed.token), &body).await;
    if status.is_success() {
        return Ok(serde_json::from_str(&text).unwrap());
    }
    Err(serde_json::from_str::<Refused>(&text).unwrap().code)
}

#[rstest]
#[tokio::test]
async fn a_ticket_is_good_once_and_for_a_minute(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward).await;
    let id = ward.asks_to_renew(&held).await;
    let ticket = ward.ticket(&held, id).await;
    for other in ["", "x", &ticket[1..], &format!("{ticket}A"), &"A".repeat(ticket.len())] {
        assert_eq!(claims(&ward.node, other).await.unwrap_err(), "FW-2101", "{other}");
    }
    ward.waits(60);
    assert_eq!(ward.view(&held, id).await.link, None, "the page does not show what is worth nothing");
    assert_eq!(claims(&ward.node, &ticket).await.unwrap_err(), "FW-2101");
    ward.goes_on(&held, id).await;
    let second = ward.ticket(&held, id).await;
    ward.goes_on(&held, id).await;
    assert_eq!(claims(&ward.node, &second).await.unwrap_err(), "FW-2101", "a newer one was made");
    let third = ward.ticket(&held, id).await;
    ward.waits(59);
    claims(&ward.node, &third).await.unwrap();
    assert_eq!(claims(&ward.node, &third).await.unwrap_err(), "FW-2101");
    let link_was_shown_by_get =
        ward.db.number("SELECT MAX(ticket_number) FROM card_job WHERE kind = 'renew'").await;
    assert_eq!(link_was_shown_by_get, 3, "looking at the page makes no ticket");
}

#[rstest]
#[tokio::test]
async fn of_twenty_agents_that_claim_at_once_one_gets_the_job(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward).await;
    let other = ward.another_node().await;
    let id = ward.asks_to_renew(&held).await;
    let ticket = ward.ticket(&held, id).await;
    let all = (0..20).map(|number| claims(if number % 2 == 0 { &ward.node } else { &other }, &ticket));
    let outcomes = join_all(all).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
}

#[rstest]
#[tokio::test]
async fn an_agent_that_was_taken_over_and_a_stranger_are_refused(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward).await;
    let id = ward.asks_to_renew(&held).await;
    let first = claims(&ward.node, &ward.ticket(&held, id).await).await.unwrap();
    let order = reports(&ward.node, &first, &says(0, Outcome::Ready)).await.unwrap();
    ward.goes_on(&held, id).await;
    let second = claims(&ward.node, &ward.ticket(&held, id).await).await.unwrap();
    assert_eq!(
        reports(&ward.node, &first, &says(order.seq, Outcome::CardGone)).await.unwrap_err(),
        "FW-2102"
    );
    let stranger = Claimed { token: "A".repeat(43), ..second.clone() };
    assert_eq!(reports(&ward.node, &stranger, &says(0, Outcome::Ready)).await.unwrap_err(), "FW-2102");
    let elsewhere = Claimed { job: Uuid::max(), ..second.clone() };
    assert_eq!(reports(&ward.node, &elsewhere, &says(0, Outcome::Ready)).await.unwrap_err(), "FW-2102");
    let anew = reports(&ward.node, &second, &says(0, Outcome::Ready)).await.unwrap();
    assert_eq!((anew.seq, matches!(anew.order, Order::Connect { .. })), (order.seq + 1, true));
    let path = format!("/card-api/v1/jobs/{id}/next");
    let (status, _) = posts(&ward.node.pages, &path, None, r#"{"seq":0,"outcome":{"what":"ready"}}"#).await;
    assert_eq!(status, 401);
    let (status, _) = posts(&ward.node.pages, &path, Some(&second.token), "{}").await;
    assert_eq!(status, 400);
}

#[rstest]
#[tokio::test]
async fn an_order_is_given_again_with_its_number_and_never_done_twice(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let other = ward.another_node().await;
    let held = amina(&ward).await;
    let id = ward.asks_to_renew(&held).await;
    let claimed = claims(&ward.node, &ward.ticket(&held, id).await).await.unwrap();
    let first = reports(&ward.node, &claimed, &says(0, Outcome::Ready)).await.unwrap();
    assert_eq!(reports(&other, &claimed, &says(0, Outcome::Ready)).await.unwrap(), first);
    let connected = Outcome::Connected { reader: "Desk".to_owned(), atr: Hex(vec![0x3B]) };
    let report = says(first.seq, connected);
    let both = join_all([reports(&ward.node, &claimed, &report), reports(&other, &claimed, &report)]).await;
    assert_eq!(both[0], both[1], "two at once are one");
    assert_eq!(reports(&other, &claimed, &report).await.unwrap(), *both[0].as_ref().unwrap());
    let seq = both[0].as_ref().unwrap().seq;
    assert_eq!(seq, first.seq + 1);
    for wrong in [seq + 1, seq + 7, first.seq.saturating_sub(1).max(1) + 40] {
        let refused = reports(&ward.node, &claimed, &says(wrong, Outcome::Done)).await;
        assert_eq!(refused.unwrap_err(), "FW-2103", "{wrong}");
    }
    let steps = ward.store().card_job_steps(id).await.unwrap();
    assert_eq!(steps.iter().map(|step| step.seq).collect::<Vec<_>>(), [first.seq, seq]);
    assert_eq!(steps[0].outcome.as_deref(), Some("connected"));
    assert_eq!(steps[1].outcome, None);
}

#[rstest]
#[tokio::test]
async fn a_job_is_shown_to_nobody_but_who_began_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = ward.has_people(2).await;
    let held = ward.card_of(people[0], Firmware::Plain).await;
    let id = ward.asks_to_renew(&held).await;
    let service = &ward.node.service;
    assert!(matches!(job::watch(service, people[1], id).await, Err(Refusal::NotFound)));
    assert!(matches!(job::new_ticket(service, people[1], id).await, Err(Refusal::NotFound)));
    assert!(matches!(job::cancel(service, people[1], id).await, Err(Refusal::NotFound)));
    assert_eq!(ward.view(&held, id).await.state, JobState::Waiting);
}

#[rstest]
#[tokio::test]
async fn a_card_that_is_worked_on_gets_no_other_job_but_is_wiped_when_it_was_lost(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = ward.has_people(2).await;
    let held = ward.card_of(people[0], Firmware::Plain).await;
    let id = ward.asks_to_renew(&held).await;
    let claimed = claims(&ward.node, &ward.ticket(&held, id).await).await.unwrap();
    reports(&ward.node, &claimed, &says(0, Outcome::Ready)).await.unwrap();
    assert_eq!(ward.view(&held, id).await.state, JobState::Running);
    assert!(matches!(ward.asks(&held, Request::Read).await, Err(Refusal::CardBusy)));
    assert_eq!(ward.asks_to_renew(&held).await, id, "the same is the same");
    ward.asks(&held, Request::Wipe(Wipe { for_reuse: false })).await.unwrap();
    assert_eq!(ward.view(&held, id).await.state, JobState::Ended);
    // Ten who ask at once for a card that nobody works on get one job between them.
    let held = ward.card_of(people[1], Firmware::Plain).await;
    let nodes = [ward.node.clone(), ward.another_node().await];
    let organisation = ward.hospital().await;
    let all = (0..10).map(|number| {
        let asked = job::Asked {
            organisation: &organisation,
            by: held.owner,
            card: Some(held.card),
            act: None,
            reason: None,
        };
        job::begin(&nodes[number % 2].service, asked, Request::Read)
    });
    join_all(all).await;
    assert_eq!(ward.db.count("card_job", "kind = 'read' AND ended_at IS NULL").await, 1);
}

/// What a lying agent says in the place of the truth.
#[derive(Debug, Clone, Copy)]
pub enum Lie {
    OtherGuid,
    NoProof,
    OtherProof,
    OtherKey,
    WrongReadBack,
    WrongSignature,
    DoneForEverything,
    Nothing,
}

fn lie(lie: Lie, seen: &mut [Order], report: &mut Report) {
    let Some(order) = seen.last() else { return };
    let Outcome::Answered { answers } = &mut report.outcome else {
        match (lie, &mut report.outcome) {
            (Lie::WrongSignature, Outcome::Signed { signature }) => signature.0[10] ^= 1,
            (Lie::DoneForEverything, outcome @ Outcome::Signed { .. }) => *outcome = Outcome::Done,
            _ => {}
        }
        return;
    };
    let Order::Transmit { commands } = order else { return };
    let instruction = commands[0].bytes()[1];
    let is_chuid = instruction == 0xCB && commands[0].bytes().ends_with(&[0x5F, 0xC1, 0x02, 0]);
    let management = instruction == 0x87;
    match lie {
        Lie::OtherGuid if is_chuid => answers[0].0[40] ^= 1,
        Lie::NoProof if management => *answers = vec![Hex(vec![0x69, 0x82])],
        // What the card encrypted, not that it said no.
        Lie::OtherProof if management && answers[0].0.len() > 16 => {
            let last = answers[0].0.len() - 3;
            answers[0].0[last] ^= 1;
        }
        Lie::OtherKey if instruction == 0x47 => answers[0].0[20] ^= 1,
        Lie::WrongReadBack if instruction == 0xDB => answers[1].0[60] ^= 1,
        Lie::DoneForEverything => report.outcome = Outcome::Done,
        Lie::Nothing => *answers = Vec::new(),
        _ => {}
    }
}

#[rstest]
#[tokio::test]
async fn an_agent_that_lies_gets_nowhere_and_the_old_pair_stays(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(
        Lie::OtherGuid,
        Lie::NoProof,
        Lie::OtherProof,
        Lie::OtherKey,
        Lie::WrongReadBack,
        Lie::WrongSignature,
        Lie::DoneForEverything,
        Lie::Nothing
    )]
    told: Lie,
) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward).await;
    let before = ward.pair(&held).await;
    let id = ward.asks_to_renew(&held).await;
    let mut wire = Wire::to(std::slice::from_ref(&ward.node));
    let orders = wire.orders.clone();
    wire.lies = Some(Box::new(move |report| {
        let mut seen: Vec<Order> = orders.lock().unwrap().iter().map(|next| next.order.clone()).collect();
        lie(told, &mut seen, report);
    }));
    let ended = ward.works_over(&mut wire, &held, id, &mut Typist::types(PASSCODE)).await;
    assert_eq!(ended, Some(Verdict::CanResume), "{told:?}");
    let trouble = ward.view(&held, id).await.trouble;
    assert!(
        matches!(trouble, Some(Trouble::NotProved | Trouble::WrongCard | Trouble::Unexpected)),
        "{told:?}: {trouble:?}"
    );
    assert_eq!(ward.pair(&held).await, before);
    assert_eq!(ward.smartcard(&held).await.renewals_used, 0);
    // An honest one goes on.
    ward.goes_on(&held, id).await;
    assert_eq!(ward.works(&held, id, &mut Typist::types(PASSCODE)).await, Some(Verdict::Done), "{told:?}");
    ward.card_holds_its_pair(&held).await;
}

#[rstest]
#[tokio::test]
async fn another_card_is_not_taken_for_the_one(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = ward.has_people(2).await;
    let hers = ward.card_of(people[0], Firmware::Plain).await;
    let his = ward.card_of(people[1], Firmware::Plain).await;
    let id = ward.asks_to_renew(&hers).await;
    let wrong = Held { plastic: his.plastic.clone(), ..hers.clone() };
    assert_eq!(ward.works(&wrong, id, &mut Typist::types(PASSCODE)).await, Some(Verdict::CanResume));
    assert_eq!(ward.view(&hers, id).await.trouble, Some(Trouble::WrongCard));
    ward.goes_on(&hers, id).await;
    assert_eq!(ward.works(&hers, id, &mut Typist::types(PASSCODE)).await, Some(Verdict::Done));
    // Nor does a card that somebody made, with the right GUID and keys of their own.
    let mut personal = vcard::Personal::fresh();
    personal.guid = hers.plastic.with(|card| card.guid());
    let forged =
        super::workstation::Plastic(std::sync::Arc::new(std::sync::Mutex::new(vcard::Card::new(&personal))));
    let forged = Held { plastic: forged, ..hers.clone() };
    let id = ward.asks_to_renew(&hers).await;
    assert_eq!(ward.works(&forged, id, &mut Typist::types("123456")).await, Some(Verdict::CanResume));
    assert_eq!(ward.view(&hers, id).await.trouble, Some(Trouble::NotProved));
}

#[rstest]
#[tokio::test]
async fn no_passcode_stands_openly_in_the_database(#[values(Sqlite, PostgreSql)] kind: Kind) {
    const NEW: &str = "73915824";
    let ward = Ward::new(kind).await;
    let held = amina(&ward).await;
    let ask = SetPasscodes {
        current: Some(PASSCODE.to_owned().into()),
        new: Some(NewPasscode::Typed(NEW.to_owned().into())),
        ..SetPasscodes::default()
    };
    let digits = |text: &str| Hex(text.as_bytes().to_vec()).digits();
    let nowhere = async || {
        let dump = ward.db.dump(&[]).await.to_lowercase();
        for secret in [NEW.to_owned(), digits(NEW), digits(PASSCODE), digits(&digits(NEW))] {
            assert!(!dump.contains(&secret), "{secret}");
        }
    };
    let id = ward.asks(&held, Request::SetPasscodes(ask)).await.unwrap();
    nowhere().await;
    let mut wire = Wire::to(std::slice::from_ref(&ward.node));
    let orders = wire.orders.clone();
    wire.dies_at = Some(6);
    assert_eq!(ward.works_over(&mut wire, &held, id, &mut Typist::types("none")).await, None);
    let told = orders.lock().unwrap().iter().any(|next| matches!(next.order, Order::Change { .. }));
    assert!(told, "the order with both passcodes was given");
    nowhere().await;
    ward.goes_on(&held, id).await;
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    nowhere().await;
}

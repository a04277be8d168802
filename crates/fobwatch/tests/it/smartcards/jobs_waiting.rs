//! An authority outside that takes its time: the job waits for it and not the person, and goes on when it has decided.

use super::authority::Outside;
use super::workstation::{Held, PASSCODE, Typist};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::{Setup, Ward};
use card_jobs::Verdict;
use journeys::smartcard::job::{JobState, Trouble, ask_authority};
use rstest::rstest;
use uuid::Uuid;
use vcard::Firmware;

const A_DAY: i64 = 24 * 3_600;

struct Waiting {
    ward: Ward,
    outside: &'static Outside,
    held: Held,
}

impl Waiting {
    /// A card that was issued while the authority decided at once; from now on it takes its time.
    async fn new(kind: Kind, firmware: Firmware) -> Self {
        let outside = Outside::new();
        outside.decides(true);
        let ward = Ward::with(Setup { outside: Some(outside), ..Setup::on(kind) }).await;
        let owner = ward.has_people(1).await[0];
        let held = ward.card_of(owner, firmware).await;
        outside.decides(false);
        Self { ward, outside, held }
    }

    async fn works(&self, id: Uuid) -> Option<Verdict> {
        self.ward.works(&self.held, id, &mut Typist::types(PASSCODE)).await
    }

    async fn stands(&self, id: Uuid) -> (JobState, Option<Trouble>) {
        let view = self.ward.view(&self.held, id).await;
        (view.state, view.trouble)
    }

    /// The worker of a node looks whether somebody is to be asked. Answers how often somebody was.
    async fn asks(&self) -> usize {
        let before = self.outside.asked();
        ask_authority(&self.ward.node.service).await.unwrap();
        self.outside.asked() - before
    }
}

#[rstest]
#[tokio::test]
async fn a_renewal_waits_for_an_authority_that_takes_days_while_the_old_pair_counts(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let at = Waiting::new(kind, Firmware::Moves).await;
    let (ward, held) = (&at.ward, &at.held);
    let before = ward.pair(held).await;
    let asked = at.outside.asked();
    let id = ward.asks_to_renew(held).await;
    assert_eq!(at.works(id).await, Some(Verdict::CanResume));
    assert_eq!(at.stands(id).await, (JobState::Stopped, Some(Trouble::AuthorityDecides)));
    assert_eq!(at.outside.asked() - asked, 2, "it decides about both at the same time");
    assert_eq!(ward.pair(held).await, before);
    ward.card_holds_its_pair(held).await;

    // Nobody asks before it said to be asked, neither a worker nor somebody who goes on.
    ward.waits(i64::from(Outside::RETRY_AFTER) - 1);
    assert_eq!(at.asks().await, 0);
    ward.goes_on(held, id).await;
    assert_eq!(at.works(id).await, Some(Verdict::CanResume));
    assert_eq!(at.outside.asked() - asked, 2);
    ward.waits(121);
    assert_eq!(at.asks().await, 2);
    assert_eq!(at.stands(id).await, (JobState::Stopped, Some(Trouble::AuthorityDecides)));
    assert_eq!(at.asks().await, 0);

    // A job is given up after a day, but not this one.
    ward.waits(3 * A_DAY);
    ward.housekeeping().await;
    at.outside.decides(true);
    assert_eq!(at.asks().await, 2);
    assert_eq!(at.stands(id).await, (JobState::Stopped, Some(Trouble::AuthorityDecided)));
    assert_eq!(at.asks().await, 0);
    assert_eq!(ward.pair(held).await, before, "the new pair is on no card yet");
    let told = ward.db.count("outbox", "payload IS NOT NULL OR sent_at IS NOT NULL").await;
    assert!(told > 0, "the person is told");
    ward.waits(3 * A_DAY);
    ward.housekeeping().await;
    ward.goes_on(held, id).await;
    assert_eq!(at.works(id).await, Some(Verdict::Done));
    ward.card_holds_its_pair(held).await;
    ward.nothing_is_left_over().await;
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn on_a_card_that_cannot_move_keys_what_signs_in_is_left_alone_while_the_other_waits(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let at = Waiting::new(kind, Firmware::Plain).await;
    let (ward, held) = (&at.ward, &at.held);
    let signs_in = held.plastic.with(|card| card.public_key(piv::Slot::Authentication));
    let id = ward.asks_to_renew(held).await;
    assert_eq!(at.works(id).await, Some(Verdict::CanResume));
    assert_eq!(held.plastic.with(|card| card.public_key(piv::Slot::Authentication)), signs_in);
    at.outside.decides(true);
    ward.waits(121);
    assert_eq!(at.asks().await, 1);
    ward.goes_on(held, id).await;
    assert_eq!(at.works(id).await, Some(Verdict::Done));
    ward.card_holds_its_pair(held).await;
    ward.nothing_is_left_over().await;
}

#[rstest]
#[tokio::test]
async fn of_many_nodes_one_asks(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let at = Waiting::new(kind, Firmware::Moves).await;
    let other = at.ward.another_node().await;
    let id = at.ward.asks_to_renew(&at.held).await;
    assert_eq!(at.works(id).await, Some(Verdict::CanResume));
    at.outside.decides(true);
    at.ward.waits(121);
    let before = at.outside.asked();
    let nodes = [&at.ward.node.service, &other.service];
    futures::future::try_join_all(nodes.map(ask_authority)).await.unwrap();
    assert_eq!(at.outside.asked() - before, 2, "once for each certificate");
    assert_eq!(at.stands(id).await.1, Some(Trouble::AuthorityDecided));
}

#[rstest]
#[tokio::test]
async fn a_job_for_which_nobody_comes_back_is_given_up_after_two_weeks(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let at = Waiting::new(kind, Firmware::Moves).await;
    let before = at.ward.pair(&at.held).await;
    let id = at.ward.asks_to_renew(&at.held).await;
    assert_eq!(at.works(id).await, Some(Verdict::CanResume));
    at.outside.decides(true);
    at.ward.waits(121);
    assert_eq!(at.asks().await, 2);
    at.ward.waits(14 * A_DAY - 1);
    at.ward.housekeeping().await;
    assert_eq!(at.stands(id).await.0, JobState::Stopped);
    at.ward.waits(1);
    at.ward.housekeeping().await;
    assert_eq!(at.stands(id).await, (JobState::Ended, Some(Trouble::Abandoned)));
    at.ward.nothing_is_left_over().await;
    assert_eq!(at.ward.pair(&at.held).await, before);
}

#[rstest]
#[tokio::test]
async fn what_came_just_before_a_crash_is_not_taken_for_a_serial_number_that_was_used_twice(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let at = Waiting::new(kind, Firmware::Moves).await;
    let (ward, held) = (&at.ward, &at.held);
    let id = ward.asks_to_renew(held).await;
    assert_eq!(at.works(id).await, Some(Verdict::CanResume));
    at.outside.decides(true);
    ward.waits(121);
    let facts = "SELECT facts AS line FROM card_job WHERE ended_at IS NULL";
    let kept = ward.db.rows(facts).await.remove(0);
    assert_eq!(at.asks().await, 2);
    // As if an agent had come at the same moment: what was issued is written down, and the job does not know.
    ward.db.tell(&format!("UPDATE card_job SET facts = '{kept}' WHERE ended_at IS NULL")).await;
    ward.goes_on(held, id).await;
    assert_eq!(at.works(id).await, Some(Verdict::Done));
    ward.card_holds_its_pair(held).await;
    assert_eq!(ward.db.count("smartcard_certificate", "1 = 1").await, 4);
}

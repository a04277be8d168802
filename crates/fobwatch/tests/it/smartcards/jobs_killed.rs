//! The running program is killed at every order of a renewal: the person goes on when it is back, ends with one pair, and the old one
//! counts until the new one has signed.

use super::served::{Served, free_address};
use super::workstation::{Held, PASSCODE, Typist};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::{Setup, Ward};
use card_agent::{HttpsPortal, Machine, Portal, PortalProblem, Trouble, Workstation};
use card_jobs::{Claim, Claimed, Next, Order, Report, Verdict};
use fobwatch::house::SystemClock;
use journeys::Clock as _;
use journeys::smartcard::job::JobState;
use rstest::rstest;
use std::time::Duration;
use uuid::Uuid;
use vcard::Firmware;

/// What becomes of the agent when the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agent {
    /// It does its order, reaches nobody, and gives up; the person goes on with another one.
    GivesUp,
    /// It does its order, and the program is back before it gives up.
    Waits,
}

/// The way to the program over HTTP, which kills it when a certain order has come.
struct Killing<'a> {
    portal: HttpsPortal,
    served: &'a mut Served,
    /// After so many orders, counted from 0.
    at: usize,
    agent: Agent,
    orders: usize,
    /// The order that the agent had when the program was killed.
    had: Option<Order>,
}

impl Portal for Killing<'_> {
    async fn claim(&mut self, claim: &Claim) -> Result<Claimed, PortalProblem> {
        self.portal.claim(claim).await
    }

    async fn next(&mut self, job: Uuid, token: &str, report: &Report) -> Result<Next, PortalProblem> {
        let heard = self.portal.next(job, token, report).await;
        if heard.is_err() && self.agent == Agent::Waits && !self.served.is_running() {
            self.served.is_back();
        }
        let next = heard?;
        if self.orders == self.at {
            self.served.is_killed();
            self.had = Some(next.order.clone());
        }
        self.orders += 1;
        Ok(next)
    }
}

/// A ward whose program runs in a process of its own, by the clock of the machine.
struct Bed {
    ward: Ward,
    served: Served,
}

impl Bed {
    async fn new(kind: Kind) -> Self {
        let ward = Ward::with(Setup { public_url: free_address(), ..Setup::on(kind) }).await;
        let served = Served::starts(&ward);
        let bed = Self { ward, served };
        bed.is_on_time();
        bed
    }

    /// The ward's own node, which begins jobs as the page does, has the program's time.
    fn is_on_time(&self) {
        self.ward.clock.set(SystemClock.now());
    }

    /// An agent works a job; the program is killed after the order `at`.
    async fn works(
        &mut self,
        held: &Held,
        id: Uuid,
        at: usize,
        agent: Agent,
    ) -> (Result<Verdict, Trouble>, Option<Order>) {
        let ticket = self.ward.ticket(held, id).await;
        let url: url::Url = self.ward.setup.public_url.parse().unwrap();
        let portal = HttpsPortal::new(&url, &Machine::allowing([url.clone()])).unwrap();
        let mut way = Killing { portal, served: &mut self.served, at, agent, orders: 0, had: None };
        let mut readers = held.plastic.in_a_reader();
        let pauses: &[Duration] = if agent == Agent::Waits { &[Duration::ZERO; 2] } else { &[] };
        let mut person = Typist::types(PASSCODE);
        let workstation = Workstation {
            readers: &mut readers,
            person: &mut person,
            randomness: &mut rand_core::OsRng,
            pauses,
        };
        let ended = card_agent::run(&mut way, workstation, &ticket, self.ward.setup.public_url).await;
        (ended, way.had)
    }

    /// A card whose pair the program itself has issued.
    async fn card(&mut self, firmware: Firmware) -> Held {
        let owner = self.ward.has_people(1).await[0];
        let (held, id) = self.ward.asks_to_issue(owner, firmware).await;
        let (issued, _) = self.works(&held, id, usize::MAX, Agent::GivesUp).await;
        assert_eq!(issued, Ok(Verdict::Done));
        held
    }

    /// Renews once. Answers whether the program was killed meanwhile: it is not where the renewal has fewer orders.
    async fn renews(&mut self, held: &Held, at: usize, agent: Agent) -> bool {
        // Limits are for people, not for a test that renews all day.
        self.ward.db.tell("DELETE FROM limit_event").await;
        self.is_on_time();
        let before = self.ward.pair(held).await;
        let used = self.ward.smartcard(held).await.renewals_used;
        let id = self.ward.asks_to_renew(held).await;
        let (ended, had) = self.works(held, id, at, agent).await;
        let last = matches!(had, Some(Order::End { .. }));
        if had.is_some() && !last && agent == Agent::GivesUp {
            assert_eq!(ended, Err(Trouble::Unreachable), "{at}");
            assert_eq!(
                self.ward.pair(held).await,
                before,
                "{at}: the old pair counts until the new one has signed"
            );
            assert_eq!(self.ward.smartcard(held).await.renewals_used, used, "{at}");
            self.served.is_back();
            self.is_on_time();
            self.ward.goes_on(held, id).await;
            let (ended, _) = self.works(held, id, usize::MAX, Agent::GivesUp).await;
            assert_eq!(ended, Ok(Verdict::Done), "{at} {:?}", self.ward.view(held, id).await);
        } else {
            assert_eq!(ended, Ok(Verdict::Done), "{at} {:?}", self.ward.view(held, id).await);
        }
        if !self.served.is_running() {
            self.served.is_back();
        }
        assert_eq!(self.ward.view(held, id).await.state, JobState::Ended, "{at}");
        self.ward.card_holds_its_pair(held).await;
        for old in before {
            let old = self.ward.store().certificate_by_serial(&old.serial).await.unwrap().unwrap();
            assert_eq!(old.revoked_for.as_deref(), Some("renewed"), "{at}");
        }
        assert_eq!(self.ward.smartcard(held).await.renewals_used, used + 1, "{at}");
        had.is_some()
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_whose_portal_is_killed_at_any_order_is_gone_on_with_and_leaves_nothing_over(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Agent::GivesUp, Agent::Waits)] agent: Agent,
) {
    // Both kinds of cards, and both kinds of agents: a start of the program takes a while where nothing is optimised.
    let firmware = if agent == Agent::GivesUp { Firmware::Moves } else { Firmware::Plain };
    let mut bed = Bed::new(kind).await;
    let held = bed.card(firmware).await;
    let mut orders = 0;
    while bed.renews(&held, orders, agent).await {
        orders += 1;
    }
    // Fewer would mean that it was not killed.
    assert!(orders >= 15, "{orders}");
    let db = &bed.ward.db;
    assert_eq!(db.count("card_job", "ended_at IS NULL OR typed IS NOT NULL OR held IS NOT NULL").await, 0);
    assert_eq!(
        db.count("card_job", "kind = 'renew' AND verdict = 'done'").await,
        i64::try_from(orders).unwrap() + 1
    );
    assert_eq!(db.count("smartcard_certificate", "revoked_at IS NULL").await, 2);
    bed.ward.audit_is_whole().await;
}

//! Reports that are lost, orders that come twice, and an agent that begins anew.

use card_agent::{Portal, PortalProblem, Trouble};
use card_jobs::{Claim, Claimed, Next, Order, Outcome, Progress, Refused, Report, Verdict};
use piv::commands;
use uuid::Uuid;

use crate::desk::{Desk, Script, about, transmit, typed};

type Answers = Box<dyn FnMut(usize, &Report) -> Result<Next, PortalProblem> + Send>;

/// A portal that answers the n-th call as a test says.
struct Answering {
    answers: Answers,
    heard: Vec<Report>,
    claim: Vec<Result<(), PortalProblem>>,
}

impl Answering {
    fn new(answers: impl FnMut(usize, &Report) -> Result<Next, PortalProblem> + Send + 'static) -> Self {
        Self { answers: Box::new(answers), heard: Vec::new(), claim: Vec::new() }
    }
}

impl Portal for Answering {
    async fn claim(&mut self, _: &Claim) -> Result<Claimed, PortalProblem> {
        if let Some(problem) = self.claim.pop() {
            problem?;
        }
        Ok(Claimed { job: Uuid::nil(), token: "token".to_owned(), about: about() })
    }

    async fn next(&mut self, _: Uuid, _: &str, report: &Report) -> Result<Next, PortalProblem> {
        self.heard.push(report.clone());
        (self.answers)(self.heard.len(), report)
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what a portal answers stands in one match with what it fails by"
)]
fn next(seq: u32, order: Order) -> Result<Next, PortalProblem> {
    Ok(Next { seq, progress: Progress::ReadingCard, order })
}

fn end(seq: u32) -> Result<Next, PortalProblem> {
    next(seq, Order::End { verdict: Verdict::Done, words: String::new() })
}

const LOST: PortalProblem = PortalProblem::Lost { unheard: false };

#[tokio::test]
async fn a_report_that_is_lost_is_sent_again_with_its_number_and_nothing_is_done_twice() {
    let desk = Desk::new();
    let connect = desk.connect();
    let wrong = Order::Verify { passcode: typed("111111") };
    let mut portal = Answering::new(move |call, _| match call {
        1 => next(1, connect.clone()),
        2 | 5 => next(2, wrong.clone()),
        // The answer to the third call never arrives, and the portal gives the order again before it has the report.
        3 | 4 => Err(LOST),
        _ => end(3),
    });
    desk.run(&mut portal, &mut Script::default()).await.unwrap();
    let heard = &portal.heard[2..];
    assert_eq!(heard.len(), 4);
    assert!(
        heard.iter().all(|report| *report == Report { seq: 2, outcome: Outcome::WrongPasscode { left: 2 } })
    );
    assert_eq!(desk.tries_left(), 2, "one try was used");
}

#[tokio::test]
async fn a_portal_that_does_not_come_back_ends_the_job_and_resets_the_card() {
    let desk = Desk::new();
    let connect = desk.connect();
    let mut portal = Answering::new(move |call, _| match call {
        1 => next(1, connect.clone()),
        2 => next(2, Order::Verify { passcode: typed("123456") }),
        _ => Err(LOST),
    });
    let mut person = Script::default();
    assert_eq!(desk.run(&mut portal, &mut person).await, Err(Trouble::Unreachable));
    assert_eq!(portal.heard.len(), 2 + 1 + 3, "once, and three times more");
    let (verdict, words) = person.heard.unwrap();
    assert_eq!(verdict, Verdict::CanResume);
    assert!(words.contains("FW-2152"), "{words}");
    assert!(!desk.is_verified());
}

#[tokio::test]
async fn a_ticket_is_traded_in_again_only_where_the_portal_cannot_have_heard_it() {
    let desk = Desk::new();
    let mut portal = Answering::new(|_, _| end(1));
    portal.claim = vec![Err(PortalProblem::Lost { unheard: true })];
    assert_eq!(desk.run(&mut portal, &mut Script::default()).await, Ok(Verdict::Done));
    portal.claim = vec![Err(LOST)];
    assert_eq!(desk.run(&mut portal, &mut Script::default()).await, Err(Trouble::Unreachable));
}

#[tokio::test]
async fn an_agent_that_was_killed_begins_anew_without_card_and_is_told_to_connect() {
    let desk = Desk::new();
    let connect = desk.connect();
    let read = transmit(&[commands::version()]);
    // The portal waits for the answer to its fourth order, which another process took with it.
    let mut portal = Answering::new(move |call, report| match (call, &report.outcome) {
        (1, Outcome::Ready) => next(4, read.clone()),
        (2, Outcome::CardGone) => next(5, connect.clone()),
        (3, Outcome::Connected { .. }) => next(6, read.clone()),
        (4, Outcome::Answered { .. }) => end(7),
        _ => Err(PortalProblem::Nonsense),
    });
    assert_eq!(desk.run(&mut portal, &mut Script::default()).await, Ok(Verdict::Done));
    let finish = Order::FinishHistory { evaluated: card_jobs::Hex(vec![2; 33]) };
    let mut portal = Answering::new(move |call, report| match (call, &report.outcome) {
        (1, _) => next(9, finish.clone()),
        (2, Outcome::CardGone) => end(10),
        _ => Err(PortalProblem::Nonsense),
    });
    assert_eq!(desk.run(&mut portal, &mut Script::default()).await, Ok(Verdict::Done));
}

#[tokio::test]
async fn a_portal_that_counts_backwards_or_never_ends_has_lost_its_way() {
    let desk = Desk::new();
    let connect = desk.connect();
    let mut backwards = Answering::new(move |call, _| match call {
        1 => next(3, connect.clone()),
        _ => next(2, connect.clone()),
    });
    assert_eq!(desk.run(&mut backwards, &mut Script::default()).await, Err(Trouble::Nonsense));
    let read = transmit(&[commands::version()]);
    let mut endless = Answering::new(move |_, report| next(report.seq + 1, read.clone()));
    assert_eq!(desk.run(&mut endless, &mut Script::default()).await, Err(Trouble::Nonsense));
    assert_eq!(endless.heard.len(), 500);
    let mut stuck = Answering::new(|_, report| next(report.seq.max(1), Order::Connect { card: None }));
    assert_eq!(desk.run(&mut stuck, &mut Script::default()).await, Err(Trouble::Nonsense));
}

#[tokio::test]
async fn what_the_portal_refuses_is_told_in_its_own_words() {
    let desk = Desk::new();
    let refused = Refused { code: "FW-2107".to_owned(), words: "The job is over.".to_owned() };
    let says = refused.clone();
    let mut portal = Answering::new(move |_, _| Err(PortalProblem::Refused(says.clone())));
    let mut person = Script::default();
    assert_eq!(desk.run(&mut portal, &mut person).await, Err(Trouble::Refused(refused)));
    assert_eq!(person.heard.unwrap().1, "The job is over. (Code FW-2107)");
}

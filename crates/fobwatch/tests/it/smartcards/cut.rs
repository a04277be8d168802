//! Where a job on a card is cut off, and how.

use super::workstation::{Held, Typist, Wire};
use crate::ward::{Node, Ward};
use card_jobs::Verdict;
use journeys::smartcard::job::JobState;
use uuid::Uuid;
use vcard::Pull;

/// What happens at the place of the cut.
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

/// Every so many places a job is cut off. All of them, `FOBWATCH_TEST_EVERY=1`, take most of an hour.
pub fn every() -> usize {
    std::env::var("FOBWATCH_TEST_EVERY").ok().and_then(|text| text.parse().ok()).unwrap_or(6).max(1)
}

impl Cut {
    /// Where jobs are cut off in one test: each kind of cut begins elsewhere, so that tests beside each other are at different places.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (self as usize % every()..MOST).step_by(every())
    }
}

/// No job on a card has more places to be cut off at.
const MOST: usize = 200;

/// How a job went that was to be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Went {
    /// How it ended; none where the agent died.
    pub ended: Option<Verdict>,
    /// Whether it came to the place of the cut.
    pub was_cut: bool,
}

impl Went {
    /// Whether all was done, in spite of the cut or without one.
    pub fn is_done(self) -> bool {
        self.ended == Some(Verdict::Done)
    }
}

impl Ward {
    /// Two nodes on one database: each report goes to the other one than the last, as if the first had died.
    pub async fn two_nodes(&self) -> [Node; 2] {
        [self.node.clone(), self.another_node().await]
    }

    /// An agent works a job that is cut off at its `place`: a report or a command of the card, counted from 0.
    pub async fn works_until(
        &self,
        (cut, place): (Cut, usize),
        nodes: &[Node; 2],
        held: &Held,
        id: Uuid,
        typist: &mut Typist,
    ) -> Went {
        let mut wire = Wire::to(nodes);
        match cut {
            Cut::AgentDies => wire.dies_at = Some(place),
            Cut::AnswerLost => wire.loses_answer_at = Some(place),
            Cut::PulledBefore | Cut::PulledAfter => {
                let pull = if cut == Cut::PulledBefore { Pull::Before } else { Pull::After };
                held.plastic.with(|card| card.pull_after(u32::try_from(place).unwrap(), pull));
            }
        }
        let ended = self.works_over(&mut wire, held, id, typist).await;
        let was_cut = match cut {
            Cut::AgentDies => ended.is_none(),
            Cut::AnswerLost => wire.orders.lock().unwrap().len() > place,
            Cut::PulledBefore | Cut::PulledAfter => held.plastic.with(|card| card.is_out()),
        };
        let went = Went { ended, was_cut };
        assert!(was_cut || went.is_done(), "{cut:?} {place}: {:?}", self.view(held, id).await);
        held.plastic.is_back();
        went
    }

    /// *Go on* is chosen with the card put back, the agent works again, and all is done.
    pub async fn goes_on_to_the_end(&self, nodes: &[Node; 2], held: &Held, id: Uuid, typist: &mut Typist) {
        self.goes_on(held, id).await;
        let ended = self.works_over(&mut Wire::to(nodes), held, id, typist).await;
        let view = self.view(held, id).await;
        assert_eq!(ended, Some(Verdict::Done), "{view:?} {:?}", typist.told);
        assert_eq!(view.state, JobState::Ended);
    }

    /// No certificate is left over of which nobody knows whether a card has its key.
    pub async fn nothing_is_left_over(&self) {
        assert_eq!(
            self.db.count("smartcard_certificate", "proved_at IS NULL AND revoked_at IS NULL").await,
            0
        );
        assert_eq!(self.db.count("card_job", "ended_at IS NULL").await, 0);
        assert_eq!(self.db.count("card_job", "typed IS NOT NULL OR held IS NOT NULL").await, 0);
    }
}

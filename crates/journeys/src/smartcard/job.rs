//! Jobs on a smartcard: the portal decides order by order, the agent on the workstation does, and the journal knows how far it came.
//!
//! The portal begins one ([`begin`]) and shows how it stands ([`watch`]); the link on that page holds a ticket, which the agent trades
//! in ([`claim`]); from then on each report of the agent is answered by the next order ([`next`]). What comes next is a pure function of
//! what is known of the card (`plan`); an order is journalled before it is given and its outcome before the next one. So a job that was
//! cut off anywhere is gone on with by another ticket: the new run looks at the card again and goes on from what is true on it.
//!
//! Nothing that the agent says counts by itself. A card is the one that its GUID says because it answers a challenge with the management
//! key that is made of this GUID; a key is the card's because what it signs can be verified with it; a certificate is on the card because
//! it was read back. Only when both new keys have signed with their certificates written, one transaction makes them the card's
//! current pair and revokes the old one.

mod begin;
mod claim;
mod facts;
mod finish;
mod give;
mod history;
mod issue;
mod learn;
mod next;
mod order;
mod plan;
mod request;
mod step;
mod ticket;
mod upkeep;
mod waiting;
mod watch;
mod work;

pub use begin::{begin, was_used};
pub use claim::claim;
pub use next::next;
pub use request::{Asked, Issue, NewPasscode, Renew, Request, ServerPasscode, SetPasscodes, Unblock, Wipe};
pub use step::Trouble;
pub use ticket::new_ticket;
pub use upkeep::give_up_abandoned;
pub use waiting::{ask_authority, ask_authority_again_and_again};
pub use watch::{JobState, JobView, cancel, watch};

use crate::Refusal;

/// Why the agent gets no order. It is told a code and plain words.
#[derive(Debug, thiserror::Error)]
pub enum JobRefusal {
    /// The ticket is unknown, was used, or is older than a minute.
    #[error("the ticket is not good")]
    Ticket,
    /// The job has ended, or another agent has taken it over.
    #[error("the job is not this agent's")]
    NotYours,
    /// The report answers no order that was given.
    #[error("the report is out of turn")]
    OutOfTurn,
    /// What was sent is not in the protocol's form.
    #[error("not in the protocol's form")]
    Malformed,
    /// A fault that is ours.
    #[error(transparent)]
    Fault(#[from] Refusal),
}

impl JobRefusal {
    /// The public code: stable, explained in the docs for the service desk.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ticket => "FW-2101",
            Self::NotYours => "FW-2102",
            Self::OutOfTurn => "FW-2103",
            Self::Malformed => "FW-2105",
            Self::Fault(refusal) => refusal.code(),
        }
    }
}

impl From<store::StoreError> for JobRefusal {
    fn from(error: store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}

//! The portal, as far as the agent speaks with it.

use std::future::Future;

use card_jobs::{Claim, Claimed, Next, Refused, Report};
use uuid::Uuid;

/// Why the portal gave no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortalProblem {
    /// The connection failed or broke off, or something on the way answered that the portal is not there: worth another try.
    #[error("the connection to the portal was lost")]
    Lost {
        /// Whether the portal cannot have heard the question.
        unheard: bool,
    },
    /// The portal says no.
    #[error("the portal refused: {} {}", .0.code, .0.words)]
    Refused(Refused),
    /// It answered what the agent does not understand.
    #[error("the portal answered what the agent does not understand")]
    Nonsense,
}

/// The portal of a job.
pub trait Portal: Send {
    /// Trades a ticket in.
    ///
    /// # Errors
    /// [`PortalProblem`].
    fn claim(&mut self, claim: &Claim) -> impl Future<Output = Result<Claimed, PortalProblem>> + Send;

    /// Reports what became of an order, and asks for the next.
    ///
    /// # Errors
    /// [`PortalProblem`].
    fn next(
        &mut self,
        job: Uuid,
        token: &str,
        report: &Report,
    ) -> impl Future<Output = Result<Next, PortalProblem>> + Send;
}

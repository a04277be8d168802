//! What became of a message that was handed over.

use serde::{Deserialize, Serialize};

/// The message was taken: the provider is responsible for it from here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// What the provider calls the message, to ask about it later. For e-mail it is what the server said when it
    /// queued the message, where that is a plain identifier.
    pub provider_reference: Option<String>,
    /// The [`crate::TextChannel::name`] of who took it; none for e-mail.
    pub provider: Option<&'static str>,
}

/// Why a message was not taken. The texts are for operators; they hold no address, number, body or secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// This message will never be taken, for example because the address does not exist: do not try again,
    /// tell the person.
    #[error("refused for good: {0}")]
    Permanent(String),
    /// It may be taken later: try again after a pause.
    #[error("not taken at the moment: {0}")]
    Transient(String),
    /// No message will be taken until an administrator mends something; the text says what. Keep the message
    /// and raise an alarm.
    #[error("set up wrongly: {0}")]
    Misconfigured(String),
}

impl SendError {
    /// A stable word for metrics and logs: `permanent`, `transient` or `misconfigured`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Permanent(_) => "permanent",
            Self::Transient(_) => "transient",
            Self::Misconfigured(_) => "misconfigured",
        }
    }
}

/// What a provider says about a message that it took. It can change after [`DeliveryState::Delivered`]: networks
/// report some failures late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// Still on its way.
    Pending,
    /// The phone has it.
    Delivered,
    /// The number does not exist or refuses messages: do not send to it again.
    PermanentFailure,
    /// The phone was off or full for long: sending again later may work.
    TemporaryFailure,
    /// The provider failed: send again.
    TechnicalFailure,
    /// The provider does not say.
    Unknown,
}

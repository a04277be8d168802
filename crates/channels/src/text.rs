//! A text message, and what can send one.

use std::fmt;

use async_trait::async_trait;

use crate::{DeliveryState, Receipt, SendError};

/// One text message to one phone.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The number in E.164: `+447700900123`.
    pub to: String,
    /// What it says; 160 characters of the GSM alphabet make one message.
    pub body: String,
    /// The key of the queued message: every attempt carries the same.
    pub reference: String,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// Sends text messages.
#[async_trait]
pub trait TextChannel: Send + Sync {
    /// Hands `text` over.
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    async fn send(&self, text: &Text) -> Result<Receipt, SendError>;

    /// What became of the message that [`Receipt::provider_reference`] names.
    ///
    /// # Errors
    /// [`SendError`] when the provider cannot be asked.
    async fn status(&self, provider_reference: &str) -> Result<DeliveryState, SendError>;

    /// Goes as far as it can without sending anything.
    ///
    /// # Errors
    /// [`SendError`], as a message would have met it.
    async fn check(&self) -> Result<(), SendError>;
}

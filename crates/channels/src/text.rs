//! A text message, and what can send one.

use std::fmt;

use async_trait::async_trait;

use crate::{BadReport, DeliveryReport, DeliveryState, Receipt, ReportRequest, SendError};

/// One text message to one phone.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The number in E.164: `+447700900123`.
    pub to: String,
    /// What it says; 160 characters of the GSM alphabet make one message.
    pub body: String,
    /// The key of the queued message: every attempt carries the same.
    pub reference: String,
    /// Proves that a report about this message comes from whom it was given to, for providers that sign nothing. It stands
    /// in the address that they report to.
    pub report_token: Option<String>,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// Sends text messages.
#[async_trait]
pub trait TextChannel: Send + Sync {
    /// Who carries the messages, in a word for logs, figures and the delivery log: `govuk-notify`, `smpp`, …
    fn name(&self) -> &'static str;

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

    /// The same of a message that the provider called `provider` took, which may be another one by now.
    ///
    /// # Errors
    /// [`SendError`] when the provider cannot be asked.
    async fn status_at(&self, provider: &str, provider_reference: &str) -> Result<DeliveryState, SendError> {
        if provider == self.name() {
            self.status(provider_reference).await
        } else {
            Ok(DeliveryState::Unknown)
        }
    }

    /// Reads a report that somebody who claims to be `provider` sent over HTTP. None: it says nothing final.
    ///
    /// # Errors
    /// [`BadReport`], where it is forged, cannot be read, or this provider reports in another way.
    fn read_report(
        &self,
        provider: &str,
        request: &ReportRequest<'_>,
    ) -> Result<Option<DeliveryReport>, BadReport> {
        let _ = (provider, request);
        Err(BadReport::NotExpected)
    }

    /// Waits for the next report that comes over the provider's own connection. Providers without one never answer. It
    /// also keeps that connection up, so it must be waited for all the time.
    async fn next_report(&self) -> DeliveryReport {
        std::future::pending().await
    }

    /// Goes as far as it can without sending anything.
    ///
    /// # Errors
    /// [`SendError`], as a message would have met it.
    async fn check(&self) -> Result<(), SendError>;
}

//! Two providers: the second takes over at once where the first refuses or fails.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{BadReport, DeliveryReport, DeliveryState, Receipt, ReportRequest, SendError, Text, TextChannel};

/// A provider and the one that stands in for it.
///
/// A number that the first refuses for good is not tried again. When the first took a message and only its answer got lost,
/// the person gets it twice: better than never.
pub struct WithBackup {
    first: Arc<dyn TextChannel>,
    second: Arc<dyn TextChannel>,
}

impl std::fmt::Debug for WithBackup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("WithBackup").field(&self.first.name()).field(&self.second.name()).finish()
    }
}

impl WithBackup {
    /// `second` takes over where `first` fails.
    pub fn new(first: Arc<dyn TextChannel>, second: Arc<dyn TextChannel>) -> Self {
        Self { first, second }
    }
}

#[async_trait]
impl TextChannel for WithBackup {
    fn name(&self) -> &'static str {
        self.first.name()
    }

    async fn send(&self, text: &Text) -> Result<Receipt, SendError> {
        let error = match self.first.send(text).await {
            Err(error @ (SendError::Transient(_) | SendError::Misconfigured(_))) => error,
            answer => return answer,
        };
        let (first, second) = (self.first.name(), self.second.name());
        let alarm = matches!(error, SendError::Misconfigured(_));
        tracing::warn!(first, second, %error, alarm, "the second text provider takes over");
        // What the first says is what an administrator must mend; only where the second knows the number for bad it counts.
        self.second.send(text).await.map_err(|then| match then {
            permanent @ SendError::Permanent(_) => permanent,
            _ => error,
        })
    }

    async fn status(&self, provider_reference: &str) -> Result<DeliveryState, SendError> {
        self.first.status(provider_reference).await
    }

    async fn status_at(&self, provider: &str, provider_reference: &str) -> Result<DeliveryState, SendError> {
        // Two of one kind, such as two SMPP centres, share a name: whichever knows the message answers.
        match self.first.status_at(provider, provider_reference).await {
            Ok(DeliveryState::Unknown) | Err(_) => self.second.status_at(provider, provider_reference).await,
            known => known,
        }
    }

    fn read_report(
        &self,
        provider: &str,
        request: &ReportRequest<'_>,
    ) -> Result<Option<DeliveryReport>, BadReport> {
        match self.first.read_report(provider, request) {
            Err(first) => self.second.read_report(provider, request).map_err(|second| match second {
                BadReport::NotExpected => first,
                other => other,
            }),
            read => read,
        }
    }

    async fn next_report(&self) -> DeliveryReport {
        tokio::select! {
            report = self.first.next_report() => report,
            report = self.second.next_report() => report,
        }
    }

    async fn check(&self) -> Result<(), SendError> {
        self.first.check().await?;
        self.second.check().await
    }
}

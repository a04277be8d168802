//! What becomes of texts after a provider took them: it reports by itself, and is asked where no report comes.

use crate::repeat::Rounds;
use crate::{Refusal, Service};
use channels::{BadReport, DeliveryReport, DeliveryState, Proof, ReportRequest, ReportedMessage};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use store::report::{ReportAbout, ReportEffect, Reported};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vault::Secret;

/// A provider is asked about a message of which it has reported nothing for so long.
const ASK_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// And about none that is older: nobody waits for it any longer.
const ASK_UNTIL: SignedDuration = SignedDuration::from_hours(24);
/// So many are asked about in one round.
const BATCH: u32 = 20;
/// How often providers are asked, budgets looked at and early reports entered.
const LOOK_EVERY: Duration = Duration::from_secs(15);

impl Service {
    /// What a provider that signs nothing must show with a report about this message.
    pub(crate) fn report_token(&self, message: Uuid) -> String {
        let hash = self.keys.keyed_hash("delivery-report", &[message.as_bytes()]);
        hash.iter().take(16).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }
}

/// A provider reports over HTTP. A report that comes again changes nothing, and neither does one about a message that was
/// erased meanwhile.
///
/// # Errors
/// [`Refusal::ReportRefused`] where it does not prove that it comes from the provider, or cannot be read.
pub async fn callback(service: &Service, provider: &str, request: &ReportRequest<'_>) -> Result<(), Refusal> {
    let Some(text) = &service.text else { return Err(BadReport::NotExpected.into()) };
    match text.read_report(provider, request)? {
        Some(report) => enter(service, &report).await,
        None => Ok(()),
    }
}

/// Enters a report, from wherever it came.
///
/// # Errors
/// [`Refusal::ReportRefused`] where it is about no message of ours by its form, or shows the wrong token.
pub async fn enter(service: &Service, report: &DeliveryReport) -> Result<(), Refusal> {
    let Some(reported) = reported(report.state) else { return Ok(()) };
    let now = service.clock.now();
    let about = match &report.about {
        ReportedMessage::Ours { reference, proof } => {
            let id = Uuid::parse_str(reference).map_err(|_| BadReport::Unreadable)?;
            if let Proof::Token(shown) = proof
                && Secret::new(service.report_token(id)) != Secret::new(shown.clone())
            {
                return Err(BadReport::Forged.into());
            }
            ReportAbout::Message(id)
        }
        ReportedMessage::Theirs { provider, reference } => ReportAbout::Reference { provider, reference },
    };
    let mut tx = service.store.begin().await?;
    let effect = tx.report_delivery(about, reported, now).await?;
    if let (ReportEffect::Unknown, ReportAbout::Reference { provider, reference }) = (effect, about) {
        tx.keep_early_report(provider, reference, reported, now).await?;
    }
    tx.commit().await?;
    count(effect, reported);
    Ok(())
}

fn reported(state: DeliveryState) -> Option<Reported> {
    match state {
        DeliveryState::Delivered => Some(Reported::Delivered),
        DeliveryState::PermanentFailure => Some(Reported::Permanent),
        DeliveryState::TemporaryFailure => Some(Reported::Temporary),
        DeliveryState::TechnicalFailure => Some(Reported::Technical),
        DeliveryState::Pending | DeliveryState::Unknown => None,
    }
}

fn count(effect: ReportEffect, reported: Reported) {
    if effect == ReportEffect::Changed {
        metrics::counter!("fobwatch_delivery_reports_total", "state" => reported.as_str()).increment(1);
    }
}

/// Enters reports that came before their message was marked as sent, and asks providers about texts of which they have
/// reported nothing. Answers how many it learnt about.
///
/// # Errors
/// Where the database fails; the next round does it again.
pub async fn reconcile(service: &Service) -> Result<u64, Refusal> {
    let now = service.clock.now();
    let ago = |age: SignedDuration| now.checked_sub(age).unwrap_or(Timestamp::MIN);
    let mut tx = service.store.begin().await?;
    let mut learnt = tx.enter_early_reports(BATCH, now).await?;
    let unheard = match &service.text {
        Some(_) => tx.claim_unheard(now, ago(ASK_UNTIL), ago(ASK_AFTER), BATCH).await?,
        None => Vec::new(),
    };
    tx.commit().await?;
    let Some(text) = &service.text else { return Ok(learnt) };
    let asked = unheard
        .iter()
        .map(async |message| (message.id, text.status_at(&message.provider, &message.reference).await));
    for (id, answer) in futures::future::join_all(asked).await {
        match answer {
            Ok(state) => {
                let Some(reported) = reported(state) else { continue };
                let mut tx = service.store.begin().await?;
                let effect = tx.report_delivery(ReportAbout::Message(id), reported, now).await?;
                tx.commit().await?;
                count(effect, reported);
                learnt += u64::from(effect == ReportEffect::Changed);
            }
            Err(error) => tracing::warn!(message = %id, %error, "the provider cannot be asked about a text"),
        }
    }
    Ok(learnt)
}

/// Reconciles and looks at budgets again and again until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop);
    while rounds.next().await {
        if let Err(error) = reconcile(&service).await {
            tracing::error!(%error, "what became of texts cannot be found out");
        }
        if let Err(error) = crate::texts::look(&service).await {
            tracing::error!(%error, "the budgets of texts cannot be looked at");
        }
    }
}

/// Takes the reports that come over the provider's own connection, until `stop`.
pub async fn listen(service: Service, stop: CancellationToken) {
    let Some(text) = service.text.clone() else { return };
    loop {
        let report = tokio::select! {
            () = stop.cancelled() => return,
            report = text.next_report() => report,
        };
        // The centre has been told that we have it: it is tried until the database takes it, or the service ends.
        let mut again = tokio::time::interval(Duration::from_secs(2));
        while let Err(error) = enter(&service, &report).await {
            tracing::error!(%error, "a delivery report cannot be entered");
            tokio::select! {
                () = stop.cancelled() => return,
                _ = again.tick() => {}
            }
            if matches!(error, Refusal::ReportRefused(_)) {
                break;
            }
        }
    }
}

//! Pushes to phones that are asked something: sent after the transaction in which it was asked, once, and never a promise. Whoever
//! gets none sees the question when the app is opened.

use crate::{Refusal, Service};
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use channels::{Push, PushSubscription, Pushed};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use store::asked::Asked;
use store::authenticator::Device;
use url::Url;

/// So many pushes are sent at once.
const BATCH: u32 = 50;

/// A push service keeps a push no longer than its question lives.
const KEEP: Duration = Duration::from_mins(2);

/// No subscription is longer, in bytes.
const LONGEST: usize = 4 * 1_024;

/// What a browser gives of a subscription (Push API, `PushSubscription.toJSON()`), as far as it is used.
#[derive(Serialize, Deserialize)]
struct Subscription {
    endpoint: String,
    keys: SubscriptionKeys,
}

/// What pushes are encrypted with (RFC 8291).
#[derive(Serialize, Deserialize)]
struct SubscriptionKeys {
    p256dh: String,
    auth: String,
}

/// The subscription as it is kept; none where it is none, or leads to a host that no push service of ours has.
pub(crate) fn readable(service: &Service, told: &serde_json::Value) -> Option<Vec<u8>> {
    let subscription: Subscription = serde_json::from_value(told.clone()).ok()?;
    let kept = serde_json::to_vec(&subscription).ok()?;
    let target = target(&kept)?;
    (kept.len() <= LONGEST && is_allowed(service, &target.endpoint)).then_some(kept)
}

/// The subscription as it was kept.
fn target(kept: &[u8]) -> Option<PushSubscription> {
    let subscription: Subscription = serde_json::from_slice(kept).ok()?;
    // Browsers leave the padding out; libraries do not always.
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok();
    Some(PushSubscription {
        endpoint: Url::parse(&subscription.endpoint).ok()?,
        p256dh: bytes(&subscription.keys.p256dh)?,
        auth: bytes(&subscription.keys.auth)?,
    })
}

/// Only to push services that the configuration names: a phone does not make this service call anybody else.
fn is_allowed(service: &Service, endpoint: &Url) -> bool {
    let Some(host) = endpoint.host_str() else { return false };
    let known = service
        .settings
        .push_hosts
        .iter()
        .any(|allowed| host == allowed || (allowed.starts_with('.') && host.ends_with(allowed.as_str())));
    known && (endpoint.scheme() == "https" || matches!(host, "127.0.0.1" | "localhost"))
}

/// Sends a push for every question that is due. Answers how many were taken by push services.
///
/// # Errors
/// Where the database fails.
pub async fn push_due(service: &Service) -> Result<usize, Refusal> {
    let now = service.clock.now();
    // As with messages: most of the time there is none.
    if !service.store.has_due_push(now).await? {
        return Ok(0);
    }
    let mut tx = service.store.begin().await?;
    let due = tx.claim_pushes(now, BATCH).await?;
    tx.commit().await?;
    let sent = futures::future::join_all(due.iter().map(|question| push(service, question))).await;
    let mut taken = 0;
    for outcome in sent {
        taken += usize::from(outcome?);
    }
    Ok(taken)
}

async fn push(service: &Service, question: &Asked) -> Result<bool, Refusal> {
    let device = match question.method_id {
        Some(method) => service.store.authenticator_of_method(method).await?,
        None => service.store.authenticator_of_setup(question.subject).await?,
    };
    let Some(device) = device else { return Ok(false) };
    let kept = service.store.push_of(&device)?;
    let Some(to) = kept.as_ref().and_then(|kept| target(kept.expose())) else { return Ok(false) };
    // A host that was taken off the list since gets no more.
    if !is_allowed(service, &to.endpoint) {
        return Ok(false);
    }
    let content = json!({
        "v": 1,
        "request": question.id,
        "organisation": question.organisation,
        "what_for": question.what_for.as_str(),
        "expires_at": question.expires_at.as_second(),
    })
    .to_string();
    let topic = URL_SAFE_NO_PAD.encode(question.id.as_bytes());
    let push = Push { content: content.as_bytes(), topic: &topic, keep: KEEP };
    let outcome = service.push.send(&to, push, service.clock.now()).await;
    let name = match &outcome {
        Pushed::Taken => "taken",
        Pushed::Gone => "gone",
        Pushed::Failed(_) => "failed",
    };
    metrics::counter!("fobwatch_pushes_total", "outcome" => name).increment(1);
    match outcome {
        Pushed::Taken => Ok(true),
        Pushed::Gone => {
            forget(service, &device).await?;
            Ok(false)
        }
        Pushed::Failed(why) => {
            tracing::warn!(question = %question.id, why, "a push was not taken");
            Ok(false)
        }
    }
}

async fn forget(service: &Service, device: &Device) -> Result<(), Refusal> {
    let mut tx = service.store.begin().await?;
    tx.forget_push(device).await?;
    Ok(tx.commit().await?)
}

//! Where pushes to a phone may go.

use crate::Service;
use serde::{Deserialize, Serialize};
use url::Url;

/// What a browser gives of a subscription (Push API, `PushSubscription.toJSON()`), as far as it is used.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub endpoint: String,
    pub keys: SubscriptionKeys,
}

/// What pushes are encrypted with (RFC 8291).
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SubscriptionKeys {
    pub p256dh: String,
    pub auth: String,
}

/// No subscription is longer, in bytes.
const LONGEST: usize = 4 * 1_024;

/// The subscription as it is kept; none where it is none, or leads to a host that no push service has.
pub(crate) fn readable(service: &Service, told: &serde_json::Value) -> Option<Vec<u8>> {
    let subscription: Subscription = serde_json::from_value(told.clone()).ok()?;
    let endpoint = Url::parse(&subscription.endpoint).ok()?;
    let kept = serde_json::to_vec(&subscription).ok()?;
    (is_allowed(service, &endpoint) && kept.len() <= LONGEST).then_some(kept)
}

fn is_allowed(service: &Service, endpoint: &Url) -> bool {
    let Some(host) = endpoint.host_str() else { return false };
    let known = service
        .settings
        .push_hosts
        .iter()
        .any(|allowed| host == allowed || (allowed.starts_with('.') && host.ends_with(allowed.as_str())));
    known && (endpoint.scheme() == "https" || matches!(host, "127.0.0.1" | "localhost"))
}

//! Text messages through any gateway that takes a small JSON request.

use std::fmt;

use async_trait::async_trait;
use reqwest::Client;
use reqwest::header::{HeaderValue, InvalidHeaderValue};
use serde::Deserialize;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use crate::web_client::{ask, base_url, client, common_failure, under};
use crate::{DeliveryState, Receipt, SendError, SetupError, Text, TextChannel};

/// A gateway of the organisation, or a few lines in front of one.
///
/// What it must do:
///
/// ```text
/// POST BASE
/// Authorization: Bearer KEY
/// Idempotency-Key: REFERENCE
/// Content-Type: application/json
///
/// {"to": "+447700900123", "body": "123456 is your …", "reference": "REFERENCE"}
/// ```
///
/// - Any 2xx means that the message was taken. If the answer is JSON with a string `id`, that is kept.
/// - 400, 422 and other 4xx: this message will never be taken. 401 and 403: the key is wrong.
///   404, 405, 410, 415: the address is wrong. 408, 409, 423, 425, 429 and 5xx: try again later.
/// - A second request with the same reference is the same message; the gateway sends it once.
/// - `GET BASE/ID` may answer `{"status": "pending" | "delivered" | "permanent-failure" | "temporary-failure" |
///   "technical-failure"}`. A gateway without it answers 404 or 405.
pub struct HttpText {
    client: Client,
    base: Url,
    key: Zeroizing<String>,
}

impl fmt::Debug for HttpText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpText").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl HttpText {
    /// A gateway at `base_url` that knows us by `api_key`.
    ///
    /// # Errors
    /// [`SetupError`] when the address or the key cannot be used; it says what to write and never holds the key.
    pub fn new(base_url_: &str, api_key: &str) -> Result<Self, SetupError> {
        let base = base_url(base_url_)?;
        let key = Zeroizing::new(api_key.trim().to_owned());
        if key.is_empty() || authorization(&key).is_err() {
            return Err(SetupError::new(
                "the text provider's key is empty or holds a sign that no key has: copy it again as one line",
            ));
        }
        Ok(Self { client: client(&base)?, base, key })
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> Result<reqwest::RequestBuilder, SendError> {
        let value = authorization(&self.key)
            .map_err(|_| SendError::Misconfigured("the text provider's key cannot be sent".into()))?;
        Ok(request.header(reqwest::header::AUTHORIZATION, value))
    }
}

fn authorization(key: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(&Zeroizing::new(format!("Bearer {key}")))?;
    value.set_sensitive(true);
    Ok(value)
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Deserialize)]
struct Status {
    status: DeliveryState,
}

#[async_trait]
impl TextChannel for HttpText {
    fn name(&self) -> &'static str {
        "http"
    }

    async fn send(&self, text: &Text) -> Result<Receipt, SendError> {
        let body = json!({ "to": text.to, "body": text.body, "reference": text.reference });
        let request =
            self.client.post(self.base.clone()).header("Idempotency-Key", &text.reference).json(&body);
        let answer = ask(self.authorized(request)?).await?;
        if answer.status.is_success() {
            let id = serde_json::from_slice::<Taken>(&answer.body).ok().map(|taken| taken.id);
            let provider_reference = id.filter(|id| (1..=200).contains(&id.len()));
            return Ok(Receipt { provider_reference, provider: Some(self.name()) });
        }
        Err(common_failure(answer.status).unwrap_or_else(|| {
            SendError::Permanent(format!(
                "the text provider does not take this message ({})",
                answer.status.as_u16()
            ))
        }))
    }

    async fn status(&self, provider_reference: &str) -> Result<DeliveryState, SendError> {
        let request = self.client.get(under(&self.base, &[provider_reference]));
        let answer = ask(self.authorized(request)?).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(serde_json::from_slice::<Status>(&answer.body)
                .map_or(DeliveryState::Unknown, |answer| answer.status)),
            404 | 405 | 410 | 501 => Ok(DeliveryState::Unknown),
            _ => Err(common_failure(answer.status).unwrap_or_else(|| {
                SendError::Transient(format!("the text provider answered {}", answer.status.as_u16()))
            })),
        }
    }

    /// Asks with the key but sends nothing; whatever the gateway answers to a GET, but 401, 403 and 5xx, will do.
    async fn check(&self) -> Result<(), SendError> {
        let answer = ask(self.authorized(self.client.get(self.base.clone()))?).await?;
        match answer.status.as_u16() {
            401 | 403 | 300..=399 | 500..=599 => common_failure(answer.status).map_or(Ok(()), Err),
            _ => Ok(()),
        }
    }
}

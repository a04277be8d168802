//! Text messages through GOV.UK Notify.

use std::fmt;

use async_trait::async_trait;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Client, Method};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use crate::web_client::{Answer, ask, base_url, client, common_failure, under};
use crate::{
    BadReport, DeliveryReport, DeliveryState, Proof, Receipt, ReportRequest, ReportedMessage, SendError,
    SetupError, Text, TextChannel,
};

/// GOV.UK Notify (<https://docs.notifications.service.gov.uk/rest-api.html>).
///
/// Notify keeps the words of a message in a template and takes only what is put into it. Our words live with us,
/// so the template is one text message template whose whole content is the placeholder `((body))`.
///
/// Notify sends what it took within seconds, and does not recognise a second request with the same reference:
/// when an answer is lost, the person may get the message twice.
pub struct GovukNotify {
    client: Client,
    base: Url,
    issuer: String,
    key: EncodingKey,
    template_id: String,
    clock: fn() -> Timestamp,
    callback_token: Option<Zeroizing<String>>,
}

impl fmt::Debug for GovukNotify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GovukNotify").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

impl GovukNotify {
    /// `base_url` is `https://api.notifications.service.gov.uk` in life; `api_key` is the key as Notify shows it
    /// once (`NAME-SERVICE-SECRET`); `template_id` that of the template described above.
    ///
    /// # Errors
    /// [`SetupError`] when one of them is not of its form; it says what to write and never holds the key.
    pub fn new(base_url_: &str, api_key: &str, template_id: &str) -> Result<Self, SetupError> {
        let base = base_url(base_url_)?;
        let (issuer, secret) = key_parts(api_key.trim()).ok_or_else(|| {
            SetupError::new(
                "the key for GOV.UK Notify is not whole: copy it again from API integration, API keys; it is the \
                 key's name, then two identifiers of 36 characters, all joined by hyphens",
            )
        })?;
        let template_id = template_id.trim();
        if template_id.is_empty() {
            return Err(SetupError::new(
                "GOV.UK Notify needs the id of a text message template whose whole content is ((body))",
            ));
        }
        Ok(Self {
            client: client(&base)?,
            base,
            issuer: issuer.to_owned(),
            key: EncodingKey::from_secret(secret.as_bytes()),
            template_id: template_id.to_owned(),
            clock: system_now,
            callback_token: None,
        })
    }

    /// The same channel, to which Notify reports with this bearer token (*API integration*, *Callbacks*, *Delivery receipts*).
    #[must_use]
    pub fn with_callbacks(self, token: &str) -> Self {
        Self { callback_token: Some(Zeroizing::new(token.to_owned())), ..self }
    }

    /// The same channel with another clock for its tokens, for tests.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Timestamp) -> Self {
        Self { clock, ..self }
    }

    async fn request(
        &self,
        method: Method,
        path: &[&str],
        body: Option<serde_json::Value>,
    ) -> Result<Answer, SendError> {
        let claims = Claims { iss: &self.issuer, iat: (self.clock)().as_second() };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.key)
            .map_err(|_| SendError::Misconfigured("the token for GOV.UK Notify cannot be signed".into()))?;
        let mut request = self.client.request(method, under(&self.base, path)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        ask(request).await
    }
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Deserialize)]
struct Notification {
    status: String,
}

/// What Notify posts when it knows more. It holds number and times, too, which nobody here needs.
#[derive(Deserialize)]
struct Callback {
    id: String,
    reference: Option<String>,
    status: String,
}

#[derive(Deserialize)]
struct Template {
    #[serde(rename = "type")]
    kind: String,
    body: String,
}

#[derive(Deserialize, Default)]
struct Refused {
    #[serde(default)]
    errors: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    message: String,
}

#[async_trait]
impl TextChannel for GovukNotify {
    fn name(&self) -> &'static str {
        "govuk-notify"
    }

    async fn send(&self, text: &Text) -> Result<Receipt, SendError> {
        let body = json!({
            "phone_number": text.to,
            "template_id": self.template_id,
            "personalisation": { "body": text.body },
            "reference": text.reference,
        });
        let answer = self.request(Method::POST, &["v2", "notifications", "sms"], Some(body)).await?;
        if answer.status.is_success() {
            let id = serde_json::from_slice::<Taken>(&answer.body).ok().map(|taken| taken.id);
            let provider_reference = id.filter(|id| is_identifier(id));
            return Ok(Receipt { provider_reference, provider: Some(self.name()) });
        }
        Err(refused(&answer))
    }

    async fn status(&self, provider_reference: &str) -> Result<DeliveryState, SendError> {
        if !is_identifier(provider_reference) {
            return Err(SendError::Permanent("this is not a reference of GOV.UK Notify".into()));
        }
        let answer = self.request(Method::GET, &["v2", "notifications", provider_reference], None).await?;
        match answer.status.as_u16() {
            200 => Ok(serde_json::from_slice::<Notification>(&answer.body)
                .map_or(DeliveryState::Unknown, |notification| state(&notification.status))),
            // Notify forgets a message after some days.
            404 => Ok(DeliveryState::Unknown),
            _ => Err(refused(&answer)),
        }
    }

    fn read_report(
        &self,
        provider: &str,
        request: &ReportRequest<'_>,
    ) -> Result<Option<DeliveryReport>, BadReport> {
        let expected = self.callback_token.as_ref().filter(|_| provider == self.name());
        let expected = expected.ok_or(BadReport::NotExpected)?;
        let shown = request.authorization.and_then(|header| header.strip_prefix("Bearer "));
        let shown = shown.ok_or(BadReport::Forged)?;
        verify_slices_are_equal(shown.as_bytes(), expected.as_bytes()).map_err(|_| BadReport::Forged)?;
        let callback: Callback = serde_json::from_slice(request.body).map_err(|_| BadReport::Unreadable)?;
        let about = match callback.reference {
            Some(reference) => ReportedMessage::Ours { reference, proof: Proof::ByProvider },
            None => ReportedMessage::Theirs { provider: self.name(), reference: callback.id },
        };
        Ok(DeliveryReport::of(about, state(&callback.status)))
    }

    async fn check(&self) -> Result<(), SendError> {
        let answer = self.request(Method::GET, &["v2", "template", &self.template_id], None).await?;
        let wrong = |what: &str| {
            Err(SendError::Misconfigured(format!(
                "the template at GOV.UK Notify {what}: make a text message template whose whole content is ((body))"
            )))
        };
        match answer.status.as_u16() {
            200 => match serde_json::from_slice::<Template>(&answer.body) {
                Ok(template) if template.kind != "sms" => wrong("is not for text messages"),
                Ok(template) if template.body.trim() != "((body))" => wrong("has other words in it"),
                Ok(_) => Ok(()),
                Err(_) => wrong("cannot be read"),
            },
            400 | 404 => wrong("does not exist"),
            _ => Err(refused(&answer)),
        }
    }
}

/// Notify's reasons name the field they are about; the number itself may stand in them, so none is passed on.
fn refused(answer: &Answer) -> SendError {
    if let Some(common) = common_failure(answer.status) {
        return common;
    }
    let status = answer.status.as_u16();
    let reasons = serde_json::from_slice::<Refused>(&answer.body).unwrap_or_default().errors;
    let says = |words: &str| reasons.iter().any(|reason| reason.message.contains(words));
    if says("phone_number") {
        SendError::Permanent(format!("GOV.UK Notify does not send to this number ({status})"))
    } else if says("team-only") || says("trial mode") {
        SendError::Misconfigured(format!(
            "GOV.UK Notify sends only to members of your team ({status}): use a live key, and ask Notify to make the \
             service live"
        ))
    } else if says("emplate") || says("ersonalisation") {
        SendError::Misconfigured(format!(
            "GOV.UK Notify does not take the template ({status}): make a text message template whose whole content is \
             ((body)), and write its id"
        ))
    } else {
        SendError::Misconfigured(format!(
            "GOV.UK Notify answered {status}: check key, template and limits there"
        ))
    }
}

fn state(status: &str) -> DeliveryState {
    match status {
        "created" | "sending" | "pending" | "pending-virus-check" => DeliveryState::Pending,
        "delivered" => DeliveryState::Delivered,
        "permanent-failure" => DeliveryState::PermanentFailure,
        "temporary-failure" => DeliveryState::TemporaryFailure,
        "technical-failure" | "validation-failed" => DeliveryState::TechnicalFailure,
        // `sent` is for numbers abroad, of which nothing more is heard.
        _ => DeliveryState::Unknown,
    }
}

/// Service id and secret: the last 73 characters, two UUIDs joined by a hyphen.
fn key_parts(api_key: &str) -> Option<(&str, &str)> {
    let start = api_key.len().checked_sub(73)?;
    let (issuer, secret) = (api_key.get(start..start + 36)?, api_key.get(start + 37..)?);
    let joined = api_key.as_bytes().get(start + 36) == Some(&b'-');
    (joined && is_uuid(issuer) && is_uuid(secret)).then_some((issuer, secret))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[expect(
    clippy::disallowed_methods,
    reason = "Notify compares the token with its own clock: a clock turned by a test or the demonstration must not reach it"
)]
fn system_now() -> Timestamp {
    Timestamp::now()
}

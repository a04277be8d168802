//! A phone: the text messages that the product sent.
//!
//! It is a **stand-in** for GOV.UK Notify, which nobody can run for themselves, built from its public documentation
//! (<https://docs.notifications.service.gov.uk/rest-api.html>): the same addresses, the same checks of the token and of
//! the body, the same answers and errors. What the real service does beyond that (its rates, its networks) it cannot show.

mod token;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::digits::first_code;

/// A phone with every number, behind a stand-in for GOV.UK Notify on loopback. It is switched off when dropped.
#[derive(Debug)]
pub struct Phone {
    base_url: String,
    network: Network,
    serving: AbortHandle,
}

/// A text message as the phone shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneText {
    /// The number it was sent to: `+44` and ten digits.
    pub to: String,
    /// The words of the message.
    pub body: String,
    /// The product's own reference.
    pub reference: Option<String>,
    /// Notify's identifier.
    pub id: Uuid,
    /// What Notify says of it: `delivered`, `permanent-failure`, …
    pub status: String,
}

/// What can go wrong at Notify with the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 429: more than 3,000 messages a minute.
    TooMany,
    /// 500: an error of Notify's own. The message is not sent.
    OwnError,
    /// 500, but the message was sent all the same: the answer got lost on the way.
    AnswerLost,
    /// 400: the service is in trial mode and the number not in the team.
    TrialMode,
}

type Network = Arc<Mutex<Exchange>>;

#[derive(Debug, Default)]
struct Exchange {
    texts: Vec<PhoneText>,
    troubles: VecDeque<Trouble>,
    asked: usize,
}

impl Phone {
    /// The key for the product, in Notify's form: name, service, secret.
    pub const API_KEY: &'static str =
        "fobwatch_tests-9f0c1c1e-3a52-4b0e-9d6b-6b1f5d0f7a01-5e2b7c44-0d3e-4f5a-8c77-1a2b3c4d5e6f";
    /// The one template that it knows: a text message whose whole content is `((body))`.
    pub const TEMPLATE_ID: &'static str = "0b7a3d8e-51c4-4a6f-9e2d-7c8b9a0f1e2d";

    /// Switches a phone on, on a free port of loopback.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start() -> Self {
        let network = Network::default();
        let routes = Router::new()
            .route("/v2/notifications/sms", post(send))
            .route("/v2/notifications/{id}", get(status))
            .route("/v2/template/{id}", get(template))
            .with_state(Arc::clone(&network));
        let listener =
            tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        let base_url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let serving = tokio::spawn(axum::serve(listener, routes).into_future()).abort_handle();
        Self { base_url, network, serving }
    }

    /// The address for the product, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Every text, oldest first.
    pub fn texts(&self) -> Vec<PhoneText> {
        locked(&self.network).texts.clone()
    }

    /// The texts to `number` (in any UK form), oldest first.
    ///
    /// # Panics
    /// When `number` is not a UK mobile number: then the test is wrong.
    pub fn texts_to(&self, number: &str) -> Vec<PhoneText> {
        let to = uk_mobile(number).unwrap_or_else(|| panic!("{number} is not a UK mobile number"));
        self.texts().into_iter().filter(|text| text.to == to).collect()
    }

    /// The code in the newest text to `number` that holds one: a notice of the same moment may come after it.
    ///
    /// # Panics
    /// When no text holds a code.
    pub fn last_code(&self, number: &str) -> String {
        let texts = self.texts_to(number);
        let code = texts.iter().rev().find_map(|text| first_code(&text.body));
        code.unwrap_or_else(|| panic!("no code came for {number}")).to_owned()
    }

    /// How many sends were asked for, whatever became of them.
    pub fn sends_asked(&self) -> usize {
        locked(&self.network).asked
    }

    /// The next message meets this trouble; called again, the one after it does.
    pub fn next_meets(&self, trouble: Trouble) {
        locked(&self.network).troubles.push_back(trouble);
    }

    /// From now on Notify says this of every text to `number`: `delivered`, `permanent-failure`, …
    ///
    /// # Panics
    /// When `number` is not a UK mobile number: then the test is wrong.
    pub fn becomes(&self, number: &str, status: &str) {
        let to = uk_mobile(number).unwrap_or_else(|| panic!("{number} is not a UK mobile number"));
        for text in locked(&self.network).texts.iter_mut().filter(|text| text.to == to) {
            status.clone_into(&mut text.status);
        }
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn locked(network: &Network) -> MutexGuard<'_, Exchange> {
    network.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `POST /v2/notifications/sms`
async fn send(State(network): State<Network>, headers: HeaderMap, body: Bytes) -> Result<Response, Failure> {
    token::check(&headers)?;
    let mut exchange = locked(&network);
    exchange.asked += 1;
    let trouble = exchange.troubles.pop_front();
    match trouble {
        Some(Trouble::TooMany) => return Err(RATE_LIMIT),
        Some(Trouble::OwnError) => return Err(INTERNAL),
        Some(Trouble::TrialMode) => return Err(TRIAL_MODE),
        Some(Trouble::AnswerLost) | None => {}
    }
    let request: Value =
        serde_json::from_slice(&body).map_err(|_| bad("Invalid JSON supplied in POST data"))?;
    let id = Uuid::from_u128(0x6e6f_7469_6679_4000_8000_0000_0000_0000 + exchange.texts.len() as u128);
    let text = read(&request, id)?;
    let answer = json!({
        "id": id,
        "reference": text.reference,
        "content": { "body": text.body, "from_number": "GOVUK" },
        "uri": format!("https://api.notifications.service.gov.uk/v2/notifications/{id}"),
        "template": template_reference(),
        "scheduled_for": null,
    });
    exchange.texts.push(text);
    if trouble == Some(Trouble::AnswerLost) {
        return Err(INTERNAL);
    }
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// `GET /v2/notifications/{id}`
async fn status(
    State(network): State<Network>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    token::check(&headers)?;
    let id: Uuid = id.parse().map_err(|_| validation("id is not a valid UUID"))?;
    let exchange = locked(&network);
    let text = exchange.texts.iter().find(|text| text.id == id).ok_or(NO_RESULT)?;
    let answer = json!({
        "id": text.id,
        "reference": text.reference,
        "phone_number": text.to,
        "type": "sms",
        "status": text.status,
        "template": template_reference(),
        "body": text.body,
        "email_address": null,
        "subject": null,
    });
    Ok(Json(answer).into_response())
}

/// `GET /v2/template/{id}`
async fn template(headers: HeaderMap, Path(id): Path<String>) -> Result<Response, Failure> {
    token::check(&headers)?;
    let id: Uuid = id.parse().map_err(|_| validation("id is not a valid UUID"))?;
    if id.to_string() != Phone::TEMPLATE_ID {
        return Err(NO_RESULT);
    }
    let answer = json!({ "id": id, "name": "Everything", "type": "sms", "version": 1, "body": "((body))", "subject": null });
    Ok(Json(answer).into_response())
}

fn template_reference() -> Value {
    let uri = format!("https://api.notifications.service.gov.uk/v2/template/{}", Phone::TEMPLATE_ID);
    json!({ "id": Phone::TEMPLATE_ID, "version": 1, "uri": uri })
}

/// Notify's checks of a body, with its words for what is wrong.
fn read(request: &Value, id: Uuid) -> Result<PhoneText, Failure> {
    let field = |name: &str| request.get(name).and_then(Value::as_str);
    let number = field("phone_number").ok_or_else(|| validation("phone_number is a required property"))?;
    let template = field("template_id").ok_or_else(|| validation("template_id is a required property"))?;
    let allowed = ["phone_number", "template_id", "personalisation", "reference", "sms_sender_id"];
    if let Some((unknown, _)) =
        request.as_object().and_then(|all| all.iter().find(|(k, _)| !allowed.contains(&k.as_str())))
    {
        return Err(validation(&format!("Additional properties are not allowed ({unknown} was unexpected)")));
    }
    let to = uk_mobile(number).ok_or_else(|| validation("phone_number Not a UK mobile number"))?;
    let template: Uuid = template.parse().map_err(|_| validation("template_id is not a valid UUID"))?;
    if template.to_string() != Phone::TEMPLATE_ID {
        return Err(bad("Template not found"));
    }
    let body = request.pointer("/personalisation/body").and_then(Value::as_str);
    let body = body.ok_or_else(|| bad("Missing personalisation: body"))?;
    if body.chars().count() > 918 {
        return Err(bad("Your message is too long. Text messages cannot be longer than 918 characters."));
    }
    // Notify's own numbers for trying out failures.
    let status = match to.as_str() {
        "+447700900002" => "permanent-failure",
        "+447700900003" => "temporary-failure",
        _ => "delivered",
    };
    Ok(PhoneText {
        to,
        body: body.to_owned(),
        reference: field("reference").map(str::to_owned),
        id,
        status: status.to_owned(),
    })
}

/// Any way to write a UK mobile number, as `+447…`.
fn uk_mobile(written: &str) -> Option<String> {
    let bare: String = written.chars().filter(|c| !" ()-+".contains(*c)).collect();
    let bare = bare.trim_start_matches('0');
    let national = bare.strip_prefix("44").unwrap_or(bare).trim_start_matches('0');
    let right =
        national.len() == 10 && national.starts_with('7') && national.bytes().all(|b| b.is_ascii_digit());
    right.then(|| format!("+44{national}"))
}

/// An error as Notify words it.
#[derive(Debug)]
struct Failure {
    status: StatusCode,
    error: &'static str,
    message: std::borrow::Cow<'static, str>,
}

const fn failure(status: StatusCode, error: &'static str, message: &'static str) -> Failure {
    Failure { status, error, message: std::borrow::Cow::Borrowed(message) }
}

const RATE_LIMIT: Failure = failure(
    StatusCode::TOO_MANY_REQUESTS,
    "RateLimitError",
    "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds",
);
const TRIAL_MODE: Failure = failure(
    StatusCode::BAD_REQUEST,
    "BadRequestError",
    "Can’t send to this recipient when service is in trial mode - see https://www.notifications.service.gov.uk/trial-mode",
);
const INTERNAL: Failure = failure(StatusCode::INTERNAL_SERVER_ERROR, "Exception", "Internal server error");
const NO_RESULT: Failure = failure(StatusCode::NOT_FOUND, "NoResultFound", "No result found");

fn validation(message: &str) -> Failure {
    Failure { message: message.to_owned().into(), ..failure(StatusCode::BAD_REQUEST, "ValidationError", "") }
}

fn bad(message: &str) -> Failure {
    Failure { message: message.to_owned().into(), ..failure(StatusCode::BAD_REQUEST, "BadRequestError", "") }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let errors = json!([{ "error": self.error, "message": self.message }]);
        (self.status, Json(json!({ "status_code": self.status.as_u16(), "errors": errors }))).into_response()
    }
}

#[cfg(test)]
mod tests;

//! What the authenticator asks of us: JSON, signed by the phone. These are no pages: no cookie is read, and the signature says who
//! asks.

use crate::visitor::Caller;
use crate::{BadPublicUrl, Web, urls};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use journeys::Refusal;
use journeys::authenticator::{self, AppRefusal, Questions};
use journeys::enrolment::{self, Enrolled};
use serde::Deserialize;
use serde_json::{Value, json};
use store::StoreError;
use store::asked::Asked;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// No request is longer.
const LARGEST_BODY: usize = 16 * 1_024;

pub(crate) fn routes(web: &Web) -> Result<Router<Web>, BadPublicUrl> {
    // A page of another origin gets no answer, though it could sign nothing either.
    let origin = web.settings.public_url.origin().ascii_serialization();
    let ours = CsrfLayer::new().add_trusted_origin(origin).map_err(|_| BadPublicUrl)?;
    let never_kept =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(Router::new()
        .route(urls::AUTHENTICATOR_ENROL, post(enrol))
        .route(urls::AUTHENTICATOR_REQUESTS, post(requests))
        .route(urls::AUTHENTICATOR_ANSWER, post(answer))
        .route(urls::AUTHENTICATOR_PUSH, post(push))
        .route(urls::AUTHENTICATOR_LEAVE, post(leave))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(ours)
        .layer(never_kept))
}

/// What every request is: a compact JSON Web Signature.
#[derive(Deserialize)]
struct Signed {
    jws: String,
}

/// Reads the body, whatever its content type says.
fn signed(body: &[u8]) -> Result<Signed, AppRefusal> {
    serde_json::from_slice(body).map_err(|_| AppRefusal::BadRequest)
}

/// Answers, or says in one word why not.
fn reply(web: &Web, outcome: Result<Value, AppRefusal>) -> Response {
    let refusal = match outcome {
        Ok(value) => return Json(value).into_response(),
        Err(refusal) => refusal,
    };
    let (status, error) = match &refusal {
        AppRefusal::BadRequest => (StatusCode::BAD_REQUEST, "bad-request"),
        AppRefusal::Clock => {
            let now = web.clock.now().as_second();
            return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "clock", "now": now }))).into_response();
        }
        AppRefusal::Replayed => (StatusCode::CONFLICT, "replayed"),
        AppRefusal::UnknownDevice => (StatusCode::FORBIDDEN, "unknown-device"),
        AppRefusal::EnrolOver => (StatusCode::GONE, "enrol-over"),
        AppRefusal::Over => (StatusCode::GONE, "over"),
        AppRefusal::WrongNumber => (StatusCode::CONFLICT, "wrong-number"),
        AppRefusal::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
        AppRefusal::WrongSignature => (StatusCode::UNAUTHORIZED, "wrong-signature"),
        AppRefusal::Fault(Refusal::Busy | Refusal::Store(StoreError::Unavailable(_))) => {
            (StatusCode::SERVICE_UNAVAILABLE, "busy")
        }
        AppRefusal::Fault(fault) => {
            tracing::error!(error = %fault, "a request of the authenticator failed");
            (StatusCode::SERVICE_UNAVAILABLE, "busy")
        }
    };
    (status, Json(json!({ "error": error }))).into_response()
}

async fn enrol(State(web): State<Web>, Caller(visitor): Caller, body: axum::body::Bytes) -> Response {
    let outcome = async {
        let Signed { jws } = signed(&body)?;
        let enrolled = enrolment::enrol(&web, &jws, &visitor).await?;
        Ok(of_enrolled(&web, &enrolled))
    };
    reply(&web, outcome.await)
}

fn of_enrolled(web: &Web, enrolled: &Enrolled) -> Value {
    let service = &web.settings.service_name;
    json!({
        "device": enrolled.device,
        "account": {
            "organisation": enrolled.organisation.name,
            "organisation_code": enrolled.organisation.code,
            "user": enrolled.user,
            "service": service,
        },
        "otp": {
            "secret": enrolled.seed.expose(),
            "issuer": service,
            "label": enrolled.label,
            "digits": 6,
            "period": vault::totp::STEP_SECONDS,
            "algorithm": "SHA1",
        },
        "vapid": web.push.public_key(),
        "now": enrolled.now.as_second(),
    })
}

async fn requests(State(web): State<Web>, body: axum::body::Bytes) -> Response {
    let outcome = async {
        let Signed { jws } = signed(&body)?;
        let Questions { questions, paused_until, now } = authenticator::questions(&web, &jws).await?;
        Ok(json!({
            "requests": questions.iter().map(of_question).collect::<Vec<_>>(),
            "paused_until": paused_until.map(jiff::Timestamp::as_second),
            "now": now.as_second(),
        }))
    };
    reply(&web, outcome.await)
}

fn of_question(asked: &Asked) -> Value {
    json!({
        "id": asked.id,
        "organisation": asked.organisation,
        "what_for": asked.what_for.as_str(),
        "browser": asked.browser,
        "network": asked.network,
        "asked_at": asked.asked_at.as_second(),
        "expires_at": asked.expires_at.as_second(),
        "challenge": asked.challenge.as_ref().map(|challenge| URL_SAFE_NO_PAD.encode(challenge)),
    })
}

async fn answer(State(web): State<Web>, body: axum::body::Bytes) -> Response {
    let outcome = async {
        let approved = authenticator::answer(&web, &signed(&body)?.jws).await?;
        Ok(json!({ "result": if approved { "approved" } else { "refused" } }))
    };
    reply(&web, outcome.await)
}

async fn push(State(web): State<Web>, body: axum::body::Bytes) -> Response {
    let outcome = async {
        authenticator::push(&web, &signed(&body)?.jws).await?;
        Ok(json!({}))
    };
    reply(&web, outcome.await)
}

async fn leave(State(web): State<Web>, body: axum::body::Bytes) -> Response {
    let outcome = async {
        authenticator::leave(&web, &signed(&body)?.jws).await?;
        Ok(json!({}))
    };
    reply(&web, outcome.await)
}

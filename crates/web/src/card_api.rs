//! What the agent on a workstation asks of us: JSON, with a token that it got for a ticket. These are no pages: no cookie is read, and
//! no form of another site can do anything here without the token, which no browser has.

use crate::render::explain;
use crate::{Web, urls};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use card_jobs::{Claim, Refused, Report};
use journeys::Refusal;
use journeys::smartcard::job::{self, JobRefusal};
use serde::de::DeserializeOwned;
use store::StoreError;
use tower_http::set_header::SetResponseHeaderLayer;
use uuid::Uuid;
use wording::Language;

/// A certificate has about a kilobyte, and is read back in hexadecimal digits.
const LARGEST_BODY: usize = 32 * 1_024;

pub(crate) fn routes() -> Router<Web> {
    let never_kept =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Router::new()
        .route(urls::CARD_API_CLAIM, post(claim))
        .route(urls::CARD_API_NEXT, post(next))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(never_kept)
}

/// Reads the body, whatever its content type says.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, JobRefusal> {
    serde_json::from_slice(body).map_err(|_| JobRefusal::Malformed)
}

async fn claim(State(web): State<Web>, body: Bytes) -> Response {
    let outcome = async {
        let wish: Claim = read(&body)?;
        job::claim(&web, &wish).await
    };
    match outcome.await {
        Ok(claimed) => Json(claimed).into_response(),
        Err(refusal) => refused(&web, &refusal),
    }
}

async fn next(State(web): State<Web>, Path(job): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let outcome = async {
        let job = Uuid::parse_str(&job).map_err(|_| JobRefusal::NotYours)?;
        let token = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .ok_or(JobRefusal::NotYours)?;
        let report: Report = read(&body)?;
        job::next(&web, job, token, &report).await
    };
    match outcome.await {
        Ok(next) => Json(next).into_response(),
        Err(refusal) => refused(&web, &refusal),
    }
}

/// Says why not, in a code and in plain words.
fn refused(web: &Web, refusal: &JobRefusal) -> Response {
    let status = match refusal {
        JobRefusal::Ticket => StatusCode::GONE,
        JobRefusal::NotYours => StatusCode::UNAUTHORIZED,
        JobRefusal::OutOfTurn => StatusCode::CONFLICT,
        JobRefusal::Malformed => StatusCode::BAD_REQUEST,
        JobRefusal::Fault(Refusal::Busy | Refusal::Store(StoreError::Unavailable(_))) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        JobRefusal::Fault(fault) => {
            tracing::error!(error = %fault, "a request of a card's agent failed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let words = match refusal {
        JobRefusal::Fault(fault) => explain(web, None, fault).text,
        other => wording::refusal(Language::En, other.code(), &[]).text,
    };
    (status, Json(Refused { code: refusal.code().to_owned(), words })).into_response()
}

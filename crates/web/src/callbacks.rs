//! Where providers report what became of text messages, and ask what to say in calls. These are no pages: no cookie is read, and no form leads here.
//!
//! A gateway of Kannel's kind reports by GET. That is the one exception to the law that GET changes nothing: the address
//! holds a token that only whoever was given the message knows, and all it changes is how that message stands.

use crate::{Web, urls};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use channels::{BadReport, ReportRequest};
use journeys::{Refusal, calls, reports};

/// No report is longer.
const LARGEST_BODY: usize = 16 * 1_024;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CALLBACK_NOTIFY, post(notify))
        .route(urls::CALLBACK_TWILIO, post(twilio))
        .route(urls::CALLBACK_VOICE_TWILIO, post(twilio_voice))
        .route(urls::CALLBACK_KANNEL, get(kannel).post(kannel))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}

async fn notify(
    State(web): State<Web>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    report(&web, "govuk-notify", &uri, &headers, &body).await
}

async fn twilio(
    State(web): State<Web>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    report(&web, "twilio", &uri, &headers, &body).await
}

async fn kannel(
    State(web): State<Web>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    report(&web, "http-gateway", &uri, &headers, &body).await
}

/// Twilio asks what to say, or tells what happened with a call.
async fn twilio_voice(
    State(web): State<Web>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let url = web.address(uri.path_and_query().map_or("/", |path| path.as_str()));
    let signature = headers.get("x-twilio-signature").and_then(|value| value.to_str().ok());
    let request = ReportRequest { url: &url, authorization: None, signature, body: &body };
    match calls::hook(&web, "twilio", &request).await {
        Ok(script) if script.is_empty() => StatusCode::NO_CONTENT.into_response(),
        Ok(script) => ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], script).into_response(),
        Err(refusal) => refused("twilio", &refusal).into_response(),
    }
}

/// A provider that is told of a failure comes again; one whose report is no good need not.
async fn report(web: &Web, provider: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let url = web.address(uri.path_and_query().map_or("/", |path| path.as_str()));
    let request = ReportRequest {
        url: &url,
        authorization: text(header::AUTHORIZATION.as_str()),
        signature: text("x-twilio-signature"),
        body,
    };
    match reports::callback(web, provider, &request).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(refusal) => refused(provider, &refusal),
    }
}

fn refused(provider: &str, refusal: &Refusal) -> StatusCode {
    if let Refusal::ReportRefused(why) = refusal {
        tracing::warn!(provider, %why, "a report is refused");
        return match why {
            BadReport::Forged => StatusCode::FORBIDDEN,
            BadReport::Unreadable => StatusCode::BAD_REQUEST,
            BadReport::NotExpected => StatusCode::NOT_FOUND,
        };
    }
    tracing::error!(provider, error = %refusal, "a report cannot be entered");
    StatusCode::SERVICE_UNAVAILABLE
}

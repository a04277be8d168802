//! Where providers report what became of text messages. These are no pages: no cookie is read, and no form leads here.
//!
//! A gateway of Kannel's kind reports by GET. That is the one exception to the law that GET changes nothing: the address
//! holds a token that only whoever was given the message knows, and all it changes is how that message stands.

use crate::{Web, urls};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::routing::{get, post};
use channels::{BadReport, ReportRequest};
use journeys::{Refusal, reports};

/// No report is longer.
const LARGEST_BODY: usize = 16 * 1_024;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CALLBACK_NOTIFY, post(notify))
        .route(urls::CALLBACK_TWILIO, post(twilio))
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
        Err(Refusal::ReportRefused(why)) => {
            tracing::warn!(provider, %why, "a delivery report is refused");
            match why {
                BadReport::Forged => StatusCode::FORBIDDEN,
                BadReport::Unreadable => StatusCode::BAD_REQUEST,
                BadReport::NotExpected => StatusCode::NOT_FOUND,
            }
        }
        Err(error) => {
            tracing::error!(provider, %error, "a delivery report cannot be entered");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

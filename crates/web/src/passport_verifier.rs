//! Where wallets fetch what is asked of them, and where they answer (OpenID4VP 1.0). These are no pages: no cookie is read, and a wallet
//! that is refused learns no more than that.

use crate::visitor::Visitor;
use crate::{Web, urls};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use journeys::passport::{answer, asking};
use journeys::{Network, Refusal};
use serde_json::json;
use std::collections::BTreeMap;
use store::StoreError;
use tower_http::set_header::SetResponseHeaderLayer;

/// Several credentials, one with a photo.
const LARGEST_ANSWER: usize = 1_024 * 1_024;
/// A wallet's number and what it says of itself.
const LARGEST_QUESTION: usize = 16 * 1_024;
/// No answer has more fields.
const MOST_FIELDS: usize = 16;

const FORM: &str = "application/x-www-form-urlencoded";
const REQUEST: &str = "application/oauth-authz-req+jwt";

pub(crate) fn routes() -> Router<Web> {
    let never_kept =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Router::new()
        .route(
            urls::WALLET_REQUEST,
            get(fetch).post(fetch_for).layer(DefaultBodyLimit::max(LARGEST_QUESTION)),
        )
        .route(urls::WALLET_ANSWER, post(take).layer(DefaultBodyLimit::max(LARGEST_ANSWER)))
        .layer(never_kept)
}

async fn fetch(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path((code, reference)): Path<(String, String)>,
) -> Response {
    request(&web, &code, &reference, None, &network).await
}

async fn fetch_for(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path((code, reference)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(fields) = form(&headers, &body) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request");
    };
    request(&web, &code, &reference, fields.get("wallet_nonce").map(String::as_str), &network).await
}

async fn request(
    web: &Web,
    code: &str,
    reference: &str,
    wallet_nonce: Option<&str>,
    network: &Network,
) -> Response {
    match asking::fetch(web, code, reference, wallet_nonce, network).await {
        Ok(signed) => ([(header::CONTENT_TYPE, REQUEST)], signed).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

async fn take(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path((code, state)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(fields) = form(&headers, &body) else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request");
    };
    match answer::answer(&web, &code, &state, &fields, &network).await {
        Ok(answered) => match answered.redirect_uri {
            Some(address) => Json(json!({ "redirect_uri": address })).into_response(),
            None => Json(json!({})).into_response(),
        },
        Err(refusal) => refused(&refusal),
    }
}

/// The fields of a form, each once. None where it is no form, or none that is meant well.
fn form(headers: &HeaderMap, body: &[u8]) -> Option<BTreeMap<String, String>> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next()?.trim();
    if !kind.eq_ignore_ascii_case(FORM) {
        return None;
    }
    fields(body)
}

fn fields(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if fields.len() == MOST_FIELDS || fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(fields)
}

/// What does not exist, is over and is wrong cannot be told apart.
fn refused(refusal: &Refusal) -> Response {
    match refusal {
        Refusal::NetworkBusy => refuse(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
        Refusal::NotFound | Refusal::Presentation(_) => refuse(StatusCode::BAD_REQUEST, "invalid_request"),
        fault => {
            if !matches!(fault, Refusal::Busy | Refusal::Store(StoreError::Unavailable(_))) {
                tracing::error!(error = %fault, "a wallet cannot be answered");
            }
            refuse(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
        }
    }
}

fn refuse(status: StatusCode, error: &'static str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

#[cfg(test)]
mod tests {
    use super::fields;
    use proptest::prelude::*;

    #[test]
    fn a_field_that_comes_twice_or_one_of_too_many_makes_no_form() {
        assert_eq!(fields(b"state=a&vp_token=%7B%7D").unwrap()["vp_token"], "{}");
        assert!(fields(b"state=a&state=b").is_none());
        let many: Vec<String> = (0..17).map(|number| format!("f{number}=x")).collect();
        assert!(fields(many.join("&").as_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn whatever_a_wallet_posts_is_read_or_not_and_nothing_breaks(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Some(fields) = fields(&body) {
                prop_assert!(fields.len() <= super::MOST_FIELDS);
            }
        }
    }
}

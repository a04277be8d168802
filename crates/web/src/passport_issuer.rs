//! What wallets ask of an organisation that issues credentials (OpenID4VCI 1.0). These are no pages: no cookie is read, what is
//! secret stands in the request, and wallets that are web pages may ask, too.

mod answers;
mod metadata;

use crate::visitor::Visitor;
use crate::{Web, urls};
use answers::{json, refused, refused_resource, secret};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use journeys::passport::{self, Answer, Asked, Sent, WalletRefusal};
use openid4vc::issuer::{OAuthError, Refused};
use serde_json::json as object;
use std::collections::BTreeMap;
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;

/// Ten proofs, each with a certificate, are less.
const LARGEST_BODY: usize = 128 * 1_024;
/// The header with the server's number for proofs of possession.
const DPOP_NONCE: &str = "dpop-nonce";
const DPOP: &str = "dpop";
/// What the maker of a wallet says of it, and the proof that it is said of the wallet that asks.
const ATTESTATION: &str = "oauth-client-attestation";
const ATTESTATION_PROOF: &str = "oauth-client-attestation-pop";
/// The header with the server's number for that proof.
const ATTESTATION_CHALLENGE: &str = "oauth-client-attestation-challenge";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::VC_OFFER, get(offer))
        .route(urls::VC_PUSH, post(push))
        .route(urls::VC_TOKEN, post(token))
        .route(urls::VC_CHALLENGE, post(challenge))
        .route(urls::VC_NONCE, post(nonce))
        .route(urls::VC_CREDENTIAL, post(credential))
        .route(urls::VC_DEFERRED, post(deferred))
        .route(urls::VC_NOTIFICATION, post(notification))
        .merge(metadata::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(SetSensitiveRequestHeadersLayer::new([
            AUTHORIZATION,
            HeaderName::from_static(DPOP),
            HeaderName::from_static(ATTESTATION),
            HeaderName::from_static(ATTESTATION_PROOF),
        ]))
        .layer(middleware::from_fn(for_everybody))
}

/// Nothing here depends on a cookie, so pages of other hosts may ask as well as any program (Fetch standard, CORS).
async fn for_everybody(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (
            ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, dpop, oauth-client-attestation, oauth-client-attestation-pop",
        ),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "dpop-nonce, oauth-client-attestation-challenge, www-authenticate"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What a wallet sends along. A header that stands twice is none that is taken.
fn sent<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Sent<'a> {
    let one = |name: &str| {
        let mut all = headers.get_all(name).iter();
        match (all.next(), all.next()) {
            (None, _) => None,
            (Some(value), None) => Some(value.to_str().unwrap_or_default()),
            (Some(_), Some(_)) => Some(""),
        }
    };
    Sent {
        path: uri.path(),
        authorization: one(AUTHORIZATION.as_str()),
        dpop: one(DPOP),
        attestation: one(ATTESTATION),
        attestation_proof: one(ATTESTATION_PROOF),
    }
}

/// The fields of a form, none of which may stand twice.
fn fields(headers: &HeaderMap, body: &[u8]) -> Result<BTreeMap<String, String>, Refused<OAuthError>> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err((OAuthError::InvalidRequest, "send a form").into());
    }
    let mut fields = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        // Wallets of older drafts repeat what nobody reads here.
        if fields.insert(name.to_string(), value.into_owned()).is_some() && name != "resource" {
            return Err((OAuthError::InvalidRequest, "a field stands twice").into());
        }
    }
    Ok(fields)
}

async fn offer(State(web): State<Web>, Path((organisation, reference)): Path<(String, String)>) -> Response {
    match passport::offer::fetch(&web, &organisation, &reference).await {
        Ok(offer) => secret(json(StatusCode::OK, &object!(offer))),
        Err(refusal) => refused(&web, &refusal),
    }
}

async fn token(
    State(web): State<Web>,
    Path(organisation): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let redeemed = match fields(&headers, &body) {
        Ok(fields) => passport::redeem(&web, &organisation, sent(&uri, &headers), &fields).await,
        Err(wrong) => Err(WalletRefusal::OAuth(wrong)),
    };
    match redeemed {
        Ok(token) => {
            let mut answer = json(StatusCode::OK, &token.body());
            answers::with_dpop_nonce(&web, &mut answer);
            secret(answer)
        }
        Err(refusal) => refused(&web, &refusal),
    }
}

/// Pushed with the address of 90 seconds that it is told, it comes back in somebody's browser: [`crate::passport_wallet`].
async fn push(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(organisation): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let pushed = match fields(&headers, &body) {
        Ok(fields) => {
            passport::authorise::push(&web, &organisation, sent(&uri, &headers), &fields, &network).await
        }
        Err(wrong) => Err(WalletRefusal::OAuth(wrong)),
    };
    match pushed {
        Ok(pushed) => {
            let told = object!({ "request_uri": pushed.request_uri, "expires_in": pushed.expires_in });
            let mut answer = json(StatusCode::CREATED, &told);
            answers::with_dpop_nonce(&web, &mut answer);
            secret(answer)
        }
        Err(refusal) => refused(&web, &refusal),
    }
}

async fn challenge(State(web): State<Web>, Path(organisation): Path<String>) -> Response {
    match passport::attestation_challenge(&web, &organisation).await {
        Ok(challenge) => secret(json(StatusCode::OK, &object!({ "attestation_challenge": challenge }))),
        Err(refusal) => refused(&web, &refusal),
    }
}

async fn nonce(State(web): State<Web>, Path(organisation): Path<String>) -> Response {
    match passport::nonce(&web, &organisation).await {
        Ok(nonce) => {
            let mut answer = json(StatusCode::OK, &object!({ "c_nonce": nonce }));
            answers::with_dpop_nonce(&web, &mut answer);
            secret(answer)
        }
        Err(refusal) => refused(&web, &refusal),
    }
}

async fn credential(
    State(web): State<Web>,
    Path(organisation): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let media_type = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let asked = Asked { media_type, body: &body };
    answered(&web, passport::issue(&web, &organisation, sent(&uri, &headers), asked).await)
}

async fn deferred(
    State(web): State<Web>,
    Path(organisation): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let media_type = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let asked = Asked { media_type, body: &body };
    answered(&web, passport::deferred(&web, &organisation, sent(&uri, &headers), asked).await)
}

/// Credentials, or when to ask again.
fn answered(web: &Web, answer: Result<Answer, WalletRefusal>) -> Response {
    match answer {
        Ok(Answer { status, body }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            secret((status, [(CONTENT_TYPE, body.media_type)], body.content).into_response())
        }
        Err(refusal) => refused_resource(web, &refusal),
    }
}

async fn notification(
    State(web): State<Web>,
    Path(organisation): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match passport::notified(&web, &organisation, sent(&uri, &headers), &body).await {
        Ok(()) => secret(StatusCode::NO_CONTENT.into_response()),
        Err(refusal) => refused_resource(&web, &refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_form_is_read_and_nothing_in_it_stands_twice() {
        let mut headers = HeaderMap::new();
        assert!(fields(&headers, b"a=1").is_err());
        let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
        headers.insert(CONTENT_TYPE, form);
        assert_eq!(fields(&headers, b"a=1&b=x%20y").unwrap()["b"], "x y");
        assert!(fields(&headers, b"tx_code=1&tx_code=2").is_err());
        assert!(fields(&headers, b"resource=1&resource=2").is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            let _ = fields(&headers, &body);
        }
    }

    #[test]
    fn a_header_that_stands_twice_is_none_that_is_taken() {
        let uri = Uri::from_static("/vc/NTH/token");
        let mut headers = HeaderMap::new();
        assert_eq!(sent(&uri, &headers).dpop, None);
        headers.append(DPOP, HeaderValue::from_static("one"));
        assert_eq!(sent(&uri, &headers).dpop, Some("one"));
        headers.append(DPOP, HeaderValue::from_static("two"));
        assert_eq!(sent(&uri, &headers).dpop, Some(""));
    }
}

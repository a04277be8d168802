//! What programs ask of the certificate authority: the list of revoked certificates, whether one still stands (RFC 6960, RFC 5019), and
//! the certificates of the authorities. These are no pages: no cookie is read, and everything that is said is signed.

use crate::{Web, urls};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, EXPIRES, IF_NONE_MATCH, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use journeys::authority::Said;
use pki::ocsp::{Caching, OcspAnswer, OcspRequest, Refused};
use std::sync::Arc;
use store::authority::SignedList;

const OCSP_RESPONSE: &str = "application/ocsp-response";
const OCSP_REQUEST: &str = "application/ocsp-request";

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::PKI_LIST, get(list))
        .route(urls::PKI_LIST_OF, get(list_of))
        .route(urls::PKI_ISSUING, get(issuing))
        .route(urls::PKI_ISSUING_OF, get(issuing_of))
        .route(urls::PKI_ROOT, get(root))
        .route(urls::PKI_OCSP, post(ocsp_post))
        .route(&format!("{}/{{*request}}", urls::PKI_OCSP), get(ocsp_get))
        .layer(DefaultBodyLimit::max(OcspRequest::MOST_BYTES))
}

async fn list(State(web): State<Web>, headers: HeaderMap) -> Response {
    list_says(&web, &headers, web.revocation_list())
}

async fn list_of(State(web): State<Web>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let list = file.strip_suffix(".crl").and_then(|name| web.revocation_list_named(name));
    list_says(&web, &headers, list)
}

/// The list, DER, with a lifetime that ends before the list's own half is over.
fn list_says(web: &Web, headers: &HeaderMap, list: Option<SignedList>) -> Response {
    const KEPT_SECONDS: i64 = 300;
    let Some(list) = list else { return StatusCode::NOT_FOUND.into_response() };
    let now = web.clock.now();
    let left = list.next_update.duration_since(now).as_secs().clamp(0, KEPT_SECONDS);
    let caching = Caching {
        max_age: left,
        last_modified: list.this_update,
        expires: Timestamp::from_second(now.as_second().saturating_add(left)).unwrap_or(list.next_update),
        etag: format!("crl-{}-{}", list.number, list.this_update.as_second()),
    };
    said(headers, "application/pkix-crl", Bytes::from(list.der), &caching)
}

async fn issuing(State(web): State<Web>) -> Response {
    certificate(web.published.as_deref().and_then(|published| published.chain().first()))
}

async fn issuing_of(State(web): State<Web>, Path(file): Path<String>) -> Response {
    let name = file.strip_suffix(".cer");
    let chain = name.and_then(|name| web.published.as_deref()?.chain_named(name));
    certificate(chain.and_then(<[_]>::first))
}

async fn root(State(web): State<Web>) -> Response {
    certificate(web.published.as_deref().and_then(|published| published.chain().last()))
}

fn certificate(found: Option<&pki::Certificate>) -> Response {
    match found {
        Some(certificate) => (
            [(CONTENT_TYPE, "application/pkix-cert"), (CACHE_CONTROL, "public, max-age=86400")],
            certificate.der().to_vec(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn ocsp_post(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind != Some(OCSP_REQUEST.as_bytes()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    answer(&headers, web.ocsp(OcspRequest::from_der(&body)).await)
}

/// The request stands in the address, base64 and percent-encoded, just as it was sent: two slashes in it are two slashes.
async fn ocsp_get(State(web): State<Web>, request: Request) -> Response {
    let asked = request.uri().path().strip_prefix(urls::PKI_OCSP).unwrap_or_default();
    let asked = OcspRequest::from_path(asked.strip_prefix('/').unwrap_or(asked));
    answer(request.headers(), web.ocsp(asked).await)
}

/// An answer as it is sent, again and again, from where it is kept.
struct Sent(Arc<OcspAnswer>);

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        self.0.der()
    }
}

fn answer(headers: &HeaderMap, answer: Said) -> Response {
    match answer {
        Said::ToAll(answer, caching) => {
            said(headers, OCSP_RESPONSE, Bytes::from_owner(Sent(answer)), &caching)
        }
        Said::ToOne(answer) => not_kept(answer.der().to_vec()),
        // Also "no" is an answer of the protocol, and so 200 in that of the web (RFC 6960, appendix A.2).
        Said::Nothing(why) => {
            let mut response = not_kept(why.der());
            if matches!(why, Refused::TryLater | Refused::InternalError) {
                response.extensions_mut().insert(why);
            }
            response
        }
    }
}

fn not_kept(der: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, OCSP_RESPONSE), (CACHE_CONTROL, "no-store")], der).into_response()
}

/// What is signed and the same for everybody, with the headers of RFC 5019, section 6.2; without a body for those who have it.
fn said(headers: &HeaderMap, kind: &'static str, der: Bytes, caching: &Caching) -> Response {
    let etag = format!("\"{}\"", caching.etag);
    let has_it = headers.get(IF_NONE_MATCH).is_some_and(|has| has.as_bytes() == etag.as_bytes());
    let control = format!("max-age={}, public, no-transform, must-revalidate", caching.max_age);
    let mut response = if has_it {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, HeaderValue::from_static(kind))], der).into_response()
    };
    let mut set = |name, text: Option<String>| {
        if let Some(value) = text.and_then(|text| HeaderValue::try_from(text).ok()) {
            response.headers_mut().insert(name, value);
        }
    };
    set(CACHE_CONTROL, Some(control));
    set(ETAG, Some(etag));
    set(LAST_MODIFIED, http_date(caching.last_modified));
    set(EXPIRES, http_date(caching.expires));
    response
}

fn http_date(at: Timestamp) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()
}

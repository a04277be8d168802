//! What an issuer says of itself, of the kinds of credentials, and of which are revoked: for everybody, and to be kept a while.

use super::answers::{json, refused};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use journeys::passport::{self, WalletRefusal};
use rules::passport::issuing::METADATA_KEPT;
use serde_json::Value;
use uuid::Uuid;

const JWT: &str = "application/jwt";
const JSON: &str = "application/json";
const STATUS_LIST: &str = "application/statuslist+jwt";
pub(super) fn routes() -> Router<Web> {
    let [issuer_at, issuer_before] = urls::VC_ISSUER;
    let [server_at, server_before] = urls::VC_SERVER;
    Router::new()
        .route(issuer_at, get(issuer))
        .route(issuer_before, get(issuer))
        .route(server_at, get(server))
        .route(server_before, get(server))
        .route(urls::VC_TYPE, get(kind))
        .route(urls::VC_STATUS, get(status))
}

/// A new name or colour of an organisation is seen after so long.
fn kept(mut response: Response) -> Response {
    let kept = format!("public, max-age={}", METADATA_KEPT.as_secs());
    if let Ok(kept) = HeaderValue::from_str(&kept) {
        response.headers_mut().insert(CACHE_CONTROL, kept);
    }
    response
}

fn told(web: &Web, told: Result<Value, WalletRefusal>) -> Response {
    match told {
        Ok(told) => kept(json(StatusCode::OK, &told)),
        Err(refusal) => refused(web, &refusal),
    }
}

/// Plain, or signed for whoever likes that better.
async fn issuer(State(web): State<Web>, Path(organisation): Path<String>, headers: HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let mut response = if likes(accepted, JWT) > likes(accepted, JSON) {
        match passport::signed_issuer_metadata(&web, web.signed_metadata(), &organisation).await {
            Ok(signed) => kept(([(CONTENT_TYPE, JWT)], signed).into_response()),
            Err(refusal) => refused(&web, &refusal),
        }
    } else {
        told(&web, passport::issuer_metadata(&web, &organisation).await)
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    response
}

async fn server(State(web): State<Web>, Path(organisation): Path<String>) -> Response {
    told(&web, passport::server_metadata(&web, &organisation).await)
}

async fn kind(State(web): State<Web>, Path(kind): Path<String>) -> Response {
    told(&web, passport::type_metadata(&web, &kind))
}

async fn status(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let list = match id.parse::<Uuid>() {
        Ok(id) => passport::status_list(&web, web.status_lists(), id).await,
        Err(_) => Err(WalletRefusal::Unknown),
    };
    let list = match list {
        Ok(list) => list,
        Err(refusal) => return refused(&web, &refusal),
    };
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).any(|tag| tag.trim() == &*list.etag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, STATUS_LIST)], list.token.to_string()).into_response()
    };
    let kept = format!("public, max-age={}", list.max_age);
    for (name, value) in [(CACHE_CONTROL, kept.as_str()), (ETAG, &*list.etag)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// How well a visitor likes a media type, in thousandths (RFC 9110, section 12.5.1): the range that names it most exactly counts.
fn likes(accept: &str, media_type: &str) -> u32 {
    let family = media_type.split('/').next().unwrap_or_default();
    let mut best = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let exactness = if name == media_type {
            3
        } else if name == format!("{family}/*") {
            2
        } else if name == "*/*" {
            1
        } else {
            continue;
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let quality = quality.map_or(1_000, thousandths);
        if exactness > best.0 {
            best = (exactness, quality);
        }
    }
    best.1
}

/// `0.9` as 900; what is no quality is none.
fn thousandths(text: &str) -> u32 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let rest = format!("{rest:0<3}").parse::<u32>().unwrap_or(0);
    match whole {
        "1" => 1_000,
        "0" => rest,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn metadata_are_signed_for_whoever_likes_that_better() {
        for (accept, signed) in [
            ("", false),
            ("*/*", false),
            ("application/json", false),
            ("application/jwt", true),
            ("application/jwt, application/json;q=0.5", true),
            ("application/jwt;q=0.9, application/json", false),
            ("application/jwt, application/json", false),
            ("application/jwt, */*;q=0.1", true),
            ("Application/JWT, application/*;q=0.2", true),
            ("application/jwt;q=0", false),
            ("application/jwt;q=x, application/json", false),
        ] {
            assert_eq!(likes(accept, JWT) > likes(accept, JSON), signed, "{accept}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_read(accept in "[ -~]{0,80}", quality in "[ -~]{0,8}") {
            prop_assert!(likes(&accept, JWT) <= 1_000);
            prop_assert!(thousandths(&quality) <= 1_000);
        }
    }

    #[test]
    fn qualities_are_read() {
        let read = ["1", "0.9", "0", "0.05", "1.000", "2", "0.1234", "-1", ""].map(thousandths);
        assert_eq!(read, [1_000, 900, 0, 50, 1_000, 0, 0, 0, 0]);
    }
}

//! For this machine only: who asks must be on it, and must call it by a name that means it. The second keeps out a page
//! elsewhere whose name was made to point here (DNS rebinding); a request that a proxy hands on is nobody's from here.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, FORWARDED, HOST, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Redirect, Response};
use tower_http::csrf::CsrfLayer;

use crate::render::{self, Elsewhere};
use crate::{PATH, Room};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
);
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What holds for the pages of the demonstration.
pub(crate) fn pages(router: Router<Room>) -> Router<Room> {
    router.layer(CsrfLayer::new()).layer(middleware::from_fn(headers))
}

/// What holds for everything that is served in the demonstration.
pub(crate) fn everything(router: Router) -> Router {
    router.layer(middleware::from_fn(from_here))
}

/// Whether `address` can only be reached from this machine.
pub fn is_here(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

async fn from_here(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_ours = peer.is_some_and(|ConnectInfo(peer)| is_here(peer.ip()))
        && names_this_machine(request.headers(), request.uri())
        && !request.headers().contains_key(FORWARDED)
        && !request.headers().contains_key(FORWARDED_FOR);
    if !is_ours {
        return (StatusCode::FORBIDDEN, render::page(&Elsewhere {})).into_response();
    }
    // The front door of the whole window; within the frame `/` is the service's own.
    let in_window = request.headers().get("sec-fetch-dest").is_some_and(|dest| dest == "document");
    if in_window && request.method() == Method::GET && request.uri().path() == "/" {
        return Redirect::to(PATH).into_response();
    }
    next.run(request).await
}

fn names_this_machine(headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        // HTTP/2 has it in the address.
        (None, None) => uri.authority().cloned(),
        _ => None,
    };
    host.is_some_and(|host| {
        let host = host.host();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        host.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(is_here)
    })
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // An e-mail has a stricter policy of its own.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(POLICY);
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;

    async fn answer(peer: Option<&str>, headers: &[(&str, &str)]) -> StatusCode {
        let app = everything(Router::new().route("/join", get(async || "joined")));
        let mut request = Request::get("/join");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        }
        app.oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn this_machine_is_served_by_each_of_its_names() {
        for host in ["localhost", "LOCALHOST:8400", "127.0.0.1:8400", "127.8.4.1", "[::1]:8400"] {
            assert_eq!(answer(Some("127.0.0.1:9"), &[("host", host)]).await, StatusCode::OK, "{host}");
        }
        assert_eq!(answer(Some("[::1]:9"), &[("host", "[::1]")]).await, StatusCode::OK);
        assert_eq!(answer(Some("[::ffff:127.0.0.1]:9"), &[("host", "localhost")]).await, StatusCode::OK);
    }

    #[tokio::test]
    async fn nobody_else_is_served_a_page() {
        for peer in
            [None, Some("192.0.2.1:9"), Some("[2001:db8::1]:9"), Some("10.0.0.1:9"), Some("0.0.0.0:9")]
        {
            assert_eq!(answer(peer, &[("host", "localhost")]).await, StatusCode::FORBIDDEN, "{peer:?}");
        }
    }

    #[tokio::test]
    async fn a_name_made_to_point_here_and_a_proxy_here_are_refused() {
        let here = Some("127.0.0.1:9");
        for host in
            ["demo.example", "localhost.demo.example", "127.0.0.1.demo.example", "0.0.0.0", "", "a@b@c"]
        {
            assert_eq!(answer(here, &[("host", host)]).await, StatusCode::FORBIDDEN, "{host}");
        }
        assert_eq!(answer(here, &[]).await, StatusCode::FORBIDDEN);
        assert_eq!(
            answer(here, &[("host", "localhost"), ("host", "demo.example")]).await,
            StatusCode::FORBIDDEN
        );
        for header in ["x-forwarded-for", "forwarded"] {
            let headers = [("host", "localhost"), (header, "192.0.2.1")];
            assert_eq!(answer(here, &headers).await, StatusCode::FORBIDDEN, "{header}");
        }
    }
}

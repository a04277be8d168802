//! Where a request came from.

use crate::Web;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use ipnet::IpNet;
use journeys::Network;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The visitor's range of the network.
pub(crate) struct Visitor(pub Network);

/// The visitor's range of the network, and their browser.
pub(crate) struct Caller(pub journeys::Visitor);

impl FromRequestParts<Web> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let Visitor(network) = Visitor::from_request_parts(parts, web).await?;
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(journeys::Visitor::new(network, user_agent)))
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip());
        Ok(Self(Network::of(address(peer, &parts.headers, &web.options().trusted_proxies))))
    }
}

/// The last address in `X-Forwarded-For` that no trusted proxy of ours has: what stands before it anybody can have written.
/// Without a trusted peer the header is nobody's word.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted =
        |address: &IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let mut last = peer;
    if !is_trusted(&last) {
        return last;
    }
    // Whatever somebody wrote before it, what our proxy added behind a comma counts: signs that no header should have hide nothing.
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    for text in forwarded.collect::<Vec<_>>().into_iter().rev() {
        let Some(address) = str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()) else {
            return last;
        };
        last = address;
        if !is_trusted(&last) {
            return last;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::address;
    use axum::http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    fn seen(peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
        let peer: IpAddr = peer.parse().unwrap();
        address(peer, &headers, &["10.0.0.0/8".parse().unwrap()]).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_where_they_come_from() {
        assert_eq!(seen("192.0.2.1", "198.51.100.7"), "192.0.2.1");
    }

    #[test]
    fn behind_our_proxy_the_last_address_that_is_not_ours_counts() {
        assert_eq!(seen("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2"), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", "198.51.100.7"), "198.51.100.7");
    }

    #[test]
    fn signs_that_no_header_should_have_do_not_hide_what_our_proxy_added() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_bytes(b"\xff, 198.51.100.7").unwrap());
        let seen = address("10.0.0.1".parse().unwrap(), &headers, &["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(seen.to_string(), "198.51.100.7");
    }

    #[test]
    fn nonsense_in_the_header_is_passed_over() {
        assert_eq!(seen("10.0.0.1", "198.51.100.7, nonsense"), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", ""), "10.0.0.1");
    }
}

//! Figures for Prometheus at `/metrics`.
//!
//! They hold counts only, but how many people fail to sign in is nobody else's business: whoever shows the token may
//! read them, or whoever asks from this machine itself. A proxy on this machine is not enough: it would open them to the
//! world.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use ipnet::IpNet;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use vault::Secret;

use crate::config::Config;

/// How often figures are folded together when nobody reads them.
const UPKEEP: Duration = Duration::from_secs(30);

/// Headers by which proxies make themselves known.
const PROXY_HEADERS: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// Starts counting: once in a process, which all services in it then share.
///
/// # Errors
/// Where something else counts already.
pub fn start() -> Result<PrometheusHandle> {
    static COUNTING: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let counting = COUNTING.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        ::metrics::set_global_recorder(recorder).ok().map(|()| handle)
    });
    counting.clone().context("the figures for Prometheus cannot be counted: something else counts already")
}

/// Folds figures together until `stop`, so that they don't pile up when nobody reads them.
pub async fn upkeep(handle: PrometheusHandle, stop: CancellationToken) {
    let mut every = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => handle.run_upkeep(),
        }
    }
}

/// The page, guarded.
pub fn router(config: &Config, handle: PrometheusHandle) -> Router {
    let guard = Guard {
        token: config.metrics.token.as_ref().map(|token| token.secret().clone()),
        proxies: config.server.trusted_proxies.clone(),
    };
    let page = async move |ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: HeaderMap| {
        if guard.lets_in(peer.ip(), &headers) {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (kind, handle.render()).into_response()
        } else {
            let how = [(header::WWW_AUTHENTICATE, "Bearer")];
            (StatusCode::UNAUTHORIZED, how, "metrics.token is asked for here\n").into_response()
        }
    };
    Router::new().route("/metrics", get(page))
}

/// Who may read the figures.
#[derive(Clone)]
struct Guard {
    token: Option<Secret<String>>,
    proxies: Vec<IpNet>,
}

impl Guard {
    fn lets_in(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match (&self.token, shown.and_then(|value| value.strip_prefix("Bearer "))) {
            (Some(token), Some(shown)) => *token == Secret::new(shown.trim().to_owned()),
            _ => self.is_this_machine(peer.to_canonical(), headers),
        }
    }

    fn is_this_machine(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let proxied = PROXY_HEADERS.iter().any(|name| headers.contains_key(*name));
        peer.is_loopback() && !proxied && !self.proxies.iter().any(|proxy| proxy.contains(&peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "a-long-random-text";

    fn guard(token: Option<&str>, proxies: &[&str]) -> Guard {
        Guard {
            token: token.map(|token| Secret::new(token.to_owned())),
            proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
        }
    }

    fn lets_in(guard: &Guard, peer: &str, headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), header::HeaderValue::from_str(value).unwrap())
        });
        guard.lets_in(peer.parse().unwrap(), &headers.collect())
    }

    #[test]
    fn without_a_token_only_this_machine_reads_the_figures() {
        let guard = guard(None, &[]);
        assert!(lets_in(&guard, "127.0.0.1", &[]));
        assert!(lets_in(&guard, "::1", &[]));
        assert!(lets_in(&guard, "::ffff:127.0.0.1", &[]));
        assert!(!lets_in(&guard, "192.0.2.1", &[]));
        assert!(!lets_in(&guard, "192.0.2.1", &[("authorization", "Bearer ")]));
    }

    #[test]
    fn nobody_reads_them_through_a_proxy_on_this_machine() {
        assert!(!lets_in(&guard(None, &[]), "127.0.0.1", &[("x-forwarded-for", "192.0.2.1")]));
        assert!(!lets_in(&guard(None, &["127.0.0.1/32"]), "127.0.0.1", &[]));
    }

    #[test]
    fn whoever_shows_the_token_reads_them_from_anywhere() {
        let guard = guard(Some(TOKEN), &["10.0.0.0/8"]);
        assert!(lets_in(&guard, "10.0.0.1", &[("authorization", "Bearer a-long-random-text")]));
        assert!(!lets_in(&guard, "10.0.0.1", &[("authorization", "Bearer a-long-random-texT")]));
        assert!(!lets_in(&guard, "10.0.0.1", &[("authorization", "Basic a-long-random-text")]));
        assert!(!lets_in(&guard, "127.0.0.1", &[("authorization", "Bearer wrong")]));
    }
}

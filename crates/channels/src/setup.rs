//! Settings that a channel cannot be built from.

/// A setting is wrong. The text says what to write instead, and never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(pub(crate) String);

impl SetupError {
    pub(crate) fn new(what_to_write: impl Into<String>) -> Self {
        Self(what_to_write.into())
    }
}

/// Whether `host` is this machine, so that nothing goes over a network.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

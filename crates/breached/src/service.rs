//! The service that is asked for a range: it learns the first five digits of a SHA-1, which some hundred thousand of
//! passwords share, and answers with all that it knows there. It never learns which of them was meant, nor whether any.

use std::fmt;
use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use thiserror::Error;
use url::{Host, Url};

use crate::PasswordDigest;
use crate::range::{Lines, Prefix, line};

/// How long a person waits for it at most.
const PATIENCE: Duration = Duration::from_secs(2);
/// No range is longer, in bytes: with padding they have some 1,000 lines.
const LONGEST_RANGE: usize = 1 << 20;

/// Why an address cannot be used. The text says what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ServiceAddressProblem {
    /// Neither https nor this machine.
    #[error("the address starts with https: (http: only on this machine itself)")]
    Unencrypted,
    /// It holds more than host and path.
    #[error("the address holds no user, no ? and no #; the five digits are put after it")]
    NotABase,
    /// The system has no TLS.
    #[error("this machine cannot set up TLS: check its certificates")]
    NoTls,
}

/// Why there is no answer. The texts are for the log and hold nothing of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ServiceFailure {
    /// Two seconds are over.
    #[error("it did not answer within 2 seconds")]
    TooSlow,
    /// No connection.
    #[error("it cannot be reached: check its address, and the proxy and firewall on the way")]
    Unreachable,
    /// The connection was lost.
    #[error("the connection to it broke off")]
    BrokeOff,
    /// Another status than 200.
    #[error("it answered {0}")]
    Status(u16),
    /// More than any range has, or something else.
    #[error("its answer is not in the SHA-1 range format")]
    NotARange,
}

impl ServiceFailure {
    /// A stable word for metrics.
    pub fn kind(self) -> &'static str {
        match self {
            Self::TooSlow => "too-slow",
            Self::Unreachable => "unreachable",
            Self::BrokeOff => "broke-off",
            Self::Status(_) => "status",
            Self::NotARange => "not-a-range",
        }
    }
}

/// A service in the public range format: `GET BASE/PREFIX` is answered with lines of `SUFFIX:COUNT`.
pub struct RangeService {
    client: Client,
    base: Url,
}

impl RangeService {
    /// The service at `base`, after which the five digits are put.
    ///
    /// # Errors
    /// [`ServiceAddressProblem`].
    pub fn new(base: &Url) -> Result<Self, ServiceAddressProblem> {
        let local = is_this_machine(base);
        if base.scheme() != "https" && !local {
            return Err(ServiceAddressProblem::Unencrypted);
        }
        let plain = base.username().is_empty() && base.password().is_none();
        if !plain || base.query().is_some() || base.fragment().is_some() || base.cannot_be_a_base() {
            return Err(ServiceAddressProblem::NotABase);
        }
        let mut builder = Client::builder()
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("fobwatch/", env!("CARGO_PKG_VERSION")));
        if local {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| ServiceAddressProblem::NoTls)?;
        Ok(Self { client, base: base.clone() })
    }

    /// Whether the service knows a password. It is asked to pad its answer, so that its length says nothing.
    ///
    /// # Errors
    /// [`ServiceFailure`], where it does not answer as it should within two seconds.
    pub async fn holds(&self, digest: &PasswordDigest) -> Result<bool, ServiceFailure> {
        let prefix = digest.prefix();
        let body = self.range(&prefix).await?;
        holds(&body, &prefix, digest)
    }

    /// Whether the service answers as it should.
    ///
    /// # Errors
    /// [`ServiceFailure`].
    pub async fn check(&self) -> Result<(), ServiceFailure> {
        self.holds(&PasswordDigest::from_bytes([0; 20])).await.map(|_| ())
    }

    async fn range(&self, prefix: &str) -> Result<Vec<u8>, ServiceFailure> {
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| ServiceFailure::Unreachable)?.pop_if_empty().push(prefix);
        let asked = self.client.get(url).header("add-padding", "true").send().await;
        let mut answer = asked.map_err(|error| failure(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(ServiceFailure::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + piece.len() > LONGEST_RANGE {
                return Err(ServiceFailure::NotARange);
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

impl fmt::Debug for RangeService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RangeService").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// Whether a range holds a password; padding does not count. An answer with one line that cannot be read is none.
fn holds(body: &[u8], prefix: &str, digest: &PasswordDigest) -> Result<bool, ServiceFailure> {
    let prefix = Prefix::parse(prefix).ok_or(ServiceFailure::NotARange)?;
    let mut lines = Lines::new(body);
    let (mut any, mut found) = (false, false);
    while let Some(text) = lines.next_line().map_err(|_| ServiceFailure::NotARange)? {
        let listed = line(Some(prefix), text).map_err(|_| ServiceFailure::NotARange)?;
        any = true;
        found |= listed.count > 0 && listed.hash == *digest.bytes();
    }
    if any { Ok(found) } else { Err(ServiceFailure::NotARange) }
}

/// The error's own text holds the address that was asked, so it is not used.
fn failure(error: &reqwest::Error) -> ServiceFailure {
    if error.is_timeout() {
        ServiceFailure::TooSlow
    } else if error.is_connect() {
        ServiceFailure::Unreachable
    } else {
        ServiceFailure::BrokeOff
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_cross_no_network_unencrypted() {
        let problem = |text: &str| RangeService::new(&Url::parse(text).unwrap()).err();
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        for good in [
            "https://ranges.northfield.example/range",
            "https://ranges.northfield.example",
            "http://localhost:9",
            "http://127.0.0.1:9/range/",
            "http://[::1]:9",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        assert_eq!(problem("http://ranges.northfield.example"), Some(ServiceAddressProblem::Unencrypted));
        for bad in ["https://u:p@ranges.example", "https://ranges.example/?q", "https://ranges.example/#x"] {
            assert_eq!(problem(bad), Some(ServiceAddressProblem::NotABase), "{bad}");
        }
    }
}

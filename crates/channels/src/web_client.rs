//! What every provider over HTTP shares: one client, and what its failures mean.

use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use url::Url;

use crate::setup::is_loopback;
use crate::{SendError, SetupError};

/// Longest body of an answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A client that follows no redirect (it would carry the key elsewhere) and waits 20 seconds at most.
pub(crate) fn client(base: &Url) -> Result<Client, SetupError> {
    let mut builder = Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(20))
        .redirect(redirect::Policy::none())
        .user_agent(concat!("fobwatch/", env!("CARGO_PKG_VERSION")));
    if base.host_str().is_some_and(is_loopback) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|_| SetupError::new("this machine cannot set up TLS: check its certificates"))
}

/// The base address of a provider: `https:`, or `http:` on this machine.
pub(crate) fn base_url(text: &str) -> Result<Url, SetupError> {
    let url = Url::parse(text.trim()).ok().filter(|url| url.host_str().is_some());
    let Some(mut url) = url else {
        return Err(SetupError::new(
            "the text provider's address cannot be read: write https://texts.northfield.example",
        ));
    };
    let local = url.host_str().is_some_and(is_loopback);
    if !(url.scheme() == "https" || url.scheme() == "http" && local) {
        return Err(SetupError::new(
            "the text provider's address starts with https: (http: only on this machine itself)",
        ));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(SetupError::new(
            "the text provider's address holds no user, no ? and no #; the key has its own setting",
        ));
    }
    if url.path().ends_with('/') {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
    }
    Ok(url)
}

/// `base` with `segments` after it.
pub(crate) fn under(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// An answer of which no more than a piece was read.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

/// Sends `request`; a connection that fails, or an answer that is cut off, is transient.
pub(crate) async fn ask(request: reqwest::RequestBuilder) -> Result<Answer, SendError> {
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(SendError::Transient(format!("the text provider's answer ({status}) is too long")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}

/// The error's own text holds the address that was asked, so it is not used.
fn unreachable(error: &reqwest::Error) -> SendError {
    SendError::Transient(if error.is_timeout() {
        "the text provider did not answer in time".into()
    } else if error.is_connect() {
        "the text provider cannot be reached: check its address, and the proxy and firewall on the way".into()
    } else {
        "the connection to the text provider broke off".into()
    })
}

/// What every provider means by these; `None` where it depends on the provider.
pub(crate) fn common_failure(status: StatusCode) -> Option<SendError> {
    let shown = status.as_u16();
    match shown {
        401 | 403 => Some(SendError::Misconfigured(format!(
            "the text provider did not accept the key ({shown}): check the key, and that this machine's clock is right"
        ))),
        404 | 405 | 410 | 415 => Some(SendError::Misconfigured(format!(
            "there is no text provider of this kind at the address ({shown}): check the address"
        ))),
        300..=399 => Some(SendError::Misconfigured(format!(
            "the text provider's address leads elsewhere ({shown}): write the address it leads to"
        ))),
        408 | 409 | 423 | 425 | 429 | 500..=599 => {
            Some(SendError::Transient(format!("the text provider answered {shown}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_crosses_no_network_unencrypted() {
        for good in
            ["https://api.provider.example", "http://127.0.0.1:9/", "http://localhost:9/x", "http://[::1]:9"]
        {
            assert!(base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.provider.example",
            "ftp://127.0.0.1",
            "api.provider.example",
            "https://u:secret@x.example",
            "https://x.example/?k=secret",
            "",
        ] {
            let error = base_url(bad).unwrap_err().to_string();
            assert!(!error.contains("secret") && error.contains("address"), "{bad}: {error}");
        }
    }

    #[test]
    fn paths_are_joined_whole() {
        let base = base_url("https://x.example/gate/").unwrap();
        assert_eq!(under(&base, &["v2", "a b"]).as_str(), "https://x.example/gate/v2/a%20b");
        let root = base_url("https://x.example").unwrap();
        assert_eq!(under(&root, &["v2", "notifications"]).as_str(), "https://x.example/v2/notifications");
    }
}

//! One client, and what the failures of the service mean.

use super::settings::{SetupError, is_this_machine};
use crate::BackendError;
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 256 * 1_024;

/// A client that follows no redirect (it would carry the token elsewhere) and does not keep a person waiting for long.
pub(super) fn client(base: &Url) -> Result<Client, SetupError> {
    let mut builder = Client::builder()
        .connect_timeout(Duration::from_secs(4))
        .timeout(Duration::from_secs(10))
        .redirect(redirect::Policy::none())
        .user_agent(concat!("fobwatch/", env!("CARGO_PKG_VERSION")));
    if is_this_machine(base) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|_| SetupError::NoTls)
}

/// `base` with `segments` after it.
pub(super) fn under(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// An answer of which no more than a piece was read.
pub(super) struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

/// Sends `request`; a connection that fails, or an answer that is cut off, is transient.
pub(super) async fn ask(request: RequestBuilder) -> Result<Answer, BackendError> {
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let (status, mut body) = (response.status(), Vec::new());
    while let Some(piece) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + piece.len() > LONGEST_ANSWER {
            return Err(BackendError::Transient(format!("the service's answer ({status}) is too long")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, body })
}

/// The error's own text holds the address that was asked, so it is not used.
fn unreachable(error: &reqwest::Error) -> BackendError {
    BackendError::Transient(if error.is_timeout() {
        "the service did not answer in time".into()
    } else if error.is_connect() {
        "the service cannot be reached: check its address, and the proxy and firewall on the way".into()
    } else {
        "the connection to the service broke off".into()
    })
}

/// What the service says when it refuses (`error-codes`).
#[derive(Debug, Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Outer,
}

#[derive(Debug, Default, Deserialize)]
struct Outer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    innererror: Inner,
}

#[derive(Debug, Default, Deserialize)]
struct Inner {
    #[serde(default)]
    code: String,
    #[serde(default)]
    target: String,
}

/// Why the service did not do what it was asked, by its codes: its sentences may hold what was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    status: u16,
    code: String,
    target: String,
}

impl Failure {
    pub fn of(answer: &Answer) -> Self {
        let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
        let Outer { code, innererror: Inner { code: inner, target } } = body.error;
        let code = if inner.is_empty() { code } else { inner };
        Self { status: answer.status.as_u16(), code: word(&code), target: word(&target) }
    }
}

/// A code of the service's, if it is a word and no sentence.
pub(super) fn word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if text.len() <= 60 && text.bytes().all(plain) { text.to_owned() } else { "unknown".to_owned() }
}

impl From<Failure> for BackendError {
    fn from(Failure { status, code, target }: Failure) -> Self {
        let about = if target.is_empty() { String::new() } else { format!(" ({target})") };
        match status {
            401 | 403 => Self::Misconfigured(format!(
                "the service does not let the application do this ({status} {code}): grant it the permissions of the handbook's page on \
                 Entra Verified ID, with an administrator's consent"
            )),
            300..=399 => Self::Misconfigured(format!(
                "the service's address leads elsewhere ({status}): write the address it leads to"
            )),
            404 | 405 | 410 | 415 => Self::Misconfigured(format!(
                "the service knows nothing of this kind ({status} {code}){about}: check its address and the manifests"
            )),
            408 | 409 | 423 | 429 | 500..=599 => {
                Self::Transient(format!("the service answered {status} {code}{about}"))
            }
            _ if code == "transientError" => {
                Self::Transient(format!("the service answered {status} {code}{about}"))
            }
            _ => Self::Misconfigured(format!(
                "the service does not take the request ({status} {code}){about}: compare the contract with the handbook's page on Entra \
                 Verified ID"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, body: &str) -> BackendError {
        Failure::of(&Answer { status: StatusCode::from_u16(status).unwrap(), body: body.into() }).into()
    }

    #[test]
    fn a_refusal_is_told_by_its_codes_and_never_by_its_sentence() {
        let told = failure(
            400,
            r#"{"error": {"code": "badRequest", "message": "The request is invalid.",
                "innererror": {"code": "badOrMissingField", "message": "Khan is no claim", "target": "claims"}}}"#,
        );
        let BackendError::Misconfigured(told) = told else { panic!("{told:?}") };
        assert!(
            told.contains("400 badOrMissingField") && told.contains("(claims)") && !told.contains("Khan")
        );
        assert!(failure(403, "").to_string().contains("permissions"));
        assert!(failure(307, "").to_string().contains("leads elsewhere"));
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        for (status, body, kind) in [
            (429, "", "transient"),
            (503, "<html>", "transient"),
            (400, r#"{"error": {"innererror": {"code": "transientError"}}}"#, "transient"),
            (400, r#"{"error": {"code": "a sentence of the service's"}}"#, "misconfigured"),
            (404, r#"{"error": {"code": "notFound"}}"#, "misconfigured"),
        ] {
            assert_eq!(failure(status, body).kind(), kind, "{status} {body}");
        }
    }
}

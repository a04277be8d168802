//! Tokens of the application, by the client credentials grant (OAuth 2.0, RFC 6749, section 4.4): kept until shortly before their end.

use super::http::{ask, under};
use super::settings::EntraSettings;
use crate::BackendError;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;
use vault::Secret;

/// A token is fetched anew so long before its end: a request under way ends with the token that it began with.
const BEFORE_THE_END: SignedDuration = SignedDuration::from_mins(5);
/// Whoever comes within so long after one that was not given is told the same: many who wait for a tenant that does not answer would
/// otherwise wait for each other.
const FAILURE_KEPT: SignedDuration = SignedDuration::from_secs(10);
/// No token is kept for longer, whatever is said of it.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// What a token is for. The two are different resources of the tenant's, with permissions of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The request service: issuing and asking.
    Requests,
    /// The Admin API: revoking.
    Administration,
}

impl Purpose {
    fn scope(self) -> &'static str {
        match self {
            Self::Requests => "3db474b9-6a0c-4840-96ac-1fceb342124f/.default",
            Self::Administration => "6a8b4b39-c021-437c-b060-5a14a3fd65f3/.default",
        }
    }
}

/// The tokens of a process.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    requests: Mutex<Kept>,
    administration: Mutex<Kept>,
}

/// What came of asking for a token, and until when that counts.
#[derive(Debug, Default)]
enum Kept {
    /// Nobody has asked yet.
    #[default]
    Nothing,
    Token(Secret<String>, Timestamp),
    Failure(BackendError, Timestamp),
}

#[derive(Deserialize)]
struct Given {
    access_token: Secret<String>,
    #[serde(default)]
    token_type: String,
    expires_in: i64,
}

#[derive(Deserialize, Default)]
struct Refused {
    #[serde(default)]
    error: String,
}

impl Tokens {
    fn of(&self, purpose: Purpose) -> &Mutex<Kept> {
        match purpose {
            Purpose::Requests => &self.requests,
            Purpose::Administration => &self.administration,
        }
    }

    /// The token that is kept, or a new one. Of many who come at once one fetches it, and the others wait for that.
    pub async fn token(
        &self,
        client: &Client,
        settings: &EntraSettings,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Secret<String>, BackendError> {
        let mut kept = self.of(purpose).lock().await;
        match &*kept {
            Kept::Token(token, until) if now < *until => return Ok(token.clone()),
            Kept::Failure(error, until) if now < *until => return Err(error.clone()),
            _ => {}
        }
        let lasts = |time: SignedDuration| now.checked_add(time).unwrap_or(now);
        match fetch(client, settings, purpose).await {
            Ok(given) => {
                let lives = SignedDuration::from_secs(given.expires_in.max(0)).min(LONGEST);
                *kept = Kept::Token(given.access_token.clone(), lasts(lives.saturating_sub(BEFORE_THE_END)));
                Ok(given.access_token)
            }
            Err(error) => {
                *kept = Kept::Failure(error.clone(), lasts(FAILURE_KEPT));
                Err(error)
            }
        }
    }

    /// The token that is kept counts no more.
    pub async fn forget(&self, purpose: Purpose) {
        *self.of(purpose).lock().await = Kept::Nothing;
    }
}

async fn fetch(client: &Client, settings: &EntraSettings, purpose: Purpose) -> Result<Given, BackendError> {
    let url = under(&settings.login_url, &[&settings.tenant, "oauth2", "v2.0", "token"]);
    let client_id = settings.client_id.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &client_id),
        ("client_secret", settings.client_secret.expose()),
        ("scope", purpose.scope()),
    ];
    let answer = ask(client.post(url).form(&form)).await?;
    match answer.status.as_u16() {
        200 => {}
        status @ (408 | 429 | 500..=599) => {
            return Err(BackendError::Transient(format!(
                "the tenant gives no token at the moment ({status})"
            )));
        }
        status => {
            let refused: Refused = serde_json::from_slice(&answer.body).unwrap_or_default();
            return Err(BackendError::Misconfigured(format!(
                "the tenant gives no token ({status} {}): check entra_tenant, entra_client_id and entra_client_secret, and that the \
                 secret has not expired",
                super::http::word(&refused.error)
            )));
        }
    }
    let strange = || BackendError::Transient("the tenant's answer holds no token".into());
    let given: Given = serde_json::from_slice(&answer.body).map_err(|_| strange())?;
    let bearer = given.token_type.is_empty() || given.token_type.eq_ignore_ascii_case("bearer");
    let plain = given.access_token.expose().bytes().all(|byte| byte.is_ascii_graphic());
    if bearer && plain && !given.access_token.expose().is_empty() { Ok(given) } else { Err(strange()) }
}

//! The portal over HTTPS.

use std::time::Duration;

use card_jobs::{Claim, Claimed, Next, Report, VERSION};
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, redirect};
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;

use crate::link::is_loopback;
use crate::machine::Machine;
use crate::portal::{Portal, PortalProblem};
use crate::trouble::Trouble;

/// Longest answer that is read, in bytes: a script of commands that writes two certificates is a tenth of it.
const LONGEST_ANSWER: usize = 256 * 1024;

/// A portal that the machine's file allows.
pub struct HttpsPortal {
    client: Client,
    base: Url,
}

impl HttpsPortal {
    /// Speaks with `portal`. Redirects are not followed: they would lead to who is not allowed.
    ///
    /// # Errors
    /// [`Trouble::ForeignPortal`]; [`Trouble::Settings`] where the file of authorities is none.
    pub fn new(portal: &Url, machine: &Machine) -> Result<Self, Trouble> {
        if !machine.allows(portal) {
            return Err(Trouble::ForeignPortal { portal: portal.origin().ascii_serialization() });
        }
        let local = is_loopback(portal);
        let mut builder = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(20))
            .redirect(redirect::Policy::none())
            .https_only(portal.scheme() == "https")
            .user_agent(concat!("fobwatch-card/", env!("CARGO_PKG_VERSION")));
        if local {
            builder = builder.no_proxy();
        }
        if let Some(pem) = &machine.authorities {
            let authorities = Certificate::from_pem_bundle(pem)
                .ok()
                .filter(|authorities| !authorities.is_empty())
                .ok_or_else(|| Trouble::Settings { why: "ca_file holds no certificate in PEM".to_owned() })?;
            builder = builder.tls_certs_only(authorities);
        }
        let client = builder.build().map_err(|error| Trouble::Settings { why: error.to_string() })?;
        Ok(Self { client, base: portal.clone() })
    }

    /// `/card-api/v1/…` of this portal.
    fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["card-api", VERSION]).extend(segments);
        }
        url
    }
}

impl Portal for HttpsPortal {
    async fn claim(&mut self, claim: &Claim) -> Result<Claimed, PortalProblem> {
        ask(self.client.post(self.address(&["claim"])).json(claim)).await
    }

    async fn next(&mut self, job: Uuid, token: &str, report: &Report) -> Result<Next, PortalProblem> {
        let address = self.address(&["jobs", &job.to_string(), "next"]);
        ask(self.client.post(address).bearer_auth(token).json(report)).await
    }
}

async fn ask<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, PortalProblem> {
    let mut response = request.send().await.map_err(|error| lost(&error))?;
    let status = response.status();
    let mut body = zeroize::Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(PortalProblem::Nonsense);
        }
        body.extend_from_slice(&chunk);
    }
    if status == StatusCode::OK {
        return serde_json::from_slice(&body).map_err(|_| PortalProblem::Nonsense);
    }
    match serde_json::from_slice(&body) {
        Ok(refused) if status.as_u16() >= 400 => Err(PortalProblem::Refused(refused)),
        // What stands before the portal answers these while the portal is started again.
        _ if matches!(status.as_u16(), 408 | 429 | 500 | 502..=504) => {
            Err(PortalProblem::Lost { unheard: false })
        }
        _ => Err(PortalProblem::Nonsense),
    }
}

fn lost(error: &reqwest::Error) -> PortalProblem {
    tracing::info!(
        timeout = error.is_timeout(),
        connect = error.is_connect(),
        "the connection to the portal was lost"
    );
    PortalProblem::Lost { unheard: error.is_connect() }
}

//! The way from a workstation to the portal, where reports and answers get lost or are changed.

use crate::ward::Node;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request as HttpRequest, StatusCode, header};
use card_agent::{Portal, PortalProblem};
use card_jobs::{Claim, Claimed, Next, Outcome, Report};
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;
use uuid::Uuid;

/// What happens to a report, or to an order, on its way.
type Change<T> = Box<dyn FnMut(&mut T) + Send + Sync>;

/// The way to the portal: any of its nodes, in turn.
pub struct Wire {
    nodes: Vec<Router>,
    calls: usize,
    /// The agent's process ends instead of sending this report (counted from 0).
    pub dies_at: Option<usize>,
    /// The answer to this report is lost, and the agent sends it again.
    pub loses_answer_at: Option<usize>,
    /// A workstation that lies: what it makes of its reports.
    pub lies: Option<Change<Report>>,
    /// What was ordered, for tests that look.
    pub orders: Arc<Mutex<Vec<Next>>>,
}

impl Wire {
    pub fn to(nodes: &[Node]) -> Self {
        Self {
            nodes: nodes.iter().map(|node| node.pages.clone()).collect(),
            calls: 0,
            dies_at: None,
            loses_answer_at: None,
            lies: None,
            orders: Arc::default(),
        }
    }

    async fn sends<T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &impl serde::Serialize,
    ) -> Result<T, PortalProblem> {
        let body = serde_json::to_string(body).unwrap();
        let node = &self.nodes[self.calls % self.nodes.len()];
        // Who hears that the portal is busy asks again, as the agent's own way over HTTPS does.
        let (mut status, mut text) = posts(node, path, token, &body).await;
        for _ in 0..BUSY_AT_MOST {
            if status != StatusCode::SERVICE_UNAVAILABLE {
                break;
            }
            (status, text) = posts(node, path, token, &body).await;
        }
        if status.is_success() {
            return serde_json::from_str(&text).map_err(|_| PortalProblem::Nonsense);
        }
        Err(serde_json::from_str(&text).map_or(PortalProblem::Nonsense, PortalProblem::Refused))
    }
}

/// How often a workstation asks again a portal that is busy.
const BUSY_AT_MOST: usize = 20;

/// One request as an agent sends it: no cookie, no `Origin`, no `Sec-Fetch-Site`.
pub async fn posts(pages: &Router, path: &str, token: Option<&str>, body: &str) -> (StatusCode, String) {
    let mut request = HttpRequest::builder().method("POST").uri(path).header("host", "fobwatch.example");
    request = request.header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = pages.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{path}");
    assert!(!response.headers().contains_key(header::SET_COOKIE), "{path}");
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

const GONE: PortalProblem = PortalProblem::Lost { unheard: false };

impl Portal for Wire {
    async fn claim(&mut self, claim: &Claim) -> Result<Claimed, PortalProblem> {
        self.sends("/card-api/v1/claim", None, claim).await
    }

    async fn next(&mut self, job: Uuid, token: &str, report: &Report) -> Result<Next, PortalProblem> {
        if self.dies_at == Some(self.calls) {
            return Err(GONE);
        }
        let mut report = report.clone();
        if let Some(lies) = &mut self.lies {
            lies(&mut report);
        }
        let path = format!("/card-api/v1/jobs/{job}/next");
        let next: Next = self.sends(&path, Some(token), &report).await?;
        let lost = self.loses_answer_at == Some(self.calls);
        self.calls += 1;
        if lost {
            // The agent knows nothing of the answer, and asks again: another node answers the same.
            let again: Next = self.sends(&path, Some(token), &report).await?;
            assert_eq!(again, next);
        }
        self.orders.lock().unwrap().push(next.clone());
        Ok(next)
    }
}

/// A report that says something else.
pub fn says(seq: u32, outcome: Outcome) -> Report {
    Report { seq, outcome }
}

//! The portal over HTTP: what is on the way, and what is none of ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use card_agent::{HttpsPortal, Machine, Portal, PortalProblem, Trouble};
use card_jobs::{Claim, Claimed, Next, Order, Outcome, Progress, Refused, Report, Verdict};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

use crate::desk::{Desk, Script, about};

const JOB: Uuid = Uuid::from_u128(7);

async fn serve(app: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

fn portal(url: &Url) -> HttpsPortal {
    HttpsPortal::new(url, &Machine::allowing([url.clone()])).unwrap()
}

async fn claimed_from(
    answer: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> Result<Claimed, PortalProblem> {
    let url = serve(Router::new().route("/card-api/v1/claim", post(async move || answer()))).await;
    let claim = Claim { ticket: "T1".to_owned(), agent: "0".to_owned(), system: "linux".to_owned() };
    portal(&url).claim(&claim).await
}

fn json(value: &impl serde::Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[tokio::test]
async fn a_job_is_claimed_with_the_ticket_and_done_with_the_token() {
    let claims = post(async |body: String| {
        let claim: Claim = serde_json::from_str(&body).unwrap();
        assert_eq!((claim.ticket.as_str(), claim.system.as_str()), ("T1", std::env::consts::OS));
        json(&Claimed { job: JOB, token: "secret".to_owned(), about: about() })
    });
    let next = post(async |Path(job): Path<Uuid>, headers: HeaderMap, body: String| {
        assert_eq!((job, headers[header::AUTHORIZATION].as_bytes()), (JOB, &b"Bearer secret"[..]));
        let report: Report = serde_json::from_str(&body).unwrap();
        assert_eq!(report, Report { seq: 0, outcome: Outcome::Ready });
        let order = Order::End { verdict: Verdict::CanResume, words: "Come back".to_owned() };
        json(&Next { seq: 1, progress: Progress::Ended, order })
    });
    let app = Router::new().route("/card-api/v1/claim", claims).route("/card-api/v1/jobs/{job}/next", next);
    let url = serve(app).await;
    let mut person = Script::default();
    assert_eq!(Desk::new().run(&mut portal(&url), &mut person).await, Ok(Verdict::CanResume));
    assert_eq!(person.heard, Some((Verdict::CanResume, "Come back".to_owned())));
}

#[tokio::test]
async fn a_foreign_portal_is_not_spoken_with() {
    let machine = Machine::allowing(["https://access.northfield.example".parse().unwrap()]);
    for foreign in ["https://evil.example", "https://access.northfield.example:444", "http://127.0.0.1:1"] {
        let refused = HttpsPortal::new(&foreign.parse().unwrap(), &machine);
        assert_eq!(refused.err(), Some(Trouble::ForeignPortal { portal: foreign.to_owned() }), "{foreign}");
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_not_tried_again() {
    for nonsense in ["", "{", "[]", "{\"job\": 1}", "<html>sign in to the wireless network</html>"] {
        let answered = claimed_from(move || nonsense.into_response()).await;
        assert_eq!(answered, Err(PortalProblem::Nonsense), "{nonsense}");
    }
    let not_ours = claimed_from(|| (StatusCode::NOT_FOUND, "no such page").into_response()).await;
    assert_eq!(not_ours, Err(PortalProblem::Nonsense));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let endless = || {
        let chunks = std::iter::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 8192]));
        Body::from_stream(futures::stream::iter(chunks)).into_response()
    };
    assert_eq!(claimed_from(endless).await, Err(PortalProblem::Nonsense));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let followed = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&followed);
    let elsewhere =
        serve(Router::new().fallback(async move || counts.fetch_add(1, Ordering::SeqCst).to_string())).await;
    for status in [StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT, StatusCode::SEE_OTHER] {
        let to = elsewhere.to_string();
        let answered = claimed_from(move || (status, [(header::LOCATION, to.clone())]).into_response()).await;
        assert_eq!(answered, Err(PortalProblem::Nonsense));
    }
    assert_eq!(followed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_words() {
    let refused = Refused { code: "FW-2101".to_owned(), words: "The ticket is over.".to_owned() };
    let says = refused.clone();
    let answered = claimed_from(move || (StatusCode::GONE, json(&says)).into_response()).await;
    assert_eq!(answered, Err(PortalProblem::Refused(refused)));
}

#[tokio::test]
async fn a_portal_that_is_being_started_again_is_worth_another_try() {
    for status in [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT] {
        let answered = claimed_from(move || (status, "a moment").into_response()).await;
        assert_eq!(answered, Err(PortalProblem::Lost { unheard: false }));
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}", nobody.local_addr().unwrap()).parse().unwrap();
    drop(nobody);
    let claim = Claim { ticket: "T1".to_owned(), agent: "0".to_owned(), system: "linux".to_owned() };
    assert_eq!(portal(&url).claim(&claim).await, Err(PortalProblem::Lost { unheard: true }));
}

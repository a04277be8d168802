//! A second provider behind the first.

use std::sync::Arc;

use channels::{
    BadReport, DeliveryState, GovukNotify, HttpText, ReportRequest, SendError, Text, TextChannel, WithBackup,
};
use serde_json::json;
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn text() -> Text {
    Text {
        to: "+447700900123".into(),
        body: "012345 is your code.".into(),
        reference: "outbox-17".into(),
        report_token: None,
    }
}

async fn answering(status: u16) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_json(json!({ "id": format!("of-{status}") }));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn gateway(server: &MockServer) -> Arc<HttpText> {
    Arc::new(HttpText::new(&server.uri(), "a-key").unwrap())
}

async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn the_second_takes_over_where_the_first_is_away_or_set_up_wrongly_but_not_for_a_bad_number() {
    for (first, second, outcome, asked_second) in [
        (200, 200, Ok("of-200"), 0),
        (503, 200, Ok("of-200"), 1),
        (429, 200, Ok("of-200"), 1),
        (401, 200, Ok("of-200"), 1),
        (400, 200, Err("permanent"), 0),
        (503, 401, Err("transient"), 1),
        (401, 503, Err("misconfigured"), 1),
        (503, 400, Err("permanent"), 1),
    ] {
        let (one, two) = (answering(first).await, answering(second).await);
        let both = WithBackup::new(gateway(&one), gateway(&two));
        let sent = both.send(&text()).await;
        let said = sent.as_ref().map(|receipt| receipt.provider_reference.as_deref().unwrap());
        assert_eq!(said.map_err(SendError::kind), outcome, "{first}, then {second}");
        assert_eq!(asked(&two).await, asked_second, "{first}, then {second}");
    }
    let (away, there) = (HttpText::new("http://127.0.0.1:1", "a-key").unwrap(), answering(200).await);
    let both = WithBackup::new(Arc::new(away), gateway(&there));
    assert_eq!(both.send(&text()).await.unwrap().provider, Some("http"));
}

#[tokio::test]
async fn each_is_asked_about_what_it_took() {
    let (one, two) = (MockServer::start().await, MockServer::start().await);
    let status = ResponseTemplate::new(200).set_body_json(json!({ "status": "delivered" }));
    Mock::given(method("GET")).respond_with(status).expect(1).mount(&two).await;
    let key = "n-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";
    let notify = GovukNotify::new(&one.uri(), key, "t").unwrap();
    let both = WithBackup::new(Arc::new(notify), gateway(&two));
    assert_eq!(both.status_at("http", "m-1").await, Ok(DeliveryState::Delivered));
    assert_eq!(both.status_at("smpp", "m-1").await, Ok(DeliveryState::Unknown), "nobody's any longer");
    assert_eq!(asked(&one).await, 0);
}

#[tokio::test]
async fn a_report_is_read_by_whose_it_is() {
    let key = "n-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";
    let notify = || GovukNotify::new("https://api.notifications.service.gov.uk", key, "t").unwrap();
    let http = Arc::new(HttpText::new("https://texts.northfield.example", "a-key").unwrap());
    let body = br#"{"id": "740e5834", "reference": "outbox-17", "status": "delivered"}"#;
    let request = |authorization| ReportRequest { url: "", authorization, signature: None, body };
    let both = WithBackup::new(http, Arc::new(notify().with_callbacks("the-token-of-notify")));
    let read = |authorization| both.read_report("govuk-notify", &request(authorization));
    assert!(read(Some("Bearer the-token-of-notify")).unwrap().is_some());
    assert_eq!(read(Some("Bearer the-token-of-notifz")), Err(BadReport::Forged));
    assert_eq!(read(Some("the-token-of-notify")), Err(BadReport::Forged));
    assert_eq!(read(None), Err(BadReport::Forged));
    assert_eq!(both.read_report("http", &request(None)), Err(BadReport::NotExpected));
    assert_eq!(
        notify().read_report("govuk-notify", &request(Some("Bearer "))),
        Err(BadReport::NotExpected),
        "without a token of our own nobody can show it"
    );
}

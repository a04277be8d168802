//! A stand-in for a gateway that keeps the contract in the documentation of `HttpText`.

use channels::{DeliveryState, HttpText, Text, TextChannel};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "hush-hush";

fn text() -> Text {
    Text {
        to: "+447700900123".into(),
        body: "012345 is your Northfield Staff security code.".into(),
        reference: "outbox-17".into(),
        report_token: None,
    }
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/gate"))
        .and(header("authorization", "Bearer hush-hush"))
        .and(header("idempotency-key", "outbox-17"))
        .and(body_json(json!({
            "to": "+447700900123",
            "body": "012345 is your Northfield Staff security code.",
            "reference": "outbox-17",
        })))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    server
}

fn channel(server: &MockServer) -> HttpText {
    HttpText::new(&format!("{}/gate", server.uri()), KEY).unwrap()
}

#[tokio::test]
async fn a_text_is_taken_with_or_without_an_id_in_the_answer() {
    for (answer, id) in [
        (ResponseTemplate::new(200).set_body_json(json!({ "id": "m-1", "cost": 3 })), Some("m-1")),
        (ResponseTemplate::new(202).set_body_json(json!({ "queued": true })), None),
        (ResponseTemplate::new(204), None),
        (ResponseTemplate::new(200).set_body_string("OK"), None),
        (ResponseTemplate::new(200).set_body_json(Value::Null), None),
    ] {
        let server = answering(answer).await;
        let receipt = channel(&server).send(&text()).await.unwrap();
        assert_eq!(receipt.provider_reference.as_deref(), id);
    }
}

#[tokio::test]
async fn each_refusal_says_whose_turn_it_is_and_names_nobody() {
    for (status, kind) in [
        (400, "permanent"),
        (422, "permanent"),
        (401, "misconfigured"),
        (403, "misconfigured"),
        (404, "misconfigured"),
        (302, "misconfigured"),
        (408, "transient"),
        (429, "transient"),
        (500, "transient"),
        (503, "transient"),
    ] {
        let answer = ResponseTemplate::new(status)
            .insert_header("location", "https://elsewhere.example/")
            .set_body_string("+447700900123 with key hush-hush: 012345");
        let server = answering(answer).await;
        let error = channel(&server).send(&text()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}: {error}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(&status.to_string()), "{shown}");
        for private in ["7700900123", "012345", KEY, "outbox", "127.0.0.1"] {
            assert!(!shown.contains(private), "{private} in {shown}");
        }
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let server = answering(ResponseTemplate::new(200).set_body_bytes(vec![b' '; 1_000_000])).await;
    assert_eq!(channel(&server).send(&text()).await.unwrap_err().kind(), "transient");
}

#[tokio::test]
async fn the_state_of_a_message_is_asked_for_by_its_id() {
    for (answer, state) in [
        (
            ResponseTemplate::new(200).set_body_json(json!({ "status": "delivered" })),
            DeliveryState::Delivered,
        ),
        (
            ResponseTemplate::new(200).set_body_json(json!({ "status": "permanent-failure" })),
            DeliveryState::PermanentFailure,
        ),
        (ResponseTemplate::new(200).set_body_json(json!({ "status": "odd" })), DeliveryState::Unknown),
        (ResponseTemplate::new(404), DeliveryState::Unknown),
        (ResponseTemplate::new(405), DeliveryState::Unknown),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path("/gate/..%2Fm%201"))
            .and(header("authorization", "Bearer hush-hush"))
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
        assert_eq!(channel(&server).status("../m 1").await, Ok(state));
    }
}

#[tokio::test]
async fn the_check_sends_nothing_and_finds_a_wrong_key() {
    for (status, good) in [(200, true), (404, true), (405, true), (401, false), (403, false), (503, false)] {
        let server = MockServer::start().await;
        Mock::given(method("GET")).respond_with(ResponseTemplate::new(status)).expect(1).mount(&server).await;
        assert_eq!(channel(&server).check().await.is_ok(), good, "{status}");
    }
}

#[test]
fn a_key_that_cannot_be_sent_is_refused_at_the_start() {
    for bad in ["", "  ", "two\nlines", "hush\u{0}"] {
        let error = HttpText::new("https://texts.northfield.example", bad).unwrap_err().to_string();
        assert!(error.contains("key") && !error.contains("hush"), "{error}");
    }
    let channel = HttpText::new("https://texts.northfield.example", KEY).unwrap();
    assert!(!format!("{channel:?} {:?}", text()).contains("hush"));
    assert!(!format!("{:?}", text()).contains("012345"));
}

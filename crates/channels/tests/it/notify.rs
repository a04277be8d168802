//! A stand-in for GOV.UK Notify, after its public REST documentation: it checks the token as Notify does (HS256,
//! issuer, issued within 30 seconds) and answers in Notify's words.

use channels::{DeliveryState, GovukNotify, SendError, Text, TextChannel};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const SERVICE: &str = "26785a09-ab16-4eb0-8407-a37497a57506";
const SECRET: &str = "3d844edf-8d35-48ac-975b-e847b4f122b0";
const TEMPLATE: &str = "f33517ff-2a88-4f6e-b855-c550268ce08a";
const MESSAGE: &str = "740e5834-3a29-46b4-9a6f-16142fde533a";
const NOW: i64 = 1_795_341_480;

fn key() -> String {
    format!("northfield-live-{SERVICE}-{SECRET}")
}

fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(NOW).unwrap()
}

fn channel(server: &MockServer) -> GovukNotify {
    GovukNotify::new(&server.uri(), &key(), TEMPLATE).unwrap().with_clock(now)
}

fn text() -> Text {
    Text {
        to: "+447700900123".into(),
        body: "012345 is your Northfield Staff security code.".into(),
        reference: "outbox-17".into(),
        report_token: None,
    }
}

/// Notify's own order of checks: the token first, then the rest.
struct Notify(fn(&Value) -> ResponseTemplate);

impl Respond for Notify {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if let Err(why) = token(request) {
            return refusal(403, "AuthError", &why);
        }
        (self.0)(&serde_json::from_slice(&request.body).unwrap_or(Value::Null))
    }
}

fn token(request: &Request) -> Result<(), String> {
    let header =
        request.headers.get("authorization").ok_or("Unauthorized, authentication token must be provided")?;
    let token = header
        .to_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .ok_or("Unauthorized, authentication bearer scheme must be used")?;
    assert_eq!(jsonwebtoken::decode_header(token).unwrap().typ.as_deref(), Some("JWT"));
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["iss"]);
    rules.set_issuer(&[SERVICE]);
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(token, &DecodingKey::from_secret(SECRET.as_bytes()), &rules)
        .map_err(|_| "Invalid token: API key not found".to_owned())?
        .claims;
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    assert_eq!(names, ["iss", "iat"]);
    if (claims["iat"].as_i64().unwrap() - NOW).abs() > 30 {
        return Err("Error: Your system clock must be accurate to within 30 seconds".into());
    }
    Ok(())
}

fn refusal(status: u16, error: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_json(json!({ "status_code": status, "errors": [{ "error": error, "message": message }] }))
}

async fn standing_in(answer: fn(&Value) -> ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v2/notifications/sms"))
        .respond_with(Notify(answer))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_text_is_sent_signed_with_its_number_body_and_reference() {
    let server = standing_in(|body| {
        assert_eq!(
            *body,
            json!({
                "phone_number": "+447700900123",
                "template_id": TEMPLATE,
                "personalisation": { "body": "012345 is your Northfield Staff security code." },
                "reference": "outbox-17",
            })
        );
        ResponseTemplate::new(201).set_body_json(json!({
            "id": MESSAGE,
            "reference": "outbox-17",
            "content": { "body": "012345 is …", "from_number": "GOVUK" },
            "uri": format!("https://api.notifications.service.gov.uk/v2/notifications/{MESSAGE}"),
            "template": { "id": TEMPLATE, "version": 1, "uri": "https://…" },
        }))
    })
    .await;
    let receipt = channel(&server).send(&text()).await.unwrap();
    assert_eq!(receipt.provider_reference.as_deref(), Some(MESSAGE));
}

#[tokio::test]
async fn without_another_clock_the_token_carries_the_time_of_this_machine() {
    let server = standing_in(|_| ResponseTemplate::new(201).set_body_json(json!({ "id": MESSAGE }))).await;
    let real = GovukNotify::new(&server.uri(), &key(), TEMPLATE).unwrap();
    let error = real.send(&text()).await.unwrap_err();
    assert_eq!(error.kind(), "misconfigured", "the stand-in lives on another day");
    assert!(error.to_string().contains("clock"), "{error}");
}

#[tokio::test]
async fn each_refusal_says_whose_turn_it_is_and_names_nobody() {
    type Answer = fn(&Value) -> ResponseTemplate;
    let cases: [(Answer, &str, &str); 8] = [
        (
            |_| refusal(400, "ValidationError", "phone_number Not a UK mobile number +447700900123"),
            "permanent",
            "number",
        ),
        (
            |_| refusal(400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
            "misconfigured",
            "live key",
        ),
        (
            |_| refusal(400, "BadRequestError", "Can't send to this recipient when service is in trial mode"),
            "misconfigured",
            "live",
        ),
        (|_| refusal(400, "BadRequestError", "Missing personalisation: body"), "misconfigured", "((body))"),
        (|_| refusal(400, "BadRequestError", "Template not found"), "misconfigured", "((body))"),
        (|_| refusal(403, "AuthError", "Invalid token: API key not found 3d844edf"), "misconfigured", "key"),
        (
            |_| {
                refusal(
                    429,
                    "RateLimitError",
                    "Exceeded rate limit for key type live of 3000 requests per 60 seconds",
                )
            },
            "transient",
            "429",
        ),
        (|_| refusal(500, "Exception", "Internal server error"), "transient", "500"),
    ];
    for (answer, kind, word) in cases {
        let server = standing_in(answer).await;
        let error = channel(&server).send(&text()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(word), "{word} in {error}");
        for private in ["7700900123", "012345", SECRET, "3d844edf", "outbox-17"] {
            assert!(!format!("{error:?}").contains(private), "{error}");
        }
    }
}

#[tokio::test]
async fn another_services_key_is_found_out() {
    let server = standing_in(|_| ResponseTemplate::new(201).set_body_json(json!({ "id": MESSAGE }))).await;
    let other = format!("other-{SERVICE}-{SERVICE}");
    let channel = GovukNotify::new(&server.uri(), &other, TEMPLATE).unwrap().with_clock(now);
    assert_eq!(channel.send(&text()).await.unwrap_err().kind(), "misconfigured");
}

#[tokio::test]
async fn the_state_of_a_message_is_told_in_our_words() {
    for (word, state) in [
        ("created", DeliveryState::Pending),
        ("sending", DeliveryState::Pending),
        ("pending", DeliveryState::Pending),
        ("sent", DeliveryState::Unknown),
        ("delivered", DeliveryState::Delivered),
        ("permanent-failure", DeliveryState::PermanentFailure),
        ("temporary-failure", DeliveryState::TemporaryFailure),
        ("technical-failure", DeliveryState::TechnicalFailure),
        ("something-new", DeliveryState::Unknown),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path(format!("/v2/notifications/{MESSAGE}")))
            .respond_with(move |request: &Request| {
                token(request).unwrap();
                ResponseTemplate::new(200)
                    .set_body_json(json!({ "id": MESSAGE, "status": word, "type": "sms" }))
            })
            .mount(&server)
            .await;
        assert_eq!(channel(&server).status(MESSAGE).await, Ok(state), "{word}");
    }
    let server = MockServer::start().await;
    assert_eq!(
        channel(&server).status(MESSAGE).await,
        Ok(DeliveryState::Unknown),
        "forgotten after some days"
    );
    assert_eq!(channel(&server).status("../templates").await.unwrap_err().kind(), "permanent");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_check_looks_at_the_template_and_sends_nothing() {
    for (status, kind, body, good) in [
        (200, "sms", "((body))", true),
        (200, "sms", "Your code: ((body))", false),
        (200, "email", "((body))", false),
        (404, "", "", false),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path(format!("/v2/template/{TEMPLATE}")))
            .respond_with(move |request: &Request| {
                token(request).unwrap();
                ResponseTemplate::new(status)
                    .set_body_json(json!({ "id": TEMPLATE, "type": kind, "body": body }))
            })
            .mount(&server)
            .await;
        let outcome = channel(&server).check().await;
        assert_eq!(outcome.is_ok(), good, "{outcome:?}");
        if let Err(error) = outcome {
            assert!(matches!(&error, SendError::Misconfigured(what) if what.contains("((body))")), "{error}");
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_away_is_tried_again_later() {
    let nobody = GovukNotify::new("http://127.0.0.1:1", &key(), TEMPLATE).unwrap();
    for error in [nobody.check().await.unwrap_err(), nobody.send(&text()).await.unwrap_err()] {
        assert_eq!(error.kind(), "transient");
        assert!(!error.to_string().contains("127.0.0.1"), "{error}");
    }
}

#[test]
fn a_key_that_is_not_whole_is_refused_at_the_start_with_what_to_write() {
    let whole = key();
    for bad in [
        "",
        "secret",
        &whole[..whole.len() - 1],
        &whole.replace("-3d844edf", "_3d844edf"),
        &"é".repeat(40),
        SECRET,
    ] {
        let error = GovukNotify::new("https://api.notifications.service.gov.uk", bad, TEMPLATE)
            .unwrap_err()
            .to_string();
        assert!(error.contains("copy it again"), "{error}");
        assert!(!error.contains("3d844edf"), "{error}");
    }
    assert!(GovukNotify::new("https://api.notifications.service.gov.uk", &whole, " ").is_err());
    let bare = format!("{SERVICE}-{SECRET}");
    let channel = GovukNotify::new("https://api.notifications.service.gov.uk", &bare, TEMPLATE).unwrap();
    assert!(!format!("{channel:?}").contains(SECRET));
}

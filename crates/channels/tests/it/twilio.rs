//! A stand-in for Twilio, after its public documentation: form-encoded requests, basic authentication, its error codes; and
//! reports signed as the documentation tells, its own example among them.

use channels::{BadReport, DeliveryState, Proof, ReportRequest, ReportedMessage, Text, TextChannel, Twilio};
use serde_json::json;
use url::Url;
use wiremock::matchers::{basic_auth, body_string_contains, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const TOKEN: &str = "hush0123456789hush";
const MESSAGE: &str = "SMbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn reports_to() -> Url {
    Url::parse("https://id.northfield.example/callbacks/twilio").unwrap()
}

fn channel(base: &str, from: &str) -> Twilio {
    Twilio::new(base, ACCOUNT, TOKEN, from, &reports_to()).unwrap()
}

fn text() -> Text {
    Text {
        to: "+447700900123".into(),
        body: "012345 is your code.".into(),
        reference: "outbox-17".into(),
        report_token: Some("token".into()),
    }
}

fn messages() -> String {
    format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
}

#[tokio::test]
async fn a_text_is_posted_with_its_sender_and_the_address_for_reports() {
    for (from, field) in [
        ("Northfield", "From=Northfield".to_owned()),
        (
            "MGcccccccccccccccccccccccccccccccc",
            "MessagingServiceSid=MGcccccccccccccccccccccccccccccccc".to_owned(),
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path(messages()))
            .and(basic_auth(ACCOUNT, TOKEN))
            .and(body_string_contains("To=%2B447700900123"))
            .and(body_string_contains("Body=012345+is+your+code."))
            .and(body_string_contains(field))
            .and(body_string_contains(
                "StatusCallback=https%3A%2F%2Fid.northfield.example%2Fcallbacks%2Ftwilio%3Fmessage%3Doutbox-17",
            ))
            .respond_with(ResponseTemplate::new(201).set_body_json(json!({
                "sid": MESSAGE, "status": "queued", "error_code": null, "to": "+447700900123",
            })))
            .expect(1)
            .mount(&server)
            .await;
        let receipt = channel(&server.uri(), from).send(&text()).await.unwrap();
        assert_eq!(receipt.provider_reference.as_deref(), Some(MESSAGE));
        assert_eq!(receipt.provider, Some("twilio"));
    }
}

#[tokio::test]
async fn each_of_its_codes_says_whose_turn_it_is_and_names_nobody() {
    for (status, code, kind) in [
        (400, 21_211, "permanent"),
        (400, 21_614, "permanent"),
        (400, 21_610, "permanent"),
        (400, 21_408, "misconfigured"),
        (400, 21_606, "misconfigured"),
        (400, 21_608, "misconfigured"),
        (400, 99_999, "misconfigured"),
        (400, 21_611, "transient"),
        (401, 20_003, "misconfigured"),
        (429, 20_429, "transient"),
        (503, 20_503, "transient"),
    ] {
        let server = MockServer::start().await;
        let message = "The 'To' number +447700900123 is not a valid phone number.";
        let body = json!({ "code": code, "message": message, "status": status });
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        let error = channel(&server.uri(), "Northfield").send(&text()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{code}: {error}");
        assert!(!error.to_string().contains("7700900123") && !format!("{error:?}").contains(TOKEN));
    }
}

#[tokio::test]
async fn the_state_of_a_message_is_told_in_our_words() {
    for (status, code, state) in [
        ("queued", None, DeliveryState::Pending),
        ("sent", None, DeliveryState::Pending),
        ("delivered", None, DeliveryState::Delivered),
        ("undelivered", Some(30_003), DeliveryState::TemporaryFailure),
        ("undelivered", Some(30_005), DeliveryState::PermanentFailure),
        ("undelivered", Some(30_006), DeliveryState::PermanentFailure),
        ("failed", Some(30_008), DeliveryState::TechnicalFailure),
        ("something-new", None, DeliveryState::Unknown),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path(format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/{MESSAGE}.json")))
            .and(basic_auth(ACCOUNT, TOKEN))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({
                "sid": MESSAGE, "status": status, "error_code": code,
            })))
            .mount(&server)
            .await;
        assert_eq!(channel(&server.uri(), "Northfield").status(MESSAGE).await, Ok(state), "{status}");
    }
}

fn report<'a>(url: &'a str, signature: &'a str, body: &'a str) -> ReportRequest<'a> {
    ReportRequest { url, authorization: None, signature: Some(signature), body: body.as_bytes() }
}

#[test]
fn the_example_of_twilios_own_documentation_is_signed_right() {
    let example = Twilio::new("https://api.twilio.com", ACCOUNT, "12345", "x", &reports_to()).unwrap();
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let body =
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
    // It is no report of a message, so it is found right and then unreadable.
    let read = |signature| example.read_report("twilio", &report(url, signature, body));
    assert_eq!(read("RSOYDt4T1cUTdK1PDd93/VVr8B8="), Err(BadReport::Unreadable));
    assert_eq!(read("RSOYDt4T1cUTdK1PDd93/VVr8B9="), Err(BadReport::Forged));
    for forged in ["", "RSOY", "not base64", "RSOYDt4T1cUTdK1PDd93/VVr8B8"] {
        assert_eq!(read(forged), Err(BadReport::Forged), "{forged}");
    }
}

#[test]
fn a_signed_report_is_read_and_a_changed_one_is_not() {
    let channel = channel("https://api.twilio.com", "Northfield");
    let url = "https://id.northfield.example/callbacks/twilio?message=outbox-17";
    let body = format!("AccountSid={ACCOUNT}&MessageSid={MESSAGE}&MessageStatus=delivered&SmsSid={MESSAGE}");
    let signature = signed(url, &body);
    let read = channel.read_report("twilio", &report(url, &signature, &body)).unwrap().unwrap();
    assert_eq!(read.state, DeliveryState::Delivered);
    let ours = ReportedMessage::Ours { reference: "outbox-17".into(), proof: Proof::ByProvider };
    assert_eq!(read.about, ours);
    let changed = body.replace("delivered", "failed");
    assert_eq!(channel.read_report("twilio", &report(url, &signature, &changed)), Err(BadReport::Forged));
    let other = url.replace("17", "18");
    assert_eq!(channel.read_report("twilio", &report(&other, &signature, &body)), Err(BadReport::Forged));
    assert_eq!(channel.read_report("smpp", &report(url, &signature, &body)), Err(BadReport::NotExpected));
    let pending = body.replace("delivered", "sent");
    let signature = signed(url, &pending);
    assert_eq!(channel.read_report("twilio", &report(url, &signature, &pending)), Ok(None));
}

/// As the documentation tells: the address, then names and values in the order of the names.
pub fn signed(url: &str, body: &str) -> String {
    use base64::Engine as _;
    let mut pairs: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    pairs.sort();
    let all = pairs.into_iter().fold(url.to_owned(), |text, (name, value)| text + &name + &value);
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(aws_lc_rs::hmac::sign(&key, all.as_bytes()))
}

#[test]
fn what_is_not_whole_is_refused_at_the_start() {
    let to = reports_to();
    for (account, token, from) in [
        ("AC123", TOKEN, "x"),
        ("", TOKEN, "x"),
        (ACCOUNT, "", "x"),
        (ACCOUNT, "hush hush", "x"),
        (ACCOUNT, TOKEN, " "),
    ] {
        let error = Twilio::new("https://api.twilio.com", account, token, from, &to).unwrap_err().to_string();
        assert!(error.contains("Twilio") && !error.contains("hush"), "{error}");
    }
    assert!(!format!("{:?}", channel("https://api.twilio.com", "x")).contains("hush"));
}

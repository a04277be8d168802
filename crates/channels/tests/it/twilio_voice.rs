//! Calls through a stand-in for Twilio, after its public documentation, and its requests to us, signed as it tells.

use channels::{
    BadReport, Call, CallEnd, CallNews, Hook, HookReply, ReportRequest, TwilioVoice, VoiceChannel,
};
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;
use url::Url;
use wiremock::matchers::{basic_auth, body_string_contains, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::twilio::{ACCOUNT, TOKEN, signed};

const CALL: &str = "CAbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const HOOKS: &str = "https://id.northfield.example/callbacks/voice/twilio";

fn channel(base: &str, machines: bool) -> TwilioVoice {
    let hooks = Url::parse(HOOKS).unwrap();
    TwilioVoice::new(base, ACCOUNT, TOKEN, "+441632960123", &hooks, machines).unwrap()
}

fn call() -> Call {
    Call { to: "+447700900123".into(), reference: "0199-17".into(), words: "Press #.".into(), seed: [1; 32] }
}

fn calls() -> String {
    format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
}

#[tokio::test]
async fn a_call_is_placed_with_the_addresses_that_it_asks_and_reports_at() {
    let hook = "https%3A%2F%2Fid.northfield.example%2Fcallbacks%2Fvoice%2Ftwilio%3Fcall%3D0199-17%26step%3D";
    for machines in [false, true] {
        let server = MockServer::start().await;
        let mut expected = Mock::given(method("POST"))
            .and(path(calls()))
            .and(basic_auth(ACCOUNT, TOKEN))
            .and(body_string_contains("To=%2B447700900123"))
            .and(body_string_contains("From=%2B441632960123"))
            .and(body_string_contains("Timeout=30"))
            .and(body_string_contains(format!("&Url={hook}script")))
            .and(body_string_contains(format!("&StatusCallback={hook}status")))
            .and(body_string_contains("StatusCallbackEvent=ringing&StatusCallbackEvent=answered"));
        if machines {
            expected = expected
                .and(body_string_contains("MachineDetection=Enable&AsyncAmd=true"))
                .and(body_string_contains(format!("&AsyncAmdStatusCallback={hook}machine")));
        }
        expected
            .respond_with(
                ResponseTemplate::new(201).set_body_json(json!({ "sid": CALL, "status": "queued" })),
            )
            .expect(1)
            .mount(&server)
            .await;
        let (tell, _told) = unbounded_channel();
        let reference = channel(&server.uri(), machines).call(&call(), &tell).await.unwrap();
        assert_eq!(reference.as_deref(), Some(CALL));
    }
}

#[tokio::test]
async fn each_of_its_codes_says_whose_turn_it_is_and_names_nobody() {
    for (status, code, kind) in [
        (400, 21_211, "permanent"),
        (400, 21_215, "misconfigured"),
        (400, 21_210, "misconfigured"),
        (400, 21_219, "misconfigured"),
        (400, 21_205, "misconfigured"),
        (400, 99_999, "misconfigured"),
        (400, 10_004, "transient"),
        (401, 20_003, "misconfigured"),
        (503, 20_503, "transient"),
    ] {
        let server = MockServer::start().await;
        let body = json!({ "code": code, "message": "+447700900123 is not valid", "status": status });
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        let (tell, _told) = unbounded_channel();
        let error = channel(&server.uri(), false).call(&call(), &tell).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{code}: {error}");
        assert!(!error.to_string().contains("7700900123") && !format!("{error:?}").contains(TOKEN));
    }
}

/// What the channel makes of a signed request about `step`.
fn read(step: &str, body: &str) -> Result<Hook, BadReport> {
    let url = format!("{HOOKS}?call=0199-17&step={step}");
    let signature = signed(&url, body);
    let request =
        ReportRequest { url: &url, authorization: None, signature: Some(&signature), body: body.as_bytes() };
    channel("https://api.twilio.com", false).read_hook("twilio", &request)
}

#[test]
fn what_it_tells_is_read_in_our_words() {
    use HookReply::{Farewell, Nothing, Script};
    let ended = |end| Some(CallNews::Ended(end));
    for (step, body, news, reply) in [
        ("script", "CallStatus=in-progress", Some(CallNews::Answered), Script),
        ("key", "Digits=%23", ended(CallEnd::Pressed), Farewell),
        ("key", "Digits=5", ended(CallEnd::WrongKey), Farewell),
        ("key", "Digits=", ended(CallEnd::Voicemail), Farewell),
        ("key", "", ended(CallEnd::Voicemail), Farewell),
        ("status", "CallStatus=initiated", None, Nothing),
        ("status", "CallStatus=ringing", Some(CallNews::Ringing), Nothing),
        ("status", "CallStatus=in-progress", Some(CallNews::Answered), Nothing),
        ("status", "CallStatus=completed", ended(CallEnd::HungUp), Nothing),
        ("status", "CallStatus=busy", ended(CallEnd::Engaged), Nothing),
        ("status", "CallStatus=no-answer", ended(CallEnd::NoAnswer), Nothing),
        ("status", "CallStatus=failed", ended(CallEnd::Failed), Nothing),
        ("machine", "AnsweredBy=human", None, Nothing),
        ("machine", "AnsweredBy=unknown", None, Nothing),
        ("machine", "AnsweredBy=machine_start", ended(CallEnd::Voicemail), Nothing),
        ("machine", "AnsweredBy=fax", ended(CallEnd::Voicemail), Nothing),
    ] {
        let hook = read(step, body).unwrap();
        assert_eq!(hook, Hook { reference: "0199-17".into(), news, reply }, "{step} {body}");
    }
    assert_eq!(read("status", "x=y"), Err(BadReport::Unreadable));
    assert_eq!(read("other", "CallStatus=busy"), Err(BadReport::Unreadable));
}

#[test]
fn a_request_that_was_changed_on_the_way_is_not_believed() {
    let channel = channel("https://api.twilio.com", false);
    let url = format!("{HOOKS}?call=0199-17&step=key");
    let signature = signed(&url, "Digits=5");
    let read = |provider, url: &str, signature: Option<&str>, body: &str| {
        channel.read_hook(
            provider,
            &ReportRequest { url, authorization: None, signature, body: body.as_bytes() },
        )
    };
    assert!(read("twilio", &url, Some(&signature), "Digits=5").is_ok());
    for (url, signature, body) in [
        (url.clone(), Some(signature.as_str()), "Digits=%23"),
        (url.replace("17", "18"), Some(&signature), "Digits=5"),
        (url.clone(), None, "Digits=%23"),
        (url.clone(), Some(""), "Digits=%23"),
    ] {
        assert_eq!(read("twilio", &url, signature, body), Err(BadReport::Forged), "{url} {body}");
    }
    assert_eq!(read("sip", &url, Some(&signature), "Digits=5"), Err(BadReport::NotExpected));
}

#[test]
fn the_script_waits_for_one_key_and_lets_hash_be_one() {
    let channel = channel("https://api.twilio.com", false);
    let script = channel.script("0199-17", "Hill & Vale <NHS>. Press #.");
    for part in [
        "numDigits=\"1\" finishOnKey=\"\"",
        "actionOnEmptyResult=\"true\"",
        "action=\"https://id.northfield.example/callbacks/voice/twilio?call=0199-17&amp;step=key\"",
        "<Say language=\"en-GB\">Hill &amp; Vale &lt;NHS&gt;. Press hash.</Say>",
    ] {
        assert!(script.contains(part), "{part} in {script}");
    }
    assert_eq!(script.matches("<Say ").count(), 3);
    assert!(channel.farewell().contains("<Hangup/>"));
}

#[test]
fn what_is_not_whole_is_refused_at_the_start() {
    let hooks = Url::parse(HOOKS).unwrap();
    for (account, token, from) in [
        ("AC123", TOKEN, "+441632960123"),
        (ACCOUNT, "hush hush", "+441632960123"),
        (ACCOUNT, TOKEN, "Northfield"),
    ] {
        let error = TwilioVoice::new("https://api.twilio.com", account, token, from, &hooks, false)
            .unwrap_err()
            .to_string();
        assert!(error.contains("Twilio") && !error.contains("hush"), "{error}");
    }
    assert!(!format!("{:?}", channel("https://api.twilio.com", false)).contains("hush"));
}

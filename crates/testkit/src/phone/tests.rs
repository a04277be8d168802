use reqwest::Client;

use super::{token::signed_with, *};

const SERVICE: &str = "9f0c1c1e-3a52-4b0e-9d6b-6b1f5d0f7a01";
const SECRET: &str = "5e2b7c44-0d3e-4f5a-8c77-1a2b3c4d5e6f";

async fn text(phone: &Phone, token: &str, body: Value) -> (u16, Value) {
    let request = Client::new()
        .post(format!("{}/v2/notifications/sms", phone.base_url()))
        .bearer_auth(token)
        .json(&body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn message(number: &str) -> Value {
    json!({
        "phone_number": number,
        "template_id": Phone::TEMPLATE_ID,
        "personalisation": { "body": "123456 is your Northfield Hospitals security code" },
        "reference": "join:1",
    })
}

fn why(answer: &Value) -> &str {
    answer["errors"][0]["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_text_to_any_way_of_writing_a_number_arrives_there() {
    let phone = Phone::start().await;
    let token = signed_with(SECRET, SERVICE, 0);
    for number in ["07700 900123", "+44 (0)7700 900123", "447700900123", "0044 7700-900123"] {
        assert_eq!(text(&phone, &token, message(number)).await.0, 201, "{number}");
    }
    assert_eq!(phone.texts_to("07700900123").len(), 4);
    assert_eq!(phone.last_code("+447700900123"), "123456");

    let id = phone.texts()[0].id;
    phone.becomes("07700 900123", "temporary-failure");
    let asked = Client::new().get(format!("{}/v2/notifications/{id}", phone.base_url())).bearer_auth(&token);
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!((&answer["status"], &answer["reference"]), (&json!("temporary-failure"), &json!("join:1")));
}

#[tokio::test]
async fn a_token_must_be_signed_with_the_key_and_fresh() {
    let phone = Phone::start().await;
    for (token, words) in [
        (signed_with("another secret", SERVICE, 0), "API key not found"),
        (signed_with(SECRET, "another service", 0), "service not found"),
        (signed_with(SECRET, SERVICE, -45), "system clock"),
        ("rubbish".to_owned(), "not a valid JSON web token"),
    ] {
        let (status, answer) = text(&phone, &token, message("07700900123")).await;
        assert!(status == 403 && why(&answer).contains(words), "{status} {answer}");
    }
    assert_eq!(phone.texts(), []);
}

#[tokio::test]
async fn what_notify_would_refuse_is_refused_with_its_words() {
    let phone = Phone::start().await;
    let token = signed_with(SECRET, SERVICE, 0);
    let with = |field: &str, value: Value| {
        let mut body = message("07700900123");
        body[field] = value;
        body
    };
    for (body, words) in [
        (with("phone_number", json!("020 7946 0000")), "Not a UK mobile number"),
        (with("template_id", json!(SERVICE)), "Template not found"),
        (with("personalisation", json!({ "code": "1" })), "Missing personalisation: body"),
        (with("colour", json!("blue")), "Additional properties"),
    ] {
        let (status, answer) = text(&phone, &token, body).await;
        assert!(status == 400 && why(&answer).contains(words), "{status} {answer}");
    }
}

#[tokio::test]
async fn troubles_come_one_after_the_other_and_a_lost_answer_still_sends() {
    let phone = Phone::start().await;
    let token = signed_with(SECRET, SERVICE, 0);
    for trouble in [Trouble::TooMany, Trouble::OwnError, Trouble::TrialMode, Trouble::AnswerLost] {
        phone.next_meets(trouble);
    }
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(text(&phone, &token, message("07700900123")).await.0);
    }
    assert_eq!(seen, [429, 500, 400, 500, 201]);
    assert_eq!((phone.texts().len(), phone.sends_asked()), (2, 5));
}

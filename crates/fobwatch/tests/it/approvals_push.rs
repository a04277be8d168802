//! Pushes: encrypted for the phone, signed for the push service, and never to anybody else.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use journeys::push::push_due;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::PushService;

fn part(jwt: &str, nth: usize) -> Value {
    let part = jwt.split('.').nth(nth).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[rstest]
#[tokio::test]
async fn a_question_is_pushed_to_the_phone_and_nobody_else_can_read_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let service = PushService::start().await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.has_added_app(&mut phone).await;
    for elsewhere in
        ["https://elsewhere.example/push/1", "http://10.0.0.1/", "file:///etc/passwd", "nonsense"]
    {
        let mut subscription = service.subscription();
        subscription["endpoint"] = json!(elsewhere);
        let (status, answer) = phone.says("push", json!({ "subscription": subscription })).await;
        assert_eq!(
            (status, answer),
            (StatusCode::BAD_REQUEST, json!({ "error": "bad-request" })),
            "{elsewhere}"
        );
    }
    let (status, _) = phone.says("push", json!({ "subscription": service.subscription() })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(push_due(&ward.node.service).await.unwrap(), 0, "nothing is asked");

    ward.waits(3_600);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.is_asked_in_the_app().await;
    assert_eq!(push_due(&ward.node.service).await.unwrap(), 1);
    assert_eq!(push_due(&ward.node.service).await.unwrap(), 0, "once");
    let pushed = service.pushed();
    assert_eq!(pushed.len(), 1);
    let header = |name: &str| pushed[0].headers[name].to_str().unwrap().to_owned();
    assert_eq!((header("ttl").as_str(), header("urgency").as_str()), ("120", "high"));
    assert_eq!((header("content-encoding").as_str(), header("topic").len()), ("aes128gcm", 22));
    let authorization = header("authorization");
    let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(key, ward.node.service.push.public_key());
    assert_eq!(part(token, 1)["aud"], json!(service.origin()), "with the port");
    assert_eq!(part(token, 0)["alg"], "ES256");

    let read = service.read(&pushed[0]);
    let request = phone.request().await;
    assert_eq!((&read["v"], &read["request"]), (&json!(1), &request["id"]));
    assert_eq!(
        (&read["organisation"], &read["what_for"]),
        (&json!("Northfield Hospitals"), &json!("sign-in"))
    );
    assert_eq!(read["expires_at"], request["expires_at"]);
    assert!(read.get("number").is_none() && read.get("challenge").is_none());

    // The browser is gone: it is forgotten.
    service.answers(StatusCode::GONE);
    elsewhere.presses("Send it again").await;
    assert_eq!(push_due(&ward.node.service).await.unwrap(), 0);
    assert_eq!(ward.db.count("authenticator_device", "push IS NOT NULL").await, 0);
    elsewhere.presses("Send it again").await;
    push_due(&ward.node.service).await.unwrap();
    assert_eq!(service.pushed().len(), 2);
}

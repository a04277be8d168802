//! Guide 002, steps 4 to 17: "Are you trying to sign in?", approved, refused and abused.

use crate::approval_guide::{another_number, number_on};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// Time to be asked anew: a code was sent to sign in before.
const A_WHILE: i64 = 3_600;

#[rstest]
#[tokio::test]
async fn our_app_is_set_up_as_the_guide_says_and_signs_in(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let mut phone = ward.app_phone();
    amina.adds("Authenticator app").await.reads("Start by getting the app");
    amina.presses("Next").await.presses("Next").await.reads("Scan the QR code");
    amina.presses("Next").await.is_told("Scan the QR code with the app first");
    let (status, enrolled) = phone.scans(&amina.browser).await;
    assert_eq!(status, StatusCode::OK, "{enrolled}");
    assert_eq!(enrolled["account"]["organisation"], "Northfield Hospitals");
    assert_eq!(enrolled["account"]["user"], "a•••@northfield.example");
    assert_eq!(ward.db.count("sign_in_method", "kind = 'approval'").await, 0, "not before it is tried out");
    amina.presses("Next").await.reads("Let’s try it out");
    let request = phone.request().await;
    assert_eq!(
        (&request["what_for"], &request["organisation"]),
        (&json!("set-up"), &json!("Northfield Hospitals"))
    );
    assert!(request.get("number").is_none(), "the phone is not told the number");
    phone.approves_as_shown(&amina.browser).await;
    amina.presses("Next").await.reads("Notification approved");
    amina.presses("Next").await.reads("Security info").says("Authenticator app");
    amina.says("Signing in, and resetting your password");
    assert_eq!(ward.db.count("sign_in_method", "kind = 'approval'").await, 1);
    assert!(
        ward.subjects_to(AMINA.email).await.contains(&"A change to your account with Fobwatch".to_owned())
    );

    ward.waits(A_WHILE);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.is_asked_in_the_app().await;
    elsewhere.presses("Continue").await.says("We are still waiting for your answer");
    phone.approves_as_shown(&elsewhere.browser).await;
    elsewhere.presses("Continue").await.says("How you sign in");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_phone_that_waits_while_its_set_up_ends_hears_the_next_request(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.adds("Authenticator app").await.presses("Next").await.presses("Next").await;
    assert_eq!(phone.scans(&amina.browser).await.0, StatusCode::OK);
    amina.presses("Next").await.reads("Let’s try it out");
    phone.approves_as_shown(&amina.browser).await;
    let stop = CancellationToken::new();
    let watch = tokio::spawn(journeys::watch::run(ward.node.service.clone(), stop.clone()));
    let in_the_meantime = async {
        while ward.node.service.watch.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        amina.presses("Next").await.presses("Next").await.reads("Security info");
        ward.waits(A_WHILE);
        let mut elsewhere = ward.person(AMINA);
        elsewhere.is_asked_in_the_app().await;
    };
    let ((status, heard), ()) = tokio::join!(phone.says("requests", json!({ "wait": 25 })), in_the_meantime);
    assert_eq!((status, &heard["requests"][0]["what_for"]), (StatusCode::OK, &json!("sign-in")), "{heard}");
    stop.cancel();
    watch.await.unwrap();
}

#[rstest]
#[tokio::test]
async fn no_and_a_wrong_number_end_a_request(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.has_added_app(&mut phone).await;
    ward.waits(A_WHILE);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.is_asked_in_the_app().await;
    let request = phone.request().await;
    let (status, answer) = phone.refuses(&request).await;
    assert_eq!((status, &answer["result"]), (StatusCode::OK, &json!("refused")));
    elsewhere.presses("Continue").await.reads("The request was refused");
    assert_eq!(phone.approves(&request, "00").await, (StatusCode::GONE, json!({ "error": "over" })));

    ward.waits(1);
    elsewhere.presses("Send it again").await.reads("Approve the request in your app");
    let wrong = another_number(&number_on(&elsewhere.browser));
    let request = phone.request().await;
    assert_eq!(
        phone.approves(&request, &wrong).await,
        (StatusCode::CONFLICT, json!({ "error": "wrong-number" }))
    );
    elsewhere.presses("Continue").await.reads("The number was not the right one");
    assert_eq!(ward.db.count("activity", "kind = 'approval-refused'").await, 2);

    ward.waits(1);
    elsewhere.presses("Send it again").await.reads("Approve the request in your app");
    ward.waits(119);
    let request = phone.request().await;
    let number = number_on(&elsewhere.browser);
    ward.waits(1);
    assert_eq!(phone.approves(&request, &number).await.0, StatusCode::GONE, "too late");
    elsewhere.presses("Continue").await.reads("The request has expired");
    assert!(phone.requests().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn only_the_phone_that_was_asked_answers_and_only_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben) = (ward.person(AMINA), ward.person(BEN));
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    ben.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let (mut hers, mut second, mut his) = (ward.app_phone(), ward.app_phone(), ward.app_phone());
    amina.has_added_app(&mut hers).await;
    ward.waits(1);
    amina.has_added_app(&mut second).await;
    ben.has_added_app(&mut his).await;
    ward.waits(A_WHILE);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.is_asked_in_the_app().await;
    let number = number_on(&elsewhere.browser);
    let request = hers.request().await;
    for stranger in [&second, &his] {
        assert!(stranger.requests().await.is_empty());
        assert_eq!(stranger.approves(&request, &number).await.0, StatusCode::GONE);
    }
    // Another key in her phone's name.
    let mut forger = ward.app_phone();
    forger.app.device.clone_from(&hers.app.device);
    assert_eq!(
        forger.approves(&request, &number).await,
        (StatusCode::UNAUTHORIZED, json!({ "error": "wrong-signature" }))
    );
    // Signed for another service.
    hers.app.audience = "https://elsewhere.example".to_owned();
    assert_eq!(hers.approves(&request, &number).await.0, StatusCode::UNAUTHORIZED);
    hers.app.audience = ward.setup.public_url.to_owned();
    // A hundred answers at once: one counts.
    let answers = futures::future::join_all((0..50).map(|_| hers.approves(&request, &number))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::OK).count(), 1);
    elsewhere.presses("Continue").await.says("How you sign in");
}

#[rstest]
#[tokio::test]
async fn what_was_signed_is_taken_once_and_in_its_time(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.has_added_app(&mut phone).await;
    let jws = phone.app.says("requests", &json!({ "wait": 0 }), ward.clock.now());
    assert_eq!(ward.hears("requests", &jws).await.0, StatusCode::OK);
    assert_eq!(ward.hears("requests", &jws).await, (StatusCode::CONFLICT, json!({ "error": "replayed" })));
    assert_eq!(ward.hears("leave", &jws).await, (StatusCode::BAD_REQUEST, json!({ "error": "bad-request" })));
    for (ahead, status) in [
        (300, StatusCode::OK),
        (-300, StatusCode::OK),
        (301, StatusCode::UNAUTHORIZED),
        (-301, StatusCode::UNAUTHORIZED),
    ] {
        phone.app.ahead = ahead;
        let (got, answer) = phone.says("requests", json!({ "wait": 0 })).await;
        assert_eq!(got, status, "{answer}");
        if status == StatusCode::UNAUTHORIZED {
            assert_eq!(answer, json!({ "error": "clock", "now": ward.clock.now().as_second() }));
        }
    }
    for nonsense in ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(ward.hears("requests", nonsense).await.0, StatusCode::BAD_REQUEST);
    }
}

#[rstest]
#[tokio::test]
async fn a_qr_code_enrols_one_phone_and_a_new_phone_ends_the_old(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let (mut old, mut new) = (ward.app_phone(), ward.app_phone());
    amina.adds("Authenticator app").await.presses("Next").await.presses("Next").await;
    assert_eq!(old.scans(&amina.browser).await.0, StatusCode::OK);
    assert_eq!(new.scans(&amina.browser).await, (StatusCode::GONE, json!({ "error": "enrol-over" })));
    assert_eq!(new.enrols("abcd efgh").await.0, StatusCode::GONE);
    amina.presses("Next").await.reads("Let’s try it out");
    old.approves_as_shown(&amina.browser).await;
    amina.presses("Next").await.presses("Next").await.reads("Security info");
    amina.follows("Change Authenticator app").await;
    amina.presses("Next").await;
    amina.sets_up_app(&mut new).await;
    assert_eq!(ward.db.count("sign_in_method", "kind = 'approval'").await, 1);
    assert_eq!(
        old.says("requests", json!({})).await,
        (StatusCode::FORBIDDEN, json!({ "error": "unknown-device" }))
    );
    // Removed in the app: the method goes, and she is told.
    assert_eq!(new.says("leave", json!({})).await.0, StatusCode::OK);
    assert_eq!(ward.db.count("sign_in_method", "kind = 'approval'").await, 0);
    assert_eq!(new.says("leave", json!({})).await.0, StatusCode::FORBIDDEN);
}

#[rstest]
#[tokio::test]
async fn three_refusals_pause_requests_for_an_hour_and_other_ways_go_on(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.has_added_app(&mut phone).await;
    ward.waits(A_WHILE);
    let told = ward.subjects_to(AMINA.email).await.len();
    let mut attacker = ward.person_elsewhere(AMINA);
    attacker.is_asked_in_the_app().await;
    for again in 0..3 {
        if again > 0 {
            ward.waits(1);
            attacker.presses("Send it again").await;
        }
        phone.refuses(&phone.request().await).await;
        attacker.presses("Continue").await.reads("The request was refused");
    }
    attacker.presses("Send it again").await.says("so we send no more to the app for up to an hour");
    assert_eq!(ward.subjects_to(AMINA.email).await.len(), told + 1, "every channel is told");
    let (_, answer) = phone.says("requests", json!({})).await;
    assert_eq!(answer["paused_until"], json!(ward.clock.now().as_second() + 3_600));
    attacker.opens("/sign-in/waiting").await.reads("The request was refused");

    // She signs in by the code of the app, which forgets nothing of the pause.
    let mut elsewhere = ward.person(AMINA);
    elsewhere.gives_password(AMINA.password).await.reads("We have not sent a request to your app");
    elsewhere.follows("Use a code from the app instead").await.reads("Open your authenticator app");
    ward.waits(3_600);
    let mut later = ward.person(AMINA);
    later.is_asked_in_the_app().await;
    phone.approves_as_shown(&later.browser).await;
    later.presses("Continue").await.says("How you sign in");
}

#[rstest]
#[tokio::test]
async fn five_unanswered_requests_pause_them(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.has_added_app(&mut phone).await;
    ward.waits(A_WHILE);
    let mut attacker = ward.person_elsewhere(AMINA);
    attacker.is_asked_in_the_app().await;
    for _ in 0..4 {
        ward.waits(120);
        attacker.presses("Send it again").await.reads("Approve the request in your app");
    }
    ward.waits(120);
    attacker.presses("Send it again").await.says("so we send no more to the app for up to an hour");
    assert_eq!(ward.db.count("audit", "event LIKE '%approvals_paused%'").await, 1);
    assert!(phone.requests().await.is_empty());
}

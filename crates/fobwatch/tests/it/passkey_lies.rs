//! What is wrong with an answer, in the order of Web Authentication, level 3, sections 7.1 (making) and 7.2 (using).

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use rstest::rstest;
use serde_json::json;
use testkit::{SaysHandle, SoftAuthenticator};

const OVER: &str = "You took longer than 5 minutes";
const REFUSED: &str = "your device did not make sure that it is you";

/// What the device or the browser does wrong, and the word for it.
type Lie = (&'static str, fn(&mut SoftAuthenticator), &'static str);

/// 7.1, steps 9 to 15, and 7.2, steps 12 to 17.
const LIES: [Lie; 6] = [
    (
        "a page with another address asks",
        |device| device.origin = "https://fobwatch.example".into(),
        "elsewhere",
    ),
    ("a page on another port asks", |device| device.origin.push_str(":8443"), "elsewhere"),
    ("a page in a foreign frame asks", |device| device.cross_origin = true, "elsewhere"),
    ("it is for another website", |device| device.rp_id = Some("elsewhere.example".into()), "elsewhere"),
    ("nobody touched it", |device| device.present = false, "not-verified"),
    ("nobody unlocked it", |device| device.verified = false, "not-verified"),
];

#[rstest]
#[tokio::test]
async fn a_lie_while_a_passkey_is_made_is_refused_and_the_question_is_used_up(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info/passkeys/add").await;
    let form = amina.passkey_form();
    for (what, lie, why) in LIES {
        let question = amina.fetches_the_question(&form).await;
        let mut device = ward.device();
        lie(&mut device);
        let answer = device.makes_a_passkey(&question);
        amina.answers(&form, &answer).await.is_told(REFUSED);
        amina.answers(&form, &answer).await.is_told(OVER);
        let heard = ward.db.count("audit", &format!("event LIKE '%passkey_refused%{why}%'")).await;
        assert!(heard > 0, "{what}");
    }
    assert_eq!(ward.db.count("passkey", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_lie_while_a_passkey_is_used_is_refused_and_its_owner_sees_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_, mut device) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let more: [Lie; 5] = [
        ("it does not say whose it is", |device| device.says_handle = SaysHandle::Nothing, "owner"),
        (
            "it says that it is another's",
            |device| device.says_handle = SaysHandle::Another(vec![7; 32]),
            "owner",
        ),
        ("it has become one that may be copied", |device| device.synced = true, "kind"),
        ("it has been used as often before", |device| device.count = Some(0), "count"),
        ("it has stopped to count", |device| device.count = None, "count"),
    ];
    let mut browser = ward.browser();
    browser.opens("/sign-in").await;
    let form = browser.passkey_form();
    for (what, lie, why) in LIES.into_iter().chain(more) {
        let before = ward.refused_for(why).await;
        let honest =
            (device.origin.clone(), device.count.map(|count| count + 10), device.present, device.verified);
        lie(&mut device);
        let question = browser.fetches_the_question(&form).await;
        let answer = device.uses_a_passkey(&question);
        browser.answers(&form, &answer).await.is_told(REFUSED);
        browser.answers(&form, &answer).await.is_told(OVER);
        assert_eq!(ward.refused_for(why).await, before + 1, "{what}");
        (device.origin, device.count, device.present, device.verified) = honest;
        (device.rp_id, device.cross_origin, device.synced) = (None, false, false);
        device.says_handle = SaysHandle::ItsOwn;
    }
    assert_eq!(ward.db.count("session", "1 = 1").await, 1);
    // The same device is taken when it is honest again.
    browser.signs_in_with_a_passkey(&mut device).await.reads("Good morning, Amina");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn of_a_copy_of_a_passkey_its_owner_is_told_by_every_channel(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_, mut device) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    ward.browser().signs_in_with_a_passkey(&mut device).await.reads("Good morning, Amina");
    device.count = Some(1);
    ward.browser().signs_in_with_a_passkey(&mut device).await.is_told(REFUSED);
    ward.has_told(AMINA, "A passkey was refused, because there may be a copy of it").await;
    assert_eq!(ward.db.count("audit", "event LIKE '%passkey_refused%count%'").await, 1);
}

#[rstest]
#[tokio::test]
async fn whoever_signs_nothing_raises_no_alarm(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_, mut device) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let mut browser = ward.browser();
    browser.opens("/sign-in").await;
    let form = browser.passkey_form();
    device.count = Some(0);
    let question = browser.fetches_the_question(&form).await;
    let answer = device.uses_a_passkey(&question);
    let mut forged: serde_json::Value = serde_json::from_str(&answer).unwrap();
    forged["response"]["signature"] = json!("AAAA");
    let before = ward.subjects_to(AMINA.email).await.len();
    browser.answers(&form, &forged.to_string()).await.is_told(REFUSED);
    assert_eq!(ward.refused_for("signature").await, 1);
    assert_eq!(ward.subjects_to(AMINA.email).await.len(), before);
}

#[rstest]
#[tokio::test]
async fn a_passkey_of_somebody_else_confirms_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    ward.waits(60);
    let (_, mut bens) = ward.person_with_a_passkey(BEN, Factor::TextMessage).await;
    let mut knows_her_password = ward.person(AMINA);
    knows_her_password.gives_password(AMINA.password).await.reads("Check your phone");
    knows_her_password.opens("/sign-in/method").await;
    ward.waits(600);
    amina.opens("/security-info/passkeys/add").await.reads("Confirm that it is you");
    for browser in [&mut knows_her_password.browser, &mut amina.browser] {
        let form = browser.passkey_form();
        let mut question = browser.fetches_the_question(&form).await;
        assert_eq!(question["allowCredentials"].as_array().unwrap().len(), 1);
        // A browser that does not heed which passkeys are allowed.
        question["allowCredentials"] = json!([]);
        let answer = bens.uses_a_passkey(&question);
        browser.answers(&form, &answer).await.is_told(REFUSED);
    }
    assert_eq!(ward.refused_for("owner").await, 2);
    knows_her_password.opens("/home").await.reads("Sign in");
    amina.opens("/security-info/passkeys/add").await.reads("Confirm that it is you");
}

#[rstest]
#[tokio::test]
async fn an_answer_for_one_thing_is_none_for_another(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut device) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    // Asked in one session, answered in another one of hers.
    let mut second = ward.person_elsewhere(AMINA);
    second.signs_in_with_a_passkey(&mut device).await.reads("Good morning, Amina");
    second.opens("/security-info/passkeys/add").await;
    amina.opens("/security-info/passkeys/add").await;
    let form = amina.passkey_form();
    let question = amina.fetches_the_question(&form).await;
    let answer = ward.device().makes_a_passkey(&question);
    second.answers(&form, &answer).await.is_told(OVER);
    // Asked in order to sign in, answered to confirm; and a passkey that is used answers no question for a new one.
    ward.waits(600);
    amina.opens("/security-info/passkeys/add").await.reads("Confirm that it is you");
    let confirm = amina.passkey_form();
    let mut browser = amina.browser.opens_a_tab();
    browser.cookies.remove("fobwatch-session");
    browser.opens("/sign-in").await;
    let sign_in = browser.passkey_form();
    let question = browser.fetches_the_question(&sign_in).await;
    let answer = device.uses_a_passkey(&question);
    amina.answers(&confirm, &answer).await.is_told(OVER);
    amina.answers(&confirm, "").await.is_told(REFUSED);
    amina.answers(&confirm, "{\"rawId\":\"AAAA\"}").await.is_told(REFUSED);
    browser.answers(&sign_in, &answer).await.reads("Good morning, Amina");
    browser.opens("/security-info/passkeys/add").await;
    let form = browser.passkey_form();
    let mut question = browser.fetches_the_question(&form).await;
    question["rpId"] = question["rp"]["id"].clone();
    question["allowCredentials"] = json!([]);
    let answer = device.uses_a_passkey(&question);
    browser.answers(&form, &answer).await.is_told(REFUSED);
    assert_eq!(ward.db.count("passkey", "1 = 1").await, 1);
}

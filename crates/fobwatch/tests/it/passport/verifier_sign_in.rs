//! *Sign in with your staff passport*, as guide 000 tells it.

use super::verifier::{APP, IPHONE, OPEN_WALLET, PRESS};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn somebody_scans_the_qr_code_shows_the_access_key_and_types_the_code_from_the_phone(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.person_elsewhere(AMINA), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    desk.says("Northfield Hospitals");
    let question = phone.scans(&link).await;
    desk.reloads().await.reads("Your QR code has been scanned");
    let (status, answer) = phone.posts_answer(&question, wallet.answer(&question, &ward)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    phone.opens(&super::verifier::path_of(answer["redirect_uri"].as_str().unwrap())).await;
    phone.reads("Type this code where you started").says("fobwatch.example").says("198.51.100.0/24");
    let digits = phone.digits();
    desk.opens("/sign-in/passport").await.reads("Enter the code from your phone");
    desk.fills("Verification code", &digits).presses("Continue").await;
    desk.is_asked_another_time().await.reads("Good morning, Amina");
    assert_eq!(ward.db.count("activity", "kind = 'signed-in' AND detail = 'passport'").await, 1);
    assert_eq!(ward.db.count("audit", "event LIKE '%\"signed_in\"%\"passport\"%'").await, 1);
    assert_eq!(ward.db.count("session", "began_by = 'passport' AND proved_at IS NULL").await, 1);
    phone.opens("/home").await;
    assert_eq!(phone.page.url, "/sign-in", "the phone is not signed in");
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn the_page_says_how_it_stands_and_a_new_qr_code_takes_the_place_of_the_old_one() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    let first = desk.asks_for_the_passport().await;
    desk.presses("Continue").await.says("We are still waiting for your wallet");
    ward.waits(180);
    desk.reloads().await.reads("The QR code has expired");
    desk.presses("Get a new QR code").await.reads("Sign in with your staff passport");
    let second = desk.qr_link();
    assert_ne!(first, second);
    assert_eq!(phone.fetches(&first).await.0, StatusCode::BAD_REQUEST);
    let question = phone.scans(&second).await;
    // *Cancel and return to QR code*.
    desk.reloads().await.presses("Cancel and return to QR code").await;
    desk.reads("Sign in with your staff passport");
    let (status, _) = phone.posts_answer(&question, wallet.answer(&question, &ward)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "what was cancelled is not answered");
    let link = desk.qr_link();
    let question = phone.scans(&link).await;
    let no = format!("error=access_denied&state={}", question.claims["state"].as_str().unwrap());
    let (status, answer) = phone.posts_answer(&question, no).await;
    assert_eq!((status, answer), (StatusCode::OK, serde_json::json!({})));
    desk.reloads().await.reads("The request was declined in the wallet");
    assert_eq!(ward.db.count("session", "1 = 1").await, 0);
}

#[tokio::test]
async fn with_several_organisations_the_person_chooses_whose_access_key_they_have() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    ward.also_serves("STH", "Southmere Community Trust").await;
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    desk.opens("/sign-in").await;
    desk.presses(PRESS).await.says("Who gave you your access key?");
    desk.chooses("Northfield Hospitals").presses("Continue").await.says("Northfield Hospitals");
    let back = phone.shares(&wallet, &desk.qr_link(), &ward).await;
    desk.opens(&back).await.reads("Your access key is accepted");
    desk.presses("Continue").await;
    assert!(desk.page.url.starts_with('/') && desk.page.url != "/sign-in/passport", "{}", desk.page.shown());
    assert_eq!(ward.db.count("session", "began_by = 'passport'").await, 1);
}

#[tokio::test]
async fn a_limited_session_confirms_once_and_goes_on_as_any_other() {
    let ward = Ward::new(Sqlite).await;
    let (amina, wallet) = ward.amina_with_a_passport().await;
    let mut desk = ward.person(AMINA);
    desk.seed.clone_from(&amina.seed);
    let mut phone = ward.phone_browser();
    let link = desk.asks_for_the_passport().await;
    let back = phone.shares(&wallet, &link, &ward).await;
    desk.opens(&back).await.presses("Continue").await;
    desk.is_asked_another_time().await.reads("Good morning, Amina");
    ward.waits(60);
    desk.opens("/security-info/passkeys/add").await;
    desk.confirms().await.reads("Create a passkey");
}

#[tokio::test]
async fn on_a_phone_the_button_comes_first() {
    let ward = Ward::new(Sqlite).await;
    let mut phone = ward.phone_browser();
    phone.asks_for_the_passport().await;
    let iphone = [IPHONE];
    let get = axum::http::Method::GET;
    let (_, _, html) = phone.sends(&get, "/sign-in/passport", None, &iphone).await.unwrap();
    assert!(html.contains(OPEN_WALLET) && !html.contains("<svg class=\"fw-qr__code\""), "{html}");
    let (_, _, html) = phone.sends(&get, "/sign-in/passport?qr=yes", None, &iphone).await.unwrap();
    assert!(html.contains("<svg class=\"fw-qr__code\""));
    let (_, _, html) = phone.sends(&get, "/sign-in/passport", None, &[]).await.unwrap();
    assert!(html.contains("<svg class=\"fw-qr__code\""), "a desktop shows the code at once");
}

#[tokio::test]
async fn its_owner_is_told_by_email_of_a_sign_in_on_a_new_device_and_not_of_the_next_one_there() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.person_elsewhere(AMINA), ward.phone_browser());
    for _ in 0..2 {
        let link = desk.asks_for_the_passport().await;
        let back = phone.shares(&wallet, &link, &ward).await;
        desk.opens(&back).await.presses("Continue").await;
        desk.is_asked_another_time().await.presses("Sign out").await;
    }
    ward.delivers().await;
    let mails = ward.mailbox.messages_to(AMINA.email);
    let told = mails.iter().filter(|mail| format!("{mail:?}").contains("used to sign in on a new device"));
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn whoever_has_an_account_signs_in_by_password_as_before() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, _wallet) = ward.amina_with_a_passport().await;
    amina.signs_in(APP).await;
    assert_eq!(ward.db.count("session", "began_by IS NULL").await, 1);
}

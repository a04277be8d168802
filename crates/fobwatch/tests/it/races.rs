//! Many at once: one wins.

use crate::browser::{Browser, Gone};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::{WARD_NETWORK, Ward};
use axum::http::{Method, StatusCode};
use rstest::rstest;

/// A hundred tabs send this form at the same moment, on every node by turns; answers each status and where it led.
pub async fn a_hundred_at_once(
    ward: &Ward,
    browser: &Browser,
    form: &(String, String),
) -> Vec<(StatusCode, String, Browser)> {
    let other = ward.another_node().await;
    let tabs = (0..100).map(|number| {
        let mut tab = browser.opens_a_tab();
        let node = if number % 2 == 0 { &ward.node } else { &other };
        tab.is_led_to(node.line(WARD_NETWORK));
        let (url, body) = form.clone();
        tokio::spawn(async move {
            let (status, headers, _) = tab.sends(&Method::POST, &url, Some(body), &[]).await?;
            let led_to =
                headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
            Ok::<_, Gone>((status, led_to, tab))
        })
    });
    futures::future::join_all(tabs).await.into_iter().map(|answer| answer.unwrap().unwrap()).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_tries_of_one_code_prove_an_address_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    let code = amina.reads_the_mail().await;
    amina.fills("Verification code", &code);
    let form = amina.would_send("Verify Code");
    for (status, ..) in a_hundred_at_once(&ward, &amina.browser, &form).await {
        assert!(!status.is_server_error(), "{status}");
    }
    let proved = ward.db.count("audit", "event LIKE '%email_verified%'").await;
    assert_eq!(proved, 1);
    amina.opens("/join/code").await.reads("Choose a password and give your details");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_tries_of_the_last_code_make_one_account(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Factor::TextMessage, Factor::AuthenticatorApp)] factor: Factor,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(factor).await;
    let code = amina.factor_code(factor).await;
    amina.fills("Verification code", &code);
    let form = amina.would_send("Verify Code");
    for (status, ..) in a_hundred_at_once(&ward, &amina.browser, &form).await {
        assert!(!status.is_server_error(), "{status}");
    }
    assert_eq!(ward.db.count("account", "1 = 1").await, 1);
    assert_eq!(ward.db.count("sign_in_method", "1 = 1").await, 1);
    let subjects = ward.subjects_to(AMINA.email).await;
    let welcomes = subjects.iter().filter(|subject| subject.contains("has been created"));
    assert_eq!(welcomes.count(), 1);
    amina.opens("/join/verified").await.says("Your second step for signing in is set up");
    amina.signs_in(factor).await;
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_tries_of_one_code_make_one_session(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Factor::TextMessage, Factor::AuthenticatorApp)] factor: Factor,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(factor).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(factor).await;
    amina.fills("Verification code", &code);
    let form = amina.would_send("Verify Code");
    let answers = a_hundred_at_once(&ward, &amina.browser, &form).await;
    assert!(answers.iter().all(|(status, ..)| !status.is_server_error()));
    let home: Vec<_> = answers.iter().filter(|(_, led_to, _)| led_to == "/home").collect();
    assert_eq!(home.len(), 1, "one of them is signed in");
    assert_eq!(ward.db.count("session", "1 = 1").await, 1);
    let signed_in = answers.iter().filter(|(.., tab)| tab.cookies.contains_key("fobwatch-session"));
    assert_eq!(signed_in.count(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_people_with_one_roster_entry_one_joins_and_the_other_is_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let other_node = ward.another_node().await;
    let mut one = ward.person(AMINA);
    one.comes_to_the_second_factor().await.sets_up(Factor::AuthenticatorApp).await;
    let mut other = ward.person_elsewhere(AMINA);
    other.is_led_to(other_node.line("203.0.113.9"));
    other.comes_to_the_second_factor().await.sets_up(Factor::AuthenticatorApp).await;
    let (one_code, other_code) =
        (one.factor_code(Factor::AuthenticatorApp).await, other.factor_code(Factor::AuthenticatorApp).await);
    tokio::join!(one.types(&one_code), other.types(&other_code));
    assert_eq!(ward.db.count("account", "1 = 1").await, 1);
    let (winner, loser) =
        if one.page.status.is_success() { (&mut one, &mut other) } else { (&mut other, &mut one) };
    winner.reads("Your authenticator app is verified");
    loser.is_refused("FW-1109").says("There is already an account");
    loser.opens("/join/second-factor/app").await;
    winner.signs_in(Factor::AuthenticatorApp).await;
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn who_comes_later_with_the_same_roster_entry_is_told_at_the_details() {
    let ward = Ward::new(Sqlite).await;
    let mut late = ward.person_elsewhere(AMINA);
    late.proves_the_address().await;
    ward.waits(60);
    ward.person(AMINA).joins(Factor::TextMessage).await;
    late.gives_details().await.is_refused("FW-1109");
    late.follows("Sign in").await.reads("Sign in");
}

//! *Confirm that it is you*: a fresh proof before something sensitive.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, SINEAD};
use crate::ward::Ward;
use rstest::rstest;

const APP: Factor = Factor::AuthenticatorApp;
const CONFIRM: &str = "/confirm?next=%2Factivity";

#[rstest]
#[tokio::test]
async fn a_proof_is_fresh_for_ten_minutes_and_then_both_steps_are_asked_for_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    ward.waits(10 * 60 - 1);
    amina.opens(CONFIRM).await.reads("Recent activity");
    ward.waits(1);
    amina.opens(CONFIRM).await.reads("Confirm that it is you");
    let mut stolen = amina.opens_a_tab();
    amina.fills("Password", AMINA.password).presses("Continue").await;
    amina.reads("Open your authenticator app");
    assert!(!amina.page.text().contains("Do not ask for a code"), "{}", amina.page.shown());
    let code = amina.factor_code(APP).await;
    amina.types(&code).await.reads("Recent activity").says("Confirmed again who is there");
    // A cookie that was copied before the proof is worth nothing after it.
    stolen.opens("/home").await.is_refused("FW-1204");
    assert_eq!(ward.db.count("session", "ended_at IS NULL").await, 1, "it is the same session");
    ward.waits(10 * 60 - 1);
    amina.opens(CONFIRM).await.reads("Recent activity");
    ward.waits(1);
    amina.opens(CONFIRM).await.reads("Confirm that it is you");
}

#[tokio::test]
async fn a_wrong_password_confirms_nothing_and_is_counted_as_at_sign_in() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    ward.waits(600);
    amina.opens(CONFIRM).await;
    amina.presses("Continue").await.is_told("Enter your password");
    for _ in 0..4 {
        amina.fills("Password", "a wrong password").presses("Continue").await;
        amina.is_told("The password is not correct");
    }
    amina.fills("Password", AMINA.password).presses("Continue").await.is_told("you can try again in");
    ward.waits(60);
    amina.opens(CONFIRM).await;
    amina.fills("Password", AMINA.password).presses("Continue").await.reads("Open your authenticator app");
    let wrong = crate::codes::another_than(&amina.factor_code(APP).await);
    amina.types(&wrong).await.is_told("The code is not correct");
    amina.opens(CONFIRM).await.reads("Confirm that it is you");
}

#[rstest]
#[tokio::test]
async fn the_way_back_leads_nowhere_but_into_this_service(
    #[values("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "")]
    next: &str,
) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    amina.opens(&format!("/confirm?{query}")).await;
    assert_eq!(amina.page.url, "/home");
}

#[tokio::test]
async fn somebody_elses_second_step_confirms_nothing() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    let mut sinead = ward.person(SINEAD);
    sinead.joins(APP).await;
    ward.waits(600);
    // Sinéad's sign-in under way, in the browser in which Amina is signed in.
    sinead.gives_password(SINEAD.password).await;
    let cookie = sinead.cookies["fobwatch-sign-in"].clone();
    amina.cookies.insert("fobwatch-sign-in".into(), cookie);
    amina.opens("/sign-in/code").await;
    let code = sinead.factor_code(APP).await;
    amina.types(&code).await.reads("Good morning, Sinéad");
    assert_eq!(ward.db.count("session", "proved_at IS NOT NULL AND ended_at IS NULL").await, 2);
    amina.opens("/home").await.reads("Good morning, Sinéad");
}

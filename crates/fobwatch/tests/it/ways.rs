//! By which name and by which means a person signs in.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, Person, SINEAD};
use crate::ward::Ward;
use rstest::rstest;
use store::role::Role;

const APP: Factor = Factor::AuthenticatorApp;
const TEXT: Factor = Factor::TextMessage;
const REMEMBER: &str = "Do not ask for a code in this browser for 30 days";
const WRONG: &str = "The email address, staff number or password is not correct";

async fn gives(visitor: &mut Visitor<'_>, user_name: &str, password: &str) {
    visitor.opens("/sign-in").await;
    visitor
        .fills("Email address or staff number", user_name)
        .fills("Password", password)
        .presses("Sign in")
        .await;
}

#[rstest]
#[tokio::test]
async fn a_staff_number_is_a_user_name_unless_two_people_have_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    const AMINA: Person = Person { staff_number: "20456789", ..crate::people::AMINA };
    let ward = Ward::new(kind).await;
    ward.roster_becomes(&[AMINA, SINEAD]).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await;
    ward.person(SINEAD).joins(APP).await;
    gives(&mut amina, " 20456789 ", AMINA.password).await;
    amina.reads("Open your authenticator app");
    gives(&mut amina, "2045678", AMINA.password).await;
    amina.is_told(WRONG);
    ward.roster_becomes(&[AMINA, Person { staff_number: "20456789", ..SINEAD }]).await;
    for password in [AMINA.password, SINEAD.password] {
        gives(&mut amina, "20456789", password).await;
        amina.is_told(WRONG);
        ward.waits(60);
    }
    gives(&mut amina, AMINA.email, AMINA.password).await;
    amina.reads("Open your authenticator app");
}

#[rstest]
#[tokio::test]
async fn a_browser_is_spared_the_second_step_for_thirty_days_and_not_a_second_more(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(TEXT).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(TEXT).await;
    amina.chooses(REMEMBER);
    amina.types(&code).await.reads("Good morning, Amina");
    amina.presses("Sign out").await;
    let month = 30 * 24 * 3_600;
    ward.waits(month - 1);
    amina.gives_password(AMINA.password).await;
    assert_eq!(amina.page.url, "/home");
    amina.presses("Sign out").await;
    // The password alone renews nothing.
    ward.waits(1);
    amina.gives_password(AMINA.password).await.reads("Check your phone");
    // Nobody else's password is spared in this browser, and no other browser for this password.
    let mut elsewhere = ward.person_elsewhere(AMINA);
    elsewhere.gives_password(AMINA.password).await.reads("Check your phone");
}

#[rstest]
#[tokio::test]
async fn whoever_has_a_role_in_the_console_is_asked_every_time(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(APP).await;
    amina.chooses(REMEMBER);
    amina.types(&code).await.reads("Good morning, Amina");
    amina.presses("Sign out").await;
    let account = amina.account().await;
    let mut tx = ward.store().begin().await.unwrap();
    tx.give_role(account, Role::ServiceDesk, None, ward.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
}

#[rstest]
#[tokio::test]
async fn another_way_is_chosen_when_the_phone_is_not_at_hand(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(TEXT).await;
    amina.also_has(APP).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await.reads("Check your phone");
    amina.follows("Use another way to sign in").await.reads("How do you want to sign in?");
    amina.chooses("Authenticator app").presses("Continue").await;
    amina.reads("Open your authenticator app");
    let texted = amina.factor_code(TEXT).await;
    amina.types(&texted).await.is_told("The code is not correct");
    let code = amina.factor_code(APP).await;
    amina.types(&code).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn a_way_that_is_none_of_hers_is_no_way(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut sinead = ward.person(SINEAD);
    sinead.joins(TEXT).await;
    let hers = sinead.also_has(APP).await;
    let mut amina = ward.person(AMINA);
    amina.joins(TEXT).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    for method in [hers.to_string(), String::new(), "00000000-0000-0000-0000-000000000000".into()] {
        amina.posts(("/sign-in/method".into(), format!("method={method}"))).await;
        amina.is_told("Select how you want to sign in");
    }
    let code = amina.factor_code(TEXT).await;
    amina.opens("/sign-in/code").await;
    amina.types(&code).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn without_any_method_the_code_goes_to_the_address_of_record(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await;
    ward.db.tell("DELETE FROM sign_in_method").await;
    amina.gives_password(AMINA.password).await.reads("Check your email");
    let code = amina.factor_code(Factor::Email).await;
    amina.types(&code).await.is_asked_another_time().await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn a_disabled_account_is_refused_after_both_proofs_and_its_sessions_are_dead(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    let account = amina.account().await;
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.disable_account(account, "number-not-allowed", ward.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    amina.opens("/home").await.is_refused("FW-1204");
    ward.waits(60);
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
    let code = amina.factor_code(APP).await;
    amina.types(&code).await.is_refused("FW-1206");
    assert!(!amina.is_signed_in().await);
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.enable_account(account).await.unwrap());
    tx.commit().await.unwrap();
    amina.signs_in(APP).await;
}

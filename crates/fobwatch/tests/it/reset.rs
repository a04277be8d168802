//! *Forgotten password* and *Unlock my account*: rules, section 2.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::forgetting::{AGAIN, CHOOSE, HOW, NEW_PASSWORD, RESET, UNLOCK};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;

const WRONG: &str = "The email address, staff number or password is not correct";

#[rstest]
#[tokio::test]
async fn a_password_is_reset_by_text_message_or_app_and_the_second_factor_stays(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Factor::TextMessage, Factor::AuthenticatorApp)] factor: Factor,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(factor).await;
    ward.waits(3600);
    amina.asks_to(RESET).await.reads(HOW);
    amina.proves_by(factor).await.sets(NEW_PASSWORD).await.reads("Your password is reset");
    amina.presses("Sign in").await.reads("Sign in");
    assert!(!amina.is_signed_in().await, "a reset signs nobody in");
    amina.gives_password(AMINA.password).await.is_told(WRONG);
    ward.waits(60);
    ward.delivers().await;
    amina.gives_password(NEW_PASSWORD).await;
    assert_eq!(amina.page.url, "/sign-in/code", "the second factor is asked for");
    let code = amina.factor_code(factor).await;
    amina.types(&code).await.reads("Good morning, Amina");
    assert_eq!(ward.db.count("sign_in_method", "1 = 1").await, 1, "no factor came or went");
    assert_eq!(ward.audited("password_reset").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_reset_ends_sessions_and_what_was_begun_and_tells_everybody(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut at_the_ward = ward.person(AMINA);
    at_the_ward.joins(Factor::TextMessage).await;
    // One browser is signed in and remembered, another has given the password and has a code on its way.
    ward.waits(60);
    at_the_ward.gives_password(AMINA.password).await;
    let code = at_the_ward.factor_code(Factor::TextMessage).await;
    at_the_ward.chooses("Do not ask for a code in this browser for 30 days");
    at_the_ward.types(&code).await.reads("Good morning, Amina");
    ward.waits(60);
    let mut thief = ward.person_elsewhere(AMINA);
    thief.gives_password(AMINA.password).await.reads("Check your phone");
    let stolen = thief.factor_code(Factor::TextMessage).await;
    ward.waits(60);
    let mut other_reset = ward.person_elsewhere(AMINA);
    other_reset.asks_to(RESET).await.reads(HOW);

    let mut at_home = ward.person(AMINA);
    at_home.asks_to(RESET).await.reads(HOW);
    at_home.proves_by(Factor::TextMessage).await.sets(NEW_PASSWORD).await.reads("Your password is reset");

    at_the_ward.opens("/home").await.is_refused("FW-1204");
    thief.types(&stolen).await.is_refused("FW-1203");
    other_reset.reloads().await.is_refused("FW-1302");
    at_the_ward.gives_password(NEW_PASSWORD).await.reads("Check your phone");
    let subjects = ward.subjects_to(AMINA.email).await;
    assert!(subjects.iter().any(|subject| subject.contains("A change to your account")), "{subjects:?}");
    let texts = ward.phone.texts_to(AMINA.mobile);
    assert!(texts.iter().any(|text| text.body.contains("Your password was reset")));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn an_account_that_is_locked_is_free_after_a_reset_or_an_unlocking(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(RESET, UNLOCK)] what: &str,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let mut elsewhere = ward.person_elsewhere(AMINA);
    for number in 0..10 {
        elsewhere.gives_password("a wrong password").await.is_told(WRONG);
        ward.waits(if number < 9 { 61 } else { 0 });
    }
    elsewhere.gives_password(AMINA.password).await.is_told("you can try again in 15 minutes");
    elsewhere.asks_to(what).await.reads(HOW);
    elsewhere.proves_by(Factor::TextMessage).await;
    let password = if what == RESET {
        elsewhere.sets(NEW_PASSWORD).await.reads("Your password is reset");
        NEW_PASSWORD
    } else {
        elsewhere.reads("Your account is unlocked");
        assert_eq!(ward.audited("account_unlocked").await, 1);
        assert!(amina.is_signed_in().await, "sessions stay");
        AMINA.password
    };
    elsewhere.signs_in_with(password, Factor::TextMessage).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn two_proofs_are_asked_for_where_the_organisation_or_a_role_says_so(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(true, false)] by_role: bool,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.also_has(Factor::TextMessage).await;
    if by_role {
        amina.is_at_the_service_desk().await;
    } else {
        ward.rules_become(r#"{"reset-gates": "2"}"#).await;
    }
    amina.asks_to(RESET).await.reads(HOW);
    amina.proves_by(Factor::AuthenticatorApp).await.reads(AGAIN).says("needs one more");
    assert!(!amina.page.text().contains("Authenticator app"), "what was proved is not offered again");
    assert!(!amina.page.text().contains("Email"), "the mailbox is not offered beside a phone");
    amina.opens("/reset/password").await.reads(AGAIN);
    amina.proves_by(Factor::TextMessage).await.sets(NEW_PASSWORD).await.reads("Your password is reset");
    assert!(amina.has_password(NEW_PASSWORD).await);
}

#[tokio::test]
async fn the_mailbox_is_the_second_proof_where_there_is_no_other_and_never_the_first() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.is_at_the_service_desk().await;
    amina.asks_to(RESET).await.reads(HOW);
    assert!(!amina.page.text().contains("Email"), "{}", amina.page.shown());
    amina.proves_by(Factor::TextMessage).await.reads(AGAIN);
    amina.goes_by(Factor::Email).await.reads("Check your email");
    let code = amina.factor_code(Factor::Email).await;
    amina.types(&code).await.reads(CHOOSE);
}

#[rstest]
#[tokio::test]
async fn a_recovery_code_is_one_proof_and_asks_for_another(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.has_a_recovery_code("abcde-23456").await;
    amina.asks_to(RESET).await.reads(HOW);
    amina.follows("Use a recovery code").await.reads("Use a recovery code");
    amina
        .fills("Recovery code", "abcde-23457")
        .presses("Continue")
        .await
        .is_told("not one of your recovery codes");
    amina.fills("Recovery code", "abcde-23456").presses("Continue").await.reads(AGAIN);
    assert!(!amina.page.text().contains("recovery code"), "one paper is not two proofs");
    amina.opens("/reset/recovery-code").await.reads(AGAIN);
    amina.proves_by(Factor::TextMessage).await.reads(CHOOSE);
    // Used once is used up, in another reset too.
    let mut again = ward.person_elsewhere(AMINA);
    again.asks_to(RESET).await.follows("Use a recovery code").await;
    again.fills("Recovery code", "abcde-23456").presses("Continue").await.is_told("has been used before");
}

#[rstest]
#[tokio::test]
async fn a_password_that_cannot_be_taken_says_why_and_loses_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    amina.asks_to(RESET).await.reads(HOW);
    amina.proves_by(Factor::AuthenticatorApp).await.reads(CHOOSE);
    for (password, why) in [
        ("", "Enter a password"),
        ("short", "must be 12 characters or more"),
        ("Amina over seven rivers", "must not contain your name"),
        (AMINA.password, "This is the password that you have now"),
    ] {
        amina.fills("New password", password).presses("Set new password").await.is_told(why);
    }
    amina.fills("New password", NEW_PASSWORD).presses("Set new password").await;
    amina.reads("Your password is reset");
}

#[tokio::test]
async fn a_staff_number_serves_as_user_name_and_another_way_can_be_chosen() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.also_has(Factor::TextMessage).await;
    ward.db
        .tell("UPDATE roster_entry SET esr_number = '20417733' WHERE email = 'amina.khan@northfield.example'")
        .await;
    amina.asks_to_as(RESET, " 20417733 ").await.reads(HOW).says("ending in 23");
    ward.waits(60);
    amina.goes_by(Factor::AuthenticatorApp).await.reads("Open your authenticator app");
    amina.follows("Use another way").await.reads(HOW);
    amina.goes_by(Factor::TextMessage).await.reads("Check your phone");
    ward.waits(31);
    amina.presses("Send New Code").await.says("We have sent a new code");
    let code = amina.factor_code(Factor::TextMessage).await;
    amina.types(&code).await.reads(CHOOSE);
}

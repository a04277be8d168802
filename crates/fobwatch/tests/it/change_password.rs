//! Another password for somebody who is signed in.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::forgetting::NEW_PASSWORD;
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn who_changes_the_password_stays_signed_in_here_and_nowhere_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let mut at_home = ward.person_elsewhere(AMINA);
    at_home.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info/password").await.reads("Change your password");
    let copied = amina.opens_a_tab();
    amina.fills("Current password", "a wrong password").fills("New password", NEW_PASSWORD);
    amina.presses("Change password").await.is_told("The password is not correct");
    amina.presses("Change password").await.is_told("Enter your password");
    amina.is_told("Enter a password");
    for (password, why) in
        [("short", "12 characters or more"), (AMINA.password, "the password that you have now")]
    {
        amina.fills("Current password", AMINA.password).fills("New password", password);
        amina.presses("Change password").await.is_told(why);
    }
    amina.fills("Current password", AMINA.password).fills("New password", NEW_PASSWORD);
    amina.presses("Change password").await.reads("Change your password");
    amina.says("Your password has been changed");
    assert!(amina.is_signed_in().await);
    at_home.opens("/home").await.is_refused("FW-1204");
    let mut copied = copied;
    copied.opens("/home").await.is_refused("FW-1204");
    ward.delivers().await;
    let texts = ward.phone.texts_to(AMINA.mobile);
    assert!(texts.iter().any(|text| text.body.contains("Your password was changed")));
    assert!(at_home.has_password(NEW_PASSWORD).await);
    assert_eq!(ward.audited("password_changed").await, 1);
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn changing_it_asks_for_a_fresh_proof() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    ward.waits(10 * 60);
    amina.opens("/security-info/password").await.reads("Confirm that it is you");
    amina.fills("Password", AMINA.password).presses("Continue").await;
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.reads("Change your password");
    let mut nobody = ward.browser();
    nobody.opens("/security-info/password").await.reads("Sign in");
}

//! Who has no method that resets a password is asked at sign-in, and may put it off a few times.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::AMINA;
use crate::security_info::NEW_NUMBER;
use crate::ward::Ward;
use rstest::rstest;

const ASKED: &str = "Set up a way to reset your password";
const NOT_NOW: &str = "Not now, ask me again next time";

/// Signs in by e-mail at a new browser, as far as the page after it.
async fn comes_in<'w>(ward: &'w Ward, put_offs: &str) -> Visitor<'w> {
    ward.waits(120);
    ward.db.tell(&format!("UPDATE organisation SET policy = '{{\"put-offs\": \"{put_offs}\"}}'")).await;
    let mut amina = ward.person(AMINA);
    amina.gives_password(AMINA.password).await.reads("Check your email");
    let code = amina.factor_code(Factor::Email).await;
    amina.types(&code).await;
    amina
}

#[rstest]
#[tokio::test]
async fn setting_up_can_be_put_off_as_often_as_the_organisation_says(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(0, 1, 3)] put_offs: usize,
) {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::Email).await;
    let policy = put_offs.to_string();
    for left in (1..=put_offs).rev() {
        let mut amina = comes_in(&ward, &policy).await;
        let times = if left == 1 { "time" } else { "times" };
        amina.reads(ASKED).says(&format!("You can put this off {left} more {times}."));
        // Going elsewhere first is no way around it.
        for page in ["/home", "/security-info", "/security-info/recovery-codes"] {
            amina.opens(page).await.reads(ASKED);
        }
        let form = amina.would_send(NOT_NOW);
        amina.posts(form.clone()).await.reads("Good morning, Amina");
        // Pressed twice it counts once, and nobody is asked twice in a session.
        amina.posts(form).await.reads("Good morning, Amina");
        amina.opens("/security-info").await.reads("Security info");
    }
    let mut amina = comes_in(&ward, &policy).await;
    amina.reads(ASKED).says("it comes before anything else");
    assert!(!amina.page.text().contains(NOT_NOW));
    amina.posts(("/security-info/set-up-due".into(), String::new())).await.reads(ASKED);
    amina.opens("/home").await.reads(ASKED);
    amina.follows("Help and contact").await.says("Help");
    amina.opens("/home").await.presses("Sign out").await.reads("Sign in").says("You have signed out");
    assert_eq!(ward.db.count("account", &format!("put_off = {put_offs}")).await, 1);
}

#[rstest]
#[tokio::test]
async fn who_sets_a_method_up_is_not_asked_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::Email).await;
    let mut other = comes_in(&ward, "0").await;
    let mut amina = comes_in(&ward, "0").await;
    amina.reads(ASKED);
    // It can wait for a fresh proof, too.
    ward.waits(10 * 60);
    amina.presses("Set up now").await.reads("Confirm that it is you");
    amina.fills("Password", AMINA.password).presses("Continue").await.reads("Check your email");
    let code = amina.factor_code(Factor::Email).await;
    amina.types(&code).await.reads("Add a method");
    // A phone for contact is none.
    amina.chooses("Office phone").presses("Add").await;
    amina.fills("Office phone number", "020 7946 0123").presses("Next").await.reads("Office phone saved");
    amina.presses("Done").await.reads(ASKED);
    amina.presses("Set up now").await;
    amina.chooses("Phone").presses("Add").await;
    let code = amina.enters_number(NEW_NUMBER).await;
    amina.enters_code(&code).await.reads("SMS verified");
    amina.presses("Done").await.reads("Security info");
    amina.opens("/home").await.reads("Good morning, Amina");
    other.opens("/home").await.reads("Good morning, Amina");
    comes_in(&ward, "0").await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn who_has_a_method_for_resets_is_never_asked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Factor::TextMessage, Factor::AuthenticatorApp)] factor: Factor,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(factor).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(factor).await;
    amina.types(&code).await.reads("Good morning, Amina");
    amina.opens("/security-info/set-up-due").await.reads("Good morning, Amina");
}

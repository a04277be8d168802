//! Guide 003 from its first step to its last, and on to the home page.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, Person, SINEAD, YU};
use crate::ward::{Setup, Ward};
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn a_member_of_staff_joins_by_the_guide_and_signs_in(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Factor::Email, Factor::TextMessage, Factor::AuthenticatorApp)] factor: Factor,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);

    amina.asks_for_a_code().await.reads("Check your email");
    amina.says(AMINA.email).says("junk or spam folder");
    let code = amina.reads_the_mail().await;
    amina.types(&code).await;
    amina.reads("Choose a password and give your details").says("All fields are mandatory");
    amina.gives_details().await;
    amina.reads("Choose your second step for signing in");
    assert_eq!(ward.db.count("account", "1 = 1").await, 0);
    amina.sets_up(factor).await;
    assert_eq!(ward.db.count("account", "1 = 1").await, 0, "not active before the last code");
    let code = amina.factor_code(factor).await;
    amina.types(&code).await;
    assert!(amina.page.heading().ends_with("is verified"));
    assert_eq!(ward.db.count("account", "1 = 1").await, 1);

    amina.presses("Continue").await.reads("Your account is ready");
    assert!(!amina.cookies.contains_key("fobwatch-session"), "nobody is silently signed in");
    amina.chooses("Login to Fobwatch").presses("Continue").await.reads("Sign in");
    ward.waits(60);
    amina
        .fills("Email address or staff number", AMINA.email)
        .fills("Password", AMINA.password)
        .presses("Sign in")
        .await;
    let code = amina.factor_code(factor).await;
    amina.types(&code).await.is_asked_another_time().await;
    amina
        .reads("Good morning, Amina")
        .says("This is the first time that you have signed in.")
        .says(factor.words());

    ward.waits(3 * 3600);
    let mut later = ward.person(AMINA);
    later.seed = amina.seed.clone();
    later.signs_in(factor).await;
    later.reads("Good afternoon, Amina").says("You last signed in at 22 November 2026 at 10:0");

    let subjects = ward.subjects_to(AMINA.email).await;
    assert!(subjects.contains(&"Your account with Fobwatch has been created".to_owned()));
    ward.audit_is_whole().await;
}

#[rstest]
#[case::apostrophes_and_accents_as_the_employer_has_them(SINEAD)]
#[case::apostrophes_and_accents_as_a_keyboard_has_them(Person { first_name: "Sinead", last_name: "O’Brien Zolkowska", ..SINEAD })]
#[case::names_of_one_letter(YU)]
#[case::names_in_capitals(Person { first_name: "AMINA", last_name: "KHAN", ..AMINA })]
#[case::names_with_spaces_around(Person { first_name: " Amina ", last_name: "  Khan ", ..AMINA })]
#[case::an_address_in_capitals(Person { email: "Amina.KHAN@Northfield.Example", ..AMINA })]
#[tokio::test]
async fn everybody_can_join(#[case] who: Person) {
    let ward = Ward::new(Sqlite).await;
    let mut person = ward.person(who);
    person.joins(Factor::TextMessage).await;
    person.signs_in(Factor::TextMessage).await;
    assert!(person.page.heading().starts_with(&format!("Good morning, {}", who.first_name.trim())));
}

#[tokio::test]
async fn the_code_can_be_pasted_with_spaces_and_hyphens() {
    let ward = Ward::new(Sqlite).await;
    for (who, joint) in [(AMINA, " "), (SINEAD, "-"), (YU, "\u{a0}")] {
        let mut person = ward.person(who);
        person.asks_for_a_code().await;
        let code = person.reads_the_mail().await;
        let pasted = format!(" {}{joint}{} ", &code[..3], &code[3..]);
        person.types(&pasted).await.reads("Choose a password and give your details");
    }
}

#[tokio::test]
async fn the_back_button_leads_nowhere_wrong() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    amina.opens("/join/code").await.reads("Choose your second step for signing in");
    amina.opens("/join/email").await.reads("Choose your second step for signing in");
    // Details can be given again as long as there is no account.
    amina.opens("/join/details").await;
    amina.gives_details().await.reads("Choose your second step for signing in");
    amina.sets_up(Factor::TextMessage).await;
    let code = amina.factor_code(Factor::TextMessage).await;
    // Another method after all, and back again: the code that was sent stays good.
    amina.opens("/join/second-factor").await;
    amina.chooses("Text message").presses("Continue").await;
    amina.opens("/join/second-factor/code").await;
    if amina.page.heading() == "Verify your mobile phone" {
        amina.fills("Mobile phone number", AMINA.mobile).presses("Send Code").await;
    }
    amina.reads("Check your phone");
    amina.types(&code).await.says("is set up");
    for step in ["/join/code", "/join/details", "/join/second-factor", "/join/second-factor/text"] {
        amina.opens(step).await.reads("Your mobile phone is verified");
    }
}

#[rstest]
#[tokio::test]
async fn a_posted_page_can_be_loaded_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_join().await;
    amina.fills("Email address", AMINA.email);
    let send_code = amina.would_send("Send Code");
    amina.posts(send_code.clone()).await.reads("Check your email");
    amina.posts(send_code).await.reads("Check your email");
    assert_eq!(ward.subjects_to(AMINA.email).await.len(), 1, "one press, one message");

    let code = amina.reads_the_mail().await;
    amina.fills("Verification code", &code);
    let verify = amina.would_send("Verify Code");
    amina.posts(verify.clone()).await.reads("Choose a password and give your details");
    amina.posts(verify).await.reads("Choose a password and give your details");

    amina.fills_in_details();
    let details = amina.would_send("Continue");
    amina.posts(details.clone()).await.reads("Choose your second step for signing in");
    amina.posts(details).await.reads("Choose your second step for signing in");

    amina.chooses("Text message").presses("Continue").await;
    amina.fills("Mobile phone number", AMINA.mobile);
    let send_code = amina.would_send("Send Code");
    amina.posts(send_code.clone()).await.reads("Check your phone");
    amina.posts(send_code).await.reads("Check your phone");
    let code = ward.texted_code(AMINA.mobile).await;
    assert_eq!(ward.phone.texts().len(), 1);

    amina.fills("Verification code", &code);
    let verify = amina.would_send("Verify Code");
    amina.posts(verify.clone()).await.reads("Your mobile phone is verified");
    amina.posts(verify).await.reads("Your mobile phone is verified");
    assert_eq!(ward.db.count("account", "1 = 1").await, 1);
}

#[tokio::test]
async fn two_tabs_of_one_browser_get_along() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    let mut other_tab = amina.opens_a_tab();
    let code = amina.reads_the_mail().await;
    amina.types(&code).await.reads("Choose a password and give your details");
    // The other tab still shows the page for the code.
    other_tab.fills("Verification code", &code).presses("Verify Code").await;
    other_tab.reads("Choose a password and give your details");
    amina.gives_details().await;
    other_tab.opens("/join").await.reads("Your registration is not finished");
    other_tab.presses("Continue").await.reads("Choose your second step for signing in");
    amina.sets_up(Factor::TextMessage).await;
    other_tab.chooses("Authenticator app").presses("Continue").await;
    other_tab.reads("Set up your authenticator app");
    // The first tab's code belongs to a method that was chosen no longer: the page says where the person is.
    let code = amina.factor_code(Factor::TextMessage).await;
    amina.fills("Verification code", &code).presses("Verify Code").await;
    assert_eq!(ward.db.count("account", "1 = 1").await, 0);
    let seed = crate::guide::seed_on(&other_tab);
    let code = vault::totp::code_at(&seed, ward.clock.now()).expose().clone();
    other_tab.fills("Verification code", &code).presses("Verify Code").await;
    other_tab.reads("Your authenticator app is verified");
    amina.opens("/join/second-factor").await.reads("Your authenticator app is verified");
}

#[tokio::test]
async fn where_no_texts_can_be_sent_nobody_is_offered_any() {
    let ward = Ward::with(Setup { texts: false, ..Setup::on(Sqlite) }).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    assert!(!amina.page.html.contains("Text message"));
    amina.opens("/join/second-factor/text").await.reads("Choose your second step for signing in");
    let forged = ("/join/second-factor/text".to_owned(), "number=07700900123".to_owned());
    amina.posts(forged).await.reads("Choose your second step for signing in");
    assert_eq!(ward.db.count("outbox", "channel = 'text'").await, 0);
}

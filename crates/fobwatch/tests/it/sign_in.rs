//! Signing in with password and second factor, and what keeps guessers out without keeping people out.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, STRANGER};
use crate::ward::{Setup, Ward};
use rstest::rstest;
use rules::limits::SIGN_IN_CODES_PER_HOUR;
use std::pin::pin;
use vault::{HashSettings, Hasher, Secret, SystemRandom, Verdict};

const WRONG: &str = "The email address, staff number or password is not correct";
const PAUSED: &str = "you can try again in";

#[rstest]
#[tokio::test]
async fn wrong_passwords_slow_down_and_then_pause_for_a_while(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::AuthenticatorApp).await;
    let mut amina = ward.person(AMINA);
    let pauses = [0, 0, 0, 2, 4, 8, 16, 32, 60, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900, 1800];
    for (number, pause) in pauses.into_iter().enumerate() {
        amina.gives_password("a wrong password").await.is_told(WRONG);
        assert_eq!(
            amina.page.value("Email address or staff number"),
            AMINA.email,
            "what was typed is not lost"
        );
        if pause == 0 {
            continue;
        }
        let hashes = ward.node.service.hasher.hashes_done();
        for wait in [0, pause - 1] {
            ward.waits(wait);
            amina.gives_password(AMINA.password).await.is_told(PAUSED);
            assert_eq!(amina.page.status.as_u16(), 429);
        }
        assert_eq!(ward.node.service.hasher.hashes_done(), hashes, "a refused try costs no hash");
        ward.waits(1);
        assert_eq!(ward.db.count("session", "1 = 1").await, 0, "after try {number}");
    }
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
    // The right password has made up for all of them.
    amina.gives_password("a wrong password").await.is_told(WRONG);
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
}

#[rstest]
#[tokio::test]
async fn a_strangers_failures_keep_nobody_out_who_comes_from_elsewhere(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.presses("Sign out").await;
    let mut elsewhere = ward.person_elsewhere(AMINA);
    let mut beside_her = ward.person(AMINA);
    for stranger in [&mut elsewhere, &mut beside_her] {
        for _ in 0..4 {
            stranger.gives_password("a wrong password").await;
        }
        stranger.gives_password(AMINA.password).await.is_told(PAUSED);
    }
    // Her own browser is known, wherever the stranger is.
    amina.signs_in(Factor::TextMessage).await.reads("Good morning, Amina");
    // And a browser of hers that is not known is in another network than the stranger.
    let mut at_home = ward.person(AMINA);
    at_home.browser = ward.browser_from("2001:db8:77::1");
    at_home.signs_in(Factor::TextMessage).await;
}

#[tokio::test]
async fn a_known_browser_of_one_person_opens_no_way_around_the_pause_of_another() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.presses("Sign out").await;
    for _ in 0..4 {
        guesses(&mut amina.browser, STRANGER.email).await.is_told(WRONG);
    }
    guesses(&mut amina.browser, STRANGER.email).await.is_told(PAUSED);
    amina.cookies.clear();
    guesses(&mut amina.browser, STRANGER.email).await.is_told(PAUSED);
}

async fn guesses<'b>(browser: &'b mut Browser, user_name: &str) -> &'b Browser {
    browser.opens("/sign-in").await;
    browser
        .fills("Email address or staff number", user_name)
        .fills("Password", "a wrong password")
        .presses("Sign in")
        .await
}

#[rstest]
#[tokio::test]
async fn a_code_of_an_app_is_never_taken_twice_and_may_be_one_step_off(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    let at_joining = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.gives_password(AMINA.password).await;
    amina.types(&at_joining).await.is_told("The code is not correct");

    ward.waits(30);
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    let mut over_her_shoulder = ward.person(AMINA);
    over_her_shoulder.gives_password(AMINA.password).await;
    amina.types(&code).await.reads("Good morning, Amina");
    over_her_shoulder.types(&code).await.is_told("The code is not correct");
    assert_eq!(ward.db.count("session", "1 = 1").await, 1);

    // Typed just after the app went on to the next one.
    ward.waits(30);
    let previous = amina.factor_code(Factor::AuthenticatorApp).await;
    ward.waits(30);
    over_her_shoulder.types(&previous).await.reads("Good morning, Amina");
    let mut late = ward.person(AMINA);
    ward.waits(30);
    let old = amina.factor_code(Factor::AuthenticatorApp).await;
    late.gives_password(AMINA.password).await;
    ward.waits(60);
    late.types(&old).await.is_told("The code is not correct");
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    late.types(&code).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn wrong_codes_of_an_app_are_counted_across_sign_ins(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let wrong = crate::codes::another_than(&amina.factor_code(Factor::AuthenticatorApp).await);
    for _ in 0..5 {
        amina.types(&wrong).await.is_told("The code is not correct");
    }
    let right = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&right).await.is_told("a wrong code too many times");
    let mut again = ward.person(AMINA);
    again.gives_password(AMINA.password).await;
    again.types(&right).await.is_told("a wrong code too many times");
    ward.waits(15 * 60);
    let right = amina.factor_code(Factor::AuthenticatorApp).await;
    again.types(&right).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn who_guesses_codes_of_an_app_all_day_is_stopped_and_its_owner_is_told_and_not_kept_out(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    let told = async || {
        let subjects = ward.subjects_to(AMINA.email).await;
        subjects.iter().filter(|subject| *subject == "A change to your account with Fobwatch").count()
    };
    let before = told().await;
    for _ in 0..20 {
        let mut guesser = ward.person(AMINA);
        guesser.gives_password(AMINA.password).await;
        for _ in 0..5 {
            assert_eq!(ward.audited("codes_guessed").await, 0);
            let wrong = crate::codes::another_than(&amina.factor_code(Factor::AuthenticatorApp).await);
            guesser.types(&wrong).await.is_told("The code is not correct");
        }
        ward.waits(15 * 60);
    }
    assert_eq!(ward.audited("codes_guessed").await, 1);
    assert_eq!(told().await, before + 1);
    let mut guesser = ward.person(AMINA);
    guesser.gives_password(AMINA.password).await;
    let right = amina.factor_code(Factor::AuthenticatorApp).await;
    guesser.types(&right).await.is_told("Too many wrong codes were entered for your account today");
    // Where its owner has signed in before they do so still.
    amina.signs_in(Factor::AuthenticatorApp).await;
    ward.waits(24 * 60 * 60);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.gives_password(AMINA.password).await;
    let right = amina.factor_code(Factor::AuthenticatorApp).await;
    elsewhere.types(&right).await.reads("Good afternoon, Amina");
    assert_eq!(told().await, before + 1);
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn a_session_ends_after_thirty_minutes_of_silence() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    for _ in 0..3 {
        ward.waits(30 * 60 - 1);
        assert!(amina.is_signed_in().await);
    }
    ward.waits(30 * 60);
    amina.opens("/home").await.is_refused("FW-1204");
    amina.follows("Sign in").await.reads("Sign in");
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_in_any_case() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    for _ in 0..36 {
        assert!(amina.is_signed_in().await);
        ward.waits(20 * 60);
    }
    assert!(!amina.is_signed_in().await);
    amina.is_refused("FW-1204");
}

#[rstest]
#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let mut copied = amina.opens_a_tab();
    amina.presses("Sign out").await.reads("Sign in").says("You have signed out");
    assert!(!amina.cookies.contains_key("fobwatch-session"));
    copied.opens("/home").await.is_refused("FW-1204");
    // Pressed again in a tab that still shows the page.
    let mut stale = copied;
    stale.posts(("/sign-out".into(), String::new())).await.reads("Sign in");
}

#[tokio::test]
async fn who_is_signed_in_is_led_home_from_the_sign_in_page() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    for page in ["/sign-in", "/"] {
        amina.opens(page).await.reads("Good morning, Amina");
    }
}

#[tokio::test]
async fn between_password_and_code_there_is_half_an_hour() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    amina.gives_password(AMINA.password).await;
    ward.waits(30 * 60 - 1);
    amina.reloads().await.reads("Open your authenticator app");
    ward.waits(1);
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.is_refused("FW-1203");
    amina.follows("Sign in").await.reads("Sign in");
}

#[rstest]
#[tokio::test]
async fn a_person_who_is_quick_gets_every_code(#[values(Factor::Email, Factor::TextMessage)] factor: Factor) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    amina.chooses(factor.words()).presses("Continue").await;
    if factor == Factor::TextMessage {
        amina.fills("Mobile phone number", AMINA.mobile);
    }
    amina.presses("Send Code").await;
    let first = amina.factor_code(factor).await;
    amina.types(&first).await.says("is set up");
    amina.presses("Continue").await;
    amina.chooses("Login to Fobwatch").presses("Continue").await;
    amina.fills("Email address or staff number", AMINA.email).fills("Password", AMINA.password);
    amina.presses("Sign in").await;
    let second = amina.factor_code(factor).await;
    assert_ne!(first, second, "the page says that a code was sent, so one was");
    amina.types(&second).await.is_asked_another_time().await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn the_button_pressed_twice_signs_in_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(60);
    amina.opens("/sign-in").await;
    amina.fills("Email address or staff number", AMINA.email).fills("Password", AMINA.password);
    let form = amina.would_send("Sign in");
    amina.posts(form.clone()).await.reads("Check your phone");
    amina.posts(form).await.reads("Check your phone");
    let code = amina.factor_code(Factor::TextMessage).await;
    amina.types(&code).await.reads("Good morning, Amina");
}

#[tokio::test]
async fn when_no_code_can_be_sent_the_page_does_not_say_that_one_was() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.delivers().await;
    let when_joining = ward.phone.texts().len();
    for _ in 0..SIGN_IN_CODES_PER_HOUR.at_most {
        ward.waits(31);
        let mut browser = ward.person(AMINA);
        browser.gives_password(AMINA.password).await.reads("Check your phone");
    }
    ward.waits(31);
    let mut browser = ward.person(AMINA);
    browser.gives_password(AMINA.password).await;
    ward.delivers().await;
    let sent = ward.phone.texts().len() - when_joining;
    assert_eq!(sent, usize::try_from(SIGN_IN_CODES_PER_HOUR.at_most).unwrap());
    assert!(!browser.page.text().contains("We have sent"), "{}", browser.page.shown());
    assert!(browser.page.errors().contains("We have not sent a code"), "{}", browser.page.shown());
}

/// Where a password is hashed.
#[derive(Debug, Clone, Copy)]
enum Hashing {
    AtSignIn,
    AtJoining,
}

#[rstest]
#[tokio::test]
async fn no_connection_is_held_while_a_password_is_hashed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Hashing::AtSignIn, Hashing::AtJoining)] hashing: Hashing,
) {
    let ward =
        Ward::with(Setup { connections: 1, memory_kib: 65_536, passes: 16, at_once: 1, ..Setup::on(kind) })
            .await;
    let mut amina = ward.person(AMINA);
    let button = match hashing {
        Hashing::AtSignIn => {
            amina.joins(Factor::AuthenticatorApp).await.opens("/sign-in").await;
            amina.fills("Email address or staff number", AMINA.email).fills("Password", AMINA.password);
            "Sign in"
        }
        Hashing::AtJoining => {
            amina.proves_the_address().await.fills_in_details();
            "Continue"
        }
    };
    // Somebody else's password is being hashed, so this one has to wait for its turn.
    let hasher = ward.node.service.hasher.clone();
    let other = tokio::spawn(async move {
        hasher.hash(&Secret::new("somebody else".to_owned()), &SystemRandom::new()).await
    });
    tokio::task::yield_now().await;
    let before = ward.store().statements_run();
    let mut pressed = pin!(amina.presses(button));
    let mut had_while_it_waited = 0;
    loop {
        tokio::select! {
            biased;
            _ = &mut pressed => break,
            tx = ward.store().begin() => {
                tx.expect("the one connection is free").commit().await.unwrap();
                // Statements of its own have been run, and the hash before it is not done.
                if ward.store().statements_run() > before + 2 && !other.is_finished() {
                    had_while_it_waited += 1;
                }
            }
        }
    }
    assert!(had_while_it_waited > 0, "nobody else had the connection meanwhile");
    other.await.unwrap().unwrap();
}

#[rstest]
#[tokio::test]
async fn a_hash_of_other_settings_is_made_anew_at_the_next_sign_in(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    let password = Secret::new(AMINA.password.to_owned());
    let settings = HashSettings { memory_kib: 32, passes: 2, lanes: 1, at_once: 1, wait: 1 };
    let formerly = Hasher::new(settings, &ward.db.keys).unwrap();
    let old = formerly.hash(&password, &SystemRandom::new()).await.unwrap();
    let before = ward.store().credentials(AMINA.email).await.unwrap().unwrap();
    let mut tx = ward.store().begin().await.unwrap();
    tx.replace_hash(before.account_id, &before.password, &old).await.unwrap();
    tx.commit().await.unwrap();

    amina.gives_password("a wrong password").await.is_told(WRONG);
    assert_eq!(ward.store().credentials(AMINA.email).await.unwrap().unwrap().password, old);
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
    let after = ward.store().credentials(AMINA.email).await.unwrap().unwrap().password;
    let verdict = ward.node.service.hasher.verify(&password, &after).await;
    assert_eq!(verdict, Ok(Verdict::Right { outdated: false }));
}

#[rstest]
#[tokio::test]
async fn a_password_that_is_replaced_while_it_is_being_checked_opens_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with(Setup { memory_kib: 65_536, passes: 16, at_once: 1, ..Setup::on(kind) }).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    let account = amina.account().await;
    amina.opens("/sign-in").await;
    amina.fills("Email address or staff number", AMINA.email).fills("Password", AMINA.password);
    // Somebody else's password is being hashed, so this one has been read and waits for its turn.
    let hasher = ward.node.service.hasher.clone();
    let other = tokio::spawn(async move {
        hasher.hash(&Secret::new("somebody else".to_owned()), &SystemRandom::new()).await
    });
    tokio::task::yield_now().await;
    let before = ward.store().statements_run();
    let mut pressed = pin!(amina.presses("Sign in"));
    loop {
        tokio::select! {
            biased;
            _ = &mut pressed => panic!("it did not wait"),
            tx = ward.store().begin() => {
                let mut tx = tx.unwrap();
                if ward.store().statements_run() > before + 2 {
                    tx.set_password(account, "another", ward.clock.now()).await.unwrap();
                    tx.commit().await.unwrap();
                    break;
                }
                tx.commit().await.unwrap();
            }
        }
    }
    pressed.await.is_told(WRONG);
    other.await.unwrap().unwrap();
    assert_eq!(ward.db.count("sign_in", "1 = 1").await, 0);
}

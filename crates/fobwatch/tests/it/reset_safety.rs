//! What somebody may try with a reset, and what comes of it.

use crate::alike::cost;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::forgetting::{AGAIN, CHOOSE, HOW, NEW_PASSWORD, RESET, UNLOCK};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, BEN, SINEAD, STRANGER, YU};
use crate::races::a_hundred_at_once;
use crate::ward::Ward;
use axum::http::Method;
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn a_reset_lasts_half_an_hour(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(1799, 1800)] after: i64,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    amina.asks_to(RESET).await.proves_by(Factor::AuthenticatorApp).await.reads(CHOOSE);
    ward.waits(after - 60);
    amina.fills("New password", NEW_PASSWORD).presses("Set new password").await;
    if after < 1800 {
        amina.reads("Your password is reset");
    } else {
        amina.is_refused("FW-1302");
        amina.follows("Start again").await.reads("What do you want to do?");
        assert!(amina.has_password(AMINA.password).await);
    }
}

#[rstest]
#[tokio::test]
async fn a_code_for_one_person_does_nothing_for_another(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    let mut ben = ward.person(BEN);
    amina.joins(Factor::TextMessage).await;
    ben.joins(Factor::TextMessage).await;
    ward.waits(60);
    // A code to sign in is none to reset with; neither is one of another reset, nor of another person's.
    amina.gives_password(AMINA.password).await.reads("Check your phone");
    let to_sign_in = amina.factor_code(Factor::TextMessage).await;
    ben.asks_to(RESET).await.goes_by(Factor::TextMessage).await.reads("Check your phone");
    let bens = ben.factor_code(Factor::TextMessage).await;
    let mut earlier = ward.person(AMINA);
    earlier.asks_to(RESET).await.goes_by(Factor::TextMessage).await;
    let of_an_earlier_one = earlier.factor_code(Factor::TextMessage).await;
    ward.waits(31);
    let mut reset = ward.person(AMINA);
    reset.asks_to(RESET).await.goes_by(Factor::TextMessage).await;
    let right = reset.factor_code(Factor::TextMessage).await;
    for code in [to_sign_in, bens, of_an_earlier_one] {
        if code != right {
            reset.types(&code).await.is_told("The code is not correct");
        }
    }
    // The cookie says whose reset it is: what Ben proves, he proves for himself.
    reset.types(&right).await.reads(CHOOSE).says(AMINA.email);
    assert!(!reset.page.text().contains(BEN.email));
}

#[tokio::test]
async fn a_cookie_that_somebody_planted_or_copied_is_worth_nothing_after_a_proof() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    let mut attacker = ward.person_elsewhere(AMINA);
    attacker
        .asks_to(RESET)
        .await
        .goes_by(Factor::AuthenticatorApp)
        .await
        .reads("Open your authenticator app");
    // Her browser has the attacker's cookie, by whatever means.
    let planted = attacker.cookies["fobwatch-reset"].clone();
    amina.cookies.insert("fobwatch-reset".to_owned(), planted.clone());
    amina.opens("/reset/code").await;
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.reads(CHOOSE);
    assert_ne!(amina.cookies["fobwatch-reset"], planted);
    attacker.opens("/reset/password").await.is_refused("FW-1302");
    let proved = amina.cookies["fobwatch-reset"].clone();
    amina.sets(NEW_PASSWORD).await.reads("Your password is reset");
    assert_ne!(amina.cookies["fobwatch-reset"], proved);
}

#[rstest]
#[tokio::test]
async fn a_form_that_is_sent_again_does_nothing_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    amina.asks_to(RESET).await.goes_by(Factor::AuthenticatorApp).await;
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.fills("Verification code", &code);
    let verify = amina.would_send("Verify Code");
    let mut other_tab = amina.opens_a_tab();
    amina.posts(verify.clone()).await.reads(CHOOSE);
    other_tab.posts(verify.clone()).await.is_refused("FW-1302");
    amina.posts(verify).await.reads(CHOOSE);
    amina.fills("New password", NEW_PASSWORD);
    let set = amina.would_send("Set new password");
    let mut other_tab = amina.opens_a_tab();
    amina.posts(set.clone()).await.reads("Your password is reset");
    amina.posts(set.clone()).await.reads("Your password is reset");
    other_tab.posts(set).await.is_refused("FW-1302");
    assert_eq!(ward.audited("password_reset").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_proofs_at_once_have_one_winner(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Factor::TextMessage, Factor::AuthenticatorApp)] factor: Factor,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(factor).await;
    ward.waits(60);
    amina.asks_to(RESET).await.goes_by(factor).await;
    let code = amina.factor_code(factor).await;
    amina.fills("Verification code", &code);
    let form = amina.would_send("Verify Code");
    let answers = a_hundred_at_once(&ward, &amina.browser, &form).await;
    for (status, ..) in &answers {
        assert!(!status.is_server_error(), "{status}");
    }
    assert_eq!(ward.audited("reset_gate_passed").await, 1);
    let (_, _, winner) = answers.into_iter().find(|(_, led_to, _)| led_to == "/reset/password").unwrap();
    let mut winner = Visitor { browser: winner, ..ward.person(AMINA) };
    winner.opens("/reset/password").await.reads(CHOOSE);
    winner.fills("New password", NEW_PASSWORD);
    let form = winner.would_send("Set new password");
    let answers = a_hundred_at_once(&ward, &winner.browser, &form).await;
    for (status, ..) in &answers {
        assert!(!status.is_server_error(), "{status}");
    }
    assert_eq!(ward.audited("password_reset").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn every_user_name_costs_the_same_and_gets_the_same_pages(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::TextMessage).await;
    ward.person(BEN).joins(Factor::AuthenticatorApp).await;
    // Nothing that resets, and an account that may not be used.
    ward.person(YU).joins(Factor::Email).await;
    ward.person(SINEAD).joins(Factor::TextMessage).await.is_disabled().await;
    // One name in eight that nobody has is shown an app for codes alone.
    let strangers: Vec<String> =
        (0..60).map(|number| format!("nobody.{number}@northfield.example")).collect();
    let known = [AMINA, BEN, YU, SINEAD, STRANGER].map(|who| who.email.to_owned());
    let mut begun = Vec::new();
    let (mut by_text, mut by_app) = (Vec::new(), Vec::new());
    for name in known.iter().chain(&strangers) {
        ward.waits(3600);
        let mut person = ward.person(STRANGER);
        person.fills_in_user_name(RESET, name).await;
        begun.push(cost(&ward, &mut person.browser, "Continue").await);
        person.reads(HOW);
        let page = person.page.text();
        if page.contains("We ask you in your app") && !page.contains("Mobile phone") {
            // What our own app costs is compared in `approvals_reset`.
            continue;
        }
        let factor = if person.page.text().contains("Mobile phone") {
            Factor::TextMessage
        } else {
            Factor::AuthenticatorApp
        };
        let seen = if factor == Factor::TextMessage { &mut by_text } else { &mut by_app };
        person.chooses(crate::forgetting::way(factor));
        let chosen = cost(&ward, &mut person.browser, "Continue").await;
        let page = without_digits(&person.page.html);
        person.fills("Verification code", "000000");
        let wrong = cost(&ward, &mut person.browser, "Verify Code").await;
        person.is_told("The code is not correct");
        seen.push((chosen, wrong, page, without_digits(&person.page.html)));
    }
    assert!(begun.iter().all(|cost| *cost == begun[0]), "{begun:#?}");
    assert_eq!(begun[0].hashes, 0);
    for seen in [&by_text, &by_app] {
        assert!(seen.len() >= 2, "no decoy of this kind among {}", strangers.len());
        for one in seen {
            assert_eq!((&one.0, &one.1), (&seen[0].0, &seen[0].1));
            assert!(one.2 == seen[0].2 && one.3 == seen[0].3, "the pages tell them apart");
        }
    }
    assert_eq!(by_text[0].0.messages, 1);
    // The decoys are the same when somebody comes again.
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut person = ward.person_elsewhere(STRANGER);
        person.asks_to_as(UNLOCK, "nobody.3@northfield.example").await.reads(HOW);
        seen.push(person.page.text());
    }
    assert_eq!(seen[0], seen[1]);
    ward.delivers().await;
    assert!(ward.mailbox.messages_to(STRANGER.email).is_empty());
}

/// The page without the last two digits of a number.
fn without_digits(html: &str) -> String {
    html.split("ending in ").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}

#[rstest]
#[tokio::test]
async fn the_owner_of_an_account_that_cannot_be_reset_is_told_once_a_day(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.person(YU).joins(Factor::Email).await;
    ward.person(AMINA).joins(Factor::TextMessage).await.is_disabled().await;
    for person in [YU, AMINA] {
        for _ in 0..3 {
            let mut stranger = ward.person_elsewhere(person);
            stranger.asks_to(RESET).await.reads(HOW);
        }
        let subjects = ward.subjects_to(person.email).await;
        let told =
            subjects.iter().filter(|subject| subject.contains("You cannot reset your password")).count();
        assert_eq!(told, 1, "{subjects:?}");
    }
}

#[tokio::test]
async fn a_disabled_account_is_not_reset_by_a_right_code() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.has_a_recovery_code("abcde-23456").await;
    ward.waits(60);
    let mut under_way = ward.person(AMINA);
    under_way.seed.clone_from(&amina.seed);
    under_way.asks_to(RESET).await.proves_by(Factor::AuthenticatorApp).await;
    // There is a recovery code, but the account may not be used.
    amina.is_disabled().await;
    under_way.reloads().await.is_refused("FW-1206");
    amina.asks_to(RESET).await.follows("Use a recovery code").await;
    amina
        .fills("Recovery code", "abcde-23456")
        .presses("Continue")
        .await
        .is_told("not one of your recovery codes");
}

#[rstest]
#[tokio::test]
async fn a_scanner_that_opens_and_sends_everything_changes_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    amina.asks_to(RESET).await.goes_by(Factor::TextMessage).await;
    ward.delivers().await;
    let before = ward.db.dump(&[]).await;
    let mut scanner = ward.browser_from("203.0.113.50");
    for url in [
        "/reset",
        "/reset/user-name",
        "/reset/user-name?purpose=password",
        "/reset/methods",
        "/reset/code",
        "/reset/code/new",
        "/reset/recovery-code",
        "/reset/start-code",
        "/reset/password",
        "/reset/done",
        "/security-info/password",
    ] {
        for (method, body) in [
            (Method::GET, None),
            (Method::HEAD, None),
            (Method::POST, Some("")),
            (Method::POST, Some("purpose=password")),
        ] {
            let (status, ..) = scanner.sends(&method, url, body.map(str::to_owned), &[]).await.unwrap();
            assert!(!status.is_server_error(), "{method} {url}: {status}");
        }
        // With her cookie nothing is sent or counted by looking, or by forms that nobody filled in.
        for (method, body) in [(Method::GET, None), (Method::POST, Some(""))] {
            if url != "/reset/code/new" {
                let (status, ..) = amina.sends(&method, url, body.map(str::to_owned), &[]).await.unwrap();
                assert!(!status.is_server_error(), "{method} {url}: {status}");
            }
        }
    }
    assert_eq!(before, ward.db.dump(&[]).await);
}

#[tokio::test]
async fn one_telephone_is_one_proof_however_often_it_is_registered() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.also_has(Factor::TextMessage).await;
    amina.is_at_the_service_desk().await;
    amina.asks_to(RESET).await.reads(HOW);
    let forms = amina.page.forms();
    let inputs = forms.iter().flat_map(|form| &form.inputs);
    let choice = inputs.filter(|input| input.choice).map(|input| input.value.clone()).next().unwrap();
    ward.waits(60);
    amina.posts(("/reset/methods".to_owned(), format!("method={choice}"))).await.reads("Check your phone");
    let code = amina.factor_code(Factor::TextMessage).await;
    amina.types(&code).await.reads(AGAIN);
    assert!(!amina.page.text().contains("Mobile phone"), "{}", amina.page.shown());
    amina.says("Email");
}

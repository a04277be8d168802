//! Passkeys: adding one, signing in with it, confirming with it, removing it.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::page::Press;
use crate::people::{AMINA, BEN};
use crate::races::a_hundred_at_once;
use crate::ward::Ward;
use axum::http::Method;
use rstest::rstest;
use testkit::KeyKind;

const OVER: &str = "You took longer than 5 minutes";
const REFUSED: &str = "your device did not make sure that it is you";

#[rstest]
#[tokio::test]
async fn a_passkey_is_added_named_and_signs_in_without_password_and_code(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info/passkeys").await.reads("Your passkeys").says("You have no passkeys.");
    let mut phone = ward.device();
    amina.makes_a_passkey(&mut phone).await.reads("Name your passkey");
    assert_eq!(amina.page.value("Name"), "Passkey");
    amina.fills("Name", "My phone").presses("Save").await.says("Your passkey has been saved");
    amina.says("My phone").says("Only on the device that it was made on").says("Not used yet");
    ward.has_told(AMINA, "A passkey was added").await;

    let mut elsewhere = ward.person_elsewhere(AMINA);
    elsewhere.signs_in_with_a_passkey(&mut phone).await.reads("Good morning, Amina");
    // That was proof enough for what is sensitive.
    elsewhere.opens("/security-info/passkeys/add").await.reads("Create a passkey");
    elsewhere.opens("/security-info/passkeys").await.says("Last used on");
    assert_eq!(ward.db.count("activity", "kind = 'signed-in' AND detail = 'passkey'").await, 1);
    assert_eq!(ward.db.count("audit", "event LIKE '%\"signed_in\"%\"passkey\"%'").await, 1);
    assert_eq!(ward.db.count("device", "1 = 1").await, 2, "this browser is known from now on");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn every_kind_of_key_and_a_copied_passkey_sign_in(
    #[values(KeyKind::P256, KeyKind::Ed25519, KeyKind::Rsa)] makes: KeyKind,
) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let mut phone = ward.device();
    (phone.makes, phone.synced, phone.count) = (makes, true, None);
    amina.adds_a_passkey(&mut phone).await.says("Also on your other devices");
    // One that does not count is as good the third time.
    for _ in 0..3 {
        let mut at_home = ward.person_elsewhere(AMINA);
        at_home.signs_in_with_a_passkey(&mut phone).await.reads("Good morning, Amina");
    }
}

#[rstest]
#[tokio::test]
async fn an_answer_is_taken_for_five_minutes_and_not_a_moment_longer(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    for (seconds, in_time) in [(299, true), (300, false)] {
        let mut browser = ward.browser();
        browser.opens("/sign-in").await;
        let form = browser.passkey_form();
        let question = browser.fetches_the_question(&form).await;
        let answer = phone.uses_a_passkey(&question);
        ward.waits(seconds);
        browser.answers(&form, &answer).await;
        if in_time {
            browser.reads("Good morning, Amina");
        } else {
            browser.is_told(OVER);
        }
    }
    ward.waits(300);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("passkey_ceremony", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn an_answer_is_taken_once_and_only_in_the_browser_that_was_asked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let mut browser = ward.browser();
    browser.opens("/sign-in").await;
    let form = browser.passkey_form();
    let question = browser.fetches_the_question(&form).await;
    let answer = phone.uses_a_passkey(&question);

    let mut thief = ward.browser();
    thief.opens("/sign-in").await;
    thief.answers(&form, &answer).await.is_told(OVER);
    thief.fetches_the_question(&form).await;
    thief.answers(&form, &answer).await.is_told(OVER);

    let mut copied = browser.opens_a_tab();
    browser.answers(&form, &answer).await.reads("Good morning, Amina");
    copied.answers(&form, &answer).await.is_told(OVER);
    assert_eq!(ward.db.count("session", "1 = 1").await, 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_uses_of_one_answer_make_one_session(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let mut browser = ward.browser();
    browser.opens("/sign-in").await;
    let form = browser.passkey_form();
    let question = browser.fetches_the_question(&form).await;
    let filled = Browser::filled(&form, &phone.uses_a_passkey(&question));
    let answers = a_hundred_at_once(&ward, &browser, &filled).await;
    assert!(answers.iter().all(|(status, ..)| !status.is_server_error()));
    assert_eq!(answers.iter().filter(|(_, led_to, _)| led_to == "/home").count(), 1);
    assert_eq!(ward.db.count("session", "1 = 1").await, 2);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_passkey_takes_the_place_of_the_code_after_a_password(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::AuthenticatorApp).await;
    let mut browser = ward.person(AMINA);
    browser.gives_password(AMINA.password).await.reads("Open your authenticator app");
    browser.follows("Use another way to sign in").await.reads("How do you want to sign in?");
    browser.uses_a_passkey(&mut phone).await.reads("Good morning, Amina");
    // Whoever has none is offered none.
    ward.person(BEN).joins(Factor::AuthenticatorApp).await;
    let mut ben = ward.person(BEN);
    ben.gives_password(BEN.password).await.follows("Use another way to sign in").await;
    assert!(!ben.page.html.contains("data-passkey"));
}

#[rstest]
#[tokio::test]
async fn a_passkey_is_a_fresh_proof(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    ward.waits(10 * 60);
    let form = amina.passkey_add_form().await;
    let (status, headers, _) =
        amina.sends(&Method::POST, "/security-info/passkeys/add/question", None, &[]).await.unwrap();
    assert_eq!(status.as_u16(), 303, "without a fresh proof there is no question");
    assert_eq!(headers["location"], "/confirm?next=%2Fsecurity-info%2Fpasskeys%2Fadd");
    assert_eq!(form, None, "nor a form");
    let before = amina.cookies["fobwatch-session"].clone();
    amina.uses_a_passkey(&mut phone).await.reads("Create a passkey");
    assert_ne!(amina.cookies["fobwatch-session"], before, "a cookie that was stolen before is worth nothing");
    assert_eq!(ward.db.count("activity", "kind = 'proved-again' AND detail = 'passkey'").await, 1);
}

impl Browser {
    /// Opens the page for adding one; the address of its form, where the page comes.
    async fn passkey_add_form(&mut self) -> Option<String> {
        self.opens("/security-info/passkeys/add").await;
        (self.page.url == "/security-info/passkeys/add").then(|| self.passkey_form().action)
    }
}

#[rstest]
#[tokio::test]
async fn a_removed_passkey_opens_nothing_and_everybody_is_told(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let remove = amina.page.links().into_iter().find(|link| link.ends_with("/delete")).unwrap();
    let (mut ben, _) = ward.person_with_a_passkey(BEN, Factor::TextMessage).await;
    ben.opens(&remove).await;
    assert_eq!(ben.page.status.as_u16(), 404, "somebody else's is not there");
    ben.posts((remove.clone(), String::new())).await.reads("Your passkeys");
    ben.posts((remove.replace("/delete", "/name"), "name=Mine".to_owned())).await;
    assert_eq!(ben.page.status.as_u16(), 404);
    assert_eq!(ward.db.count("passkey", "name = 'Passkey'").await, 2);

    amina.opens(&remove).await.reads("Delete this passkey?");
    amina.presses("Delete passkey").await.reads("Your passkeys").says("The passkey has been deleted");
    amina.says("You have no passkeys.");
    ward.has_told(AMINA, "A passkey was removed").await;
    let mut browser = ward.browser();
    browser.opens("/sign-in").await;
    assert!(browser.page.html.contains("data-passkey-autofill"));
    browser.uses_a_passkey(&mut phone).await.is_told(REFUSED);
    assert!(!browser.page.html.contains("data-passkey-autofill"), "nothing sends it again by itself");
    assert_eq!(ward.db.count("audit", "event LIKE '%passkey_refused%unknown%'").await, 1);
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn a_passkey_has_a_name_that_its_owner_changes() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, _) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    amina.follows("Change name of Passkey").await.reads("Change the name of a passkey");
    amina.fills("Name", "  ").presses("Save").await.is_told("Enter a name for this passkey");
    amina.fills("Name", &"a".repeat(61)).presses("Save").await.is_told("60 characters or fewer");
    assert_eq!(amina.page.value("Name"), "a".repeat(61));
    amina.fills("Name", "Ward’s <b>key</b>").presses("Save").await.says("Ward’s <b>key</b>");
    assert_eq!(ward.db.count("activity", "kind = 'passkey-changed'").await, 1);
    ward.waits(600);
    amina.follows("Change name of Ward’s <b>key</b>").await.reads("Confirm that it is you");
}

#[tokio::test]
async fn the_browser_is_told_of_those_that_it_has_and_the_same_one_is_not_kept_twice() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    amina.opens("/security-info/passkeys/add").await;
    let form = amina.passkey_form();
    let question = amina.fetches_the_question(&form).await;
    assert_eq!(question["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(question["excludeCredentials"][0]["transports"][0], "internal");
    assert_eq!(question["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(question["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(question["attestation"], "none", "we ask nothing about the device");
    // A device that lies.
    let mut another = ward.device();
    another.next_id = Some(phone.credential_id());
    let answer = another.makes_a_passkey(&question);
    amina.answers(&form, &answer).await.is_told("You have added this passkey before");
    assert_eq!(ward.db.count("passkey", "1 = 1").await, 1);
}

#[tokio::test]
async fn twenty_passkeys_are_enough() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, _) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    amina.opens("/security-info/passkeys/add").await;
    let form = amina.passkey_form();
    for _ in 1..20 {
        let question = amina.fetches_the_question(&form).await;
        let answer = ward.device().makes_a_passkey(&question);
        amina.answers(&form, &answer).await.reads("Name your passkey");
    }
    let (status, ..) = amina.sends(&Method::POST, &form.question, None, &[]).await.unwrap();
    assert!(status.is_client_error(), "{status}");
    assert_eq!(ward.db.count("passkey", "1 = 1").await, 20);
}

#[rstest]
#[tokio::test]
async fn somebody_elses_guesses_at_the_password_do_not_stop_a_passkey(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let mut amina = ward.person(AMINA);
    for _ in 0..5 {
        amina.gives_password("a wrong password").await;
    }
    amina.gives_password(AMINA.password).await.is_told("you can try again in");
    amina.signs_in_with_a_passkey(&mut phone).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn a_disabled_account_is_not_opened_by_a_passkey(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let name = ward.store().credentials(AMINA.email).await.unwrap().unwrap();
    let mut tx = ward.store().begin().await.unwrap();
    tx.disable_account(name.account_id, "number-not-allowed", ward.node.service.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = ward.browser();
    browser.signs_in_with_a_passkey(&mut phone).await.is_refused("FW-1206");
    assert_eq!(ward.db.count("session", "1 = 1").await, 1);
    assert_eq!(ward.db.count("audit", "event LIKE '%disabled_sign_in_refused%'").await, 1);
}

#[tokio::test]
async fn without_scripts_the_password_way_works_and_no_button_leads_nowhere() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, _) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    amina.opens("/security-info/passkeys/add").await.says("Passkeys need JavaScript");
    amina.presses("Sign out").await.reads("Sign in");
    assert!(amina.page.html.contains("<div hidden data-passkey-part=\"able\">"));
    assert!(matches!(amina.page.button("Sign in"), Press::Form(_)));
    amina.signs_in(Factor::TextMessage).await;
}

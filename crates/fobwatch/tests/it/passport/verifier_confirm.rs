//! *Use my wallet* where somebody confirms that it is them: after the password, in the place of a code.

use super::verifier::{APP, Issuing, Wallet};
use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use futures::future::join_all;
use rstest::rstest;
use serde_json::json;

const CONFIRM: &str = "/confirm?next=%2Factivity";
const USE: &str = "Use my wallet";

impl Visitor<'_> {
    /// From an old proof to the QR code: what the button holds.
    async fn comes_to_use_the_wallet(&mut self) -> String {
        self.opens(CONFIRM).await.reads("Confirm that it is you");
        self.fills("Password", AMINA.password).presses("Continue").await.reads("Open your authenticator app");
        self.presses(USE).await.reads("Show your access key to confirm that it is you");
        self.browser.qr_link()
    }

    async fn has_to_confirm(&mut self) -> bool {
        self.opens(CONFIRM).await;
        self.page.heading() == "Confirm that it is you"
    }
}

impl Ward {
    /// Amina, whose proof has grown old, with an access key in a wallet.
    async fn amina_with_an_old_proof(&self) -> (Visitor<'_>, Wallet) {
        let (mut amina, wallet) = self.amina_with_a_passport().await;
        amina.signs_in(APP).await;
        self.waits(600);
        (amina, wallet)
    }
}

/// The wallet shows its access key, and the phone the digits.
async fn digits_on(phone: &mut Browser, wallet: &Wallet, link: &str, ward: &Ward) -> String {
    let back = phone.shares(wallet, link, ward).await;
    phone.opens(&back).await.reads("Type this code where you started");
    phone.says("This is who wants to confirm that it is you");
    phone.digits()
}

#[tokio::test]
async fn when_no_qr_code_can_be_made_the_button_tries_again() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, _wallet) = ward.amina_with_an_old_proof().await;
    amina.opens(CONFIRM).await.fills("Password", AMINA.password).presses("Continue").await;
    ward.keeps_questions(false).await;
    amina.presses(USE).await;
    amina.tries_again().await.reads("Show your access key to confirm that it is you");
}

#[rstest]
#[tokio::test]
async fn after_the_password_the_wallet_confirms_by_the_digits_on_the_phone_and_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, wallet) = ward.amina_with_an_old_proof().await;
    let mut phone = ward.phone_browser();
    let link = amina.comes_to_use_the_wallet().await;
    amina.presses("Continue").await.says("We are still waiting for your wallet.");
    phone.scans(&link).await;
    amina.reloads().await.reads("Your QR code has been scanned");
    let digits = digits_on(&mut phone, &wallet, &link, &ward).await;
    amina.presses("Continue").await.reads("Enter the code from your phone");
    let wrong = if digits == "000000" { "111111" } else { "000000" };
    amina.fills("Verification code", wrong).presses("Continue").await.is_told("2");
    assert_eq!(ward.db.count("activity", "kind = 'factor-wrong' AND detail = 'passport'").await, 1);
    // Of many tabs one confirms, and the cookies that the others have are worth nothing then.
    let form = || ("/confirm/passport/go".to_owned(), format!("code={digits}"));
    let mut tabs: Vec<_> = (0..20).map(|_| amina.opens_a_tab()).collect();
    join_all(tabs.iter_mut().map(|tab| tab.posts(form()))).await;
    assert_eq!(ward.audited("proved_again").await, 1);
    let record = ward.newest_record("proved_again").await;
    assert_eq!(record["kind"], json!("passport"));
    let mut confirmed = 0;
    for tab in &mut tabs {
        confirmed += usize::from(tab.opens(CONFIRM).await.page.heading() == "Recent activity");
    }
    assert_eq!(confirmed, 1);
    assert_eq!(ward.db.count("session", "ended_at IS NULL").await, 1, "it is the same session");
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn on_the_same_device_the_wallet_leads_back_to_the_browser_that_asked() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = ward.amina_with_an_old_proof().await;
    let link = amina.comes_to_use_the_wallet().await;
    let back = ward.phone_browser().shares(&wallet, &link, &ward).await;
    assert!(back.starts_with("/confirm/passport/back") || back.contains("/confirm/passport/back?"), "{back}");
    amina.opens(&back).await.reads("Your access key is accepted").says("to confirm that it is you");
    amina.opens(&back).await.presses("Continue").await.reads("Recent activity");
    amina.says("Confirmed again who is there");
    assert!(!amina.has_to_confirm().await);
    // In another browser it is worth nothing, not even in another session of the same person.
    ward.waits(600);
    let mut elsewhere = ward.person_elsewhere(AMINA);
    elsewhere.seed.clone_from(&amina.seed);
    elsewhere.signs_in(APP).await;
    ward.waits(600);
    elsewhere.comes_to_use_the_wallet().await;
    let link = amina.comes_to_use_the_wallet().await;
    let back = ward.phone_browser().shares(&wallet, &link, &ward).await;
    elsewhere.opens(&back).await.reads("Type this code where you started");
    let code = back.split("response_code=").nth(1).unwrap();
    elsewhere.posts(("/confirm/passport/back".to_owned(), format!("response_code={code}"))).await;
    assert!(elsewhere.has_to_confirm().await && amina.has_to_confirm().await);
}

#[tokio::test]
async fn it_is_never_the_only_proof_after_a_qr_code_and_never_without_the_password() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = ward.amina_with_an_old_proof().await;
    let asked = async || ward.db.count("presentation", "purpose = 'confirm'").await;
    // The password comes first.
    amina.posts(("/confirm/passport".to_owned(), String::new())).await;
    assert_eq!(asked().await, 0, "{}", amina.page.shown());
    // A session that a wallet began.
    let mut desk = ward.person(AMINA);
    desk.seed.clone_from(&amina.seed);
    let link = desk.asks_for_the_passport().await;
    let back = ward.phone_browser().shares(&wallet, &link, &ward).await;
    desk.opens(&back).await.presses("Continue").await;
    desk.is_asked_another_time().await.reads("Good morning, Amina");
    desk.opens(CONFIRM).await.reads("Confirm that it is you");
    desk.fills("Password", AMINA.password).presses("Continue").await.reads("Open your authenticator app");
    assert!(!desk.page.text().contains(USE), "{}", desk.page.shown());
    desk.opens("/sign-in/method").await;
    assert!(!desk.page.text().contains(USE), "{}", desk.page.shown());
    desk.posts(("/confirm/passport".to_owned(), String::new())).await;
    assert_eq!(asked().await, 0, "{}", desk.page.shown());
    assert!(desk.has_to_confirm().await);
    // At sign-in itself there is no such way, either.
    let mut fresh = ward.person(AMINA);
    fresh.opens("/sign-in").await;
    fresh.fills("Email address or staff number", AMINA.email).fills("Password", AMINA.password);
    fresh.presses("Sign in").await.reads("Open your authenticator app");
    assert!(!fresh.page.text().contains(USE), "{}", fresh.page.shown());
}

#[rstest]
#[tokio::test]
async fn an_access_key_of_somebody_else_or_one_that_was_revoked_meanwhile_confirms_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, wallet) = ward.amina_with_an_old_proof().await;
    ward.colleague(BEN).await;
    let bens = ward.issues(ward.account_of(BEN).await, Issuing::default()).await;
    let mut phone = ward.phone_browser();
    for (shown, why) in [(&bens, "not-theirs"), (&wallet, "not-valid")] {
        let link = amina.comes_to_use_the_wallet().await;
        let digits = digits_on(&mut phone, shown, &link, &ward).await;
        if why == "not-valid" {
            let copy = ward.sql_id(wallet.copy_id);
            ward.db.tell(&format!("UPDATE credential_copy SET revoked_at = 1 WHERE id = {copy}")).await;
        }
        amina.posts(("/confirm/passport/go".to_owned(), format!("code={digits}"))).await;
        assert!(amina.page.status.is_client_error(), "{why}: {}", amina.page.shown());
        assert_eq!(ward.newest_record("passport_sign_in_refused").await["why"], json!(why));
        assert!(amina.has_to_confirm().await, "{why}");
    }
    assert_eq!(ward.audited("proved_again").await, 0);
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn its_owner_can_say_on_the_phone_that_they_did_not_start_it() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = ward.amina_with_an_old_proof().await;
    let mut phone = ward.phone_browser();
    let link = amina.comes_to_use_the_wallet().await;
    let digits = digits_on(&mut phone, &wallet, &link, &ward).await;
    phone.presses("I did not start this").await.reads("Nobody was signed in");
    amina.posts(("/confirm/passport/go".to_owned(), format!("code={digits}"))).await;
    amina.reads("The QR code has expired");
    assert_eq!(ward.audited("wallet_answer_disowned").await, 1);
    amina.presses("Get a new QR code").await.reads("Show your access key to confirm that it is you");
    assert!(amina.has_to_confirm().await);
}

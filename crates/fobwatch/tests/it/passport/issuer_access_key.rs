//! The access key: the mobile number is proved, the wallet scans, and the key before it ends.

use super::issuer::{Held, add_page, key, link_on};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::passport::issuer::credential_kind;
use crate::people::AMINA;
use crate::ward::Ward;
use journeys::passport::withdraw::{Ended, revoke};
use openid4vc::jose::Es256Key;
use openid4vc::status_list::Status;
use rstest::rstest;
use rules::passport::RevokeReason;
use serde_json::json;
use store::passport_opt_out::OptOut;

impl Visitor<'_> {
    /// *Collect your access key*, up to the QR code: the link that it holds.
    pub async fn comes_to_collect_the_access_key(&mut self) -> String {
        self.opens("/passport/access-key").await.reads("Collect your access key");
        self.presses("Send Code").await.reads("Enter the code from your phone").says("5 minutes");
        let code = self.wallet_code().await;
        self.fills("Verification code", &code).presses("Continue").await;
        self.reads("Scan the QR code to add your access key");
        link_on(&self.browser)
    }
}

impl Ward {
    /// A wallet takes the access key: what it holds then.
    pub async fn takes_access_key(&self, held: &Held) -> String {
        self.takes_access_key_for(held, &key()).await
    }

    async fn takes_access_key_for(&self, held: &Held, key: &Es256Key) -> String {
        let proof = self.key_proof(key, &self.c_nonce().await);
        let body = json!({ "credential_configuration_id": "access-key", "proofs": { "jwt": [proof] } });
        let told = self.wallet_asks(held, &body).await;
        // What its owner is told of it comes before the next code.
        self.delivers().await;
        told.is_ok().json()["credentials"][0]["credential"].as_str().unwrap().to_owned()
    }
}

#[rstest]
#[tokio::test]
async fn an_access_key_is_collected_and_a_new_one_ends_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let link = amina.comes_to_collect_the_access_key().await;
    let code = amina.wallet_code().await;
    let held = ward.wallet_token(&link, Some(&code)).await;
    let first = ward.takes_access_key(&held).await;
    amina.presses("Continue").await.reads("Access key added");
    assert_eq!(amina.page.url, "/passport/access-key/added");

    // It says whose passport it opens, and nothing else of them.
    let first = ward.verifier_takes(&first).await;
    let account = ward.account_of(AMINA).await;
    let subject = journeys::passport::subject(&ward.node.service, account);
    assert_eq!(first.claims()["passport"], subject);
    let mut names: Vec<&str> = first.claims().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["cnf", "exp", "iat", "iss", "passport", "status", "vct"]);

    // A browser elsewhere, and a session that the access key began.
    let mut elsewhere = ward.person_elsewhere(AMINA);
    ward.waits(60);
    elsewhere.signs_in(Factor::TextMessage).await;
    assert!(elsewhere.is_signed_in().await);

    // The phone is lost: a new access key, in the browser that is left.
    ward.waits(60);
    let link = amina.comes_to_collect_the_access_key().await;
    assert_eq!(ward.status_in_list(first.status().unwrap()).await.0, Status::Valid, "nothing is taken yet");
    let code = amina.wallet_code().await;
    let held = ward.wallet_token(&link, Some(&code)).await;
    let second = ward.takes_access_key(&held).await;
    let second = ward.verifier_takes(&second).await;
    assert_eq!(second.claims()["passport"], subject, "it is the same passport");
    assert_eq!(ward.status_in_list(first.status().unwrap()).await.0, Status::Invalid);
    assert_eq!(ward.status_in_list(second.status().unwrap()).await.0, Status::Valid);
    assert!(!elsewhere.is_signed_in().await, "everywhere else is signed out");
    assert!(amina.is_signed_in().await);
    assert_eq!(ward.audited("access_key_replaced").await, 1);
    amina.opens("/passport/access-key").await.says("the old one stops working");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn the_mobile_number_is_proved_by_the_right_code_within_five_minutes(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    amina.opens("/passport/access-key").await.presses("Send Code").await;
    let code = amina.wallet_code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    amina.fills("Verification code", wrong).presses("Continue").await.is_told("code");
    ward.waits(300);
    amina.fills("Verification code", &code).presses("Continue").await.is_told("expired");
    amina.presses("Send New Code").await.says("We have sent a new code");
    let code = amina.wallet_code().await;
    amina.fills("Verification code", &code).presses("Continue").await;
    amina.reads("Scan the QR code to add your access key");
    assert_eq!(ward.db.count("credential", "kind = 'access-key'").await, 1);
    // One that was never collected is offered again, not made again.
    amina.wallet_code().await;
    ward.waits(60);
    amina.comes_to_collect_the_access_key().await;
    assert_eq!(ward.db.count("credential", "kind = 'access-key'").await, 1);
}

#[tokio::test]
async fn an_access_key_needs_a_mobile_number_and_a_fresh_proof() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    amina.opens("/passport/access-key").await.says("needs a mobile number");
    amina.posts(("/passport/access-key".to_owned(), String::new())).await.is_refused("FW-3104");
    amina.also_has(Factor::TextMessage).await;
    let link = amina.comes_to_collect_the_access_key().await;
    ward.wallet_fetches(&link).await.is_ok();
    ward.waits(11 * 60);
    let page = amina.page.url.clone();
    amina.opens(&page).await.reads("The QR code has expired");
    amina.presses("Get a new QR code").await.reads("Confirm that it is you");
    let mut nobody = ward.browser();
    nobody.opens("/passport/access-key").await.reads("Sign in");
    nobody.opens(&add_page(ward.new_id())).await.reads("Sign in");
}

impl Ward {
    /// How often Amina was told of a change, by email and by text.
    async fn told_of_change(&self, change: &str) -> (usize, usize) {
        self.delivers().await;
        let mails = self.mailbox.messages_to(AMINA.email);
        let texts = self.phone.texts_to(AMINA.mobile);
        let says = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").contains(change);
        let by_email = mails.iter().filter(|mail| says(&mail.text)).count();
        (by_email, texts.iter().filter(|text| says(&text.body)).count())
    }

    /// A wallet collects the access key, up to the token with which it fetches it.
    async fn access_key_is_offered(&self, amina: &mut Visitor<'_>) -> Held {
        self.waits(60);
        let link = amina.comes_to_collect_the_access_key().await;
        let code = amina.wallet_code().await;
        self.wallet_token(&link, Some(&code)).await
    }
}

#[rstest]
#[tokio::test]
async fn its_owner_is_told_of_an_access_key_that_is_added_or_revoked_whatever_they_switched_off(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    const ADDED: &str = "An access key was added to a wallet app";
    const REPLACED: &str = "A new access key replaced the one before it";
    const COPIED: &str = "Your access key was moved to a new phone";
    const REVOKED: &str = "Your access key was revoked";
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let mut tx = ward.store().begin().await.unwrap();
    let off = OptOut { email: true, text: true };
    tx.set_passport_opt_out(ward.account_of(AMINA).await, off, ward.clock.now()).await.unwrap();
    tx.commit().await.unwrap();

    let held = ward.access_key_is_offered(&mut amina).await;
    assert_eq!(ward.told_of_change(ADDED).await, (0, 0), "nothing is added yet");
    let phone = key();
    ward.takes_access_key_for(&held, &phone).await;
    // The wallet asks again, as if the answer had been lost.
    ward.takes_access_key_for(&held, &phone).await;
    assert_eq!(ward.told_of_change(ADDED).await, (1, 1));
    assert_eq!(ward.told_of_change(COPIED).await, (0, 0));
    let notice = ward.mailbox.messages_to(AMINA.email).pop().unwrap();
    assert!(notice.text.contains("If this was not you"), "{}", notice.text);

    let held = ward.access_key_is_offered(&mut amina).await;
    ward.takes_access_key(&held).await;
    assert_eq!((ward.told_of_change(ADDED).await, ward.told_of_change(REPLACED).await), ((1, 1), (1, 1)));

    let all = ward.store().credentials_of(ward.account_of(AMINA).await).await.unwrap();
    let key = all.iter().rev().find(|one| one.kind == credential_kind("access-key")).unwrap().id;
    ward.waits(60);
    amina
        .posts((add_page(key), "reissue=yes".to_owned()))
        .await
        .reads("Scan the QR code to add your access key");
    let link = link_on(&amina.browser);
    let code = amina.wallet_code().await;
    let held = ward.wallet_token(&link, Some(&code)).await;
    ward.takes_access_key(&held).await;
    assert_eq!(ward.told_of_change(COPIED).await, (1, 1));

    let northfield = ward.the_trust().await;
    let service = &ward.node.service;
    let done = revoke(service, &northfield, key, RevokeReason::LostPhone).await.unwrap();
    assert_eq!(done, Ended::Done);
    assert_eq!(revoke(service, &northfield, key, RevokeReason::LostPhone).await.unwrap(), Ended::NotNow);
    assert_eq!(ward.told_of_change(REVOKED).await, (1, 1));
    assert_eq!(ward.told_of_passports(AMINA.email).await, [""; 0], "it is told once");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn its_owner_is_told_where_other_keys_come_with_the_token_of_the_first(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    const COPIED: &str = "Your access key was moved to a new phone";
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let held = ward.access_key_is_offered(&mut amina).await;
    let phone = key();
    ward.takes_access_key_for(&held, &phone).await;
    ward.takes_access_key_for(&held, &phone).await;
    assert_eq!(ward.told_of_change(COPIED).await, (0, 0));
    assert_eq!(ward.db.count("passport_event", "what = 'reissued'").await, 0);
    ward.takes_access_key_for(&held, &key()).await;
    assert_eq!(ward.told_of_change(COPIED).await, (1, 1));
    assert_eq!(ward.db.count("passport_event", "what = 'reissued'").await, 1);
    amina.opens("/passport/history").await;
    assert!(amina.page.status.is_success(), "{}", amina.page.shown());
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn an_access_key_that_waits_goes_to_nobody_without_a_fresh_proof_and_a_mobile_number() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    amina.also_has(Factor::TextMessage).await;
    amina.comes_to_collect_the_access_key().await;
    let all = ward.store().credentials_of(ward.account_of(AMINA).await).await.unwrap();
    let waits = all.iter().find(|one| one.kind == credential_kind("access-key")).unwrap().id;
    let offers = ward.db.count("credential_offer", "1 = 1").await;
    ward.waits(11 * 60);
    amina.posts((add_page(waits), String::new())).await.reads("Confirm that it is you");
    assert_eq!(ward.db.count("credential_offer", "1 = 1").await, offers);
    amina.confirms().await;
    ward.db.tell("DELETE FROM sign_in_method WHERE kind = 'text'").await;
    amina.posts((add_page(waits), String::new())).await.is_refused("FW-3104");
    assert_eq!(ward.db.count("credential_offer", "1 = 1").await, offers);
}

#[tokio::test]
async fn its_owner_is_told_where_a_wallet_did_not_keep_the_access_key() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_a_phone().await;
    let held = ward.access_key_is_offered(&mut amina).await;
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    let body = json!({ "credential_configuration_id": "access-key", "proofs": { "jwt": [proof] } });
    let taken = ward.wallet_asks(&held, &body).await.json();
    let id = taken["notification_id"].as_str().unwrap();
    for _ in 0..2 {
        assert_eq!(ward.wallet_tells(&held, id, "credential_deleted").await.status, 204);
    }
    assert_eq!(ward.told_of_change("Your access key was revoked").await, (1, 1));
}

//! In a new trust the person shares the credentials that they hold (guide 000).

use super::verifier::{APP, IPHONE, Issuing, OPEN_WALLET, PRESS, Question, Wallet};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use openid4vc::claim_path::ClaimPath;
use openid4vc::sd_jwt::Binding;
use rstest::rstest;
use serde_json::json;

fn fire() -> Issuing<'static> {
    Issuing { kind: credential_kind("core-skill"), ..Issuing::default() }
}

impl Wallet {
    /// The form that shares this credential, with the claim that was asked for.
    fn shares(&self, question: &Question, ward: &Ward) -> String {
        self.shares_of(&["subject"], question, ward)
    }

    /// The form that shares these claims of it.
    fn shares_of(&self, claims: &[&str], question: &Question, ward: &Ward) -> String {
        let text = |name: &str| question.claims[name].as_str().unwrap().to_owned();
        let (audience, nonce) = (text("client_id"), text("nonce"));
        let claims: Vec<_> = claims.iter().map(|name| ClaimPath::names([*name])).collect();
        let shown = self.credential.present(&claims).unwrap();
        let bound =
            shown.bind(Binding { audience: &audience, nonce: &nonce }, &self.key, ward.clock.now()).unwrap();
        question.form(&json!({ "core-skill": [bound.to_string()] }))
    }
}

/// Amina is signed in with both factors, holds a credential, and there is a trust to share it with.
async fn amina_who_can_share(ward: &Ward) -> (Visitor<'_>, Wallet) {
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await;
    // The joining page of one organisation alone needs no choice.
    ward.person(BEN).joins(Factor::TextMessage).await;
    ward.also_serves("STH", "Southmere Community Trust").await;
    let wallet = ward.issues(amina.account().await, fire()).await;
    amina.signs_in(APP).await;
    (amina, wallet)
}

async fn asks_to_share(amina: &mut Visitor<'_>) -> String {
    amina.opens("/passport/share").await.reads("Share your credentials");
    amina.chooses("Southmere Community Trust").chooses("Core skill").presses("Continue").await;
    amina.reads("Are these the ones?").says("Southmere Community Trust").says("Northfield Hospitals");
    amina.presses("Show the QR code").await.reads("Scan the QR code to share your credentials");
    amina.qr_link()
}

#[rstest]
#[tokio::test]
async fn a_person_shares_with_a_new_trust_what_they_hold(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    let link = asks_to_share(&mut amina).await;
    let mut phone = ward.phone_browser();
    let question = phone.scans(&link).await;
    assert_eq!(question.claims["client_metadata"]["client_name"], "Southmere Community Trust");
    let asked = question.claims["dcql_query"]["credentials"].as_array().unwrap();
    assert_eq!(asked.len(), 1, "only what was chosen is asked for");
    let subject = json!({ "path": ["subject"], "values": ["Fire safety"] });
    assert!(asked[0]["claims"].as_array().unwrap().contains(&subject), "no other core skill: {asked:?}");
    let (status, answer) = phone.posts_answer(&question, wallet.shares(&question, &ward)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    phone.opens(&super::verifier::path_of(answer["redirect_uri"].as_str().unwrap())).await;
    phone.reads("Go back to the page where you started");
    amina.opens("/passport/share/qr").await.reads("That worked");
    amina.presses("Continue").await.reads("Shared with Southmere Community Trust");
    amina.opens("/passport/share/qr").await.reads("Share your credentials");
    let trust = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let shares = ward.store().shares_with(trust.id).await.unwrap();
    assert_eq!(shares.len(), 1);
    let kept = ward.store().shared_credentials(shares[0].id).await.unwrap();
    assert_eq!((kept.len(), kept[0].kind), (1, credential_kind("core-skill")));
    assert!(kept[0].content.contains("Fire safety") && !kept[0].content.contains("p-0x41"));
    assert_eq!(kept[0].credential_id, Some(wallet.credential_id));
    assert!(kept[0].held_at.is_some() && kept[0].accepted_at.is_none());
    // What was shown is kept for the trust alone, sealed.
    assert_eq!(ward.db.count("presentation", "presented IS NOT NULL").await, 0);
    assert_eq!(ward.db.count("shared_credential", "CAST(content AS TEXT) LIKE '%Fire%'").await, 0);
    assert_eq!(ward.db.count("audit", "kind = 'credentials_shared'").await, 1);
    amina.opens("/passport/history").await.says("Shared: Core skill").says("Southmere Community Trust");
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn on_a_phone_the_button_comes_first_and_the_qr_code_is_there_for_another_device() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, _wallet) = amina_who_can_share(&ward).await;
    asks_to_share(&mut amina).await;
    let code = "<svg class=\"fw-qr__code\"";
    let (_, _, html) = amina.sends(&Method::GET, "/passport/share/qr", None, &[IPHONE]).await.unwrap();
    assert!(html.contains(OPEN_WALLET) && !html.contains(code), "{html}");
    assert!(html.contains("<a href=\"?qr=yes\">My wallet app is on another device</a>"), "{html}");
    let (_, _, html) = amina.sends(&Method::GET, "/passport/share/qr?qr=yes", None, &[IPHONE]).await.unwrap();
    assert!(html.contains(code) && !html.contains("My wallet app is on another device"), "{html}");
}

#[tokio::test]
async fn whoever_continues_too_early_is_told_that_nothing_has_come_yet() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    let link = asks_to_share(&mut amina).await;
    amina.presses("Continue").await.says("We are still waiting for your wallet");
    let mut phone = ward.phone_browser();
    let question = phone.scans(&link).await;
    amina.presses("Continue").await.reads("Your QR code has been scanned").says("We are still waiting");
    let (status, _) = phone.posts_answer(&question, wallet.shares(&question, &ward)).await;
    assert_eq!(status, StatusCode::OK);
    amina.presses("Continue").await.reads("Shared with Southmere Community Trust");
}

#[tokio::test]
async fn sharing_begins_and_ends_at_the_passport() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    amina.opens("/passport").await.follows("Share credentials with an organisation").await;
    amina.follows("Back").await.reads("Your staff passport");
    let link = asks_to_share(&mut amina).await;
    let mut phone = ward.phone_browser();
    let question = phone.scans(&link).await;
    phone.posts_answer(&question, wallet.shares(&question, &ward)).await;
    amina.presses("Continue").await.reads("Shared with Southmere Community Trust");
    amina.presses("Continue").await.reads("Your staff passport");
}

#[tokio::test]
async fn nobody_shares_what_is_somebody_elses_or_was_not_chosen_or_holds_no_more() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    let ben = ward.person(BEN);
    let bens = ward.issues(ben.account().await, fire()).await;
    let mut phone = ward.phone_browser();
    let link = asks_to_share(&mut amina).await;
    let question = phone.scans(&link).await;
    assert_eq!(phone.posts_answer(&question, bens.shares(&question, &ward)).await.0, StatusCode::BAD_REQUEST);
    amina.reloads().await.reads("Your wallet did not show what we asked for");
    amina.presses("Get a new QR code").await.reads("Scan the QR code to share your credentials");
    let question = phone.scans(&amina.qr_link()).await;
    let id = ward.sql_id(wallet.credential_id);
    ward.db.tell(&format!("UPDATE credential SET revoked_at = 1 WHERE id = {id}")).await;
    assert_eq!(
        phone.posts_answer(&question, wallet.shares(&question, &ward)).await.0,
        StatusCode::BAD_REQUEST
    );
    // What is held no more cannot be chosen.
    amina.opens("/passport/share").await.says("You have no credentials in your wallet yet");
    let form = format!("trust=STH&credentials={}", wallet.credential_id);
    amina.posts(("/passport/share/begin".to_owned(), form)).await;
    assert_eq!(amina.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", amina.page.shown());
    assert_eq!(ward.db.count("share", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn what_the_trust_has_archived_is_not_shared_until_its_owner_restores_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    let link = asks_to_share(&mut amina).await;
    let mut phone = ward.phone_browser();
    let question = phone.scans(&link).await;
    let (northfield, ben) = (ward.the_trust().await.id, ward.account_of(BEN).await);
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.archive_for_trust(wallet.credential_id, northfield, ben, ward.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    let answered = phone.posts_answer(&question, wallet.shares(&question, &ward)).await;
    assert_eq!(answered.0, StatusCode::BAD_REQUEST);
    amina.opens("/passport/share").await.says("You have no credentials in your wallet yet");
    amina.opens(&format!("/passport/credentials/{}", wallet.credential_id)).await.presses("Restore").await;
    let question = phone.scans(&asks_to_share(&mut amina).await).await;
    let answered = phone.posts_answer(&question, wallet.shares(&question, &ward)).await;
    assert_eq!(answered.0, StatusCode::OK, "{}", answered.1);
}

const NO_QR_CODE: &str = "There was a problem generating a QR code";

impl Ward {
    /// The database cannot keep what QR codes are for, or can again.
    pub async fn keeps_questions(&self, keeps: bool) {
        for table in ["presentation", "credential_offer"] {
            let away = format!("{table}_away");
            let (from, to) = if keeps { (away.as_str(), table) } else { (table, away.as_str()) };
            self.db.tell(&format!("ALTER TABLE {from} RENAME TO {to}")).await;
        }
    }
}

impl Visitor<'_> {
    /// The page says that there is no QR code; once there can be one, its button goes on.
    pub async fn tries_again(&mut self) -> &mut Self {
        for _ in 0..2 {
            let shown = (self.page.status, self.page.heading());
            assert_eq!(shown, (StatusCode::INTERNAL_SERVER_ERROR, NO_QR_CODE.to_owned()));
            self.says("It is our fault, not yours").says("give the reference number");
            self.presses("Try again").await;
        }
        self.ward.keeps_questions(true).await;
        self.presses("Try again").await;
        self
    }
}

#[rstest]
#[tokio::test]
async fn when_no_qr_code_can_be_made_the_page_says_so_and_its_button_tries_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, _wallet) = amina_who_can_share(&ward).await;
    let waits = ward.has_fire_safety_to_accept().await;
    amina.opens("/passport/share").await.chooses("Southmere Community Trust").chooses("Core skill");
    amina.presses("Continue").await;
    ward.keeps_questions(false).await;
    amina.presses("Show the QR code").await;
    amina.tries_again().await.reads("Scan the QR code to share your credentials");
    assert!(amina.qr_link().starts_with("openid4vp://"));

    amina.opens(&format!("/passport/credentials/{waits}")).await;
    ward.keeps_questions(false).await;
    amina.presses("Accept credential and add it to my wallet").await;
    amina.tries_again().await.reads("Scan the QR code to add your credential").says("Fire safety");
    amina.presses("Sign out").await;

    let mut desk = ward.person(AMINA);
    desk.opens("/sign-in").await.presses(PRESS).await;
    desk.chooses("Northfield Hospitals");
    ward.keeps_questions(false).await;
    desk.presses("Continue").await;
    desk.tries_again().await.reads("Sign in with your staff passport").says("Northfield Hospitals");
    assert!(desk.qr_link().starts_with("openid4vp://"));
}

#[tokio::test]
async fn control_4_sharing_with_a_new_trust_asks_for_a_second_factor() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    ward.waits(11 * 60);
    amina.opens("/passport/share").await.reads("Confirm that it is you");
    let form = format!("trust=STH&credentials={}", wallet.credential_id);
    amina.posts(("/passport/share/begin".to_owned(), form)).await.reads("Confirm that it is you");
    assert_eq!(ward.db.count("presentation", "1 = 1").await, 0);
}

#[tokio::test]
async fn a_share_belongs_to_the_session_in_which_it_was_chosen() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    let link = asks_to_share(&mut amina).await;
    let mut phone = ward.phone_browser();
    let question = phone.scans(&link).await;
    assert_eq!(phone.posts_answer(&question, wallet.shares(&question, &ward)).await.0, StatusCode::OK);
    amina.presses("Sign out").await;
    amina.signs_in(APP).await;
    amina.posts(("/passport/share/go".to_owned(), String::new())).await.reads("Share your credentials");
    assert_eq!(ward.db.count("share", "1 = 1").await, 0);
}

#[tokio::test]
async fn what_an_organisation_issued_is_signed_by_it_and_says_what_our_record_says() {
    let refused =
        async |ward: &Ward, amina: &mut Visitor<'_>, wallet: &Wallet, claims: &[&str], why: &str| {
            let mut phone = ward.phone_browser();
            let question = phone.scans(&asks_to_share(amina).await).await;
            let answer = phone.posts_answer(&question, wallet.shares_of(claims, &question, ward)).await;
            assert_eq!(answer.0, StatusCode::BAD_REQUEST, "{why}");
            assert_eq!(ward.newest_record("wallet_answered").await["why"], why);
        };
    let ward = Ward::new(Sqlite).await;
    let (mut amina, wallet) = amina_who_can_share(&ward).await;
    let account = amina.account().await;
    let instead = async |wallet: &Wallet, issuing: Issuing<'_>| {
        let id = ward.sql_id(wallet.credential_id);
        ward.db.tell(&format!("UPDATE credential SET revoked_at = 1 WHERE id = {id}")).await;
        ward.issues(account, issuing).await
    };
    // Of Northfield, and signed by the key of another organisation of this installation.
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let theirs = journeys::passport::signer(&ward.node.service, &southmere).await.unwrap();
    let wallet = instead(&wallet, Issuing { signed_by: Some(theirs), ..fire() }).await;
    refused(&ward, &mut amina, &wallet, &["subject"], "chain").await;
    // Signed by Northfield, and says that Southmere issued it.
    let wallet = instead(&wallet, Issuing { iss: Some("http://fobwatch.example/vc/STH"), ..fire() }).await;
    refused(&ward, &mut amina, &wallet, &["subject"], "another-issuer").await;
    // Says more than our record does.
    let wallet = instead(&wallet, fire()).await;
    refused(&ward, &mut amina, &wallet, &["subject", "passport"], "not-as-recorded").await;
    // What is kept is the record's, and nothing of the token.
    let mut phone = ward.phone_browser();
    let question = phone.scans(&asks_to_share(&mut amina).await).await;
    let answer = phone.posts_answer(&question, wallet.shares(&question, &ward)).await;
    assert_eq!(answer.0, StatusCode::OK, "{}", answer.1);
    amina.reloads().await.presses("Continue").await.reads("Shared with Southmere Community Trust");
    let trust = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let shares = ward.store().shares_with(trust.id).await.unwrap();
    let kept = ward.store().shared_credentials(shares[0].id).await.unwrap();
    assert_eq!(kept[0].content, r#"{"subject":"Fire safety"}"#);
    ward.audit_is_whole().await;
}

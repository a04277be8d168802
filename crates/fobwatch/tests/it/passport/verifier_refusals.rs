//! What a wallet, or somebody who pretends to be one, shows in vain. What the conformance suite's wallet gets wrong stands in
//! `conformance_verifier`.

use super::verifier::{Issuing, Question, Wallet};
use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::passport::issuer::credential_kind;
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::StatusCode;
use jiff::SignedDuration;
use journeys::passport::Signer;
use openid4vc::jose::{CertificateChain, Es256Key};
use rcgen::{CertificateParams, KeyPair};
use rstest::rstest;
use serde_json::{Value, json};

/// Shows `presentation` for a new request, and says what page and audit make of it.
async fn shown(ward: &Ward, make: impl FnOnce(&Question) -> Value) -> (StatusCode, Browser) {
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    let question = phone.scans(&link).await;
    let form = question.form(&make(&question));
    let (status, body) = phone.posts_answer(&question, form).await;
    if status != StatusCode::OK {
        assert_eq!(body, json!({ "error": "invalid_request" }), "no more is said");
    }
    desk.opens("/sign-in/passport").await;
    (status, desk)
}

async fn is_refused(ward: &Ward, why: &str, make: impl FnOnce(&Question) -> Value) {
    let before = audited(ward, why).await;
    let (status, desk) = shown(ward, make).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{why}");
    desk.reads("Your wallet did not show what we asked for");
    assert_eq!(audited(ward, why).await, before + 1, "the audit does not say {why}");
    assert_eq!(ward.db.count("session", "1 = 1").await, 0);
}

async fn audited(ward: &Ward, why: &str) -> i64 {
    ward.db.count("audit", &format!("kind = 'wallet_answered' AND event LIKE '%\"why\":\"{why}\"%'")).await
}

fn key(presentation: impl Into<String>) -> Value {
    json!({ "access_key": [presentation.into()] })
}

impl Wallet {
    fn other_words(&self, question: &Question, ward: &Ward) -> (String, String) {
        let text = |name: &str| question.claims[name].as_str().unwrap().to_owned();
        let now = ward.clock.now();
        let nonce = self.presents_for(&text("client_id"), "another-nonce-of-128-bits", now).to_string();
        let audience = self.presents_for("x509_hash:another", &text("nonce"), now).to_string();
        (nonce, audience)
    }
}

#[rstest]
#[tokio::test]
async fn another_nonce_audience_or_time_is_refused(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    is_refused(&ward, "signature", |question| key(wallet.other_words(question, &ward).0)).await;
    is_refused(&ward, "signature", |question| key(wallet.other_words(question, &ward).1)).await;
    for days in [-365, 365] {
        let then = ward.clock.now().checked_add(SignedDuration::from_hours(24 * days)).unwrap();
        is_refused(&ward, "signature", |question| {
            let text = |name: &str| question.claims[name].as_str().unwrap().to_owned();
            key(wallet.presents_for(&text("client_id"), &text("nonce"), then).to_string())
        })
        .await;
    }
    let (status, desk) = shown(&ward, |question| key(wallet.presents(question, &ward).to_string())).await;
    assert_eq!(status, StatusCode::OK);
    desk.reads("Enter the code from your phone");
}

#[tokio::test]
async fn no_part_of_a_presentation_can_be_another_one() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    // Every signature, the disclosure and the holder's token: one sign in each part is another one.
    let parts = [
        "header",
        "claims",
        "signature",
        "disclosure",
        "binding header",
        "binding claims",
        "binding signature",
    ];
    for (number, part) in parts.into_iter().enumerate() {
        let (status, desk) = shown(&ward, |question| {
            let whole = wallet.presents(question, &ward).to_string();
            key(with_another_sign(&whole, number))
        })
        .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{part}");
        desk.reads("Your wallet did not show what we asked for");
    }
    assert_eq!(ward.db.count("session", "1 = 1").await, 0);
}

/// A presentation with one sign changed in its part of this number.
fn with_another_sign(presentation: &str, number: usize) -> String {
    let pieces: Vec<&str> = presentation.split('~').collect();
    let token: Vec<&str> = pieces[0].split('.').collect();
    let binding: Vec<&str> = pieces[pieces.len() - 1].split('.').collect();
    let part = [token[0], token[1], token[2], pieces[1], binding[0], binding[1], binding[2]][number];
    let middle = part.len() / 2;
    let other = if &part[middle..=middle] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &part[..middle], &part[middle + 1..]);
    presentation.replacen(part, &changed, 1)
}

#[tokio::test]
async fn what_was_not_asked_for_missing_or_sent_twice_is_refused() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let one = |question: &Question| wallet.presents(question, &ward).to_string();
    is_refused(&ward, "missing", |_| json!({})).await;
    is_refused(&ward, "not-asked", |question| json!({ "more": [one(question)] })).await;
    is_refused(&ward, "not-asked", |question| json!({ "access_key": [one(question), one(question)] })).await;
    // Without the holder's signature.
    is_refused(&ward, "signature", |question| {
        let whole = one(question);
        key(whole[..=whole.rfind('~').unwrap()].to_owned())
    })
    .await;
    // Without the claim that was asked for.
    is_refused(&ward, "mismatch", |question| {
        let text = |name: &str| question.claims[name].as_str().unwrap().to_owned();
        let bare = wallet.credential.present(&[]).unwrap();
        let (audience, nonce) = (text("client_id"), text("nonce"));
        let binding = openid4vc::sd_jwt::Binding { audience: &audience, nonce: &nonce };
        key(bare.bind(binding, &wallet.key, ward.clock.now()).unwrap().to_string())
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn control_8_only_an_access_key_of_this_organisation_in_this_wallet_that_holds_now_opens_the_door(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (amina, wallet) = ward.amina_with_a_passport().await;
    let account = amina.account().await;
    ward.also_serves("STH", "Southmere Community Trust").await;
    let present = |wallet: &Wallet, question: &Question| key(wallet.presents(question, &ward).to_string());
    let begins = async |wallet: &Wallet, why: &str| {
        let mut desk = ward.browser();
        let mut phone = ward.phone_browser();
        desk.posts(("/sign-in/passport".to_owned(), "organisation=NTH".to_owned())).await;
        let question = phone.scans(&desk.qr_link()).await;
        let before = audited(&ward, why).await;
        let (status, _) = phone.posts_answer(&question, question.form(&present(wallet, &question))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{why}");
        assert_eq!(audited(&ward, why).await, before + 1, "{why}");
        desk.reloads().await.reads("Your wallet did not show what we asked for");
    };
    // Another organisation's: its root is not this one's.
    let foreign = ward.issues(account, Issuing { organisation: "STH", ..Issuing::default() }).await;
    begins(&foreign, "chain").await;
    // One that somebody has signed by themselves, and one below a root of their own.
    begins(
        &ward.issues(account, Issuing { signed_by: Some(self_signed()), ..Issuing::default() }).await,
        "chain",
    )
    .await;
    // Of another kind, though asked for as an access key.
    let fire = Issuing { kind: credential_kind("core-skill"), ..Issuing::default() };
    begins(&ward.issues(account, fire).await, "nobody-trusted").await;
    // Bound to another key than the record says.
    begins(&ward.issues(account, Issuing { bound: false, ..Issuing::default() }).await, "another-key").await;
    // Revoked, as a copy and as a whole; expired; put away.
    let (copy, credential) = (ward.sql_id(wallet.copy_id), ward.sql_id(wallet.credential_id));
    for (table, id, column, value, back) in [
        ("credential_copy", &copy, "revoked_at", "1", "NULL"),
        ("credential", &credential, "revoked_at", "1", "NULL"),
        ("credential", &credential, "archived_at", "1", "NULL"),
        ("credential", &credential, "valid_until", "'2026-11-21'", "NULL"),
        ("credential", &credential, "accepted_at", "NULL", "1"),
    ] {
        ward.db.tell(&format!("UPDATE {table} SET {column} = {value} WHERE id = {id}")).await;
        begins(&wallet, "not-valid").await;
        ward.db.tell(&format!("UPDATE {table} SET {column} = {back} WHERE id = {id}")).await;
    }
    // A copy that nobody keeps.
    ward.db.tell(&format!("DELETE FROM credential_copy WHERE id = {copy}")).await;
    begins(&wallet, "not-ours").await;
    assert_eq!(ward.db.count("session", "1 = 1").await, 0);
    ward.audit_is_whole().await;
}

/// Somebody who vouches for themselves.
fn self_signed() -> Signer {
    let pair = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["fobwatch.example".to_owned()]).unwrap();
    let der = certificate.self_signed(&pair).unwrap().der().to_vec();
    Signer {
        id: uuid::Uuid::nil(),
        root: uuid::Uuid::nil(),
        key: std::sync::Arc::new(Es256Key::from_pkcs8(&pair.serialize_der()).unwrap()),
        chain: CertificateChain::from_der(vec![der]).unwrap(),
        not_after: jiff::Timestamp::MAX,
        queue: journeys::passport::SigningQueue::default(),
    }
}

#[rstest]
#[tokio::test]
async fn what_was_revoked_or_disabled_between_the_answer_and_the_code_signs_nobody_in(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let mut phone = ward.phone_browser();
    let copy = ward.sql_id(wallet.copy_id);
    let mut desk = ward.browser();
    let link = desk.asks_for_the_passport().await;
    let back = phone.shares(&wallet, &link, &ward).await;
    let digits = phone.opens(&back).await.digits();
    ward.db.tell(&format!("UPDATE credential_copy SET revoked_at = 1 WHERE id = {copy}")).await;
    desk.posts(("/sign-in/passport/go".to_owned(), format!("code={digits}"))).await;
    desk.is_told("Your access key has expired, has been revoked");
    assert_eq!(ward.db.count("audit", "kind = 'passport_sign_in_refused'").await, 1);
    ward.db.tell(&format!("UPDATE credential_copy SET revoked_at = NULL WHERE id = {copy}")).await;
    let mut desk = ward.person(AMINA);
    let link = desk.asks_for_the_passport().await;
    let back = phone.shares(&wallet, &link, &ward).await;
    ward.db.tell("UPDATE account SET disabled_at = 1").await;
    desk.opens(&back).await.presses("Continue").await.is_refused("FW-1206");
    assert_eq!(ward.db.count("session", "1 = 1").await, 0);
}

#[tokio::test]
async fn an_answer_is_taken_once_and_not_again_after_it_was_used() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    let question = phone.scans(&link).await;
    let form = wallet.answer(&question, &ward);
    let (status, answer) = phone.posts_answer(&question, form.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(phone.posts_answer(&question, form.clone()).await.0, StatusCode::BAD_REQUEST, "replayed");
    let back = super::verifier::path_of(answer["redirect_uri"].as_str().unwrap());
    desk.opens(&back).await.presses("Continue").await;
    assert_eq!(phone.posts_answer(&question, form).await.0, StatusCode::BAD_REQUEST, "replayed later");
    assert_eq!(ward.db.count("session", "began_by = 'passport'").await, 1);
    // Requests are erased after two days, with their keys.
    assert_eq!(ward.db.count("presentation", "1 = 1").await, 1);
    ward.waits(49 * 60 * 60);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("presentation", "1 = 1").await, 0);
}

//! When the organisation cannot sign, a wallet is told to ask again, and gets its credential later, once (OpenID4VCI 1.0, section 9).

use super::authorise::held;
use super::issuer::{FIRE, Held, NORTHFIELD, Told, key};
use super::issuer_flow::{OthersWallet, reachable};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN, Person};
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use openid4vc::jose::{ContentEncryption, DecryptionKey, Recipient};
use rstest::rstest;
use rules::passport::CredentialState;
use serde_json::{Value, json};
use uuid::Uuid;

/// Somebody's credential, and their wallet's token for it, bound to a key of the wallet.
pub(super) struct Theirs {
    pub credential: Uuid,
    pub held: Held,
}

impl Ward {
    pub(super) async fn fire_safety_bound(&self, who: Person) -> Theirs {
        let mut visitor = self.person(who);
        visitor.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
        let credential = self.issuer_provides(who, credential_kind("core-skill"), "fire-safety", FIRE).await;
        let code = self.code_of(&visitor.adds_to_wallet(credential).await).await;
        let dpop = key();
        let proof = self.dpop_proof(&dpop, &format!("{NORTHFIELD}/token"), None).await;
        let told = self.wallet_redeems_at(NORTHFIELD, &code, None, &[("dpop", &proof)]).await;
        Theirs { credential, held: held(&told, Some(dpop)) }
    }

    /// Asks while nobody can sign. Answers by what the wallet asks again.
    pub(super) async fn is_deferred(&self, held: &Held) -> String {
        let proof = self.key_proof(&key(), &self.c_nonce().await);
        let told = self.wallet_asks_for(held, &[proof]).await;
        assert_eq!(told.status, StatusCode::ACCEPTED, "{}", told.text);
        assert_eq!(told.headers["cache-control"], "no-store");
        let told = told.json();
        assert_eq!(told["interval"], json!(30));
        told["transaction_id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn asks_again(&self, held: &Held, transaction_id: &str) -> Told {
        let body = json!({ "transaction_id": transaction_id });
        self.wallet_sends(held, &format!("{NORTHFIELD}/deferred"), &body).await
    }

    pub(super) async fn state_of(&self, credential: Uuid) -> CredentialState {
        self.store().credential(credential).await.unwrap().unwrap().state(self.today())
    }
}

#[rstest]
#[tokio::test]
async fn a_wallet_that_nobody_can_sign_for_asks_again_and_gets_it_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let signing = &ward.node.service.signing;
    let amina = ward.fire_safety_bound(AMINA).await;
    signing.close();
    let id = ward.is_deferred(&amina.held).await;
    assert_eq!(ward.state_of(amina.credential).await, CredentialState::ToReview);
    assert_eq!(ward.audited("credential_deferred").await, 1);
    // Still nobody: the same again, in the words of the standard.
    let told = ward.asks_again(&amina.held, &id).await;
    assert_eq!(
        (told.status, told.json()),
        (StatusCode::ACCEPTED, json!({ "transaction_id": id, "interval": 30 }))
    );
    signing.open();
    // Later than any token is good for that is bound to nothing.
    ward.waits(20 * 60);
    let told = ward.asks_again(&amina.held, &id).await;
    let credential = told.is_ok().json()["credentials"][0]["credential"].as_str().unwrap().to_owned();
    assert_eq!(ward.verifier_takes(&credential).await.claims()["subject"], "Fire safety");
    assert_eq!(ward.state_of(amina.credential).await, CredentialState::Accepted);
    ward.asks_again(&amina.held, &id).await.is_refused(400, "invalid_transaction_id");
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 1);
    // Elsewhere the token is over.
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&amina.held, &[proof]).await.is_refused(401, "invalid_token");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_hundred_that_ask_at_once_get_one(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let amina = ward.fire_safety_bound(AMINA).await;
    ward.node.service.signing.close();
    let id = ward.is_deferred(&amina.held).await;
    ward.node.service.signing.open();
    let told = futures::future::join_all((0..100).map(|_| ward.asks_again(&amina.held, &id))).await;
    assert_eq!(told.iter().filter(|told| told.status == StatusCode::OK).count(), 1);
    for told in told.iter().filter(|told| told.status != StatusCode::OK) {
        told.is_refused(400, "invalid_transaction_id");
    }
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 1);
}

#[tokio::test]
async fn somebody_elses_and_unknown_ones_are_refused() {
    let ward = Ward::new(Sqlite).await;
    let (amina, ben) = (ward.fire_safety_bound(AMINA).await, ward.fire_safety_bound(BEN).await);
    ward.node.service.signing.close();
    let id = ward.is_deferred(&amina.held).await;
    ward.node.service.signing.open();
    ward.asks_again(&ben.held, &id).await.is_refused(400, "invalid_transaction_id");
    ward.asks_again(&amina.held, "x").await.is_refused(400, "invalid_transaction_id");
    let unknown = "A".repeat(43);
    ward.asks_again(&amina.held, &unknown).await.is_refused(400, "invalid_transaction_id");
    let path = format!("{NORTHFIELD}/deferred");
    ward.wallet_sends(&amina.held, &path, &json!({})).await.is_refused(400, "invalid_credential_request");
    let stranger = Held { access_token: unknown, dpop: None };
    ward.asks_again(&stranger, &id).await.is_refused(401, "invalid_token");
    // By none of it was it used up.
    ward.asks_again(&amina.held, &id).await.is_ok();
}

#[tokio::test]
async fn what_is_taken_back_meanwhile_is_denied() {
    let ward = Ward::new(Sqlite).await;
    let amina = ward.fire_safety_bound(AMINA).await;
    ward.node.service.signing.close();
    let id = ward.is_deferred(&amina.held).await;
    ward.issuer_withdraws(amina.credential).await;
    // Also while nobody can sign: asking again is in vain.
    ward.asks_again(&amina.held, &id).await.is_refused(400, "credential_request_denied");
    ward.node.service.signing.open();
    ward.asks_again(&amina.held, &id).await.is_refused(400, "credential_request_denied");
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn what_waits_ends_with_the_session_in_which_it_was_accepted(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let amina = ward.fire_safety_bound(AMINA).await;
    ward.node.service.signing.close();
    let id = ward.is_deferred(&amina.held).await;
    let account = ward.account_of(AMINA).await;
    let mut tx = ward.store().begin().await.unwrap();
    assert_eq!(tx.end_sessions(account, ward.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    ward.node.service.signing.open();
    ward.asks_again(&amina.held, &id).await.is_refused(401, "invalid_token");
    assert_eq!(ward.state_of(amina.credential).await, CredentialState::ToReview);
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 0);
}

#[tokio::test]
async fn it_waits_for_an_hour_and_for_a_token_that_is_bound_to_nothing_five_minutes() {
    let ward = Ward::new(Sqlite).await;
    let amina = ward.fire_safety_bound(AMINA).await;
    ward.node.service.signing.close();
    let id = ward.is_deferred(&amina.held).await;
    ward.waits(3_599);
    assert_eq!(ward.asks_again(&amina.held, &id).await.status, StatusCode::ACCEPTED);
    ward.waits(1);
    ward.asks_again(&amina.held, &id).await.is_refused(401, "invalid_token");

    let mut ben = ward.person(BEN);
    ben.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    let fire = ward.issuer_provides(BEN, credential_kind("core-skill"), "fire-safety", FIRE).await;
    let held = ward.wallet_token(&ben.adds_to_wallet(fire).await, None).await;
    let id = ward.is_deferred(&held).await;
    ward.waits(299);
    assert_eq!(ward.asks_again(&held, &id).await.status, StatusCode::ACCEPTED);
    ward.waits(1);
    ward.asks_again(&held, &id).await.is_refused(401, "invalid_token");
}

#[tokio::test]
async fn proofs_are_used_up_by_the_first_try_and_tries_are_counted() {
    let ward = Ward::new(Sqlite).await;
    let amina = ward.fire_safety_bound(AMINA).await;
    ward.node.service.signing.close();
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    assert_eq!(
        ward.wallet_asks_for(&amina.held, std::slice::from_ref(&proof)).await.status,
        StatusCode::ACCEPTED
    );
    ward.wallet_asks_for(&amina.held, &[proof]).await.is_refused(400, "invalid_nonce");
    for _ in 0..4 {
        ward.is_deferred(&amina.held).await;
    }
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&amina.held, &[proof]).await.is_refused(400, "credential_request_denied");
}

#[tokio::test]
async fn the_later_answer_is_encrypted_for_whom_the_later_question_says() {
    let ward = Ward::new(Sqlite).await;
    let amina = ward.fire_safety_bound(AMINA).await;
    ward.node.service.signing.close();
    let id = ward.is_deferred(&amina.held).await;
    ward.node.service.signing.open();
    let told = ward.program_reads("/.well-known/openid-credential-issuer/vc/NTH").await.json();
    assert_eq!(
        told["deferred_credential_endpoint"],
        json!(format!("http://fobwatch.example{NORTHFIELD}/deferred"))
    );
    let to = Recipient::from_jwk(&told["credential_request_encryption"]["jwks"]["keys"][0]).unwrap();
    let mine = DecryptionKey::generate("mine".to_owned()).unwrap();
    let asked = json!({
        "transaction_id": id, "credential_response_encryption": { "jwk": mine.to_jwk(), "enc": "A128GCM" },
    });
    let random = testkit::SeededRandom::unique();
    let fill = move |bytes: &mut [u8]| vault::Random::fill(&random, bytes);
    let jwe = to.encrypt(asked.to_string().as_bytes(), ContentEncryption::A128Gcm, &fill).unwrap();
    let path = format!("{NORTHFIELD}/deferred");
    let token = &amina.held.access_token;
    let proof = ward.dpop_proof(amina.held.dpop.as_ref().unwrap(), &path, Some(token)).await;
    let authorization = format!("DPoP {token}");
    let headers =
        [("authorization", authorization.as_str()), ("content-type", "application/jwt"), ("dpop", &proof)];
    let told = ward.program_sends(Method::POST, &path, &headers, Some(jwe)).await;
    let answer: Value = serde_json::from_slice(&mine.decrypt(&told.is_ok().text).unwrap()).unwrap();
    assert!(answer["credentials"][0]["credential"].is_string(), "{answer}");
}

#[tokio::test]
async fn a_wallet_that_others_wrote_asks_again() {
    let ward = reachable(PostgreSql).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.has_the_time_of_wallets();
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    ward.node.service.signing.close();
    let wallet = OthersWallet::new();
    let opens = async {
        while ward.audited("credential_deferred").await == 0 {
            tokio::task::yield_now().await;
        }
        ward.node.service.signing.open();
    };
    let (taken, ()) = tokio::join!(wallet.does("accept", json!({ "offer": link, "dpop": true })), opens);
    assert!(taken["deferred"].as_u64().is_some_and(|times| times > 0), "{taken}");
    let credential = taken["credentials"][0].as_str().unwrap();
    assert_eq!(ward.verifier_takes(credential).await.claims()["subject"], "Fire safety");
}

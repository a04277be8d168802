//! What a wallet asks for and is given can be encrypted beside the connection (OpenID4VCI 1.0, section 10).

use super::issuer::{FIRE, Held, NORTHFIELD, Told, key};
use super::issuer_flow::{OthersWallet, reachable};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN, Person};
use crate::ward::Ward;
use openid4vc::jose::{ContentEncryption, DecryptionKey, Recipient};
use rstest::rstest;
use serde_json::{Value, json};

const DAY: i64 = 24 * 3_600;

fn random() -> impl Fn(&mut [u8]) + Send + Sync {
    let random = testkit::SeededRandom::unique();
    move |bytes: &mut [u8]| vault::Random::fill(&random, bytes)
}

impl Ward {
    /// The key that wallets are told.
    pub(super) async fn told_key(&self) -> Value {
        let told = self.program_reads("/.well-known/openid-credential-issuer/vc/NTH").await.json();
        let encryption = &told["credential_request_encryption"];
        assert_eq!(encryption["enc_values_supported"], json!(["A128GCM", "A256GCM"]));
        assert_eq!(encryption["encryption_required"], json!(false));
        assert_eq!(told["credential_response_encryption"]["alg_values_supported"], json!(["ECDH-ES"]));
        let keys = encryption["jwks"]["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 1, "{keys:?}");
        keys[0].clone()
    }

    async fn wallet_sends_encrypted(&self, held: &Held, jwe: &str) -> Told {
        let path = format!("{NORTHFIELD}/credential");
        self.wallet_sends_as(held, &path, "application/jwt", jwe.to_owned()).await
    }

    /// What a wallet asks for, with the key for the answer.
    async fn asked(&self, encryption: Value) -> Value {
        let proof = self.key_proof(&key(), &self.c_nonce().await);
        json!({
            "credential_configuration_id": "core-skill", "proofs": { "jwt": [proof] },
            "credential_response_encryption": encryption,
        })
    }

    /// A token for somebody's fire safety.
    async fn fire_safety_of(&self, who: Person) -> Held {
        let mut visitor = self.person(who);
        visitor.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
        let fire = self.issuer_provides(who, credential_kind("core-skill"), "fire-safety", FIRE).await;
        self.wallet_token(&visitor.adds_to_wallet(fire).await, None).await
    }
}

pub(super) fn encrypted(to: &Value, content: &Value) -> String {
    let recipient = Recipient::from_jwk(to).unwrap();
    recipient.encrypt(content.to_string().as_bytes(), ContentEncryption::A256Gcm, &random()).unwrap()
}

#[rstest]
#[tokio::test]
async fn a_wallet_asks_encrypted_and_is_answered_encrypted(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = ward.fire_safety_of(AMINA).await;
    for name in ["A128GCM", "A256GCM"] {
        let answers = DecryptionKey::generate("mine".to_owned()).unwrap();
        let asked = ward.asked(json!({ "jwk": answers.to_jwk(), "enc": name })).await;
        let told = ward.wallet_sends_encrypted(&held, &encrypted(&ward.told_key().await, &asked)).await;
        assert_eq!(told.is_ok().headers["content-type"], "application/jwt");
        assert_eq!(told.headers["cache-control"], "no-store");
        let told: Value = serde_json::from_slice(&answers.decrypt(&told.text).unwrap()).unwrap();
        let credential = told["credentials"][0]["credential"].as_str().unwrap();
        assert_eq!(ward.verifier_takes(credential).await.claims()["subject"], "Fire safety");
    }
    // Whoever asks encrypted may do without that for the answer.
    let mut asked = ward.asked(json!({})).await;
    asked.as_object_mut().unwrap().remove("credential_response_encryption");
    let told = ward.wallet_sends_encrypted(&held, &encrypted(&ward.told_key().await, &asked)).await;
    assert_eq!(told.is_ok().headers["content-type"], "application/json");
}

#[tokio::test]
async fn what_cannot_be_decrypted_or_answered_so_is_refused_in_the_clear() {
    let ward = Ward::new(Sqlite).await;
    let held = ward.fire_safety_of(AMINA).await;
    let to = ward.told_key().await;
    let mine = DecryptionKey::generate("mine".to_owned()).unwrap().to_jwk();
    // Somebody on the way could have put in a key of their own.
    let asked = ward.asked(json!({ "jwk": mine, "enc": "A128GCM" })).await;
    ward.wallet_asks(&held, &asked).await.is_refused(400, "invalid_encryption_parameters");
    for wrong in [
        json!({ "jwk": mine, "enc": "A128CBC-HS256" }),
        json!({ "jwk": mine, "enc": "A128GCM", "zip": "DEF" }),
        json!({ "jwk": { "kty": "RSA" }, "enc": "A128GCM" }),
        json!({ "enc": "A128GCM" }),
        json!({}),
    ] {
        let asked = ward.asked(wrong).await;
        let told = ward.wallet_sends_encrypted(&held, &encrypted(&to, &asked)).await;
        told.is_refused(400, "invalid_encryption_parameters");
        assert_eq!(told.headers["content-type"], "application/json");
    }
    let other = DecryptionKey::generate(to["kid"].as_str().unwrap().to_owned()).unwrap().to_jwk();
    for jwe in ["no token", &encrypted(&other, &asked)] {
        let told = ward.wallet_sends_encrypted(&held, jwe).await;
        told.is_refused(400, "invalid_encryption_parameters");
    }
    let told = ward.wallet_sends_encrypted(&held, &encrypted(&to, &json!([]))).await;
    told.is_refused(400, "invalid_credential_request");
    // Nothing of it used the token up.
    ward.wallet_takes(&held).await;
}

#[rstest]
#[tokio::test]
async fn a_key_is_told_for_thirty_days_taken_for_one_more_and_then_erased(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let old = ward.told_key().await;
    assert_eq!(ward.told_key().await, old, "it is made once");
    ward.waits(30 * DAY - 1);
    assert_eq!(ward.told_key().await, old);
    ward.waits(1);
    let new = ward.told_key().await;
    assert_ne!(new["kid"], old["kid"]);
    ward.waits(DAY - 3_600);
    let held = ward.fire_safety_of(AMINA).await;
    let mut asked = ward.asked(json!({})).await;
    asked.as_object_mut().unwrap().remove("credential_response_encryption");
    let before = encrypted(&old, &asked);
    ward.wallet_sends_encrypted(&held, &before).await.is_ok();
    ward.housekeeping().await;
    assert_eq!(ward.db.count("passport_request_key", "1 = 1").await, 2);
    ward.waits(3_600);
    let held = ward.fire_safety_of(BEN).await;
    ward.wallet_sends_encrypted(&held, &before).await.is_refused(400, "invalid_encryption_parameters");
    ward.housekeeping().await;
    assert_eq!(ward.db.count("passport_request_key", "1 = 1").await, 1);
    assert_eq!(ward.told_key().await["kid"], new["kid"]);
}

#[tokio::test]
async fn a_wallet_that_others_wrote_encrypts_and_decrypts() {
    let ward = reachable(PostgreSql).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_the_time_of_wallets();
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let code = amina.wallet_code().await;
    let wish = json!({ "offer": link, "txCode": code, "encrypt": "A256GCM" });
    let taken = OthersWallet::new().does("accept", wish).await;
    assert_eq!(taken["encrypted"], json!(true), "{taken}");
    let credential = taken["credentials"][0].as_str().unwrap();
    assert_eq!(ward.verifier_takes(credential).await.claims()["subject"], "Fire safety");
}

#[rstest]
#[tokio::test]
async fn of_many_who_need_the_first_key_at_once_one_makes_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let told = futures::future::join_all((0..30).map(|_| ward.told_key())).await;
    assert!(told.iter().all(|key| *key == told[0]), "{told:?}");
    assert_eq!(ward.db.count("passport_request_key", "1 = 1").await, 1);
}

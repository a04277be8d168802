//! Keys for credentials in an HSM: `SoftHSM` stands in for one.

use crate::database::Sqlite;
use crate::people::AMINA;
use crate::ward::{Setup, Ward};
use axum::http::{Method, StatusCode};
use journeys::passport::rotate::{self, KeyStanding, Rotate, Rotation};
use openid4vc::status_list::Status;
use rules::passport::CredentialState;
use std::path::Path;
use std::process::Command;

/// Set in the process that speaks to the driver.
const IN_CHILD: &str = "FOBWATCH_TEST_PASSPORT_TOKEN";
/// Who opens the token.
pub const PIN: &str = "998877";
pub const DRIVER: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// The driver reads its settings from the environment, which a test must not change under others: the test runs itself again in a
/// process that has them. True in the process that only started the other one.
fn elsewhere(test: &str) -> bool {
    if std::env::var_os(IN_CHILD).is_some() {
        return false;
    }
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let settings = format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display());
    std::fs::write(folder.path().join("softhsm2.conf"), settings).unwrap();
    let conf = folder.path().join("softhsm2.conf");
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "passport", "--so-pin", "11223344", "--pin", PIN])
        .env("SOFTHSM2_CONF", &conf)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env("SOFTHSM2_CONF", conf)
        .env(IN_CHILD, "1")
        .output()
        .unwrap();
    let words =
        [child.stdout, child.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(child.status.success() && words.contains("1 passed"), "{words}");
    true
}

#[tokio::test]
async fn what_keys_in_an_hsm_sign_openssl_verifies_and_the_database_has_no_key() {
    if elsewhere(
        "passport::issuer_token::what_keys_in_an_hsm_sign_openssl_verifies_and_the_database_has_no_key",
    ) {
        return;
    }
    assert!(Path::new(DRIVER).exists(), "this test needs Debian's package softhsm2");
    let mut ward = Ward::with(Setup { passport_token: Some("passport"), ..Setup::on(Sqlite) }).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let told = ward.wallet_takes(&held).await.json();
    let credential = told["credentials"][0]["credential"].as_str().unwrap().to_owned();
    let status = ward.verifier_takes(&credential).await.status().unwrap().clone();
    let asked = ward.browser().asks_for_the_passport().await;
    let (answered, request) = ward.phone_browser().fetches(&asked).await;
    assert_eq!(answered, StatusCode::OK, "{request}");
    let path = "/.well-known/openid-credential-issuer/vc/NTH";
    let metadata = ward.program_sends(Method::GET, path, &[("accept", "application/jwt")], None).await.text;
    let list = ward.published_list(&status).await;
    let root = ward.roots().await.remove(0);
    for token in [&credential, &request, &metadata, &list] {
        assert!(ward.openssl_takes(token, &[&root.pem]), "{token}");
    }
    assert!(root.keys[0].label.as_deref().unwrap().starts_with("passport-key-"));
    for table in ["passport_root", "passport_key"] {
        assert_eq!(ward.db.count(table, "key IS NULL AND label IS NOT NULL").await, 1);
        assert_eq!(ward.db.count(table, "key IS NOT NULL").await, 0);
    }

    // Rotated, the old keys stay in the token for the lists of what they signed.
    ward.waits(61);
    let northfield = ward.the_trust().await;
    let rotated = rotate::rotate(&ward.node.service, &northfield, Rotate::Root).await.unwrap();
    assert!(matches!(rotated, Rotation::Done { .. }));
    ward.issuer_revokes(fire).await;
    assert_eq!(ward.status_in_list(&status).await.0, Status::Invalid);
    assert!(ward.openssl_takes(&ward.published_list(&status).await, &[&root.pem]));
    assert_eq!(ward.roots().await[1].keys[0].standing, KeyStanding::Lists);

    // A node without the token says at its start which keys it misses: two roots, a key below each.
    assert_eq!(rotate::unreachable(&ward.node.service).await.unwrap(), Vec::<String>::new());
    ward.setup.passport_token = None;
    let without = ward.another_node().await;
    assert_eq!(rotate::unreachable(&without.service).await.unwrap().len(), 4);
}

/// Takes a private key away from the token, by a program of others in a process of its own.
fn lose(label: &str) {
    let lost = Command::new("pkcs11-tool")
        .args(["--module", DRIVER, "--token-label", "passport", "--login", "--pin", PIN])
        .args(["--delete-object", "--type", "privkey", "--label", label])
        .output()
        .unwrap();
    assert!(lost.status.success(), "{}", String::from_utf8_lossy(&lost.stderr));
}

#[tokio::test]
async fn what_was_recorded_and_could_not_be_signed_is_given_later_by_the_next_key() {
    if elsewhere(
        "passport::issuer_token::what_was_recorded_and_could_not_be_signed_is_given_later_by_the_next_key",
    ) {
        return;
    }
    let ward = Ward::with(Setup { passport_token: Some("passport"), ..Setup::on(Sqlite) }).await;
    let amina = ward.fire_safety_bound(AMINA).await;
    // The key is found, and then lost: nobody knows before it is to sign.
    let signed = [("accept", "application/jwt")];
    let metadata = "/.well-known/openid-credential-issuer/vc/NTH";
    ward.program_sends(Method::GET, metadata, &signed, None).await.is_ok();
    lose(ward.roots().await[0].keys[0].label.as_deref().unwrap());
    let id = ward.is_deferred(&amina.held).await;
    assert_eq!(ward.state_of(amina.credential).await, CredentialState::Accepted);
    assert_eq!(ward.asks_again(&amina.held, &id).await.status, StatusCode::ACCEPTED);

    ward.waits(61);
    let northfield = ward.the_trust().await;
    rotate::rotate(&ward.node.service, &northfield, Rotate::Key).await.unwrap();
    let told = ward.asks_again(&amina.held, &id).await;
    let credential = told.is_ok().json()["credentials"][0]["credential"].as_str().unwrap().to_owned();
    assert_eq!(ward.verifier_takes(&credential).await.claims()["subject"], "Fire safety");
    // Of the copies that no wallet ever got none holds.
    assert_eq!(ward.db.count("credential_copy", "revoked_at IS NULL").await, 1);
    ward.asks_again(&amina.held, &id).await.is_refused(400, "invalid_transaction_id");
    ward.audit_is_whole().await;
}

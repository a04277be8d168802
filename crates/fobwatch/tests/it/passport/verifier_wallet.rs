//! A wallet that others wrote shows the access key, over real HTTP.

use super::verifier::{Issuing, path_of};
use crate::database::Sqlite;
use crate::people::AMINA;
use crate::ward::{Setup, Ward};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openid4vc::jose::Signer as _;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::process::Command;

/// What the program says of what it did.
async fn does(store: &Path, command: &str, wish: Value) -> Value {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/wallet");
    assert!(program.join("node_modules").exists(), "the wallet's packages are missing: run ./test tools");
    let out = Command::new("node")
        .arg(program.join("wallet.js"))
        .arg(store)
        .args([command, &wish.to_string()])
        .output()
        .await
        .unwrap();
    serde_json::from_slice(&out.stdout)
        .unwrap_or_else(|_| json!({ "failed": String::from_utf8_lossy(&out.stderr) }))
}

/// The private half of a P-256 key, as the wallet's file has it.
fn private_jwk(pkcs8: &[u8], mut public: Value) -> Value {
    // RFC 5915: an octet string of 32 bytes.
    let at = pkcs8.windows(2).position(|two| two == [0x04, 0x20]).unwrap() + 2;
    public["d"] = BASE64_URL_SAFE_NO_PAD.encode(&pkcs8[at..at + 32]).into();
    public
}

#[tokio::test]
async fn a_wallet_that_others_wrote_signs_its_owner_in() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let public_url: &'static str = format!("http://{address}").leak();
    let ward = Ward::with(Setup { public_url, ..Setup::on(Sqlite) }).await;
    let app = ward.node.pages.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut amina = ward.person(AMINA);
    amina.joins(super::verifier::APP).await;
    let held = ward.issues(amina.account().await, Issuing::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.json");
    let jwk = private_jwk(&held.pkcs8, held.key.public_key().to_jwk());
    let kept = json!({ "keys": [jwk], "credentials": [held.credential.to_string()] });
    std::fs::write(&store, kept.to_string()).unwrap();

    let mut desk = ward.person(AMINA);
    let link = desk.asks_for_the_passport().await;
    let now = ward.clock.now().as_second();
    for enc in ["A128GCM", "A256GCM"] {
        let link = if enc == "A128GCM" { link.clone() } else { desk.asks_for_the_passport().await };
        let shown = does(&store, "present", json!({ "request": link, "now": now, "enc": enc })).await;
        assert_eq!((&shown["client"], &shown["status"]), (&json!("x509_hash"), &json!(200)), "{shown}");
        let back = path_of(shown["answer"]["redirect_uri"].as_str().unwrap());
        let mut phone = ward.phone_browser();
        phone.opens(&back).await.reads("Type this code where you started");
        let digits = phone.digits();
        desk.opens("/sign-in/passport").await.reads("Enter the code from your phone");
        desk.fills("Verification code", &digits).presses("Continue").await;
        desk.is_asked_another_time().await.reads("Good morning, Amina");
        desk.presses("Sign out").await;
    }
    let link = desk.asks_for_the_passport().await;
    let no = does(&store, "present", json!({ "request": link, "decline": true })).await;
    assert_eq!(no["status"], 200, "{no}");
    desk.reloads().await.reads("The request was declined in the wallet");
}

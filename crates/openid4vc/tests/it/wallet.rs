//! A wallet that others wrote, over real HTTP, against an issuer and a verifier made of this room with nothing behind them but memory.

mod server;

use crate::random;
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::{CredentialQuery, CredentialSet, Query};
use openid4vc::issuer::Event;
use serde_json::{Value, json};
use server::{FIRE, Offered, Server};
use std::path::Path;
use tokio::process::Command;

/// Somebody's phone.
struct Wallet {
    folder: tempfile::TempDir,
}

impl Wallet {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    async fn does(&self, command: &str, wish: Value) -> Value {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/wallet");
        assert!(program.join("node_modules").exists(), "the wallet's packages are missing: run ./test tools");
        let out = Command::new("node")
            .arg(program.join("wallet.js"))
            .arg(self.folder.path().join("store.json"))
            .args([command, &wish.to_string()])
            .output()
            .await
            .unwrap();
        let told = String::from_utf8_lossy(&out.stdout).into_owned();
        serde_json::from_str(&told)
            .unwrap_or_else(|_| json!({ "failed": String::from_utf8_lossy(&out.stderr) }))
    }
}

fn fire() -> Query {
    let credential = CredentialQuery::of_kind("fire", FIRE).with_claim(ClaimPath::names(["level"]));
    Query { credentials: vec![credential], credential_sets: Vec::new() }
}

#[tokio::test]
async fn a_credential_is_offered_taken_and_shown() {
    let server = Server::start().await;
    let wallet = Wallet::new();
    let offer = server.offers(Offered { transaction_code: Some("493536"), ..Offered::default() });
    let taken = wallet.does("accept", json!({ "offer": offer, "txCode": "493536" })).await;
    assert_eq!(taken["version"], "V1", "{taken}");
    assert_eq!(taken["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(server.told(), [Event::Accepted]);
    let asked = server.asks(fire(), false);
    let shown = wallet.does("present", json!({ "request": asked.link })).await;
    assert_eq!(
        (&shown["client"], &shown["version"], &shown["status"]),
        (&json!("x509_hash"), &json!(100), &json!(200)),
        "{shown}"
    );
    let presented = server.presented(&asked).unwrap();
    let credential = presented.one("fire").unwrap();
    assert_eq!(credential.claims()["level"], "1");
    assert_eq!(credential.claims()["subject"], "Fire safety");
    assert!(credential.claims().get("place").is_none(), "what was not asked for is not shown");
    // The address that leads back to the browser holds a new secret each time.
    assert!(shown["answer"]["redirect_uri"].as_str().unwrap().contains("response_code="));
}

#[tokio::test]
async fn a_token_bound_to_a_key_a_batch_and_an_answer_that_comes_later() {
    let server = Server::start().await;
    let wallet = Wallet::new();
    let offer = server.offers(Offered { dpop: true, later: 2, ..Offered::default() });
    let taken = wallet.does("accept", json!({ "offer": offer, "dpop": true, "batch": 3 })).await;
    assert_eq!(taken["deferred"], 2, "{taken}");
    let credentials = taken["credentials"].as_array().unwrap();
    assert_eq!(credentials.len(), 3);
    let asked = server.asks(fire(), false);
    wallet.does("present", json!({ "request": asked.link })).await;
    assert!(server.presented(&asked).is_ok());
}

#[tokio::test]
async fn an_answer_is_encrypted_with_and_without_the_names_of_parties() {
    let server = Server::start().await;
    let wallet = Wallet::new();
    wallet
        .does("accept", json!({ "offer": server.offers(Offered::default()), "event": "credential_deleted" }))
        .await;
    assert_eq!(server.told(), [Event::Deleted]);
    for (parties, encryption) in [(false, "A128GCM"), (true, "A256GCM")] {
        let asked = server.asks(fire(), true);
        let shown = wallet
            .does("present", json!({ "request": asked.link, "parties": parties, "enc": encryption }))
            .await;
        assert_eq!(shown["status"], 200, "{shown}");
        assert!(server.presented(&asked).is_ok());
    }
}

#[tokio::test]
async fn who_asks_by_the_name_of_their_host_is_believed_by_their_certificate() {
    let server = Server::start().await;
    let wallet = Wallet::new();
    wallet.does("accept", json!({ "offer": server.offers(Offered::default()) })).await;
    let asked = server.asks_by_host(fire());
    let shown = wallet.does("present", json!({ "request": asked.link })).await;
    assert_eq!((&shown["client"], &shown["status"]), (&json!("x509_san_dns"), &json!(200)), "{shown}");
    assert!(server.presented(&asked).is_ok());
}

#[tokio::test]
async fn whoever_says_no_or_has_nothing_shows_nothing() {
    let server = Server::start().await;
    let wallet = Wallet::new();
    let asked = server.asks(fire(), false);
    assert_eq!(wallet.does("present", json!({ "request": asked.link })).await, json!({ "cannot": true }));
    assert_eq!(
        wallet.does("present", json!({ "request": asked.link, "decline": true })).await["status"],
        200
    );
    assert!(server.was_declined(&asked));
    // What would be nice to have is no reason to show nothing.
    wallet.does("accept", json!({ "offer": server.offers(Offered::default()) })).await;
    let mut query = fire();
    query.credentials.push(CredentialQuery::of_kind("more", "https://northfield.example/credentials/more"));
    query.credential_sets = vec![
        CredentialSet { options: vec![vec!["fire".to_owned()]], required: true },
        CredentialSet { options: vec![vec!["more".to_owned()]], required: false },
    ];
    let asked = server.asks(query, false);
    let shown = wallet.does("present", json!({ "request": asked.link })).await;
    assert_eq!(server.presented(&asked).unwrap().all().count(), 1, "{shown}");
}

#[tokio::test]
async fn a_code_of_an_offer_is_redeemed_once_and_with_the_right_code_of_the_person() {
    let server = Server::start().await;
    let wallet = Wallet::new();
    let offer = server.offers(Offered { transaction_code: Some("493536"), ..Offered::default() });
    for wrong in [json!({ "offer": offer, "txCode": "000000" }), json!({ "offer": offer })] {
        let refused = wallet.does("accept", wrong).await;
        assert!(refused["failed"].is_string(), "{refused}");
    }
    assert!(
        wallet.does("accept", json!({ "offer": offer, "txCode": "493536" })).await["credentials"].is_array()
    );
    assert!(wallet.does("accept", json!({ "offer": offer, "txCode": "493536" })).await["failed"].is_string());
}

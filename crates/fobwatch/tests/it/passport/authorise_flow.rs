//! A wallet sends its person here to sign in, and gets what they accept (OpenID4VCI 1.0, section 5).

use super::authorise::{
    APP, BACK, VERIFIER, WALLET, by_details, challenge_of, held, led_to, redeeming, two_wallets,
};
use super::issuer::{FIRE, NORTHFIELD, add_page, key};
use super::issuer_flow::{OthersWallet, reachable_with};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::passport::issuer::credential_kind;
use crate::people::AMINA;
use crate::ward::Ward;
use openid4vc::jose::Signer as _;
use rstest::rstest;
use rules::passport::CredentialState;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[rstest]
#[tokio::test]
async fn a_wallet_that_others_wrote_sends_its_person_here_and_gets_what_they_accept(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = reachable_with(kind, two_wallets).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.has_the_time_of_wallets();
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let wallet = OthersWallet::new();
    let wish = json!({ "offer": link, "clientId": WALLET, "redirectUri": BACK, "dpop": true });
    let asked = wallet.does("ask", wish).await;
    let url = asked["url"].as_str().unwrap_or_else(|| panic!("{asked}"));
    amina
        .opens(url.strip_prefix(ward.setup.public_url).unwrap())
        .await
        .reads("Ward Wallet asks for your credentials");
    amina.says("Fire safety");
    let back = amina.accepts_for_wallet().await;
    let taken = wallet.does("come-back", json!({ "url": back.to.as_str(), "batch": 2 })).await;
    let credentials = taken["credentials"].as_array().unwrap_or_else(|| panic!("{taken}"));
    assert_eq!(credentials.len(), 2);
    for credential in credentials {
        let taken = ward.verifier_takes(credential.as_str().unwrap()).await;
        assert_eq!(taken.claims()["subject"], "Fire safety");
    }
    // The page with the QR code goes on, too.
    amina.opens(&add_page(fire)).await.reads("That worked");
    let kept = ward.store().credential(fire).await.unwrap().unwrap();
    assert_eq!(kept.state(ward.today()), CredentialState::Accepted);
    assert_eq!(ward.newest_record("wallet_authorised").await["client"], WALLET);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn control_9_who_is_not_signed_in_signs_in_first_and_goes_on(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_wallets(kind).await;
    ward.person(AMINA).joins(Factor::TextMessage).await;
    let fire = ward.has_fire_safety_to_accept().await;
    ward.waits(60);
    let mut amina = ward.person_elsewhere(AMINA);
    amina.opens(&ward.pushed(&[]).await).await.reads("Sign in");
    // Signing in takes longer than the wallet's address works.
    ward.waits(120);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(Factor::TextMessage).await;
    amina.types(&code).await.reads("Ward Wallet asks for your credentials").says("Fire safety");
    let policy = amina.page.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' https://wallet.northfield.example;"), "{policy}");
    let back = amina.accepts_for_wallet().await;
    assert!(back.to.as_str().starts_with(&format!("{BACK}&code=")), "{back:?}");
    assert_eq!(back.with["state"], "state of the wallet");
    assert_eq!(back.with["iss"], format!("{}{NORTHFIELD}", ward.setup.public_url));
    let held = ward.token_for(back.code()).await;
    let taken = ward.wallet_takes(&held).await.json();
    assert!(taken["notification_id"].is_string());
    let id = taken["notification_id"].as_str().unwrap();
    assert_eq!(ward.wallet_tells(&held, id, "credential_accepted").await.status, 204);
    let kept = ward.store().credential(fire).await.unwrap().unwrap();
    assert_eq!(kept.state(ward.today()), CredentialState::Accepted);
    // The cookie is gone: the next sign-in leads home.
    amina.opens("/passport/wallet").await.says("FW-3110");
    assert!(!amina.cookies.contains_key("fobwatch-wallet-asks"));
}

#[rstest]
#[tokio::test]
async fn several_credentials_are_accepted_at_once_and_fetched_by_their_identifiers(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_wallets(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let fire = ward.has_fire_safety_to_accept().await;
    ward.waits(1);
    let moving = FIRE.replace("Fire safety", "Moving and handling");
    let moving =
        ward.issuer_provides(AMINA, credential_kind("core-skill"), "moving-handling-1", &moving).await;
    let identity = ward.issuer_provides(AMINA, credential_kind("identity"), "", FIRE).await;
    let details = by_details();
    let dpop = key();
    let jkt = dpop.public_key().thumbprint();
    let asked = [
        ("scope", ""),
        ("authorization_details", details.as_str()),
        ("dpop_jkt", &jkt),
        ("redirect_uri", APP),
    ];
    amina.opens(&ward.pushed(&asked).await).await.reads("Ward Wallet asks for your credentials");
    amina.says("Fire safety").says("Moving and handling");
    assert!(!amina.page.text().contains("Identity"), "nobody asked for it");
    let policy = amina.page.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' example.wallet:;"), "{policy}");
    let back = amina.accepts_for_wallet().await;
    assert_eq!(back.to.scheme(), "example.wallet");

    let redeeming = redeeming(back.code(), &[("redirect_uri", APP)]);
    let token = format!("{NORTHFIELD}/token");
    // The wallet named a key: without its proof, or with another's, the code gives nothing, and is not used up.
    ward.code_redeemed(redeeming.clone(), &[]).await.is_refused(400, "invalid_dpop_proof");
    let other = ward.dpop_proof(&key(), &token, None).await;
    let told = ward.code_redeemed(redeeming.clone(), &[("dpop", &other)]).await;
    told.is_refused(400, "invalid_dpop_proof");
    let proof = ward.dpop_proof(&dpop, &token, None).await;
    let told = ward.code_redeemed(redeeming, &[("dpop", &proof)]).await;
    let details = told.is_ok().json()["authorization_details"].clone();
    let [detail] = details.as_array().unwrap().as_slice() else { panic!("{details}") };
    assert_eq!(
        (&detail["type"], &detail["credential_configuration_id"]),
        (&json!("openid_credential"), &json!("core-skill"))
    );
    let identifiers: BTreeSet<&str> =
        detail["credential_identifiers"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(identifiers, BTreeSet::from([fire.to_string().as_str(), moving.to_string().as_str()]));
    let held = held(&told, Some(dpop));
    for (identifier, subject) in [(moving, "Moving and handling"), (fire, "Fire safety")] {
        let told = ward.wallet_asks_by(&held, &identifier.to_string(), &key()).await;
        let credential = told.is_ok().json()["credentials"][0]["credential"].as_str().unwrap().to_owned();
        assert_eq!(ward.verifier_takes(&credential).await.claims()["subject"], subject);
    }
    // What was not accepted is not given, and nothing by the name of its kind.
    let told = ward.wallet_asks_by(&held, &identity.to_string(), &key()).await;
    told.is_refused(400, "unknown_credential_identifier");
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&held, &[proof]).await.is_refused(400, "invalid_credential_request");
    assert_eq!(ward.newest_record("wallet_authorised").await["count"], 2);
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 2);
}

#[tokio::test]
async fn by_scope_a_wallet_gets_the_oldest_of_a_kind() {
    let ward = Ward::with_wallets(Sqlite).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_fire_safety_to_accept().await;
    ward.waits(1);
    ward.issuer_provides(AMINA, credential_kind("core-skill"), "moving-handling-1", FIRE).await;
    let scope = [("scope", "openid core-skill identity offline_access")];
    amina.opens(&ward.pushed(&scope).await).await.says("Fire safety");
    assert!(!amina.page.text().contains("Moving and handling"));
    let back = amina.accepts_for_wallet().await;
    let told = ward.code_redeemed(redeeming(back.code(), &[]), &[]).await;
    assert!(told.json().get("authorization_details").is_none());
    let held = held(&told, None);
    // The proof may say who the wallet is, but not that it is another one.
    let nonce = ward.c_nonce().await;
    let lies = ward.key_proof_with(&key(), &nonce, |_, claims| claims["iss"] = json!("other-wallet"));
    ward.wallet_asks_for(&held, &[lies]).await.is_refused(400, "invalid_proof");
    let says = ward.key_proof_with(&key(), &nonce, |_, claims| claims["iss"] = json!(WALLET));
    ward.wallet_asks_for(&held, &[says]).await.is_ok();
    assert_eq!(ward.db.count("credential", "accepted_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn the_metadata_say_how_wallets_send_people_here() {
    let ward = Ward::with_wallets(Sqlite).await;
    let told = ward.program_reads("/.well-known/oauth-authorization-server/vc/NTH").await.json();
    let at = |path: &str| json!(format!("http://fobwatch.example{NORTHFIELD}{path}"));
    assert_eq!(told["pushed_authorization_request_endpoint"], at("/par"));
    assert_eq!(told["authorization_endpoint"], at("/authorize"));
    assert_eq!(told["require_pushed_authorization_requests"], json!(true));
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(told["authorization_response_iss_parameter_supported"], json!(true));
    assert_eq!(
        told["grant_types_supported"],
        json!(["authorization_code", "urn:ietf:params:oauth:grant-type:pre-authorized_code"])
    );
    // Where no wallet is known, nobody is told of a way that leads nowhere.
    let ward = Ward::new(Sqlite).await;
    let told = ward.program_reads("/.well-known/oauth-authorization-server/vc/NTH").await.json();
    assert!(told.get("authorization_endpoint").is_none(), "{told}");
    ward.wallet_pushes(super::authorise::asking(&[]), &[]).await.is_refused(401, "invalid_client");
}

#[tokio::test]
async fn a_wallet_that_proves_a_key_when_it_pushes_must_prove_it_again() {
    let ward = Ward::with_wallets(Sqlite).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_fire_safety_to_accept().await;
    let dpop = key();
    let par = format!("{NORTHFIELD}/par");
    let proof = ward.dpop_proof(&dpop, &par, None).await;
    let asking = super::authorise::asking(&[]);
    let told = ward.wallet_pushes(asking.clone(), &[("dpop", &proof)]).await;
    let url = led_to(&told, WALLET);
    assert!(told.headers.contains_key("dpop-nonce"));
    ward.wallet_pushes(asking, &[("dpop", &proof)]).await.is_refused(400, "invalid_dpop_proof");
    amina.opens(&url).await;
    let back = amina.accepts_for_wallet().await;
    ward.code_redeemed(redeeming(back.code(), &[]), &[]).await.is_refused(400, "invalid_dpop_proof");
    let proof = ward.dpop_proof(&dpop, &format!("{NORTHFIELD}/token"), None).await;
    let told = ward.code_redeemed(redeeming(back.code(), &[]), &[("dpop", &proof)]).await;
    ward.wallet_takes(&held(&told, Some(dpop))).await;
}

#[test]
fn the_challenge_of_the_standard_is_met_by_its_verifier() {
    assert_eq!(challenge_of(VERIFIER), super::authorise::CHALLENGE);
}

//! What is refused where a wallet sends its person here: nobody is led away to an address that nobody vouches for.

use super::authorise::{BACK, CHALLENGE, WALLET, asking, by_details, form, led_to, redeeming};
use super::issuer::{FIRE, NORTHFIELD, key, sends_to};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use axum::http::StatusCode;
use openid4vc::jose::Signer as _;
use rstest::rstest;
use serde_json::json;

#[tokio::test]
async fn what_is_pushed_wrong_is_answered_and_leads_nobody_anywhere() {
    let ward = Ward::with_wallets(Sqlite).await;
    let unknown =
        json!([{ "type": "openid_credential", "credential_configuration_id": "juggling" }]).to_string();
    let other_type = json!([{ "type": "payment" }]).to_string();
    let other_key = key().public_key().thumbprint();
    for (name, value, status, error) in [
        ("client_id", "", 401, "invalid_client"),
        ("client_id", "somebody", 401, "invalid_client"),
        ("response_type", "token", 400, "invalid_request"),
        ("response_mode", "fragment", 400, "invalid_request"),
        ("redirect_uri", "", 400, "invalid_request"),
        ("redirect_uri", "https://wallet.northfield.example/back", 400, "invalid_request"),
        ("redirect_uri", "https://wallet.northfield.example/back?from=fobwatch&x", 400, "invalid_request"),
        ("redirect_uri", "https://WALLET.northfield.example/back?from=fobwatch", 400, "invalid_request"),
        ("redirect_uri", "https://other.example/back", 400, "invalid_request"),
        ("redirect_uri", "javascript:alert(1)", 400, "invalid_request"),
        ("code_challenge", "", 400, "invalid_request"),
        ("code_challenge_method", "plain", 400, "invalid_request"),
        ("code_challenge_method", "", 400, "invalid_request"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", 400, "invalid_request"),
        ("request", "e30.e30.", 400, "invalid_request"),
        ("scope", "", 400, "invalid_scope"),
        ("scope", "openid juggling", 400, "invalid_scope"),
        ("authorization_details", unknown.as_str(), 400, "invalid_authorization_details"),
        ("authorization_details", other_type.as_str(), 400, "invalid_authorization_details"),
        ("authorization_details", "no list", 400, "invalid_authorization_details"),
        ("issuer_state", "of no offer", 400, "invalid_request"),
    ] {
        let told = ward.wallet_pushes(asking(&[(name, value)]), &[]).await;
        told.is_refused(status, error);
        assert!(!told.headers.contains_key("location"), "{name} {value}");
    }
    let proof = ward.dpop_proof(&key(), &format!("{NORTHFIELD}/par"), None).await;
    let told = ward.wallet_pushes(asking(&[("dpop_jkt", &other_key)]), &[("dpop", &proof)]).await;
    told.is_refused(400, "invalid_dpop_proof");
    assert_eq!(ward.db.count("passport_authorisation", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn an_address_is_opened_in_time_by_its_own_wallet_and_answered_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_wallets(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.has_fire_safety_to_accept().await;
    let over = async |amina: &mut crate::guide::Visitor<'_>, url: &str| {
        amina.opens(url).await;
        assert_eq!(amina.page.status, StatusCode::GONE, "{url}");
        amina.says("FW-3110");
    };
    let url = ward.pushed(&[]).await;
    for wrong in [
        url.replace(WALLET, "other-wallet"),
        url.replace("client_id", "client"),
        url.replace("request_uri=", "request_uri=x"),
        format!("{NORTHFIELD}/authorize?{}", asking(&[])),
        format!("{NORTHFIELD}/authorize?{}", asking(&[("redirect_uri", "https://evil.example/")])),
        format!("{NORTHFIELD}/authorize"),
    ] {
        over(&mut amina, &wrong).await;
    }
    ward.waits(89);
    amina.opens(&url).await.reads("Ward Wallet asks for your credentials");
    // Who loads it again has not used it up.
    amina.opens(&url).await.reads("Ward Wallet asks for your credentials");
    ward.waits(1);
    over(&mut amina, &url).await;
    // The page that is open may be answered for ten minutes.
    amina.opens("/passport/wallet").await.reads("Ward Wallet asks for your credentials");
    let accept = amina.would_send("Accept and add to my wallet");
    ward.waits(509);
    let mut late = amina.browser.opens_a_tab();
    let back = amina.leaves_by("Cancel").await;
    assert_eq!(
        (back.with["error"].as_str(), back.with["state"].as_str()),
        ("access_denied", "state of the wallet")
    );
    assert_eq!(back.with["iss"], format!("{}{NORTHFIELD}", ward.setup.public_url));
    assert!(back.to.as_str().starts_with(BACK));
    // In another tab there is nothing left to accept.
    late.posts(accept).await.says("FW-3110");
    assert_eq!(ward.audited("wallet_not_authorised").await, 1);
    assert_eq!(ward.db.count("credential_offer", "1 = 1").await, 0);

    let url = ward.pushed(&[]).await;
    amina.opens(&url).await.reads("Ward Wallet asks for your credentials");
    let accept = amina.would_send("Accept and add to my wallet");
    ward.waits(600);
    amina.posts(accept).await;
    amina.confirms().await.says("FW-3110");
}

#[rstest]
#[tokio::test]
async fn a_code_works_once_for_a_minute_and_for_whoever_asked(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_wallets(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&[]).await).await;
    let back = amina.accepts_for_wallet().await;
    let other_verifier = "a".repeat(43);
    for (name, value, status, error) in [
        ("client_id", "", 401, "invalid_client"),
        ("client_id", "other-wallet", 400, "invalid_grant"),
        ("redirect_uri", "https://wallet.northfield.example/back", 400, "invalid_grant"),
        ("redirect_uri", "", 400, "invalid_request"),
        ("code_verifier", "", 400, "invalid_request"),
        ("code_verifier", other_verifier.as_str(), 400, "invalid_grant"),
        ("code_verifier", CHALLENGE, 400, "invalid_grant"),
        ("code", "x", 400, "invalid_grant"),
    ] {
        let told = ward.code_redeemed(redeeming(back.code(), &[(name, value)]), &[]).await;
        told.is_refused(status, error);
    }
    ward.waits(59);
    let held = ward.token_for(back.code()).await;
    // Whoever sends it again is not who it was for, or somebody else is: the token ends.
    ward.code_redeemed(redeeming(back.code(), &[]), &[]).await.is_refused(400, "invalid_grant");
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&held, &[proof]).await.is_refused(401, "invalid_token");
    ward.code_redeemed(redeeming(back.code(), &[]), &[]).await.is_refused(400, "invalid_grant");
    assert_eq!(ward.audited("wallet_code_repeated").await, 1);
    assert_eq!(ward.db.count("credential", "accepted_at IS NOT NULL").await, 0);

    // Somebody who saw only the code ends the token, too, and gets nothing.
    amina.opens(&ward.pushed(&[]).await).await;
    let back = amina.accepts_for_wallet().await;
    let held = ward.token_for(back.code()).await;
    let told = ward.code_redeemed(redeeming(back.code(), &[("code_verifier", &other_verifier)]), &[]).await;
    told.is_refused(400, "invalid_grant");
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&held, &[proof]).await.is_refused(401, "invalid_token");

    amina.opens(&ward.pushed(&[]).await).await;
    let back = amina.accepts_for_wallet().await;
    ward.waits(60);
    ward.code_redeemed(redeeming(back.code(), &[]), &[]).await.is_refused(400, "invalid_grant");
}

#[rstest]
#[tokio::test]
async fn a_hundred_at_once_on_two_nodes_get_one_token_at_most(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_wallets(kind).await;
    let other = ward.another_node().await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&[]).await).await;
    let back = amina.accepts_for_wallet().await;
    let path = format!("{NORTHFIELD}/token");
    let tries = (0..100).map(|number| {
        let node = if number % 2 == 0 { &ward.node } else { &other };
        sends_to(node, ward.setup.public_url, &path, redeeming(back.code(), &[]))
    });
    let told = futures::future::join_all(tries).await;
    let given = told.iter().filter(|told| told.status == StatusCode::OK).count();
    assert_eq!(given, 1);
    assert_eq!(ward.db.count("passport_authorisation", "revoked_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_hundred_times_accepted_at_once_it_is_granted_once() {
    let ward = Ward::with_wallets(PostgreSql).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&[]).await).await;
    let (url, body) = amina.would_send("Accept and add to my wallet");
    let presses = (0..100).map(|_| {
        let (mut tab, url, body) = (amina.browser.opens_a_tab(), url.clone(), body.clone());
        async move { tab.sends(&axum::http::Method::POST, &url, Some(body), &[]).await.unwrap().0 }
    });
    let statuses = futures::future::join_all(presses).await;
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::SEE_OTHER).count(), 1, "{statuses:?}");
    assert_eq!(ward.db.count("credential_offer", "1 = 1").await, 1);
}

#[tokio::test]
async fn only_what_waits_for_this_person_is_given() {
    let ward = Ward::with_wallets(Sqlite).await;
    let mut amina = ward.amina_with_a_phone().await;
    let mut ben = ward.person(BEN);
    ben.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let fire = ward.has_fire_safety_to_accept().await;
    // Nothing waits for Ben, and the offer that led the wallet here is Amina's.
    ben.opens(&ward.pushed(&[]).await).await.reads("There is nothing to add to your wallet");
    let back = ben.leaves_by("Return to my wallet").await;
    assert_eq!(back.with["error"], "access_denied");
    let link = amina.adds_to_wallet(fire).await;
    let offer = ward.wallet_fetches(&link).await.json();
    let state = offer["grants"]["authorization_code"]["issuer_state"].as_str().unwrap().to_owned();
    let url = ward.pushed(&[("issuer_state", &state)]).await;
    ben.opens(&url).await.reads("There is nothing to add to your wallet");
    // Ids that Ben makes up are of nothing that he may have.
    let made_up = form(&[("credentials", &fire.to_string())]);
    ben.posts(("/passport/wallet".to_owned(), made_up)).await.says("FW-3101");
    // Amina may have it by the same address, and then the code in the QR code works no more.
    let code = ward.code_of(&link).await;
    let sent = amina.wallet_code().await;
    amina.opens(&url).await.reads("Ward Wallet asks for your credentials");
    let back = amina.accepts_for_wallet().await;
    ward.wallet_redeems(&code, Some(&sent)).await.is_refused(400, "invalid_grant");
    let held = ward.token_for(back.code()).await;
    ward.wallet_takes(&held).await;
    // An offer for one credential is no invitation to fetch another.
    let identity = ward.issuer_provides(AMINA, credential_kind("identity"), "", FIRE).await;
    let offer = ward.wallet_fetches(&amina.adds_to_wallet(identity).await).await.json();
    let state = offer["grants"]["authorization_code"]["issuer_state"].as_str().unwrap().to_owned();
    let told = ward.wallet_pushes(asking(&[("issuer_state", &state)]), &[]).await;
    told.is_refused(400, "invalid_request");
}

#[tokio::test]
async fn what_is_taken_back_between_the_yes_and_the_wallet_is_denied() {
    let ward = Ward::with_wallets(Sqlite).await;
    let mut amina = ward.amina_with_a_phone().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let details = by_details();
    let url = ward.pushed(&[("scope", ""), ("authorization_details", &details)]).await;
    amina.opens(&url).await;
    let back = amina.accepts_for_wallet().await;
    let held = ward.token_for(back.code()).await;
    ward.issuer_withdraws(fire).await;
    let told = ward.wallet_asks_by(&held, &fire.to_string(), &key()).await;
    told.is_refused(400, "credential_request_denied");
    // What was accepted meanwhile by another way waits no more when the page is answered.
    let fire = ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&[]).await).await;
    let accept = amina.would_send("Accept and add to my wallet");
    ward.issuer_withdraws(fire).await;
    amina.posts(accept).await.says("FW-3101");
}

#[tokio::test]
async fn without_a_fresh_second_factor_nobody_lets_a_wallet_have_anything() {
    let ward = Ward::with_wallets(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.has_fire_safety_to_accept().await;
    ward.waits(11 * 60);
    let url = ward.pushed(&[]).await;
    amina.opens(&url).await.reads("Confirm that it is you");
    amina.confirms().await.reads("Ward Wallet asks for your credentials");
    let accept = amina.would_send("Accept and add to my wallet");
    // Nor without a session.
    let mut stranger = ward.browser();
    stranger.opens(&url).await.reads("Sign in");
    stranger.posts(accept).await.reads("Sign in");
    // Whoever signs out between the yes and the code ends that, too.
    let back = amina.accepts_for_wallet().await;
    amina.opens("/home").await.presses("Sign out").await;
    ward.code_redeemed(redeeming(back.code(), &[]), &[]).await.is_refused(400, "invalid_grant");
}

#[tokio::test]
async fn one_organisations_wallet_request_is_nothing_at_another() {
    let ward = Ward::with_wallets(Sqlite).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_fire_safety_to_accept().await;
    let mut tx = ward.store().begin().await.unwrap();
    tx.add_organisation(ward.new_id(), "STH", "Southmere", ward.now()).await.unwrap();
    tx.commit().await.unwrap();
    let url = led_to(&ward.wallet_pushes(asking(&[]), &[]).await, WALLET);
    amina.opens(&url.replace("/NTH/", "/STH/")).await.says("FW-3110");
    amina.opens(&url).await;
    let back = amina.accepts_for_wallet().await;
    let path = "/vc/STH/token";
    let form = redeeming(back.code(), &[]);
    ward.program_sends(axum::http::Method::POST, path, &[], Some(form))
        .await
        .is_refused(400, "invalid_grant");
    ward.token_for(back.code()).await;
}

#[rstest]
#[tokio::test]
async fn what_nobody_decided_is_erased_when_it_can_be_no_more(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_wallets(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&[]).await).await;
    amina.accepts_for_wallet().await;
    ward.pushed(&[]).await;
    ward.waits(599);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("passport_authorisation", "decided_at IS NULL").await, 1);
    ward.waits(1);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("passport_authorisation", "decided_at IS NULL").await, 0);
    // What was decided is kept for as long as codes that come twice matter.
    assert_eq!(ward.db.count("passport_authorisation", "1 = 1").await, 1);
    let told = ward.wallet_pushes(asking(&[("state", &"s".repeat(2_049))]), &[]).await;
    told.is_refused(400, "invalid_request");
}

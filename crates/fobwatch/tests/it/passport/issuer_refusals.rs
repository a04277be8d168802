//! What a wallet, or somebody who would like to be one, is refused.

use super::issuer::{Held, NORTHFIELD, PRE_AUTHORIZED, add_page, hash, key, sends_to, token_form};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use openid4vc::jose::{Es256Key, Signer as _};
use rstest::rstest;
use rules::passport::RejectReason;
use serde_json::{Value, json};

#[rstest]
#[tokio::test]
async fn control_9_five_wrong_codes_of_the_person_end_an_offer(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let right = amina.wallet_code().await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let offer = ward.wallet_fetches(&link).await.json();
    let grant = &offer["grants"][PRE_AUTHORIZED];
    assert_eq!(
        (&grant["tx_code"]["length"], &grant["tx_code"]["input_mode"]),
        (&json!(6), &json!("numeric"))
    );
    let code = grant["pre-authorized_code"].as_str().unwrap();
    // That it is missing is no try.
    for _ in 0..6 {
        ward.wallet_redeems(code, None).await.is_refused(400, "invalid_request");
    }
    for _ in 0..5 {
        ward.wallet_redeems(code, Some(wrong)).await.is_refused(400, "invalid_grant");
    }
    ward.wallet_redeems(code, Some(&right)).await.is_refused(400, "invalid_grant");
    assert_eq!(ward.wallet_fetches(&link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ward.audited("code_refused").await, 5);
    amina.reloads().await.reads("The QR code has expired");
    // A new one has a new code, and the old code does not open it.
    ward.waits(31);
    amina.presses("Get a new QR code").await.reads("Scan the QR code to add your credential");
    let link = super::issuer::link_on(&amina.browser);
    let code = ward.code_of(&link).await;
    ward.wallet_redeems(&code, Some(&right)).await.is_refused(400, "invalid_grant");
    let right = amina.wallet_code().await;
    ward.wallet_redeems(&code, Some(&right)).await.is_ok();
    ward.wallet_redeems(&code, Some(&right)).await.is_refused(400, "invalid_grant");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn control_9_of_a_hundred_wallets_at_once_one_is_given_a_token(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let (code, typed) = (ward.code_of(&link).await, amina.wallet_code().await);
    let nodes = [ward.node.clone(), ward.another_node().await];
    let tasks: Vec<_> = (0..100)
        .map(|nth| {
            let (node, form) = (nodes[nth % 2].clone(), token_form(&code, Some(&typed)));
            tokio::spawn(async move {
                sends_to(&node, "http://fobwatch.example", "/vc/NTH/token", form).await.status
            })
        })
        .collect();
    let mut given = 0;
    for task in tasks {
        let status = task.await.unwrap();
        // On a machine that has much else to do some are told to come again.
        let honest = [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::SERVICE_UNAVAILABLE];
        assert!(honest.contains(&status), "{status}");
        given += usize::from(status == StatusCode::OK);
    }
    assert_eq!(given, 1);
    assert_eq!(ward.audited("credential_offer_redeemed").await, 1);
}

#[rstest]
#[tokio::test]
async fn control_9_an_offer_and_a_token_are_over_after_five_minutes_each(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let code = ward.code_of(&link).await;
    ward.waits(299);
    assert_eq!(ward.wallet_fetches(&link).await.status, StatusCode::OK);
    ward.waits(1);
    assert_eq!(ward.wallet_fetches(&link).await.status, StatusCode::NOT_FOUND);
    ward.wallet_redeems(&code, None).await.is_refused(400, "invalid_grant");
    amina.reloads().await.reads("The QR code has expired");

    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    ward.waits(300);
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    let told = ward.wallet_asks_for(&held, &[proof]).await;
    told.is_refused(401, "invalid_token");
    assert_eq!(told.headers["www-authenticate"], "DPoP error=\"invalid_token\"");
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn what_was_taken_back_or_rejected_meanwhile_is_refused_at_every_step(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    // Before the offer is fetched.
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    ward.issuer_withdraws(fire).await;
    assert_eq!(ward.wallet_fetches(&link).await.status, StatusCode::NOT_FOUND);
    amina.reloads().await.reads("The QR code has expired");
    amina.presses("Get a new QR code").await.is_refused("FW-3101");
    // Before the code is traded in.
    let fire = ward.has_fire_safety_to_accept().await;
    let code = ward.code_of(&amina.adds_to_wallet(fire).await).await;
    let account = ward.account_of(AMINA).await;
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.reject_credential(fire, account, RejectReason::Duplicate, None, ward.now()).await.unwrap());
    tx.commit().await.unwrap();
    ward.wallet_redeems(&code, None).await.is_refused(400, "invalid_grant");
    // Before the credential is fetched.
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    ward.issuer_withdraws(fire).await;
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&held, &[proof]).await.is_refused(400, "credential_request_denied");
    // Revoked while a new copy is on its way.
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    ward.wallet_takes(&held).await;
    let copy = ward.wallet_token(&amina.reissues_to_wallet(fire).await, None).await;
    ward.issuer_revokes(fire).await;
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    // Whoever revokes ends the offers that are open, too.
    ward.wallet_asks_for(&copy, &[proof]).await.is_refused(401, "invalid_token");
    let again = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&held, &[again]).await.is_refused(400, "credential_request_denied");
    assert_eq!(ward.db.count("credential_copy", "revoked_at IS NULL").await, 0);
    amina.posts((add_page(fire), "reissue=yes".to_owned())).await.is_refused("FW-3102");
}

#[tokio::test]
async fn another_organisation_takes_neither_code_nor_token() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.another_trust(&[]).await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let path = ward.path_of(&link);
    let elsewhere = path.replace("/vc/NTH/", "/vc/STH/");
    assert_eq!(ward.program_reads(&elsewhere).await.status, StatusCode::NOT_FOUND);
    let code = ward.code_of(&link).await;
    ward.wallet_redeems_at("/vc/STH", &code, None, &[]).await.is_refused(400, "invalid_grant");
    ward.wallet_redeems_at("/vc/XXX", &code, None, &[]).await.is_refused(404, "not_found");
    let held = ward.wallet_token(&link, None).await;
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    let body = json!({ "credential_configuration_id": "core-skill", "proofs": { "jwt": [proof] } });
    ward.wallet_sends(&held, "/vc/STH/credential", &body).await.is_refused(401, "invalid_token");
    ward.wallet_takes(&held).await;
}

#[tokio::test]
async fn an_offer_is_shown_in_its_own_session_alone_and_ends_with_it() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let mut ben = ward.colleague(BEN).await;
    ben.signs_in(Factor::AuthenticatorApp).await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let offer = ward.store().latest_offer(fire, amina_session(&ward).await).await.unwrap().unwrap();
    // Ben has nothing to see there.
    ben.opens(&add_page(fire)).await;
    assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    ben.posts((add_page(fire), String::new())).await;
    assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    // Amina at another browser sees no QR code of this one.
    let mut elsewhere = ward.person_elsewhere(AMINA);
    elsewhere.seed = amina.seed.take();
    elsewhere.signs_in(Factor::AuthenticatorApp).await;
    elsewhere.opens(&add_page(fire)).await.reads("The QR code has expired");
    let events = format!("{}/events?offer={}", add_page(fire), offer.id);
    let (_, _, said) = elsewhere.sends(&Method::GET, &events, None, &[]).await.unwrap();
    assert!(said.contains("data: failed"), "{said}");
    let code = ward.code_of(&link).await;
    amina.opens("/home").await.presses("Sign out").await;
    ward.wallet_redeems(&code, None).await.is_refused(400, "invalid_grant");
}

#[rstest]
#[tokio::test]
async fn whoever_ends_the_session_or_disables_the_account_ends_what_its_wallet_began(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let account = ward.account_of(AMINA).await;
    let fire = ward.has_fire_safety_to_accept().await;
    for ended in ["sessions", "account"] {
        let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
        let mut tx = ward.store().begin().await.unwrap();
        if ended == "sessions" {
            tx.end_sessions(account, ward.now()).await.unwrap();
        } else {
            assert!(tx.disable_account(account, "foreign-number", ward.now()).await.unwrap());
        }
        tx.commit().await.unwrap();
        let proof = ward.key_proof(&key(), &ward.c_nonce().await);
        ward.wallet_asks_for(&held, &[proof]).await.is_refused(401, "invalid_token");
        assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 0);
        assert_eq!(ward.db.count("credential", "accepted_at IS NOT NULL").await, 0);
        if ended == "sessions" {
            ward.waits(60);
            amina.signs_in(Factor::AuthenticatorApp).await;
        }
    }
}

async fn amina_session(ward: &Ward) -> uuid::Uuid {
    ward.store().sessions_of(ward.account_of(AMINA).await).await.unwrap()[0].id
}

#[rstest]
#[tokio::test]
async fn proofs_that_are_not_good_bring_no_credential(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let nonce = ward.c_nonce().await;
    let (mine, other) = (key(), key());
    let jwk = other.public_key().to_jwk();
    let forged = ward.key_proof_with(&mine, &nonce, |header, _| header["jwk"] = jwk);
    let elsewhere = ward
        .key_proof_with(&mine, &nonce, |_, claims| claims["aud"] = "https://southmere.example/vc/STH".into());
    let long_ago = ward.key_proof_with(&mine, &nonce, |_, claims| {
        claims["iat"] = (claims["iat"].as_i64().unwrap() - 301).into();
    });
    let mut tampered = ward.key_proof(&mine, &nonce);
    tampered.truncate(tampered.len() - 4);
    tampered.push_str("AAAA");
    for wrong in [forged, elsewhere, long_ago, tampered] {
        ward.wallet_asks_for(&held, &[wrong]).await.is_refused(400, "invalid_proof");
    }
    let invented = ward.key_proof(&mine, "not-a-nonce-of-ours");
    ward.wallet_asks_for(&held, &[invented]).await.is_refused(400, "invalid_nonce");
    let ask = |body: Value| {
        let held = &held;
        let ward = &ward;
        async move { ward.wallet_asks(held, &body).await }
    };
    let good = ward.key_proof(&mine, &nonce);
    ask(json!({ "credential_configuration_id": "core-skill" })).await.is_refused(400, "invalid_proof");
    ask(json!({ "credential_configuration_id": "unknown", "proofs": { "jwt": [good] } }))
        .await
        .is_refused(400, "unknown_credential_configuration");
    ask(json!({ "credential_configuration_id": "identity", "proofs": { "jwt": [good] } }))
        .await
        .is_refused(400, "invalid_credential_request");
    ask(json!({ "credential_identifier": "x", "proofs": { "jwt": [good] } }))
        .await
        .is_refused(400, "unknown_credential_identifier");
    ask(json!([])).await.is_refused(400, "invalid_credential_request");
    let too_many: Vec<String> = (0..11).map(|_| ward.key_proof(&key(), &nonce)).collect();
    ward.wallet_asks_for(&held, &too_many).await.is_refused(400, "invalid_proof");
    // None of that used the number up; the right proof does, once.
    ward.wallet_asks_for(&held, &[good]).await.is_ok();
    ward.wallet_asks_for(&held, &[ward.key_proof(&key(), &nonce)]).await.is_refused(400, "invalid_nonce");
    // It is over after five minutes, whoever has not used it.
    let old = ward.c_nonce().await;
    ward.waits(301);
    let held = ward.wallet_token(&amina.reissues_to_wallet(fire).await, None).await;
    ward.wallet_asks_for(&held, &[ward.key_proof(&key(), &old)]).await.is_refused(400, "invalid_nonce");
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_token_that_is_bound_to_a_key_works_for_its_holder_alone(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let code = ward.code_of(&amina.adds_to_wallet(fire).await).await;
    let (mine, other) = (key(), key());
    let path = format!("{NORTHFIELD}/token");
    // A proof without the server's number is told one.
    let bare = json!({ "jti": "1", "htm": "POST", "htu": format!("http://fobwatch.example{path}"), "iat": ward.now().as_second() });
    let bare =
        openid4vc::jose::sign(&json!({ "typ": "dpop+jwt", "jwk": mine.public_key().to_jwk() }), &bare, &mine);
    let told = ward.wallet_redeems_at(NORTHFIELD, &code, None, &[("dpop", &bare.unwrap())]).await;
    told.is_refused(400, "use_dpop_nonce");
    assert!(told.headers.contains_key("dpop-nonce"));
    let elsewhere = ward.dpop_proof(&mine, "/vc/NTH/credential", None).await;
    ward.wallet_redeems_at(NORTHFIELD, &code, None, &[("dpop", &elsewhere)])
        .await
        .is_refused(400, "invalid_dpop_proof");
    let proof = ward.dpop_proof(&mine, &path, None).await;
    let told = ward.wallet_redeems_at(NORTHFIELD, &code, None, &[("dpop", &proof)]).await;
    assert_eq!(told.is_ok().json()["token_type"], "DPoP");
    let access_token = told.json()["access_token"].as_str().unwrap().to_owned();

    let stolen = Held { access_token: access_token.clone(), dpop: None };
    let nonce = ward.c_nonce().await;
    ward.wallet_asks_for(&stolen, &[ward.key_proof(&key(), &nonce)]).await.is_refused(401, "invalid_token");
    let theirs = Held { access_token: access_token.clone(), dpop: Some(other) };
    ward.wallet_asks_for(&theirs, &[ward.key_proof(&key(), &nonce)]).await.is_refused(401, "invalid_token");
    // A proof that was seen on the way is used up.
    let path = format!("{NORTHFIELD}/credential");
    let once = ward.dpop_proof(&mine, &path, Some(&access_token)).await;
    let authorization = format!("DPoP {access_token}");
    let send = async |dpop: &str| {
        let headers =
            [("authorization", authorization.as_str()), ("content-type", "application/json"), ("dpop", dpop)];
        ward.program_sends(Method::POST, &path, &headers, Some("{}".to_owned())).await
    };
    let proves = |key: &Es256Key, changes: Value| {
        let mut claims = json!({
            "jti": ward.new_id().to_string(), "htm": "POST", "htu": format!("{}{path}", ward.setup.public_url),
            "iat": ward.now().as_second(),
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        openid4vc::jose::sign(&json!({ "typ": "dpop+jwt", "jwk": key.public_key().to_jwk() }), &claims, key)
            .unwrap()
    };
    send(&once).await.is_refused(400, "invalid_credential_request");
    let told = send(&once).await;
    told.is_refused(401, "invalid_dpop_proof");
    assert_eq!(told.headers["www-authenticate"], "DPoP error=\"invalid_dpop_proof\"");
    send("").await.is_refused(401, "invalid_dpop_proof");
    // One without the server's number is told one; one for another token, or for none, is no proof for this one.
    let told = send(&proves(&mine, json!({ "ath": hash(&access_token) }))).await;
    told.is_refused(401, "use_dpop_nonce");
    assert_eq!(told.headers["www-authenticate"], "DPoP error=\"use_dpop_nonce\"");
    let number = told.headers["dpop-nonce"].to_str().unwrap();
    for wrong in [json!(hash("another token")), json!(access_token), json!(""), Value::Null] {
        let proof = proves(&mine, json!({ "nonce": number, "ath": wrong }));
        send(&proof).await.is_refused(401, "invalid_dpop_proof");
    }
    let right = proves(&mine, json!({ "nonce": number, "ath": hash(&access_token) }));
    send(&right).await.is_refused(400, "invalid_credential_request");
    let held = Held { access_token, dpop: Some(mine) };
    ward.wallet_takes(&held).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_number_that_many_use_at_once_brings_one_credential(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let nonce = ward.c_nonce().await;
    let proofs: Vec<[String; 1]> = (0..20).map(|_| [ward.key_proof(&key(), &nonce)]).collect();
    let asked = proofs.iter().map(|proof| ward.wallet_asks_for(&held, proof));
    let told = futures::future::join_all(asked).await;
    assert_eq!(told.iter().filter(|told| told.status == StatusCode::OK).count(), 1);
    assert!(told.iter().all(|told| !told.status.is_server_error()), "{told:?}");
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_wallet_whose_answer_got_lost_asks_again_and_the_lost_copies_are_revoked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    ward.wallet_takes(&held).await;
    ward.wallet_takes(&held).await;
    assert_eq!(ward.db.count("credential_copy", "revoked_at IS NULL").await, 1);
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 2);
    for _ in 0..3 {
        ward.wallet_takes(&held).await;
    }
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&held, &[proof]).await.is_refused(400, "credential_request_denied");
    assert_eq!(ward.db.count("passport_event", "what = 'accepted'").await, 1);
}

#[tokio::test]
async fn notifications_are_taken_from_the_holder_of_the_token_once_or_twice() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let taken = ward.wallet_takes(&held).await.json();
    let id = taken["notification_id"].as_str().unwrap();
    ward.wallet_tells(&held, "another", "credential_accepted")
        .await
        .is_refused(400, "invalid_notification_id");
    ward.wallet_tells(&held, id, "credential_eaten").await.is_refused(400, "invalid_notification_request");
    let nobody = Held { access_token: "x".to_owned(), dpop: None };
    ward.wallet_tells(&nobody, id, "credential_accepted").await.is_refused(401, "invalid_token");
    for _ in 0..2 {
        assert_eq!(ward.wallet_tells(&held, id, "credential_accepted").await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(ward.audited("wallet_told").await, 1);
    // The person deleted it in the wallet: it waits for them again.
    assert_eq!(ward.wallet_tells(&held, id, "credential_deleted").await.status, StatusCode::NO_CONTENT);
    amina.opens(&add_page(fire)).await.reads("The request was declined in the wallet");
    ward.waits(1);
    amina.presses("Get a new QR code").await.reads("Scan the QR code to add your credential");
    assert_eq!(ward.db.count("credential_copy", "revoked_at IS NULL").await, 0);
}

#[tokio::test]
async fn forty_offers_an_hour_are_enough_and_the_button_pressed_twice_makes_one() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let first = amina.adds_to_wallet(fire).await;
    assert_eq!(amina.adds_to_wallet(fire).await, first);
    assert_eq!(ward.db.count("credential_offer", "1 = 1").await, 1);
    for _ in 0..39 {
        ward.waits(31);
        let next = amina.adds_to_wallet(fire).await;
        assert_ne!(next, first);
    }
    assert_eq!(
        ward.wallet_fetches(&first).await.status,
        StatusCode::NOT_FOUND,
        "a new one ends the one before"
    );
    ward.waits(31);
    amina.posts((add_page(fire), String::new())).await.is_refused("FW-3103");
}

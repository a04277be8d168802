//! Credentials of issuers outside this installation are taken where the trust believes the issuer, and its status list says that they
//! hold; never otherwise.

use super::elsewhere::{ADDRESS, Foreign, Mood, Riverside, key_of};
use super::issuer_flow::{OthersWallet, reachable};
use super::verifier::{APP, Issuing, Question};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN};
use crate::ward::{Setup, Ward};
use axum::http::StatusCode;
use jiff::Timestamp;
use journeys::passport::trust;
use openid4vc::fetched::{FetchFailure, Unknown};
use openid4vc::status_list::Status;
use rstest::rstest;
use serde_json::json;
use std::sync::Arc;
use store::role::Role;
use testkit::TurnableClock;
use uuid::Uuid;

const SOUTHMERE: &str = "Southmere Community Trust";

/// When the clocks of wards begin.
fn morning() -> Timestamp {
    TurnableClock::new().now()
}

/// Amina is signed in, and Southmere is there to share with.
async fn amina_beside_southmere(ward: &Ward) -> Visitor<'_> {
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await;
    ward.person(BEN).joins(Factor::TextMessage).await;
    ward.also_serves("STH", SOUTHMERE).await;
    amina.signs_in(APP).await;
    amina
}

async fn asks_for_riversides(amina: &mut Visitor<'_>, trust: &str) -> String {
    amina
        .opens("/passport/share")
        .await
        .reads("Share your credentials")
        .says("Issued by Riverside Partnership");
    amina.chooses(trust).chooses("Core skill").presses("Continue").await;
    amina.reads("Are these the ones?").says("Core skill, issued by Riverside Partnership");
    amina.presses("Show the QR code").await.reads("Scan the QR code to share your credentials");
    amina.qr_link()
}

fn form(question: &Question, issuer: Uuid, shown: &str) -> String {
    question.form(&json!({ format!("elsewhere-{}", issuer.simple()): [shown] }))
}

/// The wallet shows a credential of Riverside's when it is asked; how it is answered.
async fn shows(ward: &Ward, link: &str, issuer: Uuid, credential: &Foreign) -> StatusCode {
    let mut phone = ward.phone_browser();
    let question = phone.scans(link).await;
    let form = form(&question, issuer, &credential.presents(&question, ward.now()));
    phone.posts_answer(&question, form).await.0
}

#[rstest]
#[tokio::test]
async fn a_credential_from_elsewhere_is_shared_with_a_trust_that_believes_its_issuer(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let riverside = Riverside::opens(morning()).await;
    let ward = Ward::beside(&riverside, Setup::on(kind)).await;
    let mut amina = amina_beside_southmere(&ward).await;
    amina.opens("/passport/share").await.says("You have no credentials in your wallet yet");
    let issuer = ward.trusts("STH", Some(&riverside.root.certificate), None).await;
    let credential = riverside.issues(Some(riverside.list("1")), "https://riverside.example", ward.now());
    riverside.is(Mood::Good, ward.now());
    let link = asks_for_riversides(&mut amina, SOUTHMERE).await;
    assert_eq!(shows(&ward, &link, issuer, &credential).await, StatusCode::OK);
    amina.opens("/passport/share/qr").await.reads("That worked");
    amina.presses("Continue").await.reads("Shared with Southmere Community Trust");
    assert!(!amina.page.text().contains("did not share"), "{}", amina.page.shown());

    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let shares = ward.store().shares_with(southmere.id).await.unwrap();
    let kept = ward.store().shared_credentials(shares[0].id).await.unwrap().remove(0);
    assert_eq!((kept.kind, kept.trusted_issuer_id), (credential_kind("core-skill"), Some(issuer)));
    assert_eq!((kept.credential_id, kept.issuer_organisation_id), (None, None));
    assert_eq!(kept.status, Some((riverside.list("1").uri, 5)));
    assert!(kept.content.contains("Fire safety") && kept.held_at.is_some());
    assert_eq!(riverside.asked(), 1);

    // Within the five minutes for which the list is good nobody asks again, and then somebody does: it is revoked meanwhile.
    riverside.is(Mood::Revoked, ward.now());
    let link = asks_for_riversides(&mut amina, SOUTHMERE).await;
    assert_eq!(shows(&ward, &link, issuer, &credential).await, StatusCode::OK);
    assert_eq!(riverside.asked(), 1);
    ward.waits(301);
    riverside.is(Mood::Revoked, ward.now());
    let link = asks_for_riversides(&mut amina, SOUTHMERE).await;
    assert_eq!(shows(&ward, &link, issuer, &credential).await, StatusCode::BAD_REQUEST);
    assert_eq!(riverside.asked(), 2);
    amina.reloads().await.reads("Your wallet did not show what we asked for");
    assert_eq!(ward.newest_record("wallet_answered").await["why"], "not-valid");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_wallet_that_lacks_what_another_issuer_may_have_issued_shares_the_rest_and_the_page_says_what_is_missing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = reachable(kind).await;
    let riverside = Riverside::opens(ward.now()).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.also_serves("STH", SOUTHMERE).await;
    ward.trusts("STH", Some(&riverside.root.certificate), None).await;
    ward.has_the_time_of_wallets();
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let wallet = OthersWallet::new();
    let taken = wallet.does("accept", json!({ "offer": link })).await;
    assert_eq!(taken["credentials"].as_array().map(Vec::len), Some(1), "{taken}");
    let chosen = super::authorise::form(&[
        ("trust", "STH"),
        ("credentials", &fire.to_string()),
        ("credentials", "elsewhere/core-skill/Riverside Partnership"),
    ]);
    amina.posts(("/passport/share".to_owned(), chosen)).await.reads("Are these the ones?");
    amina.says("Fire safety").says("Core skill, issued by Riverside Partnership");
    amina.presses("Show the QR code").await;
    let link = amina.qr_link();
    // What is in our own record must be shown: a wallet with nothing in it shows nothing.
    let empty = OthersWallet::new().does("present", json!({ "request": link })).await;
    assert_eq!(empty, json!({ "cannot": true }));
    let shown = wallet.does("present", json!({ "request": link })).await;
    assert_eq!(shown["status"], json!(200), "{shown}");
    amina.reloads().await.presses("Continue").await.reads("Shared with Southmere Community Trust");
    amina.says("1 credential has been shared").says("What your wallet did not share");
    amina.says("Core skill, issued by Riverside Partnership");
    assert_eq!(riverside.asked(), 0);
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let shares = ward.store().shares_with(southmere.id).await.unwrap();
    let kept = ward.store().shared_credentials(shares[0].id).await.unwrap();
    assert_eq!((kept.len(), kept[0].credential_id), (1, Some(fire)));
}

/// Amina shares Riverside's credential with her own trust.
async fn shares_with_northfield(ward: &Ward, amina: &mut Visitor<'_>, issuer: Uuid, credential: &Foreign) {
    let link = asks_for_riversides(amina, "Northfield Hospitals").await;
    assert_eq!(shows(ward, &link, issuer, credential).await, StatusCode::OK);
    amina
        .opens("/passport/share/qr")
        .await
        .presses("Continue")
        .await
        .reads("Shared with Northfield Hospitals");
}

#[rstest]
#[tokio::test]
async fn the_history_says_which_credential_from_elsewhere_was_taken_and_which_was_not(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let riverside = Riverside::opens(morning()).await;
    let ward = Ward::beside(&riverside, Setup::on(kind)).await;
    let mut ben = ward.staff(BEN, Role::PassportOfficer).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(APP).await;
    let issuer = ward.trusts("NTH", Some(&riverside.root.certificate), None).await;
    let credential = riverside.issues(Some(riverside.list("1")), "https://riverside.example", ward.now());
    riverside.is(Mood::Good, ward.now());
    let history = "/passport/history";

    shares_with_northfield(&ward, &mut amina, issuer, &credential).await;
    amina.opens(history).await.says("Shared: Fire safety");
    ben.opens("/console/passports/shares").await.follows("Amina Khan").await.follows("Fire safety").await;
    let page = ben.page.url.clone();
    ben.presses("Accept").await;
    amina.opens(history).await.says("Accepted by the organisation that you shared it with: Fire safety");
    ben.opens(&page).await.presses("Archive").await;
    amina.opens(history).await.says("Archived by the organisation that you shared it with: Fire safety");
    ben.opens(&page).await.presses("Restore").await;
    amina.opens(history).await.says("Restored by the organisation that you shared it with: Fire safety");

    shares_with_northfield(&ward, &mut amina, issuer, &credential).await;
    ben.opens("/console/passports/shares").await.follows("Amina Khan").await.follows("Fire safety").await;
    ben.chooses("We do not need it").presses("Reject").await;
    amina.opens(history).await.says("Not accepted by the organisation that you shared it with: Fire safety");
    amina.says("Reason: The organisation does not need it");
    ben.opens(&format!("/console/passports/people/{}", ward.account_of(AMINA).await)).await;
    ben.says("Accepted when it was shared: Fire safety").says("Not accepted when it was shared: Fire safety");
    ben.says("Reason: We do not need it");
    // It says so without a credential of this installation.
    assert_eq!(ward.db.count("passport_event", "credential_id IS NULL AND variant = 'fire-safety'").await, 6);
}

#[rstest]
#[tokio::test]
async fn what_was_noted_when_the_kind_was_the_word_more_is_called_by_its_kind_still(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(APP).await;
    let (id, account) = (ward.sql_id(ward.new_id()), ward.sql_id(ward.account_of(AMINA).await));
    let new = format!("({id}, {account}, 1, 'requested', 'dbs')");
    ward.db
        .tell(&format!("INSERT INTO passport_event (id, account_id, at, what, detail) VALUES {new}"))
        .await;
    amina.opens("/passport/history").await;
    amina.says("You asked for a credential: Disclosure and Barring Service (DBS)");
}

#[tokio::test]
async fn without_a_list_that_is_fresh_and_right_nothing_is_taken_and_the_page_says_so() {
    let riverside = Riverside::opens(morning()).await;
    let ward = Ward::beside(&riverside, Setup::on(Sqlite)).await;
    let mut amina = amina_beside_southmere(&ward).await;
    let issuer = ward.trusts("STH", Some(&riverside.root.certificate), None).await;
    let moods = [
        (Mood::Suspended, "not-valid"),
        (Mood::Expired, "status-unknown"),
        (Mood::OfLongAgo, "status-unknown"),
        (Mood::SignedByAnother, "status-unknown"),
        (Mood::OfAnotherAddress, "status-unknown"),
        (Mood::WithoutPlace, "status-unknown"),
        (Mood::Huge, "status-unknown"),
        (Mood::Slow, "status-unknown"),
        (Mood::Redirects, "status-unknown"),
        (Mood::Broken, "status-unknown"),
        (Mood::Html, "status-unknown"),
        (Mood::Babbles, "status-unknown"),
    ];
    for (nth, (mood, why)) in moods.into_iter().enumerate() {
        let asked = riverside.asked();
        let list = riverside.list(&nth.to_string());
        let credential = riverside.issues(Some(list), "https://riverside.example", ward.now());
        riverside.is(mood, ward.now());
        let link = asks_for_riversides(&mut amina, SOUTHMERE).await;
        assert_eq!(shows(&ward, &link, issuer, &credential).await, StatusCode::BAD_REQUEST, "{mood:?}");
        assert_eq!(riverside.asked(), asked + 1, "{mood:?}: no redirect is followed, nothing is asked twice");
        assert_eq!(ward.newest_record("wallet_answered").await["why"], why, "{mood:?}");
        let says = match why {
            "not-valid" => "Your wallet did not show what we asked for",
            _ => "We cannot check one of your credentials",
        };
        amina.reloads().await.reads(says);
        amina.presses("Get a new QR code").await.reads("Scan the QR code to share your credentials");
    }
    // One that names no list, and one whose list nobody may fetch.
    let elsewhere = [
        None,
        Some("https://127.0.0.1:1/list"),
        Some("https://[::1]/list"),
        Some("https://169.254.169.254/latest"),
        Some("http://localhost/list"),
        Some("file:///etc/passwd"),
    ];
    for uri in elsewhere {
        let status = uri.map(|uri| openid4vc::status_list::Reference { uri: uri.to_owned(), idx: 5 });
        let credential = riverside.issues(status, "https://riverside.example", ward.now());
        let link = asks_for_riversides(&mut amina, SOUTHMERE).await;
        assert_eq!(shows(&ward, &link, issuer, &credential).await, StatusCode::BAD_REQUEST, "{uri:?}");
        assert_eq!(ward.newest_record("wallet_answered").await["why"], "status-unknown", "{uri:?}");
    }
    assert_eq!(ward.db.count("share", "1 = 1").await, 0);
}

#[tokio::test]
async fn only_whom_the_trust_believes_is_taken_for_what_was_asked() {
    let riverside = Riverside::opens(morning()).await;
    let another = Riverside::opens(morning()).await;
    let ward = Ward::beside(&riverside, Setup::on(Sqlite)).await;
    let mut amina = amina_beside_southmere(&ward).await;
    let issuer = ward.trusts("STH", Some(&riverside.root.certificate), None).await;
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let held = ward
        .issues(amina.account().await, Issuing { kind: credential_kind("core-skill"), ..Issuing::default() })
        .await;

    // Somebody who is not on the list signs in the same name.
    let forged = another.issues(Some(another.list("1")), "https://riverside.example", ward.now());
    let link = {
        amina.opens("/passport/share").await;
        let form = "trust=STH&credentials=elsewhere%2Fcore-skill%2FRiverside+Partnership";
        amina.posts(("/passport/share/begin".to_owned(), form.to_owned())).await;
        amina.qr_link()
    };
    assert_eq!(shows(&ward, &link, issuer, &forged).await, StatusCode::BAD_REQUEST);
    assert_eq!(ward.newest_record("wallet_answered").await["why"], "chain");
    assert_eq!(
        (riverside.asked(), another.asked()),
        (0, 0),
        "nothing is fetched for what nobody vouches for"
    );

    // One of our own is no answer to a question about Riverside's.
    amina.reloads().await.presses("Get a new QR code").await;
    let mut phone = ward.phone_browser();
    let question = phone.scans(&amina.qr_link()).await;
    let (audience, nonce) =
        (question.claims["client_id"].as_str().unwrap(), question.claims["nonce"].as_str().unwrap());
    let own = held.presents_for(audience, nonce, ward.now()).to_string();
    let answer = form(&question, issuer, &own);
    assert_eq!(phone.posts_answer(&question, answer).await.0, StatusCode::BAD_REQUEST);

    // It is believed no more: neither in a request on the screen, nor in a new one.
    amina.reloads().await.presses("Get a new QR code").await;
    let link = amina.qr_link();
    assert!(trust::remove(&ward.node.service, &southmere, issuer).await.unwrap());
    assert!(!trust::remove(&ward.node.service, &southmere, issuer).await.unwrap());
    let credential = riverside.issues(Some(riverside.list("2")), "https://riverside.example", ward.now());
    assert_eq!(shows(&ward, &link, issuer, &credential).await, StatusCode::BAD_REQUEST);
    let form = "trust=STH&credentials=elsewhere%2Fcore-skill%2FRiverside+Partnership";
    amina.posts(("/passport/share/begin".to_owned(), form.to_owned())).await;
    assert_eq!(amina.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", amina.page.shown());
    amina.says("does not take these credentials from that issuer");
    assert_eq!((riverside.asked(), ward.db.count("share", "1 = 1").await), (0, 0));
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn an_issuer_known_by_its_address_signs_by_certificates_for_its_host() {
    let riverside = Riverside::opens(morning()).await;
    let ward = Ward::beside(&riverside, Setup::on(Sqlite)).await;
    let mut amina = amina_beside_southmere(&ward).await;
    let issuer = ward.trusts("STH", None, Some(ADDRESS)).await;
    riverside.is(Mood::Good, ward.now());
    for (nth, (name, status)) in
        [(ADDRESS, StatusCode::OK), ("https://localhost/other", StatusCode::BAD_REQUEST)]
            .into_iter()
            .enumerate()
    {
        let credential = riverside.issues(Some(riverside.list(&nth.to_string())), name, ward.now());
        let link = asks_for_riversides(&mut amina, SOUTHMERE).await;
        assert_eq!(shows(&ward, &link, issuer, &credential).await, status, "{name}");
    }
    assert_eq!(ward.newest_record("wallet_answered").await["why"], "another-issuer");

    // The same certificates, for an issuer at another host.
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    trust::remove(&ward.node.service, &southmere, issuer).await.unwrap();
    let elsewhere = "https://riverside.example/issuer";
    let issuer = ward.trusts("STH", Some(&riverside.root.certificate), Some(elsewhere)).await;
    let credential = riverside.issues(Some(riverside.list("9")), elsewhere, ward.now());
    let link = asks_for_riversides(&mut amina, SOUTHMERE).await;
    assert_eq!(shows(&ward, &link, issuer, &credential).await, StatusCode::BAD_REQUEST);
    assert_eq!(ward.newest_record("wallet_answered").await["why"], "another-issuer");
    assert_eq!(riverside.asked(), 1);
}

#[tokio::test]
async fn a_host_of_a_private_network_is_asked_nothing_unless_it_is_named() {
    let riverside = Riverside::opens(morning()).await;
    let ward = Ward::new(Sqlite).await;
    let (lists, now) = (&ward.node.service.elsewhere.lists, ward.now());
    let key_of = key_of(&riverside.root.certificate, now);
    let refused = lists.status(&riverside.list("1"), &key_of, now).await;
    assert_eq!(refused, Err(Unknown::Fetch(FetchFailure::Private)));
    assert_eq!(riverside.asked(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_who_need_a_list_at_once_fetch_it_once() {
    let riverside = Riverside::opens(morning()).await;
    let ward = Ward::beside(&riverside, Setup::on(Sqlite)).await;
    let now = ward.now();
    for (nth, mood) in
        [Mood::Good, Mood::Revoked, Mood::Broken, Mood::SignedByAnother].into_iter().enumerate()
    {
        riverside.is(mood, now);
        let asked = riverside.asked();
        let key_of = Arc::new(key_of(&riverside.root.certificate, now));
        let tries = (0..100).map(|_| {
            let (service, key_of) = (ward.node.service.clone(), Arc::clone(&key_of));
            let list = riverside.list(&format!("many-{nth}"));
            tokio::spawn(async move { service.elsewhere.lists.status(&list, &*key_of, now).await })
        });
        for answer in futures::future::join_all(tries).await {
            match (mood, answer.unwrap()) {
                (Mood::Good, Ok(Status::Valid))
                | (Mood::Revoked, Ok(Status::Invalid))
                | (Mood::Broken, Err(Unknown::Fetch(FetchFailure::Status(503))))
                | (Mood::SignedByAnother, Err(Unknown::Chain(_))) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(riverside.asked(), asked + 1, "{mood:?}");
    }
    // A failure is not held for long.
    riverside.is(Mood::Good, now);
    let later = now + jiff::SignedDuration::from_secs(10);
    let key_of = key_of(&riverside.root.certificate, later);
    let lists = &ward.node.service.elsewhere.lists;
    assert_eq!(lists.status(&riverside.list("many-2"), &key_of, later).await, Ok(Status::Valid));
    // A list is never used after its time, not even where no other one can be had.
    riverside.is(Mood::Broken, now);
    let stale = now + jiff::SignedDuration::from_mins(6);
    assert!(lists.status(&riverside.list("many-0"), &key_of, stale).await.is_err());
}

//! From *Accept credential* to the wallet that others wrote, over real HTTP, and to the list that says whether it still holds.

use super::issuer::{FIRE, Held, NORTHFIELD, add_page, key};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::passport::issuer::credential_kind;
use crate::people::AMINA;
use crate::ward::{Setup, Ward};
use jiff::{SignedDuration, Timestamp};
use journeys::passport::PassportSettings;
use openid4vc::jose::CertificateChain;
use openid4vc::sd_jwt_vc::Credential;
use openid4vc::status_list::{Reference, Status, StatusListToken, StatusProblem};
use rstest::rstest;
use rules::passport::CredentialState;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::process::Command;

#[expect(clippy::disallowed_methods, reason = "the wallet looks at the clock of its machine, and so must we")]
fn real_time() -> Timestamp {
    Timestamp::now()
}

/// A ward that is reached over the network, some minutes before the time that wallets see on their clock.
pub async fn reachable(kind: Kind) -> Ward {
    reachable_with(kind, PassportSettings::default).await
}

/// The same with what holds between it and wallets.
pub async fn reachable_with(kind: Kind, passport: fn() -> PassportSettings) -> Ward {
    reachable_as(Setup { passport, ..Setup::on(kind) }).await
}

/// The same, set up in its own way.
pub async fn reachable_as(setup: Setup) -> Ward {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let ward = Ward::with(Setup { public_url: address.leak(), ..setup }).await;
    // Signing in takes some minutes of the test's time.
    ward.clock.set(real_time() - SignedDuration::from_mins(5));
    let app = ward.node.pages.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    ward
}

/// Somebody's phone with a wallet that is not ours.
pub struct OthersWallet {
    folder: tempfile::TempDir,
}

impl OthersWallet {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub async fn does(&self, command: &str, wish: Value) -> Value {
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

impl Ward {
    /// From now on it is as late here as it is for wallets.
    pub fn has_the_time_of_wallets(&self) {
        self.clock.set(real_time());
    }

    /// How a copy stands, by the list that its issuer publishes; and the name of that list.
    pub async fn status_in_list(&self, reference: &Reference) -> (Status, String) {
        let path = reference.uri.strip_prefix(self.setup.public_url).unwrap();
        let told = self.program_reads(path).await;
        told.is_ok();
        assert_eq!(told.headers["content-type"], "application/statuslist+jwt");
        assert_eq!(told.headers["cache-control"], "public, max-age=300");
        assert_eq!(told.headers["access-control-allow-origin"], "*");
        let anchors = journeys::passport::anchors(&self.node.service, None).await.unwrap();
        let list = StatusListToken::verify(&told.text, &reference.uri, self.now(), |header| {
            let chain = CertificateChain::of(header).unwrap();
            Ok::<_, StatusProblem>(chain.verify(&anchors, self.now()).unwrap())
        });
        let etag = told.headers["etag"].to_str().unwrap().to_owned();
        (list.unwrap().status(reference).unwrap(), etag)
    }

    /// A credential as a verifier takes it.
    pub async fn verifier_takes(&self, credential: &str) -> Credential {
        Credential::new(self.disclosed(credential).await, self.now()).unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn a_credential_goes_from_the_page_to_a_wallet_that_others_wrote(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = reachable(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_the_time_of_wallets();
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    amina.says("Fire safety").says("We have sent it in a text message to your phone ending in 23");
    let code = amina.wallet_code().await;
    let text = ward.phone.texts_to(AMINA.mobile).pop().unwrap().body;
    assert_eq!(
        text,
        format!(
            "{code} adds a credential to your wallet. Only type it in your wallet, for 127.0.0.1. It works for 5 minutes. \
             Do not give it to anyone."
        )
    );
    let wallet = OthersWallet::new();
    let wish = json!({ "offer": link, "txCode": code, "dpop": true, "batch": 3 });
    let taken = wallet.does("accept", wish).await;
    assert_eq!(taken["version"], "V1", "{taken}");
    let credentials: Vec<String> = serde_json::from_value(taken["credentials"].clone()).unwrap();
    assert_eq!(credentials.len(), 3, "{taken}");

    // What it holds: Northfield says so, every claim may be kept back, and it is bound to a key of the wallet.
    let mut places = Vec::new();
    for text in &credentials {
        let disclosed = ward.disclosed(text).await;
        for claim in ["subject", "level", "assurance"] {
            assert!(disclosed.is_selectively_disclosed(claim), "{claim}");
        }
        let credential = ward.verifier_takes(text).await;
        assert_eq!(credential.kind(), format!("{}/vc/types/core-skill", ward.setup.public_url));
        assert_eq!(credential.claims()["iss"], format!("{}{NORTHFIELD}", ward.setup.public_url));
        assert_eq!(credential.claims()["subject"], "Fire safety");
        assert_eq!(credential.claims()["assurance"]["origin"], "NTH");
        assert!(credential.holder().is_some() && credential.expires_at().is_some());
        assert_eq!(
            credential.issued_at().unwrap().as_second() % 86_400,
            0,
            "nobody sees who got theirs together"
        );
        places.push(credential.status().unwrap().clone());
    }
    for (place, reference) in places.iter().enumerate() {
        assert!(places[..place].iter().all(|other| other != reference), "each has a place of its own");
        assert_eq!(ward.status_in_list(reference).await.0, Status::Valid);
    }

    // The page goes on, and the passport knows.
    amina.opens(&add_page(fire)).await.reads("That worked");
    amina.presses("Continue").await;
    assert_eq!(amina.page.url, format!("/passport?added={fire}"));
    let kept = ward.store().credential(fire).await.unwrap().unwrap();
    assert_eq!(kept.state(ward.today()), CredentialState::Accepted);
    assert_eq!(ward.db.count("passport_event", "what = 'accepted'").await, 1);
    assert_eq!(ward.newest_record("credential_issued").await["count"], 3);
    assert_eq!(ward.newest_record("wallet_told").await["answer"], "credential_accepted");

    // Revoked, it is so in the list at once.
    let (_, etag) = ward.status_in_list(&places[0]).await;
    ward.issuer_revokes(fire).await;
    for reference in &places {
        let (status, changed) = ward.status_in_list(reference).await;
        assert_eq!(status, Status::Invalid);
        assert_ne!(changed, etag);
    }
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn who_has_no_mobile_number_gets_no_code_and_adds_it_all_the_same(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = reachable(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.has_the_time_of_wallets();
    let identity = ward.issuer_provides(AMINA, credential_kind("identity"), "", FIRE).await;
    let link = amina.adds_to_wallet(identity).await;
    assert!(!amina.page.text().contains("text message to your phone"), "{}", amina.page.shown());
    amina.says("Identity");
    let wallet = OthersWallet::new();
    let taken = wallet.does("accept", json!({ "offer": link })).await;
    assert_eq!(taken["credentials"].as_array().map(Vec::len), Some(1), "{taken}");
    let again = wallet.does("accept", json!({ "offer": link })).await;
    assert!(again["failed"].is_string(), "{again}");
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn control_11_a_new_copy_for_a_new_phone_revokes_the_one_before(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = reachable(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    ward.has_the_time_of_wallets();
    let fire = ward.has_fire_safety_to_accept().await;
    let take = async |link: String, code: String| {
        let taken = OthersWallet::new().does("accept", json!({ "offer": link, "txCode": code })).await;
        let text = taken["credentials"][0].as_str().unwrap_or_else(|| panic!("{taken}")).to_owned();
        ward.verifier_takes(&text).await.status().unwrap().clone()
    };
    let link = amina.adds_to_wallet(fire).await;
    let first = take(link, amina.wallet_code().await).await;
    let link = amina.reissues_to_wallet(fire).await;
    amina.says("Only type it in your wallet app");
    let second = take(link, amina.wallet_code().await).await;
    assert_eq!(ward.status_in_list(&first).await.0, Status::Invalid);
    assert_eq!(ward.status_in_list(&second).await.0, Status::Valid);
    assert_eq!(ward.db.count("passport_event", "what = 'reissued'").await, 1);
    let kept = ward.store().credential(fire).await.unwrap().unwrap();
    assert_eq!(kept.state(ward.today()), CredentialState::Accepted);

    // Without a fresh proof nobody makes a new copy.
    ward.waits(11 * 60);
    amina.posts((add_page(fire), "reissue=yes".to_owned())).await.reads("Confirm that it is you");
}

#[rstest]
#[tokio::test]
async fn control_11_each_copy_has_a_place_of_its_own_and_the_next_ones_revoke_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let mut places: Vec<Reference> = Vec::new();
    for round in 0..3 {
        let link =
            if round == 0 { amina.adds_to_wallet(fire).await } else { amina.reissues_to_wallet(fire).await };
        let held = ward.wallet_token(&link, None).await;
        let nonce = ward.c_nonce().await;
        let proofs: Vec<String> = (0..4).map(|_| ward.key_proof(&key(), &nonce)).collect();
        let told = ward.wallet_asks_for(&held, &proofs).await.is_ok().json();
        let before = places.len();
        for each in told["credentials"].as_array().unwrap() {
            let credential = ward.verifier_takes(each["credential"].as_str().unwrap()).await;
            let place = credential.status().unwrap().clone();
            assert!(!places.contains(&place), "{place:?} was given before");
            places.push(place);
        }
        for (number, place) in places.iter().enumerate() {
            let expected = if number < before { Status::Invalid } else { Status::Valid };
            assert_eq!(ward.status_in_list(place).await.0, expected, "{number} in round {round}");
        }
    }
    assert_eq!(places.len(), 12);
}

#[rstest]
#[tokio::test]
async fn a_newer_credential_takes_the_place_of_the_older_one(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let states = async |ids: [uuid::Uuid; 2]| {
        let mut states = Vec::new();
        for id in ids {
            states.push(ward.store().credential(id).await.unwrap().unwrap().state(ward.today()));
        }
        states
    };
    let old = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(old).await, None).await;
    ward.wallet_takes(&held).await;
    let new = ward.has_fire_safety_to_accept().await;
    assert_eq!(states([old, new]).await, [CredentialState::Accepted, CredentialState::ToReview]);
    let held = ward.wallet_token(&amina.adds_to_wallet(new).await, None).await;
    let taken = ward.wallet_takes(&held).await.json();
    assert_eq!(states([old, new]).await, [CredentialState::Archived, CredentialState::Accepted]);

    // The wallet could not keep it: it waits again, and the older one is taken out again.
    let id = taken["notification_id"].as_str().unwrap();
    assert_eq!(ward.wallet_tells(&held, id, "credential_failure").await.status, 204);
    assert_eq!(states([old, new]).await, [CredentialState::Accepted, CredentialState::ToReview]);
    let reference = ward.verifier_takes(taken["credentials"][0]["credential"].as_str().unwrap()).await;
    assert_eq!(ward.status_in_list(reference.status().unwrap()).await.0, Status::Invalid);
    amina.opens(&add_page(new)).await.reads("There was a problem with the service");
    ward.waits(1);
    amina.presses("Get a new QR code").await.reads("Scan the QR code to add your credential");
}

#[rstest]
#[tokio::test]
async fn the_one_that_was_provided_last_counts_in_whatever_order_they_are_accepted(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let old = ward.has_fire_safety_to_accept().await;
    ward.waits(1);
    let new = ward.has_fire_safety_to_accept().await;
    for each in [new, old] {
        let held = ward.wallet_token(&amina.adds_to_wallet(each).await, None).await;
        let taken = ward.wallet_takes(&held).await.json();
        if each == old {
            assert_eq!(ward.state_of(old).await, CredentialState::Archived);
            // The wallet could not keep it: it waits again.
            let id = taken["notification_id"].as_str().unwrap();
            assert_eq!(ward.wallet_tells(&held, id, "credential_failure").await.status, 204);
            assert_eq!(ward.state_of(old).await, CredentialState::ToReview);
        }
    }
    assert_eq!(ward.state_of(new).await, CredentialState::Accepted);
    ward.waits(1);
    let held = ward.wallet_token(&amina.adds_to_wallet(old).await, None).await;
    ward.wallet_takes(&held).await;
    amina
        .opens(&format!("/passport/credentials/{old}"))
        .await
        .says("A newer one took the place of this credential");

    // One that has run out takes nobody's place.
    let id = ward.sql_id(new);
    ward.db.tell(&format!("UPDATE credential SET valid_until = '2020-01-01' WHERE id = {id}")).await;
    ward.waits(1);
    let newest = ward.has_fire_safety_to_accept().await;
    ward.db
        .tell(&format!(
            "UPDATE credential SET provided_at = provided_at - 3000 WHERE id = {}",
            ward.sql_id(newest)
        ))
        .await;
    let held = ward.wallet_token(&amina.adds_to_wallet(newest).await, None).await;
    ward.wallet_takes(&held).await;
    assert_eq!(ward.state_of(newest).await, CredentialState::Accepted);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_of_a_kind_that_are_accepted_at_once_one_counts(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    for _ in 0..5 {
        let old = ward.has_fire_safety_to_accept().await;
        ward.waits(1);
        let new = ward.has_fire_safety_to_accept().await;
        let one = ward.wallet_token(&amina.adds_to_wallet(old).await, None).await;
        let other = ward.wallet_token(&amina.adds_to_wallet(new).await, None).await;
        tokio::join!(ward.wallet_takes(&one), ward.wallet_takes(&other));
        assert_eq!(ward.state_of(old).await, CredentialState::Archived);
        assert_eq!(ward.state_of(new).await, CredentialState::Accepted);
    }
}

#[tokio::test]
async fn the_page_says_what_the_wallet_does_without_a_script_too() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    amina.presses("Continue").await.reads("Scan the QR code to add your credential");
    amina.says("We are still waiting for your wallet.");
    ward.code_of(&link).await;
    amina.reloads().await.reads("Your QR code has been scanned");
    // The person at the page did not scan it themselves: whoever did gets nothing.
    let code = ward.code_of(&link).await;
    ward.waits(1);
    amina.presses("Cancel and return to QR code").await.reads("Scan the QR code to add your credential");
    ward.wallet_redeems(&code, None).await.is_refused(400, "invalid_grant");
    let link = super::issuer::link_on(&amina.browser);
    let held = ward.wallet_token(&link, None).await;
    ward.wallet_takes(&held).await;
    amina.reloads().await.reads("That worked");
}

#[tokio::test]
async fn a_browser_that_confirms_first_goes_on_with_an_app() {
    // A code by app is a fresh proof like one by text.
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/passport/access-key").await.reads("Collect your access key");
    ward.waits(11 * 60);
    amina.opens("/passport/access-key").await;
    amina.confirms().await.reads("Collect your access key");
}

/// Each is a way to SQLite's thread and back, and those ways are most of what an issuance costs.
#[tokio::test]
async fn an_issuance_takes_24_statements() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let mut statements = 0;
    // The first one makes the keys of the organisation.
    for skill in ["conflict-resolution", "fire-safety"] {
        let credential = ward.issuer_provides(AMINA, credential_kind("core-skill"), skill, FIRE).await;
        let code = ward.code_of(&amina.adds_to_wallet(credential).await).await;
        let before = ward.store().statements_run();
        let told = ward.wallet_redeems(&code, None).await.json();
        let access_token = told["access_token"].as_str().unwrap().to_owned();
        ward.wallet_takes(&Held { access_token, dpop: None }).await;
        statements = ward.store().statements_run() - before;
    }
    assert_eq!(statements, 24);
}

//! Microsoft's own wallet: credentials that go there by Entra Verified ID, told against a stand-in of its public contract.

use super::issuer::{NORTHFIELD, add_page, credential_kind, link_on};
use super::issuer_flow::reachable_as;
use super::portal::fire;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::AMINA;
use crate::ward::{Setup, Ward};
use axum::http::Method;
use rstest::rstest;
use rules::passport::CredentialState;
use serde_json::json;
use std::sync::Arc;
use testkit::{Entra, EntraCall, EntraTrouble};
use url::Url;
use uuid::Uuid;
use wallets::{Contract, EntraSettings, EntraVerifiedId, WalletBackend};

/// The adapter to a tenant that hands out core skills and access keys.
pub fn adapter(entra: &Entra) -> Arc<dyn WalletBackend> {
    let contract = |kind: &str, credential_type: &str| Contract {
        kind: kind.to_owned(),
        credential_type: credential_type.to_owned(),
        manifest: Url::parse(&Entra::manifest(credential_type)).unwrap(),
    };
    let settings = EntraSettings {
        tenant: Entra::TENANT.to_owned(),
        client_id: Entra::CLIENT_ID.parse().unwrap(),
        client_secret: Entra::CLIENT_SECRET.into(),
        authority: Entra::AUTHORITY.to_owned(),
        authority_id: Some(Entra::AUTHORITY_ID.parse().unwrap()),
        base_url: Url::parse(entra.base_url()).unwrap(),
        login_url: Url::parse(entra.base_url()).unwrap(),
        contracts: vec![contract("core-skill", "CoreSkill"), contract("access-key", "AccessKey")],
    };
    Arc::new(EntraVerifiedId::new(settings).unwrap())
}

impl Ward {
    pub async fn with_entra(kind: Kind) -> Self {
        Self::with(Setup { entra: true, ..Setup::on(kind) }).await
    }

    pub fn entra(&self) -> &Entra {
        self.entra.as_ref().expect("a ward with Entra")
    }

    /// The service calls back: the status that it is answered.
    pub async fn is_called(&self, call: &EntraCall) -> u16 {
        let path = call.url.strip_prefix(self.setup.public_url).unwrap().to_owned();
        self.is_called_at(&path, Some(&call.api_key), &call.body.to_string()).await
    }

    pub async fn is_called_at(&self, path: &str, api_key: Option<&str>, body: &str) -> u16 {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(api_key.map(|key| ("api-key", key)));
        self.program_sends(Method::POST, path, &headers, Some(body.to_owned())).await.status.as_u16()
    }

    /// The credential lands in Microsoft's wallet, and the service tells so.
    pub async fn lands_in_microsofts_wallet(&self, link: &str, pin: Option<&str>) {
        let call = self.entra().adds(link, pin).expect("the wallet takes it");
        assert_eq!(self.is_called(&call).await, 200);
    }
}

impl Visitor<'_> {
    /// *Accept credential and add it to my wallet*: the link for Microsoft's wallet.
    pub async fn adds_to_microsofts_wallet(&mut self, credential: Uuid) -> String {
        let link = self.adds_to_wallet(credential).await;
        assert!(link.starts_with("openid-vc://?request_uri="), "{link}");
        link
    }
}

#[rstest]
#[tokio::test]
async fn a_credential_goes_to_microsofts_wallet_and_the_page_goes_on(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let [older] = ward.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
    ward.lands_in_a_wallet(older).await;
    let [newer] = ward.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
    let link = amina.adds_to_microsofts_wallet(newer).await;
    assert!(!amina.page.html.contains("our own authenticator app"), "it cannot follow such a link");

    // What the service was told: all of the credential, its end, and the PIN that went to the phone and nowhere else.
    let asked = ward.entra().behind(&link);
    let pin = amina.wallet_code().await;
    assert_eq!(asked.body["pin"]["value"], pin.as_str());
    assert_eq!(asked.body["registration"]["clientName"], "Northfield Hospitals");
    assert_eq!(asked.body["claims"]["subject"], "Fire safety");
    assert!(asked.body["claims"]["assurance"].as_str().unwrap().contains("Electronic Staff Record"));
    assert_eq!(asked.body["expirationDate"], "2028-11-01T00:00:00.000Z");
    assert!(!ward.db.dump(&[]).await.contains(&link), "the link is sealed");

    assert_eq!(ward.is_called(&ward.entra().retrieves(&link)).await, 200);
    amina.reloads().await.reads("Your QR code has been scanned");
    assert!(ward.entra().adds(&link, Some("000000")).is_none());
    ward.lands_in_microsofts_wallet(&link, Some(&pin)).await;
    amina.reloads().await.reads("That worked");
    amina.presses("Continue").await.says("Fire safety has been successfully added to your wallet");
    assert_eq!(ward.credential_stands(newer).await, CredentialState::Accepted);
    assert_eq!(ward.credential_stands(older).await, CredentialState::Archived);
    assert_eq!(ward.db.count("passport_event", "what = 'accepted'").await, 1);
    assert_eq!(ward.audited("credential_issued").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn what_fails_in_the_wallet_is_said_and_a_new_code_works(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    assert!(ward.entra().behind(&link).body.get("pin").is_none(), "nothing that texts reach");
    for _ in 0..2 {
        assert_eq!(ward.is_called(&ward.entra().fails(&link, "issuance_service_error")).await, 200);
    }
    amina.reloads().await.reads("There was a problem with the service");
    let failed = "kind = 'wallet_service_failed' AND event LIKE '%issuance_service_error%'";
    assert_eq!(ward.db.count("audit", failed).await, 1);
    assert_eq!(ward.credential_stands(fire).await, CredentialState::ToReview);
    ward.waits(31);
    amina.presses("Get a new QR code").await.reads("Scan the QR code to add your credential");
    let another = link_on(&amina.browser);
    assert_ne!(another, link);
    ward.lands_in_microsofts_wallet(&another, None).await;
    amina.reloads().await.reads("That worked");
}

#[rstest]
#[tokio::test]
async fn the_code_is_over_after_five_minutes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    ward.waits(299);
    amina.reloads().await.reads("Scan the QR code to add your credential");
    ward.waits(1);
    assert!(ward.entra().adds(&link, None).is_none(), "the service has forgotten it, too");
    amina.reloads().await.reads("The QR code has expired");
    amina.presses("Get a new QR code").await.reads("Scan the QR code to add your credential");
    ward.lands_in_microsofts_wallet(&link_on(&amina.browser), None).await;
    amina.reloads().await.reads("That worked");
}

#[rstest]
#[tokio::test]
async fn when_the_service_is_away_the_page_says_what_to_do(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_a_phone().await;
    let fire = ward.has_fire_safety_to_accept().await;
    ward.delivers().await;
    let texts = ward.phone.sends_asked();
    for (trouble, code) in [
        (EntraTrouble::Down, "FW-3105"),
        (EntraTrouble::Garbled, "FW-3105"),
        (EntraTrouble::NotPermitted, "FW-3106"),
    ] {
        ward.entra().next_meets(trouble);
        amina.posts((add_page(fire), String::new())).await.says(&format!("give the code {code}"));
        assert!(amina.page.status.is_server_error(), "{}", amina.page.shown());
    }
    ward.delivers().await;
    assert_eq!(ward.phone.sends_asked(), texts, "no text with a PIN for nothing");
    assert_eq!(ward.db.count("credential_offer", "1 = 1").await, 0);
    let link = amina.adds_to_microsofts_wallet(fire).await;
    let pin = amina.wallet_code().await;
    ward.lands_in_microsofts_wallet(&link, Some(&pin)).await;
    amina.reloads().await.reads("That worked");
}

#[rstest]
#[tokio::test]
async fn a_button_pressed_twice_makes_one_code(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    amina.posts((add_page(fire), String::new())).await;
    assert_eq!(link_on(&amina.browser), link);
    assert_eq!(ward.entra().requests().len(), 1);
    assert_eq!(ward.entra().tokens_given(), 1);
}

#[rstest]
#[tokio::test]
async fn other_kinds_go_by_the_open_standards_as_before(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let content = r#"{"claims":{"dbs_level":"Enhanced"}}"#;
    let dbs = ward.issuer_provides(AMINA, credential_kind("dbs"), "", content).await;
    let link = amina.adds_to_wallet(dbs).await;
    let code = ward.code_of(&link).await;
    assert!(amina.page.html.contains("our own authenticator app"));
    ward.wallet_redeems(&code, None).await.is_ok();
    assert!(ward.entra().requests().is_empty());
}

#[tokio::test]
async fn nothing_of_the_service_opens_anything_to_a_wallet_of_the_open_standards() {
    let ward = Ward::with_entra(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    let asked = ward.entra().retrieves(&link);
    for secret in [asked.body["state"].as_str().unwrap(), &asked.api_key] {
        assert_eq!(ward.program_reads(&format!("{NORTHFIELD}/offers/{secret}")).await.status, 404);
        ward.wallet_redeems(secret, None).await.is_refused(400, "invalid_grant");
    }
}

#[tokio::test]
async fn the_service_reaches_us_over_the_network() {
    let ward = reachable_as(Setup { entra: true, ..Setup::on(Sqlite) }).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    assert_eq!(ward.entra().retrieves(&link).goes_out().await, 200);
    let call = ward.entra().adds(&link, None).unwrap();
    assert_eq!(call.goes_out().await, 200);
    let stranger = EntraCall { api_key: "A".repeat(43), ..call.clone() };
    assert_eq!(stranger.goes_out().await, 401);
    let other = EntraCall {
        body: json!({ "requestId": "x", "requestStatus": "issuance_successful", "state": "A".repeat(43) }),
        ..call
    };
    assert_eq!(other.goes_out().await, 404);
    amina.reloads().await.reads("That worked");
}

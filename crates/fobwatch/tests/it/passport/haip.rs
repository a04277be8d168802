//! High assurance (HAIP 1.0): wallets that their maker vouches for, tokens and credentials bound to keys that are known.

use super::authorise::{BACK, WALLET, WentBack, asking, held, led_to, redeeming, two_wallets};
use super::issuer::{Held, NORTHFIELD, PRE_AUTHORIZED, Told, key, token_form};
use super::issuer_flow::{OthersWallet, reachable_with};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::AMINA;
use crate::ward::{Setup, Ward};
use axum::http::Method;
use jiff::civil::{Date, date};
use journeys::passport::{PassportSettings, TrustAnchors};
use openid4vc::jose::{CertificateChain, Es256Key, Signer as _, Unverified, sign};
use pki::credential_signer::{Signer, new_root, new_signer};
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::LazyLock;

const FROM: Date = date(2026, 1, 1);
const UNTIL: Date = date(2040, 1, 1);

/// Who makes wallets, and says so.
pub(super) struct Maker {
    root: Signer,
    chain: CertificateChain,
    key: Es256Key,
}

pub(super) static WALLETS: LazyLock<Maker> = LazyLock::new(|| Maker::new("Wallets of the ward"));
pub(super) static KEYS: LazyLock<Maker> = LazyLock::new(|| Maker::new("Phones of the ward"));
static STRANGER: LazyLock<Maker> = LazyLock::new(|| Maker::new("Somebody else"));

impl Maker {
    fn new(name: &str) -> Self {
        let root = new_root(name, FROM, UNTIL).unwrap();
        let signer = new_signer(&root, name, "makers.example", FROM, UNTIL).unwrap();
        Self {
            key: Es256Key::from_pkcs8(&signer.key).unwrap(),
            chain: CertificateChain::from_der(vec![signer.certificate]).unwrap(),
            root,
        }
    }

    fn anchors(&self) -> TrustAnchors {
        TrustAnchors::new([self.root.certificate.as_slice()]).unwrap()
    }

    pub(super) fn signs(&self, typ: &str, claims: &Value) -> String {
        self.signed_by(&self.key, typ, claims)
    }

    /// The same below its certificate, signed by another key.
    pub(super) fn signed_by(&self, key: &Es256Key, typ: &str, claims: &Value) -> String {
        sign(&json!({ "typ": typ, "x5c": self.chain.to_header() }), claims, key).unwrap()
    }
}

/// Wallets of one maker, and no other way.
pub(super) fn high_assurance() -> PassportSettings {
    PassportSettings { haip: true, ..attested() }
}

/// Beside the wallets that are named, those of one maker.
pub(super) fn attested() -> PassportSettings {
    PassportSettings { wallet_makers: WALLETS.anchors(), ..two_wallets() }
}

/// Credentials go to keys of known phones alone.
pub(super) fn known_keys() -> PassportSettings {
    PassportSettings { key_makers: KEYS.anchors(), ..PassportSettings::default() }
}

/// Credentials go to keys of known phones that are well kept there alone.
fn well_kept_keys() -> PassportSettings {
    PassportSettings { key_storage: vec!["iso_18045_high".to_owned()], ..known_keys() }
}

/// Somebody's phone with a wallet that its maker vouches for.
pub(super) struct Phone {
    pub client_id: &'static str,
    pub key: Es256Key,
    pub dpop: Es256Key,
}

impl Phone {
    pub(super) fn with(client_id: &'static str) -> Self {
        Self { client_id, key: key(), dpop: key() }
    }
}

impl Ward {
    pub(super) async fn assured(kind: Kind, passport: fn() -> PassportSettings) -> Self {
        Self::with(Setup { passport, ..Setup::on(kind) }).await
    }

    async fn challenge(&self) -> String {
        let path = format!("{NORTHFIELD}/challenge");
        let told = self.program_sends(Method::POST, &path, &[], Some(String::new())).await;
        assert_eq!(told.is_ok().headers["cache-control"], "no-store");
        told.json()["attestation_challenge"].as_str().unwrap().to_owned()
    }

    /// What the maker says of the phone's wallet, with changes.
    pub(super) fn attestation_by(
        &self,
        maker: &Maker,
        phone: &Phone,
        change: impl FnOnce(&mut Value),
    ) -> String {
        let mut claims = self.said_of(phone);
        change(&mut claims);
        maker.signs("oauth-client-attestation+jwt", &claims)
    }

    /// What a maker says of the phone's wallet.
    pub(super) fn said_of(&self, phone: &Phone) -> Value {
        json!({
            "sub": phone.client_id, "exp": self.now().as_second() + 3_600,
            "cnf": { "jwk": phone.key.public_key().to_jwk() },
        })
    }

    /// What a maker says of keys.
    pub(super) fn said_of_keys(&self, keys: &[&Es256Key], nonce: &str) -> Value {
        let keys: Vec<_> = keys.iter().map(|key| key.public_key().to_jwk()).collect();
        let now = self.now().as_second();
        json!({ "iat": now, "exp": now + 60, "attested_keys": keys, "nonce": nonce })
    }

    /// The proof that it is said of this phone, with changes.
    pub(super) async fn attestation_proof(&self, phone: &Phone, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = json!({
            "aud": format!("{}{NORTHFIELD}", self.setup.public_url), "jti": self.new_id().to_string(),
            "iat": self.now().as_second(), "challenge": self.challenge().await,
        });
        change(&mut claims);
        sign(&json!({ "typ": "oauth-client-attestation-pop+jwt" }), &claims, &phone.key).unwrap()
    }

    /// Sends a form as this phone does, with both proofs.
    pub(super) async fn phone_sends(&self, phone: &Phone, path: &str, fields: String) -> Told {
        let path = format!("{NORTHFIELD}{path}");
        let attestation = self.attestation_by(&WALLETS, phone, |_| {});
        let proof = self.attestation_proof(phone, |_| {}).await;
        let dpop = self.dpop_proof(&phone.dpop, &path, None).await;
        let headers = [
            ("oauth-client-attestation", attestation.as_str()),
            ("oauth-client-attestation-pop", &proof),
            ("dpop", &dpop),
        ];
        self.program_sends(Method::POST, &path, &headers, Some(fields)).await
    }

    pub(super) async fn phone_redeems(&self, phone: Phone, back: &WentBack) -> Held {
        let fields = redeeming(back.code(), &[("client_id", phone.client_id)]);
        let told = self.phone_sends(&phone, "/token", fields).await;
        held(&told, Some(phone.dpop))
    }
}

async fn amina(ward: &Ward) -> Visitor<'_> {
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina
}

#[rstest]
#[tokio::test]
async fn a_wallet_that_its_maker_vouches_for_gets_a_credential(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::assured(kind, high_assurance).await;
    let mut amina = amina(&ward).await;
    let fire = ward.has_fire_safety_to_accept().await;
    // The QR code invites, and gives nothing by itself; no text message is sent.
    let texts = ward.phone.texts().len();
    let link = amina.adds_to_wallet(fire).await;
    let offer = ward.wallet_fetches(&link).await.json();
    assert!(offer["grants"].get(PRE_AUTHORIZED).is_none(), "{offer}");
    ward.delivers().await;
    assert_eq!(ward.phone.texts().len(), texts);
    let state = offer["grants"]["authorization_code"]["issuer_state"].as_str().unwrap();

    let phone = Phone::with(WALLET);
    let told = ward.phone_sends(&phone, "/par", asking(&[("issuer_state", state)])).await;
    amina.opens(&led_to(&told, WALLET)).await.reads("Ward Wallet asks for your credentials");
    let back = amina.accepts_for_wallet().await;
    let held = ward.phone_redeems(phone, &back).await;
    let taken = ward.wallet_takes(&held).await.json();
    let credential = taken["credentials"][0]["credential"].as_str().unwrap();
    let kept = ward.verifier_takes(credential).await;
    assert_eq!(kept.claims()["subject"], "Fire safety");
    // HAIP 1.0, section 6: a certificate that is not the trust anchor, nor signed by itself; a place in a status list; an end.
    assert!(kept.status().is_some() && kept.expires_at().is_some());
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_wallet_that_others_wrote_gets_a_credential_with_high_assurance_and_shows_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = reachable_with(kind, high_assurance).await;
    let mut amina = amina(&ward).await;
    ward.has_the_time_of_wallets();
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_wallet(fire).await;
    let wallet = OthersWallet::new();
    let key = wallet.does("key", json!({})).await;
    let says = json!({
        "iss": "https://makers.example", "sub": WALLET, "exp": ward.now().as_second() + 3_600, "cnf": { "jwk": key },
    });
    let attestation = WALLETS.signs("oauth-client-attestation+jwt", &says);
    let mut wish = json!({ "offer": link, "clientId": WALLET, "redirectUri": BACK, "dpop": true });
    assert!(wallet.does("ask", wish.clone()).await["failed"].is_string(), "nobody vouches for it");
    wish["attestation"] = attestation.into();
    let asked = wallet.does("ask", wish).await;
    let url = asked["url"].as_str().unwrap_or_else(|| panic!("{asked}"));
    amina.opens(url.strip_prefix(ward.setup.public_url).unwrap()).await;
    let back = amina.accepts_for_wallet().await;
    let taken = wallet.does("come-back", json!({ "url": back.to.as_str() })).await;
    let credential = taken["credentials"][0].as_str().unwrap_or_else(|| panic!("{taken}"));
    assert_eq!(ward.verifier_takes(credential).await.claims()["subject"], "Fire safety");

    ward.also_serves("STH", "Southmere Community Trust").await;
    amina.opens("/passport/share").await.chooses("Southmere Community Trust").chooses("Fire safety");
    amina.presses("Continue").await.presses("Show the QR code").await;
    let shown = wallet.does("present", json!({ "request": amina.qr_link() })).await;
    assert_eq!((&shown["client"], &shown["status"]), (&json!("x509_hash"), &json!(200)), "{shown}");
    amina.reloads().await.presses("Continue").await.reads("Shared with Southmere Community Trust");
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn who_lacks_what_high_assurance_demands_is_refused_in_the_words_of_the_standard() {
    let ward = Ward::assured(Sqlite, high_assurance).await;
    let mut amina = amina(&ward).await;
    ward.has_fire_safety_to_accept().await;
    let phone = Phone::with(WALLET);
    let par = format!("{NORTHFIELD}/par");
    // Without a word of its maker; with half of it; with that of somebody else; for another; too late; twice.
    ward.wallet_pushes(asking(&[]), &[]).await.is_refused(401, "invalid_client");
    let attestation = ward.attestation_by(&WALLETS, &phone, |_| {});
    let only = [("oauth-client-attestation", attestation.as_str())];
    ward.wallet_pushes(asking(&[]), &only).await.is_refused(401, "invalid_client");
    let tries = async |attestation: String, proof: String, fields: String| {
        let headers = [
            ("oauth-client-attestation", attestation.as_str()),
            ("oauth-client-attestation-pop", proof.as_str()),
        ];
        ward.program_sends(Method::POST, &par, &headers, Some(fields)).await
    };
    let proof = ward.attestation_proof(&phone, |_| {}).await;
    let strangers = ward.attestation_by(&STRANGER, &phone, |_| {});
    tries(strangers, proof.clone(), asking(&[])).await.is_refused(401, "invalid_client");
    let over = ward.attestation_by(&WALLETS, &phone, |claims| claims["exp"] = ward.now().as_second().into());
    tries(over, proof.clone(), asking(&[])).await.is_refused(401, "invalid_client");
    let other = asking(&[("client_id", "other-wallet")]);
    tries(attestation.clone(), proof.clone(), other).await.is_refused(401, "invalid_client");
    let thief = Phone { client_id: WALLET, key: key(), dpop: key() };
    let stolen = ward.attestation_proof(&thief, |_| {}).await;
    tries(attestation.clone(), stolen, asking(&[])).await.is_refused(401, "invalid_client");
    let elsewhere =
        ward.attestation_proof(&phone, |claims| claims["aud"] = "https://other.example".into()).await;
    tries(attestation.clone(), elsewhere, asking(&[])).await.is_refused(401, "invalid_client");
    let own = ward.attestation_proof(&phone, |claims| claims["challenge"] = "my own".into()).await;
    let told = tries(attestation.clone(), own, asking(&[])).await;
    told.is_refused(400, "use_attestation_challenge");
    let challenge = told.headers["oauth-client-attestation-challenge"].to_str().unwrap().to_owned();
    let with_it = ward.attestation_proof(&phone, |claims| claims["challenge"] = challenge.into()).await;
    assert_eq!(tries(attestation.clone(), with_it.clone(), asking(&[])).await.status, 201);
    tries(attestation.clone(), with_it, asking(&[])).await.is_refused(401, "invalid_client");
    // An address that is not the wallet's, whoever vouches for it.
    let away = asking(&[("redirect_uri", "https://evil.example/")]);
    tries(attestation.clone(), proof, away).await.is_refused(400, "invalid_request");

    // Without a key for the token.
    let told = ward.phone_sends(&phone, "/par", asking(&[])).await;
    amina.opens(&led_to(&told, WALLET)).await;
    let back = amina.accepts_for_wallet().await;
    let proof = ward.attestation_proof(&phone, |_| {}).await;
    let headers = [
        ("oauth-client-attestation", attestation.as_str()),
        ("oauth-client-attestation-pop", proof.as_str()),
    ];
    let told = ward.code_redeemed(redeeming(back.code(), &[]), &headers).await;
    told.is_refused(400, "invalid_dpop_proof");
    let dpop = ward.dpop_proof(&phone.dpop, &format!("{NORTHFIELD}/token"), None).await;
    let told = ward.code_redeemed(redeeming(back.code(), &[]), &[("dpop", &dpop)]).await;
    told.is_refused(401, "invalid_client");
    ward.phone_redeems(phone, &back).await;

    // By the code of an offer.
    let form = token_form(&"A".repeat(43), None);
    ward.code_redeemed(form, &[]).await.is_refused(400, "unsupported_grant_type");
}

#[tokio::test]
async fn the_metadata_of_high_assurance_say_so_and_can_be_had_signed() {
    let ward = Ward::assured(Sqlite, high_assurance).await;
    let told = ward.program_reads("/.well-known/oauth-authorization-server/vc/NTH").await.json();
    assert_eq!(told["grant_types_supported"], json!(["authorization_code"]));
    assert_eq!(told["token_endpoint_auth_methods_supported"], json!(["attest_jwt_client_auth"]));
    assert_eq!(told["require_pushed_authorization_requests"], json!(true));
    assert_eq!(told["challenge_endpoint"], json!(format!("http://fobwatch.example{NORTHFIELD}/challenge")));
    assert!(told["dpop_signing_alg_values_supported"].as_array().unwrap().contains(&json!("ES256")));
    let path = "/.well-known/openid-credential-issuer/vc/NTH";
    let signed = ward.program_sends(Method::GET, path, &[("accept", "application/jwt")], None).await;
    let token = Unverified::parse(&signed.is_ok().text).unwrap();
    let anchors = journeys::passport::anchors(&ward.node.service, None).await.unwrap();
    let key = CertificateChain::of(token.header()).unwrap().verify(&anchors, ward.now()).unwrap();
    let verified = token.verify(&key).unwrap();
    for (name, one) in verified.claims()["credential_configurations_supported"].as_object().unwrap() {
        assert_eq!(one["scope"], json!(name), "one scope for one kind");
        assert_eq!(one["format"], "dc+sd-jwt");
    }
}

#[tokio::test]
async fn who_asks_to_be_shown_something_does_so_signed_and_is_answered_encrypted() {
    let ward = Ward::assured(Sqlite, high_assurance).await;
    let mut browser = ward.browser();
    browser.opens("/sign-in/passport").await.presses("Continue").await;
    let link = match browser.page.button("Open the wallet app on this device") {
        crate::page::Press::Link(href) => href,
        other @ crate::page::Press::Form(_) => panic!("{other:?}"),
    };
    let query: std::collections::BTreeMap<String, String> =
        url::form_urlencoded::parse(link.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
    assert!(query["client_id"].starts_with("x509_hash:"), "{query:?}");
    let path = query["request_uri"].strip_prefix(ward.setup.public_url).unwrap().to_owned();
    let request = ward.program_reads(&path).await;
    let token = Unverified::parse(&request.is_ok().text).unwrap();
    assert_eq!(token.unverified_claim("response_mode"), Some(&json!("direct_post.jwt")));
    let answer = token.unverified_claim("response_uri").and_then(Value::as_str).unwrap().to_owned();
    // In the clear nothing is taken.
    let path = answer.strip_prefix(ward.setup.public_url).unwrap();
    let told = ward.program_sends(Method::POST, path, &[], Some("vp_token=%7B%7D".to_owned())).await;
    assert!(told.status.is_client_error(), "{}", told.text);
}

#[tokio::test]
async fn a_makers_word_alone_lets_no_wallet_in_that_nobody_has_named() {
    for passport in [attested as fn() -> PassportSettings, high_assurance] {
        let ward = Ward::assured(Sqlite, passport).await;
        let phone = Phone::with("https://wallet.makers.example");
        for back in ["https://wallet.makers.example/back", "example.other:/back", BACK] {
            let other = [("client_id", phone.client_id), ("redirect_uri", back)];
            ward.wallet_pushes(asking(&other), &[]).await.is_refused(401, "invalid_client");
            let told = ward.phone_sends(&phone, "/par", asking(&other)).await;
            told.is_refused(401, "invalid_client");
        }
        // One that is named goes back to its own addresses, whoever vouches for it.
        let phone = Phone::with("other-wallet");
        let elsewhere = [("client_id", phone.client_id), ("redirect_uri", BACK)];
        let told = ward.phone_sends(&phone, "/par", asking(&elsewhere)).await;
        told.is_refused(400, "invalid_request");
    }
}

#[tokio::test]
async fn wallets_that_are_named_come_with_their_makers_word_or_without_it() {
    let ward = Ward::assured(Sqlite, attested).await;
    let mut amina = amina(&ward).await;
    ward.has_fire_safety_to_accept().await;
    let phone = Phone::with("other-wallet");
    let (client_id, other_back) = (phone.client_id, "https://other.example/back");
    let other = [("client_id", client_id), ("redirect_uri", other_back)];
    let told = ward.phone_sends(&phone, "/par", asking(&other)).await;
    amina.opens(&led_to(&told, client_id)).await.reads("Other Wallet asks for your credentials");
    let back = amina.accepts_for_wallet().await;
    assert!(back.to.as_str().starts_with(other_back));
    let fields = redeeming(back.code(), &[("client_id", client_id), ("redirect_uri", other_back)]);
    let told = ward.phone_sends(&phone, "/token", fields).await;
    ward.wallet_takes(&held(&told, Some(phone.dpop))).await;
    // Those that are named need nobody's word here.
    ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&[]).await).await.reads("Ward Wallet asks for your credentials");
    let back = amina.accepts_for_wallet().await;
    assert!(back.to.as_str().starts_with(BACK));
    ward.token_for(back.code()).await;
    let told = ward.program_reads("/.well-known/oauth-authorization-server/vc/NTH").await.json();
    assert_eq!(told["token_endpoint_auth_methods_supported"], json!(["none", "attest_jwt_client_auth"]));
    // Where nobody's word is taken there is nothing to prove.
    let plain = Ward::with_wallets(Sqlite).await;
    let path = format!("{NORTHFIELD}/challenge");
    assert_eq!(plain.program_sends(Method::POST, &path, &[], Some(String::new())).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn credentials_go_to_keys_alone_that_somebody_vouches_for(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::assured(kind, known_keys).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let told = ward.program_reads("/.well-known/openid-credential-issuer/vc/NTH").await.json();
    let kinds = &told["credential_configurations_supported"]["core-skill"]["proof_types_supported"];
    assert!(kinds["jwt"].get("key_attestations_required").is_some(), "{kinds}");
    assert!(kinds.get("attestation").is_some(), "{kinds}");
    let attests = |maker: &Maker, keys: &[&Es256Key], nonce: &str| {
        maker.signs("key-attestation+jwt", &ward.said_of_keys(keys, nonce))
    };
    let (mine, other) = (key(), key());
    let nonce = ward.c_nonce().await;
    // A key that nobody vouches for, one that a stranger vouches for, and another one than is vouched for.
    let bare = ward.key_proof(&mine, &nonce);
    ward.wallet_asks_for(&held, &[bare]).await.is_refused(400, "invalid_proof");
    for attestation in [attests(&STRANGER, &[&mine], &nonce), attests(&KEYS, &[&other], &nonce)] {
        let proof =
            ward.key_proof_with(&mine, &nonce, |header, _| header["key_attestation"] = attestation.into());
        ward.wallet_asks_for(&held, &[proof]).await.is_refused(400, "invalid_proof");
    }
    let attestation = attests(&KEYS, &[&mine, &other], &nonce);
    let proof =
        ward.key_proof_with(&mine, &nonce, |header, _| header["key_attestation"] = attestation.into());
    let told = ward.wallet_asks_for(&held, &[proof]).await.is_ok().json();
    assert_eq!(told["credentials"].as_array().unwrap().len(), 2, "one for each key");
    // The word alone, without a proof of each key.
    let attestation = attests(&KEYS, &[&key()], &ward.c_nonce().await);
    let body =
        json!({ "credential_configuration_id": "core-skill", "proofs": { "attestation": [attestation] } });
    ward.wallet_asks(&held, &body).await.is_ok();
    ward.wallet_asks(&held, &body).await.is_refused(400, "invalid_nonce");
}

#[tokio::test]
async fn keys_that_are_not_kept_as_well_as_the_configuration_asks_get_nothing() {
    let ward = Ward::assured(Sqlite, well_kept_keys).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let told = ward.program_reads("/.well-known/openid-credential-issuer/vc/NTH").await.json();
    let proofs = &told["credential_configurations_supported"]["core-skill"]["proof_types_supported"];
    assert_eq!(proofs["jwt"]["key_attestations_required"], json!({ "key_storage": ["iso_18045_high"] }));
    let nonce = ward.c_nonce().await;
    let mine = key();
    let proof_of = |kept: Value| {
        let mut said = ward.said_of_keys(&[&mine], &nonce);
        said["key_storage"] = kept;
        let attestation = KEYS.signs("key-attestation+jwt", &said);
        ward.key_proof_with(&mine, &nonce, |header, _| header["key_attestation"] = attestation.into())
    };
    for kept in [json!(["iso_18045_moderate"]), json!([]), Value::Null] {
        ward.wallet_asks_for(&held, &[proof_of(kept)]).await.is_refused(400, "invalid_proof");
    }
    let well = proof_of(json!(["iso_18045_moderate", "iso_18045_high"]));
    ward.wallet_asks_for(&held, &[well]).await.is_ok();
}

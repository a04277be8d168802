//! The modules for issuers of the OpenID Foundation's conformance suite (OpenID4VCI 1.0), by their names: each does over HTTP what the
//! wallet of the suite does. Offers by value and mdoc are no variants here: offers go by reference, credentials are SD-JWT VC.

use super::authorise::{WALLET, asking, by_details, form, led_to, redeeming};
use super::haip::{KEYS, Phone, WALLETS, attested, high_assurance, known_keys};
use super::issuer::{Held, NORTHFIELD, Told, key};
use super::issuer_encryption::encrypted;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use journeys::passport::PassportSettings;
use openid4vc::jose::{CertificateChain, DecryptionKey, Es256Key, Signer as _, Unverified};
use rstest::rstest;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

const METADATA: &str = "/.well-known/openid-credential-issuer/vc/NTH";
const SERVER: &str = "/.well-known/oauth-authorization-server/vc/NTH";

/// How the wallet comes to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// `pre_authorization_code`, `issuer_initiated`.
    PreAuthorized,
    /// `authorization_code`, `issuer_initiated`.
    Offered,
    /// `authorization_code`, `wallet_initiated`.
    Asking,
    /// The same, with `client_attestation`.
    Attested,
}

impl Ward {
    /// A token for the credential, by this way.
    async fn token_by(&self, way: Way, amina: &mut Visitor<'_>, credential: Uuid) -> Held {
        let pushed = match way {
            Way::PreAuthorized => {
                let link = amina.adds_to_wallet(credential).await;
                let code = amina.wallet_code().await;
                return self.wallet_token(&link, Some(&code)).await;
            }
            Way::Offered => {
                let offer = self.wallet_fetches(&amina.adds_to_wallet(credential).await).await.json();
                let state = offer["grants"]["authorization_code"]["issuer_state"].as_str().unwrap();
                self.pushed(&[("issuer_state", state)]).await
            }
            Way::Asking => self.pushed(&[]).await,
            Way::Attested => {
                let phone = Phone::with(WALLET);
                let told = self.phone_sends(&phone, "/par", asking(&[])).await;
                amina.opens(&led_to(&told, WALLET)).await;
                let back = amina.accepts_for_wallet().await;
                return self.phone_redeems(phone, &back).await;
            }
        };
        amina.opens(&pushed).await;
        let back = amina.accepts_for_wallet().await;
        self.token_for(back.code()).await
    }

    /// A wallet's request with a proof of this key.
    async fn request_for(&self, key: &Es256Key) -> Value {
        let proof = self.key_proof(key, &self.c_nonce().await);
        json!({ "credential_configuration_id": "core-skill", "proofs": { "jwt": [proof] } })
    }

    /// Sends it to an endpoint, encrypted where that is the variant. Answers what came, in the clear.
    async fn sends_by(&self, held: &Held, at: &str, mut body: Value, encrypts: bool) -> (StatusCode, Value) {
        let path = format!("{NORTHFIELD}/{at}");
        if !encrypts {
            let told = self.wallet_sends(held, &path, &body).await;
            return (told.status, told.json());
        }
        let mine = DecryptionKey::generate("mine".to_owned()).unwrap();
        body["credential_response_encryption"] = json!({ "jwk": mine.to_jwk(), "enc": "A256GCM" });
        let jwe = encrypted(&self.told_key().await, &body);
        let told = self.wallet_sends_as(held, &path, "application/jwt", jwe).await;
        assert_eq!(told.headers["content-type"], "application/jwt", "{}", told.text);
        (told.status, serde_json::from_slice(&mine.decrypt(&told.text).unwrap()).unwrap())
    }

    /// What came holds fire safety, for this key.
    async fn is_for(&self, told: &Value, key: &Es256Key) {
        let credential = told["credentials"][0]["credential"].as_str().unwrap_or_else(|| panic!("{told}"));
        let credential = self.verifier_takes(credential).await;
        assert_eq!(credential.claims()["subject"], "Fire safety");
        assert_eq!(credential.holder().unwrap().thumbprint(), key.public_key().thumbprint());
    }
}

/// Amina with a phone, who is to accept fire safety.
async fn amina_with_fire_safety(ward: &Ward) -> (Visitor<'_>, Uuid) {
    let amina = ward.amina_with_a_phone().await;
    let fire = ward.has_fire_safety_to_accept().await;
    (amina, fire)
}

/// A token that was come to by a code of an offer.
async fn token(ward: &Ward) -> Held {
    let (mut amina, fire) = amina_with_fire_safety(ward).await;
    ward.token_by(Way::PreAuthorized, &mut amina, fire).await
}

/// After all that was refused the right request is answered: nothing used the token up.
async fn the_right_request_is_answered(ward: &Ward, held: &Held) {
    let mine = key();
    let told = ward.wallet_asks(held, &ward.request_for(&mine).await).await;
    ward.is_for(&told.is_ok().json(), &mine).await;
}

#[rstest]
#[case::codes_of_offers(PassportSettings::default)]
#[case::wallets_too(attested)]
#[case::high_assurance(high_assurance)]
#[tokio::test]
async fn oid4vci_1final_issuer_metadata_test(#[case] passport: fn() -> PassportSettings) {
    let ward = Ward::assured(Sqlite, passport).await;
    let issuer = format!("{}{NORTHFIELD}", ward.setup.public_url);
    let told = ward.program_reads(METADATA).await;
    assert_eq!(told.is_ok().headers["content-type"], "application/json");
    let metadata = told.json();
    assert_eq!(metadata["credential_issuer"], issuer);
    assert!(metadata.get("authorization_servers").is_none(), "it is its own server");
    assert!(metadata["batch_credential_issuance"]["batch_size"].as_u64().unwrap() >= 2);
    for (name, kind) in metadata["credential_configurations_supported"].as_object().unwrap() {
        assert_eq!((&kind["format"], &kind["scope"]), (&json!("dc+sd-jwt"), &json!(name)));
        assert!(kind["vct"].as_str().unwrap().ends_with(&format!("/vc/types/{name}")));
        assert_eq!(kind["cryptographic_binding_methods_supported"], json!(["jwk"]));
        let algorithms = &kind["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"];
        assert!(algorithms.as_array().unwrap().contains(&json!("ES256")), "{kind}");
        assert!(kind["credential_metadata"]["display"][0]["name"].is_string(), "{kind}");
    }
    let server = ward.program_reads(SERVER).await.is_ok().json();
    assert_eq!(server["issuer"], issuer);
    // Each endpoint that is named is there, below the issuer.
    let named = [&metadata, &server].map(|told| told.as_object().unwrap().iter());
    let mut endpoints = 0;
    for (name, value) in named.into_iter().flatten().filter(|(name, _)| name.ends_with("_endpoint")) {
        let address = value.as_str().unwrap();
        assert!(address.starts_with(&format!("{issuer}/")), "{name}: {address}");
        let method = if name == "authorization_endpoint" { Method::GET } else { Method::POST };
        let path = address.strip_prefix(ward.setup.public_url).unwrap();
        let told = ward.program_sends(method, path, &[], Some(String::new())).await;
        assert!(![404, 405, 500].contains(&told.status.as_u16()), "{name}: {}", told.status);
        endpoints += 1;
    }
    assert!(endpoints >= 5, "{metadata} {server}");
}

#[tokio::test]
async fn oid4vci_1final_issuer_metadata_test_signed() {
    let ward = Ward::new(Sqlite).await;
    let told = ward.program_sends(Method::GET, METADATA, &[("accept", "application/jwt")], None).await;
    assert_eq!(told.is_ok().headers["content-type"], "application/jwt");
    let token = Unverified::parse(&told.text).unwrap();
    assert_eq!(token.header().typ(), Some("openidvci-issuer-metadata+jwt"));
    let certificates = token.header().get("x5c").and_then(Value::as_array).unwrap();
    assert_eq!(certificates.len(), 1, "without the trust anchor");
    let anchors = journeys::passport::anchors(&ward.node.service, None).await.unwrap();
    let key = CertificateChain::of(token.header()).unwrap().verify(&anchors, ward.now()).unwrap();
    let claims = Value::Object(token.verify(&key).unwrap().claims().clone());
    assert_eq!(claims["sub"], format!("{}{NORTHFIELD}", ward.setup.public_url));
    assert_eq!(claims["iat"], ward.now().as_second());
    for (name, value) in ward.program_reads(METADATA).await.json().as_object().unwrap() {
        assert_eq!(&claims[name], value, "it says what the plain ones say");
    }
}

#[rstest]
#[tokio::test]
async fn oid4vci_1final_issuer_happy_flow(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Way::PreAuthorized, Way::Offered, Way::Asking, Way::Attested)] way: Way,
    #[values(false, true)] deferred: bool,
    #[values(false, true)] encrypts: bool,
) {
    let ward = Ward::assured(kind, attested).await;
    let (mut amina, fire) = amina_with_fire_safety(&ward).await;
    let held = ward.token_by(way, &mut amina, fire).await;
    let mine = key();
    let request = ward.request_for(&mine).await;
    let signing = &ward.node.service.signing;
    if deferred {
        signing.close();
    }
    let (mut status, mut told) = ward.sends_by(&held, "credential", request, encrypts).await;
    if deferred {
        assert_eq!((status, &told["interval"]), (StatusCode::ACCEPTED, &json!(30)), "{told}");
        signing.open();
        let again = json!({ "transaction_id": told["transaction_id"] });
        (status, told) = ward.sends_by(&held, "deferred", again, encrypts).await;
    }
    assert_eq!(status, StatusCode::OK, "{told}");
    ward.is_for(&told, &mine).await;
    // What came later than asked for needs no word of the wallet's.
    if !deferred {
        let id = told["notification_id"].as_str().unwrap();
        assert_eq!(ward.wallet_tells(&held, id, "credential_accepted").await.status, StatusCode::NO_CONTENT);
    }
    let kept = ward.store().credential(fire).await.unwrap().unwrap();
    assert_eq!(kept.state(ward.today()), rules::passport::CredentialState::Accepted);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn oid4vci_1final_issuer_happy_flow_additional_requests(#[values(Sqlite, PostgreSql)] kind: Kind) {
    // The same token again, each time with a number and a key of its own.
    let ward = Ward::new(kind).await;
    let held = token(&ward).await;
    for _ in 0..3 {
        the_right_request_is_answered(&ward, &held).await;
    }
}

#[rstest]
#[tokio::test]
async fn oid4vci_1final_issuer_happy_flow_multiple_clients(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::assured(kind, attested).await;
    let (mut amina, _) = amina_with_fire_safety(&ward).await;
    let other = [("client_id", "other-wallet"), ("redirect_uri", "https://other.example/back")];
    amina.opens(&ward.pushed(&[]).await).await.reads("Ward Wallet asks for your credentials");
    let first = amina.accepts_for_wallet().await;
    let held = ward.token_for(first.code()).await;
    the_right_request_is_answered(&ward, &held).await;
    ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&other).await).await.reads("Other Wallet asks for your credentials");
    let second = amina.accepts_for_wallet().await;
    assert_eq!(second.to.host_str(), Some("other.example"));
    let theirs = ward.code_redeemed(redeeming(second.code(), &other), &[]).await;
    let theirs = super::authorise::held(&theirs, None);
    the_right_request_is_answered(&ward, &theirs).await;
    // What the one was given the other cannot redeem.
    ward.has_fire_safety_to_accept().await;
    amina.opens(&ward.pushed(&[]).await).await;
    let third = amina.accepts_for_wallet().await;
    ward.code_redeemed(redeeming(third.code(), &other), &[]).await.is_refused(400, "invalid_grant");
}

#[tokio::test]
async fn oid4vci_1final_issuer_happy_flow_skip_notification() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, fire) = amina_with_fire_safety(&ward).await;
    let held = ward.token_by(Way::PreAuthorized, &mut amina, fire).await;
    the_right_request_is_answered(&ward, &held).await;
    // That the wallet says nothing more is no reason to doubt.
    amina.opens(&super::issuer::add_page(fire)).await.reads("That worked");
    assert_eq!(ward.audited("wallet_told").await, 0);
    let kept = ward.store().credential(fire).await.unwrap().unwrap();
    assert_eq!(kept.state(ward.today()), rules::passport::CredentialState::Accepted);
}

#[rstest]
#[tokio::test]
async fn oid4vci_1final_issuer_batch_issuance(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = token(&ward).await;
    let size = ward.program_reads(METADATA).await.json()["batch_credential_issuance"]["batch_size"].clone();
    let keys: Vec<Es256Key> = (0..size.as_u64().unwrap()).map(|_| key()).collect();
    let nonce = ward.c_nonce().await;
    let proofs: Vec<String> = keys.iter().map(|key| ward.key_proof(key, &nonce)).collect();
    let told = ward.wallet_asks_for(&held, &proofs).await.is_ok().json();
    let credentials = told["credentials"].as_array().unwrap();
    assert_eq!(credentials.len(), keys.len());
    for (credential, key) in credentials.iter().zip(&keys) {
        ward.is_for(&json!({ "credentials": [credential] }), key).await;
    }
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_invalid_nonce() {
    let ward = Ward::new(Sqlite).await;
    let held = token(&ward).await;
    let told = ward.wallet_asks_for(&held, &[ward.key_proof(&key(), "invented")]).await;
    told.is_refused(400, "invalid_nonce");
    the_right_request_is_answered(&ward, &held).await;
}

/// The token with a signature that another key made.
fn signed_again(token: &str) -> String {
    let (signed, _) = token.rsplit_once('.').unwrap();
    let parts: Vec<Value> = signed.split('.').map(read).collect();
    let by_another = openid4vc::jose::sign(&parts[0], &parts[1], &key()).unwrap();
    let (_, signature) = by_another.rsplit_once('.').unwrap();
    format!("{signed}.{signature}")
}

fn read(part: &str) -> Value {
    use base64::Engine as _;
    serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The token with one byte of its signature changed.
fn with_a_byte_changed(token: &str) -> String {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = BASE64.decode(signature).unwrap();
    signature[20] ^= 1;
    format!("{signed}.{}", BASE64.encode(signature))
}

#[rstest]
#[case::by_another_key(signed_again)]
#[case::a_byte_changed(with_a_byte_changed)]
#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_invalid_jwt_proof_signature(#[case] forged: fn(&str) -> String) {
    let ward = Ward::new(Sqlite).await;
    let held = token(&ward).await;
    let proof = ward.key_proof(&key(), &ward.c_nonce().await);
    ward.wallet_asks_for(&held, &[forged(&proof)]).await.is_refused(400, "invalid_proof");
    the_right_request_is_answered(&ward, &held).await;
}

#[rstest]
#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_invalid_key_attestation_signature(
    #[values(signed_again, with_a_byte_changed)] forged: fn(&str) -> String,
    #[values(false, true)] in_a_proof: bool,
) {
    let ward = Ward::assured(Sqlite, known_keys).await;
    let held = token(&ward).await;
    let (mine, nonce) = (key(), ward.c_nonce().await);
    let right = KEYS.signs("key-attestation+jwt", &ward.said_of_keys(&[&mine], &nonce));
    // The certificate is that of the maker who is trusted; the signature is somebody else's.
    for (attestation, taken) in [(forged(&right), false), (right, true)] {
        let proofs = if in_a_proof {
            let with = |header: &mut Value, _: &mut Value| header["key_attestation"] = attestation.into();
            json!({ "jwt": [ward.key_proof_with(&mine, &nonce, with)] })
        } else {
            json!({ "attestation": [attestation] })
        };
        let body = json!({ "credential_configuration_id": "core-skill", "proofs": proofs });
        let told = ward.wallet_asks(&held, &body).await;
        if taken {
            ward.is_for(&told.is_ok().json(), &mine).await;
        } else {
            told.is_refused(400, "invalid_proof");
        }
    }
}

/// What is wrong with what a wallet shows of itself.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    Nothing,
    Signature,
    ProofSignature,
    ProofByte,
    Expired,
    WithoutSubject,
    ProofAudience,
    AnotherKey,
}

impl Ward {
    /// A wallet shows its maker's word and its own proof at an endpoint, with something wrong.
    async fn attested_with(&self, wrong: Wrong, at: &str) -> Told {
        let phone = Phone::with(WALLET);
        let attestation = match wrong {
            Wrong::Signature => {
                WALLETS.signed_by(&key(), "oauth-client-attestation+jwt", &self.said_of(&phone))
            }
            Wrong::Expired => {
                let now = self.now().as_second();
                self.attestation_by(&WALLETS, &phone, |claims| claims["exp"] = now.into())
            }
            Wrong::WithoutSubject => self.attestation_by(&WALLETS, &phone, |claims| {
                claims.as_object_mut().unwrap().remove("sub");
            }),
            _ => self.attestation_by(&WALLETS, &phone, |_| {}),
        };
        let proof = match wrong {
            Wrong::ProofAudience => {
                self.attestation_proof(&phone, |claims| claims["aud"] = "https://other.example".into()).await
            }
            Wrong::AnotherKey => self.attestation_proof(&Phone::with(WALLET), |_| {}).await,
            Wrong::ProofSignature => signed_again(&self.attestation_proof(&phone, |_| {}).await),
            Wrong::ProofByte => with_a_byte_changed(&self.attestation_proof(&phone, |_| {}).await),
            _ => self.attestation_proof(&phone, |_| {}).await,
        };
        let path = format!("{NORTHFIELD}{at}");
        let dpop = self.dpop_proof(&phone.dpop, &path, None).await;
        let headers = [
            ("oauth-client-attestation", attestation.as_str()),
            ("oauth-client-attestation-pop", &proof),
            ("dpop", &dpop),
        ];
        let fields = if at == "/par" { asking(&[]) } else { redeeming(&"A".repeat(43), &[]) };
        self.program_sends(Method::POST, &path, &headers, Some(fields)).await
    }

    /// The wrong one is refused for what the wallet shows of itself, and the right one is not.
    async fn refuses_attested_with(&self, wrong: Wrong) {
        for at in ["/par", "/token"] {
            self.attested_with(wrong, at).await.is_refused(401, "invalid_client");
        }
        assert_eq!(self.attested_with(Wrong::Nothing, "/par").await.status, StatusCode::CREATED);
        // The code is none, and that is all.
        self.attested_with(Wrong::Nothing, "/token").await.is_refused(400, "invalid_grant");
    }
}

#[rstest]
#[case::named_wallets_too(attested)]
#[case::high_assurance(high_assurance)]
#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_invalid_client_attestation_signature(
    #[case] passport: fn() -> PassportSettings,
) {
    Ward::assured(Sqlite, passport).await.refuses_attested_with(Wrong::Signature).await;
}

#[rstest]
#[case::by_another_key(Wrong::ProofSignature)]
#[case::a_byte_changed(Wrong::ProofByte)]
#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_invalid_client_attestation_pop_signature(#[case] wrong: Wrong) {
    Ward::assured(Sqlite, high_assurance).await.refuses_attested_with(wrong).await;
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_expired_client_attestation() {
    Ward::assured(Sqlite, high_assurance).await.refuses_attested_with(Wrong::Expired).await;
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_client_attestation_without_sub() {
    Ward::assured(Sqlite, high_assurance).await.refuses_attested_with(Wrong::WithoutSubject).await;
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_invalid_client_attestation_pop_aud() {
    Ward::assured(Sqlite, high_assurance).await.refuses_attested_with(Wrong::ProofAudience).await;
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_client_attestation_key_mismatch() {
    Ward::assured(Sqlite, high_assurance).await.refuses_attested_with(Wrong::AnotherKey).await;
}

#[rstest]
#[case::no_proofs(json!({}))]
#[case::an_empty_object(json!({ "proofs": {} }))]
#[case::an_empty_list(json!({ "proofs": { "jwt": [] } }))]
#[tokio::test]
async fn oid4vci_1final_issuer_fail_missing_proof(#[case] mut body: Value) {
    let ward = Ward::new(Sqlite).await;
    let held = token(&ward).await;
    body["credential_configuration_id"] = json!("core-skill");
    ward.wallet_asks(&held, &body).await.is_refused(400, "invalid_proof");
    the_right_request_is_answered(&ward, &held).await;
}

#[rstest]
#[case::no_content_encryption_of_ours(json!({ "enc": "A128CBC-HS256" }))]
#[case::no_key_of_ours(json!({ "enc": "A256GCM", "jwk": { "kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": "RSA-OAEP" } }))]
#[tokio::test]
async fn oid4vci_1final_issuer_fail_unsupported_encryption_algorithm(#[case] changes: Value) {
    let ward = Ward::new(Sqlite).await;
    let held = token(&ward).await;
    let mut request = ward.request_for(&key()).await;
    let mut encryption = json!({ "jwk": DecryptionKey::generate("mine".to_owned()).unwrap().to_jwk() });
    encryption.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    request["credential_response_encryption"] = encryption;
    let jwe = encrypted(&ward.told_key().await, &request);
    let told = ward.wallet_sends_as(&held, &format!("{NORTHFIELD}/credential"), "application/jwt", jwe).await;
    told.is_refused(400, "invalid_encryption_parameters");
    assert_eq!(told.headers["content-type"], "application/json", "in the clear");
    the_right_request_is_answered(&ward, &held).await;
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_unknown_credential_configuration_id() {
    let ward = Ward::new(Sqlite).await;
    let held = token(&ward).await;
    let mut request = ward.request_for(&key()).await;
    request["credential_configuration_id"] = json!("core-skill-of-nobody");
    ward.wallet_asks(&held, &request).await.is_refused(400, "unknown_credential_configuration");
    the_right_request_is_answered(&ward, &held).await;
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_unknown_credential_identifier() {
    // By authorisation details the wallet is told identifiers, and must use one of them.
    let ward = Ward::assured(Sqlite, attested).await;
    let (mut amina, fire) = amina_with_fire_safety(&ward).await;
    let details = by_details();
    let asked = [("scope", ""), ("authorization_details", details.as_str())];
    amina.opens(&ward.pushed(&asked).await).await;
    let back = amina.accepts_for_wallet().await;
    let held = ward.token_for(back.code()).await;
    for unknown in ["of-nobody", &ward.new_id().to_string()] {
        let told = ward.wallet_asks_by(&held, unknown, &key()).await;
        told.is_refused(400, "unknown_credential_identifier");
    }
    let mine = key();
    let told = ward.wallet_asks_by(&held, &fire.to_string(), &mine).await;
    ward.is_for(&told.is_ok().json(), &mine).await;
}

#[tokio::test]
async fn oid4vci_1final_issuer_fail_on_access_token_in_query() {
    // The token is a right one, in the wrong place (RFC 6750, section 2.3; RFC 9700, section 4.3.2).
    let ward = Ward::new(Sqlite).await;
    let held = token(&ward).await;
    let request = ward.request_for(&key()).await.to_string();
    let mut address = Url::parse(&format!("{}{NORTHFIELD}/credential", ward.setup.public_url)).unwrap();
    address.query_pairs_mut().append_pair("access_token", &held.access_token);
    let path = format!("{}?{}", address.path(), address.query().unwrap());
    let json = [("content-type", "application/json")];
    ward.program_sends(Method::POST, &path, &json, Some(request)).await.is_refused(401, "invalid_token");
    let in_a_form = Some(form(&[("access_token", &held.access_token)]));
    let told = ward.program_sends(Method::POST, address.path(), &[], in_a_form).await;
    told.is_refused(401, "invalid_token");
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 0);
    the_right_request_is_answered(&ward, &held).await;
}

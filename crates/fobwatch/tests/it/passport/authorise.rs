//! What the stories of wallets share that send their person here to sign in: a wallet that pushes whatever a test wants.

use super::issuer::{Held, NORTHFIELD, Told, hash};
use crate::database::Kind;
use crate::guide::Visitor;
use crate::ward::{Setup, Ward};
use axum::http::{Method, StatusCode, header};
use journeys::passport::{PassportSettings, WalletApp};
use openid4vc::jose::Es256Key;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;
use url::form_urlencoded::Serializer;

pub const WALLET: &str = "ward-wallet";
pub const BACK: &str = "https://wallet.northfield.example/back?from=fobwatch";
pub const APP: &str = "example.wallet:/back";
/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Two wallets that may send people here.
pub fn two_wallets() -> PassportSettings {
    let wallet = |client_id: &str, name: &str, redirect_uris: &[&str]| WalletApp {
        client_id: client_id.to_owned(),
        name: name.to_owned(),
        redirect_uris: redirect_uris.iter().map(|&address| address.to_owned()).collect(),
    };
    PassportSettings {
        wallets: vec![
            wallet(WALLET, "Ward Wallet", &[BACK, APP]),
            wallet("other-wallet", "Other Wallet", &["https://other.example/back"]),
        ],
        ..PassportSettings::default()
    }
}

/// What a wallet pushes, with changes; an empty value takes a field out.
pub fn asking(changes: &[(&str, &str)]) -> String {
    let mut fields = BTreeMap::from([
        ("client_id", WALLET),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("state", "state of the wallet"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "core-skill"),
    ]);
    fields.extend(changes.iter().copied());
    form(&fields.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
}

pub fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// All core skills, by authorisation details.
pub fn by_details() -> String {
    json!([{ "type": "openid_credential", "credential_configuration_id": "core-skill" }]).to_string()
}

/// What a wallet sends with a code, with changes.
pub fn redeeming(code: &str, changes: &[(&str, &str)]) -> String {
    let mut fields = BTreeMap::from([
        ("grant_type", "authorization_code"),
        ("client_id", WALLET),
        ("redirect_uri", BACK),
        ("code", code),
        ("code_verifier", VERIFIER),
    ]);
    fields.extend(changes.iter().copied());
    form(&fields.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
}

/// Where a person goes back to, and with what.
#[derive(Debug)]
pub struct WentBack {
    pub to: Url,
    pub with: BTreeMap<String, String>,
}

impl WentBack {
    pub fn code(&self) -> &str {
        &self.with["code"]
    }
}

impl Ward {
    /// A ward that two wallets may send people to.
    pub async fn with_wallets(kind: Kind) -> Self {
        Self::with(Setup { passport: two_wallets, ..Setup::on(kind) }).await
    }

    pub async fn wallet_pushes(&self, fields: String, headers: &[(&str, &str)]) -> Told {
        self.program_sends(Method::POST, &format!("{NORTHFIELD}/par"), headers, Some(fields)).await
    }

    /// Where the wallet leads its person after it pushed something, which must be taken.
    pub async fn pushed(&self, changes: &[(&str, &str)]) -> String {
        let told = self.wallet_pushes(asking(changes), &[]).await;
        led_to(&told, changes.iter().find(|(name, _)| *name == "client_id").map_or(WALLET, |(_, id)| id))
    }

    pub async fn code_redeemed(&self, fields: String, headers: &[(&str, &str)]) -> Told {
        self.program_sends(Method::POST, &format!("{NORTHFIELD}/token"), headers, Some(fields)).await
    }

    /// A token for a code, which must be right.
    pub async fn token_for(&self, code: &str) -> Held {
        let told = self.code_redeemed(redeeming(code, &[]), &[]).await;
        held(&told, None)
    }

    /// Asks for one of several.
    pub async fn wallet_asks_by(&self, held: &Held, identifier: &str, key: &Es256Key) -> Told {
        let proof = self.key_proof(key, &self.c_nonce().await);
        let body = json!({ "credential_identifier": identifier, "proofs": { "jwt": [proof] } });
        self.wallet_asks(held, &body).await
    }
}

/// The address that a wallet opens a browser with.
#[track_caller]
pub fn led_to(told: &Told, client_id: &str) -> String {
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.text);
    assert_eq!(told.headers["cache-control"], "no-store");
    let body = told.json();
    assert_eq!(body["expires_in"], json!(90));
    let request_uri = body["request_uri"].as_str().unwrap();
    assert!(request_uri.starts_with("urn:ietf:params:oauth:request_uri:"), "{request_uri}");
    format!("{NORTHFIELD}/authorize?{}", form(&[("client_id", client_id), ("request_uri", request_uri)]))
}

pub fn held(told: &Told, dpop: Option<Es256Key>) -> Held {
    told.is_ok();
    assert_eq!(told.headers["cache-control"], "no-store");
    let body: Value = told.json();
    assert_eq!(body["token_type"], if dpop.is_some() { "DPoP" } else { "Bearer" });
    assert_eq!(body["expires_in"], json!(300));
    Held { access_token: body["access_token"].as_str().unwrap().to_owned(), dpop }
}

/// The challenge that is met by a verifier.
pub fn challenge_of(verifier: &str) -> String {
    hash(verifier)
}

impl Visitor<'_> {
    /// Presses a button that leads away from here.
    pub async fn leaves_by(&mut self, button: &str) -> WentBack {
        let (url, body) = self.would_send(button);
        let (status, headers, text) = self.sends(&Method::POST, &url, Some(body), &[]).await.unwrap();
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let to = Url::parse(headers[header::LOCATION].to_str().unwrap()).unwrap();
        let with = to.query_pairs().into_owned().collect();
        WentBack { to, with }
    }

    /// *Accept and add to my wallet*.
    pub async fn accepts_for_wallet(&mut self) -> WentBack {
        self.leaves_by("Accept and add to my wallet").await
    }
}

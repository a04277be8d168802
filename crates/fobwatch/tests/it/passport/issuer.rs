//! What the stories of the issuer share: credentials that were provided, and a wallet of our own that sends whatever a test wants.

use crate::browser::Browser;
use crate::guide::{Factor, Visitor};
use crate::page::Press;
use crate::people::{AMINA, Person};
use crate::ward::{Node, Ward};
use axum::http::{HeaderMap, Method, StatusCode};
use openid4vc::jose::{Es256Key, Signer as _, sign};
use openid4vc::sd_jwt::{Disclosed, SdJwt};
use rules::passport::{CredentialKind, RevokeReason, WithdrawReason};
use serde_json::{Value, json};
use store::credential::NewCredential;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

pub const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
pub const FIRE: &str = r#"{"claims":{"subject":"Fire safety","level":"1"},"assurance":{"origin":"NTH"}}"#;
/// Where Northfield's wallets begin.
pub const NORTHFIELD: &str = "/vc/NTH";

/// The kind with this name.
pub fn credential_kind(name: &str) -> CredentialKind {
    CredentialKind::parse(name).unwrap()
}

/// What a wallet was answered.
#[derive(Debug)]
pub struct Told {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Told {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    /// The code of a refusal.
    #[track_caller]
    pub fn is_refused(&self, status: u16, error: &str) -> &Self {
        let told = (self.status.as_u16(), self.json()["error"].as_str().map(str::to_owned));
        assert_eq!(told, (status, Some(error.to_owned())), "{}", self.text);
        assert_eq!(self.headers["cache-control"], "no-store");
        self
    }

    #[track_caller]
    pub fn is_ok(&self) -> &Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self
    }
}

/// A token as a wallet holds it.
pub struct Held {
    pub access_token: String,
    pub dpop: Option<Es256Key>,
}

impl Ward {
    /// The trust provides a credential.
    pub async fn issuer_provides(
        &self,
        who: Person,
        kind: CredentialKind,
        variant: &str,
        content: &str,
    ) -> Uuid {
        let account_id = self.account_of(who).await;
        let organisation_id = self.store().account(account_id).await.unwrap().unwrap().organisation_id;
        let id = self.new_id();
        let new =
            NewCredential { id, account_id, organisation_id, kind, variant, content, valid_until: None };
        let mut tx = self.store().begin().await.unwrap();
        tx.add_credential(new, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Fire safety, level 1.
    pub async fn has_fire_safety_to_accept(&self) -> Uuid {
        self.issuer_provides(AMINA, credential_kind("core-skill"), "fire-safety", FIRE).await
    }

    /// Amina with a mobile phone, signed in.
    pub async fn amina_with_a_phone(&self) -> Visitor<'_> {
        let mut amina = self.person(AMINA);
        amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
        amina
    }

    /// Amina with nothing that texts reach, signed in.
    pub async fn amina_with_an_app(&self) -> Visitor<'_> {
        let mut amina = self.person(AMINA);
        amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
        amina
    }

    pub async fn issuer_withdraws(&self, credential: Uuid) {
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.withdraw_credential(credential, WithdrawReason::IssuedInError, self.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub async fn issuer_revokes(&self, credential: Uuid) {
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.revoke_credential(credential, RevokeReason::NoLongerValid, self.now()).await.unwrap());
        journeys::passport::revoke_copies(&mut tx, credential, self.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A program asks, from elsewhere.
    pub async fn program_sends(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Told {
        program_sends(self.browser_from(crate::ward::ELSEWHERE), method, path, headers, body).await
    }

    pub async fn program_reads(&self, path: &str) -> Told {
        self.program_sends(Method::GET, path, &[], None).await
    }

    /// The offer that a link leads to.
    pub async fn wallet_fetches(&self, link: &str) -> Told {
        self.program_reads(&self.path_of(link)).await
    }

    /// The path of the offer that a link leads to.
    pub fn path_of(&self, link: &str) -> String {
        let (scheme, query) = link.split_once('?').unwrap();
        assert_eq!(scheme, "openid-credential-offer://");
        let (_, address) = url::form_urlencoded::parse(query.as_bytes()).next().unwrap();
        address.strip_prefix(self.setup.public_url).unwrap().to_owned()
    }

    /// The code in an offer.
    pub async fn code_of(&self, link: &str) -> String {
        let offer = self.wallet_fetches(link).await.json();
        offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"].as_str().unwrap().to_owned()
    }

    pub async fn wallet_redeems(&self, code: &str, transaction_code: Option<&str>) -> Told {
        self.wallet_redeems_at(NORTHFIELD, code, transaction_code, &[]).await
    }

    pub async fn wallet_redeems_at(
        &self,
        issuer: &str,
        code: &str,
        transaction_code: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Told {
        let form = token_form(code, transaction_code);
        self.program_sends(Method::POST, &format!("{issuer}/token"), headers, Some(form)).await
    }

    /// A token for the code, which must be right.
    pub async fn wallet_token(&self, link: &str, transaction_code: Option<&str>) -> Held {
        let code = self.code_of(link).await;
        let told = self.wallet_redeems(&code, transaction_code).await;
        told.is_ok();
        assert_eq!(told.headers["cache-control"], "no-store");
        let body = told.json();
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(300)));
        Held { access_token: body["access_token"].as_str().unwrap().to_owned(), dpop: None }
    }

    pub async fn issuer_nonce(&self) -> Told {
        self.program_sends(Method::POST, &format!("{NORTHFIELD}/nonce"), &[], Some(String::new())).await
    }

    pub async fn c_nonce(&self) -> String {
        self.issuer_nonce().await.json()["c_nonce"].as_str().unwrap().to_owned()
    }

    /// What shows that a wallet has a key.
    pub fn key_proof(&self, key: &Es256Key, nonce: &str) -> String {
        self.key_proof_with(key, nonce, |_, _| {})
    }

    pub fn key_proof_with(
        &self,
        key: &Es256Key,
        nonce: &str,
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> String {
        let mut header = json!({ "typ": "openid4vci-proof+jwt", "jwk": key.public_key().to_jwk() });
        let mut claims = json!({
            "aud": format!("{}{NORTHFIELD}", self.setup.public_url), "iat": self.now().as_second(), "nonce": nonce,
        });
        change(&mut header, &mut claims);
        sign(&header, &claims, key).unwrap()
    }

    /// A proof that whoever asks has the token's key.
    pub async fn dpop_proof(&self, key: &Es256Key, path: &str, access_token: Option<&str>) -> String {
        let nonce = self.issuer_nonce().await.headers["dpop-nonce"].to_str().unwrap().to_owned();
        let mut claims = json!({
            "jti": self.new_id().to_string(), "htm": "POST", "htu": format!("{}{path}", self.setup.public_url),
            "iat": self.now().as_second(), "nonce": nonce,
        });
        if let Some(token) = access_token {
            claims["ath"] = hash(token).into();
        }
        sign(&json!({ "typ": "dpop+jwt", "jwk": key.public_key().to_jwk() }), &claims, key).unwrap()
    }

    /// Asks for what the token is for.
    pub async fn wallet_asks_for(&self, held: &Held, proofs: &[String]) -> Told {
        let body = json!({ "credential_configuration_id": "core-skill", "proofs": { "jwt": proofs } });
        self.wallet_asks(held, &body).await
    }

    pub async fn wallet_asks(&self, held: &Held, body: &Value) -> Told {
        self.wallet_sends(held, &format!("{NORTHFIELD}/credential"), body).await
    }

    /// Tells what became of credentials.
    pub async fn wallet_tells(&self, held: &Held, id: &str, event: &str) -> Told {
        let body = json!({ "notification_id": id, "event": event });
        self.wallet_sends(held, &format!("{NORTHFIELD}/notification"), &body).await
    }

    pub async fn wallet_sends(&self, held: &Held, path: &str, body: &Value) -> Told {
        self.wallet_sends_as(held, path, "application/json", body.to_string()).await
    }

    pub async fn wallet_sends_as(&self, held: &Held, path: &str, content_type: &str, body: String) -> Told {
        let token = &held.access_token;
        let (authorization, dpop) = match &held.dpop {
            None => (format!("Bearer {token}"), String::new()),
            Some(key) => (format!("DPoP {token}"), self.dpop_proof(key, path, Some(token)).await),
        };
        let headers =
            [("authorization", authorization.as_str()), ("content-type", content_type), ("dpop", &dpop)];
        self.program_sends(Method::POST, path, &headers, Some(body)).await
    }

    /// A wallet takes what was offered, once: what it was given.
    pub async fn wallet_takes(&self, held: &Held) -> Told {
        let proof = self.key_proof(&key(), &self.c_nonce().await);
        let told = self.wallet_asks_for(held, &[proof]).await;
        told.is_ok();
        told
    }

    /// What a credential says to whoever trusts its issuer.
    pub async fn disclosed(&self, credential: &str) -> Disclosed {
        let anchors = journeys::passport::anchors(&self.node.service, None).await.unwrap();
        let parsed = SdJwt::parse(credential).unwrap();
        let chain = openid4vc::jose::CertificateChain::of(parsed.issuer_token().unwrap().header()).unwrap();
        parsed.verify(&chain.verify(&anchors, self.now()).unwrap()).unwrap()
    }
}

async fn program_sends(
    mut browser: Browser,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> Told {
    let mut all = vec![("origin", ""), ("sec-fetch-site", "")];
    all.extend_from_slice(headers);
    let (status, headers, text) = browser.sends(&method, path, body, &all).await.unwrap();
    Told { status, headers, text }
}

/// The same on one of several nodes.
pub async fn sends_to(node: &Node, origin: &str, path: &str, body: String) -> Told {
    let browser = Browser::new(node.line(crate::ward::ELSEWHERE), origin);
    program_sends(browser, Method::POST, path, &[], Some(body)).await
}

pub fn token_form(code: &str, transaction_code: Option<&str>) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", PRE_AUTHORIZED).append_pair("pre-authorized_code", code);
    if let Some(transaction_code) = transaction_code {
        form.append_pair("tx_code", transaction_code);
    }
    form.finish()
}

pub fn key() -> Es256Key {
    Es256Key::generate().unwrap()
}

pub fn hash(text: &str) -> String {
    use base64::Engine as _;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(digest)
}

/// The page of a credential's QR code.
pub fn add_page(credential: Uuid) -> String {
    format!("/passport/credentials/{credential}/add")
}

impl Visitor<'_> {
    /// *Accept credential and add it to my wallet*: the link that the QR code holds.
    pub async fn adds_to_wallet(&mut self, credential: Uuid) -> String {
        // Two offers of one moment have no order.
        self.ward.waits(1);
        self.posts((add_page(credential), String::new())).await;
        self.reads("Scan the QR code to add your credential");
        link_on(&self.browser)
    }

    /// *Reissue*.
    pub async fn reissues_to_wallet(&mut self, credential: Uuid) -> String {
        self.ward.waits(1);
        self.posts((add_page(credential), "reissue=yes".to_owned())).await;
        self.reads("Scan the QR code to add a new copy of your credential");
        link_on(&self.browser)
    }

    /// The code that came for the wallet.
    pub async fn wallet_code(&self) -> String {
        self.ward.texted_code(self.who.mobile).await
    }
}

pub fn link_on(browser: &Browser) -> String {
    match browser.page.button("Open the wallet app on this device") {
        Press::Link(href) => href,
        other @ Press::Form(_) => panic!("{other:?}"),
    }
}

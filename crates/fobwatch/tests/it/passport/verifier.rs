//! Somebody's phone with a wallet, and the access key in it as an issuer has put it there.

use crate::browser::Browser;
use crate::database::Kind;
use crate::guide::{Factor, Visitor};
use crate::passport::issuer::credential_kind;
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use journeys::passport::{Signer, issuer, signer};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::{ContentEncryption, Es256Key, Recipient, Signer as _};
use openid4vc::sd_jwt::{Binding, SdJwt};
use openid4vc::sd_jwt_vc::Draft;
use openid4vc::status_list::Reference;
use rcgen::KeyPair;
use rules::passport::CredentialKind;
use serde_json::{Map, Value, json};
use store::credential::NewCredential;
use testkit::SeededRandom;
use url::Url;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

pub const APP: Factor = Factor::AuthenticatorApp;
/// Where phones come from.
pub const MOBILE_NETWORK: &str = "203.0.113.77";
pub const PRESS: &str = "Sign in with your staff passport";
/// What the browser of a phone says of itself.
pub const IPHONE: (&str, &str) =
    ("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15");
pub const OPEN_WALLET: &str = "Open the wallet app on this device";

/// A credential in a wallet.
pub struct Wallet {
    /// PKCS#8.
    pub pkcs8: Vec<u8>,
    pub key: Es256Key,
    pub credential: SdJwt,
    pub credential_id: Uuid,
    pub copy_id: Uuid,
}

/// How one is issued, where that is not as usual.
pub struct Issuing<'a> {
    pub organisation: &'a str,
    pub kind: CredentialKind,
    /// Whose certificate signs it; none: the organisation's own.
    pub signed_by: Option<Signer>,
    /// Whether the record says that it was bound to this wallet's key.
    pub bound: bool,
    /// Who it says has issued it; none: the organisation that did.
    pub iss: Option<&'a str>,
}

impl Default for Issuing<'_> {
    fn default() -> Self {
        Self {
            organisation: "NTH",
            kind: credential_kind("access-key"),
            signed_by: None,
            bound: true,
            iss: None,
        }
    }
}

fn random() -> impl openid4vc::Random {
    let source = SeededRandom::unique();
    move |bytes: &mut [u8]| vault::Random::fill(&source, bytes)
}

impl Ward {
    /// An id as the database's own language writes it.
    pub fn sql_id(&self, id: Uuid) -> String {
        match self.db.kind {
            Kind::Sqlite => format!("x'{}'", id.simple()),
            Kind::PostgreSql => format!("'{id}'"),
        }
    }

    pub async fn amina_with_a_passport(&self) -> (Visitor<'_>, Wallet) {
        let mut amina = self.person(AMINA);
        amina.joins(APP).await;
        let wallet = self.issues(amina.account().await, Issuing::default()).await;
        (amina, wallet)
    }

    /// A credential comes into somebody's wallet.
    pub async fn issues(&self, account: Uuid, issuing: Issuing<'_>) -> Wallet {
        let (service, now) = (&self.node.service, self.clock.now());
        let random_ids = SeededRandom::unique();
        let new_id = || vault::new_id(now, &random_ids);
        let (credential_id, copy_id, list) = (new_id(), new_id(), new_id());
        let organisation = service.store.organisation_by_code(issuing.organisation).await.unwrap().unwrap();
        let signer = match issuing.signed_by {
            Some(signer) => signer,
            None => signer(service, &organisation).await.unwrap(),
        };
        let pkcs8 = KeyPair::generate().unwrap().serialize_der();
        let key = Es256Key::from_pkcs8(&pkcs8).unwrap();
        let place = 4711;
        let draft = Draft {
            kind: service.address(&format!("/vc/types/{}", issuing.kind.as_str())),
            issuer: Some(issuing.iss.map_or_else(|| issuer(service, &organisation), str::to_owned)),
            issued_at: now,
            not_before: None,
            expires_at: None,
            holder: Some(key.public_key().clone()),
            status: Some(Reference { uri: service.address(&format!("/vc/status/{list}")), idx: place }),
            claims: json!({ "passport": "p-0x41", "subject": "Fire safety" }).as_object().unwrap().clone(),
            concealed: vec![ClaimPath::names(["passport"]), ClaimPath::names(["subject"])],
            decoys: 0,
        };
        let mut header = Map::new();
        header.insert("x5c".to_owned(), signer.chain.to_header());
        let credential = draft.issue(header, signer.key.as_ref(), &random()).unwrap();
        let mut tx = service.store.begin().await.unwrap();
        let new = NewCredential {
            id: credential_id,
            account_id: account,
            organisation_id: organisation.id,
            kind: issuing.kind,
            variant: "",
            content: r#"{"claims":{"subject":"Fire safety"},"assurance":{}}"#,
            valid_until: None,
        };
        tx.add_credential(new, now).await.unwrap();
        assert!(tx.accept_credential(credential_id, now).await.unwrap());
        tx.commit().await.unwrap();
        let thumbprint = if issuing.bound { key.public_key().thumbprint() } else { "another".to_owned() };
        let id = |id| self.sql_id(id);
        let millis = now.as_millisecond();
        self.db
            .tell(&format!(
                "INSERT INTO status_list (id, organisation_id, root_id, size, taken, opened_at, revision, changed_at)
                    VALUES ({list}, {organisation}, {root}, 131072, 1, {millis}, 1, {millis});
                INSERT INTO credential_copy (id, credential_id, offer_id, status_list_id, place, thumbprint, issued_at)
                    VALUES ({copy}, {credential}, {copy}, {list}, {place}, '{thumbprint}', {millis});",
                list = id(list),
                root = id(signer.root),
                organisation = id(organisation.id),
                copy = id(copy_id),
                credential = id(credential_id),
            ))
            .await;
        Wallet { pkcs8, key, credential, credential_id, copy_id }
    }

    /// A phone on the mobile network, with a browser of its own.
    pub fn phone_browser(&self) -> Browser {
        self.browser_from(MOBILE_NETWORK)
    }

    /// A further organisation of this installation.
    pub async fn also_serves(&self, code: &str, name: &str) -> Uuid {
        let now = self.clock.now();
        let id = vault::new_id(now, &SeededRandom::unique());
        let mut tx = self.store().begin().await.unwrap();
        tx.add_organisation(id, code, name, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

/// What a wallet fetched.
#[derive(Debug, Clone)]
pub struct Question {
    pub claims: Value,
    pub header: Value,
}

impl Question {
    fn text(&self, name: &str) -> String {
        self.claims[name].as_str().unwrap().to_owned()
    }

    /// Where the answer goes.
    pub fn answer_path(&self) -> String {
        path_of(&self.text("response_uri"))
    }

    pub fn encrypt(&self, content: &Value) -> String {
        let jwk = &self.claims["client_metadata"]["jwks"]["keys"][0];
        let recipient = Recipient::from_jwk(jwk).unwrap();
        recipient.encrypt(content.to_string().as_bytes(), ContentEncryption::A256Gcm, &random()).unwrap()
    }

    /// The form that answers with these presentations.
    pub fn form(&self, presentations: &Value) -> String {
        let content = json!({ "vp_token": presentations, "state": self.claims["state"] });
        Serializer::new(String::new()).append_pair("response", &self.encrypt(&content)).finish()
    }
}

/// Path and query of an address of the service.
pub fn path_of(address: &str) -> String {
    let url = Url::parse(address).unwrap();
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

/// The claims and the header of a token, unverified.
pub fn opened(token: &str) -> Question {
    let part = |number: usize| {
        let part = token.split('.').nth(number).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    Question { header: part(0), claims: part(1) }
}

impl Browser {
    /// What the QR code on the page holds.
    pub fn qr_link(&self) -> String {
        self.page.link(OPEN_WALLET)
    }

    /// The page asks a wallet for the access key.
    pub async fn asks_for_the_passport(&mut self) -> String {
        self.opens("/sign-in").await.reads("Sign in");
        self.presses(PRESS).await.reads("Sign in with your staff passport");
        self.qr_link()
    }

    /// A wallet fetches the request behind a QR code.
    pub async fn fetches(&mut self, link: &str) -> (StatusCode, String) {
        let address = request_uri(link);
        let (status, _, body) = self.sends(&Method::GET, &path_of(&address), None, &[]).await.unwrap();
        (status, body)
    }

    pub async fn scans(&mut self, link: &str) -> Question {
        let (status, body) = self.fetches(link).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        opened(&body)
    }

    /// A wallet posts an answer.
    pub async fn posts_answer(&mut self, question: &Question, form: String) -> (StatusCode, Value) {
        let path = question.answer_path();
        let (status, _, body) = self.sends(&Method::POST, &path, Some(form), &[]).await.unwrap();
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    /// A wallet does all that it should, and its owner presses *Share*. Answers where it leads to.
    pub async fn shares(&mut self, wallet: &Wallet, link: &str, ward: &Ward) -> String {
        let question = self.scans(link).await;
        let (status, answer) = self.posts_answer(&question, wallet.answer(&question, ward)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        path_of(answer["redirect_uri"].as_str().unwrap())
    }

    /// The digits on the phone.
    pub fn digits(&self) -> String {
        let words = self.page.find(".fw-number").unwrap();
        words.split_whitespace().last().unwrap().to_owned()
    }
}

/// Where the request is fetched.
pub fn request_uri(link: &str) -> String {
    let url = Url::parse(link).unwrap();
    url.query_pairs().find(|(name, _)| name == "request_uri").unwrap().1.into_owned()
}

impl Wallet {
    /// The presentation as it should be.
    pub fn presents(&self, question: &Question, ward: &Ward) -> SdJwt {
        let (audience, nonce) = (question.text("client_id"), question.text("nonce"));
        self.presents_for(&audience, &nonce, ward.clock.now())
    }

    pub fn presents_for(&self, audience: &str, nonce: &str, now: jiff::Timestamp) -> SdJwt {
        let shown = self.credential.present(&[ClaimPath::names(["passport"])]).unwrap();
        shown.bind(Binding { audience, nonce }, &self.key, now).unwrap()
    }

    /// The form that a wallet posts.
    pub fn answer(&self, question: &Question, ward: &Ward) -> String {
        question.form(&json!({ "access_key": [self.presents(question, ward).to_string()] }))
    }
}

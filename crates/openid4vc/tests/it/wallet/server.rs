//! An issuer and a verifier with nothing behind them but memory.

#![expect(clippy::result_large_err, reason = "what is refused is answered as it is")]

use super::random;
use crate::authority::{Authority, Certified};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::{Timestamp, ToSpan as _};
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::Query;
use openid4vc::issuer::{
    AuthorizationEndpoints, AuthorizationServer, CredentialConfiguration, CredentialRequest,
    CredentialResponse, DeferredRequest, DpopProof, Encryption, Event, Grants, HttpRequest, IssuerMetadata,
    Nonces, Notification, Offer, ProofRules, TokenRequest, TokenResponse, TransactionCode,
};
use openid4vc::jose::{DecryptionKey, PublicKey};
use openid4vc::sd_jwt_vc::Draft;
use openid4vc::verifier::{
    ClientId, Presented, Request, RequestUriMethod, Response as Answer, Trust, VerifyProblem,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use url::Url;

pub const FIRE: &str = "https://northfield.example/credentials/fire-safety";
const NO_ENCRYPTION: Encryption<'static> =
    Encryption { keys: &[], request_required: false, response_required: false };

/// An issuer and a verifier at one address.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    address: String,
    authority: Authority,
    issuer: Certified,
    verifier: Certified,
    nonces: Nonces,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    offers: HashMap<String, Offered>,
    tokens: HashMap<String, Token>,
    waiting: HashMap<String, (u8, Vec<PublicKey>)>,
    told: Vec<Event>,
    asked: HashMap<String, (Request, Option<Result<Presented, VerifyProblem>>)>,
    declined: Vec<String>,
    counted: u32,
}

/// What is offered, and how.
#[derive(Clone, Copy, Default)]
pub struct Offered {
    pub transaction_code: Option<&'static str>,
    /// Whether tokens are bound to a key.
    pub dpop: bool,
    /// How often a wallet is told to ask again.
    pub later: u8,
}

#[derive(Clone)]
struct Token {
    thumbprint: Option<String>,
    later: u8,
}

/// A request, with its name and the link for the wallet.
pub struct Asked {
    pub id: String,
    pub link: String,
}

#[expect(clippy::disallowed_methods, reason = "the wallet looks at the clock of its machine, and so must we")]
fn now() -> Timestamp {
    Timestamp::now()
}

impl Server {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = Authority::lasting("Northfield Hospitals");
        let inner = Inner {
            address: format!("http://{}", listener.local_addr().unwrap()),
            issuer: authority.certifies("issuer.northfield.example"),
            verifier: authority.certifies("localhost"),
            authority,
            nonces: Nonces::new(b"secret", "credential"),
            memory: Mutex::default(),
        };
        let server = Self(Arc::new(inner));
        let routes = Router::new()
            .route("/.well-known/openid-credential-issuer/passport", get(issuer_metadata))
            .route("/.well-known/oauth-authorization-server/passport", get(server_metadata))
            .route("/passport/offer/{id}", get(offer))
            .route("/passport/token", post(token))
            .route("/passport/nonce", post(nonce))
            .route("/passport/credential", post(credential))
            .route("/passport/deferred", post(deferred))
            .route("/passport/notification", post(notification))
            .route("/passport/request/{id}", get(request).post(request))
            .route("/passport/answer/{id}", post(answer))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        server
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.memory.lock().unwrap()
    }

    fn name(&self) -> String {
        let mut memory = self.memory();
        memory.counted += 1;
        format!("id-{}", memory.counted)
    }

    fn at(&self, path: &str) -> String {
        format!("{}/passport{path}", self.0.address)
    }

    pub fn offers(&self, offered: Offered) -> String {
        let id = self.name();
        self.memory().offers.insert(id.clone(), offered);
        Offer::link("openid-credential-offer", &Url::parse(&self.at(&format!("/offer/{id}"))).unwrap())
    }

    pub fn told(&self) -> Vec<Event> {
        self.memory().told.clone()
    }

    pub fn asks(&self, query: Query, encrypted: bool) -> Asked {
        let client_id = ClientId::by_certificate(&self.0.verifier.chain);
        self.asks_as(client_id, &self.0.address, query, encrypted)
    }

    /// By the name of its host, which is answered.
    pub fn asks_by_host(&self, query: Query) -> Asked {
        let client_id = ClientId::by_host("localhost", &self.0.verifier.chain).unwrap();
        let address = self.0.address.replace("127.0.0.1", "localhost");
        self.asks_as(client_id, &address, query, true)
    }

    fn asks_as(&self, client_id: ClientId, address: &str, query: Query, encrypted: bool) -> Asked {
        query.check().unwrap();
        let id = self.name();
        let request = Request {
            client_id,
            query,
            nonce: self.0.nonces.issue(now(), &random()),
            state: format!("state-of-{id}"),
            response_uri: Url::parse(&format!("{address}/passport/answer/{id}")).unwrap(),
            encrypt_for: encrypted.then(|| DecryptionKey::generate(id.clone()).unwrap()),
            client_name: Some("Northfield Hospitals".to_owned()),
        };
        let address = Url::parse(&self.at(&format!("/request/{id}"))).unwrap();
        let link = request.link("openid4vp", &address, RequestUriMethod::Post);
        self.memory().asked.insert(id.clone(), (request, None));
        Asked { id, link }
    }

    pub fn presented(&self, asked: &Asked) -> Result<Presented, VerifyProblem> {
        self.memory().asked.remove(&asked.id).unwrap().1.unwrap()
    }

    pub fn was_declined(&self, asked: &Asked) -> bool {
        self.memory().declined.contains(&asked.id)
    }

    fn rules(&self) -> (String, impl Fn(&str) -> bool) {
        let server = self.clone();
        (self.at(""), move |nonce: &str| server.0.nonces.is_fresh(nonce, now()))
    }

    /// The token that a request was sent with, if it is one and its holder sent it.
    fn token(&self, headers: &HeaderMap, uri: &Uri) -> Result<Token, Response> {
        let refused = |why: &str| (StatusCode::UNAUTHORIZED, why.to_owned()).into_response();
        let sent =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, access_token) = sent.split_once(' ').unwrap_or_default();
        let token =
            self.memory().tokens.get(access_token).cloned().ok_or_else(|| refused("invalid_token"))?;
        if let Some(thumbprint) = &token.thumbprint {
            let proof = self.dpop(headers, uri, Some(access_token))?;
            if scheme != "DPoP" || proof.thumbprint() != *thumbprint {
                return Err(refused("another key"));
            }
        }
        Ok(token)
    }

    fn dpop(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        access_token: Option<&str>,
    ) -> Result<DpopProof, Response> {
        let url = Url::parse(&format!("{}{}", self.0.address, uri.path())).unwrap();
        let request = HttpRequest { method: "POST", url: &url, access_token };
        let proof = headers.get("dpop").and_then(|value| value.to_str().ok()).unwrap_or_default();
        DpopProof::verify(proof, request, now(), |nonce| self.0.nonces.is_fresh(nonce, now())).map_err(|_| {
            let fresh = self.0.nonces.issue(now(), &random());
            let (status, challenge) = match access_token {
                Some(_) => (StatusCode::UNAUTHORIZED, "DPoP error=\"use_dpop_nonce\""),
                None => (StatusCode::BAD_REQUEST, "DPoP"),
            };
            let headers = [("dpop-nonce", fresh), ("www-authenticate", challenge.to_owned())];
            (status, headers, axum::Json(json!({ "error": "use_dpop_nonce" }))).into_response()
        })
    }

    fn issue(&self, keys: &[PublicKey], notification_id: Option<&str>) -> Response {
        let credentials = keys.iter().map(|key| {
            let claims = json!({ "subject": "Fire safety", "level": "1", "place": "Ward 7" });
            let draft = Draft {
                kind: FIRE.to_owned(),
                issuer: None,
                issued_at: now(),
                not_before: None,
                expires_at: Some(now() + 24.hours()),
                holder: Some(key.clone()),
                status: None,
                claims: claims.as_object().unwrap().clone(),
                concealed: vec![ClaimPath::names(["level"]), ClaimPath::names(["place"])],
                decoys: 1,
            };
            let mut header = Map::new();
            header.insert("x5c".to_owned(), self.0.issuer.chain.to_header());
            draft.issue(header, &self.0.issuer.key, &random()).unwrap().to_string()
        });
        let issued = CredentialResponse::Issued {
            credentials: credentials.collect(),
            notification_id: notification_id.map(str::to_owned),
        };
        respond(&issued)
    }
}

fn respond(response: &CredentialResponse) -> Response {
    let body = response.body(None, &random()).unwrap();
    let status = StatusCode::from_u16(response.status()).unwrap();
    (status, [(header::CONTENT_TYPE, body.media_type)], body.content).into_response()
}

fn refuse<E: std::fmt::Display>(refused: &openid4vc::issuer::Refused<E>) -> Response {
    (StatusCode::BAD_REQUEST, axum::Json(refused.body())).into_response()
}

fn form(body: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

async fn issuer_metadata(State(server): State<Server>) -> axum::Json<Value> {
    let (issuer, is_nonce) = server.rules();
    let rules =
        ProofRules { issuer: &issuer, is_nonce: &is_nonce, batch: 3, attested_by: None, client_id: None };
    let configuration = CredentialConfiguration {
        kind: FIRE.to_owned(),
        scope: "fire_safety".to_owned(),
        proof_types: rules.metadata(),
        display: json!({ "display": [{ "name": "Fire safety" }] }),
    };
    let [credential, nonce, deferred, notification] =
        ["/credential", "/nonce", "/deferred", "/notification"].map(|path| server.at(path));
    let metadata = IssuerMetadata {
        issuer: &issuer,
        name: "Northfield Hospitals",
        credential_endpoint: &credential,
        nonce_endpoint: &nonce,
        deferred_endpoint: Some(&deferred),
        notification_endpoint: &notification,
        encryption: NO_ENCRYPTION,
        batch: 3,
        configurations: BTreeMap::from([("fire-safety".to_owned(), configuration)]),
    };
    axum::Json(metadata.to_json())
}

async fn server_metadata(State(server): State<Server>) -> axum::Json<Value> {
    let [issuer, token, authorize, par, challenge] =
        ["", "/token", "/authorize", "/par", "/challenge"].map(|path| server.at(path));
    let metadata = AuthorizationServer {
        issuer: &issuer,
        token_endpoint: &token,
        authorization: Some(AuthorizationEndpoints { authorize: &authorize, push: &par }),
        challenge_endpoint: Some(&challenge),
        haip: false,
    };
    axum::Json(metadata.to_json())
}

async fn offer(State(server): State<Server>, Path(id): Path<String>) -> axum::Json<Value> {
    let offered = server.memory().offers[&id];
    let code = |_| TransactionCode {
        input_mode: "numeric".to_owned(),
        length: 6,
        description: "It was texted to you".to_owned(),
    };
    let offer = Offer {
        credential_issuer: server.at(""),
        credential_configuration_ids: vec!["fire-safety".to_owned()],
        grants: Grants {
            pre_authorized: Some((id, offered.transaction_code.map(code))),
            authorization_code: None,
        },
    };
    axum::Json(json!(offer))
}

async fn token(State(server): State<Server>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let request = match TokenRequest::read(&form(&body)) {
        Ok(request) => request,
        Err(refused) => return refuse(&refused),
    };
    let TokenRequest::PreAuthorized { code, transaction_code, .. } = &request else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(offered) = server.memory().offers.get(code).copied() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if let Err(refused) = request.check_transaction_code(offered.transaction_code.is_some()) {
        return refuse(&refused);
    }
    if transaction_code.as_deref() != offered.transaction_code {
        return (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    let thumbprint = match offered.dpop.then(|| server.dpop(&headers, &uri, None)).transpose() {
        Ok(proof) => proof.map(|proof| proof.thumbprint()),
        Err(refused) => return refused,
    };
    server.memory().offers.remove(code);
    let access_token = format!("token-{}", server.name());
    server.memory().tokens.insert(access_token.clone(), Token { thumbprint, later: offered.later });
    let response = TokenResponse {
        access_token,
        dpop: offered.dpop,
        expires_in: 300,
        credential_identifiers: BTreeMap::new(),
    };
    axum::Json(response.body()).into_response()
}

async fn nonce(State(server): State<Server>) -> axum::Json<Value> {
    axum::Json(json!({ "c_nonce": server.0.nonces.issue(now(), &random()) }))
}

async fn credential(State(server): State<Server>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let token = match server.token(&headers, &uri) {
        Ok(token) => token,
        Err(refused) => return refused,
    };
    let (issuer, is_nonce) = server.rules();
    let rules =
        ProofRules { issuer: &issuer, is_nonce: &is_nonce, batch: 3, attested_by: None, client_id: None };
    let media_type = headers.get(header::CONTENT_TYPE).unwrap().to_str().unwrap();
    let bound = CredentialRequest::read(media_type, &body, NO_ENCRYPTION)
        .and_then(|request| request.proofs.unwrap().verify(&rules, now()));
    let keys = match bound {
        Ok(bound) => bound.keys,
        Err(refused) => return refuse(&refused),
    };
    if token.later == 0 {
        return server.issue(&keys, Some("n"));
    }
    let id = server.name();
    server.memory().waiting.insert(id.clone(), (token.later - 1, keys));
    respond(&CredentialResponse::Deferred { transaction_id: id, interval: 1 })
}

async fn deferred(State(server): State<Server>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = server.token(&headers, &uri) {
        return refused;
    }
    let id = DeferredRequest::read("application/json", &body, NO_ENCRYPTION).unwrap().transaction_id;
    let (left, keys) = server.memory().waiting.remove(&id).unwrap();
    if left == 0 {
        return server.issue(&keys, None);
    }
    server.memory().waiting.insert(id.clone(), (left - 1, keys));
    respond(&CredentialResponse::Deferred { transaction_id: id, interval: 1 })
}

async fn notification(State(server): State<Server>, body: Bytes) -> StatusCode {
    server.memory().told.push(Notification::read(&body).unwrap().event);
    StatusCode::NO_CONTENT
}

async fn request(State(server): State<Server>, Path(id): Path<String>, body: Bytes) -> Response {
    let wallet_nonce = form(&body).remove("wallet_nonce");
    let memory = server.memory();
    let verifier = &server.0.verifier;
    let signed = memory.asked[&id].0.signed(wallet_nonce.as_deref(), &verifier.chain, &verifier.key).unwrap();
    ([(header::CONTENT_TYPE, "application/oauth-authz-req+jwt")], signed).into_response()
}

async fn answer(State(server): State<Server>, Path(id): Path<String>, body: Bytes) -> axum::Json<Value> {
    let trust = Trust::none().with(FIRE, server.0.authority.anchors());
    let mut memory = server.memory();
    let (request, presented) = memory.asked.get_mut(&id).unwrap();
    match Answer::read(&form(&body), request).unwrap() {
        Answer::Presented(token) => *presented = Some(request.verify(&token, &trust, now())),
        Answer::Declined(why) => {
            assert!(why.is_refusal());
            memory.declined.push(id);
        }
    }
    let code = server.0.nonces.issue(now(), &random());
    axum::Json(
        json!({ "redirect_uri": format!("https://northfield.example/passport/back?response_code={code}") }),
    )
}

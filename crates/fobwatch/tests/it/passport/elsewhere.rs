//! An issuer outside this installation: its keys, its credentials, and a server with its status list, over real TLS.

use super::verifier::Question;
use crate::passport::issuer::credential_kind;
use crate::ward::{Setup, Ward};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use journeys::passport::trust::{self, Described};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::{
    CertificateChain, ChainProblem, Es256Key, Header, PublicKey, Signer as _, TrustAnchors,
};
use openid4vc::sd_jwt::{Binding, SdJwt};
use openid4vc::sd_jwt_vc::Draft;
use openid4vc::status_list::{Bits, Reference, Status, StatusList, StatusListToken};
use pki::credential_signer::{Signer, new_root, new_signer};
use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use testkit::SeededRandom;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use uuid::Uuid;

/// What it calls a core skill.
pub const TYPE: &str = "https://riverside.example/types/core-skill";
/// What it calls itself: by the host of its server.
pub const ADDRESS: &str = "https://localhost/riverside";

/// How the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Good,
    Revoked,
    Suspended,
    Expired,
    OfLongAgo,
    SignedByAnother,
    OfAnotherAddress,
    WithoutPlace,
    Huge,
    Slow,
    Redirects,
    Broken,
    Html,
    Babbles,
}

/// The issuer, and its server.
pub struct Riverside {
    pub root: Signer,
    signer: Signer,
    other: Signer,
    mood: Mutex<Mood>,
    now: Mutex<Timestamp>,
    pub asked: AtomicUsize,
    address: SocketAddr,
    /// Vouches for its host.
    pub host_root: &'static str,
}

/// A credential in a wallet.
pub struct Foreign {
    key: Es256Key,
    credential: SdJwt,
}

fn random() -> impl openid4vc::Random {
    let source = SeededRandom::unique();
    move |bytes: &mut [u8]| vault::Random::fill(&source, bytes)
}

fn pem(der: &[u8]) -> String {
    let lines = BASE64_STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}

impl Riverside {
    pub async fn opens(now: Timestamp) -> Arc<Self> {
        fobwatch::running::install_tls();
        let (from, until) = (date(2025, 1, 1), date(2035, 1, 1));
        let root = new_root("Riverside Partnership", from, until).unwrap();
        let signer = new_signer(&root, "Riverside Partnership", "localhost", from, until).unwrap();
        let other = new_root("Somebody else", from, until).unwrap();
        let other = new_signer(&other, "Riverside Partnership", "localhost", from, until).unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let host_root = format!("{}{}", made.cert.pem(), pem(&root.certificate)).leak();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let riverside = Arc::new(Self {
            root,
            signer,
            other,
            mood: Mutex::new(Mood::Good),
            now: Mutex::new(now),
            asked: AtomicUsize::new(0),
            address: listener.local_addr().unwrap(),
            host_root,
        });
        tokio::spawn(serve(Arc::clone(&riverside), listener, TlsAcceptor::from(Arc::new(config))));
        riverside
    }

    pub fn is(&self, mood: Mood, now: Timestamp) {
        *self.mood.lock().unwrap() = mood;
        *self.now.lock().unwrap() = now;
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn list(&self, name: &str) -> Reference {
        Reference { uri: format!("https://localhost:{}/status/{name}", self.address.port()), idx: 5 }
    }

    /// A credential for a new key of a wallet.
    pub fn issues(&self, status: Option<Reference>, issuer: &str, now: Timestamp) -> Foreign {
        let key = Es256Key::generate().unwrap();
        let draft = Draft {
            kind: TYPE.to_owned(),
            issuer: Some(issuer.to_owned()),
            issued_at: now,
            not_before: None,
            expires_at: Some(now + SignedDuration::from_hours(24 * 365)),
            holder: Some(key.public_key().clone()),
            status,
            claims: json!({ "subject": "Fire safety", "attained_on": "2026-06-01" })
                .as_object()
                .unwrap()
                .clone(),
            concealed: vec![ClaimPath::names(["subject"]), ClaimPath::names(["attained_on"])],
            decoys: 0,
        };
        let (header, signer) = signed_by(&self.signer);
        Foreign { key, credential: draft.issue(header, &signer, &random()).unwrap() }
    }

    /// What the server says: status, further headers, body.
    fn answer(&self, path: &str) -> (&'static str, String, Vec<u8>) {
        let (mood, now) = (*self.mood.lock().unwrap(), *self.now.lock().unwrap());
        let typed = "content-type: application/statuslist+jwt\r\n".to_owned();
        let mut list = StatusList::new(Bits::Two, if mood == Mood::WithoutPlace { 4 } else { 16 }).unwrap();
        match mood {
            Mood::Revoked => list.set(5, Status::Invalid).unwrap(),
            Mood::Suspended => list.set(5, Status::Suspended).unwrap(),
            _ => {}
        }
        let path = if mood == Mood::OfAnotherAddress { "/status/other" } else { path };
        let uri = format!("https://localhost:{}{path}", self.address.port());
        let hours = |hours| now + SignedDuration::from_hours(hours);
        let (made, end) = match mood {
            Mood::Expired => (hours(-2), hours(-1)),
            Mood::OfLongAgo => (hours(-48), hours(1)),
            _ => (now, hours(24)),
        };
        let token = StatusListToken::new(uri, list, made, end, SignedDuration::from_mins(5));
        let (header, signer) =
            signed_by(if mood == Mood::SignedByAnother { &self.other } else { &self.signer });
        let mut token = token.sign(header, &signer).unwrap();
        if mood == Mood::OfLongAgo {
            token = without_end(&token, &signer);
        }
        match mood {
            Mood::Huge => ("200 OK", typed, vec![b'a'; 3 << 20]),
            Mood::Redirects => ("302 Found", "location: /status/elsewhere\r\n".to_owned(), Vec::new()),
            Mood::Broken => ("503 Service Unavailable", String::new(), Vec::new()),
            Mood::Html => ("200 OK", "content-type: text/html\r\n".to_owned(), token.into_bytes()),
            Mood::Babbles => ("200 OK", typed, b"good morning".to_vec()),
            _ => ("200 OK", typed, token.into_bytes()),
        }
    }
}

/// The same list, of which nobody says how long it is good.
fn without_end(token: &str, signer: &Es256Key) -> String {
    let part = |nth: usize| -> Map<String, Value> {
        let part = token.split('.').nth(nth).unwrap();
        serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, mut claims) = (part(0), part(1));
    claims.remove("exp");
    openid4vc::jose::sign(&header, &claims, signer).unwrap()
}

fn signed_by(signer: &Signer) -> (Map<String, Value>, Es256Key) {
    let chain = CertificateChain::from_der(vec![signer.certificate.clone()]).unwrap();
    let mut header = Map::new();
    header.insert("x5c".to_owned(), chain.to_header());
    (header, Es256Key::from_pkcs8(&signer.key).unwrap())
}

async fn serve(riverside: Arc<Riverside>, listener: TcpListener, acceptor: TlsAcceptor) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (riverside, acceptor) = (Arc::clone(&riverside), acceptor.clone());
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => request.push(byte),
                    Err(_) => return,
                }
            }
            riverside.asked.fetch_add(1, Ordering::SeqCst);
            let request = String::from_utf8(request).unwrap().to_lowercase();
            assert!(request.contains("accept: application/statuslist+jwt"), "{request}");
            if *riverside.mood.lock().unwrap() == Mood::Slow {
                // It never answers, and goes when the other side does.
                let _ = stream.read_u8().await;
                return;
            }
            let path = request.split(' ').nth(1).unwrap().to_owned();
            let (status, headers, body) = riverside.answer(&path);
            let head = format!(
                "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(&body).await;
            let _ = stream.shutdown().await;
        });
    }
}

impl Foreign {
    /// What a wallet presents.
    pub fn presents(&self, question: &Question, now: Timestamp) -> String {
        let text = |name: &str| question.claims[name].as_str().unwrap().to_owned();
        let (audience, nonce) = (text("client_id"), text("nonce"));
        let shown = self
            .credential
            .present(&[ClaimPath::names(["subject"]), ClaimPath::names(["attained_on"])])
            .unwrap();
        shown.bind(Binding { audience: &audience, nonce: &nonce }, &self.key, now).unwrap().to_string()
    }
}

/// Finds the key of a list of Riverside's.
pub fn key_of(
    root: &[u8],
    now: Timestamp,
) -> impl Fn(&Header) -> Result<PublicKey, ChainProblem> + Send + Sync + use<> {
    let anchors = TrustAnchors::new([root]).unwrap();
    move |header| CertificateChain::of(header)?.verify(&anchors, now)
}

impl Ward {
    /// A ward that may fetch from Riverside.
    pub async fn beside(riverside: &Riverside, setup: Setup) -> Self {
        Self::with(Setup { hosts_vouched_by: Some(riverside.host_root), ..setup }).await
    }

    /// An organisation takes core skills from Riverside.
    pub async fn trusts(&self, code: &str, root: Option<&[u8]>, address: Option<&str>) -> Uuid {
        let organisation = self.store().organisation_by_code(code).await.unwrap().unwrap();
        let described = Described {
            name: "Riverside Partnership",
            kind: credential_kind("core-skill"),
            credential_type: Some(TYPE),
            root,
            address,
        };
        trust::add(&self.node.service, &organisation, described).await.unwrap().unwrap()
    }
}

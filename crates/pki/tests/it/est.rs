//! An authority outside: a stand-in that speaks EST (RFC 7030) over real TLS, issues by an authority of ours and has OpenSSL make its
//! answers.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use pki::est::{EstAuthority, EstSettings};
use pki::{
    AuthorityProblem, Certificate, CertificateAuthority as _, CertificateRequest, Issuance, IssueRequest,
    Purpose, Subject,
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::bench::{Room, amina, now, random, request};

/// How the authority outside behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mood {
    Issues,
    LetsWait,
    NamesAnother,
    AnswersWithOldCertificate,
    Refuses,
    IsBroken,
    Babbles,
}

struct Outside {
    room: Room,
    mood: Mutex<Mood>,
    asked: Mutex<Vec<String>>,
    answers: AtomicUsize,
}

impl Outside {
    fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    /// OpenSSL packs certificates as RFC 7030 wants them.
    fn pack(&self, certificates: &[&Certificate]) -> String {
        let number = self.answers.fetch_add(1, Ordering::SeqCst);
        let (pem, packed) = (format!("answer-{number}.pem"), format!("answer-{number}.p7"));
        self.room.write(&pem, certificates.iter().map(|one| one.pem()).collect::<String>());
        self.room.openssl_says(&format!("crl2pkcs7 -nocrl -certfile {pem} -outform DER -out {packed}"));
        let text = STANDARD.encode(std::fs::read(self.room.path(&packed)).unwrap());
        // In lines, as many authorities write it.
        text.as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect::<Vec<_>>()
            .join("\r\n")
    }
}

async fn cacerts(State(outside): State<Arc<Outside>>) -> Response {
    let chain: Vec<&Certificate> = outside.room.authority.chain().iter().rev().collect();
    ([("content-type", "application/pkcs7-mime")], outside.pack(&chain)).into_response()
}

async fn enrol(State(outside): State<Arc<Outside>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    assert_eq!(headers["content-type"], "application/pkcs10");
    let login = headers.get("authorization").map_or("nobody", |value| value.to_str().unwrap());
    outside.asked.lock().unwrap().push(format!("{} {login}", uri.path()));
    let asked = CertificateRequest::verify(&STANDARD.decode(&body).unwrap()).unwrap();
    let mut subject = amina();
    match outside.mood() {
        Mood::LetsWait => return (StatusCode::ACCEPTED, [("retry-after", "120")]).into_response(),
        Mood::Refuses => return StatusCode::FORBIDDEN.into_response(),
        Mood::IsBroken => return StatusCode::BAD_GATEWAY.into_response(),
        Mood::Babbles => return "good morning".into_response(),
        Mood::NamesAnother => {
            subject.user_principal_name = Some("somebody.else@northfield.example".to_owned());
        }
        Mood::Issues | Mood::AnswersWithOldCertificate => {}
    }
    let issued = if outside.mood() == Mood::AnswersWithOldCertificate {
        outside.room.issue(&subject, Purpose::Authentication)
    } else {
        outside.room.authority.issue(&asked, &subject, Purpose::Authentication, now(), &random()).unwrap()
    };
    let packed = outside.pack(&[&issued, outside.room.authority.certificate()]);
    ([("content-type", "application/pkcs7-mime; smime-type=certs-only")], packed).into_response()
}

/// Serves over TLS, and asks clients for one where `clients` says so.
async fn serve(clients: bool) -> (Arc<Outside>, SocketAddr) {
    let _ = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default();
    let room = Room::new();
    for name in ["server", "client"] {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        room.write(&format!("{name}.pem"), made.cert.pem());
        room.write(&format!("{name}.key"), made.signing_key.serialize_pem());
    }
    let read = |name: &str| std::fs::read(room.path(name)).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(&read("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(&read("server.key")).unwrap();
    let builder = ServerConfig::builder();
    let config = if clients {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&read("client.pem")).unwrap()).unwrap();
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
        builder.with_client_cert_verifier(verifier).with_single_cert(chain, key)
    } else {
        builder.with_no_client_auth().with_single_cert(chain, key)
    };
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let outside = Arc::new(Outside {
        room,
        mood: Mutex::new(Mood::Issues),
        asked: Mutex::default(),
        answers: AtomicUsize::default(),
    });
    let app = Router::new()
        .route("/.well-known/est/cacerts", get(cacerts))
        .route("/.well-known/est/simpleenroll", post(enrol))
        .route("/.well-known/est/simplereenroll", post(enrol))
        .with_state(Arc::clone(&outside));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, app) = (acceptor.clone(), app.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = TowerToHyperService::new(app);
                let _ =
                    Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    (outside, address)
}

fn settings(outside: &Outside, address: SocketAddr) -> EstSettings {
    EstSettings {
        url: format!("https://localhost:{}/.well-known/est", address.port()),
        login: None,
        client: None,
        roots: Some(std::fs::read(outside.room.path("server.pem")).unwrap()),
        chain: outside.room.authority.chain().to_vec(),
    }
}

fn wish(subject: &Subject) -> IssueRequest {
    let (proof, _) = request(subject, Purpose::Authentication);
    IssueRequest { proof, subject: subject.clone(), purpose: Purpose::Authentication, replaces: None }
}

#[tokio::test]
async fn an_authority_outside_issues_and_issues_again_for_name_and_password() {
    let (outside, address) = serve(false).await;
    let login = Some(("fobwatch".to_owned(), "open sesame".to_owned().into()));
    let est = EstAuthority::new(EstSettings { login, ..settings(&outside, address) }).unwrap();
    est.check().await.unwrap();
    let mut wish = wish(&amina());
    let Issuance::Issued(issued) = est.issue(&wish, now(), &random()).await.unwrap() else {
        unreachable!("issued")
    };
    assert_eq!(issued.public_key(), *wish.proof.public_key());
    assert!(est.chain()[0].signed(&issued));
    wish.replaces = Some(issued.serial().clone());
    est.issue(&wish, now(), &random()).await.unwrap();
    let login = format!("Basic {}", STANDARD.encode("fobwatch:open sesame"));
    assert_eq!(
        *outside.asked.lock().unwrap(),
        [
            format!("/.well-known/est/simpleenroll {login}"),
            format!("/.well-known/est/simplereenroll {login}")
        ]
    );
    let told = est.revoke(issued.serial(), pki::RevocationReason::Superseded, now()).await;
    assert!(matches!(told, Err(AuthorityProblem::RevokeThere)));
}

#[tokio::test]
async fn an_authority_outside_that_wants_a_certificate_gets_ours_and_takes_nobody_else() {
    let (outside, address) = serve(true).await;
    let pem =
        ["client.key", "client.pem"].map(|name| std::fs::read(outside.room.path(name)).unwrap()).concat();
    let ours = EstSettings { client: Some(pem.into()), ..settings(&outside, address) };
    EstAuthority::new(ours).unwrap().issue(&wish(&amina()), now(), &random()).await.unwrap();
    let nobody = EstAuthority::new(settings(&outside, address)).unwrap();
    let refused = nobody.issue(&wish(&amina()), now(), &random()).await.unwrap_err();
    assert!(matches!(refused, AuthorityProblem::Unavailable(_)), "{refused}");
}

#[tokio::test]
async fn who_is_not_trusted_is_told_no_request() {
    let (outside, address) = serve(false).await;
    let roots = Some(outside.room.root().pem().into_bytes());
    let est = EstAuthority::new(EstSettings { roots, ..settings(&outside, address) }).unwrap();
    let refused = est.issue(&wish(&amina()), now(), &random()).await.unwrap_err();
    assert!(matches!(refused, AuthorityProblem::Unavailable(_)), "{refused}");
    assert!(outside.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_authority_that_decides_later_is_asked_again_with_the_same_request() {
    let (outside, address) = serve(false).await;
    let est = EstAuthority::new(settings(&outside, address)).unwrap();
    outside.becomes(Mood::LetsWait);
    let wish = wish(&amina());
    let Issuance::Pending { id, retry_after } = est.issue(&wish, now(), &random()).await.unwrap() else {
        unreachable!("pending")
    };
    assert_eq!(retry_after, 120);
    let again = est.poll(&id, &wish, now(), &random()).await.unwrap();
    assert_eq!(again, Issuance::Pending { id: id.clone(), retry_after: 120 });
    outside.becomes(Mood::Issues);
    assert!(matches!(est.poll(&id, &wish, now(), &random()).await.unwrap(), Issuance::Issued(_)));
}

#[tokio::test]
async fn what_was_not_asked_for_is_not_taken() {
    let (outside, address) = serve(false).await;
    let est = EstAuthority::new(settings(&outside, address)).unwrap();
    for mood in [Mood::NamesAnother, Mood::AnswersWithOldCertificate] {
        outside.becomes(mood);
        let problem = est.issue(&wish(&amina()), now(), &random()).await.unwrap_err();
        assert!(matches!(problem, AuthorityProblem::Wrong(_)), "{mood:?}: {problem}");
    }
    outside.becomes(Mood::Refuses);
    let problem = est.issue(&wish(&amina()), now(), &random()).await.unwrap_err();
    assert!(matches!(problem, AuthorityProblem::Refused(_)), "{problem}");
    for mood in [Mood::IsBroken, Mood::Babbles] {
        outside.becomes(mood);
        let problem = est.issue(&wish(&amina()), now(), &random()).await.unwrap_err();
        assert!(matches!(problem, AuthorityProblem::Unavailable(_)), "{mood:?}: {problem}");
    }
    outside.becomes(Mood::Issues);
    let stranger = Room::new();
    let chain = stranger.authority.chain().to_vec();
    let est = EstAuthority::new(EstSettings { chain, ..settings(&outside, address) }).unwrap();
    est.check().await.unwrap_err();
    let problem = est.issue(&wish(&amina()), now(), &random()).await.unwrap_err();
    assert!(matches!(problem, AuthorityProblem::Wrong(_)), "{problem}");
}

//! The host for certificates: signs in by mutual TLS, on an address of its own.
//!
//! It has one page, which always leads back to the main host: with a code where the certificate counts, with the reason where it does
//! not. TLS itself takes any certificate whose key the browser shows to have, or none: a handshake that fails would be an error page of
//! the browser's, which helps nobody. Whether it counts is asked for each request: the path to an authority of ours, its time, our own record.
//!
//! No session of TLS is ever resumed: a resumed one would bring in a certificate that was looked at before it was revoked.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, HeaderValue, REFERRER_POLICY, USER_AGENT};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::{IncomingStream, Listener};
use journeys::smartcard::{CardSignInRefusal, by_certificate};
use journeys::{Network, Refusal, Visitor};
use pki::{Certificate, ChainProblem, TrustedAuthorities};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme};
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::render::see_other;
use crate::{Web, urls};

/// How long a browser may take for the handshake: the person types a passcode meanwhile.
const HANDSHAKE: Duration = Duration::from_mins(3);

/// Handshakes under way at once; a change of shift fits in.
const AT_ONCE: usize = 2_000;

/// What the host needs.
#[derive(Clone)]
pub struct CertificateHost {
    web: Web,
    trusted: Arc<TrustedAuthorities>,
    tls: Arc<ServerConfig>,
}

/// The host's own certificate or key cannot be used, in words for the log.
#[derive(Debug, thiserror::Error)]
#[error("smartcards.mtls_certificate and smartcards.mtls_key: {0}")]
pub struct HostProblem(String);

impl CertificateHost {
    /// The host with its own certificate (with those between it and its authority) and key, PEM. `authorities` are those whose
    /// certificates browsers are asked for; `trusted` says which are believed.
    ///
    /// # Errors
    /// [`HostProblem`].
    pub fn new(
        web: Web,
        certificate: &[u8],
        key: &[u8],
        authorities: &[Certificate],
        trusted: TrustedAuthorities,
    ) -> Result<Self, HostProblem> {
        let wrong = |what: &dyn fmt::Display| HostProblem(what.to_string());
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
        let chain = chain.map_err(|error| wrong(&error))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| wrong(&error))?;
        let mut known = RootCertStore::empty();
        known.add_parsable_certificates(
            authorities.iter().map(|authority| CertificateDer::from(authority.der().to_vec())),
        );
        let provider = Arc::new(aws_lc_rs::default_provider());
        let asks = Asks { named: known.subjects(), algorithms: provider.signature_verification_algorithms };
        let mut tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&error))?
            .with_client_cert_verifier(Arc::new(asks))
            .with_single_cert(chain, key)
            .map_err(|error| wrong(&error))?;
        tls.session_storage = Arc::new(NoServerSessionStorage {});
        tls.send_tls13_tickets = 0;
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { web, trusted: Arc::new(trusted), tls: Arc::new(tls) })
    }

    /// Serves until `stop` is done.
    ///
    /// # Errors
    /// Where the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let local = listener.local_addr()?;
        let (done, handshaken) = mpsc::channel(64);
        let accepting = tokio::spawn(accept(listener, TlsAcceptor::from(Arc::clone(&self.tls)), done));
        let app = Router::new().route("/", get(show)).fallback(elsewhere).with_state(self);
        let served =
            axum::serve(Handshaken { handshaken, local }, app.into_make_service_with_connect_info::<Peer>());
        let ended = served.with_graceful_shutdown(stop).await;
        accepting.abort();
        ended
    }
}

/// Takes connections in, each handshake by itself: one that is slow keeps nobody waiting.
async fn accept(
    listener: TcpListener,
    tls: TlsAcceptor,
    done: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while let Ok(place) = Arc::clone(&room).acquire_owned().await {
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "the host for certificates cannot take a connection in");
                tokio::task::yield_now().await;
                continue;
            }
        };
        let (tls, done) = (tls.clone(), done.clone());
        tokio::spawn(async move {
            // Browsers open connections and drop them before they choose a certificate: that is no fault.
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                let _ = done.send((stream, from)).await;
            }
            drop(place);
        });
    }
}

/// Connections whose handshake is over.
struct Handshaken {
    handshaken: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: SocketAddr,
}

impl Listener for Handshaken {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.handshaken.recv().await {
            Some(next) => next,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.local)
    }
}

/// Who is at the other end.
#[derive(Clone)]
struct Peer {
    address: SocketAddr,
    /// What they showed, DER, their own first.
    certificates: Arc<Vec<Vec<u8>>>,
}

impl Connected<IncomingStream<'_, Handshaken>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Handshaken>) -> Self {
        let (_, tls) = stream.io().get_ref();
        let shown = tls.peer_certificates().unwrap_or_default();
        let certificates = Arc::new(shown.iter().map(|one| one.to_vec()).collect());
        Self { address: *stream.remote_addr(), certificates }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Sent {
    browser: String,
}

async fn show(
    State(host): State<CertificateHost>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Query(sent): Query<Sent>,
    headers: HeaderMap,
) -> Response {
    let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    let visitor = Visitor::new(Network::of(peer.address.ip()), user_agent);
    let to = match decide(&host, &peer, &sent.browser, &visitor).await {
        Ok(code) => format!("{}?code={code}", urls::SIGN_IN_CARD_CERTIFICATE),
        Err(refusal) => format!("{}?refused={}", urls::SIGN_IN_CARD, refusal.code()),
    };
    back(&host, &to)
}

async fn decide(
    host: &CertificateHost,
    peer: &Peer,
    browser: &str,
    visitor: &Visitor,
) -> Result<String, Refusal> {
    let now = host.web.clock.now();
    if browser.len() != 64 || !browser.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(CardSignInRefusal::Over.into());
    }
    let shown = peer.certificates.first().map(Vec::as_slice);
    if shown.is_some() {
        host.trusted.verify_client(peer.certificates.as_slice(), now).map_err(|problem| match problem {
            ChainProblem::NotYet | ChainProblem::Expired => CardSignInRefusal::Expired,
            _ => CardSignInRefusal::Refused,
        })?;
    }
    by_certificate::code_for(&host.web, shown, browser, visitor).await
}

async fn elsewhere(State(host): State<CertificateHost>) -> Response {
    back(&host, urls::SIGN_IN)
}

/// To the main host, whose address nobody else's page learns from the browser.
fn back(host: &CertificateHost, to: &str) -> Response {
    let mut response = see_other(&host.web.address(to)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Asks for a certificate, and makes sure of no more than that whoever shows one has its key.
struct Asks {
    named: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asks").field("named", &self.named.len()).finish_non_exhaustive()
    }
}

impl ClientCertVerifier for Asks {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.named
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

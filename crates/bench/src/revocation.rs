//! How soon a revoked card is refused by another node than the one on which it was revoked, in all that asks about a card or is
//! opened by one.

use crate::authority::Authority;
use crate::certificates::{fill, subject};
use crate::load::{Answer, Connection, session};
use crate::ocsp::path_about;
use crate::people::{self, Person, now};
use crate::percentile;
use crate::server::Server;
use anyhow::{Context as _, Result, bail, ensure};
use card_jobs::{Hex, SignInToken, TOKEN_ALGORITHM, TOKEN_FORMAT, sign_in_message};
use der::Decode as _;
use jiff::SignedDuration;
use pki::{Certificate, CertificateRequest, IssuingAuthority, Purpose};
use rcgen::{CertificateParams, KeyPair, SigningKey as _};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate, RenewalCount};
use store::smartcard_life::NewSmartcard;
use testkit::Postgres;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::form_urlencoded::Serializer;
use uuid::Uuid;
use vault::{SystemRandom, new_id};
use x509_ocsp::{BasicOcspResponse, CertStatus, OcspResponse};

/// For so long one asks again whether a card is refused.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often one asks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);
/// The host for certificates.
const HOST: &str = "localhost";
/// What the page puts into the link to that host.
const BROWSER: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Revokes cards, one after another, by a database connection of this program, as another node does, and asks a node of the real
/// binary on the same PostgreSQL until it refuses them.
pub(crate) async fn measure(binary: &Path, cards: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let keys = people::keys(folder.path())?;
    let url = Postgres::shared().empty_database().await;
    let store = Store::open(&url, 4, Arc::clone(&keys), Arc::new(SystemRandom::new())).await?;
    store.migrate().await?;
    let people = people::settle_in(&store, &keys, cards).await?;
    let authority = Authority::make(binary, folder.path()).await?;
    let node = Node::start(binary, folder.path(), &url, &authority).await?;
    let issuing = authority.opened()?;

    let [mut answers, mut signatures, mut certificates, mut sessions] = [const { Vec::new() }; 4];
    for (number, person) in people.iter().enumerate() {
        let card = Card::issue(&store, &issuing, person, number).await?;
        // All of it works, and is in the node's memory where it keeps anything.
        let open = node.opens(&card).await?;
        let mut tx = store.begin().await?;
        tx.revoke_card_certificates(card.id, "lost", now()).await?;
        tx.commit().await?;
        let revoked = Instant::now();
        let (answer, signature, certificate, session) = tokio::try_join!(
            refused(revoked, async || Ok(!node.says_good(&card).await?)),
            refused(revoked, async || Ok(node.signs_in(&card).await?.status != 303)),
            refused(revoked, async || Ok(!node.takes_certificate(&card).await?)),
            refused(revoked, async || Ok(!node.is_signed_in(&card, &open).await?)),
        )?;
        answers.push(answer);
        signatures.push(signature);
        certificates.push(certificate);
        sessions.push(session);
    }
    println!("{cards} cards, each refused by another node, after the transaction that revoked it:");
    let told = [
        ("OCSP answers \"revoked\"", answers),
        ("sign-in by the card's signature", signatures),
        ("sign-in by mutual TLS", certificates),
        ("the session that the card began", sessions),
    ];
    for (name, mut took) in told {
        println!(
            "{name}: {:.0} ms (median), {:.0} ms at most",
            percentile(&mut took, 50),
            took.last().copied().unwrap_or_default()
        );
    }
    store.close().await;
    node.server.stop().await
}

/// Asks again and again; answers after how many milliseconds it was refused.
async fn refused(since: Instant, is: impl AsyncFn() -> Result<bool>) -> Result<f64> {
    while since.elapsed() < PATIENCE {
        if is().await? {
            return Ok(since.elapsed().as_secs_f64() * 1_000.0);
        }
        tokio::time::interval_at(tokio::time::Instant::now() + BETWEEN_LOOKS, BETWEEN_LOOKS).tick().await;
    }
    bail!("a revoked card is not refused after {} seconds", PATIENCE.as_secs())
}

/// A card in this program's memory.
struct Card {
    id: Uuid,
    key: KeyPair,
    certificate: Certificate,
    /// Where its person sits: in a network of their own, for those have limits.
    from: Ipv4Addr,
}

impl Card {
    /// Issues a pair of certificates and writes the record of it.
    async fn issue(
        store: &Store,
        authority: &IssuingAuthority,
        person: &Person,
        number: usize,
    ) -> Result<Self> {
        let (random, now) = (SystemRandom::new(), now());
        let new_id = || new_id(now, &random);
        let (id, job, guid, pair) = (new_id(), new_id(), *new_id().as_bytes(), [new_id(), new_id()]);
        let key = KeyPair::generate()?;
        let request = CertificateParams::new(Vec::new())?.serialize_request(&key)?;
        let request = CertificateRequest::verify(request.der())?;
        let issue = |purpose| authority.issue(&request, &subject(), purpose, now, &fill);
        let (certificate, other) = (issue(Purpose::Authentication)?, issue(Purpose::Signature)?);

        let account_id = person.id;
        let organisation_id = store.account(account_id).await?.context("nobody")?.organisation_id;
        let mut tx = store.begin().await?;
        let new =
            NewSmartcard { id, organisation_id, guid, profile: "piv-6-8-digits", label: &number.to_string() };
        ensure!(tx.add_smartcard(new, now).await?, "the card is not new");
        ensure!(tx.bind_smartcard(id, account_id, now).await?, "the card is somebody's");
        let slots = [(CertificateSlot::Authentication, &certificate), (CertificateSlot::Signature, &other)];
        for (id_of_certificate, (slot, issued)) in pair.iter().zip(slots) {
            let new = NewCardCertificate {
                id: *id_of_certificate,
                smartcard_id: id,
                account_id,
                slot,
                serial: issued.serial().as_bytes(),
                der: issued.der(),
                not_before: now,
                not_after: now.checked_add(SignedDuration::from_hours(365 * 24))?,
                job_id: job,
            };
            tx.add_card_certificate(new, now).await?;
        }
        let proved = tx.certificates_proved(id, job, pair, RenewalCount::StartsAgain, "renewed", now).await?;
        ensure!(proved.is_some(), "the pair does not count");
        ensure!(tx.smartcard_issued(id, false, now).await?, "the card is not issued");
        ensure!(tx.card_passcode_set(id, people::today()).await?, "the card has no passcode");
        tx.commit().await?;
        let [high, low] = u16::try_from(number)?.to_be_bytes();
        Ok(Self { id, key, certificate, from: Ipv4Addr::new(127, 1 + high, low, 1) })
    }
}

/// The node that is asked.
struct Node {
    server: Server,
    issuing: Certificate,
    /// The host for certificates, and by what it is known.
    host: SocketAddr,
    trusted: Arc<RootCertStore>,
}

impl Node {
    async fn start(binary: &Path, folder: &Path, url: &str, authority: &Authority) -> Result<Self> {
        let host = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let key = KeyPair::generate()?;
        let own = CertificateParams::new(vec![HOST.to_owned()])?.self_signed(&key)?;
        let (certificate_file, key_file) = (folder.join("host.pem"), folder.join("host.key"));
        std::fs::write(&certificate_file, own.pem())?;
        std::fs::write(&key_file, key.serialize_pem())?;
        let mut trusted = RootCertStore::empty();
        trusted.add(own.der().clone())?;
        let mut settings = authority.settings();
        settings.extend([
            ("FOBWATCH_DATABASE__URL", url.into()),
            ("FOBWATCH_SMARTCARDS__MTLS_LISTEN", host.to_string().into()),
            ("FOBWATCH_SMARTCARDS__MTLS_PUBLIC_URL", format!("https://{HOST}:{}", host.port()).into()),
            ("FOBWATCH_SMARTCARDS__MTLS_CERTIFICATE", certificate_file.into_os_string()),
            ("FOBWATCH_SMARTCARDS__MTLS_KEY", key_file.into_os_string()),
        ]);
        let server = Server::start_with(binary, folder, &settings).await?;
        let issuing = authority.chain()?.into_iter().next().context("no authority")?;
        Ok(Self { server, issuing, host, trusted: Arc::new(trusted) })
    }

    /// Makes sure that all this works with a card; answers the cookie of its session.
    async fn opens(&self, card: &Card) -> Result<String> {
        while !self.says_good(card).await? {
            // The first answers need the certificate of whoever signs them.
            tokio::task::yield_now().await;
        }
        ensure!(self.takes_certificate(card).await?, "mutual TLS refuses a good card");
        let open = session(self.signs_in(card).await?).context("the card does not sign in")?;
        ensure!(self.is_signed_in(card, &open).await?, "the session is not open");
        Ok(open)
    }

    async fn connect(&self, card: &Card) -> Result<Connection> {
        Connection::open_from(card.from, self.server.address).await
    }

    /// Whether OCSP says that its certificate is good.
    async fn says_good(&self, card: &Card) -> Result<bool> {
        let path = path_about(&self.issuing, card.certificate.serial().clone())?;
        let answer = self.connect(card).await?.get(&path, "").await?;
        let Some(bytes) = OcspResponse::from_der(&answer.body)?.response_bytes else { return Ok(false) };
        let answer = BasicOcspResponse::from_der(bytes.response.as_bytes())?;
        let one = answer.tbs_response_data.responses.first().context("an answer about nothing")?;
        Ok(matches!(one.cert_status, CertStatus::Good(_)))
    }

    /// Signs in by what the card signs.
    async fn signs_in(&self, card: &Card) -> Result<Answer> {
        let mut connection = self.connect(card).await?;
        let asked = connection.post("/sign-in/card/question", "", String::new()).await?;
        ensure!(asked.status == 200, "no question is asked: {}", asked.status);
        let json: serde_json::Value = serde_json::from_slice(&asked.body)?;
        let nonce = json["nonce"].as_str().context("no question")?;
        let origin = format!("http://{}", self.server.address);
        let token = SignInToken {
            format: TOKEN_FORMAT.to_owned(),
            algorithm: TOKEN_ALGORITHM.to_owned(),
            certificate: Hex(card.certificate.der().to_vec()),
            signature: Hex(card.key.sign(&sign_in_message(&origin, nonce))?),
        };
        let token = serde_json::to_string(&token)?;
        let form =
            Serializer::new(String::new()).append_pair("nonce", nonce).append_pair("token", &token).finish();
        connection.post("/sign-in/card", &asked.cookies.join("; "), form).await
    }

    /// Whether the host for certificates leads back with a code.
    async fn takes_certificate(&self, card: &Card) -> Result<bool> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(card.key.serialize_der()));
        let chain = vec![card.certificate.der().to_vec().into(), self.issuing.der().to_vec().into()];
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let settings = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(Arc::clone(&self.trusted))
            .with_client_auth_cert(chain, key)?;
        let stream = TcpStream::connect(self.host).await?;
        let stream =
            TlsConnector::from(Arc::new(settings)).connect(ServerName::try_from(HOST)?, stream).await?;
        let mut connection = Connection::over(stream, format!("{HOST}:{}", self.host.port())).await?;
        let answer = connection.get(&format!("/?browser={BROWSER}"), "").await?;
        let location = answer.location.context("the host for certificates leads nowhere")?;
        ensure!(location.contains("code=") || location.contains("refused=FW-2303"), "it leads to {location}");
        Ok(location.contains("code="))
    }

    /// Whether a session that the card began is open.
    async fn is_signed_in(&self, card: &Card, cookie: &str) -> Result<bool> {
        Ok(self.connect(card).await?.get("/home", cookie).await?.status == 200)
    }
}

//! What the certificate authority says to the world, asked by OpenSSL over HTTP: the list of revoked certificates, whether one still
//! stands, and the authorities' own certificates.

mod former;

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::{Node, Setup, Ward};
use jiff::{SignedDuration, Timestamp};
use journeys::authority::{self, Lifetimes, Published, Said};
use pki::ocsp::{HashKind, OcspRequest, Wanted};
use pki::{
    Addresses, Certificate, Curve, IssuingAuthority, KeyStore as _, KeysInMemory, Policy, Purpose,
    RequestToSign, SigningKey, Subject, ceremony,
};
use rstest::rstest;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate};
use store::smartcard_life::NewSmartcard;
use testkit::TurnableClock;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vault::{Random as _, SystemRandom};

struct Authority {
    issuing: IssuingAuthority,
    responder: Arc<dyn SigningKey>,
}

fn fill(bytes: &mut [u8]) {
    SystemRandom::new().fill(bytes);
}

/// An authority whose keys are in memory.
fn an_authority(name: &str) -> Authority {
    let keys = KeysInMemory::default();
    let make = |label: &str, curve| keys.generate(label, curve, &fill).unwrap();
    let (root, issuing, responder) =
        (make("root", Curve::P384), make("issuing", Curve::P256), make("ocsp", Curve::P256));
    let now = TurnableClock::new().now();
    let ceremony = ceremony::demonstrate(name, &root, &issuing, now, &fill).unwrap();
    let at = |path: &str| format!("http://fobwatch.example{path}");
    let policy = Policy {
        addresses: Addresses {
            ocsp: at(web::urls::PKI_OCSP),
            authority: at(web::urls::PKI_ISSUING),
            list: at(web::urls::PKI_LIST),
        },
        policy: None,
        days: 730,
        jitter_days: 14,
    };
    Authority { issuing: IssuingAuthority::new(ceremony.chain, issuing, policy).unwrap(), responder }
}

/// One for all tests.
static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| an_authority("Northfield Hospitals"));

/// The one that takes its place.
static NEXT_AUTHORITY: LazyLock<Authority> = LazyLock::new(|| an_authority("Northfield Hospitals 2031"));

/// What a node of the ward says; after the authority was changed, where `changed`.
pub fn published(changed: bool) -> Arc<Published> {
    let lifetimes = Lifetimes { list_hours: 24, answer_hours: 4, answer_kept_seconds: 60 };
    let says = |authority: &Authority| {
        Published::new(authority.issuing.clone(), Arc::clone(&AUTHORITY.responder), lifetimes)
    };
    Arc::new(if changed {
        says(&NEXT_AUTHORITY).and_former(AUTHORITY.issuing.clone())
    } else {
        says(&AUTHORITY)
    })
}

/// A node that can be reached over the network, and listens for revocations.
struct Server {
    address: SocketAddr,
    node: Node,
    stop: CancellationToken,
    work: JoinHandle<()>,
}

impl Server {
    async fn start(node: Node, listens: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        authority::look_now(&node.service).await.unwrap();
        let (service, until) = (node.service.clone(), stop.clone());
        let work = tokio::spawn(async move {
            if listens {
                authority::run(service, until).await;
            }
        });
        let app = node.pages.clone().into_make_service_with_connect_info::<SocketAddr>();
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stopped).await });
        Self { address, node, stop, work }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn stop(self) {
        self.stop.cancel();
        self.work.await.unwrap();
    }
}

/// A ward with two nodes, a card of Amina's, and a folder for OpenSSL.
struct Bed {
    ward: Ward,
    servers: [Server; 2],
    folder: tempfile::TempDir,
    account: Uuid,
}

impl Bed {
    async fn new(kind: Kind) -> Self {
        Self::whose_nodes_listen(kind, true).await
    }

    /// Nodes that don't listen by themselves hear of a revocation when they are told to look.
    async fn whose_nodes_listen(kind: Kind, listens: bool) -> Self {
        let ward = Ward::with(Setup { published: true, ..Setup::on(kind) }).await;
        let other = ward.another_node().await;
        let servers = [Server::start(ward.node.clone(), listens).await, Server::start(other, listens).await];
        let folder = tempfile::tempdir().unwrap();
        let [issuing, root] = AUTHORITY.issuing.chain() else { panic!("two authorities") };
        std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
        std::fs::write(folder.path().join("issuing.pem"), issuing.pem()).unwrap();
        ward.colleague(AMINA).await;
        let account = ward.account_of(AMINA).await;
        Self { ward, servers, folder, account }
    }

    fn now(&self) -> Timestamp {
        self.ward.clock.now()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A card with a certificate that is in the record, and in the folder under this name.
    async fn card(&self, name: &str) -> (Uuid, Certificate) {
        self.card_of(name, &AUTHORITY).await
    }

    /// The same, issued by this authority.
    async fn card_of(&self, name: &str, of: &Authority) -> (Uuid, Certificate) {
        let key = KeysInMemory::default().generate("card", Curve::P256, &fill).unwrap();
        let subject = Subject {
            common_name: "Amina Khan".to_owned(),
            number: self.account.to_string(),
            organisation: "Northfield Hospitals".to_owned(),
            country: "GB".to_owned(),
            user_principal_name: Some(AMINA.email.to_owned()),
            email: None,
            security_identifier: None,
        };
        let to_sign = RequestToSign::new(&subject, Purpose::Authentication, key.public_key()).unwrap();
        let signature = key.sign(to_sign.bytes()).unwrap();
        let proof = to_sign.finish(&signature).unwrap();
        let issuing = &of.issuing;
        let issued = issuing.issue(&proof, &subject, Purpose::Authentication, self.now(), &fill).unwrap();
        let mut guid = [0; 16];
        fill(&mut guid);
        let new_id = || vault::new_id(self.now(), &SystemRandom::new());
        let card = new_id();
        let organisation = self.ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
        let new = NewSmartcard {
            id: card,
            organisation_id: organisation,
            guid,
            profile: "piv-6-8-digits",
            label: name,
        };
        let mut tx = self.ward.store().begin().await.unwrap();
        assert!(tx.add_smartcard(new, self.now()).await.unwrap());
        assert!(tx.bind_smartcard(card, self.account, self.now()).await.unwrap());
        let certificate = NewCardCertificate {
            id: new_id(),
            smartcard_id: card,
            account_id: self.account,
            slot: CertificateSlot::Authentication,
            serial: issued.serial().as_bytes(),
            der: issued.der(),
            not_before: issued.not_before(),
            not_after: issued.not_after(),
            job_id: new_id(),
        };
        tx.add_card_certificate(certificate, self.now()).await.unwrap();
        let by = authority::issuer_of(issuing.certificate());
        tx.certificate_issued_by(certificate.id, &by).await.unwrap();
        tx.commit().await.unwrap();
        std::fs::write(self.path(name), issued.pem()).unwrap();
        (card, issued)
    }

    async fn revoke(&self, card: Uuid, reason: &str) {
        let mut tx = self.ward.store().begin().await.unwrap();
        assert_eq!(tx.revoke_card_certificates(card, reason, self.now()).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }

    /// What OpenSSL says, run beside the servers.
    async fn openssl(&self, arguments: &str) -> (bool, String) {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(self.folder.path());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let words = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (output.status.success(), words.concat())
    }

    /// The ward's clock stands still, and not where the machine's does.
    fn at(&self) -> String {
        format!("-attime {}", self.now().as_second())
    }

    /// Asks a server about a certificate, as a Windows machine would before it lets somebody in.
    async fn asks(&self, server: &Server, name: &str, more: &str) -> String {
        let (url, at) = (server.url("/pki/ocsp"), self.at());
        let (content, words) = self
            .openssl(&format!(
                "ocsp {at} -url {url} -issuer issuing.pem -cert {name} -CAfile root.pem -verify_other issuing.pem -validity_period 999999999 {more}"
            ))
            .await;
        assert!(content && words.contains("Response verify OK"), "{words}");
        words
    }

    /// The answers about a certificate, as both nodes give them to everybody.
    async fn said_by_both(&self, certificate: &Certificate) -> Vec<Vec<u8>> {
        let issuing = AUTHORITY.issuing.certificate();
        let wanted = Wanted::new(issuing, certificate.serial().clone(), HashKind::Sha1).unwrap();
        let mut said = Vec::new();
        for server in &self.servers {
            match server.node.service.ocsp(Ok(OcspRequest::about(wanted.clone()))).await {
                Said::ToAll(answer, _) => said.push(answer.der().to_vec()),
                other => panic!("{other:?}"),
            }
        }
        said
    }

    /// Fetches the list from a server and has OpenSSL check a certificate by it.
    async fn checks_by_list(&self, server: &Server, name: &str) -> (bool, String) {
        let list = reqwest::get(server.url("/pki/crl/issuing.crl")).await.unwrap().bytes().await.unwrap();
        std::fs::write(self.path("list.der"), &list).unwrap();
        let (read, words) =
            self.openssl("crl -inform DER -in list.der -out list.pem -CAfile issuing.pem").await;
        assert!(read && words.contains("verify OK"), "{words}");
        let at = self.at();
        self.openssl(&format!(
            "verify {at} -x509_strict -crl_check -CAfile root.pem -untrusted issuing.pem -CRLfile list.pem {name}"
        ))
        .await
    }

    async fn ends(self) {
        for server in self.servers {
            server.stop().await;
        }
    }
}

#[rstest]
#[tokio::test]
async fn openssl_hears_of_a_revocation_from_every_node_in_less_than_a_second(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    let (card, lost) = bed.card("lost.pem").await;
    bed.card("kept.pem").await;
    for server in &bed.servers {
        for name in ["lost.pem", "kept.pem"] {
            for more in ["-no_nonce", ""] {
                assert!(bed.asks(server, name, more).await.contains(&format!("{name}: good")));
            }
            assert!(bed.checks_by_list(server, name).await.0);
        }
    }
    let before = bed.said_by_both(&lost).await;
    let began = Instant::now();
    bed.revoke(card, "stolen").await;
    loop {
        let now = bed.said_by_both(&lost).await;
        if now.iter().zip(&before).all(|(now, before)| now != before) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(1), "a node still says what it said before");
        tokio::task::yield_now().await;
    }
    println!("both nodes say so after {:.0} ms", began.elapsed().as_secs_f64() * 1_000.0);
    for server in &bed.servers {
        for more in ["-no_nonce", ""] {
            let words = bed.asks(server, "lost.pem", more).await;
            assert!(
                words.contains("lost.pem: revoked") && words.contains("Reason: keyCompromise"),
                "{words}"
            );
        }
        authority::look_now(&server.node.service).await.unwrap();
        let (accepted, words) = bed.checks_by_list(server, "lost.pem").await;
        assert!(!accepted && words.contains("certificate revoked"), "{words}");
        assert!(bed.asks(server, "kept.pem", "-no_nonce").await.contains("kept.pem: good"));
        assert!(bed.checks_by_list(server, "kept.pem").await.0);
    }
    bed.ends().await;
}

#[rstest]
#[tokio::test]
async fn a_serial_that_was_never_issued_is_unknown_and_a_strange_authority_is_not_spoken_for(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    let (url, at) = (bed.servers[0].url("/pki/ocsp"), bed.at());
    let (_, words) = bed
        .openssl(&format!(
            "ocsp {at} -url {url} -issuer issuing.pem -serial 0x1234 -CAfile root.pem -verify_other issuing.pem -validity_period 999999999"
        ))
        .await;
    assert!(words.contains("0x1234: unknown"), "{words}");
    let (_, words) =
        bed.openssl(&format!("ocsp -url {url} -issuer root.pem -cert issuing.pem -CAfile root.pem")).await;
    assert!(words.contains("unauthorized"), "{words}");
    bed.ends().await;
}

#[rstest]
#[tokio::test]
async fn an_answer_asked_for_by_get_may_be_kept_for_a_minute_and_a_list_for_five(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    let (card, certificate) = bed.card("card.pem").await;
    let server = &bed.servers[0];
    // Nothing that happened before is heard of between two questions, and what is signed is signed now.
    bed.ward.clock.advance(SignedDuration::from_hours(4));
    authority::look_now(&server.node.service).await.unwrap();
    let now = bed.ward.clock.now();
    let date = |moment: Timestamp| moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let issuing = AUTHORITY.issuing.certificate();
    let wanted = Wanted::new(issuing, certificate.serial().clone(), HashKind::Sha1).unwrap();
    let asked = OcspRequest::about(wanted).to_der().unwrap();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &asked);
    let escaped = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let client = reqwest::Client::new();
    let mut bodies = Vec::new();
    for path in [text, escaped.clone()] {
        let answer = client.get(server.url(&format!("/pki/ocsp/{path}"))).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/ocsp-response");
        assert_eq!(answer.headers()["cache-control"], "max-age=60, public, no-transform, must-revalidate");
        assert_eq!(answer.headers()["last-modified"], date(now));
        assert_eq!(
            answer.headers()["expires"],
            date(now.saturating_add(SignedDuration::from_mins(1)).unwrap())
        );
        assert!(!answer.headers().contains_key("set-cookie"));
        let etag = answer.headers()["etag"].clone();
        bodies.push(answer.bytes().await.unwrap());
        let again = client
            .get(server.url(&format!("/pki/ocsp/{escaped}")))
            .header("if-none-match", &etag)
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 304, "{:?} is not {etag:?}", again.headers());
    }
    assert_eq!(bodies[0], bodies[1], "the same answer goes to everybody");
    let list = client.get(server.url("/pki/crl/issuing.crl")).send().await.unwrap();
    assert_eq!(list.headers()["content-type"], "application/pkix-crl");
    assert_eq!(list.headers()["cache-control"], "max-age=300, public, no-transform, must-revalidate");

    // Half of its life later an answer is signed anew; until then it is the one that was signed.
    bed.ward.clock.advance(SignedDuration::from_mins(119));
    authority::look_now(&server.node.service).await.unwrap();
    let kept = client.get(server.url(&format!("/pki/ocsp/{escaped}"))).send().await.unwrap();
    assert_eq!(kept.bytes().await.unwrap(), bodies[0]);
    bed.ward.clock.advance(SignedDuration::from_mins(2));
    authority::look_now(&server.node.service).await.unwrap();
    let fresh = client.get(server.url(&format!("/pki/ocsp/{escaped}"))).send().await.unwrap();
    assert_ne!(fresh.bytes().await.unwrap(), bodies[0]);
    bed.revoke(card, "lost").await;
    bed.ends().await;
}

#[rstest]
#[tokio::test]
async fn what_is_no_request_gets_an_answer_that_says_so_and_no_page(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let bed = Bed::new(kind).await;
    let client = reqwest::Client::new();
    let url = bed.servers[0].url("/pki/ocsp");
    let post = |body: &'static [u8], kind: &'static str| {
        client.post(&url).header("content-type", kind).body(body).send()
    };
    let answer = post(b"good morning", "application/ocsp-request").await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    // OCSPResponse { malformedRequest }
    assert_eq!(&answer.bytes().await.unwrap()[..], [0x30, 0x03, 0x0A, 0x01, 0x01]);
    assert_eq!(post(b"", "text/plain").await.unwrap().status(), 415);
    let great = vec![0x30; 100_000];
    let answer =
        client.post(&url).header("content-type", "application/ocsp-request").body(great).send().await;
    assert_eq!(answer.unwrap().status(), 413);
    bed.ends().await;
}

#[rstest]
#[tokio::test]
async fn the_authorities_certificates_are_where_certificates_say(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let bed = Bed::new(kind).await;
    let [issuing, root] = AUTHORITY.issuing.chain() else { panic!("two authorities") };
    for (path, certificate) in [("/pki/ca/issuing.cer", issuing), ("/pki/ca/root.cer", root)] {
        let answer = reqwest::get(bed.servers[1].url(path)).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/pkix-cert");
        assert_eq!(&answer.bytes().await.unwrap()[..], certificate.der());
    }
    bed.ends().await;
}

#[rstest]
#[tokio::test]
async fn lists_are_numbered_in_order_made_by_one_node_and_made_anew_when_half_is_over(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let bed = Bed::whose_nodes_listen(kind, false).await;
    let nodes = [&bed.servers[0].node.service, &bed.servers[1].node.service];
    let look = async || {
        for node in nodes {
            authority::look_now(node).await.unwrap();
        }
        let numbers = nodes.map(|node| node.revocation_list().unwrap().number);
        assert_eq!(
            numbers[0],
            bed.ward
                .store()
                .revocation_list(&authority::issuer_of(AUTHORITY.issuing.certificate()))
                .await
                .unwrap()
                .unwrap()
                .number
        );
        numbers
    };
    look().await;
    let first = look().await;
    assert_eq!(first[0], first[1]);
    bed.ward.clock.advance(SignedDuration::from_hours(11));
    assert_eq!(look().await, first);
    bed.ward.clock.advance(SignedDuration::from_hours(1));
    look().await;
    let second = look().await;
    assert!(second[0] > first[0] && second[0] == second[1], "{first:?} {second:?}");
    let cards = [bed.card("one.pem").await.0, bed.card("two.pem").await.0];
    for card in cards {
        bed.revoke(card, "damaged").await;
    }
    look().await;
    let third = look().await;
    assert!(third[0] > second[0] && third[0] == third[1], "{second:?} {third:?}");
    for name in ["one.pem", "two.pem"] {
        assert!(!bed.checks_by_list(&bed.servers[1], name).await.0);
    }
    bed.ends().await;
}

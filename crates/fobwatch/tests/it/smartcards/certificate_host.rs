//! The host for certificates, as OpenSSL meets it.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::smartcards::card_sign_in::{Card, key_with_certificate};
use crate::ward::Ward;
use pki::ceremony::demonstrate;
use pki::{
    Addresses, CertificateRequest, Curve, IssuingAuthority, KeyStore as _, KeysInMemory, Policy, Purpose,
    Subject, TrustedAuthorities,
};
use rcgen::{CertificateParams, KeyPair};
use rstest::rstest;
use std::net::SocketAddr;
use std::process::Stdio;
use tempfile::TempDir;
use testkit::SeededRandom;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::process::Command;
use web::{CertificateHost, Web, WebOptions};

const BROWSER: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Host {
    address: SocketAddr,
    authority: IssuingAuthority,
    folder: TempDir,
}

impl Host {
    async fn of(ward: &Ward) -> Self {
        let (keys, now) = (KeysInMemory::default(), ward.clock.now());
        let random = SeededRandom::unique();
        let draw = |bytes: &mut [u8]| vault::Random::fill(&random, bytes);
        let root = keys.generate("root", Curve::P256, &draw).unwrap();
        let issuing = keys.generate("issuing", Curve::P256, &draw).unwrap();
        let chain = demonstrate("Northfield Hospitals", &root, &issuing, now, &draw).unwrap().chain;
        let at = |what: &str| format!("http://pki.northfield.example/{what}");
        let addresses = Addresses { ocsp: at("ocsp"), authority: at("issuing.cer"), list: at("list.crl") };
        let policy = Policy { addresses, policy: None, days: 3 * 365, jitter_days: 0 };
        let authority = IssuingAuthority::new(chain, issuing, policy).unwrap();
        let trusted = TrustedAuthorities::new([authority.chain()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let web = Web::new(ward.node.service.clone(), WebOptions::default());
        let (certificate, key) = (own.pem(), key.serialize_pem());
        let host =
            CertificateHost::new(web, certificate.as_bytes(), key.as_bytes(), authority.chain(), trusted)
                .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(host.serve(listener, std::future::pending()));
        Self { address, authority, folder: tempfile::tempdir().unwrap() }
    }

    /// A key and its certificate, as a card gets it.
    fn issues(&self, ward: &Ward) -> (KeyPair, Vec<u8>) {
        let key = KeyPair::generate().unwrap();
        let request = CertificateParams::new(Vec::new()).unwrap().serialize_request(&key).unwrap();
        let request = CertificateRequest::verify(request.der()).unwrap();
        let subject = Subject {
            common_name: "Amina Khan".to_owned(),
            number: "1".to_owned(),
            organisation: "Northfield Hospitals".to_owned(),
            country: "GB".to_owned(),
            user_principal_name: Some("amina.khan@northfield.example".to_owned()),
            email: None,
            security_identifier: None,
        };
        let random = SeededRandom::unique();
        let draw = |bytes: &mut [u8]| vault::Random::fill(&random, bytes);
        let issued =
            self.authority.issue(&request, &subject, Purpose::Authentication, ward.clock.now(), &draw);
        (key, issued.unwrap().der().to_vec())
    }

    /// What OpenSSL is answered.
    async fn says_to(&self, shown: Option<(&KeyPair, &[u8])>, path: &str, more: &[&str]) -> String {
        let mut command = Command::new("openssl");
        command.args([
            "s_client",
            "-quiet",
            "-servername",
            "localhost",
            "-connect",
            &self.address.to_string(),
        ]);
        if let Some((key, der)) = shown {
            let (certificate_file, key_file) =
                (self.folder.path().join("der"), self.folder.path().join("key"));
            std::fs::write(&certificate_file, der).unwrap();
            std::fs::write(&key_file, key.serialize_pem()).unwrap();
            command.arg("-cert").arg(certificate_file).args(["-certform", "DER"]).arg("-key").arg(key_file);
        }
        command
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut client = command.spawn().unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut stdin = client.stdin.take().unwrap();
        stdin.write_all(request.as_bytes()).await.unwrap();
        // OpenSSL goes when its input ends: it is kept open until the answer has come.
        let output = client.wait_with_output().await.unwrap();
        drop(stdin);
        String::from_utf8(output.stdout).unwrap()
    }

    async fn is_asked(&self, shown: Option<(&KeyPair, &[u8])>, more: &[&str]) -> String {
        let answer = self.says_to(shown, &format!("/?browser={BROWSER}"), more).await;
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
        location.unwrap_or_else(|| panic!("{answer}")).trim().to_owned()
    }
}

async fn ward_with_card(kind: Kind) -> (Ward, Host, Card) {
    let ward = Ward::new(kind).await;
    let host = Host::of(&ward).await;
    let card = {
        let mut amina = ward.person(AMINA);
        amina.joins(Factor::AuthenticatorApp).await;
        let (key, der) = host.issues(&ward);
        amina.gets_this_card(key, der).await
    };
    (ward, host, card)
}

#[rstest]
#[tokio::test]
async fn a_certificate_of_a_card_leads_back_with_a_code_until_it_is_revoked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (ward, host, card) = ward_with_card(kind).await;
    let shown = Some((&card.key, card.der.as_slice()));
    let begins = format!("{}/sign-in/card/certificate?code=", ward.setup.public_url);
    for version in ["-tls1_2", "-tls1_3"] {
        let location = host.is_asked(shown, &[version]).await;
        assert!(location.starts_with(&begins), "{location}");
    }
    ward.revokes(card.id, "lost").await;
    for version in ["-tls1_2", "-tls1_3"] {
        assert!(host.is_asked(shown, &[version]).await.ends_with("/sign-in/card?refused=FW-2303"));
    }
}

#[rstest]
#[tokio::test]
async fn no_session_of_tls_outlives_a_revocation(#[values(Sqlite)] kind: Kind) {
    let (ward, host, card) = ward_with_card(kind).await;
    let shown = Some((&card.key, card.der.as_slice()));
    for (number, version) in ["-tls1_2", "-tls1_3"].into_iter().enumerate() {
        let kept = host.folder.path().join(format!("session-{number}"));
        let kept = kept.to_str().unwrap();
        assert!(host.is_asked(shown, &[version, "-sess_out", kept]).await.contains("code="));
        if !std::path::Path::new(kept).exists() {
            continue;
        }
        // OpenSSL keeps what it has; the host knows nothing of it and asks for the certificate again.
        let without = host.is_asked(None, &[version, "-sess_in", kept]).await;
        assert!(without.ends_with("refused=FW-2305"), "{version}: {without}");
    }
    ward.revokes(card.id, "stolen").await;
    assert!(host.is_asked(shown, &[]).await.ends_with("refused=FW-2303"));
}

#[rstest]
#[tokio::test]
async fn what_is_no_certificate_of_ours_leads_back_with_the_reason(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (ward, host, card) = ward_with_card(kind).await;
    assert!(host.is_asked(None, &[]).await.ends_with("refused=FW-2305"));
    let (key, strange) = key_with_certificate(&[0x41; 16]);
    assert!(host.is_asked(Some((&key, &strange)), &[]).await.ends_with("refused=FW-2302"));
    // Issued by our authority, and in nobody's record.
    let (key, unknown) = host.issues(&ward);
    assert!(host.is_asked(Some((&key, &unknown)), &[]).await.ends_with("refused=FW-2302"));
    let shown = Some((&card.key, card.der.as_slice()));
    let answer = host.says_to(shown, "/?browser=x", &[]).await;
    assert!(answer.contains("refused=FW-2301"), "{answer}");
    let answer = host.says_to(shown, "/home", &[]).await;
    assert!(answer.contains(&format!("location: {}/sign-in\r\n", ward.setup.public_url)), "{answer}");
    ward.waits(4 * 365 * 24 * 60 * 60);
    assert!(host.is_asked(shown, &[]).await.ends_with("refused=FW-2304"));
}

#[rstest]
#[tokio::test]
async fn somebody_elses_certificate_without_its_key_comes_nowhere(#[values(Sqlite)] kind: Kind) {
    let (_ward, host, card) = ward_with_card(kind).await;
    let stranger = KeyPair::generate().unwrap();
    let answer = host.says_to(Some((&stranger, &card.der)), &format!("/?browser={BROWSER}"), &[]).await;
    assert_eq!(answer, "");
}

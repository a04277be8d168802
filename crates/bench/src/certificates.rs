//! Certificates issued, and answers whether one still stands, beside bare signatures of the same keys and the server's empty handler.

use crate::load::pages_per_second;
use crate::server::Server;
use crate::{PAGES_FOR, ROUNDS, median, per_second};
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use pki::ocsp::{HashKind, OcspRequest, Wanted};
use pki::{
    Addresses, Certificate, CertificateRequest, Curve, IssuingAuthority, KeyStore, KeysInMemory, Policy,
    Purpose, RequestToSign, Subject, Token, ceremony,
};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;
use store::Store;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use vault::{Keys, Random as _, SystemRandom};

/// Signatures or certificates in a round.
const COUNT: usize = 5_000;
/// An HSM is slower.
const COUNT_ON_TOKEN: usize = 1_000;
const PASSPHRASE: &str = "only for measuring";
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// Measures both.
pub async fn measure(binary: &Path) -> Result<()> {
    issuing("keys in memory", &KeysInMemory::default(), COUNT)?;
    match token() {
        Ok(token) => issuing("SoftHSM", &token, COUNT_ON_TOKEN)?,
        Err(problem) => println!("SoftHSM is not measured: {problem:#}"),
    }
    answers(binary).await
}

fn fill(bytes: &mut [u8]) {
    SystemRandom::new().fill(bytes);
}

/// A token is named by the environment, which its driver reads, too.
fn token() -> Result<Token> {
    let label =
        std::env::var("BENCH_TOKEN").context("name a token by BENCH_TOKEN and its PIN by BENCH_PIN")?;
    Ok(Token::open(Path::new(SOFTHSM), &label, std::env::var("BENCH_PIN")?.into())?)
}

fn issuing(what: &str, keys: &dyn KeyStore, count: usize) -> Result<()> {
    let now = crate::people::now();
    let label = format!("issuing-{}", now.as_second());
    let root = KeysInMemory::default().generate("root", Curve::P384, &fill)?;
    let key = keys.generate(&label, Curve::P256, &fill)?;
    let made = ceremony::demonstrate("Northfield Hospitals", &root, &key, now, &fill)?;
    let authority = IssuingAuthority::new(made.chain, Arc::clone(&key), policy())?;
    let (request, subject) = request()?;
    let (mut bare, mut issued, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let began = Instant::now();
        for number in 0..count {
            key.sign(&number.to_be_bytes())?;
        }
        bare.push(per_second(count, began));
        let began = Instant::now();
        for _ in 0..count {
            authority.issue(&request, &subject, Purpose::Authentication, now, &fill)?;
        }
        issued.push(per_second(count, began));
        let began = Instant::now();
        for _ in 0..count {
            let request = CertificateRequest::verify(request.der())?;
            authority.issue(&request, &subject, Purpose::Authentication, now, &fill)?;
        }
        whole.push(per_second(count, began));
    }
    let (bare, issued, whole) = (median(bare), median(issued), median(whole));
    println!("{what}: bare signatures: {bare:.0} per second");
    println!("{what}: certificates issued: {issued:.0} per second, ratio {:.2}", issued / bare);
    println!("{what}: requests verified and issued: {whole:.0} per second, ratio {:.2}", whole / bare);
    Ok(())
}

fn policy() -> Policy {
    Policy {
        addresses: Addresses {
            ocsp: "http://pki.northfield.example/pki/ocsp".to_owned(),
            authority: "http://pki.northfield.example/pki/ca/issuing.cer".to_owned(),
            list: "http://pki.northfield.example/pki/crl/issuing.crl".to_owned(),
        },
        policy: None,
        days: 730,
        jitter_days: 14,
    }
}

fn request() -> Result<(CertificateRequest, Subject)> {
    let card = KeysInMemory::default().generate("card", Curve::P256, &fill)?;
    let subject = Subject {
        common_name: "Amina Khan".to_owned(),
        number: "019aab3c-0000-7000-8000-000000000001".to_owned(),
        organisation: "Northfield Hospitals".to_owned(),
        country: "GB".to_owned(),
        user_principal_name: Some("amina.khan@northfield.example".to_owned()),
        email: None,
        security_identifier: None,
    };
    let to_sign = RequestToSign::new(&subject, Purpose::Authentication, card.public_key())?;
    let signature = card.sign(to_sign.bytes())?;
    Ok((to_sign.finish(&signature)?, subject))
}

/// Answers from memory, of the real binary, beside its empty handler.
async fn answers(binary: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let smartcards = folder.path().join("smartcards");
    let mut made = Command::new(binary)
        .args(["pki", "demo"])
        .arg(&smartcards)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut input = made.stdin.take().context("no way to give the passphrase")?;
    input.write_all(format!("{PASSPHRASE}\n").as_bytes()).await?;
    drop(input);
    anyhow::ensure!(made.wait().await?.success(), "no authority was made");
    let chain = smartcards.join("chain.pem");
    let settings = [
        ("FOBWATCH_SMARTCARDS__AUTHORITY", "internal".into()),
        ("FOBWATCH_SMARTCARDS__KEYS_FOLDER", smartcards.clone().into_os_string()),
        ("FOBWATCH_SMARTCARDS__KEYS_PASSPHRASE", PASSPHRASE.into()),
        ("FOBWATCH_SMARTCARDS__CHAIN", chain.clone().into_os_string()),
    ];
    let server = Server::start_with(binary, folder.path(), &settings).await?;
    let path = question(folder.path(), &chain).await?;
    let (mut empty, mut kept) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        empty.push(pages_per_second(server.address, "/health/live", "", PAGES_FOR).await?);
        kept.push(pages_per_second(server.address, path, "", PAGES_FOR).await?);
    }
    let (empty, kept) = (median(empty), median(kept));
    println!("empty handler: {empty:.0} per second");
    println!("OCSP answers from memory: {kept:.0} per second, ratio {:.2}", kept / empty);
    server.stop().await
}

/// The address that asks about the one certificate that a new service has issued: that of its own responder.
async fn question(folder: &Path, chain: &Path) -> Result<&'static str> {
    let keys = Arc::new(Keys::load(&folder.join("keys"))?);
    let url = format!("sqlite://{}", folder.join("fobwatch.db").display());
    let store = Store::open(&url, 1, keys, Arc::new(SystemRandom::new())).await?;
    let issuing = Certificate::all_from_pem(&std::fs::read_to_string(chain)?)?;
    let mut look = tokio::time::interval(std::time::Duration::from_millis(50));
    let der = loop {
        look.tick().await;
        if let Some(der) = store.responder_certificates(Timestamp::UNIX_EPOCH).await?.into_iter().next() {
            break der;
        }
    };
    store.close().await;
    let serial = Certificate::from_der(&der)?.serial().clone();
    let issuing = issuing.first().context("no authority")?;
    let asked = OcspRequest::about(Wanted::new(issuing, serial, HashKind::Sha1)?).to_der()?;
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, asked);
    let path = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    Ok(Box::leak(format!("{}/{path}", "/pki/ocsp").into_boxed_str()))
}

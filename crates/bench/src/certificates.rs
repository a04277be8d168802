//! Certificates issued, and OCSP answers signed, beside bare signatures of the same keys.

use crate::{ROUNDS, median, people, per_second};
use anyhow::Result;
use jiff::SignedDuration;
use pki::ocsp::{HashKind, Responder, Status};
use pki::{
    Addresses, CertificateRequest, Curve, IssuingAuthority, KeyFolder, KeyStore, KeysInMemory, Policy,
    Purpose, RequestToSign, Serial, Subject, ceremony,
};
use std::sync::Arc;
use std::time::Instant;
use vault::{Random as _, SystemRandom};

/// Signatures or certificates in a round.
const COUNT: usize = 5_000;

/// Measures it with keys in encrypted files, which are opened once, as the service opens them at its start.
pub(crate) fn in_files() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let keys = KeyFolder::new(folder.path(), "only for measuring".to_owned().into());
    issuing("keys in files", &keys, COUNT)
}

/// Randomness of the machine.
pub(crate) fn fill(bytes: &mut [u8]) {
    SystemRandom::new().fill(bytes);
}

/// Measures it with an authority whose keys lie in `keys`.
pub(crate) fn issuing(what: &str, keys: &dyn KeyStore, count: usize) -> Result<()> {
    let now = people::now();
    let root = KeysInMemory::default().generate("root", Curve::P384, &fill)?;
    keys.generate("issuing", Curve::P256, &fill)?;
    keys.generate("ocsp", Curve::P256, &fill)?;
    let (key, answers) = (keys.find("issuing")?, keys.find("ocsp")?);
    let made = ceremony::demonstrate("Northfield Hospitals", &root, &key, now, &fill)?;
    let authority = IssuingAuthority::new(made.chain, Arc::clone(&key), policy())?;
    let responder = ceremony::sign_responder(&authority, answers.public_key(), "OCSP", now, &fill)?;
    let responder = Responder::new(authority.certificate().clone(), responder, Arc::clone(&answers))?;
    let (request, subject) = request()?;
    let until = now.checked_add(SignedDuration::from_hours(4))?;
    let serial = Serial::draw(&fill);

    let (mut bare, mut issued, mut whole, mut answered) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(rate(count, |number| Ok(key.sign(&number.to_be_bytes()).map(drop)?))?);
        issued.push(rate(count, |_| {
            Ok(authority.issue(&request, &subject, Purpose::Authentication, now, &fill).map(drop)?)
        })?);
        whole.push(rate(count, |_| {
            let request = CertificateRequest::verify(request.der())?;
            Ok(authority.issue(&request, &subject, Purpose::Authentication, now, &fill).map(drop)?)
        })?);
        answered.push(rate(count, |_| {
            Ok(responder.answer_ahead(&serial, HashKind::Sha1, Status::Good, now, until).map(drop)?)
        })?);
    }
    let bare = median(bare);
    println!("{what}: bare signatures: {bare:.0} per second");
    let told = [
        ("certificates issued", issued),
        ("requests verified and certificates issued", whole),
        ("OCSP answers signed", answered),
    ];
    for (name, rates) in told {
        let rate = median(rates);
        println!("{what}: {name}: {rate:.0} per second, ratio {:.2}", rate / bare);
    }
    Ok(())
}

fn rate(count: usize, mut work: impl FnMut(usize) -> Result<()>) -> Result<f64> {
    let began = Instant::now();
    for number in 0..count {
        work(number)?;
    }
    Ok(per_second(count, began))
}

/// What stands in certificates.
pub(crate) fn policy() -> Policy {
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
    let subject = subject();
    let to_sign = RequestToSign::new(&subject, Purpose::Authentication, card.public_key())?;
    let signature = card.sign(to_sign.bytes())?;
    Ok((to_sign.finish(&signature)?, subject))
}

/// Whom certificates name.
pub(crate) fn subject() -> Subject {
    Subject {
        common_name: "Amina Khan".to_owned(),
        number: "019aab3c-0000-7000-8000-000000000001".to_owned(),
        organisation: "Northfield Hospitals".to_owned(),
        country: "GB".to_owned(),
        user_principal_name: Some("amina.khan@northfield.example".to_owned()),
        email: None,
        security_identifier: None,
    }
}

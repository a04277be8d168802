//! A small authority, and OpenSSL beside it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use jiff::Timestamp;
use pki::ceremony::{self, AuthorityName, UpperAddresses};
use pki::{
    Addresses, Certificate, CertificateRequest, Curve, IssuingAuthority, KeyStore, KeysInMemory, Policy,
    Purpose, Random, RequestToSign, SigningKey, Subject,
};

/// An ordinary day.
pub const NOW: &str = "2026-11-29T09:30:00Z";

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The machine's randomness.
pub fn random() -> impl Random {
    |bytes: &mut [u8]| aws_lc_rs::rand::fill(bytes).unwrap()
}

pub fn named(common_name: &str) -> AuthorityName {
    AuthorityName {
        country: "GB".to_owned(),
        organisation: "Northfield Hospitals".to_owned(),
        common_name: common_name.to_owned(),
    }
}

pub fn policy() -> Policy {
    Policy {
        addresses: Addresses {
            ocsp: "http://portal.northfield.example/pki/ocsp".to_owned(),
            authority: "http://portal.northfield.example/pki/ca/issuing.cer".to_owned(),
            list: "http://portal.northfield.example/pki/crl/issuing.crl".to_owned(),
        },
        policy: Policy::policy_from("2.25.1234567.1"),
        days: 730,
        jitter_days: 14,
    }
}

pub fn amina() -> Subject {
    Subject {
        common_name: "Amina Khan".to_owned(),
        number: "019aab3c-0000-7000-8000-000000000001".to_owned(),
        organisation: "Northfield Hospitals".to_owned(),
        country: "GB".to_owned(),
        user_principal_name: Some("amina.khan@northfield.example".to_owned()),
        email: Some("amina.khan@northfield.example".to_owned()),
        security_identifier: Some("S-1-5-21-1004336348-1177238915-682003330-512".to_owned()),
    }
}

/// A folder, an authority in it, and what OpenSSL is asked about.
pub struct Room {
    pub folder: tempfile::TempDir,
    pub keys: KeysInMemory,
    pub authority: IssuingAuthority,
}

impl Room {
    /// An authority whose keys lie in files.
    pub fn new() -> Self {
        Self::with(None)
    }

    /// An authority whose issuing key lies elsewhere.
    pub fn with(issuing: Option<Arc<dyn SigningKey>>) -> Self {
        let (folder, keys) = (tempfile::tempdir().unwrap(), KeysInMemory::default());
        let random = random();
        let root_key = keys.generate("root", Curve::P384, &random).unwrap();
        let top = ceremony::new_root(&named("Northfield Root"), &*root_key, now(), 7300, &random).unwrap();
        let issuing_key = issuing.unwrap_or_else(|| keys.generate("issuing", Curve::P256, &random).unwrap());
        let request = ceremony::request_issuing(&named("Northfield Smartcards"), &*issuing_key).unwrap();
        let addresses = UpperAddresses {
            list: Some("http://portal.northfield.example/pki/crl/root.crl".to_owned()),
            authority: Some("http://portal.northfield.example/pki/ca/root.cer".to_owned()),
        };
        let issuing =
            ceremony::sign_issuing(&top, &*root_key, &request, &addresses, now(), 3650, &random).unwrap();
        let authority = IssuingAuthority::new(vec![issuing, top], issuing_key, policy()).unwrap();
        let room = Self { folder, keys, authority };
        room.write("root.pem", room.root().pem());
        room.write("issuing.pem", room.authority.certificate().pem());
        room
    }

    pub fn root(&self) -> &Certificate {
        &self.authority.chain()[1]
    }

    /// A new card key, and a certificate for it.
    pub fn issue(&self, subject: &Subject, purpose: Purpose) -> Certificate {
        let (request, _) = request(subject, purpose);
        self.authority.issue(&request, subject, purpose, now(), &random()).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// What OpenSSL says, in the room's folder: whether it was content, and its words.
    pub fn openssl(&self, arguments: &str) -> (bool, String) {
        openssl_in(self.folder.path(), arguments)
    }

    /// The words of a content OpenSSL.
    pub fn openssl_says(&self, arguments: &str) -> String {
        let (content, words) = self.openssl(arguments);
        assert!(content, "openssl {arguments}: {words}");
        words
    }
}

pub fn openssl_in(folder: &Path, arguments: &str) -> (bool, String) {
    let output =
        Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).output().unwrap();
    let words =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), words)
}

/// A key in memory, as a card would hold it, and the request that it signed.
pub fn request(subject: &Subject, purpose: Purpose) -> (CertificateRequest, Arc<dyn SigningKey>) {
    let key = card_key();
    let to_sign = RequestToSign::new(subject, purpose, key.public_key()).unwrap();
    let signature = key.sign(to_sign.bytes()).unwrap();
    (to_sign.finish(&signature).unwrap(), key)
}

pub fn card_key() -> Arc<dyn SigningKey> {
    KeysInMemory::default().generate("card", Curve::P256, &random()).unwrap()
}

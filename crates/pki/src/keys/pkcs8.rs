//! Encrypted private keys (RFC 5958, PBES2 of RFC 8018): PBKDF2 with HMAC-SHA-256, AES-256-CBC.
//!
//! The forms come from `pkcs8`; the work is done by `aws-lc-rs`, which is fast in every build. OpenSSL reads what is written here
//! (`openssl pkey -in issuing.key.pem`), and what OpenSSL writes by itself is read here.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive};
use der::Decode;
use pkcs8::pkcs5::pbes2::{self, Pbkdf2Prf};
use pkcs8::{EncryptedPrivateKeyInfo, SecretDocument, pkcs5};
use zeroize::Zeroizing;

use crate::Random;

/// How often PBKDF2 is turned for a new file; what OWASP asks for with SHA-256.
const ITERATIONS: u32 = 600_000;
/// More than this in a file is somebody's attempt to keep us busy.
const MOST_ITERATIONS: u32 = 10_000_000;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// Why a file cannot be opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OpenProblem {
    /// It is no encrypted key, or encrypted in a way that is not known here.
    Format,
    /// The passphrase is wrong, or the file damaged.
    Passphrase,
}

/// The PEM file of a private key (PKCS#8, DER) under a passphrase.
pub(super) fn seal(private_key: &[u8], passphrase: &[u8], random: &dyn Random) -> Option<String> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    random.fill(&mut salt);
    random.fill(&mut iv);
    let parameters = pbes2::Parameters::pbkdf2_sha256_aes256cbc(ITERATIONS, &salt, &iv).ok()?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(stretch(passphrase, &salt, ITERATIONS)?).ok()?;
    let mut text = Zeroizing::new(private_key.to_vec());
    // Room at once, so that no half-filled copy of the key is left behind when it grows.
    text.reserve_exact(16);
    key.less_safe_encrypt(&mut *text, EncryptionContext::Iv128(FixedLength::from(iv))).ok()?;
    let info = EncryptedPrivateKeyInfo {
        encryption_algorithm: pkcs5::EncryptionScheme::Pbes2(parameters),
        encrypted_data: &text,
    };
    let document = SecretDocument::try_from(info).ok()?;
    document.to_pem(LABEL, der::pem::LineEnding::LF).ok().map(|pem| (*pem).clone())
}

/// The private key (PKCS#8, DER) in a PEM file.
pub(super) fn open(pem: &str, passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenProblem> {
    let (label, document) = SecretDocument::from_pem(pem).map_err(|_| OpenProblem::Format)?;
    if label != LABEL {
        return Err(OpenProblem::Format);
    }
    let info = EncryptedPrivateKeyInfo::from_der(document.as_bytes()).map_err(|_| OpenProblem::Format)?;
    let scheme = info.encryption_algorithm.pbes2().ok_or(OpenProblem::Format)?;
    let (pbes2::Kdf::Pbkdf2(kdf), pbes2::EncryptionScheme::Aes256Cbc { iv }) =
        (&scheme.kdf, &scheme.encryption)
    else {
        return Err(OpenProblem::Format);
    };
    if kdf.prf != Pbkdf2Prf::HmacWithSha256 || kdf.iteration_count > MOST_ITERATIONS {
        return Err(OpenProblem::Format);
    }
    let key = stretch(passphrase, kdf.salt, kdf.iteration_count).ok_or(OpenProblem::Format)?;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).map_err(|_| OpenProblem::Format)?;
    let mut text = Zeroizing::new(info.encrypted_data.to_vec());
    let open = key
        .decrypt(&mut text, DecryptionContext::Iv128(FixedLength::from(**iv)))
        .map_err(|_| OpenProblem::Passphrase)?;
    Ok(Zeroizing::new(open.to_vec()))
}

fn stretch(passphrase: &[u8], salt: &[u8], iterations: u32) -> Option<UnboundCipherKey> {
    let mut key = Zeroizing::new([0; 32]);
    derive(PBKDF2_HMAC_SHA256, NonZeroU32::new(iterations)?, salt, passphrase, &mut *key);
    UnboundCipherKey::new(&AES_256, &*key).ok()
}

//! Certificates for the keys by which an organisation signs credentials and requests to wallets: a root of its own, and a key
//! below it whose certificate names the host. Wallets are sent the key's certificate alone (HAIP 1.0, section 6: the trust anchor is
//! not part of `x5c`, and what signs is not self-signed).

use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    PublicKeyData, SanType, SignatureAlgorithm, date_time_ymd,
};
use zeroize::Zeroizing;

use crate::{Curve, KeyProblem, NewKey, SigningKey, key_from_pkcs8, new_key};

/// A key and its certificate.
pub struct Signer {
    /// PKCS#8.
    pub key: Zeroizing<Vec<u8>>,
    /// DER.
    pub certificate: Vec<u8>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(..)")
    }
}

/// A key or its certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SignerProblem {
    /// The certificate.
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The key.
    #[error("a key could not be made: {0}")]
    Key(#[from] KeyProblem),
}

/// A new root of an organisation, good from the first day to the last (UTC).
///
/// # Errors
/// Where the name cannot be written in a certificate.
pub fn new_root(organisation: &str, from: Date, until: Date) -> Result<Signer, SignerProblem> {
    let NewKey { key, document } = new_key(Curve::P256)?;
    let certificate = root_certificate(key.as_ref(), organisation, from, until)?;
    Ok(Signer { key: document, certificate })
}

/// A new key below a root, for an organisation that is reached at `host`.
///
/// # Errors
/// Where the root is none, or the names cannot be written in a certificate.
pub fn new_signer(
    root: &Signer,
    organisation: &str,
    host: &str,
    from: Date,
    until: Date,
) -> Result<Signer, SignerProblem> {
    let root_key = key_from_pkcs8(&root.key).ok_or(KeyProblem::Cryptography)?;
    let NewKey { key, document } = new_key(Curve::P256)?;
    let root = Root { certificate: &root.certificate, key: root_key.as_ref() };
    let certificate = signer_certificate(root, key.as_ref(), organisation, host, (from, until))?;
    Ok(Signer { key: document, certificate })
}

/// The certificate of a root whose key lies wherever it lies, DER.
///
/// # Errors
/// Where the key is not on P-256 or does not sign, or the name cannot be written in a certificate.
pub fn root_certificate(
    key: &dyn SigningKey,
    organisation: &str,
    from: Date,
    until: Date,
) -> Result<Vec<u8>, SignerProblem> {
    let mut params = params(&format!("{organisation} staff passport root"), organisation, from, until);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params.self_signed(&Wherever::new(key)?)?.der().to_vec())
}

/// A root with its key, wherever that lies.
#[derive(Debug, Clone, Copy)]
pub struct Root<'a> {
    /// DER.
    pub certificate: &'a [u8],
    /// Its key.
    pub key: &'a dyn SigningKey,
}

/// The certificate of a key below a root, for an organisation that is reached at `host`, from the first day to the last (UTC); DER.
///
/// # Errors
/// Where the root is none or does not sign, or the names cannot be written in a certificate.
pub fn signer_certificate(
    root: Root<'_>,
    key: &dyn SigningKey,
    organisation: &str,
    host: &str,
    (from, until): (Date, Date),
) -> Result<Vec<u8>, SignerProblem> {
    let issuer = Issuer::from_ca_cert_der(&root.certificate.into(), Wherever::new(root.key)?)?;
    let mut params = params(organisation, organisation, from, until);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.subject_alt_names = vec![SanType::DnsName(host.try_into()?)];
    Ok(params.signed_by(&Wherever::new(key)?, &issuer)?.der().to_vec())
}

/// A key of ours as the library for certificates wants it.
struct Wherever<'a>(&'a dyn SigningKey);

impl<'a> Wherever<'a> {
    fn new(key: &'a dyn SigningKey) -> Result<Self, SignerProblem> {
        if key.curve() == Curve::P256 { Ok(Self(key)) } else { Err(KeyProblem::Cryptography.into()) }
    }
}

impl PublicKeyData for Wherever<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key().bits()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for Wherever<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.0.sign(message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

fn params(name: &str, organisation: &str, from: Date, until: Date) -> CertificateParams {
    let moment =
        |day: Date| date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs());
    let mut params = CertificateParams::default();
    // A name is at most 64 signs long (RFC 5280, appendix A.1).
    params.distinguished_name.push(DnType::CommonName, shortened(name));
    params.distinguished_name.push(DnType::OrganizationName, shortened(organisation));
    params.not_before = moment(from);
    params.not_after = moment(until);
    params
}

fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Certificate, TrustedAuthorities};
    use jiff::civil::date;

    #[test]
    fn a_key_stands_below_its_root_and_names_its_host() {
        let (from, until) = (date(2026, 11, 29), date(2027, 11, 29));
        let root = new_root("Northfield Hospitals", from, date(2036, 11, 29)).unwrap();
        let signer = new_signer(&root, "Northfield Hospitals", "northfield.example", from, until).unwrap();
        let root = Certificate::from_der(&root.certificate).unwrap();
        let leaf = Certificate::from_der(&signer.certificate).unwrap();
        assert!(root.is_authority() && !leaf.is_authority());
        assert!(root.signed(&leaf));
        assert_eq!(leaf.common_name().as_deref(), Some("Northfield Hospitals"));
        assert!(TrustedAuthorities::new([[root].as_slice()]).is_ok());
    }

    #[test]
    fn a_name_that_is_too_long_is_cut() {
        let name = "x".repeat(200);
        assert!(new_root(&name, date(2026, 11, 29), date(2036, 11, 29)).is_ok());
    }
}

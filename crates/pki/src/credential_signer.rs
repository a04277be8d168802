//! Certificates for the keys by which an organisation signs credentials and requests to wallets: a root of its own, and a key
//! below it whose certificate names the host. Wallets are sent the key's certificate alone (HAIP 1.0, section 6: the trust anchor is
//! not part of `x5c`, and what signs is not self-signed).

use jiff::civil::Date;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
    date_time_ymd,
};
use zeroize::Zeroizing;

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

/// A certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[error("a certificate could not be made: {0}")]
pub struct SignerProblem(#[from] rcgen::Error);

/// A new root of an organisation, good from the first day to the last (UTC).
///
/// # Errors
/// Where the name cannot be written in a certificate.
pub fn new_root(organisation: &str, from: Date, until: Date) -> Result<Signer, SignerProblem> {
    let key = KeyPair::generate()?;
    let mut params = params(&format!("{organisation} staff passport root"), organisation, from, until);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key)?;
    Ok(Signer { key: Zeroizing::new(key.serialize_der()), certificate: certificate.der().to_vec() })
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
    let root_key = KeyPair::try_from(root.key.as_slice())?;
    let issuer = Issuer::from_ca_cert_der(&root.certificate.as_slice().into(), root_key)?;
    let key = KeyPair::generate()?;
    let mut params = params(organisation, organisation, from, until);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.subject_alt_names = vec![SanType::DnsName(host.try_into()?)];
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Signer { key: Zeroizing::new(key.serialize_der()), certificate: certificate.der().to_vec() })
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

use super::{Algorithm, Header, KeyProblem, PublicKey, base64url};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use serde_json::Value;
use spki::SubjectPublicKeyInfoRef;
use spki::der::Decode as _;
use spki::der::asn1::ObjectIdentifier;
use std::time::Duration;
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert};

/// The certificates in a token's header (`x5c`, RFC 7515, section 4.1.6), the signer's own first. Nothing is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateChain(Vec<CertificateDer<'static>>);

/// Authorities that somebody trusts for one purpose.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors(Vec<TrustAnchor<'static>>);

/// Why certificates do not vouch for a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainProblem {
    /// There are none.
    #[error("the token has no certificate with it")]
    Missing,
    /// They cannot be read.
    #[error("the certificates with the token cannot be read")]
    Format,
    /// Their key.
    #[error(transparent)]
    Key(#[from] KeyProblem),
    /// The signer vouches for themselves (HAIP 1.0, section 6.1.1).
    #[error("the token's certificate is signed by itself")]
    SelfSigned,
    /// No path leads to an authority that is trusted for this, or a certificate's time is not now.
    #[error("the token's certificate does not come from an authority that is trusted here: {0}")]
    Untrusted(String),
}

/// More certificates than this are not looked at.
const MOST: usize = 8;

impl CertificateChain {
    /// These certificates in DER, the signer's own first.
    ///
    /// # Errors
    ///
    /// When there are none, or too many, or the first cannot be read.
    pub fn from_der(certificates: Vec<Vec<u8>>) -> Result<Self, ChainProblem> {
        if certificates.is_empty() {
            return Err(ChainProblem::Missing);
        }
        if certificates.len() > MOST {
            return Err(ChainProblem::Format);
        }
        let chain = Self(certificates.into_iter().map(CertificateDer::from).collect());
        chain.leaf()?;
        Ok(chain)
    }

    /// The certificates in a token's header.
    ///
    /// # Errors
    ///
    /// When there are none that can be read.
    pub fn of(header: &Header) -> Result<Self, ChainProblem> {
        let certificates =
            header.get("x5c").ok_or(ChainProblem::Missing)?.as_array().ok_or(ChainProblem::Format)?;
        let der = |one: &Value| BASE64_STANDARD.decode(one.as_str()?).ok();
        Self::from_der(certificates.iter().map(der).collect::<Option<_>>().ok_or(ChainProblem::Format)?)
    }

    /// What stands in a header: standard base64, not that of addresses.
    pub fn to_header(&self) -> Value {
        self.0.iter().map(|one| BASE64_STANDARD.encode(one)).collect()
    }

    /// The SHA-256 of the signer's certificate, as it stands after `x509_hash:` (OpenID4VP 1.0, section 5.9.3).
    pub fn hash(&self) -> String {
        base64url(digest::digest(&digest::SHA256, self.0.first().map_or(&[][..], AsRef::as_ref)).as_ref())
    }

    /// Whether the signer's certificate is for this host.
    pub fn is_for_host(&self, host: &str) -> bool {
        self.leaf().is_ok_and(|leaf| leaf.valid_dns_names().any(|name| name.eq_ignore_ascii_case(host)))
    }

    /// The key in the signer's certificate, which nothing vouches for yet.
    ///
    /// # Errors
    ///
    /// When it is of a kind that is not taken.
    pub fn key(&self) -> Result<PublicKey, ChainProblem> {
        let spki = self.leaf()?.subject_public_key_info();
        let spki = SubjectPublicKeyInfoRef::from_der(&spki).map_err(|_| ChainProblem::Format)?;
        let curve = || spki.algorithm.parameters_oid().map_err(|_| KeyProblem::Kind);
        let algorithm = match spki.algorithm.oid {
            EC if curve()? == P_256 => Algorithm::Es256,
            EC if curve()? == P_384 => Algorithm::Es384,
            ED_25519 => Algorithm::EdDsa,
            _ => return Err(KeyProblem::Kind.into()),
        };
        let point = spki.subject_public_key.as_bytes().ok_or(ChainProblem::Format)?;
        Ok(PublicKey::from_point(algorithm, point.to_vec())?)
    }

    /// The signer's key, if an authority of `anchors` vouches for it at `now` (RFC 5280, section 6).
    ///
    /// # Errors
    ///
    /// When none does.
    pub fn verify(&self, anchors: &TrustAnchors, now: Timestamp) -> Result<PublicKey, ChainProblem> {
        let leaf = self.leaf()?;
        if leaf.issuer() == leaf.subject() {
            return Err(ChainProblem::SelfSigned);
        }
        let untrusted = |why: webpki::Error| ChainProblem::Untrusted(why.to_string());
        let seconds = u64::try_from(now.as_second()).map_err(|_| ChainProblem::Format)?;
        let between = self.0.get(1..).unwrap_or_default();
        leaf.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors.0,
            between,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            AnyUsage,
            None,
            None,
        )
        .map_err(untrusted)?;
        self.key()
    }

    fn leaf(&self) -> Result<EndEntityCert<'_>, ChainProblem> {
        EndEntityCert::try_from(self.0.first().ok_or(ChainProblem::Missing)?)
            .map_err(|_| ChainProblem::Format)
    }
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED_25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The standards name no usage that certificates of issuers must have; what they may sign is said by who is trusted for which kind
/// of credential.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

impl TrustAnchors {
    /// Trusts these certificates of authorities, in DER.
    ///
    /// # Errors
    ///
    /// When one cannot be an anchor.
    pub fn new<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, ChainProblem> {
        let anchor = |der: &[u8]| {
            anchor_from_trusted_cert(&CertificateDer::from(der))
                .map(|anchor| anchor.to_owned())
                .map_err(|_| ChainProblem::Format)
        };
        certificates.into_iter().map(anchor).collect::<Result<_, _>>().map(Self)
    }

    /// Trusts the certificates in a PEM bundle of authorities, such as the one of the system; those of kinds that nobody can be trusted
    /// by here are passed over.
    pub fn from_bundle(pem: &[u8]) -> Self {
        let all = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok);
        Self(all.filter_map(|der| Some(anchor_from_trusted_cert(&der).ok()?.to_owned())).collect())
    }

    /// Trusts these, too.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

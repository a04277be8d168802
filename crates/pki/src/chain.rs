//! Who signs in with a certificate: a path to authorities that we trust, its time, and what it is for (RFC 5280, section 6).
//!
//! Whether it was revoked is not asked here: the caller asks its own record, which knows it first.

use std::time::Duration;

use const_oid::db::rfc5280::ID_KP_CLIENT_AUTH;
use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::{Certificate, CertificateProblem};

/// The roots that we trust, and the authorities below them that we know.
#[derive(Debug, Clone)]
pub struct TrustedAuthorities {
    anchors: Vec<TrustAnchor<'static>>,
    known: Vec<CertificateDer<'static>>,
}

/// Whom a verified certificate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdentity {
    /// The certificate; its serial is looked up in our own record.
    pub certificate: Certificate,
    /// Who signs in with it.
    pub user_principal_name: Option<String>,
    /// The number of the person.
    pub number: Option<String>,
}

/// Why a certificate does not sign anybody in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainProblem {
    /// None was sent.
    #[error("no certificate was sent")]
    None,
    /// More than an authority's few certificates.
    #[error("too many certificates were sent")]
    TooMany,
    /// One of them cannot be read.
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
    /// Its time has not come.
    #[error("the certificate does not hold yet")]
    NotYet,
    /// Its time is over.
    #[error("the certificate has expired")]
    Expired,
    /// It is not one for signing in.
    #[error("the certificate is not one for signing in")]
    Purpose,
    /// No path leads to an authority that is trusted.
    #[error("the certificate was not issued by an authority that is trusted here")]
    Untrusted,
}

impl TrustedAuthorities {
    /// More certificates than this are not looked at.
    const MOST: usize = 8;

    /// Trusts the last of each chain, and knows those before it.
    ///
    /// # Errors
    ///
    /// When a root cannot be one.
    pub fn new<'a>(chains: impl IntoIterator<Item = &'a [Certificate]>) -> Result<Self, CertificateProblem> {
        let mut trusted = Self { anchors: Vec::new(), known: Vec::new() };
        for chain in chains {
            let Some((root, below)) = chain.split_last() else { continue };
            let der = CertificateDer::from(root.der());
            let anchor = anchor_from_trusted_cert(&der).map_err(|_| CertificateProblem::Format)?;
            trusted.anchors.push(anchor.to_owned());
            trusted.known.extend(below.iter().map(|one| CertificateDer::from(one.der().to_vec())));
        }
        Ok(trusted)
    }

    /// Verifies that the first of `chain` (DER; its issuers may follow) signs somebody in at `now`.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub fn verify_client(
        &self,
        chain: &[impl AsRef<[u8]>],
        now: Timestamp,
    ) -> Result<ClientIdentity, ChainProblem> {
        let (first, rest) = chain.split_first().ok_or(ChainProblem::None)?;
        if rest.len() > Self::MOST {
            return Err(ChainProblem::TooMany);
        }
        let certificate = Certificate::from_der(first.as_ref())?;
        if now < certificate.not_before() {
            return Err(ChainProblem::NotYet);
        }
        if now > certificate.not_after() {
            return Err(ChainProblem::Expired);
        }
        let signs = certificate.key_usage().is_some_and(|usage| usage.digital_signature());
        if !signs || !certificate.is_for(ID_KP_CLIENT_AUTH) || certificate.is_authority() {
            return Err(ChainProblem::Purpose);
        }
        let mut between = self.known.clone();
        for other in rest {
            between.push(CertificateDer::from(Certificate::from_der(other.as_ref())?.der().to_vec()));
        }
        let der = CertificateDer::from(certificate.der());
        let end = EndEntityCert::try_from(&der).map_err(|_| ChainProblem::Untrusted)?;
        let seconds = u64::try_from(now.as_second()).map_err(|_| ChainProblem::NotYet)?;
        end.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &self.anchors,
            &between,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            KeyUsage::client_auth(),
            None,
            None,
        )
        .map_err(|_| ChainProblem::Untrusted)?;
        Ok(ClientIdentity {
            user_principal_name: certificate.user_principal_name(),
            number: certificate.subject_number(),
            certificate,
        })
    }
}

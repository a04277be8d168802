//! Who makes certificates of people: an authority of our own, or one outside.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    Certificate, CertificateRequest, IssuingProblem, Purpose, Random, RevocationReason, Serial, Subject,
};

/// What is wished for.
#[derive(Debug, Clone)]
pub struct IssueRequest {
    /// Proof that the card holds the key.
    pub proof: CertificateRequest,
    /// Whom the certificate names.
    pub subject: Subject,
    /// What it is for.
    pub purpose: Purpose,
    /// The certificate that this one takes the place of.
    pub replaces: Option<Serial>,
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issuance {
    /// Here it is. Write its serial down before anybody sees it.
    Issued(Box<Certificate>),
    /// Somebody decides about it first. Ask again with [`CertificateAuthority::poll`].
    Pending {
        /// What to ask about.
        id: PendingId,
        /// Seconds to wait before asking.
        retry_after: u32,
    },
}

/// What an authority is asked about later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingId(pub String);

/// Why an authority did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityProblem {
    /// Our own authority does not issue.
    #[error(transparent)]
    Issuing(#[from] IssuingProblem),
    /// The authority outside does not answer, or not in a way that is understood. Trying again later may help.
    #[error("the certificate authority does not answer: {0}")]
    Unavailable(String),
    /// The authority outside says no. Trying again does not help.
    #[error("the certificate authority refuses: {0}")]
    Refused(String),
    /// What came is not what was asked for: another key, another person, not for this, or not of the authority.
    #[error("the certificate that came is not the one that was asked for: {0}")]
    Wrong(&'static str),
    /// The authority cannot be told about a revocation by its protocol.
    #[error(
        "this certificate authority is told about revocations by its own console: revoke the certificate there, too"
    )]
    RevokeThere,
}

/// An authority that makes certificates of people. [`crate::IssuingAuthority`] is what signs for one of our own: whoever owns the record
/// of what was issued and the threads to sign on makes it one. [`crate::est::EstAuthority`] is one outside.
#[async_trait]
pub trait CertificateAuthority: Send + Sync {
    /// Asks for a certificate.
    ///
    /// # Errors
    ///
    /// When it is refused or the authority does not answer.
    async fn issue(
        &self,
        request: &IssueRequest,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Issuance, AuthorityProblem>;

    /// Asks what became of a wish that was pending.
    ///
    /// # Errors
    ///
    /// When it is refused or the authority does not answer.
    async fn poll(
        &self,
        id: &PendingId,
        request: &IssueRequest,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Issuance, AuthorityProblem>;

    /// Tells the authority that a certificate does not count any more. Our own record comes first and decides by itself.
    ///
    /// # Errors
    ///
    /// When the authority does not answer, or cannot be told.
    async fn revoke(
        &self,
        serial: &Serial,
        reason: RevocationReason,
        now: Timestamp,
    ) -> Result<(), AuthorityProblem>;

    /// The issuing authority's certificate, then those above it up to the root.
    fn chain(&self) -> &[Certificate];
}

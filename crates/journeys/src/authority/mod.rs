//! The certificate authority in the service: who issues certificates of smartcards, and what is said to the world about them.
//!
//! The record is `smartcard_certificate`, and nothing else: a certificate is written there before anybody sees it, and is revoked
//! there in the transaction of the act. Lists ([`crate::authority::list`]) and answers ([`crate::authority::status`]) are made from
//! it, on every node.

mod list;
mod published;
mod status;
mod watch;

use std::sync::Arc;

use jiff::Timestamp;
use pki::{
    AuthorityProblem, Certificate, CertificateAuthority, CertificateProblem, InternalAuthority, Issuance,
    IssueRequest, IssuingAuthority, PendingId, SigningKey, TrustedAuthorities,
};
use vault::Random;

pub use published::{Lifetimes, Published};
pub use status::Said;
pub use watch::{look_now, run};

use crate::{Refusal, Service};

/// Who issues certificates of smartcards.
pub struct CardAuthority {
    issuer: Issuer,
    trusted: TrustedAuthorities,
}

enum Issuer {
    /// Ours, and what it says to the world.
    Own(Arc<InternalAuthority>, Box<Published>),
    /// Somebody else's.
    Outside(Arc<dyn CertificateAuthority>),
}

impl std::fmt::Debug for CardAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if matches!(self.issuer, Issuer::Own(..)) { "own" } else { "outside" };
        f.debug_struct("CardAuthority").field("issuer", &kind).finish_non_exhaustive()
    }
}

impl CardAuthority {
    /// An authority of our own; `responder` is the key that answers for it.
    ///
    /// # Errors
    /// Where its root cannot be one.
    pub fn own(
        authority: IssuingAuthority,
        responder: Arc<dyn SigningKey>,
        lifetimes: Lifetimes,
    ) -> Result<Self, CertificateProblem> {
        let trusted = TrustedAuthorities::new([authority.chain()])?;
        let published = Box::new(Published::new(authority.clone(), responder, lifetimes));
        Ok(Self { issuer: Issuer::Own(Arc::new(InternalAuthority::new(authority)), published), trusted })
    }

    /// An authority outside, which answers for its certificates by itself.
    ///
    /// # Errors
    /// Where its root cannot be one.
    pub fn outside(authority: Arc<dyn CertificateAuthority>) -> Result<Self, CertificateProblem> {
        let trusted = TrustedAuthorities::new([authority.chain()])?;
        Ok(Self { issuer: Issuer::Outside(authority), trusted })
    }

    /// The issuing authority's certificate, then those above it up to the root.
    pub fn chain(&self) -> &[Certificate] {
        match &self.issuer {
            Issuer::Own(own, _) => own.chain(),
            Issuer::Outside(outside) => outside.chain(),
        }
    }

    /// Whose certificates sign in.
    pub fn trusted(&self) -> &TrustedAuthorities {
        &self.trusted
    }

    /// What our own authority says to the world; none where the authority is outside.
    pub fn published(&self) -> Option<&Published> {
        match &self.issuer {
            Issuer::Own(_, published) => Some(published),
            Issuer::Outside(_) => None,
        }
    }

    /// Asks for a certificate. Never inside a transaction: an HSM or a network may be asked. The caller writes the certificate down
    /// (`Tx::add_card_certificate`) before anybody sees it.
    ///
    /// # Errors
    /// [`Refusal::Authority`].
    pub async fn issue(
        &self,
        request: IssueRequest,
        now: Timestamp,
        random: &Arc<dyn Random>,
    ) -> Result<Issuance, Refusal> {
        match &self.issuer {
            Issuer::Own(own, _) => {
                let (own, random) = (Arc::clone(own), Arc::clone(random));
                let issued = blocking(move || {
                    let drawn = |bytes: &mut [u8]| random.fill(bytes);
                    let authority = own.authority();
                    authority.issue(&request.proof, &request.subject, request.purpose, now, &drawn)
                })
                .await?;
                issued
                    .map(|certificate| Issuance::Issued(Box::new(certificate)))
                    .map_err(|problem| Refusal::Authority(problem.into()))
            }
            Issuer::Outside(outside) => {
                let random = Arc::clone(random);
                let drawn = move |bytes: &mut [u8]| random.fill(bytes);
                Ok(outside.issue(&request, now, &drawn).await?)
            }
        }
    }

    /// Asks what became of a wish that was pending.
    ///
    /// # Errors
    /// [`Refusal::Authority`].
    pub async fn poll(
        &self,
        id: &PendingId,
        request: IssueRequest,
        now: Timestamp,
        random: &Arc<dyn Random>,
    ) -> Result<Issuance, Refusal> {
        match &self.issuer {
            Issuer::Own(..) => self.issue(request, now, random).await,
            Issuer::Outside(outside) => {
                let random = Arc::clone(random);
                let drawn = move |bytes: &mut [u8]| random.fill(bytes);
                Ok(outside.poll(id, &request, now, &drawn).await?)
            }
        }
    }
}

impl Service {
    /// Who issues certificates of smartcards.
    ///
    /// # Errors
    /// [`Refusal::NoAuthority`] where none is configured.
    pub fn card_authority(&self) -> Result<&CardAuthority, Refusal> {
        self.authority.as_deref().ok_or(Refusal::NoAuthority)
    }
}

impl From<AuthorityProblem> for Refusal {
    fn from(problem: AuthorityProblem) -> Self {
        Self::Authority(problem)
    }
}

/// Signing may wait for a device, and so does not happen among requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Fault("signing was broken off"))
}

/// The reason of RFC 5280 for the name of one of ours; *unspecified* where it is none.
fn reason(name: &str) -> pki::RevocationReason {
    rules::smartcard::RevocationReason::parse(name)
        .ok()
        .and_then(|reason| pki::RevocationReason::from_name(reason.crl_name()))
        .unwrap_or(pki::RevocationReason::Unspecified)
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn every_reason_of_ours_is_one_of_the_standards() {
        for ours in rules::smartcard::RevocationReason::ALL {
            let theirs = reason(ours.as_str());
            assert_eq!((theirs.name(), theirs.code()), (ours.crl_name(), ours.crl_code()), "{ours:?}");
        }
        assert_eq!(reason("no such reason"), pki::RevocationReason::Unspecified);
    }
}

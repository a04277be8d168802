//! Our own authority as whoever issues, with its signatures made where nobody else waits.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use pki::{
    AuthorityProblem, Certificate, CertificateAuthority, Issuance, IssueRequest, IssuingAuthority,
    KeyProblem, PendingId, Random, RevocationReason, Serial,
};

/// Our own authority. It may wait for an HSM, and so signs on a thread of its own.
#[derive(Debug, Clone)]
pub struct OwnAuthority(Arc<IssuingAuthority>);

impl OwnAuthority {
    /// The authority that signs with this.
    pub fn new(authority: IssuingAuthority) -> Self {
        Self(Arc::new(authority))
    }
}

#[async_trait]
impl CertificateAuthority for OwnAuthority {
    async fn issue(
        &self,
        request: &IssueRequest,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Issuance, AuthorityProblem> {
        let (authority, request) = (Arc::clone(&self.0), request.clone());
        let drawn = Drawn::of(random);
        let signed = tokio::task::spawn_blocking(move || {
            authority.issue(&request.proof, &request.subject, request.purpose, now, &drawn)
        });
        let issued =
            signed.await.map_err(|_| AuthorityProblem::Issuing(KeyProblem::Cryptography.into()))??;
        Ok(Issuance::Issued(Box::new(issued)))
    }

    async fn poll(
        &self,
        _: &PendingId,
        request: &IssueRequest,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Issuance, AuthorityProblem> {
        self.issue(request, now, random).await
    }

    async fn revoke(&self, _: &Serial, _: RevocationReason, _: Timestamp) -> Result<(), AuthorityProblem> {
        // The record is the service's own, and was written already.
        Ok(())
    }

    fn chain(&self) -> &[Certificate] {
        self.0.chain()
    }
}

/// Randomness taken along to another thread: more than a certificate needs. Each byte is given out once.
struct Drawn(Mutex<Vec<u8>>);

impl Drawn {
    fn of(random: &dyn Random) -> Self {
        let mut bytes = vec![0; 256];
        random.fill(&mut bytes);
        Self(Mutex::new(bytes))
    }
}

impl Random for Drawn {
    fn fill(&self, bytes: &mut [u8]) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in bytes {
            match left.pop() {
                Some(drawn) => *byte = drawn,
                // A certificate takes 24 bytes; who gets here asks for ten times as much.
                None => std::process::abort(),
            }
        }
    }
}

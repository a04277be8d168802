//! Certificate authorities for tests: one of our own, made once, and one outside that takes its time.

use async_trait::async_trait;
use jiff::Timestamp;
use journeys::authority::OwnAuthority;
use pki::{
    Addresses, AuthorityProblem, Certificate, CertificateAuthority, Issuance, IssueRequest, IssuingAuthority,
    KeyStore as _, KeysInMemory, PendingId, Policy, Random, RevocationReason, Serial, ceremony,
};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use testkit::TurnableClock;
use vault::{Random as _, SystemRandom};

static AUTHORITY: LazyLock<Arc<dyn CertificateAuthority>> = LazyLock::new(|| {
    let random = SystemRandom::new();
    let fill = move |bytes: &mut [u8]| random.fill(bytes);
    let keys = KeysInMemory::default();
    let root = keys.generate("root", pki::Curve::P384, &fill).unwrap();
    let issuing = keys.generate("issuing", pki::Curve::P256, &fill).unwrap();
    let now = TurnableClock::new().now();
    let made = ceremony::demonstrate("Northfield Hospitals", &root, &issuing, now, &fill).unwrap();
    let policy = Policy {
        addresses: Addresses {
            ocsp: "http://pki.northfield.example/ocsp".to_owned(),
            authority: "http://pki.northfield.example/authority.crt".to_owned(),
            list: "http://pki.northfield.example/list.crl".to_owned(),
        },
        policy: None,
        days: 730,
        jitter_days: 30,
    };
    Arc::new(OwnAuthority::new(IssuingAuthority::new(made.chain, issuing, policy).unwrap()))
});

/// The one that every ward's nodes have.
pub fn authority() -> Arc<dyn CertificateAuthority> {
    AUTHORITY.clone()
}

/// An authority outside, at which somebody looks at each request before it is decided.
#[derive(Debug, Default)]
pub struct Outside {
    decides: AtomicBool,
    asked: AtomicUsize,
    made: Mutex<HashMap<Vec<u8>, Certificate>>,
}

impl Outside {
    /// How soon it wants to be asked again, in seconds.
    pub const RETRY_AFTER: u32 = 120;

    /// One for a ward.
    pub fn new() -> &'static Self {
        Box::leak(Box::default())
    }

    /// From now on it decides at once, or does not.
    pub fn decides(&self, at_once: bool) {
        self.decides.store(at_once, Ordering::SeqCst);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl CertificateAuthority for &'static Outside {
    async fn issue(
        &self,
        request: &IssueRequest,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Issuance, AuthorityProblem> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if !self.decides.load(Ordering::SeqCst) {
            let id = PendingId("the same request".to_owned());
            return Ok(Issuance::Pending { id, retry_after: Outside::RETRY_AFTER });
        }
        // Whoever asks again about the same request gets the same certificate.
        if let Some(made) = self.made.lock().unwrap().get(request.proof.der()) {
            return Ok(Issuance::Issued(Box::new(made.clone())));
        }
        let issued = AUTHORITY.issue(request, now, random).await?;
        if let Issuance::Issued(made) = &issued {
            self.made.lock().unwrap().insert(request.proof.der().to_vec(), (**made).clone());
        }
        Ok(issued)
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
        Err(AuthorityProblem::RevokeThere)
    }

    fn chain(&self) -> &[Certificate] {
        AUTHORITY.chain()
    }
}

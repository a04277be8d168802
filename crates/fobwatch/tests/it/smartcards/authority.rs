//! A certificate authority for tests, made once.

use journeys::authority::OwnAuthority;
use pki::{
    Addresses, CertificateAuthority, IssuingAuthority, KeyStore as _, KeysInMemory, Policy, ceremony,
};
use std::sync::{Arc, LazyLock};
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

//! Authorities and the signers below them, made for one test.

use openid4vc::jose::{CertificateChain, Es256Key, TrustAnchors};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

pub struct Authority {
    der: Vec<u8>,
    until: i32,
    issuer: Issuer<'static, KeyPair>,
}

pub struct Certified {
    pub key: Es256Key,
    pub chain: CertificateChain,
}

impl Authority {
    /// One whose certificates hold from 2026 to 2028.
    pub fn new(name: &str) -> Self {
        Self::until(name, 2028)
    }

    /// One for whoever looks at the clock of the machine.
    pub fn lasting(name: &str) -> Self {
        Self::until(name, 4000)
    }

    fn until(name: &str, until: i32) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = params(name, until);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self { until, der: certificate.der().to_vec(), issuer: Issuer::new(params, key) }
    }

    pub fn anchors(&self) -> TrustAnchors {
        TrustAnchors::new([self.der.as_slice()]).unwrap()
    }

    /// A signer for this host.
    pub fn certifies(&self, host: &str) -> Certified {
        let key = KeyPair::generate().unwrap();
        let mut params = params(host, self.until);
        params.subject_alt_names = vec![rcgen::SanType::DnsName(host.try_into().unwrap())];
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified {
            key: Es256Key::from_pkcs8(&key.serialize_der()).unwrap(),
            chain: CertificateChain::from_der(vec![certificate.der().to_vec()]).unwrap(),
        }
    }

    /// An authority that signs with its own certificate.
    pub fn itself(name: &str) -> Certified {
        let key = KeyPair::generate().unwrap();
        let certificate = params(name, 2028).self_signed(&key).unwrap();
        Certified {
            key: Es256Key::from_pkcs8(&key.serialize_der()).unwrap(),
            chain: CertificateChain::from_der(vec![certificate.der().to_vec()]).unwrap(),
        }
    }
}

fn params(name: &str, until: i32) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}

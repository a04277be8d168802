//! What must hold for any bytes from outside. Property tests and fuzz targets call these with everything that comes to mind.
#![expect(clippy::missing_panics_doc, reason = "a broken promise panics")]

use std::sync::{Arc, OnceLock};

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode as _, Encode as _, Sequence};
use jiff::Timestamp;
use spki::AlgorithmIdentifierOwned;

use crate::ceremony::{AuthorityName, new_root};
use crate::ocsp::OcspRequest;
use crate::{
    Certificate, CertificateRequest, Curve, KeyStore as _, KeysInMemory, RevocationList, SigningKey,
    TrustedAuthorities, est,
};

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 5] = [
    ("certificate", certificate),
    ("certificate_request", certificate_request),
    ("ocsp_request", ocsp_request),
    ("est_answer", est_answer),
    ("revocation_list", revocation_list),
];

/// A certificate that somebody shows: it keeps the very bytes that it came from.
pub fn certificate(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::from_der(bytes) {
        assert_eq!(certificate.der(), bytes);
        assert!(!certificate.serial().as_bytes().is_empty());
        let _ = (certificate.user_principal_name(), certificate.security_identifier());
        let _ = (certificate.subject(), certificate.issuer(), certificate.common_name());
        let _ = (certificate.not_before(), certificate.not_after(), certificate.is_authority());
        let _ = certificate.signed(&certificate);
        let again = Certificate::all_from_pem(&certificate.pem());
        assert_eq!(again.as_deref(), Ok(&[certificate][..]));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Certificate::all_from_pem(text);
    }
    if let Some((root, _)) = authority()
        && let Ok(trusted) = TrustedAuthorities::new([std::slice::from_ref(root)])
    {
        assert!(trusted.verify_client(&[bytes], now().unwrap_or_default()).is_err(), "nobody signed this");
    }
}

/// A request for a certificate: when it is taken, its key is one that is issued for.
pub fn certificate_request(bytes: &[u8]) {
    if let Ok(request) = CertificateRequest::verify(bytes) {
        assert!(request.public_key().curve().is_some());
        let _ = request.wished_name();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = CertificateRequest::verify_pem(text);
    }
}

/// A question whether certificates still stand, in a body or an address: it is about some, and not about too many.
pub fn ocsp_request(bytes: &[u8]) {
    let in_address = std::str::from_utf8(bytes).ok().and_then(|text| OcspRequest::from_path(text).ok());
    for request in OcspRequest::from_der(bytes).into_iter().chain(in_address) {
        assert!((1..=OcspRequest::MOST).contains(&request.wanted().len()));
        let again = request.to_der().map(|der| OcspRequest::from_der(&der));
        assert_eq!(again.map(|again| again.map(|one| one.wanted().len())), Ok(Ok(request.wanted().len())));
    }
}

/// What an authority outside sends: certificates, or nothing.
pub fn est_answer(bytes: &[u8]) {
    assert!(est::certificates_only(bytes).is_none_or(|all| !all.is_empty()));
}

/// A list of revoked certificates: nobody's signature holds by accident, and what the authority signed is read or not.
pub fn revocation_list(bytes: &[u8]) {
    let Some((authority, key)) = authority() else { return };
    assert!(RevocationList::read(bytes, authority).is_err(), "nobody signed this");
    let signed = AnyRef::from_der(bytes).ok().and_then(|body| {
        let signature = key.sign(bytes).ok()?;
        let algorithm = key.curve().signature_algorithm();
        Signed { body, algorithm, signature: BitStringRef::from_bytes(&signature).ok()? }.to_der().ok()
    });
    if let Some(Ok(serials)) = signed.map(|signed| RevocationList::read(&signed, authority)) {
        assert!(serials.len() <= bytes.len());
    }
}

fn now() -> Option<Timestamp> {
    "2026-11-29T09:30:00Z".parse().ok()
}

/// What a signature stands under in all of X.509.
#[derive(Sequence)]
struct Signed<'a> {
    body: AnyRef<'a>,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitStringRef<'a>,
}

/// An authority that signs whatever it is given, so that what is behind the signature is looked at, too.
fn authority() -> Option<&'static (Certificate, Arc<dyn SigningKey>)> {
    static AUTHORITY: OnceLock<Option<(Certificate, Arc<dyn SigningKey>)>> = OnceLock::new();
    let made = || {
        let random = |bytes: &mut [u8]| bytes.iter_mut().zip(1..).for_each(|(byte, number)| *byte = number);
        let key = KeysInMemory::default().generate("root", Curve::P256, &random).ok()?;
        let [country, organisation, common_name] = ["GB", "Northfield Hospitals", "Root"].map(str::to_owned);
        let name = AuthorityName { country, organisation, common_name };
        let root = new_root(&name, &*key, now()?, 100, &random).ok()?;
        Some((root, key))
    };
    AUTHORITY.get_or_init(made).as_ref()
}

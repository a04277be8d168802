//! What must hold for any bytes from outside. Property tests and fuzz targets call these with everything that comes to mind.
#![expect(clippy::missing_panics_doc, reason = "a broken promise panics")]

use crate::ocsp::OcspRequest;
use crate::{Certificate, CertificateRequest, est};

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

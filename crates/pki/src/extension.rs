//! Extensions of certificates and lists.

use const_oid::AssociatedOid;
use const_oid::db::rfc5280::{ID_AD_CA_ISSUERS, ID_AD_OCSP};
use der::Encode;
use der::asn1::{Ia5String, ObjectIdentifier, OctetString};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, CrlDistributionPoints,
    SubjectKeyIdentifier,
};

use crate::PublicKey;

/// What an extension says, whether or not it must be understood.
pub(crate) fn of<T: Encode + AssociatedOid>(value: &T, critical: bool) -> Result<Extension, der::Error> {
    raw(T::OID, critical, value.to_der()?)
}

pub(crate) fn raw(oid: ObjectIdentifier, critical: bool, value: Vec<u8>) -> Result<Extension, der::Error> {
    Ok(Extension { extn_id: oid, critical, extn_value: OctetString::new(value)? })
}

pub(crate) fn subject_key(key: &PublicKey) -> Result<Extension, der::Error> {
    of(&SubjectKeyIdentifier(OctetString::new(key.identifier())?), false)
}

/// Which key signed: by the identifier that stands in the authority's certificate.
pub(crate) fn authority_key(identifier: &[u8]) -> Result<Extension, der::Error> {
    let key =
        AuthorityKeyIdentifier { key_identifier: Some(OctetString::new(identifier)?), ..Default::default() };
    of(&key, false)
}

/// Where the authority's certificate lies, and who is asked whether it still stands.
pub(crate) fn authority_access(
    ocsp: Option<&str>,
    certificate: Option<&str>,
) -> Result<Option<Extension>, der::Error> {
    let mut ways = Vec::new();
    for (access_method, address) in [(ID_AD_OCSP, ocsp), (ID_AD_CA_ISSUERS, certificate)] {
        if let Some(address) = address {
            ways.push(AccessDescription { access_method, access_location: address_name(address)? });
        }
    }
    if ways.is_empty() {
        return Ok(None);
    }
    of(&AuthorityInfoAccessSyntax(ways), false).map(Some)
}

/// Where the list of revoked certificates lies.
pub(crate) fn list_address(address: &str) -> Result<Extension, der::Error> {
    let name = DistributionPointName::FullName(vec![address_name(address)?]);
    let point = DistributionPoint { distribution_point: Some(name), reasons: None, crl_issuer: None };
    of(&CrlDistributionPoints(vec![point]), false)
}

fn address_name(address: &str) -> Result<GeneralName, der::Error> {
    Ia5String::new(address).map(GeneralName::UniformResourceIdentifier)
}

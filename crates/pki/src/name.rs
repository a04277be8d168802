//! Whom a certificate names.

use const_oid::db::rfc4519::{CN, COUNTRY_NAME, O, SERIAL_NUMBER};
use der::asn1::{Ia5String, ObjectIdentifier, OctetString, PrintableString, SetOfVec, Utf8StringRef};
use der::{Any, Encode, Tag, Tagged};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::{GeneralName, OtherName};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

use crate::extension;

/// A user principal name in a subject's alternative names (Microsoft, `szOID_NT_PRINCIPAL_NAME`).
pub(crate) const UPN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3");
/// The extension that binds a certificate to an account of a domain (Microsoft, `szOID_NTDS_CA_SECURITY_EXT`).
pub(crate) const SID_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.25.2");
/// The security identifier in it (`szOID_NTDS_OBJECTSID`).
pub(crate) const SID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.25.2.1");

/// The person that a certificate is made for, from the record and never from a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The name that people read: "Amina Khan". At most 64 characters count (RFC 5280, appendix A.1).
    pub common_name: String,
    /// What tells people of one name apart and stays with a person for good: the account's number. At most 64 characters of the
    /// set of `PrintableString` (letters, digits, `'()+,-./:=?` and space).
    pub number: String,
    /// The employer.
    pub organisation: String,
    /// Two letters: "GB".
    pub country: String,
    /// `amina.khan@northfield.example`: who signs in with it. In authentication certificates alone.
    pub user_principal_name: Option<String>,
    /// For signature certificates.
    pub email: Option<String>,
    /// The security identifier of a domain account, `S-1-5-21-…`, where the organisation has one. In authentication certificates
    /// alone.
    pub security_identifier: Option<String>,
}

impl Subject {
    pub(crate) fn name(&self) -> Result<Name, der::Error> {
        let number: String = self.number.chars().take(64).collect();
        distinguished(&[
            (COUNTRY_NAME, printable(&self.country)?),
            (O, utf8(&self.organisation)?),
            (SERIAL_NUMBER, printable(&number)?),
            (CN, utf8(&self.common_name)?),
        ])
    }

    pub(crate) fn principal_names(&self) -> Result<Vec<GeneralName>, der::Error> {
        let Some(upn) = &self.user_principal_name else { return Ok(Vec::new()) };
        let value = Any::encode_from(&Utf8StringRef::new(upn)?)?;
        Ok(vec![GeneralName::OtherName(OtherName { type_id: UPN, value })])
    }

    pub(crate) fn addresses(&self) -> Result<Vec<GeneralName>, der::Error> {
        self.email.iter().map(|email| Ia5String::new(email).map(GeneralName::Rfc822Name)).collect()
    }

    pub(crate) fn security(&self) -> Result<Option<Extension>, der::Error> {
        let Some(sid) = &self.security_identifier else { return Ok(None) };
        let value = Any::encode_from(&OctetString::new(sid.as_bytes())?)?;
        let names = SubjectAltName(vec![GeneralName::OtherName(OtherName { type_id: SID, value })]);
        extension::raw(SID_EXTENSION, false, names.to_der()?).map(Some)
    }
}

/// The name of an authority: country, organisation, common name.
pub(crate) fn authority(country: &str, organisation: &str, common_name: &str) -> Result<Name, der::Error> {
    distinguished(&[(COUNTRY_NAME, printable(country)?), (O, utf8(organisation)?), (CN, utf8(common_name)?)])
}

/// The common name in a distinguished name, when there is one that can be read.
pub(crate) fn common_name(name: &Name) -> Option<String> {
    text(name, CN)
}

/// The first attribute of a kind, as text.
pub(crate) fn text(name: &Name, kind: ObjectIdentifier) -> Option<String> {
    let parts = name.0.iter().flat_map(|part| part.0.iter());
    parts.filter(|part| part.oid == kind).find_map(|part| match part.value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            String::from_utf8(part.value.value().to_vec()).ok()
        }
        _ => None,
    })
}

fn distinguished(parts: &[(ObjectIdentifier, Any)]) -> Result<Name, der::Error> {
    let part = |(oid, value): &(ObjectIdentifier, Any)| {
        let one = AttributeTypeAndValue { oid: *oid, value: value.clone() };
        SetOfVec::try_from(vec![one]).map(RelativeDistinguishedName)
    };
    parts.iter().map(part).collect::<Result<_, _>>().map(RdnSequence)
}

fn utf8(text: &str) -> Result<Any, der::Error> {
    let short: String = text.chars().take(64).collect();
    Any::encode_from(&Utf8StringRef::new(&short)?)
}

fn printable(text: &str) -> Result<Any, der::Error> {
    Any::encode_from(&PrintableString::new(text)?)
}

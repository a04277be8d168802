//! A certificate, read.

use aws_lc_rs::digest::{SHA256, digest};
use const_oid::AssociatedOid;
use der::asn1::{BitString, ObjectIdentifier, OctetString, Utf8StringRef};
use der::pem::LineEnding;
use der::{Decode, Encode, Tag};
use jiff::Timestamp;
use x509_cert::ext::pkix::name::{GeneralName, GeneralNames};
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::{Certificate as Parsed, TbsCertificate, Version};

use crate::{PublicKey, Serial, SigningKey, hex, issuing::IssuingProblem, name, raw, time};

/// A certificate (RFC 5280), with the bytes that it came from.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: Parsed,
    serial: Serial,
}

/// Why bytes are no certificate that can be used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// They cannot be read.
    #[error("this is no certificate")]
    Format,
    /// Larger than [`Certificate::MOST_BYTES`].
    #[error("the certificate is too large")]
    TooLarge,
    /// The serial number is zero, negative or too long.
    #[error("the certificate has no proper serial number")]
    Serial,
}

impl Certificate {
    /// A certificate from outside may have so many bytes at most.
    pub const MOST_BYTES: usize = 16 * 1024;

    /// Reads a certificate, DER.
    ///
    /// # Errors
    ///
    /// When it is none. Nothing is verified.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateProblem> {
        if bytes.len() > Self::MOST_BYTES {
            return Err(CertificateProblem::TooLarge);
        }
        let parsed = Parsed::from_der(bytes).map_err(|_| CertificateProblem::Format)?;
        Self::new(bytes.to_vec(), parsed)
    }

    /// Reads the certificates in a PEM file, in their order. Text around them is skipped.
    ///
    /// # Errors
    ///
    /// When one of them is none, or there is none at all.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, CertificateProblem> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let mut rest = text;
        let mut found = Vec::new();
        while let Some((_, after)) = rest.split_once(BEGIN) {
            let (body, left) = after.split_once(END).ok_or(CertificateProblem::Format)?;
            let whole = format!("{BEGIN}{body}{END}\n");
            let (_, der) = der::pem::decode_vec(whole.as_bytes()).map_err(|_| CertificateProblem::Format)?;
            found.push(Self::from_der(&der)?);
            rest = left;
        }
        if found.is_empty() { Err(CertificateProblem::Format) } else { Ok(found) }
    }

    fn new(der: Vec<u8>, parsed: Parsed) -> Result<Self, CertificateProblem> {
        let serial = Serial::of(&parsed.tbs_certificate.serial_number).ok_or(CertificateProblem::Serial)?;
        Ok(Self { der, parsed, serial })
    }

    /// Signs what a certificate says.
    pub(crate) fn seal(mut body: TbsCertificate, key: &dyn SigningKey) -> Result<Self, IssuingProblem> {
        let algorithm = key.curve().signature_algorithm();
        body.version = Version::V3;
        body.signature = algorithm.clone();
        let signed = body.to_der()?;
        let signature = BitString::from_bytes(&key.sign(&signed)?)?;
        // What was signed stands in it as it was signed, and is not written a second time.
        let der = raw::element(Tag::Sequence, &[&signed, &algorithm.to_der()?, &signature.to_der()?])?;
        let parsed = Parsed { tbs_certificate: body, signature_algorithm: algorithm, signature };
        Self::new(der, parsed).map_err(|_| IssuingProblem::Encoding(der::ErrorKind::Failed.into()))
    }

    /// The bytes, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate as PEM.
    pub fn pem(&self) -> String {
        der::pem::encode_string("CERTIFICATE", LineEnding::LF, &self.der).unwrap_or_default()
    }

    /// Its number.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// From when it holds, UTC.
    pub fn not_before(&self) -> Timestamp {
        time::timestamp(self.body().validity.not_before)
    }

    /// The last second in which it holds, UTC.
    pub fn not_after(&self) -> Timestamp {
        time::timestamp(self.body().validity.not_after)
    }

    /// Whether its time has come and is not over.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.not_before() <= now && now <= self.not_after()
    }

    /// Whom it names, as RFC 4514 writes it: `CN=Amina Khan,…`. For people to read.
    pub fn subject(&self) -> String {
        self.body().subject.to_string()
    }

    /// The name that people read, when there is one.
    pub fn common_name(&self) -> Option<String> {
        name::common_name(&self.body().subject)
    }

    /// The number of the person: [`crate::Subject::number`].
    pub fn subject_number(&self) -> Option<String> {
        name::text(&self.body().subject, const_oid::db::rfc4519::SERIAL_NUMBER)
    }

    /// Who issued it, as RFC 4514 writes it.
    pub fn issuer(&self) -> String {
        self.body().issuer.to_string()
    }

    /// The key that it speaks of.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_info(self.body().subject_public_key_info.clone())
    }

    /// SHA-256 over its bytes, as pairs of digits with colons: what is read aloud at a ceremony and written down.
    pub fn fingerprint(&self) -> String {
        hex::pairs(digest(&SHA256, &self.der).as_ref())
    }

    /// Who signs in with it: the user principal name in its alternative names. `None` where there is none or more than one.
    pub fn user_principal_name(&self) -> Option<String> {
        let mut found = self.alternative_names().into_iter().filter_map(|name| match name {
            GeneralName::OtherName(other) if other.type_id == name::UPN => {
                other.value.decode_as::<Utf8StringRef<'_>>().ok().map(|text| text.as_str().to_owned())
            }
            _ => None,
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The security identifier of its person's domain account.
    pub fn security_identifier(&self) -> Option<String> {
        let names = GeneralNames::from_der(self.extension_bytes(name::SID_EXTENSION)?).ok()?;
        names.into_iter().find_map(|name| match name {
            GeneralName::OtherName(other) if other.type_id == name::SID => {
                let text: OctetString = other.value.decode_as().ok()?;
                String::from_utf8(text.into_bytes()).ok()
            }
            _ => None,
        })
    }

    /// Whether it may issue others.
    pub fn is_authority(&self) -> bool {
        self.read::<BasicConstraints>().is_some_and(|basic| basic.ca)
            && self.key_usage().is_some_and(|usage| usage.key_cert_sign())
    }

    /// Whether this certificate's key signed that one, whose issuer is this one's subject. Nothing else is looked at.
    pub fn signed(&self, other: &Self) -> bool {
        let (body, signature) = (other.body(), other.parsed.signature.as_bytes());
        // What is said inside and outside of the signature is the same, or somebody changed it.
        body.issuer == self.body().subject
            && body.signature == other.parsed.signature_algorithm
            && raw::first_element(&other.der).zip(signature).is_some_and(|(signed, signature)| {
                self.public_key().verify(&other.parsed.signature_algorithm, signed, signature).is_ok()
            })
    }

    pub(crate) fn body(&self) -> &TbsCertificate {
        &self.parsed.tbs_certificate
    }

    pub(crate) fn key_usage(&self) -> Option<KeyUsage> {
        self.read()
    }

    pub(crate) fn is_for(&self, usage: ObjectIdentifier) -> bool {
        self.read::<ExtendedKeyUsage>().is_some_and(|usages| usages.0.contains(&usage))
    }

    /// What names its key: as its own extension says, or else as we would say it.
    pub(crate) fn key_identifier(&self) -> Vec<u8> {
        self.read::<SubjectKeyIdentifier>()
            .map_or_else(|| self.public_key().identifier(), |identifier| identifier.0.into_bytes())
    }

    fn alternative_names(&self) -> GeneralNames {
        self.read::<SubjectAltName>().map(|names| names.0).unwrap_or_default()
    }

    /// An extension that is there once and can be read.
    fn read<'a, T: Decode<'a> + AssociatedOid>(&'a self) -> Option<T> {
        T::from_der(self.extension_bytes(T::OID)?).ok()
    }

    fn extension_bytes(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let mut all = self.body().extensions.iter().flatten().filter(|extension| extension.extn_id == oid);
        let first = all.next()?;
        all.next().is_none().then(|| first.extn_value.as_bytes())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

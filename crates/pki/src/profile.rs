//! What a certificate of a person may be used for, and what stands in it.

use const_oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION};
use der::asn1::ObjectIdentifier;
use jiff::{SignedDuration, Timestamp};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::{CertificatePolicies, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName};

use crate::{Random, Subject, extension, random};

/// Signs in to Windows with a smartcard (Microsoft, `szOID_KP_SMARTCARD_LOGON`).
pub(crate) const SMARTCARD_LOGON: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.2");
/// Signs documents (RFC 9336).
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

/// A clock that is a little behind shall not refuse a certificate that was made a moment ago.
pub(crate) const BACKDATED: SignedDuration = SignedDuration::from_mins(5);

/// Which of a card's two certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Signs in: TLS clients, smartcard sign-in. Slot 9A.
    Authentication,
    /// Signs documents and messages, and cannot be denied. Slot 9C.
    Signature,
}

/// Where others fetch what they need to trust certificates. All are plain `http` by custom: what is fetched is signed, and a
/// client that must check a certificate to fetch what it needs for checking never ends (RFC 5280, section 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The OCSP responder.
    pub ocsp: String,
    /// The issuing authority's certificate, DER.
    pub authority: String,
    /// The list of revoked certificates, DER.
    pub list: String,
}

/// What an issuing authority puts into certificates of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Where others fetch things.
    pub addresses: Addresses,
    /// Under which policy certificates are issued, where there is a written one.
    pub policy: Option<ObjectIdentifier>,
    /// How long certificates live at most, in days.
    pub days: u16,
    /// By how many of these days a certificate may end earlier, so that a hospital's cards that were renewed on one day are not all
    /// renewed on one day again. Each number up to this is equally likely.
    pub jitter_days: u16,
}

impl Policy {
    /// The policy's object identifier from its text, `2.16.840.…`.
    pub fn policy_from(text: &str) -> Option<ObjectIdentifier> {
        ObjectIdentifier::new(text).ok()
    }

    /// The last second of a certificate that is made now, at most the authority's own.
    pub(crate) fn ends(&self, now: Timestamp, authority_ends: Timestamp, random: &dyn Random) -> Timestamp {
        let jitter = random::up_to(self.jitter_days.min(self.days.saturating_sub(1)), random);
        let days = i64::from(self.days.max(1) - jitter);
        now.checked_add(SignedDuration::from_hours(24 * days))
            .map_or(authority_ends, |end| end.min(authority_ends))
    }

    /// The extensions that tell what a certificate of a person is for, and whose it is. Those about keys, and those that are the
    /// same in all of them, are added by the authority.
    pub(crate) fn extensions(subject: &Subject, purpose: Purpose) -> Result<Extensions, der::Error> {
        let (usage, extended, names) = match purpose {
            Purpose::Authentication => (
                KeyUsage(KeyUsages::DigitalSignature.into()),
                vec![ID_KP_CLIENT_AUTH, SMARTCARD_LOGON],
                subject.principal_names()?,
            ),
            Purpose::Signature => (
                KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
                vec![ID_KP_EMAIL_PROTECTION, DOCUMENT_SIGNING],
                subject.addresses()?,
            ),
        };
        let mut all = vec![extension::of(&usage, true)?, extension::of(&ExtendedKeyUsage(extended), false)?];
        if !names.is_empty() {
            all.push(extension::of(&SubjectAltName(names), false)?);
        }
        if purpose == Purpose::Authentication {
            all.extend(subject.security()?);
        }
        Ok(all)
    }

    /// The extensions that are the same in every certificate of a person.
    pub(crate) fn shared_extensions(&self) -> Result<Extensions, der::Error> {
        let mut all = Vec::with_capacity(3);
        if let Some(policy) = self.policy {
            let information = PolicyInformation { policy_identifier: policy, policy_qualifiers: None };
            all.push(extension::of(&CertificatePolicies(vec![information]), false)?);
        }
        all.push(extension::list_address(&self.addresses.list)?);
        all.extend(extension::authority_access(Some(&self.addresses.ocsp), Some(&self.addresses.authority))?);
        Ok(all)
    }
}

//! Which certificates don't count any more, and the list that says so (RFC 5280, section 5).

use der::asn1::{BitString, Uint};
use der::pem::LineEnding;
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::Version;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::pkix::{CrlNumber, CrlReason};

use crate::{Certificate, IssuingAuthority, IssuingProblem, Serial, SigningKey, extension, raw, time};

/// Why a certificate was revoked (RFC 5280, section 5.3.1); those that a card's certificate can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// None of the others.
    Unspecified,
    /// Somebody else may have the key: the card was lost or stolen.
    KeyCompromise,
    /// The person's name or employer changed, or they left.
    AffiliationChanged,
    /// A newer one took its place.
    Superseded,
    /// The card is not used any more.
    CessationOfOperation,
    /// The person may not use it any more.
    PrivilegeWithdrawn,
}

impl RevocationReason {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
    ];

    /// Its number in lists and answers.
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::PrivilegeWithdrawn => 9,
        }
    }

    /// Its name in RFC 5280: `keyCompromise`. What a database keeps.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
        }
    }

    /// The reason of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// What stands in lists and answers. *Unspecified* does not: it should be left out (section 5.3.1).
    pub(crate) fn written(self) -> Option<CrlReason> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(CrlReason::KeyCompromise),
            Self::AffiliationChanged => Some(CrlReason::AffiliationChanged),
            Self::Superseded => Some(CrlReason::Superseded),
            Self::CessationOfOperation => Some(CrlReason::CessationOfOperation),
            Self::PrivilegeWithdrawn => Some(CrlReason::PrivilegeWithdrawn),
        }
    }
}

/// A certificate that was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Which.
    pub serial: Serial,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// A list of revoked certificates, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    der: Vec<u8>,
    number: u64,
    this_update: Timestamp,
    next_update: Timestamp,
}

impl RevocationList {
    /// The bytes, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The list as PEM.
    pub fn pem(&self) -> String {
        der::pem::encode_string("X509 CRL", LineEnding::LF, &self.der).unwrap_or_default()
    }

    /// Its number; each list has a higher one than all before.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// By when there will be a newer one. Whoever checks certificates by this list refuses all of them after this time.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// The serials on a list, DER, that this authority signed.
    ///
    /// # Errors
    ///
    /// When it is no list or not the authority's.
    pub fn read(der: &[u8], authority: &Certificate) -> Result<Vec<Serial>, der::Error> {
        let list = CertificateList::from_der(der)?;
        let body = raw::first_element(der).ok_or(der::ErrorKind::Failed)?;
        authority
            .public_key()
            .verify(&list.signature_algorithm, body, list.signature.raw_bytes())
            .map_err(|_| der::ErrorKind::Failed)?;
        let revoked = list.tbs_cert_list.revoked_certificates.unwrap_or_default();
        Ok(revoked.iter().filter_map(|one| Serial::of(&one.serial_number)).collect())
    }
}

impl IssuingAuthority {
    /// Signs the list of everything that was revoked and has not expired. `number` is higher than that of every list before.
    ///
    /// # Errors
    ///
    /// When the key does not sign.
    pub fn revocation_list(
        &self,
        revoked: &[Revoked],
        number: u64,
        this_update: Timestamp,
        next_update: Timestamp,
    ) -> Result<RevocationList, IssuingProblem> {
        sign_list(self.certificate(), self.key(), revoked, number, this_update, next_update)
    }
}

/// Signs a list with any authority's key; the root does it for issuing authorities.
///
/// # Errors
///
/// When the key does not sign.
pub fn sign_list(
    authority: &Certificate,
    key: &dyn SigningKey,
    revoked: &[Revoked],
    number: u64,
    this_update: Timestamp,
    next_update: Timestamp,
) -> Result<RevocationList, IssuingProblem> {
    let entries: Vec<RevokedCert> = revoked.iter().map(entry).collect::<Result<_, _>>()?;
    let algorithm = key.curve().signature_algorithm();
    let body = TbsCertList {
        version: Version::V2,
        signature: algorithm.clone(),
        issuer: authority.body().subject.clone(),
        this_update: time::time(this_update)?,
        next_update: Some(time::time(next_update)?),
        revoked_certificates: (!entries.is_empty()).then_some(entries),
        crl_extensions: Some(vec![
            extension::authority_key(&authority.key_identifier())?,
            extension::of(&CrlNumber(Uint::new(&number.to_be_bytes())?), false)?,
        ]),
    };
    let signature = BitString::from_bytes(&key.sign(&body.to_der()?)?)?;
    let list = CertificateList { tbs_cert_list: body, signature_algorithm: algorithm, signature };
    Ok(RevocationList { der: list.to_der()?, number, this_update, next_update })
}

fn entry(revoked: &Revoked) -> Result<RevokedCert, der::Error> {
    let reason = revoked.reason.written().map(|reason| extension::of(&reason, false)).transpose()?;
    Ok(RevokedCert {
        serial_number: revoked.serial.number()?,
        revocation_date: time::time(revoked.at)?,
        crl_entry_extensions: reason.map(|reason| vec![reason]),
    })
}

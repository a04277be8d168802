//! A certificate for a key that the card has made and shown to hold.

use super::facts::{Certificate, Which};
use super::order::{purpose, request};
use super::work::Work;
use crate::{Refusal, Service};
use card_jobs::Hex;
use jiff::Timestamp;
use pki::{Issuance, IssueRequest, Serial};
use store::smartcard_certificate::CertificateSlot;
use uuid::Uuid;

/// A certificate that was made and is not written down yet.
pub(super) struct Issued {
    pub id: Uuid,
    pub slot: CertificateSlot,
    pub serial: Vec<u8>,
    pub der: Vec<u8>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

/// Why there is none.
pub(super) enum NotIssued {
    /// The authority does not issue just now.
    Authority,
    /// The card's signature does not fit any more what the record says: another key is made.
    Key,
}

pub(super) fn slot_of(which: Which) -> CertificateSlot {
    match which {
        Which::Signature => CertificateSlot::Signature,
        Which::Authentication => CertificateSlot::Authentication,
    }
}

/// Asks the authority, and takes the certificate into the facts.
pub(super) async fn issue(
    service: &Service,
    work: &mut Work,
    which: Which,
    now: Timestamp,
) -> Result<Result<Issued, NotIssued>, Refusal> {
    let Some(authority) = &service.authority else { return Ok(Err(NotIssued::Authority)) };
    let pair = work.facts.pair(which);
    let (Some(subject), Some(key), Some(signature)) = (work.subject(), &pair.key, &pair.request_signature)
    else {
        return Ok(Err(NotIssued::Key));
    };
    let Ok(proof) = request(&subject, which, key)?.finish(signature.bytes()) else {
        return Ok(Err(NotIssued::Key));
    };
    let replaces = match &work.card {
        Some(card) => service.store.current_certificates(card.id).await?,
        None => Vec::new(),
    };
    let replaces = replaces.iter().find(|certificate| certificate.slot == slot_of(which));
    let wish = IssueRequest {
        proof,
        subject,
        purpose: purpose(which),
        replaces: replaces.and_then(|certificate| Serial::from_bytes(&certificate.serial)),
    };
    let random = service.random.clone();
    let fill = move |bytes: &mut [u8]| random.fill(bytes);
    let certificate = match authority.issue(&wish, now, &fill).await {
        Ok(Issuance::Issued(certificate)) => certificate,
        Ok(Issuance::Pending { .. }) => return Ok(Err(NotIssued::Authority)),
        Err(problem) => {
            tracing::error!(alarm = true, %problem, job = %work.job.id, "no certificate is issued");
            return Ok(Err(NotIssued::Authority));
        }
    };
    let issued = Issued {
        id: vault::new_id(now, service.random.as_ref()),
        slot: slot_of(which),
        serial: certificate.serial().as_bytes().to_vec(),
        der: certificate.der().to_vec(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
    };
    work.facts.pair_mut(which).certificate =
        Some(Certificate { id: issued.id, der: Hex(issued.der.clone()) });
    Ok(Ok(issued))
}

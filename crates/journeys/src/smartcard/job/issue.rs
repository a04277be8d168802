//! A certificate for a key that the card has made and shown to hold.

use super::facts::{Certificate, Waits, Which};
use super::order::{purpose, request};
use super::work::Work;
use crate::authority::issuer_of;
use crate::{Refusal, Service};
use card_jobs::Hex;
use jiff::Timestamp;
use pki::{Issuance, IssueRequest, PendingId, Serial};
use store::smartcard_certificate::CertificateSlot;
use uuid::Uuid;

/// A certificate that was made and is not written down yet.
pub(super) struct Issued {
    pub id: Uuid,
    /// Who issued it, as the record knows authorities.
    pub issuer: [u8; 32],
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
    /// It takes its time to decide.
    Waits,
    /// The card's signature does not fit any more what the record says: another key is made.
    Key,
}

pub(super) fn slot_of(which: Which) -> CertificateSlot {
    match which {
        Which::Signature => CertificateSlot::Signature,
        Which::Authentication => CertificateSlot::Authentication,
    }
}

/// Asks the authority, and takes the certificate into the facts. Answers it where it is not written down yet.
pub(super) async fn issue(
    service: &Service,
    work: &mut Work,
    which: Which,
    now: Timestamp,
) -> Result<Result<Option<Issued>, NotIssued>, Refusal> {
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
    let asked = match work.facts.pair(which).waits.clone() {
        None => authority.issue(&wish, now, &fill).await,
        Some(waits) => authority.poll(&PendingId(waits.about), &wish, now, &fill).await,
    };
    let certificate = match asked {
        Ok(Issuance::Issued(certificate)) => certificate,
        Ok(Issuance::Pending { id, retry_after }) => {
            let again = now.as_second().saturating_add(i64::from(retry_after));
            work.facts.pair_mut(which).waits = Some(Waits { about: id.0, again });
            return Ok(Err(NotIssued::Waits));
        }
        Err(problem) => {
            tracing::error!(alarm = true, %problem, job = %work.job.id, "no certificate is issued");
            return Ok(Err(NotIssued::Authority));
        }
    };
    // An authority outside that was asked before a crash may have answered what is written down already.
    let known = service.store.certificate_by_serial(certificate.serial().as_bytes()).await?;
    if known.as_ref().is_some_and(|known| known.job_id != work.job.id || known.der != certificate.der()) {
        tracing::error!(alarm = true, job = %work.job.id, "the authority has used a serial number twice");
        return Ok(Err(NotIssued::Authority));
    }
    let issued = Issued {
        id: vault::new_id(now, service.random.as_ref()),
        issuer: authority.chain().first().map(issuer_of).unwrap_or_default(),
        slot: slot_of(which),
        serial: certificate.serial().as_bytes().to_vec(),
        der: certificate.der().to_vec(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
    };
    let id = known.as_ref().map_or(issued.id, |known| known.id);
    let pair = work.facts.pair_mut(which);
    pair.waits = None;
    pair.certificate = Some(Certificate { id, der: Hex(issued.der.clone()) });
    Ok(Ok(known.is_none().then_some(issued)))
}

//! Revocations that an authority outside does not know of. Its protocol (EST, RFC 7030) has no word for them: somebody tells it by its own
//! console, and notes it here. In our service, what was revoked is refused at once, whether it was told or not.

use crate::authority::issuer_of;
use crate::console::Staff;
use crate::smartcard::ra::name;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::role::Act;
use store::audit::Event;
use uuid::Uuid;

/// One certificate whose revocation is to be told.
#[derive(Debug, Clone)]
pub struct ToTell {
    /// The certificate.
    pub id: Uuid,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// Whom it names.
    pub name: String,
    /// The card.
    pub card: Uuid,
    /// What is printed on that.
    pub label: String,
    /// The name of the reason.
    pub reason: String,
    /// UTC.
    pub revoked_at: Timestamp,
}

/// What is to be told, the earliest revocation first; at most a hundred. Empty where certificates come from our own authorities.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn to_tell(service: &Service, staff: &Staff) -> Result<Vec<ToTell>, Refusal> {
    staff.demand(Act::RevokeCard)?;
    let ours: Vec<[u8; 32]> = service
        .published
        .iter()
        .flat_map(|published| published.chains())
        .filter_map(|chain| chain.first().map(issuer_of))
        .collect();
    let own = |place: usize| ours.get(place).map_or(&[][..], |one| &one[..]);
    let now = service.clock.now();
    let rows = service.store.revocations_to_tell(staff.organisation(), [own(0), own(1)], now).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let person = service.store.account(row.account_id).await?;
        all.push(ToTell {
            id: row.id,
            serial: card_jobs::Hex(row.serial).digits(),
            name: person.as_ref().map(name).unwrap_or_default(),
            card: row.smartcard_id,
            label: row.label,
            reason: row.reason,
            revoked_at: row.revoked_at,
        });
    }
    Ok(all)
}

/// Somebody has told the authority. A second time changes nothing.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn told(service: &Service, staff: &Staff, certificate: Uuid) -> Result<(), Refusal> {
    staff.demand(Act::RevokeCard)?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let told = tx.revocation_told(certificate, staff.organisation(), staff.id(), now).await?;
    if let Some((account, card, serial)) = told {
        let (serial, by) = (card_jobs::Hex(serial).digits(), staff.id());
        tx.audit(Event::OutsideAuthorityTold { account, card, by, serial }, now);
        tx.commit().await?;
    }
    Ok(())
}

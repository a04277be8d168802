//! The trust puts credentials away that its people see too much of, and takes them out again: those that it provided, and those of others
//! that it had accepted. Nothing ends by that. A credential in the archive counts towards no job role; one that the trust provided is shared
//! no more until it, or its owner, restores it. Whoever provides credentials may archive them, too, since both can undo it; what cannot be
//! undone, revoking, is the managers' alone.

use super::{Staff, passports, shares};
use crate::passport::{notify, title};
use crate::{Refusal, Service, session};
use jiff::Timestamp;
use rules::role::Act;
use store::Tx;
use store::account::Account;
use store::audit::Event;
use store::credential::Credential;
use store::passport_event::{About, NewPassportEvent};
use uuid::Uuid;
use wording::Message;

/// Who has put a credential away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchivedBy {
    /// Its owner.
    Owner,
    /// Nobody: a newer one took its place.
    Newer,
    /// A member of staff of the trust, by name.
    Staff(String),
}

/// Since when a credential lies in the archive, UTC, and who has put it there; none where it does not.
///
/// # Errors
/// Where the database fails.
pub async fn archived(
    service: &Service,
    credential: &Credential,
) -> Result<Option<(Timestamp, ArchivedBy)>, Refusal> {
    let Some(at) = credential.moments.archived_at.filter(|_| credential.moments.is_archived()) else {
        return Ok(None);
    };
    let by = match (credential.archived_by, credential.replaced_by) {
        (Some(id), _) => {
            let staff = service.store.account(id).await?;
            let name = staff.map(|staff| format!("{} {}", staff.first_name, staff.last_name));
            ArchivedBy::Staff(name.unwrap_or_default())
        }
        (None, Some(_)) => ArchivedBy::Newer,
        (None, None) => ArchivedBy::Owner,
    };
    Ok(Some((at, by)))
}

/// *Archive*, for a credential that the trust provided: its owner is told, and can restore it. Pressed twice it counts once. An access key
/// is no matter of the archive: it opens the account, and is revoked where it must not.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where it was not
/// accepted, or is revoked.
pub async fn archive(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    let (account, credential) = keeping(service, staff, id).await?;
    if credential.moments.is_archived() {
        return Ok(());
    }
    if !credential.moments.can_be_archived() {
        return Err(Refusal::field("", "archive-not-now"));
    }
    let (organisation, now) = (&staff.person.organisation, service.clock.now());
    let mut tx = service.store.begin().await?;
    // Of two who press at once, one finds that it is done.
    if tx.archive_for_trust(id, organisation.id, staff.id(), now).await? {
        note(service, &mut tx, staff, (account.id, About::Credential(id)), "archived-by-trust", now).await?;
        let audited = Event::CredentialArchivedByTrust {
            account: account.id,
            credential: id,
            organisation: organisation.id,
            by: staff.id(),
        };
        tx.audit(audited, now);
        let message = Message::PassportArchived {
            service: service.settings.service_name.clone(),
            organisation: organisation.name.clone(),
            credential: title(credential.kind, &credential.variant),
            portal_url: service.address(notify::PORTAL),
            support: service.support(organisation),
        };
        let off = tx.passport_opt_out(account.id).await?;
        notify::tell_owner(service, &mut tx, (&account, organisation), &message, off, now).await?;
    }
    tx.commit().await?;
    service.tell_workers();
    Ok(())
}

/// *Restore*, for a credential that the trust provided, whoever has put it away. Where a newer one took its place, both hold from now on,
/// as when its owner restores it. Pressed twice it counts once.
///
/// # Errors
/// As [`archive`], but for [`Refusal::Fields`].
pub async fn restore(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    let (account, _) = keeping(service, staff, id).await?;
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let mut tx = service.store.begin().await?;
    if tx.restore_for_trust(id, organisation).await? {
        note(service, &mut tx, staff, (account.id, About::Credential(id)), "restored-by-trust", now).await?;
        let audited = Event::CredentialRestoredByTrust {
            account: account.id,
            credential: id,
            organisation,
            by: staff.id(),
        };
        tx.audit(audited, now);
    }
    tx.commit().await?;
    Ok(())
}

/// A credential that the trust provided to somebody else, for a member of staff who may archive it and has just proved who they are.
async fn keeping(service: &Service, staff: &Staff, id: Uuid) -> Result<(Account, Credential), Refusal> {
    staff.demand(Act::ProvideCredentials)?;
    let (account, credential) = passports::theirs(service, staff, id).await?;
    if account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    session::fresh(service, &staff.person)?;
    if !credential.kind.is_reviewed() {
        return Err(Refusal::field("", "archive-not-now"));
    }
    Ok((account, credential))
}

/// *Archive*, for what somebody shared with the trust and it had accepted. It stays the person's, who can share it anew. Pressed twice it
/// counts once. Answers the share.
///
/// # Errors
/// As [`archive`].
pub async fn archive_shared(service: &Service, staff: &Staff, id: Uuid) -> Result<Uuid, Refusal> {
    let (share, shared) = shares::reviewing(service, staff, id).await?;
    if shared.accepted_at.is_none() {
        return Err(Refusal::field("", "archive-not-now"));
    }
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.archive_shared(id, staff.id(), now).await? {
        let whose = (share.account, shares::about(&shared));
        note(service, &mut tx, staff, whose, "share-archived", now).await?;
        let audited = Event::SharedCredentialArchived {
            account: share.account,
            share: share.id,
            shared: id,
            organisation: staff.organisation(),
            by: staff.id(),
        };
        tx.audit(audited, now);
    }
    tx.commit().await?;
    Ok(share.id)
}

/// *Restore*, for what somebody shared with the trust. Pressed twice it counts once. Answers the share.
///
/// # Errors
/// As [`archive`], but for [`Refusal::Fields`].
pub async fn restore_shared(service: &Service, staff: &Staff, id: Uuid) -> Result<Uuid, Refusal> {
    let (share, shared) = shares::reviewing(service, staff, id).await?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.restore_shared(id).await? {
        let whose = (share.account, shares::about(&shared));
        note(service, &mut tx, staff, whose, "share-restored", now).await?;
        let audited = Event::SharedCredentialRestored {
            account: share.account,
            share: share.id,
            shared: id,
            organisation: staff.organisation(),
            by: staff.id(),
        };
        tx.audit(audited, now);
    }
    tx.commit().await?;
    Ok(share.id)
}

async fn note(
    service: &Service,
    tx: &mut Tx,
    staff: &Staff,
    (account, about): (Uuid, About<'_>),
    what: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account,
        what,
        about,
        organisation: Some(staff.organisation()),
        by: Some(staff.id()),
        detail: None,
    };
    Ok(tx.add_passport_event(event, now).await?)
}

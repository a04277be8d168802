//! A trust takes back what was not accepted yet, or revokes what was. The person is told either way.

use crate::passport::{naming, notify};
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::passport::{RevokeReason, WithdrawReason};
use store::Tx;
use store::audit::Event;
use store::credential::Credential;
use store::organisation::Organisation;
use store::passport_client::PassportClient;
use store::passport_event::{About, NewPassportEvent};
use store::passport_opt_out::OptOut;
use uuid::Uuid;
use wording::{Message, SecurityChange};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is done.
    Done,
    /// It is too early or too late for that: what was not accepted is withdrawn, what was is revoked.
    NotNow,
    /// The trust has issued no such credential.
    Unknown,
}

/// On whose behalf a credential ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending<'a> {
    /// The trust that issued it.
    pub organisation: &'a Organisation,
    /// The system that asks, which ends what it provided itself and nothing else.
    pub client: Option<&'a PassportClient>,
    /// The member of staff who asks, in the console. Neither: it is asked at the command line.
    pub by: Option<Uuid>,
}

impl<'a> Ending<'a> {
    fn by_command(organisation: &'a Organisation) -> Self {
        Self { organisation, client: None, by: None }
    }

    fn client_id(self) -> Option<Uuid> {
        self.client.map(|client| client.id)
    }

    /// The credential that ends: what a message and a record tell of it.
    async fn issued(self, tx: &mut Tx, id: Uuid) -> Result<Option<Credential>, Refusal> {
        let credential = tx.credential(id).await?;
        let issued = credential.filter(|credential| credential.organisation_id == self.organisation.id);
        let theirs = match self.client {
            Some(client) => tx.is_credential_of(id, client).await?,
            None => true,
        };
        Ok(issued.filter(|_| theirs))
    }
}

/// Takes back a credential before it was accepted: it can be accepted no longer.
///
/// # Errors
/// Where the database fails.
pub async fn withdraw(
    service: &Service,
    organisation: &Organisation,
    id: Uuid,
    reason: WithdrawReason,
) -> Result<Ended, Refusal> {
    withdrawn(service, Ending::by_command(organisation), id, reason).await
}

/// As [`withdraw`], on somebody's behalf.
pub(crate) async fn withdrawn(
    service: &Service,
    ending: Ending<'_>,
    id: Uuid,
    reason: WithdrawReason,
) -> Result<Ended, Refusal> {
    let (organisation, now) = (ending.organisation, service.clock.now());
    let mut tx = service.store.begin().await?;
    let Some(credential) = ending.issued(&mut tx, id).await? else { return Ok(Ended::Unknown) };
    if !take_back(service, &mut tx, &credential, (ending, reason), now).await? {
        return Ok(Ended::NotNow);
    }
    let message = Message::PassportWithdrawn {
        service: service.settings.service_name.clone(),
        organisation: organisation.name.clone(),
        credential: naming::title(credential.kind, &credential.variant),
        reason: service.word(&format!("withdraw-{}", reason.as_str()), &[]),
        portal_url: service.address(notify::PORTAL),
        support: service.support(organisation),
    };
    let off = tx.passport_opt_out(credential.account_id).await?;
    tell(service, &mut tx, &credential, organisation, &message, off, now).await?;
    tx.commit().await?;
    service.tell_workers();
    Ok(Ended::Done)
}

/// Takes back a credential because another one is provided in the same transaction, whose message tells of it. Where it does not wait
/// any more, that is nothing.
pub(super) async fn updated(
    service: &Service,
    tx: &mut Tx,
    organisation: &Organisation,
    id: Uuid,
    now: Timestamp,
) -> Result<(), Refusal> {
    let ending = Ending::by_command(organisation);
    let Some(credential) = ending.issued(tx, id).await? else { return Ok(()) };
    take_back(service, tx, &credential, (ending, WithdrawReason::Updated), now).await.map(|_| ())
}

/// Takes a credential back, in the history and the audit, too. Answers false where it does not wait any more.
async fn take_back(
    service: &Service,
    tx: &mut Tx,
    credential: &Credential,
    (ending, reason): (Ending<'_>, WithdrawReason),
    now: Timestamp,
) -> Result<bool, Refusal> {
    if !tx.withdraw_credential(credential.id, reason, now).await? {
        return Ok(false);
    }
    note(service, tx, credential, ("withdrawn", reason.as_str(), ending.by), now).await?;
    let audited = Event::CredentialWithdrawn {
        account: credential.account_id,
        credential: credential.id,
        organisation: ending.organisation.id,
        reason: reason.as_str().to_owned(),
        client: ending.client_id(),
        by: ending.by,
    };
    tx.audit(audited, now);
    Ok(true)
}

/// Revokes a credential that was accepted, with its copies in wallets; whoever signed in with one of them is signed out. The person
/// is told whatever they have switched off: it is a matter of their security, too.
///
/// # Errors
/// Where the database fails.
pub async fn revoke(
    service: &Service,
    organisation: &Organisation,
    id: Uuid,
    reason: RevokeReason,
) -> Result<Ended, Refusal> {
    revoked(service, Ending::by_command(organisation), id, reason).await
}

/// As [`revoke`], on somebody's behalf.
pub(crate) async fn revoked(
    service: &Service,
    ending: Ending<'_>,
    id: Uuid,
    reason: RevokeReason,
) -> Result<Ended, Refusal> {
    let (organisation, now) = (ending.organisation, service.clock.now());
    let mut tx = service.store.begin().await?;
    let Some(credential) = ending.issued(&mut tx, id).await? else { return Ok(Ended::Unknown) };
    if !tx.revoke_credential(id, reason, now).await? {
        return Ok(Ended::NotNow);
    }
    let ended = super::revoke_copies(&mut tx, id, now).await?;
    note(service, &mut tx, &credential, ("revoked", reason.as_str(), ending.by), now).await?;
    let audited = Event::CredentialRevoked {
        account: credential.account_id,
        credential: id,
        organisation: organisation.id,
        reason: reason.as_str().to_owned(),
        client: ending.client_id(),
        by: ending.by,
        copies: ended.copies,
        sessions: ended.sessions,
    };
    tx.audit(audited, now);
    let message = Message::PassportRevoked {
        service: service.settings.service_name.clone(),
        organisation: organisation.name.clone(),
        credential: naming::title(credential.kind, &credential.variant),
        reason: service.word(&format!("revoke-{}", reason.as_str()), &[]),
        portal_url: service.address(notify::PORTAL),
        support: service.support(organisation),
    };
    // Nobody writes to somebody who has died.
    if reason != RevokeReason::Deceased {
        if credential.kind.is_access_key() {
            let (account, change) = (credential.account_id, SecurityChange::AccessKeyRevoked);
            notify::tell_of_access_key(service, &mut tx, account, organisation, change, now).await?;
        } else {
            tell(service, &mut tx, &credential, organisation, &message, OptOut::default(), now).await?;
        }
    }
    tx.commit().await?;
    service.tell_workers();
    Ok(Ended::Done)
}

async fn note(
    service: &Service,
    tx: &mut Tx,
    credential: &Credential,
    (what, reason, by): (&str, &str, Option<Uuid>),
    now: Timestamp,
) -> Result<(), Refusal> {
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account: credential.account_id,
        what,
        about: About::Credential(credential.id),
        organisation: Some(credential.organisation_id),
        by,
        detail: Some(reason),
    };
    Ok(tx.add_passport_event(event, now).await?)
}

async fn tell(
    service: &Service,
    tx: &mut Tx,
    credential: &Credential,
    organisation: &Organisation,
    message: &Message,
    off: OptOut,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(account) = tx.account(credential.account_id).await? else { return Ok(()) };
    notify::tell_owner(service, tx, (&account, organisation), message, off, now).await
}

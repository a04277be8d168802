//! *Check identity*: the person types the Account Recovery Passcode, which is compared and shown to nobody, or stands at the counter
//! with documents. It holds for ten minutes, for this person and this member of staff, as at the service desk.

use crate::console::{Staff, by_staff};
use crate::password::canonical;
use crate::smartcard::ra::may;
use crate::{FieldProblem, Refusal, Service, session};
use jiff::Timestamp;
use rules::desk::{CALLER_PROOF, Document, is_checked};
use rules::limits::CARD_HOLDER_TRIES;
use rules::role::Act;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::limits::Allowance;
use store::registration_authority::IdentityCheck;
use store::server_passcode::ServerPasscodeKind;
use uuid::Uuid;
use vault::{Secret, Verdict};
use wording::SecurityChange;

/// How the check stands.
#[derive(Debug, Clone)]
pub struct Checking {
    /// Who stands there.
    pub account: Account,
    /// Whether they have an Account Recovery Passcode.
    pub has_passcode: bool,
    /// Until when this member of staff is sure of them, UTC.
    pub checked_until: Option<Timestamp>,
}

/// Until when this member of staff is sure who somebody is, UTC; none where they are not.
///
/// # Errors
/// Where the database fails.
pub async fn checked_until(
    service: &Service,
    staff: &Staff,
    person: Uuid,
) -> Result<Option<Timestamp>, Refusal> {
    let checked = service.store.identity_checked_at(person, staff.id()).await?;
    Ok(checked
        .filter(|_| is_checked(checked, service.clock.now()))
        .map(|checked| checked.checked_add(CALLER_PROOF).unwrap_or(Timestamp::MAX)))
}

/// The page of the check.
///
/// # Errors
/// Those of [`may`].
pub async fn show(service: &Service, staff: &Staff, person: Uuid) -> Result<Checking, Refusal> {
    let account = may(service, staff, person, Act::CheckIdentity).await?;
    let has_passcode =
        service.store.server_passcode(account.id, ServerPasscodeKind::Recovery).await?.is_some();
    let checked_until = checked_until(service, staff, account.id).await?;
    Ok(Checking { account, has_passcode, checked_until })
}

/// The person typed the Account Recovery Passcode. A try is counted before it is looked at, so that many at once are not free.
///
/// # Errors
/// Those of [`may`], [`Refusal::ProofNeeded`], [`Refusal::Fields`], [`Refusal::Busy`].
pub async fn by_passcode(
    service: &Service,
    staff: &Staff,
    person: Uuid,
    typed: &Secret<String>,
) -> Result<(), Refusal> {
    let account = begin(service, staff, person).await?;
    if typed.expose().is_empty() {
        return Err(Refusal::field("passcode", "identity-passcode-empty"));
    }
    let now = service.clock.now();
    let kept = service.store.server_passcode(account.id, ServerPasscodeKind::Recovery).await?;
    let kept = kept.ok_or_else(|| Refusal::field("passcode", "identity-passcode-none"))?;
    let subject = service.keys.keyed_hash("card-holder-tries", &[account.id.as_bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&CARD_HOLDER_TRIES, &subject, now).await? != Allowance::Granted {
        return Err(Refusal::field("passcode", "identity-passcode-used-up"));
    }
    tx.commit().await?;

    let verdict = service.hasher.verify(&canonical(typed), &kept.hash).await?;

    let mut tx = service.store.begin().await?;
    if !matches!(verdict, Verdict::Right { .. }) {
        tx.audit(Event::CardHolderRefused { account: account.id, by: staff.id() }, now);
        tx.commit().await?;
        return Err(Refusal::field("passcode", "identity-passcode-wrong"));
    }
    tx.give_back(&CARD_HOLDER_TRIES, &subject, now).await?;
    checked(service, tx, staff, &account, ("recovery-passcode", &[])).await
}

/// *Documents seen*: the originals, in one's hand. Which kinds is recorded, never their numbers.
///
/// # Errors
/// Those of [`may`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn by_documents(
    service: &Service,
    staff: &Staff,
    person: Uuid,
    documents: &[Document],
) -> Result<(), Refusal> {
    let account = begin(service, staff, person).await?;
    if documents.is_empty() {
        return Err(Refusal::Fields(vec![FieldProblem::new("documents", "documents-empty")]));
    }
    let tx = service.store.begin().await?;
    checked(service, tx, staff, &account, ("documents", documents)).await
}

async fn begin(service: &Service, staff: &Staff, person: Uuid) -> Result<Account, Refusal> {
    let account = may(service, staff, person, Act::CheckIdentity).await?;
    session::fresh(service, &staff.person)?;
    Ok(account)
}

/// Evidence, audit, recent activity, and word to the person by every channel.
async fn checked(
    service: &Service,
    mut tx: store::Tx,
    staff: &Staff,
    account: &Account,
    (how, documents): (&str, &[Document]),
) -> Result<(), Refusal> {
    let now = service.clock.now();
    let documents: Vec<String> = documents.iter().map(|document| document.as_str().to_owned()).collect();
    let check = IdentityCheck {
        id: vault::new_id(now, service.random.as_ref()),
        account_id: account.id,
        staff_id: staff.id(),
        how: how.to_owned(),
        documents: documents.clone(),
        checked_at: now,
    };
    tx.add_identity_check(&check).await?;
    service.note(&mut tx, account.id, ActivityKind::CardHolderChecked, by_staff(None), now).await?;
    let change = SecurityChange::IdentityChecked;
    service.tell_everywhere(&mut tx, account, &staff.person.organisation, change, &[], now).await?;
    let (account, by, how) = (account.id, staff.id(), how.to_owned());
    tx.audit(Event::CardHolderChecked { account, by, how, documents }, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

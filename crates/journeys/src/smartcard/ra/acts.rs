//! What the Registration Authority does without the card in a reader: unlock, ask for new passcodes, cancel, revoke, clear. Where the
//! organisation wants it, what opens a locked account and what ends the cards of somebody who leaves waits for a second member of
//! staff.

use crate::console::{Staff, reason};
use crate::smartcard::ra::told::{Doing, Told, tell};
use crate::smartcard::ra::{Deed, RaRefusal, Serving, begin, may, requests, rules_of, state};
use crate::{FieldProblem, Refusal, Service, session};
use jiff::Timestamp;
use rules::role::Act;
use rules::smartcard::RevocationReason;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::smartcard::Smartcard;
use uuid::Uuid;
use wording::SecurityChange;

/// What a form holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Why, in their own words.
    pub reason: &'a str,
    /// What has happened, as the name of a [`RevocationReason`]; for what revokes.
    pub why: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is so.
    Done,
    /// It waits for a second member of staff.
    Waits,
}

/// What is done, once it is allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deciding<'a> {
    pub deed: Deed,
    pub cause: Option<RevocationReason>,
    pub reason: &'a str,
}

/// What can be chosen between where certificates are revoked. That another card takes the place of this one is said by *Replace*.
pub const CAUSES: [RevocationReason; 5] = [
    RevocationReason::Lost,
    RevocationReason::Stolen,
    RevocationReason::Damaged,
    RevocationReason::Left,
    RevocationReason::Other,
];

/// Whether the form asks what has happened.
pub fn takes_cause(deed: Deed) -> bool {
    matches!(deed, Deed::Cancel | Deed::Revoke | Deed::Replace)
}

/// Whether a second member of staff must agree.
pub fn needs_second(staff: &Staff, deed: Deed, cause: Option<RevocationReason>) -> bool {
    let leaves = cause == Some(RevocationReason::Left);
    rules_of(staff).ra_second_approver
        && (matches!(deed, Deed::Unlock | Deed::CancelAll)
            || (leaves && matches!(deed, Deed::Cancel | Deed::Revoke)))
}

fn read(deed: Deed, asked: Asked<'_>) -> Result<(rules::desk::Reason, Option<RevocationReason>), Refusal> {
    let mut problems = Vec::new();
    let cause = CAUSES.into_iter().find(|cause| cause.as_str() == asked.why);
    if takes_cause(deed) && cause.is_none() {
        problems.push(FieldProblem::new("why", "ra-why-empty"));
    }
    let reason = reason(asked.reason).map_err(|problem| problems.push(problem));
    match reason {
        Ok(reason) if problems.is_empty() => Ok((reason, cause.filter(|_| takes_cause(deed)))),
        _ => Err(Refusal::Fields(problems)),
    }
}

/// Does it to a card, or asks a second member of staff. For [`Deed::Unlock`], [`Deed::ForcePasscodes`], [`Deed::Cancel`],
/// [`Deed::Revoke`], [`Deed::Replace`] and [`Deed::Clear`].
///
/// # Errors
/// Those of [`ready`](super::ready), [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn act(
    service: &Service,
    staff: &Staff,
    card: Uuid,
    deed: Deed,
    asked: Asked<'_>,
) -> Result<Done, Refusal> {
    let serving = begin(service, staff, card, deed).await?;
    let (reason, cause) = read(deed, asked)?;
    let deciding = Deciding { deed, cause, reason: reason.as_str() };
    if let (true, Some(owner)) = (needs_second(staff, deed, cause), &serving.owner) {
        return requests::ask(service, staff, owner, Some(&serving.card), deciding).await;
    }
    let mut tx = service.store.begin().await?;
    apply(service, &mut tx, staff, &serving, deciding).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(Done::Done)
}

/// *Cancel all cards*: the person leaves.
///
/// # Errors
/// Those of [`may`], [`Refusal::ProofNeeded`], [`Refusal::Fields`], [`RaRefusal::CardNotSo`] where there is no card left.
pub async fn cancel_all(
    service: &Service,
    staff: &Staff,
    person: Uuid,
    typed: &str,
) -> Result<Done, Refusal> {
    let account = may(service, staff, person, Act::CancelCard).await?;
    session::fresh(service, &staff.person)?;
    let (reason, _) = read(Deed::CancelAll, Asked { reason: typed, why: "" })?;
    let deciding =
        Deciding { deed: Deed::CancelAll, cause: Some(RevocationReason::Left), reason: reason.as_str() };
    if !service.store.smartcards_of(account.id).await?.iter().any(|card| card.cancelled_at.is_none()) {
        return Err(RaRefusal::CardNotSo.into());
    }
    if needs_second(staff, Deed::CancelAll, deciding.cause) {
        return requests::ask(service, staff, &account, None, deciding).await;
    }
    let mut tx = service.store.begin().await?;
    all_of(service, &mut tx, staff, &account, deciding).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(Done::Done)
}

/// Every card of a person that is not cancelled.
pub(crate) async fn all_of(
    service: &Service,
    tx: &mut Tx,
    staff: &Staff,
    account: &Account,
    deciding: Deciding<'_>,
) -> Result<(), Refusal> {
    let mut any = false;
    for card in tx.smartcards_of(account.id).await? {
        if card.cancelled_at.is_none() {
            let state = state(service, &card, rules_of(staff));
            let serving = Serving { card, owner: Some(account.clone()), state };
            apply(service, tx, staff, &serving, deciding).await?;
            any = true;
        }
    }
    if any { Ok(()) } else { Err(RaRefusal::CardNotSo.into()) }
}

/// The act itself, with all that it takes along. What the card was when the page was shown is asked of the database once more.
pub(crate) async fn apply(
    service: &Service,
    tx: &mut Tx,
    staff: &Staff,
    serving: &Serving,
    deciding: Deciding<'_>,
) -> Result<(), Refusal> {
    let (card, now, by) = (&serving.card, service.clock.now(), staff.id());
    let Deciding { deed, cause, reason } = deciding;
    let doing = Doing { staff, card, owner: serving.owner.as_ref(), deed, reason, now };
    let today = service.today();
    let so = |done: bool| if done { Ok(()) } else { Err(Refusal::from(RaRefusal::CardNotSo)) };
    let owner = serving.owner.as_ref().map(|owner| owner.id);
    let whose = || owner.ok_or(Refusal::from(RaRefusal::CardNotSo));
    let text = || reason.to_owned();
    let told = match deed {
        Deed::Unlock => {
            so(tx.unlock_smartcard(card.id, today).await?)?;
            Told {
                kind: ActivityKind::SmartcardUnlocked,
                change: SecurityChange::SmartcardUnlocked,
                event: Event::SmartcardUnlockedByStaff {
                    account: whose()?,
                    card: card.id,
                    by,
                    reason: text(),
                },
            }
        }
        Deed::ForcePasscodes => {
            so(tx.force_passcodes(card.id, today).await?)?;
            Told {
                kind: ActivityKind::PasscodesForced,
                change: SecurityChange::PasscodesForced,
                event: Event::PasscodesForced { account: whose()?, card: card.id, by, reason: text() },
            }
        }
        Deed::Cancel | Deed::Replace | Deed::CancelAll => {
            let cause = cause.unwrap_or(RevocationReason::Other);
            so(tx.cancel_smartcard(card.id, cause.as_str(), now).await?)?;
            revoke(tx, card, cause, now).await?;
            Told {
                kind: ActivityKind::SmartcardCancelled,
                change: SecurityChange::SmartcardCancelled,
                event: Event::SmartcardCancelled {
                    account: owner,
                    card: card.id,
                    by,
                    revocation: cause.as_str().to_owned(),
                    reason: text(),
                },
            }
        }
        Deed::Revoke => {
            let cause = cause.unwrap_or(RevocationReason::Other);
            so(revoke(tx, card, cause, now).await?)?;
            Told {
                kind: ActivityKind::CertificatesRevoked,
                change: SecurityChange::SmartcardRevoked,
                event: Event::CertificatesRevokedByStaff {
                    account: whose()?,
                    card: card.id,
                    by,
                    revocation: cause.as_str().to_owned(),
                    reason: text(),
                },
            }
        }
        Deed::Clear => {
            revoke(tx, card, RevocationReason::Replaced, now).await?;
            so(tx.clear_smartcard(card.id, now).await?)?;
            Told {
                kind: ActivityKind::SmartcardCleared,
                change: SecurityChange::SmartcardCleared,
                event: Event::SmartcardCleared { account: whose()?, card: card.id, by, reason: text() },
            }
        }
        Deed::Unblock | Deed::Renew | Deed::Issue | Deed::Wipe => {
            return Err(Refusal::Fault("this takes the card in a reader"));
        }
    };
    tell(service, tx, doing, told).await
}

/// Revokes a card's certificates here and at the certificate authority, and ends the sessions that it opened; where it may be in
/// strange hands its owner is signed out everywhere. Answers whether there were any.
async fn revoke(
    tx: &mut Tx,
    card: &Smartcard,
    cause: RevocationReason,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let revoked = tx.revoke_card_certificates(card.id, cause.as_str(), now).await?;
    tx.end_sessions_of_card(card.id, now).await?;
    if let (true, Some(owner)) = (cause.is_in_strange_hands(), card.account_id) {
        tx.end_sessions(owner, now).await?;
    }
    Ok(!revoked.is_empty())
}

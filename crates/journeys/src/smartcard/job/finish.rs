//! How a job ends: in one transaction with its last order, all that it came to takes effect, or nothing.

use super::claim::CORRUPT;
use super::facts::Which;
use super::request::{Held, HeldPasscode, kind_name};
use super::step::Trouble;
use super::upkeep::give_up;
use super::work::Work;
use crate::visitor::About;
use crate::{Refusal, Service};
use card_jobs::JobKind;
use jiff::Timestamp;
use rules::smartcard::RevocationReason;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::server_passcode::ServerPasscodeKind;
use store::smartcard::Smartcard;
use store::smartcard_certificate::RenewalCount;
use wording::SecurityChange;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// All is done.
    Done,
    /// It goes no further: for now, or for good.
    Stopped(Trouble),
}

/// Why the old pair no longer counts.
const SUPERSEDED: RevocationReason = RevocationReason::Renewed;

/// Ends a run. Answers false where the card is not what it was when the job began: then nothing of the transaction may be kept.
pub(super) async fn finish(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    ending: Ending,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let job = &work.job;
    match ending {
        Ending::Stopped(trouble) if trouble.can_resume() => Ok(true),
        Ending::Stopped(trouble) => give_up(tx, job, &work.facts, trouble, true, now).await,
        Ending::Done => {
            if !done(service, tx, work, now).await? {
                return Ok(false);
            }
            if !tx.end_card_job(job.id, "done", None, true, now).await? {
                return Ok(false);
            }
            let account = job.account_id.unwrap_or(job.started_by);
            let (kind, card) = (job.kind.clone(), work.card.as_ref().map(|card| card.id));
            let verdict = "done".to_owned();
            tx.audit(Event::CardJobEnded { account, card, job: job.id, kind, verdict }, now);
            Ok(true)
        }
    }
}

async fn done(service: &Service, tx: &mut Tx, work: &Work, now: Timestamp) -> Result<bool, Refusal> {
    let Some(card) = &work.card else { return Err(CORRUPT) };
    // As it is now: it may have been cancelled while the agent worked.
    let same = tx.smartcard(card.id).await?.is_some_and(|now| {
        let owner = if work.kind == JobKind::Wipe { card.account_id } else { work.job.account_id };
        now.account_id == owner && (work.kind == JobKind::Wipe || now.cancelled_at.is_none())
    });
    if !same {
        return Ok(false);
    }
    match (work.kind, &work.owner) {
        (JobKind::Read, _) => Ok(true),
        (JobKind::Wipe, _) => wiped(service, tx, work, card, now).await,
        (_, None) => Ok(false),
        (JobKind::SetPasscodes, Some(owner)) => passcodes_set(service, tx, work, card, owner, now).await,
        (JobKind::Unblock, Some(owner)) => unblocked(service, tx, work, card, owner, now).await,
        (JobKind::Renew, Some(owner)) => renewed(service, tx, work, card, owner, now).await,
        (JobKind::Issue, Some(owner)) => issued(service, tx, work, card, owner, now).await,
    }
}

/// The card's own passcode is new: its age begins, it is remembered, and the card has all its tries.
async fn own_passcode_set(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    card: &Smartcard,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let Some(output) = &work.facts.passcode.output else { return Err(CORRUPT) };
    if !tx.card_passcode_set(card.id, service.today()).await? {
        return Ok(false);
    }
    let id = vault::new_id(now, service.random.as_ref());
    tx.remember_card_passcode(id, card.id, output.bytes(), now).await?;
    let tries = rules::smartcard::CardProfile::parse(&card.profile).map(rules::smartcard::CardProfile::tries);
    if let Ok(tries) = tries {
        tx.card_tries_seen(card.id, tries, now).await?;
    }
    Ok(true)
}

async fn passcodes_set(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    card: &Smartcard,
    owner: &Account,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let held: Held = match service.store.card_job_held(&work.job)? {
        Some(held) => serde_json::from_slice(held.expose()).map_err(|_| CORRUPT)?,
        None => Held::default(),
    };
    let (mut kinds, mut blanked) = (Vec::new(), Vec::new());
    if work.plain.new {
        if !own_passcode_set(service, tx, work, card, now).await? {
            return Ok(false);
        }
        kinds.push("smartcard".to_owned());
    }
    for (kind, passcode) in [
        (ServerPasscodeKind::Recovery, &held.recovery),
        (ServerPasscodeKind::Verification, &held.verification),
    ] {
        match passcode {
            HeldPasscode::Keep => {}
            HeldPasscode::Set { hash, replaces } => {
                let id = vault::new_id(now, service.random.as_ref());
                if !tx.set_server_passcode(id, owner.id, kind, hash, *replaces, now).await? {
                    return Ok(false);
                }
                kinds.push(kind.as_str().to_owned());
            }
            HeldPasscode::Blank => {
                if tx.blank_server_passcode(owner.id, kind, now).await? {
                    blanked.push(kind.as_str().to_owned());
                }
            }
        }
    }
    note(service, tx, work, owner, ActivityKind::PasscodesSet, now).await?;
    tx.audit(Event::PasscodesSet { account: owner.id, card: card.id, kinds, blanked }, now);
    tell(service, tx, work, owner, SecurityChange::PasscodesSet, now).await?;
    Ok(true)
}

async fn unblocked(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    card: &Smartcard,
    owner: &Account,
    now: Timestamp,
) -> Result<bool, Refusal> {
    if !own_passcode_set(service, tx, work, card, now).await? {
        return Ok(false);
    }
    note(service, tx, work, owner, ActivityKind::SmartcardUnblocked, now).await?;
    let (account, card, by) = (owner.id, card.id, work.job.started_by);
    tx.audit(
        if work.job.act_id.is_some() {
            let reason = work.plain.reason.clone();
            Event::SmartcardUnblockedByStaff { account, card, by, reason }
        } else {
            Event::SmartcardUnblocked { account, card, how: work.plain.how.clone() }
        },
        now,
    );
    tell(service, tx, work, owner, SecurityChange::SmartcardUnblocked, now).await?;
    Ok(true)
}

/// Both new keys have signed with their certificates written: they are the card's pair from this moment on, and the old one is
/// revoked in it.
async fn new_pair(
    tx: &mut Tx,
    work: &Work,
    card: &Smartcard,
    count: RenewalCount,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let proved = |which: Which| {
        let certificate = work.facts.pair(which).certificate.as_ref();
        certificate.filter(|_| work.facts.seen(which).proved).map(|certificate| certificate.id)
    };
    let [Some(signature), Some(authentication)] = Which::BOTH.map(proved) else { return Err(CORRUPT) };
    let pair = [signature, authentication];
    let ended = tx.certificates_proved(card.id, work.job.id, pair, count, SUPERSEDED.as_str(), now).await?;
    Ok(ended.is_some())
}

async fn renewed(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    card: &Smartcard,
    owner: &Account,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let by_ra = work.plain.by_ra;
    let count = if by_ra { RenewalCount::StartsAgain } else { RenewalCount::OneMore };
    if !new_pair(tx, work, card, count, now).await? {
        return Ok(false);
    }
    note(service, tx, work, owner, ActivityKind::SmartcardRenewed, now).await?;
    let account = owner.id;
    tx.audit(
        if by_ra {
            let (by, reason) = (work.job.started_by, work.plain.reason.clone());
            Event::SmartcardRenewedByStaff { account, card: card.id, by, reason }
        } else {
            Event::SmartcardRenewed { account, card: card.id, used: card.renewals_used.saturating_add(1) }
        },
        now,
    );
    tell(service, tx, work, owner, SecurityChange::SmartcardRenewed, now).await?;
    Ok(true)
}

async fn issued(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    card: &Smartcard,
    owner: &Account,
    now: Timestamp,
) -> Result<bool, Refusal> {
    if !new_pair(tx, work, card, RenewalCount::StartsAgain, now).await? {
        return Ok(false);
    }
    let locked = work.plain.locked;
    if !locked && !own_passcode_set(service, tx, work, card, now).await? {
        return Ok(false);
    }
    if !tx.smartcard_issued(card.id, locked, now).await? {
        return Ok(false);
    }
    note(service, tx, work, owner, ActivityKind::SmartcardIssued, now).await?;
    let (account, by, reason) = (owner.id, work.job.started_by, work.plain.reason.clone());
    tx.audit(Event::SmartcardIssued { account, card: card.id, by, locked, reason }, now);
    tell(service, tx, work, owner, SecurityChange::SmartcardIssued, now).await?;
    Ok(true)
}

async fn wiped(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    card: &Smartcard,
    now: Timestamp,
) -> Result<bool, Refusal> {
    tx.smartcard_wiped(card.id, now).await?;
    let Some(account) = card.account_id else { return Ok(true) };
    let by = work.job.act_id.map(|_| work.job.started_by);
    tx.audit(Event::SmartcardWiped { account, card: card.id, by }, now);
    if work.plain.for_reuse {
        if !tx.clear_smartcard(card.id, now).await? {
            return Ok(false);
        }
        let (by, reason) = (work.job.started_by, work.plain.reason.clone());
        let about = About { by_staff: true, ..About::default() };
        service.note(tx, account, ActivityKind::SmartcardCleared, about, now).await?;
        tx.audit(Event::SmartcardCleared { account, card: card.id, by, reason }, now);
    }
    Ok(true)
}

async fn note(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    owner: &Account,
    kind: ActivityKind,
    now: Timestamp,
) -> Result<(), Refusal> {
    let about = About { by_staff: work.job.act_id.is_some(), ..About::default() };
    service.note(tx, owner.id, kind, about, now).await
}

async fn tell(
    service: &Service,
    tx: &mut Tx,
    work: &Work,
    owner: &Account,
    change: SecurityChange,
    now: Timestamp,
) -> Result<(), Refusal> {
    service.tell_everywhere(tx, owner, &work.organisation, change, &[], now).await
}

impl Ending {
    /// The key of what the person is told.
    pub fn words(self, kind: JobKind) -> String {
        match self {
            Self::Done => format!("card-job-{}-done", kind_name(kind)),
            Self::Stopped(trouble) => format!("card-trouble-{}", trouble.as_str()),
        }
    }
}

//! A job begins.

use super::claim::{CORRUPT, facts_of, nobodys, sealable, written};
use super::facts::Facts;
use super::history;
use super::request::{
    Asked, Held, HeldPasscode, NewPasscode, Request, ServerPasscode, SetPasscodes, kind_name,
};
use super::step::Trouble;
use super::ticket;
use super::upkeep::give_up;
use super::watch::is_running;
use crate::{Refusal, Service};
use card_jobs::{Hex, JobKind};
use jiff::Timestamp;
use rules::card_job::{HISTORY_PER_CARD, JOBS_PER_CARD, TYPED_KEPT};
use store::Tx;
use store::audit::Event;
use store::card_job::CardJob;
use store::card_job_turn::NewCardJob;
use store::limits::Allowance;
use store::server_passcode::ServerPasscodeKind;
use store::smartcard::Smartcard;
use uuid::Uuid;

/// Begins a job and makes its first ticket; its page is [`super::watch`]. A job of the same kind that stopped half-way is gone on with,
/// and its id is answered; one of another kind is given up, unless an agent works on it.
///
/// Whether the person may ask for it is the caller's to know: the portal's rules, or the Registration Authority's.
///
/// # Errors
/// [`Refusal::NotFound`] where the organisation has no such card, [`Refusal::CardBusy`] where an agent works on it,
/// [`Refusal::CardPasscodeUsed`] where the new passcode is one of its last five, [`Refusal::TooManyCardJobs`].
pub async fn begin(service: &Service, asked: Asked<'_>, request: Request) -> Result<Uuid, Refusal> {
    let now = service.clock.now();
    let kind = request.kind();
    let card = known_card(service, asked, kind).await?;
    let account = match &request {
        Request::Issue(issue) => Some(issue.owner),
        _ => card.as_ref().and_then(|card| card.account_id),
    };
    if account.is_none() && kind != JobKind::Wipe {
        return Err(Refusal::NotFound);
    }
    let mut plain = request.plain();
    plain.reason = asked.reason.unwrap_or_default().to_owned();
    let mut typed = request.typed();
    if plain.locked {
        typed.new = Some(nobodys(service));
    }
    let mut facts = Facts::default();
    let mut evaluated = false;
    if let (Some(card), Some(new), false) = (&card, &typed.new, plain.locked) {
        facts.passcode.output = Some(not_used(service, card, new).await?);
        evaluated = true;
    }
    let held = match &request {
        Request::SetPasscodes(set) => Some(held(service, account, set).await?),
        _ => None,
    };
    let mut tx = service.store.begin().await?;
    if let Some(card) = &card {
        take(&mut tx, card, evaluated, now).await?;
        if let Some(open) = tx.open_card_job(card.id).await? {
            match make_way(&mut tx, &open, asked, kind, now).await? {
                Way::Free => {}
                Way::GoOn => {
                    go_on(&mut tx, &open, asked.by, &typed, now).await?;
                    tx.commit().await?;
                    return Ok(open.id);
                }
            }
        }
    }
    let id = vault::new_id(now, service.random.as_ref());
    let typed_until = now.saturating_add(TYPED_KEPT).unwrap_or(Timestamp::MAX);
    let sealed_typed = sealable(&typed)?;
    let sealed_held = held.as_ref().map(sealable).transpose()?;
    let new = NewCardJob {
        id,
        organisation_id: asked.organisation.id,
        smartcard_id: card.as_ref().map(|card| card.id),
        kind: kind_name(kind),
        started_by: asked.by,
        account_id: account,
        act_id: asked.act,
        request: &serde_json::to_string(&plain).map_err(|_| CORRUPT)?,
        typed: (typed.current.is_some() || typed.new.is_some()).then_some((&sealed_typed[..], typed_until)),
        held: sealed_held.as_ref().map(|held| &held[..]),
        facts: &written(&facts)?,
        progress: "reading-card",
        ticket_expires_at: ticket::ends(now),
    };
    if !tx.add_card_job(new, now).await? {
        return Err(Refusal::CardBusy);
    }
    if let (Request::Issue(issue), Some(card)) = (&request, &card)
        && !tx.bind_smartcard(card.id, issue.owner, now).await?
    {
        return Err(Refusal::CardBusy);
    }
    let started = Event::CardJobStarted {
        account: account.unwrap_or(asked.by),
        card: card.as_ref().map(|card| card.id),
        job: id,
        kind: kind_name(kind).to_owned(),
        by: asked.act.map(|_| asked.by),
    };
    tx.audit(started, now);
    tx.commit().await?;
    Ok(id)
}

async fn known_card(
    service: &Service,
    asked: Asked<'_>,
    kind: JobKind,
) -> Result<Option<Smartcard>, Refusal> {
    let Some(id) = asked.card else {
        return if kind == JobKind::Issue { Ok(None) } else { Err(Refusal::NotFound) };
    };
    let card = service.store.smartcard(id).await?.ok_or(Refusal::NotFound)?;
    let usable = match kind {
        JobKind::Issue => card.is_blank(),
        JobKind::Wipe => true,
        JobKind::Read | JobKind::SetPasscodes | JobKind::Unblock | JobKind::Renew => {
            card.account_id.is_some() && card.cancelled_at.is_none()
        }
    };
    (usable && card.organisation_id == asked.organisation.id).then_some(Some(card)).ok_or(Refusal::NotFound)
}

/// What a typed new passcode comes out as, where it is none of the card's last five.
async fn not_used(service: &Service, card: &Smartcard, new: &str) -> Result<Hex, Refusal> {
    let output = history::output(service, &card.guid, new)?;
    if history::was_used(&service.store.passcode_history(card.id).await?, &output) {
        return Err(Refusal::CardPasscodeUsed);
    }
    Ok(output)
}

/// Whether a passcode is one of the last five of a card, for a form that tells all that is wrong at once. [`begin`] looks by itself.
///
/// # Errors
/// [`Refusal::TooManyCardJobs`] where it was asked too often within the hour.
pub async fn was_used(service: &Service, card: &Smartcard, passcode: &str) -> Result<bool, Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.take(&HISTORY_PER_CARD, card.id.as_bytes(), now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCardJobs);
    }
    tx.commit().await?;
    match not_used(service, card, passcode).await {
        Ok(_) => Ok(false),
        Err(Refusal::CardPasscodeUsed) => Ok(true),
        Err(other) => Err(other),
    }
}

/// What is held for the end, with the passcodes that it takes the place of.
async fn held(service: &Service, account: Option<Uuid>, set: &SetPasscodes) -> Result<Held, Refusal> {
    let account = account.ok_or(Refusal::NotFound)?;
    let one = async |kind, passcode: &ServerPasscode| {
        Ok::<_, Refusal>(match passcode {
            ServerPasscode::Keep => HeldPasscode::Keep,
            ServerPasscode::Blank => HeldPasscode::Blank,
            ServerPasscode::Set(hash) => {
                let present = service.store.server_passcode(account, kind).await?;
                let replaces = present.map(|present| present.id);
                HeldPasscode::Set { hash: hash.expose().clone(), replaces }
            }
        })
    };
    Ok(Held {
        recovery: one(ServerPasscodeKind::Recovery, &set.recovery).await?,
        verification: one(ServerPasscodeKind::Verification, &set.verification).await?,
    })
}

async fn take(tx: &mut Tx, card: &Smartcard, evaluated: bool, now: Timestamp) -> Result<(), Refusal> {
    if tx.take(&JOBS_PER_CARD, card.id.as_bytes(), now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCardJobs);
    }
    if evaluated && tx.take(&HISTORY_PER_CARD, card.id.as_bytes(), now).await? != Allowance::Granted {
        return Err(Refusal::TooManyCardJobs);
    }
    Ok(())
}

/// What becomes of the job that holds the card.
enum Way {
    /// It was given up.
    Free,
    /// It is gone on with.
    GoOn,
}

async fn make_way(
    tx: &mut Tx,
    open: &CardJob,
    asked: Asked<'_>,
    kind: JobKind,
    now: Timestamp,
) -> Result<Way, Refusal> {
    let facts = facts_of(open)?;
    let same = open.kind == kind_name(kind) && open.started_by == asked.by && open.act_id == asked.act;
    if same && kind == JobKind::Renew && (is_running(open, now) || facts != Facts::default()) {
        return Ok(Way::GoOn);
    }
    // A card that was lost is not kept by whoever works on it.
    if is_running(open, now) && kind != JobKind::Wipe {
        return Err(Refusal::CardBusy);
    }
    give_up(tx, open, &facts, Trouble::Cancelled, false, now).await?;
    Ok(Way::Free)
}

/// A renewal that stopped half-way goes on, with the passcode that was typed now.
async fn go_on(
    tx: &mut Tx,
    open: &CardJob,
    by: Uuid,
    typed: &super::request::Typed,
    now: Timestamp,
) -> Result<(), Refusal> {
    if is_running(open, now) {
        return Ok(());
    }
    if typed.current.is_some() {
        let until = now.saturating_add(TYPED_KEPT).unwrap_or(Timestamp::MAX);
        tx.retype_card_job(open.id, &sealable(typed)?, until).await?;
    }
    tx.new_card_ticket(open.id, by, ticket::ends(now)).await?;
    Ok(())
}

impl NewPasscode {
    /// Whether it was typed on the page.
    pub fn is_typed(&self) -> bool {
        matches!(self, Self::Typed(_))
    }
}

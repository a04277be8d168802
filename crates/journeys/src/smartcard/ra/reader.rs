//! What takes the card in the reader of the Registration Authority's workstation, with the person beside it: unblock, renew, issue, wipe.
//! Each begins a job that whoever asked watches; what the person typed goes into it and is kept nowhere.

use crate::console::{Staff, reason};
use crate::smartcard::job::{self, Issue, NewPasscode, Renew, Request, Unblock, Wipe};
use crate::smartcard::ra::told::{Doing, record};
use crate::smartcard::ra::{Deed, RaRefusal, begin, may, must_be_sure, rules_of};
use crate::{FieldProblem, Refusal, Service, session};
use rules::desk::Reason;
use rules::role::Act;
use rules::smartcard::{CardProfile, PasscodeEntry, PasscodeKind, PasscodeProblem, RuleOf, check_passcode};
use store::account::Account;
use store::smartcard::Smartcard;
use store::smartcard_lists::CardSearch;
use uuid::Uuid;
use vault::Secret;

/// A new passcode that the person typed twice.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// *New Smartcard Passcode*.
    pub new: &'a Secret<String>,
    /// *Confirm New Smartcard Passcode*.
    pub again: &'a Secret<String>,
}

/// What is filled in to issue a card.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The blank card: what is printed on it, or its GUID.
    pub card: &'a str,
    /// `with-passcode` or `locked`.
    pub handed_over: &'a str,
    /// Where the page asks for it.
    pub passcode: Pair<'a>,
    /// Why.
    pub reason: &'a str,
}

/// Whether the person types passcodes on the page; otherwise the agent asks.
pub fn on_page(staff: &Staff) -> bool {
    rules_of(staff).passcode_entry == PasscodeEntry::Page
}

/// The card's own rules for passcodes.
///
/// # Errors
/// Where the card has a profile that nobody knows.
pub fn profile(card: &Smartcard) -> Result<CardProfile, Refusal> {
    CardProfile::parse(&card.profile).map_err(|_| Refusal::Fault("a card with an unknown profile"))
}

/// *Unblock the card*: answers the job.
///
/// # Errors
/// Those of [`ready`](super::ready), [`Refusal::ProofNeeded`], [`Refusal::Fields`], and those of [`job::begin`].
pub async fn unblock(
    service: &Service,
    staff: &Staff,
    card: Uuid,
    typed: Pair<'_>,
    why: &str,
) -> Result<Uuid, Refusal> {
    let serving = begin(service, staff, card, Deed::Unblock).await?;
    let mut problems = Vec::new();
    let new = new_passcode(staff, &serving.card, typed, &mut problems)?;
    let reason = given(why, &mut problems)?;
    let owner = serving.owner.as_ref().ok_or(RaRefusal::CardNotSo)?;
    let working = Working { card: &serving.card, owner, deed: Deed::Unblock, reason: &reason };
    start(service, staff, working, Request::Unblock(Unblock { new, how: "registration-authority" })).await
}

/// *Renew the certificates*: the third time, or when they have expired, or because the person asks. Answers the job.
///
/// # Errors
/// Those of [`ready`](super::ready), [`Refusal::ProofNeeded`], [`Refusal::Fields`], and those of [`job::begin`].
pub async fn renew(
    service: &Service,
    staff: &Staff,
    card: Uuid,
    current: &Secret<String>,
    why: &str,
) -> Result<Uuid, Refusal> {
    let serving = begin(service, staff, card, Deed::Renew).await?;
    let mut problems = Vec::new();
    if on_page(staff) && current.expose().is_empty() {
        problems.push(FieldProblem::new("current_passcode", "ra-current-empty"));
    }
    let reason = given(why, &mut problems)?;
    let current = on_page(staff).then(|| Secret::new(current.expose().clone()));
    let owner = serving.owner.as_ref().ok_or(RaRefusal::CardNotSo)?;
    let working = Working { card: &serving.card, owner, deed: Deed::Renew, reason: &reason };
    start(service, staff, working, Request::Renew(Renew { current, by_ra: true })).await
}

/// *Wipe the card*: takes keys and certificates off one that is cancelled. Answers the job.
///
/// # Errors
/// Those of [`ready`](super::ready), [`Refusal::ProofNeeded`], [`Refusal::Fields`], and those of [`job::begin`].
pub async fn wipe(service: &Service, staff: &Staff, card: Uuid, why: &str) -> Result<Uuid, Refusal> {
    let serving = begin(service, staff, card, Deed::Wipe).await?;
    let reason = given(why, &mut Vec::new())?;
    let owner = serving.owner.as_ref().ok_or(RaRefusal::CardNotSo)?;
    let working = Working { card: &serving.card, owner, deed: Deed::Wipe, reason: &reason };
    start(service, staff, working, Request::Wipe(Wipe { for_reuse: false })).await
}

/// Whether a card may be issued to this person now.
///
/// # Errors
/// Those of [`may`], [`RaRefusal::IdentityNotChecked`].
pub async fn may_issue(service: &Service, staff: &Staff, person: Uuid) -> Result<Account, Refusal> {
    let account = may(service, staff, person, Act::IssueCard).await?;
    must_be_sure(service, staff, account.id).await?;
    Ok(account)
}

/// *Issue a card*: a blank one that was registered before. Answers the job.
///
/// # Errors
/// Those of [`may_issue`], [`Refusal::ProofNeeded`], [`Refusal::Fields`], and those of [`job::begin`].
pub async fn issue(
    service: &Service,
    staff: &Staff,
    person: Uuid,
    asked: Asked<'_>,
) -> Result<Uuid, Refusal> {
    let account = may_issue(service, staff, person).await?;
    session::fresh(service, &staff.person)?;
    let mut problems = Vec::new();
    let card = blank(service, staff, asked.card, &mut problems).await?;
    let locked = match asked.handed_over {
        "locked" => true,
        "with-passcode" => false,
        _ => {
            problems.push(FieldProblem::new("handed_over", "ra-handed-over-empty"));
            true
        }
    };
    let new = match (&card, locked) {
        (Some(card), false) => Some(new_passcode(staff, card, asked.passcode, &mut problems)?),
        _ => None,
    };
    let reason = given(asked.reason, &mut problems)?;
    let card = card.ok_or(RaRefusal::CardNotSo)?;
    let working = Working { card: &card, owner: &account, deed: Deed::Issue, reason: &reason };
    start(service, staff, working, Request::Issue(Issue { owner: account.id, new })).await
}

/// The one blank card that was meant.
async fn blank(
    service: &Service,
    staff: &Staff,
    typed: &str,
    problems: &mut Vec<FieldProblem>,
) -> Result<Option<Smartcard>, Refusal> {
    let mut wrong = |key| {
        problems.push(FieldProblem::new("card", key));
        Ok(None)
    };
    if typed.trim().is_empty() {
        return wrong("ra-card-empty");
    }
    let search = CardSearch::new(typed);
    let mut cards = Vec::new();
    for id in service.store.search_smartcards(staff.organisation(), &search, 3).await? {
        cards.extend(service.store.smartcard(id).await?);
    }
    // Labels come first, the shortest before those that it begins: "NTH 1" before "NTH 10".
    if cards.first().is_some_and(|card| search.is_label_of(card)) {
        cards.truncate(1);
    }
    match cards.as_slice() {
        [] => wrong("ra-card-unknown"),
        [card] if card.is_blank() => Ok(cards.pop()),
        [_] => wrong("ra-card-not-blank"),
        _ => wrong("ra-card-ambiguous"),
    }
}

/// What the person chose, judged by the rule of the organisation and that of the card; or the agent asks for it.
fn new_passcode(
    staff: &Staff,
    card: &Smartcard,
    typed: Pair<'_>,
    problems: &mut Vec<FieldProblem>,
) -> Result<NewPasscode, Refusal> {
    if !on_page(staff) {
        return Ok(NewPasscode::Agent);
    }
    let kind = PasscodeKind::Smartcard;
    let (new, again) = (typed.new.expose(), typed.again.expose());
    if let Err(problem) = check_passcode(kind, new, &rules_of(staff).passcode, profile(card)?) {
        problems.push(passcode_problem(problem));
    } else if new != again {
        problems.push(FieldProblem::new("new_passcode_again", "ra-passcode-differs"));
    }
    Ok(NewPasscode::Typed(Secret::new(new.clone())))
}

/// What is wrong with a new passcode, and whose rule refused it.
fn passcode_problem(problem: PasscodeProblem) -> FieldProblem {
    let card = problem.of() == Some(RuleOf::Card);
    let named = |house, own| FieldProblem::new("new_passcode", if card { own } else { house });
    match problem {
        PasscodeProblem::Empty => FieldProblem::new("new_passcode", "ra-passcode-empty"),
        PasscodeProblem::TooShort { min, .. } => {
            named("ra-passcode-short", "ra-passcode-short-card").with("min", &min)
        }
        PasscodeProblem::TooLong { max, .. } => {
            named("ra-passcode-long", "ra-passcode-long-card").with("max", &max)
        }
        PasscodeProblem::NotDigits { .. } => named("ra-passcode-digits", "ra-passcode-digits-card"),
        PasscodeProblem::OddCharacter { .. } => named("ra-passcode-odd", "ra-passcode-odd-card"),
    }
}

/// The reason, unless anything is wrong.
fn given(typed: &str, problems: &mut Vec<FieldProblem>) -> Result<Reason, Refusal> {
    match reason(typed) {
        Ok(reason) if problems.is_empty() => Ok(reason),
        Ok(_) => Err(Refusal::Fields(std::mem::take(problems))),
        Err(problem) => {
            problems.push(problem);
            Err(Refusal::Fields(std::mem::take(problems)))
        }
    }
}

struct Working<'a> {
    card: &'a Smartcard,
    owner: &'a Account,
    deed: Deed,
    reason: &'a Reason,
}

/// Writes down why, and begins the job. The job's end tells the audit and the person what became of it.
async fn start(
    service: &Service,
    staff: &Staff,
    working: Working<'_>,
    request: Request,
) -> Result<Uuid, Refusal> {
    let Working { card, owner, deed, reason } = working;
    let now = service.clock.now();
    // What was cut off half-way goes on as the act that it is.
    let open = service.store.open_card_job(card.id).await?;
    let same = open.filter(|job| job.started_by == staff.id() && job.kind == deed.as_str());
    let act = match same.and_then(|job| job.act_id) {
        Some(act) => act,
        None => {
            let mut tx = service.store.begin().await?;
            let doing = Doing { staff, card, owner: Some(owner), deed, reason: reason.as_str(), now };
            let act = record(service, &mut tx, doing).await?;
            tx.commit().await?;
            act
        }
    };
    let asked = job::Asked {
        organisation: &staff.person.organisation,
        by: staff.id(),
        card: Some(card.id),
        act: Some(act),
        reason: Some(reason.as_str()),
    };
    match job::begin(service, asked, request).await {
        Err(Refusal::CardPasscodeUsed) => Err(Refusal::field("new_passcode", "ra-passcode-used")),
        begun => begun,
    }
}

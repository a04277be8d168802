//! *Manage Passcodes*: guide 001, section 1.2. All that was asked for is done, or nothing: the new Account Recovery and
//! Verification Passcodes wait, hashed, in the job that proves the Smartcard Passcode and changes it.

use rules::smartcard::{CardProfile, Gate, PasscodeEntry, PasscodeKind, check_passcode};
use store::server_passcode::ServerPasscodeKind;
use store::smartcard::Smartcard;
use uuid::Uuid;
use vault::{Secret, Verdict};

use crate::password::canonical;
use crate::session::Person;
use crate::smartcard::due;
use crate::smartcard::job::{self, Asked, NewPasscode, Request, ServerPasscode, SetPasscodes};
use crate::smartcard::refusal::{name_of, passcode_problem};
use crate::{FieldProblem, Refusal, Service};

/// A new passcode, typed twice. Nothing typed leaves it as it is.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// *New … Passcode*.
    pub new: &'a Secret<String>,
    /// *Confirm New … Passcode*.
    pub again: &'a Secret<String>,
}

/// The form of *Reset Passcodes*.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// *Account Recovery Passcode*.
    pub recovery: Pair<'a>,
    /// Its *Blank Passcode*.
    pub blank_recovery: bool,
    /// *Verification Passcode*.
    pub verification: Pair<'a>,
    /// Its *Blank Passcode*.
    pub blank_verification: bool,
    /// *Smartcard Passcode*.
    pub smartcard: Pair<'a>,
    /// *Set a new Smartcard Passcode*, where the agent asks for it.
    pub change_smartcard: bool,
    /// *Current Smartcard Passcode*.
    pub current: &'a Secret<String>,
}

/// What is wanted of one passcode.
enum Wish {
    Keep,
    Blank,
    Set(Secret<String>),
}

/// The fields of one kind: the new one, the same again, *Blank Passcode*.
struct Fields {
    new: &'static str,
    again: &'static str,
    blank: &'static str,
}

const RECOVERY: Fields = Fields { new: "recovery", again: "recovery_again", blank: "blank_recovery" };
const VERIFICATION: Fields =
    Fields { new: "verification", again: "verification_again", blank: "blank_verification" };
const SMARTCARD: Fields = Fields { new: "smartcard", again: "smartcard_again", blank: "" };

/// The card's own rules for passcodes.
///
/// # Errors
/// A fault of ours where the database holds another name.
pub fn profile(card: &Smartcard) -> Result<CardProfile, Refusal> {
    CardProfile::parse(&card.profile).map_err(|_| Refusal::Fault("a card with an unknown profile"))
}

/// *Update*: begins the job that does it. The caller has asked for a fresh proof.
///
/// # Errors
/// [`Refusal::Fields`] with everything that is wrong at once, [`Refusal::Smartcard`], [`Refusal::Busy`], and those of
/// [`job::begin`].
pub async fn update(service: &Service, person: &Person, typed: &Typed<'_>) -> Result<Uuid, Refusal> {
    let card = due::usable(service, person)?;
    let rules = &person.policy.smartcard;
    let on_page = rules.passcode_entry == PasscodeEntry::Page;
    let mut problems = Vec::new();

    let recovery = server_wish(
        service,
        person,
        (PasscodeKind::Recovery, &RECOVERY),
        typed.recovery,
        typed.blank_recovery,
        &mut problems,
    )
    .await?;
    let verification = server_wish(
        service,
        person,
        (PasscodeKind::Verification, &VERIFICATION),
        typed.verification,
        typed.blank_verification,
        &mut problems,
    )
    .await?;
    let forced = matches!(due::gate(service, person).await?, Gate::MustSetPasscodes { .. });
    let new = if on_page {
        card_wish(service, person, card, typed, forced, &mut problems)?
    } else {
        (typed.change_smartcard || forced).then_some(NewPasscode::Agent)
    };
    let nothing = matches!((&recovery, &verification), (Wish::Keep, Wish::Keep)) && new.is_none();
    if nothing && problems.is_empty() {
        problems.push(FieldProblem::new("recovery", "passcode-nothing"));
    }
    if on_page && typed.current.expose().is_empty() {
        problems.push(FieldProblem::new("current", "passcode-current-empty"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }

    // Slow, and before any transaction.
    let mut remembered = Vec::new();
    let recovery = hashed(service, person, ServerPasscodeKind::Recovery, recovery, &mut remembered).await?;
    let verification =
        hashed(service, person, ServerPasscodeKind::Verification, verification, &mut remembered).await?;
    if !remembered.is_empty() {
        return Err(Refusal::Fields(remembered));
    }
    let current = on_page.then(|| Secret::new(typed.current.expose().clone()));
    let request = Request::SetPasscodes(SetPasscodes { current, new, recovery, verification });
    begin(service, person, card, request).await
}

/// Begins a job. Whether a new passcode is one of the card's last five is asked last: so often alone as it is meant to be set.
pub(crate) async fn begin(
    service: &Service,
    person: &Person,
    card: &Smartcard,
    request: Request,
) -> Result<Uuid, Refusal> {
    match job::begin(service, asked(person, card), request).await {
        Err(Refusal::CardPasscodeUsed) => {
            Err(Refusal::Fields(vec![remembered(service, person, PasscodeKind::Smartcard)]))
        }
        other => other,
    }
}

/// The owner asks, about their own card.
fn asked<'a>(person: &'a Person, card: &Smartcard) -> Asked<'a> {
    Asked {
        organisation: &person.organisation,
        by: person.account.id,
        card: Some(card.id),
        act: None,
        reason: None,
    }
}

/// What is wanted of a passcode that the server checks.
async fn server_wish(
    service: &Service,
    person: &Person,
    (kind, fields): (PasscodeKind, &Fields),
    pair: Pair<'_>,
    blank: bool,
    problems: &mut Vec<FieldProblem>,
) -> Result<Wish, Refusal> {
    let rules = &person.policy.smartcard;
    let named = |field, key| FieldProblem::new(field, key).with("passcode", &name_of(service, kind));
    if !blank {
        // The card's profile says nothing about these.
        let profile = CardProfile::Legacy4To8Alphanumeric;
        let before = problems.len();
        problems.extend(pair_problems(service, kind, fields, pair, |typed| {
            check_passcode(kind, typed, &rules.passcode, profile)
        }));
        let typed = problems.len() == before && !pair.new.expose().is_empty();
        return Ok(if typed { Wish::Set(canonical(pair.new)) } else { Wish::Keep });
    }
    if !pair.new.expose().is_empty() || !pair.again.expose().is_empty() {
        problems.push(named(fields.blank, "passcode-blank-and-new"));
    } else if service.store.server_passcode(person.account.id, kept(kind)?).await?.is_none() {
        problems.push(named(fields.new, "passcode-blank-none"));
    } else {
        return Ok(Wish::Blank);
    }
    Ok(Wish::Keep)
}

fn kept(kind: PasscodeKind) -> Result<ServerPasscodeKind, Refusal> {
    match kind {
        PasscodeKind::Recovery => Ok(ServerPasscodeKind::Recovery),
        PasscodeKind::Verification => Ok(ServerPasscodeKind::Verification),
        PasscodeKind::Smartcard => Err(Refusal::Fault("a card's passcode is not the server's")),
    }
}

/// What is wanted of the card's own, typed on the page. Where it is forced it cannot be left as it is.
fn card_wish(
    service: &Service,
    person: &Person,
    card: &Smartcard,
    typed: &Typed<'_>,
    forced: bool,
    problems: &mut Vec<FieldProblem>,
) -> Result<Option<NewPasscode>, Refusal> {
    let kind = PasscodeKind::Smartcard;
    let before = problems.len();
    problems.extend(new_card_passcode(service, person, card, typed.smartcard, forced)?);
    let new = typed.smartcard.new.expose();
    if problems.len() > before || new.is_empty() {
        return Ok(None);
    }
    if new == typed.current.expose() {
        problems.push(remembered(service, person, kind));
        return Ok(None);
    }
    Ok(Some(NewPasscode::Typed(Secret::new(new.clone()))))
}

/// What is wrong with a new passcode for the card that was typed on a page.
pub(crate) fn new_card_passcode(
    service: &Service,
    person: &Person,
    card: &Smartcard,
    pair: Pair<'_>,
    mandatory: bool,
) -> Result<Vec<FieldProblem>, Refusal> {
    let (kind, profile) = (PasscodeKind::Smartcard, profile(card)?);
    if mandatory && pair.new.expose().is_empty() && pair.again.expose().is_empty() {
        let empty = FieldProblem::new(SMARTCARD.new, "passcode-new-empty");
        return Ok(vec![empty.with("passcode", &name_of(service, kind))]);
    }
    let rules = &person.policy.smartcard;
    Ok(pair_problems(service, kind, &SMARTCARD, pair, |typed| {
        check_passcode(kind, typed, &rules.passcode, profile)
    }))
}

/// What is wrong with a new passcode and the same again; nothing where neither was typed.
fn pair_problems(
    service: &Service,
    kind: PasscodeKind,
    fields: &Fields,
    pair: Pair<'_>,
    check: impl FnOnce(&str) -> Result<(), rules::smartcard::PasscodeProblem>,
) -> Vec<FieldProblem> {
    let named = |field, key| FieldProblem::new(field, key).with("passcode", &name_of(service, kind));
    let (new, again) = (pair.new.expose(), pair.again.expose());
    match (new.is_empty(), again.is_empty()) {
        (true, true) => return Vec::new(),
        (true, false) => return vec![named(fields.new, "passcode-new-missing")],
        _ => {}
    }
    let mut problems = Vec::new();
    if let Err(problem) = check(new) {
        problems.push(passcode_problem(service, fields.new, kind, problem));
    }
    if again.is_empty() {
        problems.push(named(fields.again, "passcode-again-empty"));
    } else if new != again {
        problems.push(named(fields.again, "passcode-again-differs"));
    }
    problems
}

/// It is one of the last five.
fn remembered(service: &Service, person: &Person, kind: PasscodeKind) -> FieldProblem {
    let field = match kind {
        PasscodeKind::Smartcard => SMARTCARD.new,
        PasscodeKind::Recovery => RECOVERY.new,
        PasscodeKind::Verification => VERIFICATION.new,
    };
    FieldProblem::new(field, "passcode-remembered")
        .with("passcode", &name_of(service, kind))
        .with("remembered", &person.policy.smartcard.passcode.remembered)
}

/// The hash of a new one, unless it is among those that are remembered.
async fn hashed(
    service: &Service,
    person: &Person,
    kind: ServerPasscodeKind,
    wish: Wish,
    problems: &mut Vec<FieldProblem>,
) -> Result<ServerPasscode, Refusal> {
    let passcode = match wish {
        Wish::Keep => return Ok(ServerPasscode::Keep),
        Wish::Blank => return Ok(ServerPasscode::Blank),
        Wish::Set(passcode) => passcode,
    };
    for earlier in service.store.server_passcodes(person.account.id, kind).await? {
        if matches!(service.hasher.verify(&passcode, &earlier.hash).await?, Verdict::Right { .. }) {
            let kind = match kind {
                ServerPasscodeKind::Recovery => PasscodeKind::Recovery,
                ServerPasscodeKind::Verification => PasscodeKind::Verification,
            };
            problems.push(remembered(service, person, kind));
            return Ok(ServerPasscode::Keep);
        }
    }
    let hash = service.hasher.hash(&passcode, service.random.as_ref()).await?;
    Ok(ServerPasscode::Set(Secret::new(hash)))
}

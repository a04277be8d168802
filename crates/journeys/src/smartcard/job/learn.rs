//! What an outcome tells. Nothing is taken on the agent's word that the card can prove.

use super::facts::{Facts, Pair, Run, Which};
use super::step::{Step, Trouble};
use card_jobs::{Hex, Outcome, Slot};
use piv::{Answer, CardFacts, Chuid, ManagementKey, Question, Status};

/// What outcomes are looked at with.
#[derive(Clone, Copy)]
pub(super) struct Senses<'a> {
    /// The GUID of the job's card; none where any blank one will do.
    pub guid: Option<&'a [u8]>,
    /// The number of this run.
    pub run: u32,
    /// The management key of the card that says to have this GUID.
    pub management: &'a dyn Fn(&[u8]) -> Option<ManagementKey>,
    /// Whether `signature` is the key's over the request that it was to sign.
    pub is_request: &'a dyn Fn(Which, &Pair, &[u8]) -> bool,
    /// Whether the present passcode was typed on the page and not asked for by the agent.
    pub typed_current: bool,
}

/// What an outcome tells, beside the facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// A passcode was wrong, and so many tries are left.
    pub wrong: Option<u8>,
    /// The card was found blocked.
    pub blocked: bool,
    /// A passcode was right: the card has all its tries again.
    pub right: bool,
    /// The typed passcodes are of no more use.
    pub forget_typed: bool,
}

/// Takes an outcome in.
pub(super) fn learn(facts: &mut Facts, step: &Step, outcome: &Outcome, senses: Senses<'_>) -> Heard {
    let mut heard = Heard::default();
    let trouble = match outcome {
        // The agent begins anew in the midst of a run: it holds no card.
        Outcome::Ready | Outcome::CardGone => {
            facts.look_again();
            facts.run.gone += 1;
            None
        }
        Outcome::Declined => Some(Trouble::Declined),
        Outcome::NotAllowed => Some(Trouble::NotAllowed),
        Outcome::NoReader => Some(Trouble::NoReader),
        Outcome::NoCard => Some(Trouble::NoCard),
        Outcome::WrongCard => Some(Trouble::WrongCard),
        Outcome::LastTryKept { left } => {
            facts.tries_left = Some(*left);
            Some(Trouble::LastTryKept)
        }
        Outcome::Blocked => {
            heard.blocked = true;
            not_changed(facts, step);
            facts.tries_left = Some(0);
            Some(Trouble::Blocked)
        }
        Outcome::WrongPasscode { left } => wrong_passcode(facts, step, *left, senses, &mut heard),
        Outcome::WrongUnblockingKey { left } => {
            facts.unblocking.wrong += 1;
            facts.run.wrong_keys += 1;
            (*left == 0).then_some(Trouble::UnblockingKey)
        }
        Outcome::PasscodeRefused => {
            not_changed(facts, step);
            heard.forget_typed = true;
            Some(Trouble::PasscodeRefused)
        }
        Outcome::Unexpected { .. } => unexpected(facts, step),
        Outcome::Done
        | Outcome::Connected { .. }
        | Outcome::Answered { .. }
        | Outcome::Signed { .. }
        | Outcome::Blinded { .. }
        | Outcome::HistoryOutput { .. } => {
            let trouble = done(facts, step, outcome, senses).err();
            if trouble.is_none() && matches!(step, Step::VerifyCurrent | Step::VerifyNew) {
                facts.tries_left = None;
                heard.right = true;
            }
            trouble
        }
    };
    facts.run.trouble = trouble;
    heard
}

/// A change whose present passcode was wrong did not happen.
fn not_changed(facts: &mut Facts, step: &Step) {
    if *step == Step::Change {
        facts.passcode.changing = false;
    }
}

fn wrong_passcode(
    facts: &mut Facts,
    step: &Step,
    left: u8,
    senses: Senses<'_>,
    heard: &mut Heard,
) -> Option<Trouble> {
    facts.tries_left = Some(left);
    not_changed(facts, step);
    if *step == Step::VerifyNew {
        // It was a question of ours, whether a change had happened, and no mistake of the person's.
        facts.run.tried_new = true;
        let asked = facts.passcode.changing && !facts.passcode.set;
        facts.passcode.changing = false;
        return (!asked).then_some(Trouble::NotProved);
    }
    heard.wrong = Some(left);
    facts.run.verified = false;
    heard.forget_typed = senses.typed_current;
    // What the agent asked for it asks for again.
    senses.typed_current.then_some(Trouble::PasscodeWrong)
}

/// The card answered something else: for a key that is looked for that is an answer, too.
fn unexpected(facts: &mut Facts, step: &Step) -> Option<Trouble> {
    match step {
        Step::SignChallenge { slot, .. } | Step::SignRequest { slot } => no_such_key(facts, *slot, None),
        _ => Some(Trouble::Unexpected),
    }
}

fn done(facts: &mut Facts, step: &Step, outcome: &Outcome, senses: Senses<'_>) -> Result<(), Trouble> {
    match (step, outcome) {
        (Step::Connect, Outcome::Connected { .. }) => facts.run.connected = true,
        (Step::ReadGuid, Outcome::Answered { answers }) => {
            let guid = piv::object_of(&only(answers)?).ok().and_then(Chuid::read).map(|chuid| chuid.guid.0);
            let guid = guid.ok_or(Trouble::NotProved)?;
            if senses.guid.is_some_and(|expected| expected != guid) {
                return Err(Trouble::WrongCard);
            }
            facts.run.guid = Some(Hex(guid.to_vec()));
        }
        (Step::ReadVersion, Outcome::Answered { answers }) => {
            let mut card = CardFacts::default();
            card.learn(Question::Version, &only(answers)?);
            facts.run.moves_keys = Some(card.can_move_keys());
        }
        (Step::ReadTries, Outcome::Answered { answers }) => {
            facts.tries_left = only(answers)?.status.tries_left();
            facts.run.tries_read = true;
        }
        (Step::AskWitness, Outcome::Answered { answers }) => {
            let answer = only(answers)?;
            answer.success().map_err(|_| Trouble::NotProved)?;
            facts.run.witness = Some(Hex(answer.bytes()));
        }
        (Step::ProveCard { challenge }, Outcome::Answered { answers }) => {
            let guid = facts.run.guid.as_ref().ok_or(Trouble::NotProved)?;
            let key = (senses.management)(guid.bytes()).ok_or(Trouble::NotProved)?;
            let challenge: &[u8; 16] = challenge.bytes().try_into().map_err(|_| Trouble::NotProved)?;
            key.check(&only(answers)?, challenge).map_err(|_| Trouble::NotProved)?;
            facts.run.proved = true;
        }
        (Step::VerifyCurrent, Outcome::Done) => facts.run.verified = true,
        (Step::VerifyNew, Outcome::Done) => {
            facts.run.verified = true;
            facts.passcode.set = true;
        }
        (Step::Blind, Outcome::Blinded { element }) => facts.run.blinded = Some(element.clone()),
        (Step::FinishHistory, Outcome::HistoryOutput { output }) => history(facts, output)?,
        (Step::Change, Outcome::Done) => {
            facts.passcode.set = true;
            facts.passcode.changing = false;
        }
        (Step::Unblock { next, .. }, Outcome::Done) => {
            facts.unblocking.now = Some(*next);
            facts.passcode.set = true;
        }
        (Step::Generate { slot }, Outcome::Answered { answers }) => {
            let key = piv::public_key_of(&only(answers)?).map_err(|_| Trouble::Unexpected)?;
            let which = Which::of(*slot);
            let key = Some(Hex(key.point().to_vec()));
            *facts.pair_mut(which) = Pair { key, made_in: senses.run, ..Pair::default() };
        }
        (Step::SignRequest { slot }, Outcome::Signed { signature }) => {
            let which = Which::of(*slot);
            if !(senses.is_request)(which, facts.pair(which), signature.bytes()) {
                return no_such_key(facts, *slot, Some(senses.run)).map_or(Ok(()), Err);
            }
            facts.pair_mut(which).request_signature = Some(signature.clone());
        }
        (Step::SignChallenge { slot, challenge }, Outcome::Signed { signature }) => {
            signed(facts, *slot, challenge, signature, senses.run)?;
        }
        (Step::MakeRoom { which }, Outcome::Answered { .. }) => facts.pair_mut(*which).has_room = true,
        (Step::PutAside { which }, Outcome::Answered { answers }) => {
            let status = only(answers)?.status;
            let is_gone = matches!(status, Status::Success | Status::NoSuchReference | Status::NotFound);
            // A card may say that there is something where the old key is to go: the old key, of which it was not heard that it went.
            if !is_gone && facts.pair(*which).put_aside_orders < 2 {
                return Err(Trouble::Unexpected);
            }
            facts.seen_mut(*which).put_aside = true;
        }
        (Step::Move { which }, Outcome::Answered { answers }) => {
            only(answers)?.success().map_err(|_| Trouble::Unexpected)?;
            facts.pair_mut(*which).moved = true;
        }
        (Step::EraseOld { which }, Outcome::Answered { .. }) => facts.seen_mut(*which).old_erased = true,
        (Step::Write { which }, Outcome::Answered { answers }) => {
            let [written, read] = answers.as_slice() else { return Err(Trouble::Unexpected) };
            parsed(written)?.success().map_err(|_| Trouble::Unexpected)?;
            let read = piv::certificate_of(&parsed(read)?).map_err(|_| Trouble::Unexpected)?;
            let certificate = facts.pair(*which).certificate.as_ref();
            if read.as_deref() != certificate.map(|certificate| certificate.der.bytes()) {
                return Err(Trouble::NotProved);
            }
            facts.seen_mut(*which).written = true;
        }
        (Step::Wipe { which }, Outcome::Answered { answers }) => {
            let [emptied, overwritten] = answers.as_slice() else { return Err(Trouble::Unexpected) };
            parsed(emptied)?.success().map_err(|_| Trouble::Unexpected)?;
            piv::public_key_of(&parsed(overwritten)?).map_err(|_| Trouble::Unexpected)?;
            facts.wiped.push(which.place());
        }
        // Another answer than the one to this order.
        _ => return Err(Trouble::Unexpected),
    }
    Ok(())
}

fn parsed(answer: &Hex) -> Result<Answer, Trouble> {
    Answer::parse(answer.bytes()).ok_or(Trouble::Unexpected)
}

fn only(answers: &[Hex]) -> Result<Answer, Trouble> {
    match answers {
        [answer] => parsed(answer),
        _ => Err(Trouble::Unexpected),
    }
}

/// The output of the history's function, 32 bytes.
fn history(facts: &mut Facts, output: &Hex) -> Result<(), Trouble> {
    if output.bytes().len() != 32 {
        return Err(Trouble::Unexpected);
    }
    facts.run.blinded = None;
    facts.passcode.evaluated = None;
    facts.passcode.output = Some(output.clone());
    facts.run.output_of_agent = true;
    Ok(())
}

fn signed(facts: &mut Facts, slot: Slot, challenge: &Hex, signature: &Hex, run: u32) -> Result<(), Trouble> {
    let which = Which::of(slot);
    if !is_signed(facts.pair(which), challenge.bytes(), signature.bytes()) {
        return no_such_key(facts, slot, Some(run)).map_or(Ok(()), Err);
    }
    if slot == which.waiting() {
        facts.seen_mut(which).waits = true;
        return Ok(());
    }
    let written = facts.seen(which).written;
    let pair = facts.pair_mut(which);
    // It was looked for after a move of which nobody heard.
    pair.moved |= pair.moving;
    facts.seen_mut(which).proved = written;
    Ok(())
}

/// Whether the key of a pair signed this.
fn is_signed(pair: &Pair, message: &[u8], signature: &[u8]) -> bool {
    pair.key.as_ref().is_some_and(|key| {
        pki::PublicKey::from_point(pki::Curve::P256, key.bytes())
            .is_ok_and(|key| key.verify_sha256(message, signature).is_ok())
    })
}

/// The key that was made does not sign from this slot. `run` is the run in which another signature than its own came; none where
/// the card did not sign at all.
fn no_such_key(facts: &mut Facts, slot: Slot, run: Option<u32>) -> Option<Trouble> {
    let which = Which::of(slot);
    let pair = facts.pair(which);
    if pair.moving && !pair.moved && slot == which.place() {
        facts.seen_mut(which).not_in_place = true;
        return None;
    }
    // The key that this very agent has told a moment ago: somebody lies, or the card is broken.
    if run == Some(pair.made_in) {
        return Some(Trouble::NotProved);
    }
    if run.is_none() {
        return Some(Trouble::Unexpected);
    }
    facts.forget_key(which);
    None
}

/// Another agent, or the same one anew, has claimed the job.
pub(super) fn another_run(facts: &mut Facts) {
    facts.run = Run::default();
    facts.passcode.evaluated = None;
}

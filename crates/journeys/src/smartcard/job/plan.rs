//! What comes next, of what is known: pure functions, so that a job that was cut off anywhere goes on from what is true.

use super::facts::{Facts, Which};
use super::request::Plain;
use super::step::{Step, Trouble};
use card_jobs::{Hex, JobKind, Slot};

/// How often a card may be pulled out in one run before the person is asked to begin again.
const GONE_AT_MOST: u32 = 5;
/// How many unblocking keys are tried in one run.
const WRONG_KEYS_AT_MOST: u32 = 2;

/// What a plan is made of besides the facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// What is done.
    pub kind: JobKind,
    /// What was asked.
    pub plain: &'a Plain,
    /// Whether the new passcode is at hand, as it was typed on the page or drawn by us.
    pub has_new: bool,
    /// Whether it is known which card the job is about.
    pub has_card: bool,
    /// The generation of the card's unblocking key, as the database knows it.
    pub unblocking: u32,
    /// Random bytes that nobody has seen.
    pub fresh: &'a [u8; 32],
    /// In seconds since 1970, UTC.
    pub now: i64,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// The agent gets an order.
    Give(Step),
    /// The blank card that was found becomes the job's.
    Settle,
    /// The function of the history is evaluated for what the agent blinded.
    Evaluate,
    /// The new passcode is compared with the last five.
    Compare,
    /// A certificate is issued.
    Issue(Which),
    /// All is done.
    Finish,
    /// It goes no further for now.
    Stop(Trouble),
}

use Decision::{Finish, Give, Stop};

/// What comes next.
pub(super) fn plan(facts: &Facts, given: Given<'_>) -> Decision {
    let run = &facts.run;
    if let Some(trouble) = run.trouble {
        return Stop(trouble);
    }
    if run.gone > GONE_AT_MOST {
        return Stop(Trouble::CardGone);
    }
    if let Some(step) = look_at_the_card(facts, given) {
        return Give(step);
    }
    if !given.has_card {
        return Decision::Settle;
    }
    let next = match given.kind {
        JobKind::Read => (!run.tries_read).then_some(Give(Step::ReadTries)),
        JobKind::SetPasscodes => set_passcodes(facts, given),
        JobKind::Unblock => unblock(facts, given),
        JobKind::Renew => {
            let verify = (!run.verified).then_some(Give(Step::VerifyCurrent));
            verify.or_else(|| new_keys(facts, given))
        }
        JobKind::Issue => {
            unblock(facts, given).or_else(|| verify_new(facts, given)).or_else(|| new_keys(facts, given))
        }
        JobKind::Wipe => Which::BOTH
            .into_iter()
            .find(|which| !facts.wiped.contains(&which.place()))
            .map(|which| Give(Step::Wipe { which })),
    };
    next.unwrap_or(Finish)
}

/// Every run finds the card, reads its number and lets it prove that it is the one.
fn look_at_the_card(facts: &Facts, given: Given<'_>) -> Option<Step> {
    let run = &facts.run;
    if !run.connected {
        return Some(Step::Connect);
    }
    if run.guid.is_none() {
        return Some(Step::ReadGuid);
    }
    if run.proved {
        return None;
    }
    if run.witness.is_none() {
        return Some(Step::AskWitness);
    }
    let challenge = given.fresh.first_chunk::<16>().map(|bytes| Hex(bytes.to_vec()))?;
    Some(Step::ProveCard { challenge })
}

/// *Manage Passcodes*: the present passcode proves who asks, whatever is changed.
fn set_passcodes(facts: &Facts, given: Given<'_>) -> Option<Decision> {
    let (run, passcode) = (&facts.run, &facts.passcode);
    let unsure = passcode.changing && !passcode.set;
    if unsure && given.has_new && !run.tried_new {
        return Some(Give(Step::VerifyNew));
    }
    if !run.verified {
        return Some(Give(Step::VerifyCurrent));
    }
    // Where the agent asks, whichever passcode the person says is the present one is: changing it to the new one once more is right.
    if !given.plain.new || passcode.set {
        return None;
    }
    new_output(facts, given).or(Some(Give(Step::Change)))
}

/// A new passcode by the unblocking key.
fn unblock(facts: &Facts, given: Given<'_>) -> Option<Decision> {
    if facts.passcode.set {
        return None;
    }
    if !given.plain.locked
        && let Some(first) = new_output(facts, given)
    {
        return Some(first);
    }
    // The third try is the card's last: it stays.
    if facts.run.wrong_keys >= WRONG_KEYS_AT_MOST {
        return Some(Stop(Trouble::UnblockingKey));
    }
    let with = given.unblocking.saturating_add(facts.unblocking.wrong);
    let next = with.saturating_add(1);
    Some(Give(Step::Unblock { with, next }))
}

fn verify_new(facts: &Facts, given: Given<'_>) -> Option<Decision> {
    let step = if given.has_new { Step::VerifyNew } else { Step::VerifyCurrent };
    (!facts.run.verified).then_some(Give(step))
}

/// The new passcode's output, and that it is none of the last five.
fn new_output(facts: &Facts, given: Given<'_>) -> Option<Decision> {
    let known = facts.passcode.output.is_some() && (given.has_new || facts.run.output_of_agent);
    if !known {
        return Some(history(facts));
    }
    (!facts.run.compared).then_some(Decision::Compare)
}

fn history(facts: &Facts) -> Decision {
    if facts.passcode.evaluated.is_some() {
        Give(Step::FinishHistory)
    } else if facts.run.blinded.is_some() {
        Decision::Evaluate
    } else {
        Give(Step::Blind)
    }
}

/// Two keys, two certificates. What signs in comes last.
fn new_keys(facts: &Facts, given: Given<'_>) -> Option<Decision> {
    let Some(moves) = facts.run.moves_keys else { return Some(Give(Step::ReadVersion)) };
    let mut waits = None;
    for which in Which::BOTH {
        let next = make(facts, which, moves, given);
        match next.or_else(|| if moves { None } else { put_in_place(facts, which, given) }) {
            // Where the old keys stay, the authority can decide about both at the same time.
            Some(Stop(Trouble::AuthorityDecides)) if moves => waits = Some(Stop(Trouble::AuthorityDecides)),
            Some(next) => return Some(next),
            None => {}
        }
    }
    waits.or_else(|| moves.then(|| move_both(facts, given)).flatten())
}

/// A key, a request that it signs, a certificate for it; and, where it waits, that it works.
fn make(facts: &Facts, which: Which, moves: bool, given: Given<'_>) -> Option<Decision> {
    let (pair, seen) = (facts.pair(which), facts.seen(which));
    let slot = if moves && !pair.moved { which.waiting() } else { which.place() };
    if pair.key.is_none() {
        return Some(Give(Step::Generate { slot }));
    }
    if pair.certificate.is_none() {
        return Some(match (&pair.request_signature, &pair.waits) {
            (None, _) => Give(Step::SignRequest { slot }),
            (Some(_), Some(waits)) if given.now < waits.again => Stop(Trouble::AuthorityDecides),
            (Some(_), _) => Decision::Issue(which),
        });
    }
    let unsure = moves && !pair.moved && !pair.moving && !seen.waits;
    unsure.then(|| challenge(which.waiting(), given))
}

/// The certificate is written beside its key, and the key proves that it works.
fn put_in_place(facts: &Facts, which: Which, given: Given<'_>) -> Option<Decision> {
    let seen = facts.seen(which);
    if !seen.written {
        return Some(Give(Step::Write { which }));
    }
    (!seen.proved).then(|| challenge(which.place(), given))
}

/// Both wait and work: now they take the places of the old ones, which are erased when that is done.
fn move_both(facts: &Facts, given: Given<'_>) -> Option<Decision> {
    let moving = Which::BOTH.into_iter().find_map(|which| {
        let (pair, seen) = (facts.pair(which), facts.seen(which));
        if pair.moved {
            return put_in_place(facts, which, given);
        }
        if pair.moving && !seen.not_in_place {
            return Some(challenge(which.place(), given));
        }
        if pair.moving && !seen.waits {
            return Some(challenge(which.waiting(), given));
        }
        if !pair.has_room {
            return Some(Give(Step::MakeRoom { which }));
        }
        if !seen.put_aside {
            return Some(Give(Step::PutAside { which }));
        }
        Some(Give(Step::Move { which }))
    });
    moving.or_else(|| {
        let left = Which::BOTH.into_iter().find(|which| !facts.seen(*which).old_erased);
        left.map(|which| Give(Step::EraseOld { which }))
    })
}

fn challenge(slot: Slot, given: Given<'_>) -> Decision {
    Give(Step::SignChallenge { slot, challenge: Hex(given.fresh.to_vec()) })
}

/// What is known by giving an order: from now on it may have been done.
pub(super) fn giving(facts: &mut Facts, step: &Step) {
    match step {
        Step::Change => facts.passcode.changing = true,
        Step::PutAside { which } => facts.pair_mut(*which).put_aside_orders += 1,
        Step::Move { which } => facts.pair_mut(*which).moving = true,
        _ => {}
    }
}

#[cfg(test)]
mod card;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

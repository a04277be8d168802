//! One order of the portal: what is done to the card, and what is answered.

use std::time::Duration;

use card_jobs::{About, Hex, Order, Outcome, PasscodeFrom, Progress, Slot};
use piv::Guid;
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::card::{HeldCard, Tries, wants_passcode_each_time};
use crate::history::Blinding;
use crate::person::{Missing, NewPasscode, Passcode, Person, Unanswered};
use crate::readers::{CardProblem, Readers, ReadersProblem};
use crate::trouble::Trouble;

/// How often somebody is asked to put in the card before the agent gives up.
const ASKED_FOR_CARD: usize = 5;

/// How long an answer "it is in" is waited for to become true.
const SETTLES: Duration = Duration::from_secs(10);

/// Where a job is worked on: the card that is held, and what the person typed for it.
pub(crate) struct Bench<'a> {
    about: &'a About,
    readers: &'a mut dyn Readers,
    person: &'a mut dyn Person,
    randomness: &'a mut (dyn CryptoRngCore + Send),
    card: Option<HeldCard>,
    current: Option<Passcode>,
    new: Option<Passcode>,
    blinding: Option<Blinding>,
    /// A passcode that was asked for was wrong just now.
    was_wrong: bool,
}

/// What ends an order before it is done.
enum Stop {
    Answer(Outcome),
    Trouble(Trouble),
}

impl From<CardProblem> for Stop {
    fn from(_: CardProblem) -> Self {
        Self::Answer(Outcome::CardGone)
    }
}

impl From<Unanswered> for Stop {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Declined => Self::Answer(Outcome::Declined),
            Unanswered::NoWindow => Self::Trouble(Trouble::NoWindow),
        }
    }
}

impl<'a> Bench<'a> {
    pub(crate) fn new(
        about: &'a About,
        readers: &'a mut dyn Readers,
        person: &'a mut dyn Person,
        randomness: &'a mut (dyn CryptoRngCore + Send),
    ) -> Self {
        let (card, current, new, blinding) = (None, None, None, None);
        Self { about, readers, person, randomness, card, current, new, blinding, was_wrong: false }
    }

    pub(crate) fn shows(&mut self, progress: Progress) {
        self.person.sees(progress);
    }

    /// Does one order.
    pub(crate) fn does(&mut self, order: Order) -> Result<Outcome, Trouble> {
        let outcome = match self.tries(order) {
            Ok(outcome) | Err(Stop::Answer(outcome)) => outcome,
            Err(Stop::Trouble(trouble)) => return Err(trouble),
        };
        if outcome == Outcome::CardGone {
            self.card = None;
        }
        Ok(outcome)
    }

    fn tries(&mut self, order: Order) -> Result<Outcome, Stop> {
        match order {
            Order::Connect { card } => self.connect(card.as_ref()),
            Order::Transmit { commands } => self.transmit(&commands),
            Order::Verify { passcode } => self.verify(&passcode),
            Order::Change { current, new } => self.change(&current, &new),
            Order::Unblock { key, next_key, new } => {
                let new = self.new_passcode(&new)?;
                let outcome = self.card()?.unblock(key.bytes(), next_key.bytes(), &new)?;
                if outcome == Outcome::Done {
                    self.current = Some(new);
                }
                Ok(outcome)
            }
            Order::Sign { slot, digest, passcode } => self.sign(slot, &digest, &passcode),
            Order::BlindHistory { new } => self.blind(&new),
            Order::FinishHistory { evaluated } => {
                let Some(blinding) = &self.blinding else { return Ok(Outcome::CardGone) };
                let output = blinding.finish(evaluated.bytes());
                Ok(output
                    .map_or(Outcome::NotAllowed, |output| Outcome::HistoryOutput { output: Hex(output) }))
            }
            Order::End { .. } => Ok(Outcome::Done),
        }
    }

    fn card(&mut self) -> Result<&mut HeldCard, Stop> {
        self.card.as_mut().ok_or(Stop::Answer(Outcome::CardGone))
    }

    fn connect(&mut self, wanted: Option<&Hex>) -> Result<Outcome, Stop> {
        let guid = match wanted {
            Some(wanted) => match <[u8; 16]>::try_from(wanted.bytes()) {
                Ok(guid) => Some(Guid(guid)),
                Err(_) => return Ok(Outcome::NotAllowed),
            },
            None => None,
        };
        // Whatever was held is reset first: it is looked at again with the others.
        (self.card, self.blinding) = (None, None);
        let mut missing = match self.seek(guid) {
            Ok(connected) => return Ok(connected),
            Err(missing) => missing,
        };
        for _ in 0..ASKED_FOR_CARD {
            match self.person.puts_in_card(self.about, missing) {
                Ok(()) => {}
                Err(Unanswered::Declined) => break,
                Err(Unanswered::NoWindow) => return Err(Stop::Trouble(Trouble::NoWindow)),
            }
            missing = match self.seek_until_it_settles(guid) {
                Ok(connected) => return Ok(connected),
                Err(missing) => missing,
            };
        }
        Ok(match missing {
            Missing::Reader => Outcome::NoReader,
            Missing::Card => Outcome::NoCard,
            Missing::RightCard => Outcome::WrongCard,
            Missing::FreeCard => Outcome::Declined,
        })
    }

    /// A card that was put in just now may need a moment to answer: looks again whenever something changes.
    fn seek_until_it_settles(&mut self, guid: Option<Guid>) -> Result<Outcome, Missing> {
        loop {
            match self.seek(guid) {
                Err(missing) if !self.readers.wait(SETTLES) => return Err(missing),
                Err(_) => {}
                connected => return connected,
            }
        }
    }

    /// Looks through the readers for the card; without a GUID the only card will do.
    fn seek(&mut self, guid: Option<Guid>) -> Result<Outcome, Missing> {
        let seats = match self.readers.look() {
            Ok(seats) => seats,
            Err(ReadersProblem::NoReader | ReadersProblem::NoService) => return Err(Missing::Reader),
        };
        if guid.is_none() && seats.len() > 1 {
            return Err(Missing::RightCard);
        }
        let mut missing = Missing::Card;
        for seat in seats {
            let held = self.readers.open(&seat).and_then(HeldCard::select);
            match held {
                Ok(Some(card)) if guid.is_none() || card.guid() == guid => {
                    self.card = Some(card);
                    return Ok(Outcome::Connected { reader: seat.reader, atr: Hex(seat.atr) });
                }
                Ok(_) if missing != Missing::FreeCard => missing = Missing::RightCard,
                Ok(_) | Err(CardProblem::Gone) => {}
                Err(CardProblem::Busy) => missing = Missing::FreeCard,
            }
        }
        Err(missing)
    }

    fn transmit(&mut self, commands: &[Hex]) -> Result<Outcome, Stop> {
        let allowed: Result<Vec<_>, _> =
            commands.iter().map(|command| piv::allowed(command.bytes())).collect();
        let allowed = match allowed {
            Ok(allowed) => allowed,
            Err(why) => {
                tracing::warn!(%why, "a command of the portal's stays off the card");
                return Ok(Outcome::NotAllowed);
            }
        };
        let card = self.card()?;
        let mut answers = Vec::with_capacity(allowed.len());
        for command in allowed {
            let answer = card.send(&command)?;
            answers.push(Hex(answer.bytes()));
            if !answer.status.is_success() {
                break;
            }
        }
        Ok(Outcome::Answered { answers })
    }

    fn verify(&mut self, from: &PasscodeFrom) -> Result<Outcome, Stop> {
        let passcode = self.present_passcode(from)?;
        let outcome = self.card()?.verify(&passcode)?;
        Ok(self.remember(&outcome, from))
    }

    fn change(&mut self, current: &PasscodeFrom, new: &PasscodeFrom) -> Result<Outcome, Stop> {
        let present = self.present_passcode(current)?;
        let chosen = self.new_passcode(new)?;
        let outcome = self.card()?.change(&present, &chosen)?;
        match outcome {
            Outcome::Done => self.current = Some(chosen),
            Outcome::PasscodeRefused => self.new = None,
            _ => {}
        }
        Ok(self.remember(&outcome, current))
    }

    fn sign(&mut self, slot: Slot, digest: &Hex, from: &PasscodeFrom) -> Result<Outcome, Stop> {
        let Ok(digest) = <[u8; 32]>::try_from(digest.bytes()) else { return Ok(Outcome::NotAllowed) };
        if !wants_passcode_each_time(slot) {
            match self.card()?.sign(slot, &digest)? {
                Outcome::Unexpected { status: 0x6982 } => {}
                outcome => return Ok(outcome),
            }
        }
        match self.verify(from)? {
            Outcome::Done => Ok(self.card()?.sign(slot, &digest)?),
            other => Ok(other),
        }
    }

    fn blind(&mut self, from: &PasscodeFrom) -> Result<Outcome, Stop> {
        let guid = self.card()?.guid();
        let passcode = self.new_passcode(from)?;
        let Some(guid) = guid else { return Ok(Outcome::WrongCard) };
        let Some((blinding, element)) = Blinding::begin(&guid.0, &passcode, &mut *self.randomness) else {
            return Ok(Outcome::PasscodeRefused);
        };
        self.blinding = Some(blinding);
        Ok(Outcome::Blinded { element: Hex(element) })
    }

    /// The present passcode; never where it would be the last try and nobody agreed to that.
    fn present_passcode(&mut self, from: &PasscodeFrom) -> Result<Passcode, Stop> {
        let left = match self.card()?.tries()? {
            Tries::Blocked => return Err(Stop::Answer(Outcome::Blocked)),
            Tries::Left(left) => Some(left),
            Tries::NotTold => None,
        };
        if left == Some(1) {
            match self.person.risks_last_try(self.about) {
                Ok(()) => {}
                Err(Unanswered::Declined) => return Err(Stop::Answer(Outcome::LastTryKept { left: 1 })),
                Err(unanswered) => return Err(unanswered.into()),
            }
        }
        match (from, &self.current) {
            (PasscodeFrom::Portal(typed), _) => Ok(Zeroizing::new(typed.bytes().to_vec())),
            (PasscodeFrom::AskCurrent, Some(typed)) => Ok(typed.clone()),
            (PasscodeFrom::AskCurrent, None) => {
                let typed = self.person.types_passcode(self.about, left, self.was_wrong)?;
                self.current = Some(typed.clone());
                Ok(typed)
            }
            (PasscodeFrom::AskNew { .. }, _) => self.new.clone().ok_or(Stop::Answer(Outcome::NotAllowed)),
        }
    }

    fn new_passcode(&mut self, from: &PasscodeFrom) -> Result<Passcode, Stop> {
        match (from, &self.new) {
            (PasscodeFrom::Portal(typed), _) => Ok(Zeroizing::new(typed.bytes().to_vec())),
            (PasscodeFrom::AskNew { .. }, Some(chosen)) => Ok(chosen.clone()),
            (PasscodeFrom::AskNew { min, max, letters }, None) => {
                let wanted = NewPasscode { min: *min, max: *max, letters: *letters };
                let chosen = self.person.chooses_passcode(self.about, wanted)?;
                self.new = Some(chosen.clone());
                Ok(chosen)
            }
            (PasscodeFrom::AskCurrent, _) => Err(Stop::Answer(Outcome::NotAllowed)),
        }
    }

    /// Forgets a passcode that was asked for and was wrong.
    fn remember(&mut self, outcome: &Outcome, from: &PasscodeFrom) -> Outcome {
        self.was_wrong = matches!(outcome, Outcome::WrongPasscode { .. });
        let refused = self.was_wrong || matches!(outcome, Outcome::Blocked);
        if refused && *from == PasscodeFrom::AskCurrent {
            self.current = None;
        }
        outcome.clone()
    }
}

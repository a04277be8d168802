//! A card whose PIV application is selected and which nobody else can use meanwhile.

use card_jobs::{Hex, Outcome, Slot};
use piv::{Chuid, Command, Guid, Object, Passcode, Status, Unreadable, commands, passcode};

use crate::readers::{CardProblem, Transport};

/// A card that is held, with its PIV application selected.
pub struct HeldCard {
    line: Box<dyn Transport>,
    guid: Option<Guid>,
}

/// What the card says of the tries that its passcode has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// So many.
    Left(u8),
    /// None.
    Blocked,
    /// The passcode was verified already, or the card does not say.
    NotTold,
}

impl HeldCard {
    /// Selects the PIV application and reads the card's GUID. None where the card has no such application.
    ///
    /// # Errors
    /// [`CardProblem`] where the card leaves meanwhile.
    pub fn select(line: Box<dyn Transport>) -> Result<Option<Self>, CardProblem> {
        let mut card = Self { line, guid: None };
        if !card.send(&commands::select())?.status.is_success() {
            return Ok(None);
        }
        let answer = card.send(&commands::get_data(Object::CHUID))?;
        card.guid = piv::object_of(&answer).ok().and_then(Chuid::read).map(|chuid| chuid.guid);
        Ok(Some(card))
    }

    /// Which card it is; none where it does not say.
    pub fn guid(&self) -> Option<Guid> {
        self.guid
    }

    /// Sends a command in the parts that the card takes, and gathers its answer.
    ///
    /// # Errors
    /// [`CardProblem::Gone`], also where what comes is no answer.
    pub fn send(&mut self, command: &Command) -> Result<piv::Answer, CardProblem> {
        let line = &mut self.line;
        let answer = piv::exchange(command, |bytes| line.transmit(bytes).map(|answer| answer.to_vec()));
        answer.map_err(|_| CardProblem::Gone)
    }

    /// How many tries the passcode has left; asking costs none.
    ///
    /// # Errors
    /// [`CardProblem::Gone`].
    pub fn tries(&mut self) -> Result<Tries, CardProblem> {
        Ok(match self.send(&commands::tries_left())?.status {
            Status::Wrong { left: 0 } | Status::Blocked => Tries::Blocked,
            Status::Wrong { left } => Tries::Left(left),
            _ => Tries::NotTold,
        })
    }

    /// Tries a passcode.
    ///
    /// # Errors
    /// [`CardProblem::Gone`].
    pub fn verify(&mut self, typed: &[u8]) -> Result<Outcome, CardProblem> {
        let Ok(passcode) = Passcode::new(typed) else { return Ok(Outcome::PasscodeRefused) };
        let status = self.send(&passcode::verify(&passcode))?.status;
        Ok(of_passcode(status))
    }

    /// Changes the passcode.
    ///
    /// # Errors
    /// [`CardProblem::Gone`]: whether it was changed is not known then.
    pub fn change(&mut self, current: &[u8], new: &[u8]) -> Result<Outcome, CardProblem> {
        let (Ok(current), Ok(new)) = (Passcode::new(current), Passcode::new(new)) else {
            return Ok(Outcome::PasscodeRefused);
        };
        let status = self.send(&passcode::change(&current, &new))?.status;
        Ok(of_passcode(status))
    }

    /// Opens a blocked card with a new passcode, and then replaces the unblocking key.
    ///
    /// # Errors
    /// [`CardProblem::Gone`]: whether it was opened is not known then.
    pub fn unblock(&mut self, key: &[u8], next_key: &[u8], new: &[u8]) -> Result<Outcome, CardProblem> {
        let (Ok(key), Ok(next_key)) = (Passcode::new(key), Passcode::new(next_key)) else {
            return Ok(Outcome::NotAllowed);
        };
        let Ok(new) = Passcode::new(new) else { return Ok(Outcome::PasscodeRefused) };
        for command in [passcode::unblock(&key, &new), passcode::change_unblocking_key(&key, &next_key)] {
            let status = self.send(&command)?.status;
            match of_passcode(status) {
                Outcome::Done => {}
                Outcome::WrongPasscode { left } => return Ok(Outcome::WrongUnblockingKey { left }),
                Outcome::Blocked => return Ok(Outcome::WrongUnblockingKey { left: 0 }),
                other => return Ok(other),
            }
        }
        Ok(Outcome::Done)
    }

    /// Signs a SHA-256 digest. [`Outcome::Unexpected`] with 6982 where the passcode must be verified first.
    ///
    /// # Errors
    /// [`CardProblem::Gone`].
    pub fn sign(&mut self, slot: Slot, digest: &[u8; 32]) -> Result<Outcome, CardProblem> {
        let answer = self.send(&commands::sign(on_card(slot), digest))?;
        Ok(match piv::signature_of(&answer) {
            Ok(signature) => Outcome::Signed { signature: Hex(signature) },
            Err(Unreadable::Refused(status)) => Outcome::Unexpected { status: status.word() },
            Err(Unreadable::SomethingElse) => Outcome::Unexpected { status: answer.status.word() },
        })
    }

    /// The certificate beside a key, DER; none where there is none that can be read.
    ///
    /// # Errors
    /// [`CardProblem::Gone`].
    pub fn certificate(&mut self, slot: Slot) -> Result<Option<Vec<u8>>, CardProblem> {
        let answer = self.send(&commands::get_data(on_card(slot).certificate()))?;
        Ok(piv::certificate_of(&answer).ok().flatten())
    }
}

/// What a status says about a passcode.
fn of_passcode(status: Status) -> Outcome {
    match status {
        Status::Success => Outcome::Done,
        Status::Wrong { left: 0 } | Status::Blocked => Outcome::Blocked,
        Status::Wrong { left } => Outcome::WrongPasscode { left },
        Status::WrongData => Outcome::PasscodeRefused,
        other => Outcome::Unexpected { status: other.word() },
    }
}

/// Whether the card wants the passcode right before each use of the key.
pub(crate) fn wants_passcode_each_time(slot: Slot) -> bool {
    on_card(slot).wants_passcode_each_time()
}

fn on_card(slot: Slot) -> piv::Slot {
    match slot {
        Slot::Authentication => piv::Slot::Authentication,
        Slot::Signature => piv::Slot::Signature,
        Slot::NextAuthentication => piv::Slot::NextAuthentication,
        Slot::NextSignature => piv::Slot::NextSignature,
    }
}

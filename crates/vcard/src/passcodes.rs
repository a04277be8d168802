//! VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER (part 2, sections 3.2.1 to 3.2.3).

use crate::Card;
use crate::card::Verified;
use crate::state::{Counted, TRIES};
use piv::{Command, Status};

impl Counted {
    /// Compares, and counts: a right value gives back all tries, a wrong one takes one, and none are left of a blocked one.
    fn check(&mut self, value: [u8; 8]) -> Result<(), Status> {
        let Some(left) = self.left.checked_sub(1) else { return Err(Status::Blocked) };
        if self.value == value {
            self.left = TRIES;
            return Ok(());
        }
        self.left = left;
        Err(if left == 0 { Status::Blocked } else { Status::Wrong { left } })
    }
}

impl Card {
    pub(crate) fn verify(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        let is_passcode = command.p2 == 0x80;
        match (command.p1, command.data()) {
            _ if !is_passcode => Err(Status::NoSuchReference),
            (0x00, []) if self.session.passcode != Verified::No => Ok(vec![]),
            (0x00, []) => Err(match self.state.passcode.left {
                0 => Status::Blocked,
                left => Status::Wrong { left },
            }),
            (0xFF, []) => {
                self.session.passcode = Verified::No;
                Ok(vec![])
            }
            (0x00, typed) => {
                let typed = typed.try_into().map_err(|_| Status::WrongData)?;
                self.session.passcode = Verified::No;
                self.state.passcode.check(typed)?;
                self.session.passcode = Verified::JustNow;
                Ok(vec![])
            }
            _ => Err(Status::WrongParameters),
        }
    }

    pub(crate) fn change(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        let (current, new) = two(command)?;
        match (command.p1, command.p2) {
            (0x00, 0x80) => {
                if self.state.passcode.left > 0 && !self.state.profile.takes(new) {
                    return Err(Status::WrongData);
                }
                self.session.passcode = Verified::No;
                self.state.passcode.check(current)?;
                self.state.passcode.value = new;
                self.session.passcode = Verified::Before;
            }
            (0x00, 0x81) => {
                self.state.unblocking_key.check(current)?;
                self.state.unblocking_key.value = new;
            }
            (0x00, _) => return Err(Status::NoSuchReference),
            _ => return Err(Status::WrongParameters),
        }
        Ok(vec![])
    }

    pub(crate) fn unblock(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        if (command.p1, command.p2) != (0x00, 0x80) {
            return Err(Status::NoSuchReference);
        }
        let (key, new) = two(command)?;
        if self.state.unblocking_key.left > 0 && !self.state.profile.takes(new) {
            return Err(Status::WrongData);
        }
        self.state.unblocking_key.check(key)?;
        self.session.passcode = Verified::No;
        self.state.passcode = Counted { value: new, left: TRIES };
        Ok(vec![])
    }
}

fn two(command: &Command) -> Result<([u8; 8], [u8; 8]), Status> {
    let (first, second) = command.data().split_first_chunk().ok_or(Status::WrongLength)?;
    Ok((*first, second.try_into().map_err(|_| Status::WrongLength)?))
}

//! The card: what it was told since it was put in, and how it answers.

use crate::apdu::{Parts, Whole};
use crate::objects::select;
use crate::state::{Folder, State};
use crate::{FolderProblem, Personal};
use piv::{Answer, Command, Guid, PublicKey, Slot, Status};
use std::path::Path;

/// What the card says when it is switched on: T=0 and T=1, direct convention, "FW-VPIV".
pub const ATR: [u8; 12] = [0x3B, 0x87, 0x80, 0x01, b'F', b'W', b'-', b'V', b'P', b'I', b'V', 0x23];

/// When a card is pulled out: the command that it happens at was not carried out, or was and was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    /// Before the command took effect.
    Before,
    /// After it took effect and before the answer.
    After,
}

/// At which command a card is pulled out.
#[derive(Debug, Clone, Copy)]
enum When {
    /// At the one after so many.
    After(u32),
    /// At the next that says to do this.
    At(u8),
}

/// The card is out. Nothing answers until it is put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the card was pulled out")]
pub struct Pulled;

/// A command that came whole, without what stood in it, and what the card said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// What to do.
    pub instruction: u8,
    /// The first parameter.
    pub p1: u8,
    /// The second parameter.
    pub p2: u8,
    /// What the card said.
    pub status: Status,
}

/// A card.
pub struct Card {
    pub(crate) state: State,
    pub(crate) session: Session,
    folder: Option<Folder>,
    pull: Option<(When, Pull)>,
    act: Option<(u32, Pull, Act)>,
    is_out: bool,
    heard: Vec<Heard>,
}

/// What happens elsewhere while the card is at a command.
type Act = Box<dyn FnOnce() + Send>;

/// What a reset forgets.
#[derive(Default)]
pub(crate) struct Session {
    parts: Parts,
    is_selected: bool,
    /// Whether the passcode was verified.
    pub passcode: Verified,
    /// The management key was shown.
    pub is_managed: bool,
    /// What the card drew and wants to see again.
    pub drawn: Option<[u8; 16]>,
}

/// Whether the passcode was verified.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verified {
    #[default]
    No,
    /// By the last command.
    JustNow,
    /// By one before.
    Before,
}

impl Card {
    /// A blank card that is kept nowhere.
    pub fn new(personal: &Personal) -> Self {
        Self::with(State::of(personal), None)
    }

    /// The card in a folder; a blank one where there is none yet.
    ///
    /// # Errors
    /// Where the folder cannot be used or holds something else.
    pub fn open(folder: &Path, personal: &Personal) -> Result<Self, FolderProblem> {
        let folder = Folder::new(folder)?;
        let state = match folder.read()? {
            Some(state) => state,
            None => {
                let state = State::of(personal);
                folder.write(&state)?;
                state
            }
        };
        Ok(Self::with(state, Some(folder)))
    }

    fn with(state: State, folder: Option<Folder>) -> Self {
        Self {
            state,
            session: Session::default(),
            folder,
            pull: None,
            act: None,
            is_out: false,
            heard: Vec::new(),
        }
    }

    /// Answers one command, short or extended, with data and the two status bytes.
    ///
    /// # Errors
    /// Where the card is out, or is pulled out now.
    pub fn answer(&mut self, command: &[u8]) -> Result<Vec<u8>, Pulled> {
        if self.is_out {
            return Err(Pulled);
        }
        let pull = match &mut self.pull {
            Some((When::After(0), pull)) => Some(*pull),
            Some((When::At(instruction), pull)) if command.get(1) == Some(instruction) => Some(*pull),
            Some((When::After(left), _)) => {
                *left -= 1;
                None
            }
            _ => None,
        };
        if pull == Some(Pull::Before) {
            self.pull_out();
            return Err(Pulled);
        }
        let after = match self.act_now() {
            Some((Pull::Before, act)) => {
                act();
                None
            }
            Some((Pull::After, act)) => Some(act),
            None => None,
        };
        let answer = match self.session.parts.take(command) {
            Whole::Answer(answer) => answer,
            Whole::Command(command) => {
                let answer = self.carry_out(&command);
                self.session.parts.give(&answer, command.expected)
            }
        };
        if let Some(act) = after {
            act();
        }
        if pull.is_some() {
            self.pull_out();
            return Err(Pulled);
        }
        Ok(answer.bytes())
    }

    /// What is to be done at this command, if it is the one.
    fn act_now(&mut self) -> Option<(Pull, Act)> {
        let (left, _, _) = self.act.as_mut()?;
        if let Some(less) = left.checked_sub(1) {
            *left = less;
            return None;
        }
        self.act.take().map(|(_, when, act)| (when, act))
    }

    /// Forgets what was shown since the card was put in: switched off and on.
    pub fn reset(&mut self) {
        self.session = Session::default();
    }

    /// Pulls it out by itself, after so many more commands: at 0, at the very next one.
    pub fn pull_after(&mut self, commands: u32, pull: Pull) {
        self.pull = Some((When::After(commands), pull));
    }

    /// Does something while the card is at a command, after so many more: at 0, at the very next one. The card takes no notice:
    /// tests kill who works it.
    pub fn act_after(&mut self, commands: u32, when: Pull, act: impl FnOnce() + Send + 'static) {
        self.act = Some((commands, when, Box::new(act)));
    }

    /// Takes back what [`Card::act_after`] said. Answers whether it was still to come.
    pub fn acts_no_more(&mut self) -> bool {
        self.act.take().is_some()
    }

    /// Pulls it out by itself at the next command, or part of one, with this instruction.
    pub fn pull_at(&mut self, instruction: u8, pull: Pull) {
        self.pull = Some((When::At(instruction), pull));
    }

    /// Whether it will be pulled out by itself.
    pub fn will_be_pulled_out(&self) -> bool {
        self.pull.is_some()
    }

    /// Pulls it out now.
    pub fn pull_out(&mut self) {
        self.reset();
        self.pull = None;
        self.is_out = true;
    }

    /// Puts it back.
    pub fn put_in(&mut self) {
        self.reset();
        self.is_out = false;
    }

    /// Whether it is out of the reader.
    pub fn is_out(&self) -> bool {
        self.is_out
    }

    /// Every command that came whole, since the card was made or opened.
    pub fn heard(&self) -> &[Heard] {
        &self.heard
    }

    /// Its number.
    pub fn guid(&self) -> Guid {
        Guid(self.state.guid)
    }

    /// How many tries the passcode has left; 0 where the card is blocked.
    pub fn tries_left(&self) -> u8 {
        self.state.passcode.left
    }

    /// Whether nothing was written on it since the bureau: no keys and no certificates.
    pub fn is_blank(&self) -> bool {
        self.state.keys.is_empty() && Slot::ALL.into_iter().all(|slot| self.certificate(slot).is_none())
    }

    /// The public half of the key in a slot.
    pub fn public_key(&self, slot: Slot) -> Option<PublicKey> {
        self.state.keys.get(&slot.reference())?.public_key()
    }

    fn carry_out(&mut self, command: &Command) -> Answer {
        let before = self.state.clone();
        let verified = self.session.passcode;
        let answer = self.dispatch(command).unwrap_or_else(|status| Answer::new(vec![], status));
        if verified == Verified::JustNow && self.session.passcode == verified && command.instruction != 0x20 {
            self.session.passcode = Verified::Before;
        }
        let Command { instruction, p1, p2, .. } = *command;
        self.heard.push(Heard { instruction, p1, p2, status: answer.status });
        match &self.folder {
            // A card that cannot keep what it did must not say that it did it.
            Some(folder) if self.state != before && folder.write(&self.state).is_err() => {
                self.state = before;
                Answer::new(vec![], Status::Full)
            }
            _ => answer,
        }
    }

    fn dispatch(&mut self, command: &Command) -> Result<Answer, Status> {
        if command.instruction == 0xA4 {
            let data = select(command)?;
            self.session.is_selected = true;
            return Ok(Answer::new(data, Status::Success));
        }
        if !self.session.is_selected {
            return Err(Status::NoSuchInstruction);
        }
        let data = match command.instruction {
            0x20 => self.verify(command)?,
            0x24 => self.change(command)?,
            0x2C => self.unblock(command)?,
            0x47 => self.generate(command)?,
            0x87 if command.p2 == 0x9B => self.authenticate(command)?,
            0x87 => self.sign(command)?,
            0xCB => self.get_data(command)?,
            0xDB => self.put_data(command)?,
            0xF6 => self.move_key(command)?,
            0xF7 => self.metadata(command)?,
            0xF8 => self.serial()?,
            0xFD => self.version()?,
            _ => return Err(Status::NoSuchInstruction),
        };
        Ok(Answer::new(data, Status::Success))
    }
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Card({})", self.guid())
    }
}

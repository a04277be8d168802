//! Commands that come in parts and answers that leave in parts.

use piv::{Answer, Command, Status};

/// The longest command of a chain.
const LONGEST: usize = 0x4000;

/// What is gathered of a command and what is waiting of an answer.
#[derive(Default)]
pub(crate) struct Parts {
    coming: Vec<u8>,
    leaving: Vec<u8>,
}

/// What a part makes.
pub(crate) enum Whole {
    /// A command that is complete.
    Command(Command),
    /// An answer without asking the card.
    Answer(Answer),
}

impl Parts {
    /// Takes the next command that came.
    pub fn take(&mut self, bytes: &[u8]) -> Whole {
        let Ok(command) = Command::parse(bytes) else { return refuse(Status::WrongLength) };
        if command.class & !Command::CHAINED != 0 {
            return refuse(Status::NoSuchClass);
        }
        if command.instruction == 0xC0 {
            return Whole::Answer(self.next(command.expected));
        }
        self.leaving.clear();
        if command.is_chained() {
            self.coming.extend_from_slice(command.data());
            if self.coming.len() > LONGEST {
                self.coming.clear();
                return refuse(Status::WrongLength);
            }
            return Whole::Answer(Answer::new(vec![], Status::Success));
        }
        if self.coming.is_empty() {
            return Whole::Command(command);
        }
        let mut data = std::mem::take(&mut self.coming);
        data.extend_from_slice(command.data());
        Whole::Command(command.with(data))
    }

    /// As much of an answer as the command expects; the rest waits.
    pub fn give(&mut self, answer: &Answer, expected: Option<u32>) -> Answer {
        if !answer.status.is_success() {
            return answer.clone();
        }
        self.leaving = answer.data().to_vec();
        self.next(expected)
    }

    fn next(&mut self, expected: Option<u32>) -> Answer {
        let most = usize::try_from(expected.unwrap_or(256)).unwrap_or(256).min(self.leaving.len());
        let rest = self.leaving.split_off(most);
        let part = std::mem::replace(&mut self.leaving, rest);
        let status = match u8::try_from(self.leaving.len()) {
            Ok(0) => Status::Success,
            Ok(more) => Status::More(more),
            Err(_) => Status::More(0),
        };
        Answer::new(part, status)
    }
}

fn refuse(status: Status) -> Whole {
    Whole::Answer(Answer::new(vec![], status))
}

//! One command and its whole answer over a line that carries short commands only (part 2, sections 3.3.2 and 3.3.3).

use crate::{Answer, Command, Status};

/// No answer is longer: the largest object of a PIV card has 12,710 bytes (part 1, table 8).
const LONGEST: usize = 0x8000;

/// Why there is no whole answer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExchangeProblem<E> {
    /// The line failed: the card was pulled out, or the reader.
    #[error("the line to the card failed: {0}")]
    Line(E),
    /// What came is no answer, or has no end.
    #[error("what the card sent is no answer")]
    NoAnswer,
}

/// Sends a command in parts that every card takes, and gathers the parts of its answer.
///
/// `send` carries one short command to the card and brings what came back with its two status bytes.
///
/// # Errors
/// Where the line fails, or what comes is no answer.
pub fn exchange<E>(
    command: &Command,
    mut send: impl FnMut(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Answer, ExchangeProblem<E>> {
    let mut once = |bytes: &[u8]| {
        let bytes = send(bytes).map_err(ExchangeProblem::Line)?;
        Answer::parse(&bytes).ok_or(ExchangeProblem::NoAnswer)
    };
    let chain = command.chain();
    let Some((last, before)) = chain.split_last() else { return Err(ExchangeProblem::NoAnswer) };
    for part in before {
        let answer = once(part)?;
        if !answer.status.is_success() {
            return Ok(answer);
        }
    }
    let mut part = once(last)?;
    if let Status::AskFor(length) = part.status {
        let last = Command::parse(last).map_err(|_| ExchangeProblem::NoAnswer)?;
        part = once(&last.expecting(as_many(length)).bytes())?;
    }
    let mut gathered = Vec::new();
    loop {
        gathered.extend_from_slice(part.data());
        let Status::More(more) = part.status else { return Ok(Answer::new(gathered, part.status)) };
        if gathered.len() > LONGEST {
            return Err(ExchangeProblem::NoAnswer);
        }
        part = once(&Command::new(0xC0, 0, 0).expecting(as_many(more)).bytes())?;
        if part.data().is_empty() && matches!(part.status, Status::More(_)) {
            return Err(ExchangeProblem::NoAnswer);
        }
    }
}

fn as_many(length: u8) -> u32 {
    if length == 0 { 256 } else { u32::from(length) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// Says these answers one after the other and remembers what it was sent.
    fn line(
        answers: &[&[u8]],
        command: &Command,
    ) -> (Result<Answer, ExchangeProblem<&'static str>>, Vec<Vec<u8>>) {
        let mut answers: VecDeque<Vec<u8>> = answers.iter().map(|answer| answer.to_vec()).collect();
        let mut sent = Vec::new();
        let answer = exchange(command, |bytes| {
            sent.push(bytes.to_vec());
            answers.pop_front().ok_or("pulled out")
        });
        (answer, sent)
    }

    #[test]
    fn a_long_answer_is_fetched_part_by_part() {
        let (answer, sent) = line(
            &[&[1, 2, 0x61, 0x02], &[3, 4, 0x61, 0x00], &[5, 0x90, 0x00]],
            &Command::new(0xCB, 0x3F, 0xFF).expecting_all(),
        );
        assert_eq!(answer, Ok(Answer::new(vec![1, 2, 3, 4, 5], Status::Success)));
        assert_eq!(sent[1..], [vec![0, 0xC0, 0, 0, 2], vec![0, 0xC0, 0, 0, 0]]);
    }

    #[test]
    fn a_long_command_goes_in_parts_and_stops_at_the_first_refusal() {
        let command = Command::new(0xDB, 0x3F, 0xFF).with(vec![7; 600]);
        let (answer, sent) = line(&[&[0x90, 0], &[0x90, 0], &[0x90, 0]], &command);
        assert_eq!(answer.map(|answer| answer.status), Ok(Status::Success));
        assert_eq!(sent.iter().map(|part| part[0]).collect::<Vec<_>>(), [0x10, 0x10, 0x00]);
        let (answer, sent) = line(&[&[0x90, 0], &[0x69, 0x82]], &command);
        assert_eq!(answer.map(|answer| answer.status), Ok(Status::NotVerified));
        assert_eq!(sent.len(), 2);
    }

    #[test]
    fn a_card_that_names_the_length_is_asked_again_with_it() {
        let (answer, sent) =
            line(&[&[0x6C, 3], &[1, 2, 3, 0x90, 0]], &Command::new(0xCB, 0x3F, 0xFF).expecting_all());
        assert_eq!(answer, Ok(Answer::new(vec![1, 2, 3], Status::Success)));
        assert_eq!(sent[1], [0, 0xCB, 0x3F, 0xFF, 3]);
    }

    #[test]
    fn a_pulled_card_and_what_is_no_answer_are_told_apart() {
        let command = Command::new(0xCB, 0x3F, 0xFF);
        assert_eq!(line(&[], &command).0, Err(ExchangeProblem::Line("pulled out")));
        assert_eq!(line(&[&[0x90]], &command).0, Err(ExchangeProblem::NoAnswer));
    }

    #[test]
    fn an_answer_without_end_is_given_up() {
        let command = Command::new(0xCB, 0x3F, 0xFF).expecting_all();
        assert_eq!(exchange(&command, |_| Ok::<_, ()>(vec![0x61, 0])), Err(ExchangeProblem::NoAnswer));
        let mut endless = vec![0; 200];
        endless.extend([0x61, 0]);
        assert_eq!(exchange(&command, |_| Ok::<_, ()>(endless.clone())), Err(ExchangeProblem::NoAnswer));
    }
}

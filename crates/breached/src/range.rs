//! The public range format: files named by the first five hexadecimal digits of a SHA-1 with lines of the other 35 and a
//! count (`SUFFIX:COUNT`), or one file of whole lines (`SHA1:COUNT`). A count of 0 is padding.

use std::io::{self, BufRead, Read as _};

use thiserror::Error;

use crate::digest::LENGTH;

/// Digits of a whole SHA-1.
const DIGITS: usize = 2 * LENGTH;
/// Digits that name a range.
const PREFIX_DIGITS: usize = 5;
/// No line of the format is longer, in bytes.
const LONGEST_LINE: usize = 80;

/// The first five digits, which the 35 of a line go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix([u8; PREFIX_DIGITS]);

impl Prefix {
    /// Reads exactly five hexadecimal digits, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = [0; PREFIX_DIGITS];
        if text.len() != PREFIX_DIGITS {
            return None;
        }
        for (digit, byte) in digits.iter_mut().zip(text.bytes()) {
            *digit = value(byte)?;
        }
        Some(Self(digits))
    }
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// The whole SHA-1.
    pub hash: [u8; LENGTH],
    /// How often it was seen; 0 for padding, which stands for no password.
    pub count: u64,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadLine {
    /// Too many or too few hexadecimal digits, or other signs among them.
    #[error("it does not begin with {expected} hexadecimal digits")]
    NoHash {
        /// How many there must be.
        expected: usize,
    },
    /// What follows the colon is no number.
    #[error("its count is not a number")]
    NoCount,
}

/// Reads a line without its end. After a `prefix` a line has 35 digits, otherwise 40; the colon and the count may be
/// missing.
///
/// # Errors
/// [`BadLine`].
pub fn line(prefix: Option<Prefix>, line: &[u8]) -> Result<Listed, BadLine> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut parts = line.splitn(2, |byte| *byte == b':');
    let digits = parts.next().unwrap_or_default();
    let before = prefix.as_ref().map_or(&[][..], |prefix| &prefix.0);
    let expected = DIGITS - before.len();
    let mut hash = [0; LENGTH];
    if digits.len() != expected {
        return Err(BadLine::NoHash { expected });
    }
    let values = before.iter().map(|digit| Some(*digit)).chain(digits.iter().map(|byte| value(*byte)));
    for (at, digit) in values.enumerate() {
        let digit = digit.ok_or(BadLine::NoHash { expected })?;
        if let Some(byte) = hash.get_mut(at / 2) {
            *byte = *byte << 4 | digit;
        }
    }
    let count = match parts.next() {
        None => 1,
        Some(text) => count(text).ok_or(BadLine::NoCount)?,
    };
    Ok(Listed { hash, count })
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// A number so great that it does not fit is a great number all the same.
fn count(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |count, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some(count.saturating_mul(10).saturating_add(digit))
    })
}

/// Reads lines one by one and holds no more than one of them. Empty ones are passed over.
pub struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, line: Vec::with_capacity(LONGEST_LINE), number: 0 }
    }

    /// The number of the line that was read last, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not empty, without its end. A line that is too long to be one comes in pieces, none of which
    /// can be read by [`line()`].
    ///
    /// # Errors
    /// Where the reader fails.
    pub fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        const MOST: u64 = LONGEST_LINE as u64;
        loop {
            self.line.clear();
            let read = self.reader.by_ref().take(MOST).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.last() == Some(&b'\n') {
                self.line.pop();
            }
            // The sign that some programs put before a text in UTF-8.
            if self.number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
                self.line.drain(..3);
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(&self.line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ABC: &str = "A9993E364706816ABA3E25717850C26C9CD0D89D";

    fn read(prefix: &str, text: &str) -> Result<Listed, BadLine> {
        line(Prefix::parse(prefix), text.as_bytes())
    }

    #[test]
    fn a_line_is_read_whole_or_after_its_prefix_in_either_case() {
        let whole = read("", &format!("{ABC}:17")).unwrap();
        assert_eq!((whole.hash[0], whole.hash[19], whole.count), (0xa9, 0x9d, 17));
        assert_eq!(read("A9993", &format!("{}:17\r", &ABC[5..])), Ok(whole));
        assert_eq!(read("a9993", &format!("{}:17", ABC[5..].to_lowercase())), Ok(whole));
        assert_eq!(read("", ABC), Ok(Listed { count: 1, ..whole }));
        assert_eq!(read("", &format!("{ABC}:99999999999999999999999")).unwrap().count, u64::MAX);
    }

    #[rstest]
    #[case("", "", BadLine::NoHash { expected: 40 })]
    #[case("", &ABC[5..], BadLine::NoHash { expected: 40 })]
    #[case("A9993", ABC, BadLine::NoHash { expected: 35 })]
    #[case("", "G9993E364706816ABA3E25717850C26C9CD0D89D:1", BadLine::NoHash { expected: 40 })]
    #[case("", " 9993E364706816ABA3E25717850C26C9CD0D89D:1", BadLine::NoHash { expected: 40 })]
    #[case("", "A9993E364706816ABA3E25717850C26C9CD0D89D:", BadLine::NoCount)]
    #[case("", "A9993E364706816ABA3E25717850C26C9CD0D89D:-1", BadLine::NoCount)]
    #[case("", "A9993E364706816ABA3E25717850C26C9CD0D89D:1:1", BadLine::NoCount)]
    fn a_line_of_another_kind_is_refused(#[case] prefix: &str, #[case] text: &str, #[case] why: BadLine) {
        assert_eq!(read(prefix, text), Err(why));
    }

    #[test]
    fn a_prefix_has_five_hexadecimal_digits() {
        for bad in ["", "A999", "A99933", "A999G", "A999é"] {
            assert_eq!(Prefix::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn lines_come_one_by_one_whatever_their_ends() {
        let mut lines = Lines::new("\u{feff}one\r\n\n  \ntwo".as_bytes());
        assert_eq!(lines.next_line().unwrap(), Some(&b"one\r"[..]));
        assert_eq!(lines.next_line().unwrap(), Some(&b"two"[..]));
        assert_eq!(lines.number(), 4);
        assert_eq!(lines.next_line().unwrap(), None);
    }

    #[test]
    fn a_line_without_end_is_not_held_in_memory() {
        let mut lines = Lines::new(io::BufReader::new(io::repeat(b'A').take(1_000_000)));
        let piece = lines.next_line().unwrap().unwrap();
        assert_eq!(piece.len(), LONGEST_LINE);
        assert!(line(None, piece).is_err());
    }
}

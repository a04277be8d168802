//! The line to vpcd, a reader of the PC/SC service that has no hardware: two bytes of length, then a command or one byte that
//! switches the card.

use crate::{ATR, Card};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Puts the card into the reader that listens at this address, and answers until it is pulled out or the reader goes away.
///
/// # Errors
/// Where there is no reader, or the line breaks.
pub fn connect(card: &Mutex<Card>, reader: &str) -> io::Result<()> {
    let mut line = TcpStream::connect(reader)?;
    line.set_nodelay(true)?;
    serve(card, &mut line)
}

/// The same over a line to the reader that is there already. The card is held for each command alone, so that a test can look
/// at it meanwhile.
///
/// # Errors
/// Where the line breaks.
pub fn serve(card: &Mutex<Card>, line: &mut (impl Read + Write)) -> io::Result<()> {
    hold(card).put_in();
    loop {
        let mut length = [0; 2];
        match line.read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        line.read_exact(&mut message)?;
        match message.as_slice() {
            [0..=2] => hold(card).reset(),
            [4] => say(line, &ATR)?,
            command => {
                let answer = hold(card).answer(command);
                let Ok(answer) = answer else { return Ok(()) };
                say(line, &answer)?;
            }
        }
    }
}

fn hold(card: &Mutex<Card>) -> MutexGuard<'_, Card> {
    card.lock().unwrap_or_else(PoisonError::into_inner)
}

fn say(line: &mut impl Write, words: &[u8]) -> io::Result<()> {
    let length = u16::try_from(words.len()).map_err(io::Error::other)?;
    line.write_all(&[&length.to_be_bytes()[..], words].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Personal, Pull};
    use std::io::Cursor;

    /// What is read, and what was written.
    struct Line(Cursor<Vec<u8>>, Vec<u8>);

    impl Read for Line {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            self.0.read(to)
        }
    }

    impl Write for Line {
        fn write(&mut self, from: &[u8]) -> io::Result<usize> {
            self.1.write(from)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const SELECT: &[u8] = &[0, 13, 0, 0xA4, 4, 0, 5, 0xA0, 0, 0, 3, 8, 0, 0, 0];

    #[test]
    fn a_reader_switches_the_card_on_and_speaks_to_it() {
        let card = Mutex::new(Card::new(&Personal::fresh()));
        let told = [&[0, 1, 1, 0, 1, 4, 0, 11][..], &SELECT[2..13], &[0, 1, 0]].concat();
        let mut line = Line(Cursor::new(told), Vec::new());
        serve(&card, &mut line).expect("the line ends where the reader goes away");
        assert_eq!(line.1[..2], [0, 12]);
        assert_eq!(line.1[2..14], ATR);
        assert_eq!(line.1[line.1.len() - 2..], [0x90, 0x00]);
        assert_eq!(ATR.iter().skip(1).fold(0, |sum, byte| sum ^ byte), 0, "the ATR ends with its check byte");
    }

    #[test]
    fn a_card_that_is_pulled_out_leaves_the_line() {
        let card = Mutex::new(Card::new(&Personal::fresh()));
        hold(&card).pull_after(0, Pull::After);
        let told = [&[0, 11][..], &SELECT[2..13]].concat();
        let mut line = Line(Cursor::new(told), Vec::new());
        serve(&card, &mut line).expect("it just leaves");
        assert!(line.1.is_empty());
        assert!(hold(&card).is_out());
    }
}

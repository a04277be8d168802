//! Commands to the card (ISO 7816-4, section 5.3): four bytes, data, and how much is expected.

use zeroize::Zeroizing;

/// As much as there is.
const ALL: u32 = 256;
/// The longest data of a short command.
const SHORT: usize = 255;

/// A command. Its data is wiped when it is dropped and is not printed: it may hold a passcode.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// 00, or 10 where more of the same command follows.
    pub class: u8,
    /// What to do.
    pub instruction: u8,
    /// The first parameter.
    pub p1: u8,
    /// The second parameter.
    pub p2: u8,
    data: Zeroizing<Vec<u8>>,
    /// How many bytes are expected, at most; none where only the status is. 256 is "all" of a short command.
    pub expected: Option<u32>,
}

/// Bytes that are not a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a command of ISO 7816-4")]
pub struct Malformed;

impl Command {
    /// The bit of the class that says that more of the same command follows.
    pub const CHAINED: u8 = 0x10;

    /// A command without data that expects no more than a status.
    pub fn new(instruction: u8, p1: u8, p2: u8) -> Self {
        Self { class: 0, instruction, p1, p2, data: Zeroizing::default(), expected: None }
    }

    /// With this data.
    #[must_use]
    pub fn with(mut self, data: impl Into<Zeroizing<Vec<u8>>>) -> Self {
        self.data = data.into();
        self
    }

    /// And all that the card has to say.
    #[must_use]
    pub fn expecting_all(mut self) -> Self {
        self.expected = Some(ALL);
        self
    }

    /// And at most so many bytes, 1 to 256.
    #[must_use]
    pub fn expecting(mut self, bytes: u32) -> Self {
        self.expected = Some(bytes);
        self
    }

    /// What stands in it.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Whether more of the same command follows.
    pub fn is_chained(&self) -> bool {
        self.class & Self::CHAINED != 0
    }

    /// Reads one command that is all there is, short or extended.
    ///
    /// # Errors
    /// Where it is not one.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let (&[class, instruction, p1, p2], body) = bytes.split_first_chunk().ok_or(Malformed)?;
        let (data, expected) = read_body(body).ok_or(Malformed)?;
        Ok(Self { class, instruction, p1, p2, data: Zeroizing::new(data.to_vec()), expected })
    }

    /// The whole command: short where it fits, extended otherwise.
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.data.len() + 9));
        bytes.extend([self.class, self.instruction, self.p1, self.p2]);
        let expected = self.expected.map(u32::to_be_bytes);
        if self.data.len() <= SHORT && self.expected.is_none_or(|expected| expected <= ALL) {
            if let (1..=SHORT, Ok(length)) = (self.data.len(), u8::try_from(self.data.len())) {
                bytes.push(length);
                bytes.extend(self.data.iter());
            }
            bytes.extend(expected.map(|[.., low]| low));
            return bytes;
        }
        if let (1.., Ok(length)) = (self.data.len(), u16::try_from(self.data.len())) {
            bytes.push(0);
            bytes.extend(length.to_be_bytes());
            bytes.extend(self.data.iter());
        } else {
            bytes.push(0);
        }
        bytes.extend(expected.into_iter().flat_map(|[.., high, low]| [high, low]));
        bytes
    }

    /// The same command as a chain of short ones, which every card takes (part 2, section 3.3.2); a short one is alone.
    pub fn chain(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let expected = self.expected.map(|expected| expected.min(ALL));
        if self.data.is_empty() {
            return vec![Self { expected, ..self.clone() }.bytes()];
        }
        let parts = self.data.chunks(SHORT);
        let last = parts.len().saturating_sub(1);
        let part = |(number, data): (usize, &[u8])| {
            let class = if number == last { self.class } else { self.class | Self::CHAINED };
            let expected = if number == last { expected } else { None };
            Self { class, data: Zeroizing::new(data.to_vec()), expected, ..*self }.bytes()
        };
        parts.enumerate().map(part).collect()
    }
}

/// Data and how much is expected, out of what follows the four bytes.
fn read_body(body: &[u8]) -> Option<(&[u8], Option<u32>)> {
    let whole = |bytes: u16| if bytes == 0 { 0x1_0000 } else { u32::from(bytes) };
    let short = |byte: u8| if byte == 0 { ALL } else { u32::from(byte) };
    match *body {
        [] => Some((&[], None)),
        [expected] => Some((&[], Some(short(expected)))),
        [0, high, low] => Some((&[], Some(whole(u16::from_be_bytes([high, low]))))),
        [0, high, low, ref rest @ ..] => {
            let length = u16::from_be_bytes([high, low]);
            let (data, expected) = rest.split_at_checked(usize::from(length))?;
            match (length, expected) {
                (0, _) => None,
                (_, []) => Some((data, None)),
                (_, &[high, low]) => Some((data, Some(whole(u16::from_be_bytes([high, low]))))),
                _ => None,
            }
        }
        [length, ref rest @ ..] => {
            let (data, expected) = rest.split_at_checked(usize::from(length))?;
            match (length, expected) {
                (0, _) => None,
                (_, []) => Some((data, None)),
                (_, &[expected]) => Some((data, Some(short(expected)))),
                _ => None,
            }
        }
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { class, instruction, p1, p2, data, .. } = self;
        write!(f, "Command({class:02X} {instruction:02X} {p1:02X} {p2:02X}, {} bytes)", data.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn command(data: Vec<u8>, expected: Option<u32>) -> Command {
        Command { expected, ..Command::new(0xDB, 0x3F, 0xFF).with(data) }
    }

    proptest! {
        #[test]
        fn a_command_comes_back_from_its_bytes(
            data in proptest::collection::vec(any::<u8>(), 0..700),
            expected in proptest::option::of(1_u32..=0x1_0000),
        ) {
            let command = command(data, expected);
            prop_assert_eq!(Command::parse(&command.bytes()), Ok(command));
        }

        #[test]
        fn a_chain_holds_all_of_the_data_and_marks_all_but_the_last(data in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let chain: Vec<Command> = command(data.clone(), Some(256))
                .chain()
                .iter()
                .map(|part| Command::parse(part).expect("each part is a command"))
                .collect();
            let gathered: Vec<u8> = chain.iter().flat_map(|part| part.data().to_vec()).collect();
            prop_assert_eq!(gathered, data);
            let marks: Vec<bool> = chain.iter().map(Command::is_chained).collect();
            let (last, others) = marks.split_last().expect("there is one at least");
            prop_assert!(!last && others.iter().all(|mark| *mark));
            prop_assert!(chain.iter().all(|part| part.data().len() <= 255));
        }

        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(command) = Command::parse(&bytes) {
                prop_assert_eq!(Command::parse(&command.bytes()), Ok(command));
            }
        }
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        for wrong in [
            &[0, 0xA4, 4][..],
            &[0, 0xA4, 4, 0, 5, 1],
            &[0, 0xA4, 4, 0, 1, 1, 0, 0],
            &[0, 0xA4, 4, 0, 0, 0, 2, 1],
            &[0, 0xA4, 4, 0, 0, 0, 0, 1],
        ] {
            assert_eq!(Command::parse(wrong), Err(Malformed), "{wrong:02X?}");
        }
    }

    #[test]
    fn what_stands_in_it_is_not_printed() {
        let printed = format!("{:?}", Command::new(0x20, 0, 0x80).with(b"123456".to_vec()));
        assert_eq!(printed, "Command(00 20 00 80, 6 bytes)");
    }
}

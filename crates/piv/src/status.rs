//! Status words: the two bytes at the end of each answer (part 2, section 3; ISO 7816-4, section 5.6).

/// What the card says about a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// 9000.
    Success,
    /// 61xx: so many bytes more are waiting; 0 stands for 256 or more.
    More(u8),
    /// 63Cx: wrong, and so many tries are left.
    Wrong {
        /// Tries that are left, 0 to 15.
        left: u8,
    },
    /// 6982: the passcode or the management key was not shown before.
    NotVerified,
    /// 6983: no tries are left.
    Blocked,
    /// 6985: not now.
    NotNow,
    /// 6700: the length is wrong.
    WrongLength,
    /// 6Cxx: ask for so many bytes.
    AskFor(u8),
    /// 6882: secure messaging is not there.
    NoSecureMessaging,
    /// 6883: the last command of a chain is missing.
    ChainNotEnded,
    /// 6884: no chaining of this command.
    NoChaining,
    /// 6A80: what stands in the command is not taken.
    WrongData,
    /// 6A81: the card does not do that.
    NotSupported,
    /// 6A82: there is no such object or application.
    NotFound,
    /// 6A84: no room is left.
    Full,
    /// 6A86: P1 or P2 is wrong.
    WrongParameters,
    /// 6A88: there is no such key or passcode.
    NoSuchReference,
    /// 6D00: no such instruction.
    NoSuchInstruction,
    /// 6E00: no such class.
    NoSuchClass,
    /// Anything else.
    Other(u16),
}

impl Status {
    /// From the two bytes.
    pub fn from_word(word: u16) -> Self {
        let [high, low] = word.to_be_bytes();
        match (high, low) {
            (0x90, 0x00) => Self::Success,
            (0x61, more) => Self::More(more),
            (0x63, 0xC0..=0xCF) => Self::Wrong { left: low & 0x0F },
            (0x69, 0x82) => Self::NotVerified,
            (0x69, 0x83) => Self::Blocked,
            (0x69, 0x85) => Self::NotNow,
            (0x67, 0x00) => Self::WrongLength,
            (0x6C, length) => Self::AskFor(length),
            (0x68, 0x82) => Self::NoSecureMessaging,
            (0x68, 0x83) => Self::ChainNotEnded,
            (0x68, 0x84) => Self::NoChaining,
            (0x6A, 0x80) => Self::WrongData,
            (0x6A, 0x81) => Self::NotSupported,
            (0x6A, 0x82) => Self::NotFound,
            (0x6A, 0x84) => Self::Full,
            (0x6A, 0x86) => Self::WrongParameters,
            (0x6A, 0x88) => Self::NoSuchReference,
            (0x6D, 0x00) => Self::NoSuchInstruction,
            (0x6E, 0x00) => Self::NoSuchClass,
            _ => Self::Other(word),
        }
    }

    /// The two bytes.
    pub fn word(self) -> u16 {
        match self {
            Self::Success => 0x9000,
            Self::More(more) => u16::from_be_bytes([0x61, more]),
            Self::Wrong { left } => u16::from_be_bytes([0x63, 0xC0 | (left & 0x0F)]),
            Self::NotVerified => 0x6982,
            Self::Blocked => 0x6983,
            Self::NotNow => 0x6985,
            Self::WrongLength => 0x6700,
            Self::AskFor(length) => u16::from_be_bytes([0x6C, length]),
            Self::NoSecureMessaging => 0x6882,
            Self::ChainNotEnded => 0x6883,
            Self::NoChaining => 0x6884,
            Self::WrongData => 0x6A80,
            Self::NotSupported => 0x6A81,
            Self::NotFound => 0x6A82,
            Self::Full => 0x6A84,
            Self::WrongParameters => 0x6A86,
            Self::NoSuchReference => 0x6A88,
            Self::NoSuchInstruction => 0x6D00,
            Self::NoSuchClass => 0x6E00,
            Self::Other(word) => word,
        }
    }

    /// Whether the card did what it was told.
    pub fn is_success(self) -> bool {
        self == Self::Success
    }

    /// How many tries are left, where the status says so: 63Cx and 6983.
    pub fn tries_left(self) -> Option<u8> {
        match self {
            Self::Wrong { left } => Some(left),
            Self::Blocked => Some(0),
            _ => None,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04X}", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_comes_back_from_its_two_bytes() {
        for word in 0..=u16::MAX {
            assert_eq!(Status::from_word(word).word(), word, "{word:04X}");
        }
    }

    #[test]
    fn tries_are_read_from_63cx_and_none_are_left_of_a_blocked_card() {
        assert_eq!(Status::from_word(0x63C2).tries_left(), Some(2));
        assert_eq!(Status::from_word(0x6983).tries_left(), Some(0));
        assert_eq!(Status::from_word(0x6A80).tries_left(), None);
    }
}

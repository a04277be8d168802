//! What the bureau puts on a blank card.

use piv::Guid;
use rand_core::{OsRng, RngCore as _};
use serde::{Deserialize, Serialize};

/// Which passcodes a card takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Profile {
    /// Six to eight digits, as the standard says (part 2, section 2.4.3).
    #[serde(rename = "piv-6-8-digits")]
    Piv6To8Digits,
    /// Four to eight letters, digits and signs, as cards of an earlier series did.
    #[serde(rename = "legacy-4-8-alphanumeric")]
    Legacy4To8Alphanumeric,
}

impl Profile {
    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "piv-6-8-digits" => Some(Self::Piv6To8Digits),
            "legacy-4-8-alphanumeric" => Some(Self::Legacy4To8Alphanumeric),
            _ => None,
        }
    }

    /// Whether the card takes these eight bytes, filled up with FF, as a new passcode.
    pub(crate) fn takes(self, padded: [u8; 8]) -> bool {
        let length = padded.iter().position(|byte| *byte == 0xFF).unwrap_or(padded.len());
        let (typed, filling) = padded.split_at(length);
        let (least, sign): (_, fn(&u8) -> bool) = match self {
            Self::Piv6To8Digits => (6, u8::is_ascii_digit),
            Self::Legacy4To8Alphanumeric => (4, u8::is_ascii_graphic),
        };
        typed.len() >= least && typed.iter().all(sign) && filling.iter().all(|byte| *byte == 0xFF)
    }
}

/// Which commands beyond the standard a card knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Firmware {
    /// 5.7.1: tells about its keys and moves them.
    Moves,
    /// 5.4.3: tells about its keys and doesn't move them.
    Tells,
    /// Nothing beyond the standard.
    Plain,
}

impl Firmware {
    pub(crate) fn version(self) -> Option<[u8; 3]> {
        match self {
            Self::Moves => Some([5, 7, 1]),
            Self::Tells => Some([5, 4, 3]),
            Self::Plain => None,
        }
    }
}

/// What makes one blank card different from the next.
#[derive(Clone)]
pub struct Personal {
    /// Its number.
    pub guid: Guid,
    /// Which passcodes it takes.
    pub profile: Profile,
    /// What it knows beyond the standard.
    pub firmware: Firmware,
    /// The passcode that it comes with; none where it comes blocked, to be opened with the unblocking key.
    pub passcode: Option<String>,
    /// The unblocking key.
    pub unblocking_key: [u8; 8],
    /// The management key, AES-256.
    pub management_key: [u8; 32],
}

impl Personal {
    /// The passcode of a card that was not told otherwise.
    pub const PASSCODE: &str = "123456";
    /// The unblocking key of a card that was not told otherwise.
    pub const UNBLOCKING_KEY: [u8; 8] = *b"12345678";
    /// The management key of a card that was not told otherwise: 01 to 08, four times.
    pub const MANAGEMENT_KEY: [u8; 32] =
        [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8];

    /// A card with a number of its own and the values that every such card leaves the factory with.
    pub fn fresh() -> Self {
        let mut guid = [0; 16];
        OsRng.fill_bytes(&mut guid);
        Self {
            guid: Guid(guid),
            profile: Profile::Piv6To8Digits,
            firmware: Firmware::Moves,
            passcode: Some(Self::PASSCODE.to_owned()),
            unblocking_key: Self::UNBLOCKING_KEY,
            management_key: Self::MANAGEMENT_KEY,
        }
    }
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Personal({}, {:?}, {:?})", self.guid, self.profile, self.firmware)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_takes_its_own_passcodes() {
        let digits = Profile::Piv6To8Digits;
        let legacy = Profile::Legacy4To8Alphanumeric;
        for (padded, is_digits, is_legacy) in [
            (b"123456\xFF\xFF", true, true),
            (b"12345678", true, true),
            (b"12345\xFF\xFF\xFF", false, true),
            (b"aB3d\xFF\xFF\xFF\xFF", false, true),
            (b"aB3dE6\xFF\xFF", false, true),
            (b"aB3d-E6!", false, true),
            (b"aB3\xFF\xFF\xFF\xFF\xFF", false, false),
            (b"1234\xFF\xFF56", false, false),
            (b"123 56\xFF\xFF", false, false),
            (b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", false, false),
        ] {
            assert_eq!(
                (digits.takes(*padded), legacy.takes(*padded)),
                (is_digits, is_legacy),
                "{padded:02X?}"
            );
        }
    }
}

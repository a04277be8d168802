//! What a card takes as its passcode by itself, and what suits both it and an organisation.

use thiserror::Error;

use super::{CardPasscode, Charset};

/// What a kind of card takes as its passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardProfile {
    /// Cards of the guide's day: 4 to 8 letters, digits and signs.
    Legacy4To8Alphanumeric,
    /// PIV cards (FIPS 201, NIST SP 800-73-4, part 2, 3.2.1): 6 to 8 digits.
    Piv6To8Digits,
}

/// There is no card profile with this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such card profile; there are: legacy-4-8-alphanumeric, piv-6-8-digits")]
pub struct UnknownProfile;

impl CardProfile {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Legacy4To8Alphanumeric, Self::Piv6To8Digits];

    /// Its name in the database and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legacy4To8Alphanumeric => "legacy-4-8-alphanumeric",
            Self::Piv6To8Digits => "piv-6-8-digits",
        }
    }

    /// The profile with this name.
    ///
    /// # Errors
    /// [`UnknownProfile`].
    pub fn parse(name: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name).ok_or(UnknownProfile)
    }

    /// What the card takes.
    pub fn passcode(self) -> CardPasscode {
        match self {
            Self::Legacy4To8Alphanumeric => {
                CardPasscode { min: 4, max: 8, charset: Charset::LettersDigitsSigns }
            }
            Self::Piv6To8Digits => CardPasscode { min: 6, max: 8, charset: Charset::Digits },
        }
    }

    /// After so many wrong passcodes in a row the card is blocked.
    pub fn tries(self) -> u8 {
        3
    }
}

/// Whose rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleOf {
    /// The organisation's, or the guide's.
    Organisation,
    /// The card's own.
    Card,
}

/// What suits both an organisation and a card, and whose rule each part is. Where both say the same, it is the organisation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// What suits both.
    pub passcode: CardPasscode,
    /// Who wants so many characters at least.
    pub min_of: RuleOf,
    /// Who wants so many at most.
    pub max_of: RuleOf,
    /// Who says of what.
    pub charset_of: RuleOf,
}

impl Merged {
    /// The narrower of the two in each part.
    pub fn of(organisation: &CardPasscode, profile: CardProfile) -> Self {
        let card = profile.passcode();
        let narrower = |is_the_cards| if is_the_cards { RuleOf::Card } else { RuleOf::Organisation };
        Self {
            passcode: CardPasscode {
                min: organisation.min.max(card.min),
                max: organisation.max.min(card.max),
                charset: organisation.charset.max(card.charset),
            },
            min_of: narrower(card.min > organisation.min),
            max_of: narrower(card.max < organisation.max),
            charset_of: narrower(card.charset > organisation.charset),
        }
    }
}

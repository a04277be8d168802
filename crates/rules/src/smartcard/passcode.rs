//! The three kinds of passcodes and what they are made of (the guide to the Self Service Portal, sections 1 and 1.2).
//!
//! A smartcard passcode must suit the organisation and the card itself: a card that takes digits alone cannot be given letters.
//! [`check_passcode`] says which of the two refused.

mod card;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::password;

pub use card::{CardProfile, Merged, RuleOf, UnknownProfile};

/// What a passcode is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PasscodeKind {
    /// Signing in with the card. The card checks it and counts wrong tries.
    Smartcard,
    /// The Registration Authority makes sure who is asking, and a locked card is opened. The service checks it.
    Recovery,
    /// Telephone services make sure who is calling. The service checks it.
    Verification,
}

/// There is no kind of passcode with this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such kind of passcode")]
pub struct UnknownKind;

impl PasscodeKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Smartcard, Self::Recovery, Self::Verification];

    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Smartcard => "smartcard",
            Self::Recovery => "recovery",
            Self::Verification => "verification",
        }
    }

    /// The kind with this name.
    ///
    /// # Errors
    /// [`UnknownKind`].
    pub fn parse(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownKind)
    }

    /// Whether a person may do without it: *Blank Passcode* removes it.
    pub fn can_be_blank(self) -> bool {
        self != Self::Smartcard
    }
}

/// The characters of a smartcard passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Charset {
    /// Letters, digits and signs as they stand on every keyboard: the printable ones of ASCII, without the space.
    LettersDigitsSigns,
    /// Digits alone.
    Digits,
}

impl Charset {
    /// Whether this character is one of them.
    pub fn has(self, c: char) -> bool {
        match self {
            Self::LettersDigitsSigns => c.is_ascii_graphic(),
            Self::Digits => c.is_ascii_digit(),
        }
    }
}

/// Length, in characters, and characters of a smartcard passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardPasscode {
    /// The shortest.
    pub min: u32,
    /// The longest.
    pub max: u32,
    /// Of what.
    pub charset: Charset,
}

/// Length, in characters, of an Account Recovery or Verification Passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServerPasscode {
    /// The shortest.
    pub min: u32,
    /// The longest.
    pub max: u32,
}

/// Which passcodes an organisation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasscodeRules {
    /// Smartcard passcodes.
    pub card: CardPasscode,
    /// Account Recovery and Verification Passcodes.
    pub server: ServerPasscode,
    /// So many of the last passcodes of a kind, the present one among them, are not taken again.
    pub remembered: u32,
}

/// Why a new passcode is not taken, and whose rule refused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasscodeProblem {
    /// Nothing was typed.
    #[error("the passcode is empty")]
    Empty,
    /// Shorter than `min` characters.
    #[error("the passcode has fewer than {min} characters")]
    TooShort {
        /// Whose rule.
        of: RuleOf,
        /// The least number of characters.
        min: u32,
    },
    /// Longer than `max` characters.
    #[error("the passcode has more than {max} characters")]
    TooLong {
        /// Whose rule.
        of: RuleOf,
        /// The greatest number of characters.
        max: u32,
    },
    /// It has something else than digits.
    #[error("the passcode has something else than digits")]
    NotDigits {
        /// Whose rule.
        of: RuleOf,
    },
    /// It has a space, or a character that is not on every keyboard.
    #[error("the passcode has a character that cannot be used")]
    OddCharacter {
        /// Whose rule.
        of: RuleOf,
    },
}

impl PasscodeProblem {
    /// Whose rule refused it; of an empty one, nobody's.
    pub fn of(self) -> Option<RuleOf> {
        match self {
            Self::Empty => None,
            Self::TooShort { of, .. }
            | Self::TooLong { of, .. }
            | Self::NotDigits { of }
            | Self::OddCharacter { of } => Some(of),
        }
    }
}

/// Whether a new passcode may be set. `profile` is the card's; the other two kinds need none. Whether it was used before is for
/// those who keep the last ones to say.
///
/// # Errors
/// The first [`PasscodeProblem`]: what it is made of before how long it is.
pub fn check_passcode(
    kind: PasscodeKind,
    typed: &str,
    rules: &PasscodeRules,
    profile: CardProfile,
) -> Result<(), PasscodeProblem> {
    if typed.is_empty() {
        return Err(PasscodeProblem::Empty);
    }
    match kind {
        PasscodeKind::Smartcard => check_card(typed, &Merged::of(&rules.card, profile)),
        PasscodeKind::Recovery | PasscodeKind::Verification => check_server(typed, rules.server),
    }
}

fn check_card(typed: &str, merged: &Merged) -> Result<(), PasscodeProblem> {
    let Merged { passcode, min_of, max_of, charset_of } = *merged;
    if !typed.chars().all(|c| passcode.charset.has(c)) {
        return Err(match passcode.charset {
            Charset::Digits => PasscodeProblem::NotDigits { of: charset_of },
            Charset::LettersDigitsSigns => PasscodeProblem::OddCharacter { of: charset_of },
        });
    }
    check_length(typed, (passcode.min, min_of), (passcode.max, max_of))
}

fn check_server(typed: &str, server: ServerPasscode) -> Result<(), PasscodeProblem> {
    let canonical = password::canonical(typed);
    if canonical.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(PasscodeProblem::OddCharacter { of: RuleOf::Organisation });
    }
    check_length(&canonical, (server.min, RuleOf::Organisation), (server.max, RuleOf::Organisation))
}

fn check_length(
    typed: &str,
    (min, min_of): (u32, RuleOf),
    (max, max_of): (u32, RuleOf),
) -> Result<(), PasscodeProblem> {
    let length = u32::try_from(typed.chars().count()).unwrap_or(u32::MAX);
    if length < min {
        Err(PasscodeProblem::TooShort { of: min_of, min })
    } else if length > max {
        Err(PasscodeProblem::TooLong { of: max_of, max })
    } else {
        Ok(())
    }
}

/// How hard a passcode is to guess. It is shown and never forced: a mix is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Among what everybody tries first.
    Weak,
    /// As good as six digits can be.
    Fair,
    /// A hundred million guesses or more.
    Good,
}

impl Strength {
    /// By zxcvbn's count of guesses: fewer than a hundred thousand are weak, a hundred million are good.
    pub fn of(passcode: &str) -> Self {
        let guesses = zxcvbn::zxcvbn(passcode, &[]).guesses_log10();
        if guesses < 5.0 {
            Self::Weak
        } else if guesses < 8.0 {
            Self::Fair
        } else {
            Self::Good
        }
    }

    /// Its name for pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Fair => "fair",
            Self::Good => "good",
        }
    }
}

//! The three kinds of passcodes and what they are made of (the guide to the Self Service Portal, sections 1 and 1.2).
//!
//! A smartcard passcode must suit the organisation and the card itself: a card that takes digits alone cannot be given letters.
//! [`check_passcode`] says which of the two refused.

use thiserror::Error;

use crate::password;

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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::{Preset, SmartcardRules};
    use super::*;
    use CardProfile::{Legacy4To8Alphanumeric as Legacy, Piv6To8Digits as Piv};
    use Preset::{Current, Guide};
    use RuleOf::{Card, Organisation};

    fn check(
        kind: PasscodeKind,
        typed: &str,
        preset: Preset,
        profile: CardProfile,
    ) -> Result<(), PasscodeProblem> {
        check_passcode(kind, typed, &SmartcardRules::preset(preset).passcode, profile)
    }

    fn card(typed: &str, preset: Preset, profile: CardProfile) -> Result<(), PasscodeProblem> {
        check(PasscodeKind::Smartcard, typed, preset, profile)
    }

    #[rstest]
    #[case(Guide, Legacy, (4, Organisation), (8, Organisation), (Charset::LettersDigitsSigns, Organisation))]
    #[case(Guide, Piv, (6, Card), (8, Organisation), (Charset::Digits, Card))]
    #[case(Current, Legacy, (6, Organisation), (8, Organisation), (Charset::Digits, Organisation))]
    #[case(Current, Piv, (6, Organisation), (8, Organisation), (Charset::Digits, Organisation))]
    fn a_passcode_suits_both_the_organisation_and_the_card(
        #[case] preset: Preset,
        #[case] profile: CardProfile,
        #[case] min: (u32, RuleOf),
        #[case] max: (u32, RuleOf),
        #[case] charset: (Charset, RuleOf),
    ) {
        let merged = Merged::of(&SmartcardRules::preset(preset).passcode.card, profile);
        assert_eq!((merged.passcode.min, merged.min_of), min);
        assert_eq!((merged.passcode.max, merged.max_of), max);
        assert_eq!((merged.passcode.charset, merged.charset_of), charset);
    }

    #[rstest]
    #[case("aB3d", Guide, Legacy)]
    #[case("aB3d!#7x", Guide, Legacy)]
    #[case("4829", Guide, Legacy)]
    #[case("482913", Guide, Piv)]
    #[case("48291375", Guide, Piv)]
    #[case("482913", Current, Legacy)]
    #[case("482913", Current, Piv)]
    #[case("48291375", Current, Piv)]
    fn a_card_takes_what_both_take(
        #[case] typed: &str,
        #[case] preset: Preset,
        #[case] profile: CardProfile,
    ) {
        assert_eq!(card(typed, preset, profile), Ok(()));
    }

    #[rstest]
    #[case("", Guide, Legacy, PasscodeProblem::Empty)]
    #[case("aB3", Guide, Legacy, PasscodeProblem::TooShort { of: Organisation, min: 4 })]
    #[case("aB3dE6fG9", Guide, Legacy, PasscodeProblem::TooLong { of: Organisation, max: 8 })]
    #[case("aB 3d", Guide, Legacy, PasscodeProblem::OddCharacter { of: Organisation })]
    #[case("pässe", Guide, Legacy, PasscodeProblem::OddCharacter { of: Organisation })]
    #[case("£1234", Guide, Legacy, PasscodeProblem::OddCharacter { of: Organisation })]
    #[case("48291", Guide, Piv, PasscodeProblem::TooShort { of: Card, min: 6 })]
    #[case("4829", Guide, Piv, PasscodeProblem::TooShort { of: Card, min: 6 })]
    #[case("aB3dE6", Guide, Piv, PasscodeProblem::NotDigits { of: Card })]
    #[case("482913755", Guide, Piv, PasscodeProblem::TooLong { of: Organisation, max: 8 })]
    #[case("4829", Current, Legacy, PasscodeProblem::TooShort { of: Organisation, min: 6 })]
    #[case("aB3dE6", Current, Legacy, PasscodeProblem::NotDigits { of: Organisation })]
    #[case("48291", Current, Piv, PasscodeProblem::TooShort { of: Organisation, min: 6 })]
    #[case("aB3dE6", Current, Piv, PasscodeProblem::NotDigits { of: Organisation })]
    #[case("482913755", Current, Piv, PasscodeProblem::TooLong { of: Organisation, max: 8 })]
    #[case("٤٨٢٩١٣", Current, Piv, PasscodeProblem::NotDigits { of: Organisation })]
    fn a_refusal_says_whose_rule_it_was(
        #[case] typed: &str,
        #[case] preset: Preset,
        #[case] profile: CardProfile,
        #[case] problem: PasscodeProblem,
    ) {
        assert_eq!(card(typed, preset, profile), Err(problem));
    }

    #[test]
    fn a_card_that_takes_less_than_the_organisation_refuses_in_its_own_name() {
        let mut rules = SmartcardRules::preset(Guide).passcode;
        rules.card.max = 7;
        let long = check_passcode(PasscodeKind::Smartcard, "48291375", &rules, Piv);
        assert_eq!(long, Err(PasscodeProblem::TooLong { of: Organisation, max: 7 }));
        rules.card.max = 12;
        let long = check_passcode(PasscodeKind::Smartcard, "482913755", &rules, Piv);
        assert_eq!(long, Err(PasscodeProblem::TooLong { of: Card, max: 8 }));
        rules.card.min = 7;
        let short = check_passcode(PasscodeKind::Smartcard, "482913", &rules, Piv);
        assert_eq!(short.map_err(PasscodeProblem::of), Err(Some(Organisation)));
    }

    #[rstest]
    #[case("lantern9", Ok(()))]
    #[case("Zwölfmal-Ö9", Ok(()))]
    #[case("12345678901234567890", Ok(()))]
    #[case("", Err(PasscodeProblem::Empty))]
    #[case("lantern", Err(PasscodeProblem::TooShort { of: Organisation, min: 8 }))]
    #[case("123456789012345678901", Err(PasscodeProblem::TooLong { of: Organisation, max: 20 }))]
    #[case("lantern 9", Err(PasscodeProblem::OddCharacter { of: Organisation }))]
    #[case("lantern\t9", Err(PasscodeProblem::OddCharacter { of: Organisation }))]
    #[case("lantern\u{0}9", Err(PasscodeProblem::OddCharacter { of: Organisation }))]
    // Seven letters, however the accent is typed.
    #[case("cafe\u{301}abc", Err(PasscodeProblem::TooShort { of: Organisation, min: 8 }))]
    fn the_other_two_have_eight_to_twenty_characters_whatever_the_card(
        #[case] typed: &str,
        #[case] expected: Result<(), PasscodeProblem>,
        #[values(PasscodeKind::Recovery, PasscodeKind::Verification)] kind: PasscodeKind,
        #[values(Guide, Current)] preset: Preset,
        #[values(Legacy, Piv)] profile: CardProfile,
    ) {
        assert_eq!(check(kind, typed, preset, profile), expected);
    }

    #[rstest]
    #[case("1234", Strength::Weak)]
    #[case("111111", Strength::Weak)]
    #[case("123456", Strength::Weak)]
    #[case("password", Strength::Weak)]
    #[case("482913", Strength::Fair)]
    #[case("aB3dE6", Strength::Fair)]
    #[case("lantern-Mosaic-9", Strength::Good)]
    fn strength_is_shown(#[case] passcode: &str, #[case] strength: Strength) {
        assert_eq!(Strength::of(passcode), strength);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for kind in PasscodeKind::ALL {
            assert_eq!(PasscodeKind::parse(kind.as_str()), Ok(kind));
        }
        for profile in CardProfile::ALL {
            assert_eq!(CardProfile::parse(profile.as_str()), Ok(profile));
            assert_eq!(profile.tries(), 3);
        }
        assert_eq!(PasscodeKind::parse("pin"), Err(UnknownKind));
        assert_eq!(CardProfile::parse("piv"), Err(UnknownProfile));
        assert_eq!(PasscodeKind::ALL.map(PasscodeKind::can_be_blank), [false, true, true]);
    }
}

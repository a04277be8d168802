//! What a password must be: long, not known to attackers, not about its owner (guide 003, step 6).
//!
//! No rules about kinds of characters, and no changing every few weeks: NHS service manual, *Passwords*.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::Score;

use crate::name;

/// Which passwords an organisation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The shortest, in characters.
    pub min: u32,
    /// The longest, in characters. Only so that nobody sends a book.
    pub max: u32,
    /// The lowest strength, 0 to 4, by zxcvbn's count of guesses: 3 takes more than 10⁸ of them.
    pub min_strength: u8,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min: 12, max: 256, min_strength: 3 }
    }
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordProblem {
    /// Nothing was typed.
    #[error("the password is empty")]
    Empty,
    /// Shorter than `min` characters.
    #[error("the password has fewer than {min} characters")]
    TooShort {
        /// The least number of characters.
        min: u32,
    },
    /// Longer than `max` characters.
    #[error("the password has more than {max} characters")]
    TooLong {
        /// The greatest number of characters.
        max: u32,
    },
    /// It has one of the person's names or the name part of their address in it.
    #[error("the password has a name of its owner in it")]
    HoldsName,
    /// It has the name of the organisation or of this service in it.
    #[error("the password has a name of the house in it")]
    HoldsHouse,
    /// It is on a list of passwords that attackers have.
    #[error("the password is on a list of stolen passwords")]
    Breached,
    /// Few enough guesses find it.
    #[error("the password is too easy to guess")]
    TooGuessable,
}

/// The form in which a password is judged, hashed and compared: composed (NFC), with every kind of space as the plain
/// one (RFC 8265, `OpaqueString`), so that two keyboards of one person agree. Nothing is trimmed.
pub fn canonical(password: &str) -> Zeroizing<String> {
    // Room for the longest case, so that growing leaves no copies behind.
    let mut plain = Zeroizing::new(String::with_capacity(password.len().saturating_mul(4)));
    plain.extend(password.chars().map(|c| if c.is_whitespace() && !c.is_control() { ' ' } else { c }).nfc());
    plain
}

/// What an attacker tries first, so that no password may hold it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    /// The owner's names and addresses.
    pub person: &'a [&'a str],
    /// The names of the organisation and of this service.
    pub house: &'a [&'a str],
}

/// Whether a password is good enough, as far as that can be said without a list of stolen ones.
///
/// # Errors
/// The first [`PasswordProblem`] in the order in which a person can best act on it; never [`PasswordProblem::Breached`].
pub fn judge(password: &str, names: Names<'_>, policy: &PasswordPolicy) -> Result<(), PasswordProblem> {
    if password.is_empty() {
        return Err(PasswordProblem::Empty);
    }
    let password = canonical(password);
    let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    if length < policy.min {
        return Err(PasswordProblem::TooShort { min: policy.min });
    }
    if length > policy.max {
        return Err(PasswordProblem::TooLong { max: policy.max });
    }
    if holds_name(&password, names.person) {
        return Err(PasswordProblem::HoldsName);
    }
    if holds_house(&password, names.house) {
        return Err(PasswordProblem::HoldsHouse);
    }
    if strength(&password, names) < policy.min_strength {
        return Err(PasswordProblem::TooGuessable);
    }
    Ok(())
}

/// Strength from 0 to 4, knowing the names. Only the first 100 characters are looked at.
pub fn strength(password: &str, names: Names<'_>) -> u8 {
    let known: Vec<&str> = names.person.iter().chain(names.house).copied().collect();
    match zxcvbn::zxcvbn(password, &known).score() {
        Score::Zero => 0,
        Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        _ => 4,
    }
}

/// Whether a name stands in the password. Names of four letters and more anywhere; shorter ones only as a word of
/// their own, or else nobody called Ian could have a "brilliant" password.
fn holds_name(password: &str, person: &[&str]) -> bool {
    let password = Zeroizing::new(name::folded(password));
    let squeezed: Zeroizing<String> = Zeroizing::new(password.chars().filter(|c| *c != ' ').collect());
    let words: Vec<&str> =
        password.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    person.iter().flat_map(|fact| names_in(fact)).any(|name| {
        if name.chars().count() >= 4 { squeezed.contains(&name) } else { words.contains(&name.as_str()) }
    })
}

/// Words that the names of many organisations share, and that may stand in any password.
const COMMON: [&str; 30] = [
    "care",
    "city",
    "community",
    "county",
    "digital",
    "east",
    "foundation",
    "general",
    "group",
    "health",
    "healthcare",
    "hospital",
    "hospitals",
    "identity",
    "integrated",
    "mental",
    "national",
    "north",
    "partnership",
    "royal",
    "service",
    "services",
    "social",
    "south",
    "staff",
    "teaching",
    "trust",
    "university",
    "west",
    "your",
];

/// Whether the name of an organisation or of the service stands in the password: the whole of it run together anywhere, or
/// a word of it that is its own, as a word.
fn holds_house(password: &str, house: &[&str]) -> bool {
    let password = Zeroizing::new(name::folded(password));
    let squeezed: Zeroizing<String> = Zeroizing::new(password.chars().filter(|c| *c != ' ').collect());
    let words: Vec<&str> = password.split(|c: char| !c.is_alphabetic()).collect();
    house.iter().any(|fact| {
        let folded = name::folded(fact);
        let whole: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
        let mut own = folded
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.chars().count() >= 4 && !COMMON.contains(word));
        whole.chars().count() >= 6 && squeezed.contains(&whole) || own.any(|word| words.contains(&word))
    })
}

/// The names in a fact about a person: every word of a name, and the whole of it run together; of an address only what
/// stands before the `@`.
fn names_in(fact: &str) -> Vec<String> {
    let folded = name::folded(fact.split_once('@').map_or(fact, |(local, _)| local));
    let words = folded.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 2);
    let whole: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    words.map(str::to_owned).chain((whole.chars().count() >= 2).then_some(whole.clone())).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PERSON: [&str; 3] = ["Amina", "O'Neill-Khan", "amina.khan7@northfield.example"];

    const HOUSE: [&str; 2] = ["Northfield Community Hospitals", "Fobwatch"];

    fn judged(password: &str) -> Result<(), PasswordProblem> {
        judge(password, Names { person: &PERSON, house: &HOUSE }, &PasswordPolicy::default())
    }

    #[rstest]
    #[case("", PasswordProblem::Empty)]
    #[case("x7$Kq9!mRw2", PasswordProblem::TooShort { min: 12 })]
    #[case("my dog is aMiNa 4 ever!", PasswordProblem::HoldsName)]
    #[case("lantern-Oneill-orbit-9", PasswordProblem::HoldsName)]
    #[case("lantern-o'neill-orbit-9", PasswordProblem::HoldsName)]
    #[case("lantern a m i n a orbit", PasswordProblem::HoldsName)]
    #[case("lantern-Northfield-orbit", PasswordProblem::HoldsHouse)]
    #[case("lantern northfield2026 orbit", PasswordProblem::HoldsHouse)]
    #[case("NorthfieldCommunityHospitals9", PasswordProblem::HoldsHouse)]
    #[case("my fob watch is golden", PasswordProblem::HoldsHouse)]
    #[case("password1234", PasswordProblem::TooGuessable)]
    #[case("qwertyuiopas", PasswordProblem::TooGuessable)]
    #[case("aaaaaaaaaaaaaaaaaaaa", PasswordProblem::TooGuessable)]
    #[case("123456789012", PasswordProblem::TooGuessable)]
    fn a_password_is_refused_with_the_reason(#[case] password: &str, #[case] why: PasswordProblem) {
        assert_eq!(judged(password), Err(why));
    }

    #[rstest]
    #[case("lantern orbit mosaic 9")]
    #[case("Zw1schen den Stühlen")]
    #[case("   leading spaces count too")]
    #[case("hospitals of my community orbit")]
    #[case("a northfielder mosaic lantern")]
    #[case("密码很长而且没有人猜得到的句子")]
    fn no_kinds_of_characters_are_asked_for(#[case] password: &str) {
        assert_eq!(judged(password), Ok(()));
    }

    #[test]
    fn twelve_characters_are_enough_and_256_not_too_many() {
        assert_eq!(judged("x7$Kq9!mRw2z"), Ok(()));
        let long: String = "x7$Kq9!mRw2z Vb4".repeat(16);
        assert_eq!((long.len(), judged(&long)), (256, Ok(())));
        assert_eq!(judged(&format!("{long}!")), Err(PasswordProblem::TooLong { max: 256 }));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(judged("ÄÖÜßéèêñçøå"), Err(PasswordProblem::TooShort { min: 12 }));
        assert!(!matches!(judged("ÄÖÜßéèêñçøåł"), Err(PasswordProblem::TooShort { .. })));
    }

    #[test]
    fn a_short_name_counts_only_as_a_word_of_its_own() {
        let names = Names { person: &["Ian", "Ng"], house: &[] };
        let ian = |password| judge(password, names, &PasswordPolicy::default());
        assert_eq!(ian("seven brilliant otters sing"), Ok(()));
        assert_eq!(ian("seven otters of ian sing"), Err(PasswordProblem::HoldsName));
        assert_eq!(ian("seven otters of Ng swim"), Err(PasswordProblem::HoldsName));
    }

    #[test]
    fn two_keyboards_type_one_password() {
        assert_eq!(*canonical("cafe\u{301}\u{a0}x"), *canonical("café x"));
        assert_eq!(*canonical(" a "), " a ");
    }
}

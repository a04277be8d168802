//! Names of people: what may be one, and when two are the same (guide 003, step 6).

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::fold;

/// The longest name that is kept, in characters.
pub const LONGEST: usize = 100;

/// A first name or a last name, as its owner writes it: composed (NFC), trimmed, with single spaces.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameProblem {
    /// Nothing was typed.
    #[error("the name is empty")]
    Empty,
    /// Longer than [`LONGEST`] characters.
    #[error("the name is longer than {LONGEST} characters")]
    TooLong,
    /// No letter in it, or characters that no name has.
    #[error("the name has no letter, or characters that names don't have")]
    Unreadable,
}

impl PersonName {
    /// Reads a name: letters of any script with their accents, digits beside letters ("3rd"), spaces, hyphens,
    /// apostrophes, full stops, commas and brackets. One letter is a name.
    ///
    /// # Errors
    /// [`NameProblem`].
    pub fn parse(typed: &str) -> Result<Self, NameProblem> {
        let words: Vec<&str> = fold::trim(typed).split_whitespace().collect();
        let name: String = words.join(" ").nfc().collect();
        if name.is_empty() {
            return Err(NameProblem::Empty);
        }
        if name.chars().count() > LONGEST {
            return Err(NameProblem::TooLong);
        }
        let name = Self(name);
        if !name.0.chars().all(may_stand_in_a_name) || !name.folded().chars().any(char::is_alphabetic) {
            return Err(NameProblem::Unreadable);
        }
        Ok(name)
    }

    /// The name for showing and for greeting.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two spellings mean one name: case, accents, the kinds of apostrophe (also none: payrolls drop them),
    /// hyphen or space and repeated space make no difference.
    pub fn matches(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }

    /// The form in which two spellings of one name are equal; also good for a keyed hash. Never shown.
    pub fn folded(&self) -> String {
        folded(&self.0)
    }
}

fn may_stand_in_a_name(c: char) -> bool {
    c.is_alphabetic()
        || is_combining_mark(c)
        || fold::digit(c).is_some()
        || fold::is_dash(c)
        || fold::is_apostrophe(c)
        || matches!(c, ' ' | '.' | ',' | '(' | ')' | '·' | '\u{30fb}' | '\u{200c}' | '\u{200d}')
}

/// Lower case without accents, apostrophes and full stops; words with one space between them.
///
/// Only Latin letters are turned into plain ones (ø, ł, ß): in other scripts that would make different names equal.
pub(crate) fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd() {
        match c {
            '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '.' => {}
            _ if fold::is_apostrophe(c) => {}
            _ if fold::is_dash(c) => plain.push(' '),
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => plain.push_str(&plain_latin(c)),
            _ => plain.extend(c.to_lowercase().nfkd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))),
        }
    }
    // What was dropped stood between marks that have an order of their own.
    let ordered: String = plain.nfkd().collect();
    ordered.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A Latin letter as plain ones; itself in lower case if it has none, as the letters of clicks and glottal stops.
fn plain_latin(c: char) -> String {
    let plain = deunicode::deunicode_char(c).unwrap_or_default();
    let letters = !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphabetic());
    if letters { plain.to_lowercase() } else { c.to_lowercase().collect() }
}

impl TryFrom<String> for PersonName {
    type Error = NameProblem;

    fn try_from(text: String) -> Result<Self, NameProblem> {
        Self::parse(&text)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(•••)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    #[rstest]
    #[case("O'Neill", "o’neill")]
    #[case("O'Neill", "O`NEILL")]
    #[case("O'Neill", "ONeill")]
    #[case("D’Souza", "Dʼsouza")]
    #[case("Zoë", "Zoe")]
    #[case("Zoë", "zoe\u{308}")]
    #[case("Łukasiewicz", "Lukasiewicz")]
    #[case("Strauß", "STRAUSS")]
    #[case("Sørensen", "Sorensen")]
    #[case("Nguyễn", "Nguyen")]
    #[case("Smith-Jones", "Smith Jones")]
    #[case("Smith–Jones", "smith   jones")]
    #[case("St. John", "St John")]
    #[case("de  la\tCruz", "De La Cruz")]
    #[case("Ñ", "n")]
    #[case("Ɂz", "ɂZ")]
    #[case("א\u{5b6}'\u{5b2}", "א\u{5b2}\u{5b6}")]
    #[case("İnan", "inan")]
    fn spellings_of_one_name_match(#[case] one: &str, #[case] other: &str) {
        assert!(name(one).matches(&name(other)));
        assert!(name(other).matches(&name(one)));
    }

    #[rstest]
    #[case("Khan", "Kahn")]
    #[case("Smith-Jones", "Smith")]
    #[case("Smith-Jones", "Smithjones")]
    #[case("李", "黎")]
    #[case("Li", "李")]
    #[case("Ивановы", "Иванова")]
    #[case("A", "B")]
    #[case("ɂz", "z")]
    #[case("ǃxu", "xu")]
    fn different_names_do_not_match(#[case] one: &str, #[case] other: &str) {
        assert!(!name(one).matches(&name(other)));
    }

    #[rstest]
    #[case("  Anna \u{a0} Maria ", "Anna Maria")]
    #[case("X", "X")]
    #[case("李", "李")]
    #[case("John Smith 3rd", "John Smith 3rd")]
    #[case("e\u{301}", "é")]
    fn a_name_is_kept_as_its_owner_writes_it(#[case] typed: &str, #[case] kept: &str) {
        assert_eq!(name(typed).as_str(), kept);
    }

    #[rstest]
    #[case("", NameProblem::Empty)]
    #[case(" \u{a0}", NameProblem::Empty)]
    #[case("1985", NameProblem::Unreadable)]
    #[case("-", NameProblem::Unreadable)]
    #[case("'", NameProblem::Unreadable)]
    #[case("ʼ", NameProblem::Unreadable)]
    #[case("\u{301}", NameProblem::Unreadable)]
    #[case("Amina\u{0}", NameProblem::Unreadable)]
    #[case("Am\u{202e}ina", NameProblem::Unreadable)]
    #[case("<b>Amina</b>", NameProblem::Unreadable)]
    #[case("http://fraud.example", NameProblem::Unreadable)]
    #[case("amina@northfield.example", NameProblem::Unreadable)]
    #[case("🙂", NameProblem::Unreadable)]
    fn what_is_no_name_says_why(#[case] typed: &str, #[case] why: NameProblem) {
        assert_eq!(PersonName::parse(typed).unwrap_err(), why);
    }

    #[test]
    fn a_name_has_up_to_a_hundred_characters() {
        assert!(PersonName::parse(&"é".repeat(LONGEST)).is_ok());
        assert_eq!(PersonName::parse(&"é".repeat(LONGEST + 1)).unwrap_err(), NameProblem::TooLong);
    }

    #[test]
    fn a_name_is_not_printed() {
        assert!(!format!("{:?}", name("Amina")).contains("Amina"));
    }
}

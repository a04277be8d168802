//! UK mobile numbers for codes (guide 003, steps 7 and 8; guide 002 for the same numbers later).

use std::fmt;

use phonenumber::{Type, country};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fold;

/// The numbers that Ofcom keeps for drama: nobody has them.
const DRAMA: &str = "7700900";

/// The longest text that is looked at; no way to write a number is longer.
const LONGEST_TYPED: usize = 40;

/// Which numbers beyond those of England, Scotland, Wales and Northern Ireland are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhonePolicy {
    /// Mobiles of Jersey, Guernsey and Man: +44 as well, but charged as abroad.
    pub crown_dependencies: bool,
    /// 07700 900000 to 900999, kept by Ofcom for drama: for the demonstration and tests only.
    pub drama_numbers: bool,
}

impl Default for PhonePolicy {
    /// What the guides ask for: crown dependencies yes, drama no.
    fn default() -> Self {
        Self { crown_dependencies: true, drama_numbers: false }
    }
}

/// A mobile number to which a code can be sent.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UkMobile {
    /// `+44` and ten digits.
    e164: String,
}

/// Why no code can be sent to what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PhoneProblem {
    /// Nothing was typed.
    #[error("the mobile number is empty")]
    Empty,
    /// Not a number that anybody can have.
    #[error("this is not a phone number")]
    NotANumber,
    /// A number of another country, or of a crown dependency where those aren't taken.
    #[error("this is not a UK number")]
    NotUk,
    /// A UK number, but of a landline, a pager or the like.
    #[error("this is not a mobile number")]
    NotMobile,
    /// 070: looks like a mobile, diverts calls at the caller's cost.
    #[error("this is a personal number (070), not a mobile number")]
    Personal,
    /// 09, 087 and the like: calling it costs extra.
    #[error("this is a premium rate number")]
    Premium,
}

impl UkMobile {
    /// Reads a number in any of the ways in which people write it, also the almost right ones (`0+44 …`, `+077…`).
    /// Letters are refused: nobody's mobile is `0800 FLOWERS`.
    ///
    /// # Errors
    /// [`PhoneProblem`].
    pub fn parse(typed: &str, policy: PhonePolicy) -> Result<Self, PhoneProblem> {
        let typed = fold::trim(typed);
        if typed.is_empty() {
            return Err(PhoneProblem::Empty);
        }
        let dialled = dialled(typed).ok_or(PhoneProblem::NotANumber)?;
        let first = judge(&dialled, policy);
        match (&first, repaired(&dialled)) {
            (Ok(_), _) | (_, None) => first,
            (Err(_), Some(repaired)) => judge(&repaired, policy).or(first),
        }
    }

    /// The number as `+447…`, for sending.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The last two digits: all that is ever shown of it, and to its owner only.
    pub fn hint(&self) -> &str {
        self.e164.get(self.e164.len().saturating_sub(2)..).unwrap_or_default()
    }
}

/// A number at work, kept for contact only: a mobile, a landline or a switchboard. Nothing is ever sent to it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UkPhone {
    /// `+44` and nine or ten digits.
    e164: String,
}

impl UkPhone {
    /// Reads a number like [`UkMobile::parse`], but takes landlines and the numbers of switchboards, too; never 070, 076, 084,
    /// 087 or 09.
    ///
    /// # Errors
    /// [`PhoneProblem`]; [`PhoneProblem::NotMobile`] is a pager or the like.
    pub fn parse(typed: &str, policy: PhonePolicy) -> Result<Self, PhoneProblem> {
        match UkMobile::parse(typed, policy) {
            Ok(mobile) => Ok(Self { e164: mobile.e164 }),
            Err(PhoneProblem::NotMobile) => landline(typed).ok_or(PhoneProblem::NotMobile),
            Err(problem) => Err(problem),
        }
    }

    /// The number as `+44…`.
    pub fn e164(&self) -> &str {
        &self.e164
    }
}

impl fmt::Debug for UkPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UkPhone(•••)")
    }
}

/// A number that is valid and no mobile, if somebody can be reached by it at no extra cost.
fn landline(typed: &str) -> Option<UkPhone> {
    let dialled = dialled(fold::trim(typed))?;
    let number = [Some(dialled.clone()), repaired(&dialled)].into_iter().flatten().find_map(|dialled| {
        let number = phonenumber::parse(Some(country::GB), dialled).ok()?;
        (number.country().code() == 44 && number.is_valid()).then_some(number)
    })?;
    let reached = matches!(
        number.number_type(&phonenumber::metadata::DATABASE),
        Type::FixedLine | Type::FixedLineOrMobile | Type::Voip | Type::Uan | Type::TollFree
    );
    reached.then(|| UkPhone { e164: format!("+44{}", number.national().value()) })
}

/// Only the digits, with a plus in front if there was one. `None` if anything stands there that numbers don't have.
fn dialled(typed: &str) -> Option<String> {
    let typed = typed.strip_prefix("tel:").unwrap_or(typed);
    if typed.chars().count() > LONGEST_TYPED {
        return None;
    }
    let mut dialled = String::new();
    for c in typed.chars() {
        match fold::digit(c) {
            Some(digit) => dialled.push(digit),
            None if matches!(c, '+' | '\u{ff0b}') => dialled.push('+'),
            None if fold::is_blank(c) || fold::is_dash(c) || "()[]./".contains(c) => {}
            None => return None,
        }
    }
    dialled.chars().any(|c| c.is_ascii_digit()).then_some(dialled)
}

/// Almost right: pluses and zeros in front don't count, a 44 is the country, and a zero after it goes.
fn repaired(dialled: &str) -> Option<String> {
    let bare = dialled.trim_start_matches(['+', '0']);
    let national =
        bare.strip_prefix("44").filter(|rest| rest.len() >= 10).unwrap_or(bare).trim_start_matches('0');
    let plain = national.len() == 10 && national.bytes().all(|b| b.is_ascii_digit());
    // An international prefix was meant: +7 and 007 are another country.
    let abroad = matches!(dialled.as_bytes(), [b'+', b'1'..=b'9', ..]) && !dialled.starts_with("+44");
    (plain && !abroad && !dialled.starts_with("00")).then(|| format!("+44{national}"))
}

fn judge(dialled: &str, policy: PhonePolicy) -> Result<UkMobile, PhoneProblem> {
    let number = phonenumber::parse(Some(country::GB), dialled).map_err(|_| PhoneProblem::NotANumber)?;
    if number.country().code() != 44 {
        return Err(if number.is_valid() { PhoneProblem::NotUk } else { PhoneProblem::NotANumber });
    }
    let national = number.national().value().to_string();
    if national.len() == 10 && national.starts_with("70") {
        return Err(PhoneProblem::Personal);
    }
    if national.len() == 10 && national.starts_with('9') {
        return Err(PhoneProblem::Premium);
    }
    let drama = national.len() == 10 && national.starts_with(DRAMA);
    if drama && policy.drama_numbers {
        return Ok(UkMobile { e164: format!("+44{national}") });
    }
    if !number.is_valid() {
        return Err(PhoneProblem::NotANumber);
    }
    match number.number_type(&phonenumber::metadata::DATABASE) {
        Type::Mobile => {}
        Type::PersonalNumber => return Err(PhoneProblem::Personal),
        Type::PremiumRate => return Err(PhoneProblem::Premium),
        _ => return Err(PhoneProblem::NotMobile),
    }
    match number.country().id() {
        Some(country::GB) => {}
        Some(country::JE | country::GG | country::IM) if policy.crown_dependencies => {}
        _ => return Err(PhoneProblem::NotUk),
    }
    Ok(UkMobile { e164: format!("+44{national}") })
}

impl fmt::Debug for UkMobile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UkMobile(•••)")
    }
}

impl Serialize for UkMobile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.e164)
    }
}

impl<'de> Deserialize<'de> for UkMobile {
    /// Takes back what was kept; the policy was applied when the number came in.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = String::deserialize(deserializer)?;
        let policy = PhonePolicy { crown_dependencies: true, drama_numbers: true };
        Self::parse(&kept, policy).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const STRICT: PhonePolicy = PhonePolicy { crown_dependencies: false, drama_numbers: false };
    const ISLANDS: PhonePolicy = PhonePolicy { crown_dependencies: true, drama_numbers: false };
    const DEMO: PhonePolicy = PhonePolicy { crown_dependencies: true, drama_numbers: true };

    #[rstest]
    #[case("07400 123456")]
    #[case("07400123456")]
    #[case(" 07400-123-456 ")]
    #[case("(07400) 123456")]
    #[case("+44 (0)7400 123456")]
    #[case("+44 07400 123456")]
    #[case("+447400123456")]
    #[case("7400123456")]
    #[case("447400123456")]
    #[case("00447400123456")]
    #[case("0+447400123456")]
    #[case("0+44 7400 123456")]
    #[case("+07400123456")]
    #[case("++447400123456")]
    #[case("+440 7400 123456")]
    #[case("tel:+447400123456")]
    #[case("０７４００１２３４５６")]
    #[case("07400\u{a0}123\u{2011}456")]
    fn a_mobile_number_is_read_however_it_is_written(#[case] typed: &str) {
        let number = UkMobile::parse(typed, STRICT).unwrap();
        assert_eq!((number.e164(), number.hint()), ("+447400123456", "56"));
    }

    #[rstest]
    #[case("", PhoneProblem::Empty)]
    #[case("  ", PhoneProblem::Empty)]
    #[case("+", PhoneProblem::NotANumber)]
    #[case("0", PhoneProblem::NotANumber)]
    #[case("07400 12345", PhoneProblem::NotANumber)]
    #[case("07400 1234567", PhoneProblem::NotANumber)]
    #[case("07400 123456 ext 2", PhoneProblem::NotANumber)]
    #[case("0800 FLOWERS", PhoneProblem::NotANumber)]
    #[case("07400 FLOWER", PhoneProblem::NotANumber)]
    #[case("07700 900123", PhoneProblem::NotANumber)]
    #[case("+33 6 12 34 56 78", PhoneProblem::NotUk)]
    #[case("0033 6 12 34 56 78", PhoneProblem::NotUk)]
    #[case("+1 212 555 2368", PhoneProblem::NotUk)]
    #[case("+353 85 012 3456", PhoneProblem::NotUk)]
    #[case("020 7946 0000", PhoneProblem::NotMobile)]
    #[case("0300 123 4567", PhoneProblem::NotMobile)]
    #[case("0800 001 0000", PhoneProblem::NotMobile)]
    #[case("056 0000 0000", PhoneProblem::NotMobile)]
    #[case("070 1234 5678", PhoneProblem::Personal)]
    #[case("+44 70 1234 5678", PhoneProblem::Personal)]
    #[case("0909 879 0000", PhoneProblem::Premium)]
    #[case("0871 234 5678", PhoneProblem::Premium)]
    #[case("0845 123 4567", PhoneProblem::Premium)]
    fn what_gets_no_code_says_why(#[case] typed: &str, #[case] why: PhoneProblem) {
        assert_eq!(UkMobile::parse(typed, STRICT).unwrap_err(), why);
    }

    #[rstest]
    #[case("07797 712345")]
    #[case("07781 123456")]
    #[case("07624 123456")]
    #[case("07911 123456")]
    fn the_islands_are_taken_where_the_organisation_takes_them(#[case] typed: &str) {
        assert!(UkMobile::parse(typed, ISLANDS).is_ok(), "{:?}", UkMobile::parse(typed, ISLANDS));
        assert_eq!(UkMobile::parse(typed, STRICT).unwrap_err(), PhoneProblem::NotUk);
    }

    #[rstest]
    #[case("07700 900123")]
    #[case("+447700900000")]
    #[case("0+44 7700 900999")]
    fn drama_numbers_are_for_the_demonstration_only(#[case] typed: &str) {
        assert!(UkMobile::parse(typed, DEMO).is_ok());
        assert_eq!(UkMobile::parse(typed, ISLANDS).unwrap_err(), PhoneProblem::NotANumber);
    }

    #[rstest]
    #[case("070 1234 5678", PhoneProblem::Personal)]
    #[case("0909 879 0000", PhoneProblem::Premium)]
    fn personal_and_premium_numbers_are_never_taken(#[case] typed: &str, #[case] why: PhoneProblem) {
        assert_eq!(UkMobile::parse(typed, DEMO).unwrap_err(), why);
    }

    #[rstest]
    #[case("020 7946 0123", Ok("+442079460123"))]
    #[case("+44 (0)20 7946 0123", Ok("+442079460123"))]
    #[case("0300 123 4567", Ok("+443001234567"))]
    #[case("07400 123456", Ok("+447400123456"))]
    #[case("", Err(PhoneProblem::Empty))]
    #[case("0800 FLOWERS", Err(PhoneProblem::NotANumber))]
    #[case("+33 1 42 68 53 00", Err(PhoneProblem::NotUk))]
    #[case("070 1234 5678", Err(PhoneProblem::Personal))]
    #[case("0909 879 0000", Err(PhoneProblem::Premium))]
    #[case("0845 123 4567", Err(PhoneProblem::Premium))]
    fn an_office_may_have_a_landline(#[case] typed: &str, #[case] read: Result<&str, PhoneProblem>) {
        assert_eq!(UkPhone::parse(typed, ISLANDS).as_ref().map(UkPhone::e164), read.as_ref().copied());
    }

    #[test]
    fn a_number_is_not_printed_but_can_be_kept() {
        let number = UkMobile::parse("07700 900123", DEMO).unwrap();
        assert!(!format!("{number:?}").contains("23"));
        let kept = serde_json::to_string(&number).unwrap();
        assert_eq!(kept, "\"+447700900123\"");
        assert_eq!(serde_json::from_str::<UkMobile>(&kept).unwrap(), number);
        assert!(serde_json::from_str::<UkMobile>("\"020 7946 0000\"").is_err());
    }
}

//! E-mail addresses as people type them and as employers hold them (guide 003, step 3).

use std::fmt;

use email_address::Options;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::fold;

/// The longest address that mail can be sent to, in bytes of UTF-8 (RFC 5321, 4.5.3.1.3).
pub const LONGEST: usize = 254;

/// An address in one form, whatever case it was typed in: trimmed, composed (NFC), lower case.
///
/// Lower case also before the `@`: RFC 5321 would allow two mailboxes that differ by case, no employer has them,
/// and people type their address with capitals.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmailProblem {
    /// Nothing was typed.
    #[error("the e-mail address is empty")]
    Empty,
    /// Not of the form name@example.org.
    #[error("the e-mail address is not in the right format, like name@example.org")]
    Malformed,
    /// Longer than [`LONGEST`].
    #[error("the e-mail address is longer than {LONGEST} characters")]
    TooLong,
}

impl EmailAddress {
    /// Reads an address. Only the plain form is taken: no display name, no quotation marks, no number in place of the
    /// domain, and a domain with a dot.
    ///
    /// # Errors
    /// [`EmailProblem`].
    pub fn parse(typed: &str) -> Result<Self, EmailProblem> {
        let typed = fold::trim(typed);
        if typed.is_empty() {
            return Err(EmailProblem::Empty);
        }
        let address = normalised(typed);
        if address.len() > LONGEST {
            return Err(EmailProblem::TooLong);
        }
        let options =
            Options::default().without_display_text().without_domain_literal().with_minimum_sub_domains(2);
        let plain =
            !address.chars().any(|c| c.is_control() || fold::is_blank(c) || "\"<>(),:;\\[]".contains(c));
        if !plain || email_address::EmailAddress::parse_with_options(&address, options).is_err() {
            return Err(EmailProblem::Malformed);
        }
        Ok(Self(address))
    }

    /// The whole address, for sending and for looking up.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.halves().1
    }

    /// Enough for its owner to recognise it: the first letter and the domain, `a•••@northfield.example`. Of a
    /// one-letter name, nothing.
    pub fn hint(&self) -> String {
        let (name, domain) = self.halves();
        let mut letters = name.chars();
        match (letters.next(), letters.next()) {
            (Some(first), Some(_)) => format!("{first}•••@{domain}"),
            _ => format!("•••@{domain}"),
        }
    }

    /// What stands before the `@`, which often holds the person's names.
    pub fn local_part(&self) -> &str {
        self.halves().0
    }

    fn halves(&self) -> (&str, &str) {
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }
}

/// Lower case, composed. Lower case of a composed text can decompose again, hence the second time.
fn normalised(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailProblem;

    fn try_from(text: String) -> Result<Self, EmailProblem> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(•••)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("amina.khan@northfield.example", "amina.khan@northfield.example")]
    #[case("  Amina.KHAN@Northfield.Example\r\n", "amina.khan@northfield.example")]
    #[case("\u{feff}amina.khan@northfield.example\u{200b}", "amina.khan@northfield.example")]
    #[case("o'neill+rota@northfield.example", "o'neill+rota@northfield.example")]
    #[case("zoe\u{308}@northfield.example", "zoë@northfield.example")]
    #[case("a@b.example", "a@b.example")]
    fn an_address_has_one_form(#[case] typed: &str, #[case] kept: &str) {
        assert_eq!(EmailAddress::parse(typed).unwrap().as_str(), kept);
    }

    #[rstest]
    #[case("", EmailProblem::Empty)]
    #[case(" \t", EmailProblem::Empty)]
    #[case("amina", EmailProblem::Malformed)]
    #[case("amina@", EmailProblem::Malformed)]
    #[case("@northfield.example", EmailProblem::Malformed)]
    #[case("amina@northfield", EmailProblem::Malformed)]
    #[case("amina@@northfield.example", EmailProblem::Malformed)]
    #[case("amina khan@northfield.example", EmailProblem::Malformed)]
    #[case("Amina <amina@northfield.example>", EmailProblem::Malformed)]
    #[case("amina@[127.0.0.1]", EmailProblem::Malformed)]
    #[case("amina@northfield.example\r\nBcc: all@northfield.example", EmailProblem::Malformed)]
    #[case("amina@northfield.example, ben@northfield.example", EmailProblem::Malformed)]
    #[case("\"amina khan\"@northfield.example", EmailProblem::Malformed)]
    #[case("amina..khan@northfield.example", EmailProblem::Malformed)]
    #[case(".amina@northfield.example", EmailProblem::Malformed)]
    fn what_is_no_address_says_why(#[case] typed: &str, #[case] why: EmailProblem) {
        assert_eq!(EmailAddress::parse(typed).unwrap_err(), why);
    }

    #[test]
    fn an_address_of_254_bytes_is_the_longest() {
        let domain = format!("{}.{}.{}.example", "d".repeat(61), "e".repeat(62), "f".repeat(57));
        let longest = format!("{}@{domain}", "a".repeat(LONGEST - 1 - domain.len()));
        assert_eq!(longest.len(), LONGEST);
        assert!(EmailAddress::parse(&longest).is_ok());
        assert_eq!(EmailAddress::parse(&format!("x{longest}")).unwrap_err(), EmailProblem::TooLong);
    }

    #[rstest]
    #[case("amina.khan@northfield.example", "a•••@northfield.example")]
    #[case("a@northfield.example", "•••@northfield.example")]
    #[case("élan@northfield.example", "é•••@northfield.example")]
    fn a_hint_is_a_letter_and_the_domain(#[case] address: &str, #[case] hint: &str) {
        assert_eq!(EmailAddress::parse(address).unwrap().hint(), hint);
    }

    #[test]
    fn an_address_is_not_printed_but_can_be_kept() {
        let address = EmailAddress::parse("Amina@northfield.example").unwrap();
        assert!(!format!("{address:?}").contains("amina"));
        let kept = serde_json::to_string(&address).unwrap();
        assert_eq!(kept, "\"amina@northfield.example\"");
        assert_eq!(serde_json::from_str::<EmailAddress>(&kept).unwrap(), address);
        assert!(serde_json::from_str::<EmailAddress>("\"amina\"").is_err());
    }
}

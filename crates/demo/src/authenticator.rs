//! The authenticator app on the phone: takes over set-up keys and shows codes by the turned clock.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;
use vault::{Secret, totp};

/// The longest text that is looked at.
const LONGEST: usize = 2_000;

/// One account in the app.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// Its number on this phone.
    pub number: u64,
    /// Whose codes these are; empty where only a key was typed.
    pub issuer: String,
    /// For which account; empty where only a key was typed.
    pub name: String,
    seed: Vec<u8>,
}

/// What was given is no set-up that this app understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAccount {
    /// Nothing was given.
    Empty,
    /// Neither a set-up key nor an `otpauth:` link.
    NotAKey,
    /// A link for codes of another kind than six digits by SHA-1 every 30 seconds.
    OtherCodes,
}

impl Account {
    /// Reads a set-up key as people type it, or an `otpauth:` link as a QR code holds it. `name` is for a key that has
    /// none.
    pub(crate) fn read(typed: &str, name: &str) -> Result<Self, NoAccount> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(NoAccount::Empty);
        }
        if typed.len() > LONGEST {
            return Err(NoAccount::NotAKey);
        }
        if typed.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("otpauth:")) {
            return Self::from_link(&Url::parse(typed).map_err(|_| NoAccount::NotAKey)?);
        }
        Ok(Self { number: 0, issuer: String::new(), name: name.trim().to_owned(), seed: seed(typed)? })
    }

    fn from_link(link: &Url) -> Result<Self, NoAccount> {
        let value =
            |wanted: &str| link.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let is =
            |wanted: &str, usual: &str| value(wanted).is_none_or(|given| given.eq_ignore_ascii_case(usual));
        if link.host_str() != Some("totp")
            || !is("algorithm", "SHA1")
            || !is("digits", "6")
            || !is("period", "30")
        {
            return Err(NoAccount::OtherCodes);
        }
        let label = percent_decoded(link.path().trim_start_matches('/'));
        let (before, name) = label.split_once(':').unwrap_or(("", &label));
        Ok(Self {
            number: 0,
            issuer: value("issuer").map_or_else(|| before.to_owned(), Into::into),
            name: name.trim().to_owned(),
            seed: seed(&value("secret").ok_or(NoAccount::NotAKey)?)?,
        })
    }

    /// The code that it shows, in two groups of three.
    pub(crate) fn code(&self, now: Timestamp) -> String {
        let code = totp::code_at(&Secret::new(self.seed.clone()), now);
        match code.expose().split_at_checked(3) {
            Some((first, second)) => format!("{first} {second}"),
            None => code.expose().clone(),
        }
    }

    /// Whether it shows the same codes.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.seed == other.seed
    }
}

/// For how many seconds the codes at `now` are still shown: 30 down to 1.
pub(crate) fn seconds_left(now: Timestamp) -> u64 {
    let gone = now.as_second().rem_euclid(totp::STEP_SECONDS.cast_signed());
    totp::STEP_SECONDS.saturating_sub(gone.unsigned_abs())
}

/// Base 32 (RFC 4648, section 6), in any case, with spaces, hyphens and padding.
fn seed(typed: &str) -> Result<Vec<u8>, NoAccount> {
    const SHORTEST: usize = 10;
    let mut seed = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for sign in typed.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '=')) {
        let value = match sign.to_ascii_uppercase() {
            letter @ 'A'..='Z' => u32::from(letter) - u32::from('A'),
            digit @ '2'..='7' => u32::from(digit) - u32::from('2') + 26,
            _ => return Err(NoAccount::NotAKey),
        };
        bits = ((bits << 5) | value) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            seed.push((bits >> count).to_le_bytes()[0]);
        }
    }
    if seed.len() < SHORTEST { Err(NoAccount::NotAKey) } else { Ok(seed) }
}

/// What `%20` and its like stand for.
fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let escaped = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (escaped, part.get(2..)) {
            (Some(byte), Some(rest)) => {
                decoded.push(byte);
                decoded.extend(rest.bytes());
            }
            _ => {
                decoded.push(b'%');
                decoded.extend(part.bytes());
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 6238, appendix B.
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_key_that_is_typed_gives_the_codes_of_rfc_6238() {
        for typed in
            [KEY, "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ===="]
        {
            let account = Account::read(typed, " mine ").unwrap();
            assert_eq!(account.code(at(1_111_111_109)), "081 804", "{typed}");
            assert_eq!(account.name, "mine");
        }
    }

    #[test]
    fn the_link_that_the_service_makes_is_understood() {
        let seed = Secret::new(b"12345678901234567890".to_vec());
        let link = totp::otpauth_uri("Fobwatch: staff", "o'neill+x@northfield.example", &seed);
        let account = Account::read(link.expose(), "").unwrap();
        assert_eq!(
            (account.issuer.as_str(), account.name.as_str()),
            ("Fobwatch  staff", "o'neill+x@northfield.example")
        );
        assert_eq!(account.code(at(59)), "287 082");
        assert!(account.is_same(&Account::read(KEY, "").unwrap()));
    }

    #[test]
    fn what_is_no_set_up_is_said_to_be_none() {
        for (typed, why) in [
            ("  ", NoAccount::Empty),
            ("hello", NoAccount::NotAKey),
            ("GEZD GNBV", NoAccount::NotAKey),
            ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", NoAccount::NotAKey),
            ("https://northfield.example", NoAccount::NotAKey),
            ("otpauth:", NoAccount::OtherCodes),
            ("otpauth://totp/x", NoAccount::NotAKey),
            ("otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ", NoAccount::OtherCodes),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=8", NoAccount::OtherCodes),
        ] {
            assert_eq!(Account::read(typed, "").err(), Some(why), "{typed}");
        }
        assert!(Account::read(&"A".repeat(100_000), "").is_err());
    }

    #[test]
    fn a_code_is_shown_for_thirty_seconds() {
        for (second, left) in [(0, 30), (1, 29), (29, 1), (30, 30), (-1, 1)] {
            assert_eq!(seconds_left(at(second)), left, "{second}");
        }
    }

    #[test]
    fn escapes_are_undone_and_half_ones_left_alone() {
        assert_eq!(percent_decoded("a%20b%C3%AB%"), "a bë%");
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
    }
}

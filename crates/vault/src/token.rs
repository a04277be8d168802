//! Unguessable names for sessions and registrations, held by a browser.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Random;

/// How many random bytes a token has.
const BYTES: usize = 32;

/// How many characters they make.
const CHARACTERS: usize = 43;

/// 32 random bytes as 43 characters of base64url. The browser holds the token; the database holds its keyed hash.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = zeroize::Zeroizing::new([0; BYTES]);
        random.fill(bytes.as_mut());
        Self(URL_SAFE_NO_PAD.encode(*bytes))
    }

    /// Reads one back from a cookie; `None` if it can't be one. That it can be one says nothing about whether it is.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = zeroize::Zeroizing::new([0; BYTES]);
        let whole =
            text.len() == CHARACTERS && URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut()) == Ok(BYTES);
        whole.then(|| Self(text.to_owned()))
    }

    /// The token for the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Token {}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_token_is_43_characters_that_are_safe_in_a_cookie() {
        let token = Token::new(&SystemRandom::new());
        assert_eq!(token.as_str().len(), CHARACTERS);
        assert!(token.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_eq!(Token::parse(token.as_str()), Some(token.clone()));
        assert_ne!(Token::new(&SystemRandom::new()), token);
    }

    #[test]
    fn what_can_be_no_token_is_not_looked_up() {
        let good = "A".repeat(CHARACTERS);
        assert!(Token::parse(&good).is_some());
        for bad in
            ["", &good[1..], &format!("{good}A"), &format!("{}=", &good[1..]), &format!("{}+", &good[1..])]
        {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
        // The last character has two bits that no byte has: one token, one spelling.
        assert!(Token::parse(&format!("{}B", &good[1..])).is_none());
    }

    #[test]
    fn a_token_is_not_printed() {
        assert_eq!(format!("{:?}", Token::parse(&"A".repeat(CHARACTERS)).unwrap()), "Token(••••)");
    }
}

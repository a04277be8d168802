//! Native messaging: how a browser's extension speaks to a program of the machine. Four bytes of length in the machine's order, then
//! JSON; one question for each time that the browser starts the agent.

use std::io::{self, Read, Write};

use card_jobs::{EXTENSION, SignInToken};
use serde::{Deserialize, Serialize};

use crate::token::{NotSignedIn, SignInQuestion, SignInRefused};

/// Longest question that is read, in bytes.
const LONGEST_QUESTION: u32 = 16 * 1024;

/// What the extension asks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
enum Question {
    SignIn(SignInQuestion),
}

/// What it is answered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Signed { token: SignInToken },
    Refused(SignInRefused),
}

/// Whether the browser's first argument names the extension that may ask. Others are kept out by the manifest already.
pub fn is_our_extension(argument: &str) -> bool {
    argument.strip_prefix("chrome-extension://").map(|id| id.trim_end_matches('/')) == Some(EXTENSION)
}

/// Reads one question, has it answered, and writes the answer.
///
/// # Errors
/// Where the browser went away. A question that is none is answered as such.
pub fn answer_one(
    mut from: impl Read,
    mut to: impl Write,
    sign_in: impl FnOnce(&SignInQuestion) -> Result<SignInToken, SignInRefused>,
) -> io::Result<()> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_ne_bytes(length);
    let mut question = Vec::new();
    if length <= LONGEST_QUESTION {
        from.take(length.into()).read_to_end(&mut question)?;
    }
    let answer = match serde_json::from_slice(&question) {
        Ok(Question::SignIn(question)) => match sign_in(&question) {
            Ok(token) => Answer::Signed { token },
            Err(refused) => Answer::Refused(refused),
        },
        Err(_) => Answer::Refused(NotSignedIn::NotUnderstood.into()),
    };
    let answer = serde_json::to_vec(&answer)?;
    let length = u32::try_from(answer.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_ne_bytes())?;
    to.write_all(&answer)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use card_jobs::Hex;
    use serde_json::{Value, json};

    use super::*;

    fn asked(question: &[u8], length: u32) -> Value {
        let sent = [&length.to_ne_bytes(), question].concat();
        let mut answer = Vec::new();
        answer_one(&sent[..], &mut answer, |question| {
            if question.origin == "https://access.northfield.example" {
                let [format, algorithm] = ["f", "a"].map(str::to_owned);
                Ok(SignInToken { format, algorithm, certificate: Hex(vec![1]), signature: Hex(vec![2]) })
            } else if question.origin == "https://elsewhere.example" {
                Err(SignInRefused { why: NotSignedIn::Declined, tries_left: Some(2) })
            } else {
                Err(NotSignedIn::ForeignOrigin.into())
            }
        })
        .unwrap();
        let (length, json) = answer.split_first_chunk().unwrap();
        assert_eq!(u32::from_ne_bytes(*length) as usize, json.len());
        serde_json::from_slice(json).unwrap()
    }

    fn ask(question: &Value) -> Value {
        let question = serde_json::to_vec(question).unwrap();
        asked(&question, u32::try_from(question.len()).unwrap())
    }

    #[test]
    fn a_question_is_answered_by_a_token_or_a_reason() {
        let question = |origin: &str| json!({"do": "sign-in", "origin": origin, "nonce": "n"});
        let token =
            json!({"token": {"format": "f", "algorithm": "a", "certificate": "01", "signature": "02"}});
        assert_eq!(ask(&question("https://access.northfield.example")), token);
        assert_eq!(ask(&question("https://evil.example")), json!({"refused": "foreign-origin"}));
        let gave_up = json!({"refused": "declined", "left": 2});
        assert_eq!(ask(&question("https://elsewhere.example")), gave_up);
    }

    #[test]
    fn what_is_no_question_is_answered_as_such() {
        let none = json!({"refused": "not-understood"});
        for wrong in [
            json!({}),
            json!({"do": "format-the-card"}),
            json!({"do": "sign-in", "origin": "https://access.northfield.example"}),
            json!({"do": "sign-in", "origin": "https://access.northfield.example", "nonce": 1}),
            json!({"do": "sign-in", "origin": "https://access.northfield.example", "nonce": "n", "pinentry": "/bin/sh"}),
        ] {
            assert_eq!(ask(&wrong), none, "{wrong}");
        }
        assert_eq!(asked(b"", 0), none);
        assert_eq!(asked(b"{", 1), none);
        assert_eq!(asked(b"{}", u32::MAX), none);
        assert_eq!(asked(b"{}", 1000), none);
    }

    #[test]
    fn only_our_extension_may_ask() {
        assert!(is_our_extension(&format!("chrome-extension://{EXTENSION}/")));
        for other in
            ["chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh/", "https://evil.example", "", EXTENSION]
        {
            assert!(!is_our_extension(other), "{other}");
        }
    }
}

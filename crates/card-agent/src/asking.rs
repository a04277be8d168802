//! Asks in windows of the desktop's own program for passcodes (pinentry), which other programs cannot read along.

use std::path::{Path, PathBuf};

use card_jobs::{About, Verdict};
use pinentry::{ConfirmationDialog, Error, MessageDialog, PassphraseInput};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::person::{Missing, NewPasscode, Passcode, Person, Unanswered};
use crate::token::Signer;
use crate::words::text;

/// Where it is looked for when the machine's file names none.
const USUAL: &[&str] = if cfg!(target_os = "macos") {
    &["pinentry-mac", "pinentry"]
} else if cfg!(windows) {
    &["pinentry-basic.exe", "pinentry-w32.exe", "pinentry.exe"]
} else {
    &["pinentry-x11", "pinentry"]
};

/// How long a window stays open without an answer, in seconds.
const PATIENCE: u16 = 300;

/// Longest text in bytes as it is sent: the protocol's lines have 1000 at most, and some signs take three.
const LONGEST_TEXT: usize = 900;

/// How often a new passcode that does not fit is asked for again.
const TRIES: usize = 5;

/// The program for passcodes.
pub struct Pinentry {
    program: PathBuf,
}

impl Pinentry {
    /// Finds the program; none where there is none.
    pub fn find(configured: Option<&Path>) -> Option<Self> {
        let runs = |program: &Path| MessageDialog::with_binary(program).is_some();
        match configured {
            Some(program) => runs(program).then(|| Self { program: program.to_owned() }),
            None => {
                let program = USUAL.iter().map(PathBuf::from).find(|program| runs(program))?;
                Some(Self { program })
            }
        }
    }

    /// Asks a question that is answered by *Continue* or *Cancel*.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Unanswered> {
        let (yes, no) = (text("button-continue", &[]), text("button-cancel", &[]));
        let mut window = ConfirmationDialog::with_binary(&self.program).ok_or(Unanswered::NoWindow)?;
        window.with_ok(&yes).with_cancel(&no).with_timeout(PATIENCE);
        match window.confirm(&fitting(question)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Unanswered::Declined),
            Err(error) => Err(unanswered(&error)),
        }
    }

    /// Asks for a passcode.
    pub(crate) fn ask(
        &self,
        question: &str,
        prompt: &str,
        mistake: Option<&str>,
    ) -> Result<Passcode, Unanswered> {
        let (title, empty) = (text("window-title", &[]), text("passcode-empty", &[]));
        let (yes, no) = (text("button-continue", &[]), text("button-cancel", &[]));
        let (question, mistake) = (fitting(question), mistake.map(fitting));
        let mut window = PassphraseInput::with_binary(&self.program).ok_or(Unanswered::NoWindow)?;
        window.with_title(&title).with_description(&question).with_prompt(prompt).required(&empty);
        window.with_ok(&yes).with_cancel(&no).with_timeout(PATIENCE);
        if let Some(mistake) = &mistake {
            window.with_error(mistake);
        }
        let typed = window.interact().map_err(|error| unanswered(&error))?;
        Ok(Zeroizing::new(typed.expose_secret().as_bytes().to_vec()))
    }

    /// Shows a text with a button to close it.
    pub fn tell(&self, words: &str) {
        let close = text("button-close", &[]);
        let Some(mut window) = MessageDialog::with_binary(&self.program) else { return };
        window.with_ok(&close).with_timeout(PATIENCE);
        if let Err(error) = window.show_message(&fitting(words)) {
            tracing::info!(%error, "the last window was not read");
        }
    }
}

impl Person for Pinentry {
    fn agrees(&mut self, about: &About, portal: &str) -> Result<(), Unanswered> {
        let values = [
            ("sentence", about.sentence.as_str()),
            ("card-of", &about.card_of),
            ("asked-by", &about.asked_by),
            ("service", &about.service),
            ("organisation", &about.organisation),
            ("portal", portal),
        ];
        // Whatever length the others have: the address and the warning stand at the end and must be seen.
        let values = values.map(|(name, value)| (name, shortened(value, 100)));
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.confirm(&text("agree", &values))
    }

    fn puts_in_card(&mut self, about: &About, missing: Missing) -> Result<(), Unanswered> {
        let card_of = shortened(&about.card_of, 100);
        let values = [("card-of", card_of.as_str())];
        let ask = match missing {
            Missing::Reader => text("missing-reader", &values),
            Missing::Card => text("missing-card", &values),
            Missing::RightCard => text("missing-right-card", &values),
            Missing::FreeCard => text("missing-free-card", &values),
        };
        self.confirm(&under(about, &ask))
    }

    fn types_passcode(
        &mut self,
        about: &About,
        left: Option<u8>,
        again: bool,
    ) -> Result<Passcode, Unanswered> {
        let mut ask = text("passcode", &[]);
        if let Some(left) = left.filter(|_| again) {
            ask = format!("{ask}\n{}", text("tries-left", &[("left", &left.to_string())]));
        }
        let mistake = again.then(|| text("passcode-wrong", &[]));
        self.ask(&under(about, &ask), &text("passcode-prompt", &[]), mistake.as_deref())
    }

    fn chooses_passcode(&mut self, about: &About, wanted: NewPasscode) -> Result<Passcode, Unanswered> {
        let (min, max) = (wanted.min.to_string(), wanted.max.to_string());
        let values = [("min", min.as_str()), ("max", max.as_str())];
        let (ask, unfit) = if wanted.letters {
            (text("new-passcode-letters", &values), text("new-passcode-unfit-letters", &values))
        } else {
            (text("new-passcode-digits", &values), text("new-passcode-unfit-digits", &values))
        };
        let again = text("new-passcode-again", &[]);
        let mut mistake: Option<String> = None;
        for _ in 0..TRIES {
            let chosen =
                self.ask(&under(about, &ask), &text("new-passcode-prompt", &[]), mistake.as_deref())?;
            if !wanted.fits(&chosen) {
                mistake = Some(unfit.clone());
                continue;
            }
            let repeated = self.ask(&under(about, &again), &text("again-prompt", &[]), None)?;
            if repeated == chosen {
                return Ok(chosen);
            }
            mistake = Some(text("new-passcode-differs", &[]));
        }
        Err(Unanswered::Declined)
    }

    fn risks_last_try(&mut self, about: &About) -> Result<(), Unanswered> {
        self.confirm(&under(about, &text("last-try", &[])))
    }

    fn hears(&mut self, _: Verdict, words: &str) {
        self.tell(words);
    }
}

impl Signer for Pinentry {
    fn types_passcode_for(
        &mut self,
        origin: &str,
        left: Option<u8>,
        again: bool,
    ) -> Result<Passcode, Unanswered> {
        let mut ask = text("sign-in", &[("origin", &shortened(origin, 200))]);
        match left {
            Some(1) => ask = format!("{ask}\n\n{}", text("last-try", &[])),
            Some(left) if again => {
                ask = format!("{ask}\n\n{}", text("tries-left", &[("left", &left.to_string())]));
            }
            _ => {}
        }
        let mistake = again.then(|| text("passcode-wrong", &[]));
        self.ask(&ask, &text("passcode-prompt", &[]), mistake.as_deref())
    }
}

/// A question with what it is about above it.
fn under(about: &About, question: &str) -> String {
    let (sentence, card_of) = (shortened(&about.sentence, 200), shortened(&about.card_of, 100));
    format!("{}\n\n{question}", text("about", &[("sentence", &sentence), ("card-of", &card_of)]))
}

fn unanswered(error: &Error) -> Unanswered {
    match error {
        Error::Cancelled | Error::Timeout | Error::Encoding(_) => Unanswered::Declined,
        Error::Gpg(_) | Error::Io(_) => {
            tracing::warn!(%error, "the program for passcodes does not work");
            Unanswered::NoWindow
        }
    }
}

/// One line of no more than so many characters, without signs that steer a terminal.
fn shortened(text: &str, most: usize) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(most).collect()
}

/// As much of a text as one line of the protocol holds, where line breaks and percent signs take three bytes.
fn fitting(text: &str) -> String {
    let mut room = LONGEST_TEXT;
    let fits = |sign: &char| {
        let takes = if matches!(sign, '\n' | '%' | '\\') { 3 } else { sign.len_utf8() };
        let left = room.checked_sub(takes);
        room = left.unwrap_or(0);
        left.is_some()
    };
    text.chars().filter(|sign| *sign == '\n' || !sign.is_control()).take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_is_longer_than_a_line_of_the_protocol(text in any::<String>(), signs in "[\n\r%\\\\a]{0,2000}") {
            for text in [text, signs] {
                let fitting = fitting(&text);
                let sent: usize = fitting.chars().map(|sign| if matches!(sign, '\n' | '\r' | '%') { 3 } else { sign.len_utf8() }).sum();
                prop_assert!(sent <= LONGEST_TEXT);
                prop_assert!(!fitting.chars().any(|sign| sign.is_control() && sign != '\n'));
            }
        }
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(fitting("50 %\nof it"), "50 %\nof it");
    }

    #[test]
    fn what_a_portal_writes_cannot_push_the_address_out_of_the_window() {
        let long = "x\u{1b}[2J".repeat(1000);
        let values =
            [("sentence", ""), ("card-of", ""), ("asked-by", ""), ("service", ""), ("organisation", "")];
        let mut values: Vec<(&str, String)> = values.map(|(name, _)| (name, shortened(&long, 100))).to_vec();
        values.push(("portal", "https://access.northfield.example".to_owned()));
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let shown = fitting(&text("agree", &values));
        assert!(shown.contains("https://access.northfield.example"));
        assert!(shown.ends_with("Continue only if you expect this."), "{shown}");
        assert!(!shown.contains('\u{1b}'));
    }
}

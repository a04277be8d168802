//! Who sits at the workstation.

use card_agent::{Missing, Passcode, Person, Unanswered};
use card_jobs::{About, Verdict};
use zeroize::Zeroizing;

/// Who sits there, and what they type when the agent asks.
#[derive(Clone)]
pub struct Typist {
    pub current: String,
    pub new: String,
    pub agrees: bool,
    pub risks: bool,
    pub told: Option<(Verdict, String)>,
    pub asked: Vec<&'static str>,
}

impl Typist {
    pub fn types(current: &str) -> Self {
        Self {
            current: current.to_owned(),
            new: String::new(),
            agrees: true,
            risks: false,
            told: None,
            asked: Vec::new(),
        }
    }

    #[must_use]
    pub fn and_new(mut self, new: &str) -> Self {
        new.clone_into(&mut self.new);
        self
    }
}

impl Person for Typist {
    fn agrees(&mut self, _: &About, _: &str) -> Result<(), Unanswered> {
        if self.agrees { Ok(()) } else { Err(Unanswered::Declined) }
    }

    fn puts_in_card(&mut self, _: &About, _: Missing) -> Result<(), Unanswered> {
        Err(Unanswered::Declined)
    }

    fn types_passcode(&mut self, _: &About, _: Option<u8>, again: bool) -> Result<Passcode, Unanswered> {
        if again {
            return Err(Unanswered::Declined);
        }
        self.asked.push("current");
        Ok(Zeroizing::new(self.current.clone().into_bytes()))
    }

    fn chooses_passcode(
        &mut self,
        _: &About,
        wanted: card_agent::NewPasscode,
    ) -> Result<Passcode, Unanswered> {
        self.asked.push("new");
        assert!(wanted.fits(self.new.as_bytes()), "{wanted:?}");
        Ok(Zeroizing::new(self.new.clone().into_bytes()))
    }

    fn risks_last_try(&mut self, _: &About) -> Result<(), Unanswered> {
        if self.risks { Ok(()) } else { Err(Unanswered::Declined) }
    }

    fn hears(&mut self, verdict: Verdict, words: &str) {
        self.told = Some((verdict, words.to_owned()));
    }
}

//! The window of the program that works the card: what it asks the person, and what they answered on the page.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use card_agent::{Missing, NewPasscode, Passcode, Person, Unanswered};
use card_jobs::{About, Progress, Verdict};
use serde::Serialize;
use zeroize::Zeroizing;

/// Nobody answers for so long: the window closes itself.
const PATIENCE: Duration = Duration::from_mins(5);

/// What stands in the window.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub(crate) enum Shown {
    /// The program looks whether the portal knows the job.
    Starts,
    /// It waits for an answer.
    Asks {
        /// Which question this is: an answer to another one is too late.
        number: u64,
        /// "Renew the certificates of your smartcard"
        sentence: String,
        /// Who asked for it, and for whom.
        asked_by: String,
        card_of: String,
        question: Question,
    },
    /// It works.
    Works { sentence: String, progress: Progress },
    /// It has ended.
    Ended { verdict: Verdict, words: String },
}

/// A question.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub(crate) enum Question {
    /// Shall this be done?
    Agree { portal: String },
    /// Put in the card: `reader`, `card`, `right-card` or `free-card` is missing.
    PutIn { missing: &'static str },
    /// The present passcode.
    Passcode { left: Option<u8>, again: bool },
    /// A new passcode, twice.
    NewPasscode { min: u8, max: u8, letters: bool, wrong: Option<&'static str> },
    /// Use the last try?
    LastTry,
}

/// What was answered.
pub(crate) enum Answer {
    /// Yes, or it is done.
    Yes,
    /// No.
    No,
    /// What was typed, once or twice.
    Typed(Passcode, Passcode),
}

/// A window, shared between the program and the page.
pub(crate) struct Window {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    shown: Shown,
    number: u64,
    answer: Option<Answer>,
    is_closed: bool,
}

impl Window {
    pub(crate) fn open() -> Self {
        let state = State { shown: Shown::Starts, number: 0, answer: None, is_closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(crate) fn shown(&self) -> Shown {
        self.hold().shown.clone()
    }

    /// Answers a question that is still asked; a later one is not answered by it.
    pub(crate) fn answer(&self, number: u64, answer: Answer) {
        let mut state = self.hold();
        if matches!(state.shown, Shown::Asks { number: asked, .. } if asked == number) {
            state.answer = Some(answer);
            self.changed.notify_all();
        }
    }

    /// A card was put in: who was asked to do that has done it.
    pub(crate) fn card_is_in(&self) {
        let mut state = self.hold();
        if matches!(state.shown, Shown::Asks { question: Question::PutIn { .. }, .. }) {
            state.answer = Some(Answer::Yes);
            self.changed.notify_all();
        }
    }

    /// Everything that is asked from now on is declined.
    pub(crate) fn close(&self) {
        self.hold().is_closed = true;
        self.changed.notify_all();
    }

    fn hold(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, shown: Shown) {
        self.hold().shown = shown;
    }

    fn ask(&self, about: &About, question: Question) -> Result<Answer, Unanswered> {
        let mut state = self.hold();
        state.number += 1;
        state.answer = None;
        state.shown = Shown::Asks {
            number: state.number,
            sentence: about.sentence.clone(),
            asked_by: about.asked_by.clone(),
            card_of: about.card_of.clone(),
            question,
        };
        let waits = |state: &mut State| state.answer.is_none() && !state.is_closed;
        let waited = self.changed.wait_timeout_while(state, PATIENCE, waits);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.shown = Shown::Works { sentence: about.sentence.clone(), progress: Progress::ReadingCard };
        match state.answer.take() {
            None | Some(Answer::No) => Err(Unanswered::Declined),
            Some(answer) => Ok(answer),
        }
    }
}

/// The person at the page.
pub(crate) struct AtWindow<'a> {
    pub(crate) window: &'a Window,
    pub(crate) sentence: String,
}

impl Person for AtWindow<'_> {
    fn agrees(&mut self, about: &About, portal: &str) -> Result<(), Unanswered> {
        self.sentence.clone_from(&about.sentence);
        self.window.ask(about, Question::Agree { portal: portal.to_owned() }).map(drop)
    }

    fn puts_in_card(&mut self, about: &About, missing: Missing) -> Result<(), Unanswered> {
        let missing = match missing {
            Missing::Reader => "reader",
            Missing::Card => "card",
            Missing::RightCard => "right-card",
            Missing::FreeCard => "free-card",
        };
        self.window.ask(about, Question::PutIn { missing }).map(drop)
    }

    fn types_passcode(
        &mut self,
        about: &About,
        left: Option<u8>,
        again: bool,
    ) -> Result<Passcode, Unanswered> {
        match self.window.ask(about, Question::Passcode { left, again })? {
            Answer::Typed(passcode, _) => Ok(passcode),
            Answer::Yes | Answer::No => Ok(Zeroizing::default()),
        }
    }

    fn chooses_passcode(&mut self, about: &About, wanted: NewPasscode) -> Result<Passcode, Unanswered> {
        let NewPasscode { min, max, letters } = wanted;
        let mut wrong = None;
        loop {
            match self.window.ask(about, Question::NewPasscode { min, max, letters, wrong })? {
                Answer::Typed(new, again) if new == again && wanted.fits(&new) => return Ok(new),
                Answer::Typed(new, again) if new == again => wrong = Some("does-not-fit"),
                _ => wrong = Some("not-alike"),
            }
        }
    }

    fn risks_last_try(&mut self, about: &About) -> Result<(), Unanswered> {
        self.window.ask(about, Question::LastTry).map(drop)
    }

    fn sees(&mut self, progress: Progress) {
        self.window.show(Shown::Works { sentence: self.sentence.clone(), progress });
    }

    fn hears(&mut self, verdict: Verdict, words: &str) {
        self.window.show(Shown::Ended { verdict, words: words.to_owned() });
    }
}

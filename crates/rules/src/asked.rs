//! What a person is asked on another device (guide 002): "Are you trying to sign in?" in the authenticator, or to press # in a
//! call.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// How long a question in the authenticator can be answered.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(2);

/// How long after its end a question that was answered with yes still counts: without scripts the person has to come back to
/// the page and press *Continue*.
pub const GRACE: SignedDuration = SignedDuration::from_mins(3);

/// Where somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// In our authenticator.
    App,
    /// In a telephone call.
    Call,
}

/// What for, in the words that the person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatFor {
    /// Signing in.
    SignIn,
    /// Confirming who is there.
    Confirm,
    /// Resetting a password.
    Reset,
    /// Unlocking an account.
    Unlock,
    /// *Let's try it out*.
    SetUp,
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// *Yes*, with the right number.
    Approved,
    /// *No, it's not me*.
    Refused,
    /// *Yes*, with a number that no page showed. It proves that somebody else is asking, or that the person did not look.
    WrongNumber,
    /// # was pressed.
    Pressed,
    /// Nobody took the call.
    NoAnswer,
    /// The line was engaged.
    Engaged,
    /// Somebody, or a machine, took the call and pressed nothing.
    Voicemail,
    /// The call ended before # was pressed.
    HungUp,
    /// Another key was pressed.
    WrongKey,
    /// The call could not be placed.
    Failed,
}

/// There is nothing of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such question or answer")]
pub struct Unknown;

impl How {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Call => "call",
        }
    }

    /// The one with this name.
    ///
    /// # Errors
    /// [`Unknown`] where there is none.
    pub fn parse(name: &str) -> Result<Self, Unknown> {
        [Self::App, Self::Call].into_iter().find(|how| how.as_str() == name).ok_or(Unknown)
    }
}

impl WhatFor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::SignIn, Self::Confirm, Self::Reset, Self::Unlock, Self::SetUp];

    /// Its name in the database and for the authenticator.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::Unlock => "unlock",
            Self::SetUp => "set-up",
        }
    }

    /// The one with this name.
    ///
    /// # Errors
    /// [`Unknown`] where there is none.
    pub fn parse(name: &str) -> Result<Self, Unknown> {
        Self::ALL.into_iter().find(|what| what.as_str() == name).ok_or(Unknown)
    }
}

impl Answer {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Approved,
        Self::Refused,
        Self::WrongNumber,
        Self::Pressed,
        Self::NoAnswer,
        Self::Engaged,
        Self::Voicemail,
        Self::HungUp,
        Self::WrongKey,
        Self::Failed,
    ];

    /// Its name in the database and the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::WrongNumber => "wrong-number",
            Self::Pressed => "pressed",
            Self::NoAnswer => "no-answer",
            Self::Engaged => "engaged",
            Self::Voicemail => "voicemail",
            Self::HungUp => "hung-up",
            Self::WrongKey => "wrong-key",
            Self::Failed => "failed",
        }
    }

    /// The one with this name.
    ///
    /// # Errors
    /// [`Unknown`] where there is none.
    pub fn parse(name: &str) -> Result<Self, Unknown> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == name).ok_or(Unknown)
    }

    /// Whether it proves who was asked.
    pub fn is_yes(self) -> bool {
        matches!(self, Self::Approved | Self::Pressed)
    }
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It can still be answered.
    Waiting,
    /// It was answered with yes, and can be used.
    Approved,
    /// It was answered with something else.
    No(Answer),
    /// Its time has run out, or it has been used.
    Over,
}

impl Status {
    /// The status at `now` of a question that ends at `expires_at` and was answered with `answer`, if it was.
    pub fn at(answer: Option<Answer>, used: bool, expires_at: Timestamp, now: Timestamp) -> Self {
        match answer {
            None if expires_at > now => Self::Waiting,
            Some(answer) if answer.is_yes() => {
                if !used && usable_until(expires_at) > now {
                    Self::Approved
                } else {
                    Self::Over
                }
            }
            Some(answer) => Self::No(answer),
            None => Self::Over,
        }
    }
}

/// Until when a question that ends at `expires_at` counts, once it was answered with yes.
pub fn usable_until(expires_at: Timestamp) -> Timestamp {
    expires_at.checked_add(GRACE).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_waits_two_minutes_and_a_yes_counts_three_minutes_longer() {
        let asked: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let ends = asked + LIFETIME;
        let after = |seconds| asked + SignedDuration::from_secs(seconds);
        assert_eq!(Status::at(None, false, ends, after(119)), Status::Waiting);
        assert_eq!(Status::at(None, false, ends, after(120)), Status::Over);
        let yes = Some(Answer::Approved);
        assert_eq!(Status::at(yes, false, ends, after(299)), Status::Approved);
        assert_eq!(Status::at(yes, false, ends, after(300)), Status::Over);
        assert_eq!(Status::at(yes, true, ends, after(1)), Status::Over);
    }

    #[test]
    fn only_a_yes_with_the_number_and_a_pressed_key_prove_anything() {
        let yes: Vec<_> = Answer::ALL.into_iter().filter(|answer| answer.is_yes()).collect();
        assert_eq!(yes, [Answer::Approved, Answer::Pressed]);
        for no in Answer::ALL.into_iter().filter(|answer| !answer.is_yes()) {
            assert_eq!(Status::at(Some(no), false, Timestamp::MAX, Timestamp::UNIX_EPOCH), Status::No(no));
        }
    }

    #[test]
    fn everything_is_read_as_it_is_written() {
        for answer in Answer::ALL {
            assert_eq!(Answer::parse(answer.as_str()), Ok(answer));
        }
        for what in WhatFor::ALL {
            assert_eq!(WhatFor::parse(what.as_str()), Ok(what));
        }
        for how in [How::App, How::Call] {
            assert_eq!(How::parse(how.as_str()), Ok(how));
        }
        assert_eq!((Answer::parse("Approved"), How::parse("fax")), (Err(Unknown), Err(Unknown)));
        assert_eq!(WhatFor::parse(""), Err(Unknown));
    }
}

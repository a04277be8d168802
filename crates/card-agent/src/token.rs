//! Signs somebody in: the card signs the page's origin and the portal's nonce.

use card_jobs::{
    LONGEST_NONCE, Outcome, SHORTEST_NONCE, SignInToken, Slot, TOKEN_ALGORITHM, TOKEN_FORMAT, sign_in_digest,
};
use serde::{Deserialize, Serialize};

use crate::card::{HeldCard, Tries};
use crate::machine::Machine;
use crate::person::{Passcode, Unanswered};
use crate::readers::{CardProblem, Readers, ReadersProblem};

/// How often a passcode is asked for again.
const TRIES: usize = 3;

/// What the extension asks, with the page's origin as the browser knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInQuestion {
    /// `https://access.northfield.example`.
    pub origin: String,
    /// The portal's, good once.
    pub nonce: String,
}

/// Why nobody is signed in. The page has a sentence for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum NotSignedIn {
    /// The machine's file does not name this portal.
    #[error("this machine's agent does not work for this page")]
    ForeignOrigin,
    /// The question is none that the agent knows.
    #[error("the question is none that the agent knows")]
    NotUnderstood,
    /// No reader, or no service for smartcards.
    #[error("no reader")]
    NoReader,
    /// No card in any reader.
    #[error("no card")]
    NoCard,
    /// A card, and none with a certificate to sign in with.
    #[error("no card with a certificate to sign in with")]
    WrongCard,
    /// More than one card could sign in.
    #[error("more than one card could sign in")]
    SeveralCards,
    /// The card was pulled out, or is mute.
    #[error("the card does not answer")]
    CardGone,
    /// Another program uses the card: perhaps this one, for another tab.
    #[error("another program uses the card")]
    CardBusy,
    /// The person closed the window.
    #[error("the person did not agree")]
    Declined,
    /// No window can be opened to ask in.
    #[error("no window can be opened to ask in")]
    NoWindow,
    /// The passcode was wrong three times over, or its last try was kept.
    #[error("the passcode was wrong")]
    WrongPasscode,
    /// The card is blocked.
    #[error("the card is blocked")]
    Blocked,
    /// The machine's file is missing or wrong.
    #[error("the agent is not set up")]
    NotSetUp,
}

impl From<CardProblem> for NotSignedIn {
    fn from(problem: CardProblem) -> Self {
        match problem {
            CardProblem::Gone => Self::CardGone,
            CardProblem::Busy => Self::CardBusy,
        }
    }
}

/// What the page is told where nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SignInRefused {
    /// Why.
    #[serde(rename = "refused")]
    pub why: NotSignedIn,
    /// How many tries the card's passcode has left, where the person should know: one was wrong just now, or it is the last.
    #[serde(rename = "left", skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u8>,
}

impl From<NotSignedIn> for SignInRefused {
    fn from(why: NotSignedIn) -> Self {
        Self { why, tries_left: None }
    }
}

impl From<CardProblem> for SignInRefused {
    fn from(problem: CardProblem) -> Self {
        NotSignedIn::from(problem).into()
    }
}

/// Whoever is asked for a passcode to sign in.
pub trait Signer {
    /// Asks for the passcode, showing which page it is for. With one try left (`left` is 1) it says so: whoever goes on agrees to use
    /// it. `again` is whether one was wrong just now.
    ///
    /// # Errors
    /// [`Unanswered`].
    fn types_passcode_for(
        &mut self,
        origin: &str,
        left: Option<u8>,
        again: bool,
    ) -> Result<Passcode, Unanswered>;
}

/// Has the card sign, and resets it.
///
/// # Errors
/// [`SignInRefused`].
pub fn sign_in(
    question: &SignInQuestion,
    machine: &Machine,
    readers: &mut dyn Readers,
    signer: &mut dyn Signer,
) -> Result<SignInToken, SignInRefused> {
    if !machine.allows_origin(&question.origin) {
        return Err(NotSignedIn::ForeignOrigin.into());
    }
    let long_enough = (SHORTEST_NONCE..=LONGEST_NONCE).contains(&question.nonce.len());
    if !long_enough || !question.nonce.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(NotSignedIn::NotUnderstood.into());
    }
    let (mut card, certificate) = only_card(readers)?;
    verify(&mut card, &question.origin, signer)?;
    match card.sign(Slot::Authentication, &sign_in_digest(&question.origin, &question.nonce))? {
        Outcome::Signed { signature } => Ok(SignInToken {
            format: TOKEN_FORMAT.to_owned(),
            algorithm: TOKEN_ALGORITHM.to_owned(),
            certificate: certificate.into(),
            signature,
        }),
        _ => Err(NotSignedIn::WrongCard.into()),
    }
}

/// The one card that has a certificate to sign in with.
fn only_card(readers: &mut dyn Readers) -> Result<(HeldCard, Vec<u8>), NotSignedIn> {
    let seats = match readers.look() {
        Ok(seats) => seats,
        Err(ReadersProblem::NoReader | ReadersProblem::NoService) => return Err(NotSignedIn::NoReader),
    };
    let mut why = NotSignedIn::NoCard;
    let mut found = None;
    for seat in seats {
        let held = readers.open(&seat).and_then(HeldCard::select);
        match held {
            Ok(Some(mut card)) => match card.certificate(Slot::Authentication)? {
                Some(_) if found.is_some() => return Err(NotSignedIn::SeveralCards),
                Some(certificate) => found = Some((card, certificate)),
                None => why = NotSignedIn::WrongCard,
            },
            Ok(None) => why = NotSignedIn::WrongCard,
            Err(problem) => why = problem.into(),
        }
    }
    found.ok_or(why)
}

fn verify(card: &mut HeldCard, origin: &str, signer: &mut dyn Signer) -> Result<(), SignInRefused> {
    let mut tries_left = None;
    for again in (0..TRIES).map(|tried| tried > 0) {
        let left = match card.tries()? {
            Tries::Blocked => return Err(NotSignedIn::Blocked.into()),
            Tries::Left(left) => Some(left),
            Tries::NotTold => None,
        };
        tries_left = left.filter(|left| again || *left == 1);
        let passcode = match signer.types_passcode_for(origin, left, again) {
            Ok(passcode) => passcode,
            Err(Unanswered::Declined) => {
                return Err(SignInRefused { why: NotSignedIn::Declined, tries_left });
            }
            Err(Unanswered::NoWindow) => return Err(NotSignedIn::NoWindow.into()),
        };
        match card.verify(&passcode)? {
            Outcome::Done => return Ok(()),
            Outcome::Blocked => return Err(NotSignedIn::Blocked.into()),
            Outcome::WrongPasscode { left } => tries_left = Some(left),
            Outcome::PasscodeRefused => {}
            _ => return Err(NotSignedIn::WrongCard.into()),
        }
    }
    Err(SignInRefused { why: NotSignedIn::WrongPasscode, tries_left })
}

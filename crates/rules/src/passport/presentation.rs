//! Asking a wallet to show something: for how long, how often, and how a request stands at a moment.

use super::named;
use crate::limits::Limit;
use jiff::{SignedDuration, Timestamp};

named! {
    /// What somebody is asked to show something for.
    PresentationPurpose {
        /// To sign in: the access key.
        SignIn = "sign-in";
        /// Before something that matters: the access key again.
        Confirm = "confirm";
        /// To share credentials with a trust.
        Share = "share";
    }
}

named! {
    /// What a wallet answered.
    PresentationAnswer {
        /// It showed what was asked for, and all of it is right.
        Presented = "presented";
        /// Its owner said no.
        Declined = "declined";
        /// It showed something that is not taken.
        Refused = "refused";
        /// It could not be found out whether what it showed still holds.
        Unchecked = "unchecked";
    }
}

/// A request is answered within so long. The page gets a new one in its place, so that a picture of a QR code is soon worth nothing.
pub const REQUEST_LIFETIME: SignedDuration = SignedDuration::from_mins(3);

/// After the answer the person comes back, or types the code from their phone, within so long.
pub const ANSWER_LIFETIME: SignedDuration = SignedDuration::from_mins(2);

/// So many wrong codes end a request.
pub const CONFIRM_TRIES: u32 = 3;

/// Requests begun from one network: a change of shift of 2,000 people whose QR codes are renewed now and then.
pub const REQUESTS_PER_NETWORK: Limit =
    Limit { name: "passport-requests-per-network", at_most: 12_000, within: SignedDuration::from_mins(10) };

/// Requests fetched and answered from one network. Phones of a whole country share few addresses.
pub const ANSWERS_PER_NETWORK: Limit =
    Limit { name: "passport-answers-per-network", at_most: 24_000, within: SignedDuration::from_mins(10) };

/// Wrong codes typed for requests that one account's access key answered. Whoever guesses has three tries for each answer that its
/// owner gives, and so many in all.
pub const WRONG_CONFIRMS: Limit =
    Limit { name: "passport-wrong-confirms", at_most: 9, within: SignedDuration::from_hours(1) };

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresentationState {
    /// No wallet has looked at it.
    Waiting,
    /// A wallet has fetched it.
    Scanned,
    /// A wallet has shown what was asked for, and nothing was made of that yet.
    Answered,
    /// Its owner said no.
    Declined,
    /// What was shown is not taken.
    Refused,
    /// It could not be found out whether what was shown still holds.
    Unchecked,
    /// It was used.
    Used,
    /// Its time has run out, it was cancelled, or the code was guessed at.
    Over,
}

/// What happened to a request, and when, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is what its name says")]
pub struct PresentationMoments {
    pub expires_at: Timestamp,
    pub fetched_at: Option<Timestamp>,
    pub answered: Option<(Timestamp, PresentationAnswer)>,
    pub wrong_codes: u32,
    pub used_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
}

impl PresentationState {
    /// How a request stands at `now`.
    pub fn at(moments: &PresentationMoments, now: Timestamp) -> Self {
        if moments.used_at.is_some() {
            return Self::Used;
        }
        if moments.cancelled_at.is_some() || moments.wrong_codes >= CONFIRM_TRIES {
            return Self::Over;
        }
        match moments.answered {
            Some((_, PresentationAnswer::Declined)) => Self::Declined,
            Some((_, PresentationAnswer::Refused)) => Self::Refused,
            Some((_, PresentationAnswer::Unchecked)) => Self::Unchecked,
            Some((at, PresentationAnswer::Presented)) if at > answered_after(now) => Self::Answered,
            Some(_) => Self::Over,
            None if now >= moments.expires_at => Self::Over,
            None if moments.fetched_at.is_some() => Self::Scanned,
            None => Self::Waiting,
        }
    }

    /// Whether an answer is still taken.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Scanned)
    }
}

/// What a session is said to have been begun by that a wallet began.
pub const BEGUN_BY_WALLET: &str = "passport";

/// Whether an access key that is shown counts as the second factor where somebody confirms that it is them, in a session that was begun
/// by this, where that is less than password and second factor.
///
/// It counts as a code in a text message does: after the password, with the digits from the phone, and never alone. Whoever scans a QR code
/// does not see in which browser it stands, which a passkey makes sure of; that is why a passkey confirms alone and this does not. In a
/// session that a wallet began it proves nothing that is not known already, so it does not count there.
pub fn confirms(begun_by: Option<&str>) -> bool {
    begun_by != Some(BEGUN_BY_WALLET)
}

/// An answer that is used at `now` must have come after this.
pub fn answered_after(now: Timestamp) -> Timestamp {
    now.saturating_sub(ANSWER_LIFETIME).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGUN: Timestamp = Timestamp::constant(1_795_341_600, 0);

    fn after(seconds: i64) -> Timestamp {
        BEGUN.checked_add(SignedDuration::from_secs(seconds)).unwrap()
    }

    fn open() -> PresentationMoments {
        PresentationMoments {
            expires_at: BEGUN.checked_add(REQUEST_LIFETIME).unwrap(),
            fetched_at: None,
            answered: None,
            wrong_codes: 0,
            used_at: None,
            cancelled_at: None,
        }
    }

    #[test]
    fn a_request_waits_for_three_minutes_and_an_answer_for_two() {
        let waiting = open();
        assert_eq!(PresentationState::at(&waiting, after(179)), PresentationState::Waiting);
        assert_eq!(PresentationState::at(&waiting, after(180)), PresentationState::Over);
        let scanned = PresentationMoments { fetched_at: Some(after(5)), ..waiting };
        assert_eq!(PresentationState::at(&scanned, after(179)), PresentationState::Scanned);
        let answered =
            PresentationMoments { answered: Some((after(170), PresentationAnswer::Presented)), ..scanned };
        assert_eq!(PresentationState::at(&answered, after(289)), PresentationState::Answered);
        assert_eq!(PresentationState::at(&answered, after(290)), PresentationState::Over);
    }

    #[test]
    fn a_wallet_is_a_second_factor_where_it_was_not_the_first() {
        assert!(confirms(None) && confirms(Some("certificate")));
        assert!(!confirms(Some(BEGUN_BY_WALLET)));
    }

    #[test]
    fn what_was_said_no_to_used_cancelled_or_guessed_at_is_open_no_more() {
        let answer = |answer| PresentationMoments { answered: Some((after(10), answer)), ..open() };
        let at = |moments: &PresentationMoments| PresentationState::at(moments, after(20));
        assert_eq!(at(&answer(PresentationAnswer::Declined)), PresentationState::Declined);
        assert_eq!(at(&answer(PresentationAnswer::Refused)), PresentationState::Refused);
        assert_eq!(at(&answer(PresentationAnswer::Unchecked)), PresentationState::Unchecked);
        let presented = answer(PresentationAnswer::Presented);
        assert_eq!(at(&PresentationMoments { wrong_codes: 2, ..presented }), PresentationState::Answered);
        assert_eq!(at(&PresentationMoments { wrong_codes: 3, ..presented }), PresentationState::Over);
        assert_eq!(
            at(&PresentationMoments { used_at: Some(after(15)), ..presented }),
            PresentationState::Used
        );
        assert_eq!(
            at(&PresentationMoments { cancelled_at: Some(after(5)), ..open() }),
            PresentationState::Over
        );
        for state in [PresentationState::Answered, PresentationState::Over, PresentationState::Refused] {
            assert!(!state.is_open());
        }
    }
}

//! What the portal asks the agent to do.

use crate::Hex;
use serde::{Deserialize, Serialize};

/// A key of the card, by its place (SP 800-73-4, part 1, table 4b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    /// PIV authentication: signs in.
    #[serde(rename = "9a")]
    Authentication,
    /// Digital signature; the card wants the passcode for each one.
    #[serde(rename = "9c")]
    Signature,
    /// Where a new authentication key waits until it has proved to work, on cards that can move keys: the first retired slot.
    #[serde(rename = "82")]
    NextAuthentication,
    /// The same for a new signature key: the second retired slot.
    #[serde(rename = "83")]
    NextSignature,
}

/// Where a passcode comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasscodeFrom {
    /// The person typed it on the portal's page; the bytes as the card takes them without padding (ASCII).
    Portal(Hex),
    /// The agent asks for the present one, or takes the one that it asked for already in this job.
    AskCurrent,
    /// The agent asks for a new one twice, or takes the one that it asked for already in this job.
    AskNew {
        /// At least so many characters.
        min: u8,
        /// At most so many.
        max: u8,
        /// Whether letters and signs are taken; otherwise digits alone.
        letters: bool,
    },
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Order {
    /// Find the card in whichever reader, select its PIV application, and keep it for this job alone.
    /// Answered by `Connected`, `NoReader`, `NoCard`, `WrongCard`.
    Connect {
        /// The GUID in its CHUID; none where the only card that is there will do.
        card: Option<Hex>,
    },
    /// Send these commands one after the other, up to the first that is not answered by 9000. None of them may hold a passcode:
    /// the agent looks at each against `piv::allowed`. Where the card says that more of an answer waits (61xx) or that it wants
    /// another length (6Cxx), the agent sees to it: an answer is whole. Answered by `Answered`, `NotAllowed` (then none of the
    /// commands was sent).
    Transmit {
        /// Whole commands (ISO 7816-4, short or extended).
        commands: Vec<Hex>,
    },
    /// Try a passcode. The agent never uses the last try without asking. Answered by `Done`, `WrongPasscode`, `Blocked`,
    /// `LastTryKept`. A wrong one that the agent asked for is forgotten, so that the same order again asks again.
    Verify {
        /// The present passcode.
        passcode: PasscodeFrom,
    },
    /// Change the passcode. Answered as `Verify` (a wrong present one counts as a try), and by `PasscodeRefused`.
    Change {
        /// The present one.
        current: PasscodeFrom,
        /// The new one.
        new: PasscodeFrom,
    },
    /// Open a blocked card: first the new passcode, then the next unblocking key. Cut off between the two, the card is open and
    /// still has the old unblocking key: the same order again is right. Answered by `Done`, `WrongUnblockingKey`,
    /// `PasscodeRefused`.
    Unblock {
        /// The unblocking key: used once and replaced by the portal right after.
        key: Hex,
        /// The unblocking key that takes its place.
        next_key: Hex,
        /// The new passcode.
        new: PasscodeFrom,
    },
    /// Sign a SHA-256 digest with a P-256 key of the card; the passcode was verified before and is verified again where the slot
    /// wants it. Answered by `Signed`.
    Sign {
        /// Which key.
        slot: Slot,
        /// 32 bytes.
        digest: Hex,
        /// For slots that want it each time.
        passcode: PasscodeFrom,
    },
    /// Blind the new passcode for the history of five (RFC 9497, OPRF with P256-SHA256, over [`crate::history_input`] with the
    /// card's own GUID). Answered by `Blinded`.
    BlindHistory {
        /// The new passcode.
        new: PasscodeFrom,
    },
    /// Finish what was blinded with what the portal evaluated. Answered by `HistoryOutput`.
    FinishHistory {
        /// A serialised element.
        evaluated: Hex,
    },
    /// The job has ended: let the card go, reset it, tell the person.
    End {
        /// How.
        verdict: Verdict,
        /// One or two sentences for the person.
        words: String,
    },
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All is done.
    Done,
    /// Not done; it can be begun again or resumed by the link on the page.
    CanResume,
    /// Not done and cannot be.
    Refused,
}

/// What the person is shown while it goes on, in the words of the guide; the page and the agent show the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The card is looked for and read.
    ReadingCard,
    /// The passcode is checked.
    CheckingPasscode,
    /// "Creating card": keys are made on the card.
    CreatingCard,
    /// "Writing certificates".
    WritingCertificates,
    /// The new certificates prove that they work.
    Proving,
    /// The passcode is changed, or the card unblocked.
    SettingPasscode,
    /// Certificates are taken off the card.
    Wiping,
    /// Nothing more is done.
    Ended,
}

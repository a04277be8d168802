//! What the agent answers.

use crate::Hex;
use serde::{Deserialize, Serialize};

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Outcome {
    /// There was no order yet, or the agent begins anew: what comes next?
    Ready,
    /// The card is there.
    Connected {
        /// The reader's name.
        reader: String,
        /// What the card answered to the reset.
        atr: Hex,
    },
    /// Each command's answer with its two status bytes, up to and with the first that is not 9000.
    Answered {
        /// In the order of the commands.
        answers: Vec<Hex>,
    },
    /// It is done.
    Done,
    /// A signature, DER.
    Signed {
        /// ECDSA over the digest.
        signature: Hex,
    },
    /// A blinded passcode.
    Blinded {
        /// A serialised element.
        element: Hex,
    },
    /// The output of the OPRF.
    HistoryOutput {
        /// 32 bytes.
        output: Hex,
    },
    /// The passcode was not the card's.
    WrongPasscode {
        /// How many tries the card has left.
        left: u8,
    },
    /// The card is blocked: no tries are left.
    Blocked,
    /// One try is left and the person did not want to use it.
    LastTryKept {
        /// How many tries the card has left: 1.
        left: u8,
    },
    /// The card does not take this as a new passcode (6A80).
    PasscodeRefused,
    /// The unblocking key was wrong.
    WrongUnblockingKey {
        /// How many tries it has left.
        left: u8,
    },
    /// The service for smartcards does not run on the workstation, or there is no reader.
    NoReader,
    /// No card is in any reader.
    NoCard,
    /// There are cards, and none is the one.
    WrongCard,
    /// The card was pulled out or does not answer, or the agent began anew and holds none: [`crate::Order::Connect`] comes next.
    /// So it is too where the agent is asked to finish a history that it did not begin.
    CardGone,
    /// The person said no, or closed the window.
    Declined,
    /// The agent does not do that: the command is not on its list.
    NotAllowed,
    /// The card answered something else.
    Unexpected {
        /// The status: 0x6982.
        status: u16,
    },
}

//! What the portal and the agent on the workstation say to each other about a smartcard: JSON over HTTPS.
//!
//! The portal decides and the agent does: after each [`Report`] the portal answers with the [`Next`] order, until it says
//! that the job has ended. Privileged commands come ready-made from the portal ([`Order::Transmit`]); passcodes never stand in
//! them. The agent is trusted with nothing: what counts is what the card itself proves.
//!
//! | call | what it says | what it answers |
//! | --- | --- | --- |
//! | `POST /card-api/v1/claim` | [`Claim`] with a one-use ticket | [`Claimed`] |
//! | `POST /card-api/v1/jobs/{job}/next`, `Authorization: Bearer TOKEN` | [`Report`] | [`Next`] |
//!
//! A refusal is an HTTP status of 400 or above with a [`Refused`].
//!
//! A connection that breaks off is no end: the agent sends the same report again, and the portal answers a report that it has had
//! already with the order that it gave for it. An order with a number that the agent has answered already is not done twice: the
//! agent reports again what became of it. An agent that begins anew says [`Outcome::Ready`] with number 0 and is given the
//! unanswered order again; it holds no card then, so that whatever needs one is answered by [`Outcome::CardGone`] until the
//! portal says [`Order::Connect`].

mod bytes;
mod history;
mod order;
mod outcome;
pub mod outside;
mod sign_in;

pub use bytes::Hex;
pub use history::{GUID_LENGTH, history_input};
pub use order::{Order, PasscodeFrom, Progress, Slot, Verdict};
pub use outcome::Outcome;
pub use sign_in::{
    LONGEST_NONCE, SHORTEST_NONCE, SignInToken, TOKEN_ALGORITHM, TOKEN_FORMAT, sign_in_digest,
    sign_in_message,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The version of this protocol that stands in the addresses.
pub const VERSION: &str = "v1";

/// The scheme of links that start the agent: `fobwatch-card:job?portal=https://…&ticket=…`.
pub const SCHEME: &str = "fobwatch-card";

/// The browser's extension that hands a page's question to the agent. The key in `crates/card-agent/extension/manifest.json` makes it
/// so, wherever the extension is packed.
pub const EXTENSION: &str = "cfipljedmjcbiecgjppeeblndkimbbik";

/// What is done to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Read what is on the card and how it stands.
    Read,
    /// Change the card's own passcode, or only prove the present one for a change of the others.
    SetPasscodes,
    /// Open a blocked card with a new passcode.
    Unblock,
    /// New keys and certificates.
    Renew,
    /// Wipe the certificates off a card that was revoked.
    Wipe,
    /// Put first keys and certificates on a card for a person.
    Issue,
}

/// A ticket is traded in: once, within a minute of being made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What stood in the link.
    pub ticket: String,
    /// The agent's version: "0.1.0".
    pub agent: String,
    /// The system that it runs on: "linux", "windows", "macos".
    pub system: String,
}

/// The job that a ticket stood for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// Which job.
    pub job: Uuid,
    /// What the agent shows for every further call about it.
    pub token: String,
    /// What the agent shows to the person before it does anything.
    pub about: About,
}

/// What is asked, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What is done.
    pub kind: JobKind,
    /// The portal's own name.
    pub service: String,
    /// The employer.
    pub organisation: String,
    /// The name of who asked for it.
    pub asked_by: String,
    /// The name of whose card it is.
    pub card_of: String,
    /// The card's GUID from its CHUID, in hexadecimal digits; none where any blank card will do.
    pub card: Option<String>,
    /// One sentence in the portal's words: "Renew the certificates of your smartcard".
    pub sentence: String,
}

/// What became of the last order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The number of the order that this answers; 0 where there was none yet.
    pub seq: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// What to do next. An order that was given and not answered is given again with the same number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    /// Counts up by one with each order of a job.
    pub seq: u32,
    /// What the person is shown meanwhile.
    pub progress: Progress,
    /// What to do.
    pub order: Order,
}

/// Why the portal answers nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The public code: "FW-2107".
    pub code: String,
    /// Plain words for the person.
    pub words: String,
}

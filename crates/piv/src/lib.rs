//! The PIV card in words and bytes: commands, answers, data objects, containers; no reader and no I/O.
//!
//! What the standard says is SP 800-73-4 (part 1: objects and keys, part 2: commands) over ISO 7816-4; a few commands are
//! extensions of one maker that others took over (`GET METADATA`, `MOVE KEY`, `GET VERSION`). Algorithms are P-256 for the
//! keys of the person and AES-256 for the management key; nothing else is made or answered here.
//!
//! | for | what |
//! | --- | --- |
//! | the agent at the reader | [`exchange`] chains a [`Command`] and gathers its [`Answer`]; [`passcode`] makes the commands that hold one; [`allowed`] says which of the portal's commands may reach the card |
//! | the portal | [`commands`] makes the others; [`ManagementKey`] answers the card's challenge; [`CardFacts`] reads what came back |
//! | the virtual card | [`Command::parse`], [`Answer::bytes`], [`tlv`] |
//!
//! Everything that reads bytes takes any bytes and never panics. What was sent to a card is wiped when it is dropped, and is
//! not printed: it may hold a passcode.

mod allow;
mod answer;
mod certificate;
mod chuid;
mod command;
pub mod commands;
mod exchange;
mod facts;
mod key;
mod management;
pub mod outside;
pub mod passcode;
mod slot;
mod status;
pub mod tlv;

pub use allow::{NotAllowed, allowed};
pub use answer::{Answer, Unreadable, certificate_of, object_of, public_key_of, signature_of};
pub use certificate::CertificateObject;
pub use chuid::{Chuid, Guid};
pub use command::{Command, Malformed};
pub use exchange::{ExchangeProblem, exchange};
pub use facts::{CardFacts, KeyFacts, Question, Version};
pub use key::{Metadata, Origin, PublicKey};
pub use management::{ManagementKey, NotThisCard};
pub use passcode::{Passcode, PasscodeLength};
pub use slot::{Object, Slot};
pub use status::Status;

/// The PIV application, without its version: what SELECT asks for (part 1, section 2.2).
pub const APPLICATION: [u8; 5] = [0xA0, 0x00, 0x00, 0x03, 0x08];

/// The whole identifier of the PIV application, with its version 1.0.
pub const WHOLE_APPLICATION: [u8; 11] = [0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00];

/// ECC P-256 (SP 800-78-4, table 6-2).
pub const P256: u8 = 0x11;

/// AES-256 (SP 800-78-4, table 6-2).
pub const AES256: u8 = 0x0C;

//! The program on the workstation that works the smartcard by PC/SC and speaks to the portal over HTTPS.
//!
//! The desktop starts it for links of the scheme `fobwatch-card:`, the browser's extension starts it to sign in. It shows the person
//! what is asked, for whom and by whom; asks for passcodes in a window of its own; does one order of the portal after the other
//! ([`run`]); and lets the card go, reset. It decides nothing: which orders, and whether what the card answers is right, is the portal's.
//! What it does decide is what it refuses: other portals than the machine's file names, commands that [`piv::allowed`] does not
//! know, and the last try of a passcode that nobody agreed to.
//!
//! Three traits stand between it and the world, so that tests and the demonstration can take their place: [`Portal`], [`Readers`] and
//! [`Person`].

mod asking;
mod card;
mod history;
mod https;
mod in_process;
mod install;
mod job;
mod link;
mod machine;
mod native;
mod orders;
pub mod outside;
#[cfg(feature = "pcsc")]
mod pcsc_readers;
mod person;
mod portal;
mod readers;
mod token;
mod trouble;
mod words;

pub use asking::Pinentry;
pub use card::{HeldCard, Tries};
pub use https::HttpsPortal;
pub use in_process::{InProcessCard, InProcessReaders};
pub use install::{HOST_NAME, Installed, install, uninstall};
pub use job::{PAUSES, Workstation, run};
pub use link::{JobLink, NotALink};
pub use machine::{Machine, MachineProblem, SETTINGS_FILE};
pub use native::{answer_one, is_our_extension};
#[cfg(feature = "pcsc")]
pub use pcsc_readers::PcscReaders;
pub use person::{Missing, NewPasscode, Passcode, Person, Unanswered};
pub use portal::{Portal, PortalProblem};
pub use readers::{CardProblem, Readers, ReadersProblem, Seat, Transport};
pub use token::{NotSignedIn, SignInQuestion, SignInRefused, Signer, sign_in};
pub use trouble::Trouble;
pub use words::text;

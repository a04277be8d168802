//! A virtual PIV card for tests and the demonstration, behind the real PC/SC service.
//!
//! It answers the commands that a card answers (SP 800-73-4, part 2, and the extensions that [`piv`] knows), draws real keys,
//! counts tries, blocks, and writes what it knows into a folder before it says so: killing its process is pulling the card
//! out, and starting it again in the same folder is putting it back. It can be made to be pulled out at any command
//! ([`Card::pull_after`]), before or after the command took effect.
//!
//! [`connect`] and [`serve`] join it to a reader of vpcd; [`Card::answer`] works it within the process.

mod apdu;
mod card;
mod keys;
mod line;
mod management;
mod objects;
mod passcodes;
mod personal;
mod state;

pub use card::{ATR, Card, Heard, Pull, Pulled};
pub use line::{connect, serve};
pub use personal::{Firmware, Personal, Profile};
pub use state::FolderProblem;

//! Smartcards (guide 001): what the portal, the agent on the workstation and the Registration Authority do with them.

pub(crate) mod authority;
pub mod by_certificate;
pub mod job;
pub mod keys;
mod presented;
pub mod ra;
pub mod reminders;
pub mod sign_in;
pub mod upkeep;

pub use presented::CardSignInRefusal;

//! Smartcards (guide 001): what the portal, the agent on the workstation and the Registration Authority do with them.

pub mod alerts;
pub mod by_certificate;
pub mod due;
pub(crate) mod end;
pub mod job;
pub mod keys;
pub mod passcodes;
pub mod portal;
mod presented;
pub mod ra;
mod refusal;
pub mod reminders;
pub mod renewal;
pub mod revocation;
pub mod sign_in;
pub mod unlock;
pub mod unlock_code;
pub mod upkeep;

pub use presented::CardSignInRefusal;
pub use refusal::SmartcardRefusal;

//! Smartcards (guide 001): what the portal, the agent on the workstation and the Registration Authority do with them.

pub mod by_certificate;
mod presented;
pub mod sign_in;

pub use presented::CardSignInRefusal;

//! Smartcards (guide 001): what the portal, the agent on the workstation and the Registration Authority do with them.

pub(crate) mod authority;
pub mod job;
pub mod keys;
pub mod ra;

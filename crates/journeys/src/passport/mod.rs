//! The staff passport (guide 000): credentials that a trust provides, and the wallet in which their owner keeps them.

pub mod client;
pub mod history;
mod keys;
mod naming;
mod notify;
pub mod preferences;
pub mod provide;
mod refusal;
pub mod reject;
pub mod reminders;
pub mod request;
pub mod review;
pub mod withdraw;

pub use keys::{Signer, anchors, signer};
pub use naming::title;
pub use refusal::PassportRefusal;

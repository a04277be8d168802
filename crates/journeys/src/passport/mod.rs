//! The staff passport (guide 000): credentials that a trust provides, and the wallet in which their owner keeps them.

pub mod answer;
pub mod asking;
mod keys;
pub mod passport_sign_in;
mod presentation_refusal;
pub mod share;

pub use keys::{Signer, anchors, signer};
pub use presentation_refusal::PresentationRefusal;

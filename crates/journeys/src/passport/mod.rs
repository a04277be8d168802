//! The staff passport (guide 000): credentials that a trust provides, and the wallet in which their owner keeps them.

mod keys;

pub use keys::{Signer, anchors, signer};

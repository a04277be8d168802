//! What must hold for whatever an agent, or a portal, sends. It takes any bytes and panics if a promise is broken; a test of this crate
//! and the fuzz target call it.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what it is for")]

use crate::{Claim, Claimed, Hex, Next, Refused, Report, SignInToken};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 1] = [("card_message", card_message)];

/// A message of either side is read or not; what is read is written, and read again as the same.
pub fn card_message(bytes: &[u8]) {
    again::<Claim>(bytes);
    again::<Claimed>(bytes);
    again::<Report>(bytes);
    again::<Next>(bytes);
    again::<Refused>(bytes);
    again::<SignInToken>(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(read) = Hex::parse(text)
    {
        assert_eq!(read.digits(), text.to_ascii_lowercase());
    }
}

fn again<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return };
    let written = serde_json::to_vec(&read).unwrap_or_default();
    assert_eq!(
        serde_json::from_slice::<T>(&written).ok().as_ref(),
        Some(&read),
        "it is written as it was read"
    );
}

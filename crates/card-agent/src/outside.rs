//! What must hold for whatever a web page hands to the agent. Each function takes any bytes and panics if a promise is broken; a test of
//! this crate and the fuzz targets call them.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what they are for")]
#![expect(clippy::expect_used, reason = "a broken promise panics")]

use crate::link::is_loopback;
use crate::{JobLink, NotSignedIn, answer_one};

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 2] = [("card_link", card_link), ("card_question", card_question)];

/// A link is read or not: it leads to a portal over TLS, or on this machine, and nothing in its ticket means anything to a shell. Written
/// again it is the same.
pub fn card_link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(link) = JobLink::parse(&text) else { return };
    assert!(link.portal.scheme() == "https" || is_loopback(&link.portal));
    assert!(
        link.portal.username().is_empty()
            && link.portal.password().is_none()
            && link.portal.query().is_none()
    );
    assert!(link.ticket.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_.".contains(&sign)));
    assert_eq!(JobLink::parse(&link.href()).as_ref(), Ok(&link), "not one form");
}

/// A question of the browser is answered once, by JSON of the length that stands before it, or the browser went away.
pub fn card_question(bytes: &[u8]) {
    let mut asked = 0;
    let mut answer = Vec::new();
    let answered = answer_one(bytes, &mut answer, |_| {
        asked += 1;
        Err(NotSignedIn::Declined.into())
    });
    assert!(asked <= 1);
    if answered.is_ok() {
        let (length, json) = answer.split_first_chunk().expect("an answer has a length");
        assert_eq!(usize::try_from(u32::from_ne_bytes(*length)), Ok(json.len()));
        assert!(serde_json::from_slice::<serde_json::Value>(json).is_ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_keep_the_promises(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for (_, promise) in ALL {
                promise(&bytes);
            }
        }
    }
}

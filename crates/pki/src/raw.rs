//! The very bytes that were signed.

use der::{Reader, SliceReader};

/// The first element in a SEQUENCE, with its tag and length, as it came. A signature is over these bytes, and not over what we
/// would have written in their place.
pub(crate) fn first_element(der: &[u8]) -> Option<&[u8]> {
    SliceReader::new(der)
        .ok()?
        .sequence(|inside| {
            let first = inside.tlv_bytes()?;
            while !inside.is_finished() {
                inside.tlv_bytes()?;
            }
            Ok(first)
        })
        .ok()
}

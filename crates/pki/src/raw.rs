//! The very bytes that were signed, and what is put around them.

use der::{Encode, Header, Length, Reader, SliceReader, Tag};

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

/// An element with this tag around others that are written already.
pub(crate) fn element(tag: Tag, parts: &[&[u8]]) -> Result<Vec<u8>, der::Error> {
    let inside = parts.concat();
    let mut whole = Header::new(tag, Length::try_from(inside.len())?)?.to_der()?;
    whole.extend(inside);
    Ok(whole)
}

//! Bytes as people compare them.

use std::fmt::Write;

/// Lower-case digits, two for each byte.
pub(crate) fn lower(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Upper-case pairs with colons between them, as OpenSSL shows fingerprints.
pub(crate) fn pairs(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(3 * bytes.len()), |mut text, byte| {
        let colon = if text.is_empty() { "" } else { ":" };
        let _ = write!(text, "{colon}{byte:02X}");
        text
    })
}

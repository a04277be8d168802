//! What stands under a passcode's history: the same bytes on the workstation and on the portal, or nothing would be found again.
//!
//! A card's own passcode is six to eight digits: whoever holds a hash of it has it. So the history of five holds the output of an
//! oblivious pseudorandom function (RFC 9497, mode OPRF, suite P256-SHA256) whose key stays with the portal, which sees neither the
//! passcode nor what it is compared with. Where the person types it on the portal's page, the portal evaluates the same input alone.

use zeroize::Zeroizing;

/// The bytes of a card's GUID.
pub const GUID_LENGTH: usize = 16;

/// What goes into the function: the card's GUID, a zero byte, and the passcode as the card takes it, without padding. The GUID keeps
/// two people who chose the same passcode from having the same output.
pub fn history_input(card: &[u8; GUID_LENGTH], passcode: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut input = Zeroizing::new(Vec::with_capacity(GUID_LENGTH + 1 + passcode.len()));
    input.extend_from_slice(card);
    input.push(0);
    input.extend_from_slice(passcode);
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_guid_zero_passcode() {
        assert_eq!(
            &history_input(&[7; 16], b"482913")[..],
            b"\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x00482913"
        );
    }

    #[test]
    fn the_same_passcode_on_two_cards_is_two_inputs() {
        assert_ne!(history_input(&[1; 16], b"482913"), history_input(&[2; 16], b"482913"));
    }
}

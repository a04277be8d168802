//! The keys of a card that the portal has to know: made of its GUID whenever they are needed, kept nowhere.
//!
//! Cards come from the bureau personalised with them. The management key never reaches a workstation: the portal answers the card's
//! challenge. The unblocking key passes through the agent once, in a job that puts the next generation in its place.

use piv::ManagementKey;
use vault::{Keys, Secret};

/// The management key (9B) of the card with this GUID.
pub fn management_key(keys: &Keys, guid: &[u8]) -> ManagementKey {
    ManagementKey::new(*keys.derive("card management key", &[guid]).expose())
}

/// The bytes of the same, for who personalises cards.
pub fn management_key_bytes(keys: &Keys, guid: &[u8]) -> Secret<[u8; 32]> {
    keys.derive("card management key", &[guid])
}

/// The unblocking key (81) of this generation: eight digits. A card comes with generation 0.
pub fn unblocking_key(keys: &Keys, guid: &[u8], generation: u32) -> Secret<String> {
    let derived = keys.derive("card unblocking key", &[guid, &generation.to_be_bytes()]);
    let number = derived.expose().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    // Of 2⁶⁴ numbers each of the hundred million comes up as often, but for one part in 10¹¹.
    Secret::new(format!("{:08}", number % 100_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vault::SystemRandom;

    #[test]
    fn each_card_and_each_generation_has_keys_of_its_own() {
        let keys = Keys::generate(&SystemRandom::new());
        let key = |guid: u8, generation| unblocking_key(&keys, &[guid; 16], generation);
        assert_eq!(key(1, 0), key(1, 0));
        assert_ne!(key(1, 0), key(1, 1));
        assert_ne!(key(1, 0), key(2, 0));
        let key = key(1, 0);
        assert!(key.expose().len() == 8 && key.expose().bytes().all(|digit| digit.is_ascii_digit()));
        let management = |guid: u8| management_key_bytes(&keys, &[guid; 16]);
        assert_ne!(management(1), management(2));
    }
}

//! Public keys, and what a card tells about a key that it holds.

use crate::tlv::{self, NotTlv};
use crate::{Answer, Unreadable};

/// A public key of P-256: 04, x, y (SEC 1, section 2.3.3). Whether it is on the curve is seen by who verifies with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 65]);

impl PublicKey {
    /// Of an uncompressed point.
    pub fn from_point(point: &[u8]) -> Option<Self> {
        let point: [u8; 65] = point.try_into().ok()?;
        (point.first() == Some(&4)).then_some(Self(point))
    }

    /// The uncompressed point, as certificates hold it.
    pub fn point(&self) -> &[u8; 65] {
        &self.0
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = self.0.iter().skip(1).take(4).map(|byte| format!("{byte:02x}"));
        write!(f, "PublicKey({}…)", start.collect::<String>())
    }
}

/// Where a key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Made on the card; it never left it.
    Generated,
    /// Brought from outside.
    Imported,
    /// The card does not say.
    Unknown,
}

/// The answer to GET METADATA, which cards of one maker and those who follow it give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// Which algorithm; FF for a passcode.
    pub algorithm: Option<u8>,
    /// Where a key came from.
    pub origin: Origin,
    /// The public key of a P-256 key.
    pub public_key: Option<PublicKey>,
    /// Of a passcode: how many tries there are in all.
    pub tries: Option<u8>,
    /// Of a passcode: how many of them are left.
    pub tries_left: Option<u8>,
    /// Of a passcode or the management key: whether it is still the one that every such card leaves the factory with.
    pub is_default: Option<bool>,
}

impl Metadata {
    /// Reads the answer to GET METADATA.
    ///
    /// # Errors
    /// Where the card said no ([`crate::Status::NoSuchReference`]: no key is there; [`crate::Status::NoSuchInstruction`]: the
    /// card does not tell) or sent something else.
    pub fn read(answer: &Answer) -> Result<Self, Unreadable> {
        Self::of(answer.success()?).map_err(Unreadable::from)
    }

    fn of(data: &[u8]) -> Result<Self, NotTlv> {
        let first = |tag| tlv::find(data, tag).map(|value| value.and_then(|value| value.first().copied()));
        let origin = match first(0x03)? {
            Some(1) => Origin::Generated,
            Some(2) => Origin::Imported,
            _ => Origin::Unknown,
        };
        let point = match tlv::find(data, 0x04)? {
            Some(key) => tlv::find(key, 0x86)?,
            None => None,
        };
        let (tries, tries_left) = match tlv::find(data, 0x06)? {
            Some(&[tries, left]) => (Some(tries), Some(left)),
            _ => (None, None),
        };
        Ok(Self {
            algorithm: first(0x01)?,
            origin,
            public_key: point.and_then(PublicKey::from_point),
            tries,
            tries_left,
            is_default: first(0x05)?.map(|is| is == 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_answer_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = Metadata::read(&Answer::new(bytes, Status::Success));
        }
    }

    #[test]
    fn tries_of_a_passcode_are_told() {
        let answer = Answer::new(vec![0x01, 1, 0xFF, 0x05, 1, 0, 0x06, 2, 3, 2], Status::Success);
        let metadata = Metadata::read(&answer).unwrap();
        assert_eq!(
            (metadata.tries, metadata.tries_left, metadata.is_default),
            (Some(3), Some(2), Some(false))
        );
        assert_eq!(metadata.public_key, None);
    }

    #[test]
    fn a_key_that_was_made_on_the_card_says_so() {
        let mut point = vec![4];
        point.extend([7; 64]);
        let key = tlv::wrapped(0x86, &point);
        let mut data = vec![0x01, 1, 0x11, 0x02, 2, 2, 1, 0x03, 1, 1];
        tlv::write(&mut data, 0x04, &key);
        let metadata = Metadata::read(&Answer::new(data, Status::Success)).unwrap();
        assert_eq!(metadata.origin, Origin::Generated);
        assert_eq!(metadata.public_key, PublicKey::from_point(&point));
    }
}

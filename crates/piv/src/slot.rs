//! Keys and data objects by their places (part 1, tables 3 and 4b).

/// Where a key of the card is, and the certificate beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// 9A, PIV authentication: signs in; the passcode once in a session of the card.
    Authentication,
    /// 9C, digital signature: the passcode before each signature.
    Signature,
    /// 9D, key management: opens what was encrypted. We put nothing there.
    KeyManagement,
    /// 9E, card authentication: doors, without a passcode. We put nothing there.
    CardAuthentication,
    /// 82, the first retired key: a new authentication key until it has proved to work.
    NextAuthentication,
    /// 83, the second retired key: a new signature key until it has proved to work.
    NextSignature,
    /// 84, the third retired key: the authentication key that was replaced, until its certificate is revoked.
    FormerAuthentication,
    /// 85, the fourth retired key: the signature key that was replaced, until its certificate is revoked.
    FormerSignature,
}

impl Slot {
    /// All that are known here.
    pub const ALL: [Self; 8] = [
        Self::Authentication,
        Self::Signature,
        Self::KeyManagement,
        Self::CardAuthentication,
        Self::NextAuthentication,
        Self::NextSignature,
        Self::FormerAuthentication,
        Self::FormerSignature,
    ];

    /// The reference of its key.
    pub fn reference(self) -> u8 {
        match self {
            Self::Authentication => 0x9A,
            Self::Signature => 0x9C,
            Self::KeyManagement => 0x9D,
            Self::CardAuthentication => 0x9E,
            Self::NextAuthentication => 0x82,
            Self::NextSignature => 0x83,
            Self::FormerAuthentication => 0x84,
            Self::FormerSignature => 0x85,
        }
    }

    /// By the reference of its key.
    pub fn from_reference(reference: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.reference() == reference)
    }

    /// The object of its certificate.
    pub fn certificate(self) -> Object {
        Object(match self {
            Self::Authentication => [0x5F, 0xC1, 0x05],
            Self::Signature => [0x5F, 0xC1, 0x0A],
            Self::KeyManagement => [0x5F, 0xC1, 0x0B],
            Self::CardAuthentication => [0x5F, 0xC1, 0x01],
            Self::NextAuthentication => [0x5F, 0xC1, 0x0D],
            Self::NextSignature => [0x5F, 0xC1, 0x0E],
            Self::FormerAuthentication => [0x5F, 0xC1, 0x0F],
            Self::FormerSignature => [0x5F, 0xC1, 0x10],
        })
    }

    /// Whether the portal makes keys and writes certificates here.
    pub fn is_ours(self) -> bool {
        !matches!(self, Self::KeyManagement | Self::CardAuthentication)
    }

    /// Whether the card wants the passcode right before each use of the key.
    pub fn wants_passcode_each_time(self) -> bool {
        matches!(self, Self::Signature | Self::NextSignature | Self::FormerSignature)
    }

    /// Where a new key of this kind waits until it has proved to work; none where it has no such place.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Authentication => Some(Self::NextAuthentication),
            Self::Signature => Some(Self::NextSignature),
            _ => None,
        }
    }

    /// Where a key of this kind is put aside when a new one takes its place; none where it has no such place.
    pub fn former(self) -> Option<Self> {
        match self {
            Self::Authentication => Some(Self::FormerAuthentication),
            Self::Signature => Some(Self::FormerSignature),
            _ => None,
        }
    }
}

/// A data object, by its tag of three bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object(pub [u8; 3]);

impl Object {
    /// Card Holder Unique Identifier: holds the card's GUID.
    pub const CHUID: Self = Self([0x5F, 0xC1, 0x02]);
    /// Card Capability Container.
    pub const CAPABILITIES: Self = Self([0x5F, 0xC1, 0x07]);
    /// Security Object.
    pub const SECURITY: Self = Self([0x5F, 0xC1, 0x06]);
    /// Key History Object: how many retired keys there are.
    pub const KEY_HISTORY: Self = Self([0x5F, 0xC1, 0x0C]);

    /// The slot whose certificate this is.
    pub fn certificate_of(self) -> Option<Slot> {
        Slot::ALL.into_iter().find(|slot| slot.certificate() == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_found_by_its_key_and_by_its_certificate() {
        for slot in Slot::ALL {
            assert_eq!(Slot::from_reference(slot.reference()), Some(slot));
            assert_eq!(slot.certificate().certificate_of(), Some(slot));
        }
        assert_eq!(Slot::from_reference(0x9B), None);
        assert_eq!(Object::CHUID.certificate_of(), None);
    }
}

//! The management key: who knows it may make keys and write certificates (part 2, appendix A.1.1, mutual authentication).
//!
//! The key stays with the portal; only what it made of the card's witness reaches the workstation:
//!
//! 1. the portal asks for a witness: [`ManagementKey::ask_for_witness`];
//! 2. the card draws 16 bytes and sends them encrypted; the portal decrypts them, and sends 16 bytes of its own:
//!    [`ManagementKey::answer`];
//! 3. the card sees that its own came back, and encrypts the portal's: [`ManagementKey::check`] sees that it knows the key, too.

use crate::{AES256, Answer, Command, Unreadable, tlv};
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::Zeroizing;

const KEY: u8 = 0x9B;

/// A management key, AES-256. Wiped when it is dropped, and not printed.
pub struct ManagementKey(Zeroizing<[u8; 32]>);

/// The card does not know the key that it should know, or sent something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotThisCard {
    /// It said no, or sent something else.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It has another management key.
    #[error("the card does not know its management key")]
    AnotherKey,
}

impl ManagementKey {
    /// Of 32 bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The command that asks for a witness. It needs no key.
    pub fn ask_for_witness() -> Command {
        authenticate(&[0x80, 0])
    }

    /// What the card wants to see in return for its witness, with `challenge` for the card to encrypt: 16 fresh random bytes
    /// that have to be kept until [`Self::check`], and are no secret.
    ///
    /// # Errors
    /// Where the card sent no witness.
    pub fn answer(&self, witness: &Answer, challenge: &[u8; 16]) -> Result<Command, Unreadable> {
        let mut block = Zeroizing::new(sixteen(witness, 0x80)?);
        self.decrypt(&mut block).ok_or(Unreadable::SomethingElse)?;
        let mut template = Vec::with_capacity(38);
        tlv::write(&mut template, 0x80, &block[..]);
        tlv::write(&mut template, 0x81, challenge);
        tlv::write(&mut template, 0x82, &[]);
        Ok(authenticate(&template))
    }

    /// Whether the card knows the key: its answer to [`Self::answer`].
    ///
    /// # Errors
    /// Where it said no ([`crate::Status::NotVerified`]: it has another key), sent something else, or has another key.
    pub fn check(&self, proof: &Answer, challenge: &[u8; 16]) -> Result<(), NotThisCard> {
        let proof = sixteen(proof, 0x82)?;
        let mut expected = Zeroizing::new(*challenge);
        self.encrypt(&mut expected).ok_or(NotThisCard::AnotherKey)?;
        verify_slices_are_equal(&proof, &expected[..]).map_err(|_| NotThisCard::AnotherKey)
    }

    fn key(&self) -> Option<UnboundCipherKey> {
        UnboundCipherKey::new(&AES_256, &self.0[..]).ok()
    }

    fn encrypt(&self, block: &mut [u8; 16]) -> Option<()> {
        EncryptingKey::ecb(self.key()?).ok()?.encrypt(block).ok().map(drop)
    }

    fn decrypt(&self, block: &mut [u8; 16]) -> Option<()> {
        DecryptingKey::ecb(self.key()?).ok()?.decrypt(block, DecryptionContext::None).ok().map(drop)
    }
}

impl std::fmt::Debug for ManagementKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ManagementKey")
    }
}

fn authenticate(template: &[u8]) -> Command {
    Command::new(0x87, AES256, KEY).with(tlv::wrapped(0x7C, template)).expecting_all()
}

fn sixteen(answer: &Answer, tag: tlv::Tag) -> Result<[u8; 16], Unreadable> {
    let template = tlv::only(answer.success()?, 0x7C)?;
    let value = tlv::find(template, tag)?.ok_or(Unreadable::SomethingElse)?;
    value.try_into().map_err(|_| Unreadable::SomethingElse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    /// The first block of AES-256 in FIPS 197, appendix C.3.
    const PLAIN: [u8; 16] =
        [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];
    const ENCRYPTED: [u8; 16] =
        [0x8E, 0xA2, 0xB7, 0xCA, 0x51, 0x67, 0x45, 0xBF, 0xEA, 0xFC, 0x49, 0x90, 0x4B, 0x49, 0x60, 0x89];

    fn key() -> ManagementKey {
        ManagementKey::new(std::array::from_fn(|byte| u8::try_from(byte).unwrap()))
    }

    fn says(tag: u32, value: &[u8]) -> Answer {
        Answer::new(tlv::wrapped(0x7C, &tlv::wrapped(tag, value)), Status::Success)
    }

    #[test]
    fn a_witness_comes_back_decrypted_beside_the_challenge() {
        let command = key().answer(&says(0x80, &ENCRYPTED), &[9; 16]).unwrap();
        let template = tlv::only(command.data(), 0x7C).unwrap();
        assert_eq!(tlv::find(template, 0x80), Ok(Some(&PLAIN[..])));
        assert_eq!(tlv::find(template, 0x81), Ok(Some(&[9; 16][..])));
        assert_eq!(
            ManagementKey::ask_for_witness().bytes()[..],
            [0, 0x87, 0x0C, 0x9B, 4, 0x7C, 2, 0x80, 0, 0]
        );
    }

    #[test]
    fn a_card_proves_that_it_knows_the_key() {
        assert_eq!(key().check(&says(0x82, &ENCRYPTED), &PLAIN), Ok(()));
        assert_eq!(key().check(&says(0x82, &PLAIN), &PLAIN), Err(NotThisCard::AnotherKey));
        assert_eq!(
            key().check(&Answer::new(vec![], Status::NotVerified), &PLAIN),
            Err(NotThisCard::Unreadable(Unreadable::Refused(Status::NotVerified)))
        );
    }

    #[test]
    fn a_witness_of_another_length_is_none() {
        assert!(key().answer(&says(0x80, &[1; 8]), &[9; 16]).is_err());
        assert!(key().answer(&says(0x81, &ENCRYPTED), &[9; 16]).is_err());
    }

    #[test]
    fn it_is_not_printed() {
        assert_eq!(format!("{:?}", key()), "ManagementKey");
    }
}

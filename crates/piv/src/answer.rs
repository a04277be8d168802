//! Answers of the card, and what stands in them.

use crate::tlv::{self, NotTlv};
use crate::{CertificateObject, PublicKey, Status};
use zeroize::Zeroizing;

/// An answer: data and a status. Its data is wiped when it is dropped and is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    data: Zeroizing<Vec<u8>>,
    /// What the card says about the command.
    pub status: Status,
}

/// An answer that is not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The card said no.
    #[error("the card answered {0}")]
    Refused(Status),
    /// It said yes and sent something else.
    #[error("the card's answer is not what was asked for")]
    SomethingElse,
}

impl From<NotTlv> for Unreadable {
    fn from(_: NotTlv) -> Self {
        Self::SomethingElse
    }
}

impl Answer {
    /// Of these parts.
    pub fn new(data: impl Into<Zeroizing<Vec<u8>>>, status: Status) -> Self {
        Self { data: data.into(), status }
    }

    /// Reads data and the two status bytes; none where there are fewer than two bytes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (data, status) = bytes.split_last_chunk()?;
        Some(Self::new(data.to_vec(), Status::from_word(u16::from_be_bytes(*status))))
    }

    /// Data and the two status bytes.
    pub fn bytes(&self) -> Vec<u8> {
        [&self.data[..], &self.status.word().to_be_bytes()].concat()
    }

    /// What it says.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// What it says, where the status is 9000.
    ///
    /// # Errors
    /// [`Unreadable::Refused`] otherwise.
    pub fn success(&self) -> Result<&[u8], Unreadable> {
        if self.status.is_success() { Ok(&self.data) } else { Err(Unreadable::Refused(self.status)) }
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({} bytes, {})", self.data.len(), self.status)
    }
}

/// The content of a data object, from the answer to GET DATA (part 2, section 3.1.2).
///
/// # Errors
/// Where the card said no ([`Status::NotFound`]: there is no such object) or sent something else.
pub fn object_of(answer: &Answer) -> Result<&[u8], Unreadable> {
    Ok(tlv::only(answer.success()?, 0x53)?)
}

/// The certificate of a slot, DER, from the answer to GET DATA; none where the object is there and empty, or was never written.
///
/// # Errors
/// Where the card said no for another reason, or sent something else.
pub fn certificate_of(answer: &Answer) -> Result<Option<Vec<u8>>, Unreadable> {
    if answer.status == Status::NotFound {
        return Ok(None);
    }
    let content = object_of(answer)?;
    if content.is_empty() {
        return Ok(None);
    }
    Ok(Some(CertificateObject::read(content).ok_or(Unreadable::SomethingElse)?.certificate))
}

/// The public key, from the answer to GENERATE ASYMMETRIC KEY PAIR (part 2, section 3.3.2).
///
/// # Errors
/// Where the card said no or sent something else than a point of P-256.
pub fn public_key_of(answer: &Answer) -> Result<PublicKey, Unreadable> {
    let template = tlv::only(answer.success()?, 0x7F49)?;
    let point = tlv::find(template, 0x86)?.ok_or(Unreadable::SomethingElse)?;
    PublicKey::from_point(point).ok_or(Unreadable::SomethingElse)
}

/// The signature, DER, from the answer to GENERAL AUTHENTICATE (part 2, section 3.2.4).
///
/// # Errors
/// Where the card said no ([`Status::NotVerified`]: the passcode was not verified) or sent something else.
pub fn signature_of(answer: &Answer) -> Result<Vec<u8>, Unreadable> {
    let template = tlv::only(answer.success()?, 0x7C)?;
    Ok(tlv::find(template, 0x82)?.ok_or(Unreadable::SomethingElse)?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_answer_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let whole = Answer::new(bytes.clone(), Status::Success);
            let _ = (object_of(&whole), certificate_of(&whole), public_key_of(&whole), signature_of(&whole));
            if let Some(answer) = Answer::parse(&bytes) {
                prop_assert_eq!(answer.bytes(), bytes);
            }
        }
    }

    #[test]
    fn an_object_that_was_never_written_has_no_certificate() {
        assert_eq!(certificate_of(&Answer::new(vec![], Status::NotFound)), Ok(None));
        assert_eq!(certificate_of(&Answer::new(vec![0x53, 0], Status::Success)), Ok(None));
    }

    #[test]
    fn a_refusal_says_which() {
        let refused = Answer::new(vec![], Status::NotVerified);
        assert_eq!(signature_of(&refused), Err(Unreadable::Refused(Status::NotVerified)));
        assert_eq!(certificate_of(&refused), Err(Unreadable::Refused(Status::NotVerified)));
    }
}

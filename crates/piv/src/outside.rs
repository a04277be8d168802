//! What must hold for whatever a card, or a portal, sends. Each function takes any bytes and panics if a promise is broken; a test of
//! this crate and the fuzz targets call them.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what they are for")]

use crate::tlv::Reader;
use crate::{
    Answer, CardFacts, CertificateObject, Chuid, Command, Guid, ManagementKey, Metadata, Question, Slot,
    Status, allowed, certificate_of, exchange, object_of, public_key_of, signature_of,
};

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 3] =
    [("card_answer", card_answer), ("card_exchange", card_exchange), ("card_command", card_command)];

/// What a card answers is read or not; what is written of it is read again as the same, and no card knows the management key by
/// accident.
pub fn card_answer(bytes: &[u8]) {
    if let Some(answer) = Answer::parse(bytes) {
        assert_eq!(answer.bytes(), bytes);
    }
    let whole = Answer::new(bytes.to_vec(), Status::Success);
    if let Ok(content) = object_of(&whole) {
        assert!(content.len() < bytes.len());
        if let Some(chuid) = Chuid::read(content) {
            assert_eq!(Chuid::read(&chuid.content()).as_ref(), Some(&chuid));
            assert_eq!(Guid::from_digits(&chuid.guid.to_string()), Some(chuid.guid));
        }
    }
    if let Ok(Some(certificate)) = certificate_of(&whole) {
        assert!(!certificate.is_empty());
        let object = CertificateObject { certificate };
        assert_eq!(CertificateObject::read(&object.content()), Some(object));
    }
    if let Ok(key) = public_key_of(&whole) {
        assert!(bytes.windows(65).any(|part| part == key.point()));
    }
    if let Ok(signature) = signature_of(&whole) {
        assert!(signature.len() < bytes.len());
    }
    let _ = Metadata::read(&whole);
    let key = ManagementKey::new([7; 32]);
    assert!(key.check(&whole, &[1; 16]).is_err(), "no card knows the key by accident");
    let _ = key.answer(&whole, &[1; 16]);
    let mut facts = CardFacts::default();
    for question in CardFacts::questions() {
        facts.learn(question, &whole);
    }
    let known = |slot: Slot| facts.certificate(slot).is_none_or(|der| !der.is_empty());
    assert!(Slot::ALL.into_iter().all(known));
    let asked: Vec<Question> = facts.open_questions();
    assert!(asked.len() <= CardFacts::questions().len());
}

/// A card may answer each command by anything, in parts of which each says its own length first: it is asked for no more than so much,
/// and what it is sent are short commands.
pub fn card_exchange(bytes: &[u8]) {
    let mut rest = bytes;
    let mut sent = 0_usize;
    let command = Command::new(0xCB, 0x3F, 0xFF).with(vec![7; bytes.len() % 700]).expecting_all();
    let answer = exchange(&command, |part| {
        sent += 1;
        assert!(Command::parse(part).is_ok() && part.len() <= 261, "every card takes it");
        let (length, after) = rest.split_first().ok_or(())?;
        let (answer, after) = after.split_at_checked(usize::from(*length)).ok_or(())?;
        rest = after;
        Ok::<_, ()>(answer.to_vec())
    });
    assert!(sent <= bytes.len() + 4);
    if let Ok(answer) = answer {
        assert!(answer.data().len() <= bytes.len());
    }
}

/// A command is read or not, and written as one that says the same; one that a portal may send holds no passcode, signs nothing, and
/// makes no key but those of P-256.
pub fn card_command(bytes: &[u8]) {
    if let Ok(command) = Command::parse(bytes) {
        assert_eq!(Command::parse(&command.bytes()).as_ref(), Ok(&command));
        let parts: Vec<_> = command.chain().iter().map(|part| Command::parse(part)).collect();
        let data: Vec<u8> = parts
            .iter()
            .flat_map(|part| part.as_ref().map(Command::data).unwrap_or_default())
            .copied()
            .collect();
        assert_eq!(data, command.data(), "a chain carries all of it");
        assert!(command.chain().iter().all(|part| part.len() <= 261));
    }
    let Ok(command) = allowed(bytes) else { return };
    assert!(!command.is_chained() && !matches!(command.instruction, 0x24 | 0x2C), "it holds a passcode");
    assert!(command.instruction != 0x20 || command.data().is_empty(), "it holds a passcode");
    assert!(command.instruction != 0x87 || command.p2 == 0x9B, "it signs");
    if command.instruction == 0x47 {
        let mut parts = Reader::new(command.data()).flatten();
        let inside = parts.next().map(|template| template.value).unwrap_or_default();
        let algorithms: Vec<_> = Reader::new(inside).flatten().filter(|one| one.tag == 0x80).collect();
        assert!(matches!(algorithms.as_slice(), [one] if one.value == [0x11]), "a key of another kind");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_keep_the_promises(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for (_, promise) in ALL {
                promise(&bytes);
            }
        }
    }
}

//! The commands that hold no passcode: what a portal's script is made of, and signing.

use crate::{APPLICATION, Command, Object, P256, Slot, tlv};

/// SELECT the PIV application. What was verified before stays verified where it was selected already: only a reset of the card
/// forgets it (part 2, section 3.1.1).
pub fn select() -> Command {
    Command::new(0xA4, 0x04, 0x00).with(APPLICATION.to_vec()).expecting_all()
}

/// GET DATA of an object (part 2, section 3.1.2). Read the answer with [`crate::object_of`] or [`crate::certificate_of`].
pub fn get_data(object: Object) -> Command {
    Command::new(0xCB, 0x3F, 0xFF).with(tlv::wrapped(0x5C, &object.0)).expecting_all()
}

/// PUT DATA: this is now all that the object holds; nothing empties it. Wants the management key (part 2, section 3.3.1).
pub fn put_data(object: Object, content: &[u8]) -> Command {
    let mut data = Vec::with_capacity(content.len() + 12);
    tlv::write(&mut data, 0x5C, &object.0);
    tlv::write(&mut data, 0x53, content);
    Command::new(0xDB, 0x3F, 0xFF).with(data)
}

/// GENERATE ASYMMETRIC KEY PAIR of P-256: the key that was there is gone from this instant. Wants the management key (part 2,
/// section 3.3.2). Read the answer with [`crate::public_key_of`].
pub fn generate(slot: Slot) -> Command {
    generate_with(slot, &[0x80, 1, P256])
}

/// The same where a key waits in another slot than its own, on cards that tell metadata: it asks for the passcode as it will in
/// its own slot, since a key takes that along when it moves.
pub fn generate_asking_each_time(slot: Slot) -> Command {
    generate_with(slot, &[0x80, 1, P256, 0xAA, 1, 0x03])
}

fn generate_with(slot: Slot, template: &[u8]) -> Command {
    Command::new(0x47, 0x00, slot.reference()).with(tlv::wrapped(0xAC, template)).expecting_all()
}

/// GENERAL AUTHENTICATE: sign a SHA-256 digest with a P-256 key. Wants the passcode (part 2, section 3.2.4). Read the answer
/// with [`crate::signature_of`].
pub fn sign(slot: Slot, digest: &[u8; 32]) -> Command {
    let mut template = vec![0x82, 0];
    tlv::write(&mut template, 0x81, digest);
    Command::new(0x87, P256, slot.reference()).with(tlv::wrapped(0x7C, &template)).expecting_all()
}

/// GET METADATA of a key. Read the answer with [`crate::Metadata::read`]; cards of other makers answer 6D00.
pub fn metadata(slot: Slot) -> Command {
    Command::new(0xF7, 0x00, slot.reference()).expecting_all()
}

/// GET METADATA of the passcode: how many tries are left. Cards of other makers answer 6D00.
pub fn passcode_metadata() -> Command {
    Command::new(0xF7, 0x00, 0x80).expecting_all()
}

/// GET VERSION of the firmware: three bytes. Cards of other makers answer 6D00.
pub fn version() -> Command {
    Command::new(0xFD, 0x00, 0x00).expecting_all()
}

/// MOVE KEY to a slot that holds none: the certificate stays where it is. Wants the management key and firmware 5.7.
pub fn move_key(from: Slot, to: Slot) -> Command {
    Command::new(0xF6, to.reference(), from.reference())
}

/// MOVE KEY to nowhere: the key is gone. Wants the management key and firmware 5.7.
pub fn delete_key(slot: Slot) -> Command {
    Command::new(0xF6, 0xFF, slot.reference())
}

/// VERIFY with nothing: how many tries are left, 63Cx, or 9000 where the passcode was verified already. It costs no try (part 2,
/// section 3.2.1).
pub fn tries_left() -> Command {
    Command::new(0x20, 0x00, 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(command: &Command) -> String {
        command
            .bytes()
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)]))
            .collect()
    }

    #[test]
    fn commands_are_those_of_the_standard() {
        assert_eq!(bytes(&select()), "00A4040005A00000030800");
        assert_eq!(bytes(&get_data(Object::CHUID)), "00CB3FFF055C035FC10200");
        assert_eq!(bytes(&put_data(Slot::Authentication.certificate(), &[])), "00DB3FFF075C035FC1055300");
        assert_eq!(bytes(&generate(Slot::Signature)), "0047009C05AC0380011100");
        assert_eq!(bytes(&generate_asking_each_time(Slot::NextSignature)), "0047008308AC06800111AA010300");
        assert_eq!(bytes(&metadata(Slot::Authentication)), "00F7009A00");
        assert_eq!(bytes(&move_key(Slot::NextSignature, Slot::Signature)), "00F69C83");
        assert_eq!(bytes(&delete_key(Slot::NextSignature)), "00F6FF83");
        assert_eq!(bytes(&tries_left()), "00200080");
        assert!(bytes(&sign(Slot::Authentication, &[0xEE; 32])).starts_with("0087119A267C2482008120EEEE"));
    }
}

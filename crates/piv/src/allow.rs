//! Which of the portal's commands an agent sends to a card. The list is short, and what is not on it is refused.

use crate::{AES256, APPLICATION, Command, P256, Slot, WHOLE_APPLICATION, tlv};

/// Why a command stays off the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// It is not a whole command of ISO 7816-4, or one part of a chain: the agent chains by itself.
    #[error("the portal sent something that is not one whole command")]
    NotOneCommand,
    /// It would show, change or unblock a passcode.
    #[error("a command with a passcode does not come from the portal")]
    Passcode,
    /// It would sign.
    #[error("a signature is asked for by itself")]
    Signature,
    /// It is about something on the card that is not the portal's.
    #[error("this key or object of the card is none of the portal's")]
    NotOurs,
    /// It is not on the list.
    #[error("the command is not on the list")]
    Unknown,
}

/// Whether the agent may send this command of a portal's script to the card:
///
/// - SELECT of the PIV application, GET DATA, GET METADATA, GET VERSION, and the bare question how many tries are left;
/// - GENERAL AUTHENTICATE with the management key;
/// - GENERATE ASYMMETRIC KEY PAIR, PUT DATA of a certificate, and MOVE KEY, in and among 9A, 9C and the retired slots that we use;
/// - never VERIFY with a passcode, CHANGE REFERENCE DATA, RESET RETRY COUNTER, nor a signature.
///
/// # Errors
/// Why not.
pub fn allowed(command: &[u8]) -> Result<Command, NotAllowed> {
    let command = Command::parse(command).map_err(|_| NotAllowed::NotOneCommand)?;
    if command.class != 0 {
        return Err(NotAllowed::NotOneCommand);
    }
    let data = command.data();
    let verdict = match (command.instruction, command.p1, command.p2) {
        (0xA4, 0x04, 0x00) => one_of(data == APPLICATION || data == WHOLE_APPLICATION),
        (0xCB, 0x3F, 0xFF) | (0xFD, 0x00, 0x00) | (0xF7, 0x00, _) | (0x87, AES256, 0x9B) => Ok(()),
        (0x20, 0x00, 0x80) if data.is_empty() => Ok(()),
        (0x20 | 0x24 | 0x2C, ..) => Err(NotAllowed::Passcode),
        (0x87, ..) => Err(NotAllowed::Signature),
        (0x47, 0x00, slot) => ours(slot).and_then(|()| one_of(makes_p256(data))),
        (0xDB, 0x3F, 0xFF) => writes_a_certificate(data),
        (0xF6, 0xFF, slot) => ours(slot).and_then(|()| one_of(data.is_empty())),
        (0xF6, to, from) => {
            ours(to).and_then(|()| ours(from)).and_then(|()| one_of(data.is_empty() && to != from))
        }
        _ => Err(NotAllowed::Unknown),
    };
    verdict.map(|()| command)
}

fn one_of(is: bool) -> Result<(), NotAllowed> {
    if is { Ok(()) } else { Err(NotAllowed::Unknown) }
}

fn ours(reference: u8) -> Result<(), NotAllowed> {
    if Slot::from_reference(reference).is_some_and(Slot::is_ours) { Ok(()) } else { Err(NotAllowed::NotOurs) }
}

/// P-256, said once, with or without the wish to ask for the passcode each time; never with the wish not to ask at all.
fn makes_p256(data: &[u8]) -> bool {
    let Ok(template) = tlv::only(data, 0xAC) else { return false };
    let Ok(parts) = tlv::Reader::new(template).collect::<Result<Vec<_>, _>>() else { return false };
    let known = |one: &tlv::Tlv<'_>| match one.tag {
        0x80 => one.value == [P256],
        0xAA => matches!(one.value, [0x02 | 0x03]),
        _ => false,
    };
    parts.iter().all(known) && parts.iter().filter(|one| one.tag == 0x80).count() == 1
}

/// One object, which is the certificate of a slot of ours, and all of its content.
fn writes_a_certificate(data: &[u8]) -> Result<(), NotAllowed> {
    let parts: Result<Vec<_>, _> = tlv::Reader::new(data).collect();
    match parts.as_deref() {
        Ok([name, content]) if name.tag == 0x5C && content.tag == 0x53 => {
            let is_ours = |slot: Slot| slot.is_ours() && slot.certificate().0 == name.value;
            if Slot::ALL.into_iter().any(is_ours) { Ok(()) } else { Err(NotAllowed::NotOurs) }
        }
        _ => Err(NotAllowed::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManagementKey, Object, Passcode, commands, passcode};
    use proptest::prelude::*;

    fn refused(command: &Command) -> NotAllowed {
        allowed(&command.bytes()).expect_err("it is not on the list")
    }

    #[test]
    fn a_script_can_read_and_renew() {
        let slots = Slot::ALL.into_iter().filter(|slot| slot.is_ours());
        let mut script = vec![
            commands::select(),
            commands::get_data(Object::CHUID),
            commands::version(),
            commands::passcode_metadata(),
            commands::tries_left(),
            ManagementKey::ask_for_witness(),
            commands::move_key(Slot::NextAuthentication, Slot::Authentication),
            commands::delete_key(Slot::FormerSignature),
            commands::generate_asking_each_time(Slot::NextSignature),
        ];
        for slot in slots {
            script.extend([
                commands::get_data(slot.certificate()),
                commands::metadata(slot),
                commands::generate(slot),
                commands::put_data(slot.certificate(), &[7; 900]),
                commands::put_data(slot.certificate(), &[]),
            ]);
        }
        for command in script {
            assert_eq!(allowed(&command.bytes()), Ok(command));
        }
    }

    #[test]
    fn a_script_never_holds_a_passcode() {
        let (old, new) = (Passcode::new(b"123456").unwrap(), Passcode::new(b"482913").unwrap());
        for command in [
            passcode::verify(&old),
            passcode::forget(),
            passcode::change(&old, &new),
            passcode::change_unblocking_key(&old, &new),
            passcode::unblock(&old, &new),
        ] {
            assert_eq!(refused(&command), NotAllowed::Passcode, "{command:?}");
        }
    }

    #[test]
    fn a_script_never_signs() {
        for slot in Slot::ALL {
            assert_eq!(refused(&commands::sign(slot, &[1; 32])), NotAllowed::Signature);
        }
        let rsa = Command::new(0x87, 0x07, 0x9A).with(vec![0x7C, 0]);
        assert_eq!(refused(&rsa), NotAllowed::Signature);
    }

    #[test]
    fn keys_and_objects_of_others_are_left_alone() {
        for command in [
            commands::generate(Slot::KeyManagement),
            commands::put_data(Slot::CardAuthentication.certificate(), &[]),
            commands::put_data(Object::CHUID, &[1]),
            commands::put_data(Object::SECURITY, &[1]),
            commands::move_key(Slot::KeyManagement, Slot::Authentication),
            commands::move_key(Slot::Authentication, Slot::KeyManagement),
            commands::delete_key(Slot::KeyManagement),
            Command::new(0xF6, 0xFF, 0xF9),
        ] {
            assert_eq!(refused(&command), NotAllowed::NotOurs, "{command:?}");
        }
    }

    #[test]
    fn half_commands_other_classes_and_what_is_not_on_the_list_are_refused() {
        let mut chained = commands::put_data(Slot::Signature.certificate(), &[1; 10]);
        chained.class = Command::CHAINED;
        assert_eq!(refused(&chained), NotAllowed::NotOneCommand);
        assert_eq!(allowed(&[0x00, 0xA4]), Err(NotAllowed::NotOneCommand));
        for command in [
            Command::new(0xA4, 0x04, 0x00).with(vec![0xA0, 0, 0, 1, 0x51]),
            Command::new(0xFB, 0x00, 0x00),
            Command::new(0xFF, 0xFF, 0xFF).with(vec![0; 35]),
            Command::new(0xFE, 0x11, 0x9A).with(vec![6, 1, 0]),
            Command::new(0xFA, 3, 3),
            Command::new(0xC0, 0, 0),
            commands::put_data(Slot::Signature.certificate(), &[]).with(vec![0x5C, 3, 0x5F, 0xC1, 0x0A]),
            commands::generate(Slot::Signature).with(vec![0xAC, 6, 0x80, 1, 0x11, 0xAA, 1, 1]),
            commands::generate(Slot::Signature).with(vec![0xAC, 3, 0x80, 1, 0x07]),
            // Without an algorithm the card would choose.
            commands::generate(Slot::Signature).with(vec![0xAC, 0]),
            commands::generate(Slot::Signature).with(vec![0xAC, 3, 0xAA, 1, 2]),
            commands::move_key(Slot::Signature, Slot::Signature),
        ] {
            assert_eq!(refused(&command), NotAllowed::Unknown, "{command:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_allowed_is_none_of_the_forbidden(
            instruction in prop_oneof![Just(0x20_u8), Just(0x24), Just(0x2C), Just(0x87), Just(0xDB), Just(0x47), any::<u8>()],
            p1 in prop_oneof![Just(0_u8), Just(0x3F), Just(0x0C), Just(0x11), any::<u8>()],
            p2 in prop_oneof![Just(0x80_u8), Just(0x81), Just(0x9A), Just(0x9B), Just(0xFF), any::<u8>()],
            data in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            if let Ok(command) = allowed(&Command::new(instruction, p1, p2).with(data).bytes()) {
                prop_assert!(!matches!(command.instruction, 0x24 | 0x2C));
                prop_assert!(command.instruction != 0x20 || command.data().is_empty());
                prop_assert!(command.instruction != 0x87 || command.p2 == 0x9B);
            }
        }

        #[test]
        fn any_bytes_can_be_judged(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = allowed(&bytes);
        }
    }
}

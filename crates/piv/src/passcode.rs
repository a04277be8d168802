//! Passcodes and the commands that hold one. Only the agent makes these; a portal's script never holds one.

use crate::Command;
use zeroize::Zeroizing;

/// How many bytes a passcode takes on the card.
pub const LENGTH: usize = 8;

/// A passcode or an unblocking key as the card takes it: eight bytes, filled up with FF (part 2, section 2.4.3). Wiped when it
/// is dropped, and not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Passcode(Zeroizing<[u8; LENGTH]>);

/// A passcode that does not fit on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a passcode has one to eight bytes, and none of them is FF")]
pub struct PasscodeLength;

impl Passcode {
    /// Of what was typed, ASCII. What the card or the organisation thinks of it is not asked here.
    ///
    /// # Errors
    /// Where it is empty, longer than eight bytes, or holds an FF.
    pub fn new(typed: &[u8]) -> Result<Self, PasscodeLength> {
        if typed.is_empty() || typed.len() > LENGTH || typed.contains(&0xFF) {
            return Err(PasscodeLength);
        }
        let mut padded = Zeroizing::new([0xFF; LENGTH]);
        padded.iter_mut().zip(typed).for_each(|(to, from)| *to = *from);
        Ok(Self(padded))
    }

    /// Of an unblocking key: any eight bytes.
    pub fn unblocking_key(key: [u8; LENGTH]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// As the card takes it.
    pub fn padded(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl std::fmt::Debug for Passcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passcode")
    }
}

/// VERIFY the passcode (part 2, section 3.2.1): 9000, 63Cx, 6983.
pub fn verify(passcode: &Passcode) -> Command {
    Command::new(0x20, 0x00, 0x80).with(passcode.0.to_vec())
}

/// VERIFY that forgets: the passcode counts as not verified from now on (part 2, section 3.2.1).
pub fn forget() -> Command {
    Command::new(0x20, 0xFF, 0x80)
}

/// CHANGE REFERENCE DATA of the passcode (part 2, section 3.2.2): 9000, 63Cx for the present one, 6A80 for the new one, 6983.
pub fn change(current: &Passcode, new: &Passcode) -> Command {
    Command::new(0x24, 0x00, 0x80).with(two(current, new))
}

/// CHANGE REFERENCE DATA of the unblocking key.
pub fn change_unblocking_key(current: &Passcode, new: &Passcode) -> Command {
    Command::new(0x24, 0x00, 0x81).with(two(current, new))
}

/// RESET RETRY COUNTER: a new passcode with all its tries, for who knows the unblocking key (part 2, section 3.2.3): 9000, 63Cx
/// for the unblocking key, 6A80 for the new passcode, 6983.
pub fn unblock(key: &Passcode, new: &Passcode) -> Command {
    Command::new(0x2C, 0x00, 0x80).with(two(key, new))
}

fn two(first: &Passcode, second: &Passcode) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([*first.0, *second.0].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passcode_is_filled_up_to_eight_bytes() {
        assert_eq!(Passcode::new(b"aB3d").unwrap().padded(), b"aB3d\xFF\xFF\xFF\xFF");
        assert_eq!(Passcode::new(b"12345678").unwrap().padded(), b"12345678");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for wrong in [&b""[..], b"123456789", b"12\xFF4"] {
            assert_eq!(Passcode::new(wrong), Err(PasscodeLength));
        }
    }

    #[test]
    fn commands_are_those_of_the_standard() {
        let (old, new) = (Passcode::new(b"123456").unwrap(), Passcode::new(b"482913").unwrap());
        assert_eq!(verify(&old).bytes()[..], *b"\x00\x20\x00\x80\x08123456\xFF\xFF");
        assert_eq!(change(&old, &new).bytes()[..], *b"\x00\x24\x00\x80\x10123456\xFF\xFF482913\xFF\xFF");
        assert_eq!(unblock(&old, &new).bytes()[..5], [0x00, 0x2C, 0x00, 0x80, 0x10]);
        assert_eq!(forget().bytes()[..], [0x00, 0x20, 0xFF, 0x80]);
        assert_eq!(change_unblocking_key(&old, &new).bytes()[..4], [0x00, 0x24, 0x00, 0x81]);
    }

    #[test]
    fn it_is_not_printed() {
        assert_eq!(format!("{:?}", Passcode::new(b"123456").unwrap()), "Passcode");
    }
}

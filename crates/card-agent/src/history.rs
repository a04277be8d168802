//! The workstation's half of the history of passcodes (RFC 9497, OPRF with P256-SHA256): the portal evaluates what it cannot read.

use card_jobs::{GUID_LENGTH, history_input};
use p256::NistP256;
use rand_core::CryptoRngCore;
use voprf::{EvaluationElement, OprfClient};
use zeroize::Zeroizing;

use crate::person::Passcode;

/// A passcode that was blinded and waits for what the portal makes of it.
pub(crate) struct Blinding {
    client: OprfClient<NistP256>,
    input: Zeroizing<Vec<u8>>,
}

impl Blinding {
    /// Blinds a passcode; the second is what the portal gets to see, a serialised element. None where the passcode is empty.
    pub(crate) fn begin(
        card: &[u8; GUID_LENGTH],
        passcode: &Passcode,
        mut randomness: &mut dyn CryptoRngCore,
    ) -> Option<(Self, Vec<u8>)> {
        if passcode.is_empty() {
            return None;
        }
        let input = history_input(card, passcode);
        let blinded = OprfClient::<NistP256>::blind(&input, &mut randomness).ok()?;
        Some((Self { client: blinded.state, input }, blinded.message.serialize().to_vec()))
    }

    /// What stands in the history: 32 bytes. None where `evaluated` is no element.
    pub(crate) fn finish(&self, evaluated: &[u8]) -> Option<Vec<u8>> {
        let evaluated = EvaluationElement::<NistP256>::deserialize(evaluated).ok()?;
        self.client.finalize(&self.input, &evaluated).ok().map(|output| output.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;
    use voprf::{BlindedElement, OprfServer};

    use super::*;

    fn server() -> OprfServer<NistP256> {
        OprfServer::new_from_seed(&[9; 32], b"history").unwrap()
    }

    fn output(server: &OprfServer<NistP256>, card: [u8; 16], passcode: &[u8]) -> Vec<u8> {
        let passcode = Zeroizing::new(passcode.to_vec());
        let (blinding, element) = Blinding::begin(&card, &passcode, &mut OsRng).unwrap();
        let evaluated = server.blind_evaluate(&BlindedElement::deserialize(&element).unwrap());
        blinding.finish(&evaluated.serialize()).unwrap()
    }

    #[test]
    fn what_the_portal_evaluates_blindly_is_what_it_would_evaluate_openly() {
        let server = server();
        let openly = server.evaluate(&history_input(&[1; 16], b"482913")).unwrap().to_vec();
        assert_eq!(output(&server, [1; 16], b"482913"), openly);
        assert_ne!(output(&server, [2; 16], b"482913"), openly);
        assert_ne!(output(&server, [1; 16], b"482914"), openly);
    }

    #[test]
    fn two_blindings_of_the_same_passcode_look_different() {
        let passcode = Zeroizing::new(b"482913".to_vec());
        let element = || Blinding::begin(&[1; 16], &passcode, &mut OsRng).unwrap().1;
        assert_ne!(element(), element());
    }

    #[test]
    fn what_is_no_element_gives_nothing() {
        let passcode = Zeroizing::new(b"482913".to_vec());
        let (blinding, _) = Blinding::begin(&[1; 16], &passcode, &mut OsRng).unwrap();
        for wrong in [&[][..], &[0; 33], &[2; 32], &[4; 65]] {
            assert_eq!(blinding.finish(wrong), None);
        }
    }
}

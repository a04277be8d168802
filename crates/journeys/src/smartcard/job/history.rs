//! The history of five for a card's own passcode (RFC 9497, mode OPRF, suite P256-SHA256): the agent blinds, the portal evaluates
//! with its key and learns neither passcode nor output, the agent finishes. Where the person typed the passcode on our page, we
//! evaluate the same input alone.

use crate::{Refusal, Service};
use card_jobs::{GUID_LENGTH, Hex, history_input};
use p256::NistP256;
use voprf::{BlindedElement, OprfServer};

const UNKNOWN: Refusal = Refusal::Fault("the function of the history has no key");

fn server(service: &Service) -> Result<OprfServer<NistP256>, Refusal> {
    let seed = service.keys.derive("card passcode history", &[]);
    OprfServer::new_from_seed(seed.expose(), b"fobwatch passcode history 1").map_err(|_| UNKNOWN)
}

/// What a passcode comes out as on the card with this GUID.
pub(super) fn output(service: &Service, guid: &[u8; GUID_LENGTH], passcode: &str) -> Result<Hex, Refusal> {
    let input = history_input(guid, passcode.as_bytes());
    let output = server(service)?.evaluate(&input).map_err(|_| UNKNOWN)?;
    Ok(Hex(output.to_vec()))
}

/// Evaluates what the agent blinded; none where it is no element.
pub(super) fn evaluate(service: &Service, blinded: &Hex) -> Result<Option<Hex>, Refusal> {
    let Ok(element) = BlindedElement::<NistP256>::deserialize(blinded.bytes()) else { return Ok(None) };
    Ok(Some(Hex(server(service)?.blind_evaluate(&element).serialize().to_vec())))
}

/// Whether the passcode that came out as this is one of the last five of the card.
pub(super) fn was_used(history: &[Vec<u8>], output: &Hex) -> bool {
    history.iter().any(|used| used.as_slice() == output.bytes())
}

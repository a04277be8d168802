//! The QR code of an authenticator app, the same when joining and under *Security info*.

use crate::errors::Trouble;
use journeys::{AppSetup, Refusal};
use pages::QrSvg;

/// Draws the address that connects a phone with our own app.
pub(crate) fn qr_of_address(address: &vault::Secret<String>) -> Result<QrSvg, Trouble> {
    QrSvg::of(address.expose())
        .map_err(|_| Trouble::from(Refusal::Fault("the public address is too long for a QR code")))
}

/// Draws what an app is set up with.
pub(crate) fn qr_of(setup: &AppSetup) -> Result<QrSvg, Trouble> {
    QrSvg::of(setup.otpauth_uri.expose())
        .map_err(|_| Trouble::from(Refusal::Fault("an authenticator's set-up is too long for a QR code")))
}

//! QR codes as pictures that a page may hold without loosening its content policy.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Serialize;
use thiserror::Error;

/// A QR code as an SVG element, ready to stand in a page. It is made here and nowhere else, because a template shows
/// it without escaping.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct QrSvg(String);

/// The text is longer than a QR code can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the text is too long for a QR code: it holds at most about 2,300 bytes")]
pub struct QrTooLong;

impl QrSvg {
    /// Draws a text as a QR code with a quiet zone around it, black on white whatever the colours of the page.
    ///
    /// # Errors
    /// [`QrTooLong`] when the text does not fit.
    pub fn of(text: &str) -> Result<Self, QrTooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrTooLong)?;
        let drawn = code.render::<svg::Color<'_>>().quiet_zone(true).module_dimensions(8, 8).build();
        let element = drawn.find("<svg").and_then(|start| drawn.get(start..)).unwrap_or_default();
        Ok(Self(element.replacen(
            "<svg",
            "<svg class=\"fw-qr__code\" aria-hidden=\"true\" focusable=\"false\"",
            1,
        )))
    }
}

impl std::fmt::Debug for QrSvg {
    /// Says nothing of the content: a QR code holds a secret as often as not.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QrSvg(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_one_svg_element_without_style() {
        let QrSvg(svg) = QrSvg::of("otpauth://totp/Example:amina@northfield.example?secret=ABC").unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
        assert!(!svg.contains("style") && !svg.contains("<?xml"));
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        assert_eq!(QrSvg::of(&"x".repeat(3000)), Err(QrTooLong));
    }
}

//! An organisation's name and colours. They reach the page as a stylesheet of its own, never as a style attribute, so
//! that the strictest content policy holds.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// How an organisation presents itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Brand {
    /// The organisation's name.
    pub name: String,
    /// Its code, as in the address of its pages and of its stylesheet, `/brand/CODE.css`.
    pub code: String,
    /// Where its logo is served from this service; without one its name stands alone.
    pub logo_url: Option<String>,
    /// The colour of the band on top; without one it has the service's own.
    pub colour: Option<Colour>,
    /// Where its staff get help by e-mail.
    pub support_email: Option<String>,
    /// Where its staff get help by telephone.
    pub support_phone: Option<String>,
}

impl Brand {
    /// An organisation with the service's own colours and no logo.
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            code: code.into(),
            logo_url: None,
            colour: None,
            support_email: None,
            support_phone: None,
        }
    }
}

/// A colour in the sRGB space. Text on it is black or white, whichever is easier to read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// A colour was written in a way that is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a colour is written as # and six hexadecimal digits, for example #1d4851")]
pub struct NotAColour;

impl Colour {
    /// Reads a colour written as `#` and six hexadecimal digits.
    ///
    /// # Errors
    /// [`NotAColour`] when it is written in any other way.
    pub fn parse(text: &str) -> Result<Self, NotAColour> {
        let digits = text.trim().strip_prefix('#').ok_or(NotAColour)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAColour);
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| NotAColour);
        Ok(Self { red: part(0)?, green: part(2)?, blue: part(4)? })
    }

    /// The text colour that is easier to read on this one. One of the two always reaches a contrast of 4.5 : 1
    /// (WCAG 2.2, 1.4.3).
    #[must_use]
    pub fn text(self) -> Self {
        let [black, white] = [0, 255].map(|grey| Self { red: grey, green: grey, blue: grey });
        if self.contrast(white) >= self.contrast(black) { white } else { black }
    }

    /// The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let [red, green, blue] = [self.red, self.green, self.blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl fmt::Debug for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The stylesheet that is served as `/brand/CODE.css`: the organisation's colour, and the text colour that reads on it.
pub fn brand_stylesheet(colour: Colour) -> String {
    format!(":root{{--organisation-colour:{colour};--organisation-text:{}}}\n", colour.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_read_as_it_is_written() {
        assert_eq!(Colour::parse(" #1D4851 ").map(|colour| colour.to_string()), Ok("#1d4851".into()));
        for wrong in ["", "#", "1d4851", "#1d485", "#1d48511", "#12345é", "red", "#+12345", "#fff;}"] {
            assert_eq!(Colour::parse(wrong), Err(NotAColour), "{wrong}");
        }
    }

    #[test]
    fn text_can_be_read_on_any_colour() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let colour = Colour { red, green, blue };
                    assert!(colour.contrast(colour.text()) >= 4.5, "{colour}");
                }
            }
        }
    }

    #[test]
    fn the_stylesheet_of_an_organisation_holds_nothing_but_its_colours() {
        let colour = Colour::parse("#7a1f5c").unwrap();
        assert_eq!(
            brand_stylesheet(colour),
            ":root{--organisation-colour:#7a1f5c;--organisation-text:#ffffff}\n"
        );
    }
}

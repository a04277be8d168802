//! What makes a struct a page.

use serde::Serialize;

use crate::Place;

/// A page: a struct with what it shows, and the template that shows it.
pub trait Page: Serialize {
    /// The template's file name under `templates/`.
    const TEMPLATE: &'static str;

    /// Which entry of the navigation the page belongs to.
    const PLACE: Option<Place> = None;

    /// The ids of the fields that can be wrong. An error in [`FieldErrors`](crate::FieldErrors) names one of these,
    /// and each is the `name` under which the form sends the field, too.
    const FIELDS: &'static [&'static str] = &[];

    /// The page as people will see it: plainly, filled in, and with words much longer than the designer hoped for.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// A link in a list, or the one way on from a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What the link says; plain text.
    pub label: String,
    /// Where it goes: a path of this service, or an address that the organisation configured.
    pub href: String,
}

impl Link {
    /// A link from its words and its address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

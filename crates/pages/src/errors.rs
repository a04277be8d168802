//! What is wrong with a form, in the order of its fields.

use serde::Serialize;

/// One thing that is wrong, in words that say how to put it right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The id of the field (see [`Page::FIELDS`](crate::Page::FIELDS)); empty when it concerns the page as a whole.
    pub field: String,
    /// What the person reads, both in the summary on top and beside the field.
    pub text: String,
}

/// Everything that is wrong with a form, shown at once. Add errors in the order of the fields on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Nothing is wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing is wrong.
    pub fn one(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self::none().with(field, text)
    }

    /// The same errors and one more.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, text: impl Into<String>) -> Self {
        self.add(field, text);
        self
    }

    /// Adds an error at the end.
    pub fn add(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), text: text.into() });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors in their order.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }
}

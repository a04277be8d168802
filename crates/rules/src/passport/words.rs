//! Words that stand in data and not among the messages: those of a credential type, in each language that its file has.

/// One text in several languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(&'static [(&'static str, &'static str)]);

impl Words {
    /// No text in any language.
    pub const NONE: Self = Self(&[]);

    /// Texts, each with the tag of its language (BCP 47).
    pub(super) const fn new(texts: &'static [(&'static str, &'static str)]) -> Self {
        Self(texts)
    }

    /// The text in a language; in English where there is none.
    pub fn get(self, language: &str) -> &'static str {
        let text = |tag: &str| self.0.iter().find(|(each, _)| *each == tag).map(|(_, text)| *text);
        text(language).or_else(|| text("en")).unwrap_or_default()
    }
}

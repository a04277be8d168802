//! The languages that messages exist in.

use serde::{Deserialize, Serialize};

/// A language that every text of this crate exists in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Language {
    /// British English.
    #[default]
    En,
}

impl Language {
    /// All of them, for tests and for a choice on a page.
    pub const ALL: [Self; 1] = [Self::En];

    /// The tag for `lang="…"` and for `Content-Language` (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
        }
    }

    /// The Fluent files of this language, each with its name for error reports.
    pub(crate) fn fluent_files(self) -> [(&'static str, &'static str); 8] {
        match self {
            Self::En => [
                ("errors.ftl", include_str!("../messages/en/errors.ftl")),
                ("refusals.ftl", include_str!("../messages/en/refusals.ftl")),
                ("audit.ftl", include_str!("../messages/en/audit.ftl")),
                ("activity.ftl", include_str!("../messages/en/activity.ftl")),
                ("links.ftl", include_str!("../messages/en/links.ftl")),
                ("card-jobs.ftl", include_str!("../messages/en/card-jobs.ftl")),
                ("passport.ftl", include_str!("../messages/en/passport.ftl")),
                ("messages.ftl", include_str!("../messages/en/messages.ftl")),
            ],
        }
    }
}

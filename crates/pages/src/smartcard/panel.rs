//! The smartcard on the home page of the account.

use serde::Serialize;

/// How the card stands, in one word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum PanelState {
    /// Nothing is due.
    Good {
        /// What comes next and when, in words: "6 December 2026"; none where nothing does in the next 12 months.
        next: Option<String>,
    },
    /// Something falls due soon.
    DueSoon {
        /// On which day, in words.
        by: String,
    },
}

/// The panel, with *Launch Self Service Portal*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SmartcardPanel {
    /// Where the portal is.
    pub href: String,
    /// How people call the card: "Smartcard ending 4F2A".
    pub label: String,
    /// How it stands.
    #[serde(flatten)]
    pub state: PanelState,
}

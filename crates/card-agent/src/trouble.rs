//! What can keep the agent from doing a job at all, with public codes that the service desk's handbook explains.

use card_jobs::Refused;

use crate::words::text;

/// Why a job was not begun, or not carried on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The desktop handed on something that is no link of ours.
    #[error("this is not a link that starts a smartcard job")]
    NotALink,
    /// The machine's file does not name this portal.
    #[error("this machine's agent does not work for {portal}")]
    ForeignPortal {
        /// Its origin.
        portal: String,
    },
    /// The portal was not reached again in about a minute.
    #[error("the portal cannot be reached")]
    Unreachable,
    /// It answered what the agent does not understand.
    #[error("the portal answered what the agent does not understand")]
    Nonsense,
    /// There is no window to ask in.
    #[error("no window can be opened to ask in: install a pinentry program")]
    NoWindow,
    /// The machine's file is missing or wrong.
    #[error("the machine's settings: {why}")]
    Settings {
        /// What to mend.
        why: String,
    },
    /// The portal says no.
    #[error("{}: {}", .0.code, .0.words)]
    Refused(Refused),
}

impl Trouble {
    /// The public code.
    pub fn code(&self) -> &str {
        match self {
            Self::NotALink => "FW-2150",
            Self::ForeignPortal { .. } => "FW-2151",
            Self::Unreachable => "FW-2152",
            Self::Nonsense => "FW-2153",
            Self::NoWindow => "FW-2154",
            Self::Settings { .. } => "FW-2155",
            Self::Refused(refused) => &refused.code,
        }
    }

    /// What the person reads, with the code at its end.
    pub fn words(&self) -> String {
        let words = match self {
            Self::NotALink => text("trouble-not-a-link", &[]),
            Self::ForeignPortal { portal } => text("trouble-foreign-portal", &[("portal", portal)]),
            Self::Unreachable => text("trouble-unreachable", &[]),
            Self::Nonsense => text("trouble-nonsense", &[]),
            Self::NoWindow => text("trouble-no-window", &[]),
            Self::Settings { .. } => text("trouble-settings", &[]),
            Self::Refused(refused) => refused.words.clone(),
        };
        text("trouble", &[("words", &words), ("code", self.code())])
    }
}

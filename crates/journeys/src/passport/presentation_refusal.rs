//! Why a wallet's answer opens nothing.

use crate::Refusal;

/// Why a wallet's answer opens nothing. Which check failed stands in the audit alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PresentationRefusal {
    /// It was used before, came too late, or belongs to another browser.
    #[error("the wallet's answer is over")]
    Over,
    /// What was shown does not count.
    #[error("what the wallet showed is not taken")]
    Refused,
}

impl PresentationRefusal {
    /// The public code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Over => "FW-3201",
            Self::Refused => "FW-3202",
        }
    }
}

impl From<PresentationRefusal> for Refusal {
    fn from(refusal: PresentationRefusal) -> Self {
        Self::Presentation(refusal)
    }
}

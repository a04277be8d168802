//! Why a passport does not go on.

/// Why a passport does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassportRefusal {
    /// The credential was accepted, rejected or taken back meanwhile, or its last day is over.
    #[error("the credential does not wait for a review")]
    NotWaiting,
}

impl PassportRefusal {
    /// Its public code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotWaiting => "FW-3301",
        }
    }
}

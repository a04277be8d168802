//! What a pull found and did.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// So many places and credentials are named, at most.
const MOST_NAMED: usize = 100;

/// What a pull that came to its end found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulled {
    /// Records that were provided as credentials.
    pub provided: u64,
    /// Records that say what they said when they were provided.
    pub unchanged: u64,
    /// Records that cannot be provided.
    pub wrong: u64,
    /// The first of those, each by its place and what is wrong there; nothing of what they say.
    pub wrong_at: Vec<String>,
    /// Records that hold no longer.
    pub run_out: u64,
    /// Records of people who have no account here, or one that is disabled.
    pub without_account: u64,
    /// What was provided before and is in the source no more: nothing is done about it.
    pub vanished: u64,
    /// The credentials that were provided by the first of those.
    pub vanished_credentials: Vec<Uuid>,
}

/// A pull counts as it goes.
pub(super) type Count = Pulled;

impl Pulled {
    pub(super) fn note_wrong(&mut self, organisation: &str, what: impl FnOnce() -> String) {
        self.wrong += 1;
        if self.wrong_at.len() < MOST_NAMED {
            let what = what();
            tracing::warn!(organisation, %what, "a staff record cannot be provided");
            self.wrong_at.push(what);
        }
    }

    pub(super) fn note_vanished(&mut self, credential: Uuid) {
        self.vanished += 1;
        if self.vanished_credentials.len() < MOST_NAMED {
            self.vanished_credentials.push(credential);
        }
    }
}

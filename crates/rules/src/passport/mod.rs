//! The staff passport (guide 000): kinds of credentials, how one stands, and the reasons that people give.

mod attribute;
mod credential_type;
mod invitation;
pub mod issuing;
mod job_role;
mod kind;
mod picture;
mod presentation;
mod provided;
mod reason;
pub mod reminder;
mod report;
pub mod staff_pull;
mod staff_row;
mod state;
mod team;
mod type_file;
mod words;

pub use attribute::{Attribute, AttributeForm, assurance};
pub use credential_type::{CredentialFamily, CredentialType};
pub use invitation::{
    DeclineReason, IdentityCheck, InvitationFilter, InvitationMoments, InvitationState, LARGEST_INVITATIONS,
    MOST_INVITED,
};
pub use job_role::{
    LONGEST_BYPASS_REASON, LONGEST_JOB_ROLE, MOST_JOB_ROLES, PassportStanding, Progress, folded_job_role,
};
pub use kind::{CredentialKind, CredentialVariant};
pub use picture::{LARGEST_PICTURE, can_be_shown};
pub use presentation::{
    ANSWER_LIFETIME, ANSWERS_PER_NETWORK, BEGUN_BY_WALLET, CONFIRM_TRIES, PresentationAnswer,
    PresentationMoments, PresentationPurpose, PresentationState, REQUEST_LIFETIME, REQUESTS_PER_NETWORK,
    WRONG_CONFIRMS, answered_after, confirms,
};
pub use provided::{LONGEST_TEXT, MOST_AT_ONCE, Provided, ProvidedMistake, ProvidedProblem};
pub use reason::{RejectReason, RevokeReason, WithdrawReason};
pub use report::{
    ENDING_WITHIN_DAYS, InvitationCounts, JobRoleCounts, RejectionCounts, Report, SharedCounts,
    SharedVerdict, TypeCounts, WAITED_DAYS,
};
pub use staff_row::{KIND_COLUMN, PERSON_COLUMN, is_column, sent_by_row};
pub use state::{CredentialMoments, CredentialState, TrustEnds};
pub use team::{EXPIRING_WITHIN_DAYS, LONGEST_TEAM, MOST_TEAMS};
use type_file::known;
pub use type_file::{TypeFile, TypeMistake, TypeProblem, use_own_types};
pub use words::Words;

/// Makes an enum whose every kind has a stable name for the database, for addresses and for choosing its words.
macro_rules! named {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $kind:ident = $code:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$doc])* $kind,)*
        }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Its stable name: lower case, with hyphens.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// The one with this name, if any.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }
    };
}
pub(crate) use named;

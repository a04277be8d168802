//! The staff passport (guide 000): credentials to review, and those that were.

mod credential;
mod history;
mod home;
mod notifications;
mod reject;
mod request;

pub use credential::{
    ArchivedBy, ArchivedLine, CredentialFact, CredentialValue, PassportCredential, PassportState,
};
pub use history::{PassportHappening, PassportHistory};
pub use home::{
    PassportAnswered, PassportHome, PassportMissing, PassportProgress, PassportRow, PassportSection,
};
pub use notifications::PassportNotifications;
pub use reject::RejectCredential;
pub use request::RequestCredential;

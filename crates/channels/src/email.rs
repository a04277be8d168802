//! An e-mail, and what can send one.

use std::fmt;

use async_trait::async_trait;

use crate::{Receipt, SendError};

/// One e-mail to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    /// The address alone: `amina.khan@northfield.example`.
    pub to: String,
    /// Whom it is from: `Northfield Staff <no-reply@northfield.example>`. Empty: the channel's own sender.
    pub from: String,
    /// One line, not encoded.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part, which says the same.
    pub html: String,
    /// Made from the key of the queued message, `KEY@northfield.example` with or without angle brackets: every
    /// attempt carries the same, so that mail systems recognise a second copy.
    pub message_id: String,
    /// When the message was written; the same for every attempt.
    pub date: jiff::Timestamp,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// Sends e-mails.
#[async_trait]
pub trait EmailChannel: Send + Sync {
    /// Hands `email` over. It is safe to drop the future; the message may go out all the same.
    ///
    /// # Errors
    /// [`SendError`], by what can be done about it.
    async fn send(&self, email: &Email) -> Result<Receipt, SendError>;

    /// Goes as far as it can without sending anything: connection, encryption, authentication.
    ///
    /// # Errors
    /// [`SendError`], as a message would have met it.
    async fn check(&self) -> Result<(), SendError>;
}

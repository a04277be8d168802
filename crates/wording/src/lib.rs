//! The words people read outside a page template: refusals, field errors, e-mails and text messages.
//!
//! Nothing here knows a journey, a database or a channel. Short texts live in Fluent files
//! (`messages/en/*.ftl`) and are fetched by key with [`text`]; each e-mail is one Markdown file
//! (`messages/en/mail/*.md`) behind a variant of [`message::Message`]. All of them are part of the binary.
//!
//! Texts come out as plain text: whoever puts them into a page escapes them there. The HTML part of an
//! e-mail is the one exception, and escapes every value itself.

mod alarm;
mod change;
mod gsm;
pub mod keys;
mod language;
mod mail;
pub mod message;
mod moment;
mod phrase;
mod smartcard;

pub use alarm::AlarmCause;
pub use change::SecurityChange;
pub use language::Language;
pub use message::{EmailParts, Message, SignInMethod};
pub use moment::{date, date_and_time, span, time};
pub use phrase::{RefusalText, exists, refusal, text};
pub use smartcard::{SmartcardDue, SmartcardVisit};

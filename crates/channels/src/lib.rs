//! E-mail, text messages and pushes, to real servers and providers.
//!
//! A channel takes a finished message and either hands back the provider's receipt or says which of three
//! things went wrong, so that whoever queues messages knows what to do next. It knows no database, no page, no
//! account. No error, log line or `Debug` of this crate holds an address, a number, a body or a secret.

mod backup;
mod email;
mod http_text;
mod kannel;
mod notify;
mod outcome;
mod push;
mod report;
mod setup;
mod smpp;
mod smtp;
mod smtp_url;
mod text;
mod twilio;
mod web_client;

pub use backup::WithBackup;
pub use email::{Email, EmailChannel};
pub use http_text::HttpText;
pub use kannel::Kannel;
pub use notify::GovukNotify;
pub use outcome::{DeliveryState, Receipt, SendError};
pub use push::{Push, PushSubscription, Pushed, WebPush};
pub use report::{BadReport, DeliveryReport, Proof, ReportRequest, ReportedMessage};
pub use setup::SetupError;
pub use smpp::Smpp;
pub use smtp::SmtpChannel;
pub use text::{Text, TextChannel};
pub use twilio::Twilio;

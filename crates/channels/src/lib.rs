//! E-mail, text messages, telephone calls and pushes, to real servers and providers.
//!
//! A channel takes a finished message and either hands back the provider's receipt or says which of three
//! things went wrong, so that whoever queues messages knows what to do next. It knows no database, no page, no
//! account. No error, log line or `Debug` of this crate holds an address, a number, a body or a secret.

mod backup;
mod email;
mod espeak;
mod http_text;
mod kannel;
mod notify;
mod outcome;
pub mod outside;
mod prompt;
mod push;
mod report;
mod setup;
mod sip;
mod smpp;
mod smtp;
mod smtp_url;
mod text;
mod twilio;
mod twilio_voice;
mod voice;
mod web_client;

pub use backup::WithBackup;
pub use email::{Email, EmailChannel};
pub use espeak::EspeakNg;
pub use http_text::HttpText;
pub use kannel::Kannel;
pub use notify::GovukNotify;
pub use outcome::{DeliveryState, Receipt, SendError};
pub use prompt::{Prompt, Recording, Speech};
pub use push::{Push, PushSubscription, Pushed, WebPush};
pub use report::{BadReport, DeliveryReport, Proof, ReportRequest, ReportedMessage};
pub use setup::SetupError;
pub use sip::{NumberForm, Pace, Sip, SipSettings};
pub use smpp::Smpp;
pub use smtp::SmtpChannel;
pub use text::{Text, TextChannel};
pub use twilio::Twilio;
pub use twilio_voice::TwilioVoice;
pub use voice::{Call, CallEnd, CallNews, Hook, HookReply, VoiceChannel};

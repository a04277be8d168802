//! The channels against servers that we did not write, and against stand-ins for providers that cannot run here.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod backup;
mod http_text;
mod logs;
mod mail_server;
mod notify;
mod sip;
mod sip_peers;
mod smtp;
mod smtp_security;
mod twilio;
mod twilio_voice;

//! The channels against servers that we did not write, and against stand-ins for providers that cannot run here.

mod http_text;
mod logs;
mod mail_server;
mod notify;
mod smtp;
mod smtp_security;

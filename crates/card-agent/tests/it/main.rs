//! The agent at a desk: a virtual card in a reader, a person who follows a script, and a portal that gives orders.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests stop the test")]

mod cards;
mod desk;
mod orders;
mod over_http;
mod pcsc;
mod pinentry;
mod pulled;
mod resuming;
mod sign_in;

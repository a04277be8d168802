//! The product from outside, as a person with a browser, a mailbox and a phone meets it: guide 003 and its rules.
//!
//! Each test runs against the real pages on a database, a mail server and a provider of text messages; only the clock is
//! turned by hand and randomness is seeded. See [`ward::Ward`].
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stop the test"
)]

mod browser;
mod codes;
mod database;
mod guide;
mod joining;
mod mail_route;
mod page;
mod people;
mod ward;

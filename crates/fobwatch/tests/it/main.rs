//! The product from outside, as a person with a browser, a mailbox and a phone meets it: guide 003 and its rules.
//!
//! Each test runs against the real pages on a database, a mail server and a provider of text messages; only the clock is
//! turned by hand and randomness is seeded. See [`ward::Ward`].
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests stop the test, and say what they measured"
)]

mod admin;
mod alike;
mod approval_guide;
mod approvals;
mod approvals_push;
mod approvals_reset;
mod assisted_reset;
mod browser;
mod calls;
mod campaign;
mod certificates;
mod change_password;
mod codes;
mod confirming;
mod console;
mod crash;
mod crowd;
mod database;
mod details;
mod doors;
mod forgetting;
mod guide;
mod joining;
mod mail_route;
mod numbers;
mod outbox;
mod page;
mod passkey_guide;
mod passkey_lies;
mod passkeys;
mod passport;
mod passwords;
mod people;
mod protection;
mod ra;
mod races;
mod recovery_codes;
mod reset;
mod reset_limits;
mod reset_safety;
mod resuming;
mod scanner;
mod secrets;
mod security_changes;
mod security_info;
mod security_races;
mod sessions;
mod sign_in;
mod smartcards;
mod stricter;
mod texts;
mod texts_gateways;
mod verification;
mod ward;
mod ways;

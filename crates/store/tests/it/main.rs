//! The store, told by what it promises: every test runs on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests stop the test")]

mod activity;
mod audit;
mod card_sign_in;
mod codes;
mod corrupt;
mod credential_offers;
mod database;
mod deliveries;
mod erasing;
mod job_roles;
mod limits;
mod method_setup;
mod migrations;
mod outbox;
mod passkeys;
mod people;
mod plans;
mod registrations;
mod roster;
mod sealed;
mod sign_in;
mod smartcard_certificates;
mod smartcard_passcodes;
mod smartcard_rounds;
mod smartcards;

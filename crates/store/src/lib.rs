//! What is kept: SQLite and PostgreSQL behind one SQL text.
//!
//! A [`Store`] opens the database; a [`Tx`] is one transaction, and what can be done in it are its methods, grouped in
//! one file per aggregate. Reads that need no transaction are methods of the store. Every statement is a constant in
//! the dialect that both databases share; one test prepares each of them on both.

pub mod access_key;
pub mod account;
pub mod activity;
pub mod asked;
pub mod audit;
pub mod authenticator;
pub mod authority;
pub mod call_log;
pub mod caller;
pub mod card_job;
pub mod card_job_turn;
pub mod card_job_waiting;
mod card_sign_in;
pub mod certificate_issuer;
pub mod code;
pub mod console_figures;
pub mod credential;
pub mod credential_client;
pub mod credential_copy;
pub mod credential_list;
pub mod credential_rejection;
mod db;
pub mod delivery;
pub mod device;
mod error;
pub mod guard;
pub mod housekeeping;
pub mod limits;
pub mod method;
pub mod method_setup;
mod migrate;
mod moment;
pub mod offer;
pub mod organisation;
pub mod outbox;
pub mod passcode_history;
pub mod passkey;
pub mod passport_client;
pub mod passport_event;
pub mod passport_key;
pub mod passport_opt_out;
pub mod passport_reminder;
mod passport_used;
pub mod people;
pub mod presentation;
pub mod recovery;
pub mod registration;
pub mod registration_authority;
pub mod report;
pub mod reseal;
pub mod reset;
pub mod role;
pub mod roster;
pub mod server_passcode;
pub mod session;
pub mod share;
pub mod sign_in;
pub mod smartcard;
pub mod smartcard_alert;
pub mod smartcard_certificate;
pub mod smartcard_figures;
pub mod smartcard_life;
pub mod smartcard_lists;
pub mod smartcard_message;
mod statement;
pub mod status_list;
pub mod texts;
pub mod trusted_issuer;
pub mod verification;

pub use db::{CommitPoint, Store, Tx};
pub use error::StoreError;
pub use statement::{Statement, all_statements};

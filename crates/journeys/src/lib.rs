//! One file per journey of a guide, told from top to bottom; the only place that joins the rooms below.
//!
//! A journey takes what a person typed and answers with an outcome or a [`Refusal`]. There is no HTTP, no HTML and no
//! SQL here; what is slow (a password hash, a network call) happens before a transaction begins or after it ends.

pub mod activity;
mod approval;
pub mod asked;
pub mod assisted_reset;
pub mod authenticator;
pub mod authority;
pub mod calls;
pub mod campaign;
pub mod change_password;
pub mod codes;
pub mod confirm;
pub mod console;
pub mod deliver;
pub mod devices;
pub mod enrolment;
mod factor;
pub mod home;
pub mod housekeeping;
pub mod join;
pub mod join_details;
pub mod join_factor;
pub mod method_setup;
mod network;
mod new_password;
mod notices;
pub mod numbers;
pub mod organisation_rules;
pub mod passkey;
pub mod passkey_proof;
pub mod passport;
mod password;
mod password_check;
pub mod password_strength;
pub mod photo;
pub mod push;
pub mod recovery_code;
mod refusal;
mod repeat;
pub mod reports;
pub mod reset;
pub mod reset_finish;
pub mod reset_gate;
mod reset_ways;
pub mod robots;
pub mod roster_file;
pub mod second_factor;
pub mod security_info;
mod service;
pub mod session;
pub mod sign_in;
pub mod smartcard;
pub mod texts;
pub mod verification;
mod visitor;
pub mod watch;

pub use factor::AppSetup;
pub use network::Network;
pub use password::Breached;
pub use refusal::{FieldProblem, Refusal};
pub use service::{Clock, Parts, Service, Settings};
pub use visitor::Visitor;

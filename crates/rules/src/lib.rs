//! What the guides say, as pure functions of facts and the time.
//!
//! Nothing here reads a clock, draws a random number, touches a file or knows a database: every function is
//! given what it needs and gives the same answer for ever. A number from a guide lives here, once; an
//! organisation can make it stricter ([`policy::Policy`]), never looser.
//!
//! Times are instants ([`jiff::Timestamp`]); days are local days of the organisation ([`jiff::civil::Date`]),
//! and turning the one into the other is the caller's part. An end is exclusive everywhere: a code that lives
//! 15 minutes is good at 14:59.999 and not at 15:00.
//!
//! Types that hold something personal (addresses, numbers, names) have a redacted `Debug`.

mod fold;
#[cfg(test)]
mod properties;

pub mod activity;
pub mod asked;
pub mod authenticator;
pub mod birth;
pub mod campaign;
pub mod card_job;
pub mod card_sign_in;
pub mod code;
pub mod days;
pub mod desk;
pub mod email;
pub mod limits;
pub mod method;
pub mod name;
pub mod nearest;
pub mod outside;
pub mod passkey;
pub mod passport;
pub mod password;
pub mod path;
pub mod phone;
pub mod policy;
pub mod preview;
pub mod recovery;
pub mod registration;
pub mod reset;
pub mod role;
pub mod roster;
pub mod session;
pub mod setting;
pub mod sign_in;
pub mod smartcard;
pub mod todo;
pub mod typed_day;

//! Passwords that attackers have: a compact list in a file, and the service that is asked for a range.
//!
//! Both begin with the SHA-1 of a password, because that is what the public lists hold ([`PasswordDigest`]). Neither knows
//! a person, a database or a page. No error, log line or `Debug` of this crate holds a password or a digest.
//!
//! | for | what |
//! | --- | --- |
//! | making a list from a folder or a file in the range format | [`build`] |
//! | asking a list, without holding it in memory | [`List`] |
//! | asking a service that learns five hexadecimal digits only | [`RangeService`] |

mod digest;
mod list;
pub mod outside;
#[cfg(test)]
mod properties;
pub mod range;
#[cfg(feature = "service")]
mod service;
mod source;

pub use digest::PasswordDigest;
pub use list::build::{BuildError, Built, build};
pub use list::header::{Header, HeaderProblem, VERSION};
pub use list::{List, ListProblem};
#[cfg(feature = "service")]
pub use service::{RangeService, ServiceAddressProblem, ServiceFailure};
pub use source::{Progress, SourceProblem};

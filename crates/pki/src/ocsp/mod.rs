//! Whether a certificate still stands, answered at once (RFC 6960, with the profile for large numbers of RFC 5019).

mod answer;
mod request;

pub use answer::{Caching, OcspAnswer, Refused, Responder, Status};
pub use request::{HashKind, OcspProblem, OcspRequest, Wanted};

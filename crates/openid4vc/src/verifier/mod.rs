//! Whoever asks to be shown credentials (OpenID4VP 1.0): the request that a wallet fetches, and the check of what it answers.
//!
//! ```text
//! Request::new → link for the QR code; signed or plain when the wallet fetches it
//! wallet posts → Response::read → Answer::verify(trust) → credentials, and where the status of each stands
//! ```
//!
//! The caller keeps the request with its nonce and key, counts one answer, and asks how each credential stands.

mod client_id;
mod request;
mod response;
mod verify;

pub use client_id::{ClientId, ClientIdProblem};
pub use request::{Request, RequestProblem, RequestUriMethod, ResponseMode};
pub use response::{Declined, Response, ResponseProblem, VpToken};
pub use verify::{Presented, Trust, VerifyProblem};

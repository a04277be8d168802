//! Token Status List (draft-ietf-oauth-status-list): whether a credential still holds, as a few bits in a long list that says nothing of
//! whom it is about.

mod list;
mod token;

pub use list::{Bits, ListProblem, Status, StatusList, draw_place};
pub use token::{Reference, StatusListToken, StatusProblem};

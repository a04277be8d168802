//! Guide 001: smartcards, as their owners and the Registration Authority meet them.

pub mod authority;
mod jobs;
mod jobs_cut;
mod jobs_lies;
mod jobs_many;
mod jobs_real;
pub mod workstation;

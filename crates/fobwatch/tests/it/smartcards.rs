//! Guide 001: smartcards, as their owners and the Registration Authority meet them.

pub mod authority;
mod card_sign_in;
mod certificate_host;
mod jobs;
mod jobs_cut;
mod jobs_lies;
mod jobs_many;
mod jobs_real;
mod portal;
mod portal_due;
mod portal_held;
mod portal_revoke;
mod portal_unlock;
mod reminders;
mod upkeep;
pub mod workstation;

//! Guide 001: smartcards, as their owners and the Registration Authority meet them.

pub mod authority;
mod card_sign_in;
mod certificate_host;
mod cut;
mod installed;
mod jobs;
mod jobs_cut;
mod jobs_cut_issue;
mod jobs_cut_passcode;
mod jobs_killed;
mod jobs_lies;
mod jobs_many;
mod jobs_real;
mod jobs_waiting;
mod portal;
mod portal_due;
mod portal_guide;
mod portal_held;
mod portal_revoke;
mod portal_unlock;
mod reminders;
mod served;
mod upkeep;
pub mod workstation;

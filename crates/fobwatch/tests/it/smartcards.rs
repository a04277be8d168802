//! Guide 001: smartcards, as their owners and the Registration Authority meet them.

mod card_sign_in;
mod certificate_host;
mod portal;
mod portal_due;
mod portal_held;
mod portal_revoke;
mod portal_unlock;
mod reminders;
mod upkeep;

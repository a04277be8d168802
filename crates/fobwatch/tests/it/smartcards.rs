//! Guide 001: smartcards, as their owners and the Registration Authority meet them.

mod card_sign_in;
mod certificate_host;
mod reminders;
mod upkeep;

//! Guide 001: smartcards, as their owners and the Registration Authority meet them.

mod reminders;
mod upkeep;

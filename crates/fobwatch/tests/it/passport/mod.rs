//! The staff passport (guide 000).

mod portal;
mod portal_api;
mod portal_end;
mod portal_guide;
mod portal_reminders;

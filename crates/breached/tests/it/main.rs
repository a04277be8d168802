//! Lists as they are made, kept and asked, and the service against a stand-in for it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod damage;
mod lists;
mod service;
mod sources;
mod words;

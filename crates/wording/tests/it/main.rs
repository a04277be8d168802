//! The words as people get them: every message rendered, every key compared with its file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod keys;
mod messages;

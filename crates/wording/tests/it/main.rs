//! The words as people get them: every message rendered, every key compared with its file.

mod keys;
mod messages;

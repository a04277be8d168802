//! Keys, sealing at rest, keyed hashes, password hashing with a queue, and secret types.
//!
//! No database and no network. Randomness is an argument ([`Random`]), and so is time. What is secret has a type that
//! cannot be printed, compared carelessly or serialised ([`Secret`]), and is wiped when it is dropped.
//!
//! | for | what |
//! | --- | --- |
//! | numbers, seeds and names at rest | AES-256-GCM under a ring of keys: [`Keys::seal`], [`Keys::open`] |
//! | codes, tokens, looking up an address | HMAC-SHA-256 under a key that stays: [`Keys::keyed_hash`] |
//! | keys that cards have | HKDF-SHA-256 of a key that stays: [`Keys::derive`] |
//! | passwords | Argon2id with a pepper, in a bounded queue: [`Hasher`] |
//! | authenticator apps | RFC 6238: [`totp`] |
//! | passkeys | Web Authentication: [`passkey`] |
//! | what our authenticator signs | RFC 7515, ES256: [`signed`] |
//! | sessions, links, cookies | 32 random bytes: [`Token`] |

mod derive;
mod hasher;
mod keyfile;
mod keys;
pub mod outside;
pub mod passkey;
#[cfg(test)]
mod properties;
mod push_key;
mod random;
mod secret;
pub mod signed;
mod token;
pub mod totp;

pub use hasher::{Busy, HashSettings, Hasher, SettingsProblem, Verdict};
pub use keyfile::{KeyFileProblem, read_key_text};
pub use keys::{Keys, OpenError};
pub use push_key::PushKey;
pub use random::{Random, SystemRandom, new_id, one_time_code, random_signs, two_digits};
pub use secret::Secret;
pub use token::Token;

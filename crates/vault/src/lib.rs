//! Keys, sealing at rest, keyed hashes, password hashing with a queue, and secret types

//! Passwords that nobody has, and their hashes in the range format.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use breached::{Built, List, PasswordDigest, build};
use jiff::Timestamp;

/// 9:00 on 22 November 2026.
pub const MADE_AT: Timestamp = Timestamp::constant(1_795_338_000, 0);

/// Password number `n` of a list.
pub fn password(n: usize) -> String {
    format!("lantern number {n} over the harbour")
}

/// The SHA-1 of a password as the lists write it.
pub fn hash(password: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02X}");
        hash
    })
}

/// The hashes of `passwords`, in order.
pub fn hashes(passwords: impl Iterator<Item = String>) -> Vec<String> {
    let mut hashes: Vec<String> = passwords.map(|password| hash(&password)).collect();
    hashes.sort_unstable();
    hashes
}

/// One sorted file of whole lines.
pub fn one_file(folder: &Path, hashes: &[String]) -> PathBuf {
    let lines: String = hashes
        .iter()
        .zip(1..)
        .fold(String::new(), |lines, (hash, count)| lines + &format!("{hash}:{count}\n"));
    let path = folder.join("hashes.txt");
    std::fs::write(&path, lines).unwrap();
    path
}

pub fn made(source: &Path, out: &Path) -> Built {
    build(source, out, MADE_AT, &|_| ()).unwrap()
}

pub fn holds(list: &List, password: &str) -> bool {
    list.holds(&PasswordDigest::of(password)).unwrap()
}

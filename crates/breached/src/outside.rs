//! What must hold for whatever comes from outside. Each function takes any bytes and panics if a promise is broken; the
//! property tests of this crate and the fuzz targets call them.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what they are for")]

use crate::PasswordDigest;
use crate::list::header::{self, Header, HeaderProblem, sum};
use crate::list::index::Index;
use crate::range::{self, Lines, Prefix};

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 2] = [("range_lines", range_lines), ("breached_list", list_file)];

/// Lines of any kind are read or refused, never held in memory whole; what is read says the same when it is written anew.
/// The first line is the prefix, if it is one.
pub fn range_lines(bytes: &[u8]) {
    let mut lines = Lines::new(bytes);
    let mut prefix = None;
    while let Ok(Some(text)) = lines.next_line() {
        assert!(text.len() <= 80 && !text.contains(&b'\n'));
        let Ok(listed) = range::line(prefix, text) else {
            prefix = std::str::from_utf8(text).ok().and_then(Prefix::parse).or(prefix);
            continue;
        };
        let digits = listed.hash.iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02X}"));
        let again = range::line(None, format!("{digits}:{}", listed.count).as_bytes());
        assert_eq!(again, Ok(listed));
        let five = digits.get(..5).and_then(Prefix::parse);
        assert!(prefix.is_none() || prefix == five, "a line left its range");
    }
}

/// Any bytes are a list or the reason why not. Also with checksums that are right, no look-up goes beyond the file.
pub fn list_file(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first_chunk::<{ header::LENGTH }>() else { return };
    match Header::read(first) {
        Ok(header) => assert_eq!(header.write(), *first, "a header that is read is written the same"),
        Err(problem) => assert!(problem != HeaderProblem::NotAList || !first.starts_with(b"FWLISTED")),
    }
    // What follows the header is taken for an index, and the header for one that goes with it.
    let index = rest;
    let Some(claimed) = shards_of(index) else { return };
    let header = Header { index_sum: sum(index), ..claimed };
    assert_eq!(Header::read(&header.write()).as_ref(), Ok(&header));
    let Some(index) = Index::read(&header, index) else { return };
    let mut at = u64::try_from(header::LENGTH).unwrap_or_default();
    for shard in index.shards() {
        assert_eq!(shard.at, at, "shards follow each other");
        at += u64::try_from(shard.length()).unwrap_or(u64::MAX);
        let print = vec![0x5a; shard.length()];
        assert!(!shard.is_whole(&print) || shard.holds(&print, shard.first).is_some());
        // Right bytes under a sum that fits: every key is answered, none goes beyond.
        let mut fitting = shard.clone();
        fitting.sum = sum(&print).first_chunk().copied().map_or(0, u64::from_le_bytes);
        for key in [0, 1, shard.first, shard.seed, u64::MAX] {
            assert!(fitting.holds(&print, key).is_some());
        }
    }
    assert_eq!(at, header.index_at, "they end where the index begins");
    let key = PasswordDigest::of("").key();
    assert!(index.shard_of(key).is_none_or(|shard| shard.first <= key));
}

/// A header for these bytes as an index: of as many shards as fit, that lie where their lengths say.
fn shards_of(index: &[u8]) -> Option<Header> {
    let entries = index.len() / 32;
    let shards = u32::try_from(entries).ok()?;
    let mut index_at = u64::try_from(header::LENGTH).ok()?;
    for entry in index.chunks_exact(32) {
        let number = |at: usize| entry.get(at..at + 4)?.first_chunk().copied().map(u32::from_le_bytes);
        let (segment, counted) = (u64::from(number(16)?), u64::from(number(20)?));
        index_at = index_at.checked_add((counted + 2 * segment) * 2)?;
    }
    let made_at = jiff::Timestamp::UNIX_EPOCH;
    let header = Header { entries: shards.into(), made_at, shards, index_at, index_sum: [0; 32] };
    (shards > 0 && index.len().is_multiple_of(32)).then_some(header)
}

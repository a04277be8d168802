//! The first bytes of a list: what it is, how much it holds, when it was made.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use thiserror::Error;

use super::index;

/// The version of the format that this program writes and reads.
pub const VERSION: u32 = 1;

/// Bytes of a header.
pub(crate) const LENGTH: usize = 104;
/// What every list begins with.
const MAGIC: &[u8; 8] = b"FWLISTED";
/// Bytes of a SHA-256.
const SUM: usize = 32;
/// So many bytes of the header are under its checksum, which follows.
const SUMMED: usize = LENGTH - SUM;

/// What a list says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// How many hashes went into it, doubles aside.
    pub entries: u64,
    /// When it was made, UTC, to the second.
    pub made_at: Timestamp,
    /// How many shards there are.
    pub(crate) shards: u32,
    /// Where the index begins, in bytes from the start of the file.
    pub(crate) index_at: u64,
    /// The SHA-256 of the index.
    pub(crate) index_sum: [u8; SUM],
}

/// Why a file is no list. The texts follow the name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderProblem {
    /// It begins otherwise.
    #[error("is not a list of breached passwords")]
    NotAList,
    /// It was written by another version.
    #[error("has version {found}, and this program reads version {VERSION}")]
    OtherVersion {
        /// The version that it tells.
        found: u32,
    },
    /// Its checksum is wrong, or it says what cannot be.
    #[error("is damaged: its header is wrong")]
    Damaged,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// [`HeaderProblem`].
    pub(crate) fn read(bytes: &[u8; LENGTH]) -> Result<Self, HeaderProblem> {
        let mut fields = Fields(bytes);
        if fields.take::<8>() != Some(MAGIC) {
            return Err(HeaderProblem::NotAList);
        }
        let damaged = || HeaderProblem::Damaged;
        let found = fields.u32().ok_or_else(damaged)?;
        if found != VERSION {
            return Err(HeaderProblem::OtherVersion { found });
        }
        if bytes.get(SUMMED..) != Some(&sum(bytes.get(..SUMMED).unwrap_or_default())[..]) {
            return Err(HeaderProblem::Damaged);
        }
        Self::fields(&mut fields).filter(Self::can_be).ok_or_else(damaged)
    }

    fn fields(fields: &mut Fields<'_>) -> Option<Self> {
        let shards = fields.u32()?;
        let entries = fields.u64()?;
        let made_at = Timestamp::from_second(fields.u64()?.cast_signed()).ok()?;
        let index_at = fields.u64()?;
        let index_sum = *fields.take::<SUM>()?;
        Some(Self { entries, made_at, shards, index_at, index_sum })
    }

    fn can_be(&self) -> bool {
        let start = u64::try_from(LENGTH).unwrap_or(u64::MAX);
        self.shards > 0 && self.entries >= self.shards.into() && self.index_at >= start
    }

    /// The bytes of this header.
    pub(crate) fn write(&self) -> [u8; LENGTH] {
        let mut summed = Vec::with_capacity(LENGTH);
        summed.extend(MAGIC);
        summed.extend(VERSION.to_le_bytes());
        summed.extend(self.shards.to_le_bytes());
        summed.extend(self.entries.to_le_bytes());
        summed.extend(self.made_at.as_second().to_le_bytes());
        summed.extend(self.index_at.to_le_bytes());
        summed.extend(self.index_sum);
        summed.extend(sum(&summed));
        let mut bytes = [0; LENGTH];
        for (byte, written) in bytes.iter_mut().zip(summed) {
            *byte = written;
        }
        bytes
    }

    /// Bytes of the index.
    pub(crate) fn index_length(&self) -> u64 {
        u64::from(self.shards) * index::ENTRY_LENGTH
    }
}

/// The SHA-256 of bytes.
pub(crate) fn sum(bytes: &[u8]) -> [u8; SUM] {
    let mut sum = [0; SUM];
    for (byte, made) in sum.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
        *byte = *made;
    }
    sum
}

/// Reads numbers off the front of bytes, little-endian.
pub(crate) struct Fields<'b>(pub(crate) &'b [u8]);

impl<'b> Fields<'b> {
    pub(crate) fn take<const N: usize>(&mut self) -> Option<&'b [u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(first)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take().copied().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.take().copied().map(u64::from_le_bytes)
    }
}

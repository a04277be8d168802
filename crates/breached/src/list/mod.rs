//! A list of breached passwords in one file, compact enough to stand on every node, and asked without holding it in memory.
//!
//! The hashes are cut, in their order, into shards of 16,384. Each shard is a binary fuse filter of 16 bits a fingerprint:
//! it answers *yes* for every hash in it, and for one in 65,536 others. A look-up finds the shard by its first hash in an
//! index that is held in memory (2 MB for a billion hashes), and reads that one shard, 40 KB. Every shard has a
//! checksum, which is looked at when it is read; header and index have theirs, which are looked at when the file is opened.
//!
//! ```text
//! header   104 bytes, see `header`
//! shards   fingerprints of 16 bits, little-endian
//! index    32 bytes for each shard: first key, seed, the filter's two lengths, checksum
//! ```

pub(crate) mod build;
pub(crate) mod header;
pub(crate) mod index;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use thiserror::Error;

use crate::PasswordDigest;
use header::{Header, HeaderProblem};
use index::{Index, Shard};

/// Why a list cannot be used. The texts follow the name of the file.
#[derive(Debug, Error)]
pub enum ListProblem {
    /// The system refuses.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is something else.
    #[error(transparent)]
    Header(#[from] HeaderProblem),
    /// Its length is not the one that its header tells.
    #[error("is cut off, or is still being copied")]
    WrongLength,
    /// What it holds is not what was written.
    #[error("is damaged: a checksum is wrong")]
    Damaged,
}

/// A list that is open. Only its index is in memory.
pub struct List {
    file: Reader,
    header: Header,
    index: Index,
}

impl List {
    /// Opens a list and looks at its header, its length and its index, not at its shards: see [`List::verify`].
    ///
    /// # Errors
    /// [`ListProblem`], where it is no whole list of this version.
    pub fn open(path: &Path) -> Result<Self, ListProblem> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(HeaderProblem::NotAList.into());
        }
        let file = Reader::new(file);
        let length = about.len();
        let mut bytes = [0; header::LENGTH];
        let start = bytes.len().min(usize::try_from(length).unwrap_or(usize::MAX));
        file.read_exact_at(bytes.get_mut(..start).unwrap_or_default(), 0)?;
        let header = Header::read(&bytes)?;
        let index_length = header.index_length();
        if header.index_at.checked_add(index_length) != Some(length) {
            return Err(ListProblem::WrongLength);
        }
        let mut bytes = vec![0; usize::try_from(index_length).map_err(|_| ListProblem::WrongLength)?];
        file.read_exact_at(&mut bytes, header.index_at)?;
        let index = Index::read(&header, &bytes).ok_or(ListProblem::Damaged)?;
        Ok(Self { file, header, index })
    }

    /// What the list says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether a password is listed: always right where it is; wrong in one of 65,536 cases where it is not. This reads
    /// the file, and takes a fraction of a millisecond.
    ///
    /// # Errors
    /// [`ListProblem`], where the file cannot be read any longer or was damaged.
    pub fn holds(&self, digest: &PasswordDigest) -> Result<bool, ListProblem> {
        let key = digest.key();
        let Some(shard) = self.index.shard_of(key) else { return Ok(false) };
        shard.holds(&self.read(shard)?, key).ok_or(ListProblem::Damaged)
    }

    /// Reads every shard and looks at its checksum.
    ///
    /// # Errors
    /// [`ListProblem`], where one is damaged.
    pub fn verify(&self) -> Result<(), ListProblem> {
        for shard in self.index.shards() {
            if !shard.is_whole(&self.read(shard)?) {
                return Err(ListProblem::Damaged);
            }
        }
        Ok(())
    }

    fn read(&self, shard: &Shard) -> Result<Vec<u8>, ListProblem> {
        let mut bytes = vec![0; shard.length()];
        self.file.read_exact_at(&mut bytes, shard.at)?;
        Ok(bytes)
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Reads at a place without moving a mark that others share.
#[cfg(unix)]
struct Reader(File);

#[cfg(unix)]
impl Reader {
    fn new(file: File) -> Self {
        Self(file)
    }

    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.0, bytes, at)
    }
}

#[cfg(not(unix))]
struct Reader(std::sync::Mutex<File>);

#[cfg(not(unix))]
impl Reader {
    fn new(file: File) -> Self {
        Self(std::sync::Mutex::new(file))
    }

    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        use std::io::{Read as _, Seek as _};
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(io::SeekFrom::Start(at))?;
        file.read_exact(bytes)
    }
}

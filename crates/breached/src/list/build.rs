//! Makes a list out of a source, as a stream: what is held in memory is one shard and the index.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;
use xorf::BinaryFuse16;

use super::header::{self, Header, sum};
use super::index::{Index, Shard};
use crate::source::{self, Progress, SourceProblem};

/// Hashes of a shard: what a look-up reads is twenty bits for each.
const SHARD: usize = 16_384;

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Built {
    /// Hashes in it, doubles aside.
    pub entries: u64,
    /// Its size.
    pub bytes: u64,
}

/// Why no list was made.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Where it comes from.
    #[error(transparent)]
    Source(#[from] SourceProblem),
    /// Where it goes to.
    #[error("{} cannot be written: {why}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// Chance, in one of more builds than anybody will make.
    #[error("no filter could be made for some of the hashes")]
    NoFilter,
}

/// Makes a list at `out` of `source`: a folder of files of the range format, or one sorted file of `SHA1:COUNT` lines.
/// `made_at` (UTC) is written into it. The file appears at once and whole; one that was there before is replaced.
///
/// # Errors
/// [`BuildError`]. Then nothing has changed at `out`.
pub fn build(
    source: &Path,
    out: &Path,
    made_at: Timestamp,
    progress: &dyn Fn(Progress),
) -> Result<Built, BuildError> {
    let beside = beside(out);
    let built = write(source, &beside, made_at, progress).and_then(|built| {
        fs::rename(&beside, out).map_err(|why| unwritable(out, why))?;
        Ok(built)
    });
    if built.is_err() {
        // What is left of it helps nobody; that it cannot be taken away does not matter beside the failure itself.
        let _ = fs::remove_file(&beside);
    }
    built
}

/// Where a list is written until it is whole.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    out.with_file_name(name)
}

fn unwritable(path: &Path, why: io::Error) -> BuildError {
    BuildError::Unwritable { path: path.to_owned(), why }
}

fn write(
    source: &Path,
    path: &Path,
    made_at: Timestamp,
    progress: &dyn Fn(Progress),
) -> Result<Built, BuildError> {
    let file = File::create(path).map_err(|why| unwritable(path, why))?;
    let mut list = Writer::new(file, path)?;
    source::read(source, progress, &mut |key| list.take(key))?;
    list.finish(made_at)
}

struct Writer<'p> {
    file: BufWriter<File>,
    path: &'p Path,
    /// The keys of the shard that is being gathered, each once.
    keys: Vec<u64>,
    shards: Vec<Shard>,
    entries: u64,
    at: u64,
}

impl<'p> Writer<'p> {
    fn new(file: File, path: &'p Path) -> Result<Self, BuildError> {
        let mut list = Self {
            file: BufWriter::new(file),
            path,
            keys: Vec::with_capacity(SHARD),
            shards: Vec::new(),
            entries: 0,
            at: 0,
        };
        // The place of the header, which is known in the end.
        list.put(&[0; header::LENGTH])?;
        Ok(list)
    }

    /// Takes a key that is not less than the one before.
    fn take(&mut self, key: u64) -> Result<(), BuildError> {
        if self.keys.last() == Some(&key) {
            return Ok(());
        }
        if self.keys.len() == SHARD {
            self.close_shard()?;
        }
        self.keys.push(key);
        self.entries += 1;
        Ok(())
    }

    fn close_shard(&mut self) -> Result<(), BuildError> {
        let Some(first) = self.keys.first() else { return Ok(()) };
        let filter = BinaryFuse16::try_from(&self.keys).map_err(|_| BuildError::NoFilter)?;
        let (shard, bytes) = Shard::of(*first, self.at, &filter);
        self.put(&bytes)?;
        self.shards.push(shard);
        self.keys.clear();
        Ok(())
    }

    fn finish(mut self, made_at: Timestamp) -> Result<Built, BuildError> {
        self.close_shard()?;
        let index = Index::write(&self.shards);
        let header = Header {
            entries: self.entries,
            made_at,
            shards: u32::try_from(self.shards.len()).unwrap_or(u32::MAX),
            index_at: self.at,
            index_sum: sum(&index),
        };
        self.put(&index)?;
        let bytes = self.at;
        let path = self.path;
        let finish = || -> io::Result<()> {
            let mut file = self.file;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header.write())?;
            file.into_inner()?.sync_all()
        };
        finish().map_err(|why| unwritable(path, why))?;
        Ok(Built { entries: self.entries, bytes })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), BuildError> {
        self.file.write_all(bytes).map_err(|why| unwritable(self.path, why))?;
        self.at += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

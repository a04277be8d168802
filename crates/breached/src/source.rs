//! Where a list is made from: a folder of range files, or one sorted file. Both are read as a stream.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::digest::key;
use crate::range::{self, BadLine, Lines, Prefix};

/// Bytes that are read at once.
const BUFFER: usize = 1 << 18;
/// How many entries are read between two words on the progress.
const WORD_EVERY: u64 = 1 << 16;

/// Why a source cannot be read. Each says where, and what to do.
#[derive(Debug, Error)]
pub enum SourceProblem {
    /// The system refuses.
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// A folder without a single range file.
    #[error("{} holds no file named by five hexadecimal digits, such as 0A1B2 or 0A1B2.txt", path.display())]
    NoRanges {
        /// The folder.
        path: PathBuf,
    },
    /// There is no line in it.
    #[error("{} holds no hashes", path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
    },
    /// A line of another format.
    #[error("{}, line {line}: {why}. It must be in the SHA-1 range format", path.display())]
    BadLine {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What is wrong with it.
        why: BadLine,
    },
    /// The lines do not go up.
    #[error("{}, line {line}: it is out of order. Sort the file by hash first: LC_ALL=C sort", path.display())]
    OutOfOrder {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
    },
}

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Hashes read.
    pub entries: u64,
    /// Parts of `of` that are done: files of a folder, bytes of a file.
    pub done: u64,
    /// All parts.
    pub of: u64,
}

/// Hands the key of every hash of `source` to `take`, in rising order; padding is left out, doubles are not.
pub(crate) fn read<E: From<SourceProblem>>(
    source: &Path,
    progress: &dyn Fn(Progress),
    take: &mut dyn FnMut(u64) -> Result<(), E>,
) -> Result<(), E> {
    let unreadable = |why| SourceProblem::Unreadable { path: source.to_owned(), why };
    let about = fs::metadata(source).map_err(unreadable)?;
    let mut stream = Stream { entries: 0, last: 0, take };
    if about.is_dir() {
        let ranges = ranges(source)?;
        let of = u64::try_from(ranges.len()).unwrap_or(u64::MAX);
        for (done, (prefix, path)) in (0..).zip(&ranges) {
            if done % 64 == 0 {
                progress(Progress { entries: stream.entries, done, of });
            }
            stream.file(path, Some(*prefix), &|_, _| ())?;
        }
    } else {
        let of = about.len();
        stream.file(source, None, &|entries, done| progress(Progress { entries, done: done.min(of), of }))?;
    }
    if stream.entries == 0 {
        return Err(SourceProblem::Empty { path: source.to_owned() }.into());
    }
    Ok(())
}

/// The range files of a folder, in the order of their prefixes; other files are passed over.
fn ranges(folder: &Path) -> Result<Vec<(Prefix, PathBuf)>, SourceProblem> {
    let unreadable = |why| SourceProblem::Unreadable { path: folder.to_owned(), why };
    let mut ranges = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let Some(name) = name.to_str() else { continue };
        if let Some(prefix) = Prefix::parse(name.strip_suffix(".txt").unwrap_or(name)) {
            ranges.push((prefix, folder.join(name)));
        }
    }
    if ranges.is_empty() {
        return Err(SourceProblem::NoRanges { path: folder.to_owned() });
    }
    ranges.sort_unstable();
    Ok(ranges)
}

struct Stream<'t, E> {
    entries: u64,
    last: u64,
    take: &'t mut dyn FnMut(u64) -> Result<(), E>,
}

impl<E: From<SourceProblem>> Stream<'_, E> {
    fn file(&mut self, path: &Path, prefix: Option<Prefix>, progress: &dyn Fn(u64, u64)) -> Result<(), E> {
        let unreadable = |why| SourceProblem::Unreadable { path: path.to_owned(), why };
        let file = File::open(path).map_err(unreadable)?;
        let mut lines = Lines::new(BufReader::with_capacity(BUFFER, file));
        let mut bytes = 0;
        while let Some(text) = lines.next_line().map_err(unreadable)? {
            bytes += u64::try_from(text.len()).unwrap_or(u64::MAX) + 1;
            let read = range::line(prefix, text);
            let number = lines.number();
            let listed = match read {
                Ok(listed) if listed.count == 0 => continue,
                Ok(listed) => listed,
                Err(why) => {
                    return Err(SourceProblem::BadLine { path: path.to_owned(), line: number, why }.into());
                }
            };
            let key = key(&listed.hash);
            if key < self.last {
                return Err(SourceProblem::OutOfOrder { path: path.to_owned(), line: number }.into());
            }
            self.last = key;
            self.entries += 1;
            (self.take)(key)?;
            if self.entries.is_multiple_of(WORD_EVERY) {
                progress(self.entries, bytes);
            }
        }
        Ok(())
    }
}

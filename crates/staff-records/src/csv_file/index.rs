//! Where the rows of each person stand.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, Reader};

use super::headings::Columns;
use crate::{MOST_OF_ONE_PERSON, MOST_RECORDS, Place, SourceProblem, Wrong, WrongRecord};

/// No row is longer, in bytes: the largest is a picture.
const LONGEST_ROW: usize = 512 << 10;

/// Where a row begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) byte: u64,
    pub(super) line: u64,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    /// The rows of each, in the order in which they stand there first.
    pub(super) people: Vec<Vec<Row>>,
    /// What cannot be read, the last first.
    pub(super) wrong: Vec<WrongRecord>,
}

/// What tells one name from another: letters may be small or not.
pub(super) fn same(name: &str) -> String {
    name.to_lowercase()
}

/// Reads all rows below the headings.
pub(super) fn read(rows: &mut Rows<'_>, columns: &Columns) -> Result<Index, SourceProblem> {
    let mut index = Index::default();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut record = ByteRecord::new();
    let mut count = 0;
    while rows.next(&mut record)? {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        count += 1;
        if count > MOST_RECORDS {
            return Err(SourceProblem::TooManyRecords);
        }
        let (byte, line) = record.position().map_or((0, 0), |at| (at.byte(), at.line() + rows.behind));
        let wrong = match named(&record, columns) {
            Err(wrong) => Some(wrong),
            Ok(name) => {
                let number = *numbers.entry(same(name)).or_insert_with(|| {
                    index.people.push(Vec::new());
                    index.people.len() - 1
                });
                match index.people.get_mut(number) {
                    Some(theirs) if theirs.len() < MOST_OF_ONE_PERSON => {
                        theirs.push(Row { byte, line });
                        None
                    }
                    _ => Some(Wrong::TooMany),
                }
            }
        };
        if let Some(what) = wrong {
            index.wrong.push(WrongRecord { place: Place::Line(line), what });
        }
    }
    index.wrong.reverse();
    Ok(index)
}

/// Who stands in a row that can be read.
fn named<'r>(record: &'r ByteRecord, columns: &Columns) -> Result<&'r str, Wrong> {
    let (cells, headings) = (record.len(), columns.count());
    if record.iter().any(|cell| cell.contains(&b'\n')) {
        return Err(Wrong::LineEnd);
    }
    if cells < headings || record.iter().skip(headings).any(|cell| !cell.trim_ascii().is_empty()) {
        return Err(Wrong::Cells { cells, headings });
    }
    if columns.cells(record).is_none() {
        return Err(Wrong::NotUtf8);
    }
    columns.person(record).ok_or(Wrong::Nobody)
}

/// The rows of a file, one after the other.
pub(super) struct Rows<'a> {
    pub(super) path: &'a Path,
    pub(super) reader: &'a mut Reader<Bounded>,
    pub(super) budget: &'a Budget,
    /// So many lines the reader is behind: of a line end of two bytes it takes the second one with the next row.
    pub(super) behind: u64,
}

impl Rows<'_> {
    pub(super) fn headings_are_read(&mut self) {
        self.behind = 2_u64.saturating_sub(self.reader.position().line());
    }

    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<bool, SourceProblem> {
        self.budget.refill();
        let line = self.reader.position().line() + self.behind;
        self.reader.read_byte_record(record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(why) if why.kind() == io::ErrorKind::OutOfMemory => {
                SourceProblem::LongRow { path: self.path.to_owned(), line }
            }
            csv::ErrorKind::Io(why) => SourceProblem::Unreadable { path: self.path.to_owned(), why },
            _ => SourceProblem::Fault("the file is no table"),
        })
    }
}

/// How much may be read before a row ends.
#[derive(Clone)]
pub(super) struct Budget(Arc<AtomicUsize>);

impl Budget {
    pub(super) fn refill(&self) {
        self.0.store(LONGEST_ROW, Ordering::Relaxed);
    }
}

/// A file of which no row is read without end: one quotation mark that is not closed makes a row of all that follows.
pub(super) struct Bounded {
    file: File,
    left: Budget,
}

impl Bounded {
    pub(super) fn new(file: File) -> (Self, Budget) {
        let left = Budget(Arc::new(AtomicUsize::new(LONGEST_ROW)));
        (Self { file, left: left.clone() }, left)
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.0.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        let read = self.file.read(buffer)?;
        self.left.0.store(left.saturating_sub(read), Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

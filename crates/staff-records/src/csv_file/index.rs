//! Where the rows of each person stand.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, Position, Reader};

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
        let byte = record.position().map_or(0, Position::byte);
        let line = rows.line(byte);
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        count += 1;
        if count > MOST_RECORDS {
            return Err(SourceProblem::TooManyRecords);
        }
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
}

impl Rows<'_> {
    /// The line on which a row begins that the reader found at `byte`; rows come in the order of the file.
    fn line(&mut self, byte: u64) -> u64 {
        self.reader.get_mut().lines.as_mut().map_or(0, |lines| lines.of(byte))
    }

    pub(super) fn next(&mut self, record: &mut ByteRecord) -> Result<bool, SourceProblem> {
        self.budget.refill();
        let from = self.reader.position().byte();
        self.reader.read_byte_record(record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(why) if why.kind() == io::ErrorKind::OutOfMemory => {
                SourceProblem::LongRow { path: self.path.to_owned(), line: self.line(from) }
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
    lines: Option<Lines>,
}

/// Counts lines as whoever opens the file does. The reader is behind where a line ends in two bytes, since it takes the second one with
/// the next row, and where lines are empty.
struct Lines {
    /// What was read and is not counted yet: little more than a row.
    ahead: VecDeque<u8>,
    /// Where that begins in the file.
    at: u64,
    line: u64,
}

impl Lines {
    fn of(&mut self, byte: u64) -> u64 {
        let before =
            usize::try_from(byte.saturating_sub(self.at)).unwrap_or(usize::MAX).min(self.ahead.len());
        let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let passed = before + self.ahead.iter().skip(before).take_while(is_end).count();
        self.at += u64::try_from(passed).unwrap_or_default();
        self.line += self.ahead.drain(..passed).map(|byte| u64::from(byte == b'\n')).sum::<u64>();
        self.line
    }
}

impl Bounded {
    pub(super) fn new(file: File) -> (Self, Budget) {
        let left = Budget(Arc::new(AtomicUsize::new(LONGEST_ROW)));
        let lines = Lines { ahead: VecDeque::new(), at: 0, line: 1 };
        (Self { file, left: left.clone(), lines: Some(lines) }, left)
    }

    /// From now on rows are read in another order.
    pub(super) fn count_no_more(&mut self) {
        self.lines = None;
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
        if let Some(lines) = &mut self.lines {
            lines.ahead.extend(buffer.iter().take(read));
        }
        Ok(read)
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

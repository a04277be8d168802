//! A file of comma-separated values: a row for each person and credential, in any order.
//!
//! It is read twice: first to find where the rows of each person stand, which takes some bytes for each row, and then person by person.
//! The file may be as large as it likes, and what comes out is in the order in which people stand there first.

mod headings;
mod index;
pub mod outside;

use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use csv::{ByteRecord, Position, Reader};

use crate::{Glimpse, Person, Place, Reading, Record, Said, SourceProblem, StaffRecords, Told};
use headings::Columns;
pub use headings::Headings;
use index::{Bounded, Index};

/// No file is larger, in bytes.
pub(crate) const LARGEST_FILE: u64 = 512 << 20;
/// So many people are told of at once.
const AT_ONCE: usize = 100;

/// A file, or a folder of which the file counts whose name comes last: names with a day in them are in the order of days.
#[derive(Debug, Clone)]
pub struct CsvFile {
    path: PathBuf,
    headings: Headings,
}

impl CsvFile {
    /// The file or folder at `path`. It need not be there yet.
    pub fn new(path: impl Into<PathBuf>, headings: Headings) -> Self {
        Self { path: path.into(), headings }
    }

    fn begin(&self) -> Result<CsvReading, SourceProblem> {
        let path = newest(&self.path)?;
        let unreadable = |why| SourceProblem::Unreadable { path: path.clone(), why };
        let file = File::open(&path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.len() > LARGEST_FILE {
            return Err(SourceProblem::LargeFile(path));
        }
        let watched = file.try_clone().map_err(unreadable)?;
        let (bounded, budget) = Bounded::new(file);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bounded);
        let mut rows = index::Rows { path: &path, reader: &mut reader, budget: &budget };
        let columns = headings::read(&mut rows, self.headings)?;
        let index = index::read(&mut rows, &columns)?;
        reader.get_mut().count_no_more();
        let state = state(&metadata);
        Ok(CsvReading(Some(Inner { path, watched, state, reader, budget, columns, index, at: 0 })))
    }
}

#[async_trait]
impl StaffRecords for CsvFile {
    async fn open(&self) -> Result<Box<dyn Reading>, SourceProblem> {
        let file = self.clone();
        let begun = tokio::task::spawn_blocking(move || file.begin()).await;
        let reading = begun.map_err(|_| SourceProblem::Fault("reading the file was broken off"))??;
        Ok(Box::new(reading))
    }

    async fn check(&self) -> Result<Glimpse, SourceProblem> {
        let file = self.clone();
        let begun = tokio::task::spawn_blocking(move || file.begin()).await;
        let CsvReading(inner) =
            begun.map_err(|_| SourceProblem::Fault("reading the file was broken off"))??;
        let index = inner.map(|inner| inner.index).unwrap_or_default();
        let records = index.people.iter().map(Vec::len).sum::<usize>() + index.wrong.len();
        Ok(Glimpse { people: index.people.len(), records, all: true })
    }
}

/// Whatever tells that somebody has written to a file.
fn state(metadata: &Metadata) -> (u64, Option<SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

fn newest(path: &Path) -> Result<PathBuf, SourceProblem> {
    let unreadable = |why| SourceProblem::Unreadable { path: path.to_owned(), why };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(path.to_owned());
    }
    let mut last: Option<PathBuf> = None;
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?.path();
        let is_csv = entry.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        if is_csv && last.as_ref().is_none_or(|last| last.file_name() < entry.file_name()) {
            last = Some(entry);
        }
    }
    last.ok_or_else(|| SourceProblem::NoFile(path.to_owned()))
}

struct CsvReading(Option<Inner>);

struct Inner {
    path: PathBuf,
    /// The same open file: what replaces it by its name is another one.
    watched: File,
    state: (u64, Option<SystemTime>),
    reader: Reader<Bounded>,
    budget: index::Budget,
    columns: Columns,
    index: Index,
    at: usize,
}

#[async_trait]
impl Reading for CsvReading {
    async fn next(&mut self) -> Result<Option<Vec<Told>>, SourceProblem> {
        const BROKEN_OFF: SourceProblem = SourceProblem::Fault("reading the file was broken off");
        let mut inner = self.0.take().ok_or(BROKEN_OFF)?;
        let read = tokio::task::spawn_blocking(move || {
            let told = inner.next();
            (inner, told)
        });
        let (inner, told) = read.await.map_err(|_| BROKEN_OFF)?;
        self.0 = Some(inner);
        told
    }
}

impl Inner {
    fn next(&mut self) -> Result<Option<Vec<Told>>, SourceProblem> {
        if !self.index.wrong.is_empty() {
            let first = self.index.wrong.len().saturating_sub(AT_ONCE);
            return Ok(Some(self.index.wrong.split_off(first).into_iter().rev().map(Told::Wrong).collect()));
        }
        let to = self.index.people.len().min(self.at + AT_ONCE);
        if self.at == to {
            return Ok(None);
        }
        let mut told = Vec::with_capacity(to - self.at);
        for person in self.at..to {
            told.push(Told::Person(self.person(person)?));
        }
        self.at = to;
        // What was read is true of one file, not half of two.
        let now = self.watched.metadata().map_err(|_| SourceProblem::Changed(self.path.clone()))?;
        if state(&now) == self.state {
            Ok(Some(told))
        } else {
            Err(SourceProblem::Changed(self.path.clone()))
        }
    }

    fn person(&mut self, number: usize) -> Result<Person, SourceProblem> {
        let changed = || SourceProblem::Changed(self.path.clone());
        let rows = self.index.people.get_mut(number).map(std::mem::take).unwrap_or_default();
        let mut person = Person { name: String::new(), records: Vec::with_capacity(rows.len()) };
        let mut record = ByteRecord::new();
        for row in rows {
            self.budget.refill();
            let mut position = Position::new();
            position.set_byte(row.byte).set_line(row.line).set_record(1);
            self.reader.seek(position).map_err(|_| changed())?;
            if !self.reader.read_byte_record(&mut record).map_err(|_| changed())? {
                return Err(changed());
            }
            let named = self.columns.person(&record).ok_or_else(changed)?;
            if person.name.is_empty() {
                named.clone_into(&mut person.name);
            } else if index::same(&person.name) != index::same(named) {
                return Err(changed());
            }
            let said = Said::Cells(self.columns.cells(&record).ok_or_else(changed)?);
            person.records.push(Record { place: Place::Line(row.line), said });
        }
        Ok(person)
    }
}

/// A name of a column, shared by all cells below it.
type Name = Arc<str>;

#[cfg(test)]
mod tests;

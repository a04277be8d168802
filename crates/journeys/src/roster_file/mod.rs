//! The employer's list of people as a CSV file: bytes in, typed rows and named mistakes out. Nothing is imported here.
//!
//! Files come from spreadsheets and from HR systems: with or without a byte order mark, with either kind of line end,
//! with columns in any order and headings in any case. Every mistake is named with its line and column; none of them
//! repeats what stands in the cell, for that is somebody's name or address.

mod header;

use std::collections::HashMap;
use std::fmt;

use csv::{ByteRecord, ReaderBuilder};
use jiff::civil::Date;
use rules::phone::PhonePolicy;
use rules::roster::{COLUMNS, EmploymentStatus, RosterFields, RosterRow, RowProblem};

use header::Header;

/// What a file says.
#[derive(Debug, Default)]
pub struct RosterFile {
    /// The good rows, each person once.
    pub rows: Vec<RosterRow>,
    /// The line of each on which it begins, counted from 1.
    pub lines: Vec<u64>,
    /// Which of all rows of the file each is, counted from 0: the same whatever is wrong with the others.
    pub places: Vec<usize>,
    /// What is wrong with the others, in the order of the file.
    pub mistakes: Vec<Mistake>,
    /// How many rows are left out because of that.
    pub bad_rows: usize,
}

/// One thing that is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line of the file on which the row begins, counted from 1: the headings stand on line 1.
    pub line: u64,
    /// The column, as it is called in the template; none where the row as a whole is wrong.
    pub column: Option<&'static str>,
    /// What kind of mistake it is.
    pub kind: MistakeKind,
    /// What is wrong, and what is expected.
    pub reason: String,
}

/// What kind of mistake a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MistakeKind {
    /// A cell does not hold what its column asks for.
    Cell,
    /// The row has no cells that stand below the headings.
    Row,
    /// The cell holds what an earlier line has, and no two may.
    Twice {
        /// That line.
        first: u64,
    },
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(out, "line {}, column {column}: {}", self.line, self.reason),
            None => write!(out, "line {}: {}", self.line, self.reason),
        }
    }
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// There is nothing in it.
    #[error("the file is empty; `fobwatch roster import --template` prints one to fill in")]
    Empty,
    /// It is in another encoding.
    #[error("line {line} is not UTF-8: save the file as \"CSV UTF-8\" in the spreadsheet program")]
    NotUtf8 {
        /// The first such line, counted from 1.
        line: usize,
    },
    /// The headings are not those of a roster.
    #[error("line 1, the headings: {}", .0.join("; "))]
    Headings(Vec<String>),
}

/// Reads a file. `today` is the organisation's local day, for dates of birth; `phones` says which numbers are welcome.
///
/// # Errors
/// Where the file as a whole cannot be read; mistakes in rows are part of the answer.
pub fn read(bytes: &[u8], today: Date, phones: PhonePolicy) -> Result<RosterFile, FileProblem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Err(wrong) = std::str::from_utf8(bytes) {
        let line = bytes.iter().take(wrong.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        return Err(FileProblem::NotUtf8 { line });
    }
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut record = ByteRecord::new();
    if !next(&mut reader, &mut record) {
        return Err(FileProblem::Empty);
    }
    let headings: Vec<&str> = record.iter().map(text).collect();
    let header = Header::read(&headings).map_err(FileProblem::Headings)?;

    let mut records = Vec::new();
    let mut lines = Lines { bytes, at: 0, line: 1 };
    while next(&mut reader, &mut record) {
        let line = lines.of(&record);
        if !record.iter().all(|cell| text(cell).trim().is_empty()) {
            records.push((line, record.clone()));
        }
    }
    Ok(collected(parsed(&records, &header, &Reading { today, phones })))
}

/// Each record as a row or its mistakes, in their order. Telephone numbers take long to judge, so all cores do it.
fn parsed(records: &[(u64, ByteRecord)], header: &Header, reading: &Reading) -> Vec<Parsed> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = records.len().div_ceil(cores).max(1);
    let parse = |records: &[(u64, ByteRecord)]| -> Vec<Parsed> {
        let parse = |(line, record): &(u64, ByteRecord)| Parsed {
            line: *line,
            row: row((*line, record), header, reading),
        };
        records.iter().map(parse).collect()
    };
    std::thread::scope(|scope| {
        let shares: Vec<_> = records.chunks(share).map(|share| scope.spawn(move || parse(share))).collect();
        shares
            .into_iter()
            .flat_map(|share| share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Good rows and mistakes apart. Of two rows with one address the first counts, and so does the first of two people with one staff number:
/// nobody could sign in with it.
fn collected(parsed: Vec<Parsed>) -> RosterFile {
    let mut file = RosterFile::default();
    let mut first_lines: HashMap<String, u64> = HashMap::new();
    let mut first_numbers: HashMap<String, u64> = HashMap::new();
    for (place, Parsed { line, row }) in parsed.into_iter().enumerate() {
        let row = row.and_then(|row| {
            let twice = |first, column, what: &str| {
                let (kind, reason) =
                    (MistakeKind::Twice { first }, format!("{what} is that of line {first}, too"));
                Err(vec![Mistake { line, column: Some(column), kind, reason }])
            };
            let first = *first_lines.entry(row.email.as_str().to_owned()).or_insert(line);
            if first != line {
                return twice(first, "email", "the address");
            }
            if let Some(number) = live_number(&row) {
                let first = *first_numbers.entry(number.to_owned()).or_insert(line);
                if first != line {
                    return twice(first, "esr number", "the staff number");
                }
            }
            Ok(row)
        });
        match row {
            Ok(row) => {
                file.lines.push(line);
                file.places.push(place);
                file.rows.push(row);
            }
            Err(mistakes) => {
                file.bad_rows += 1;
                file.mistakes.extend(mistakes);
            }
        }
    }
    file
}

/// The staff number of somebody who has not left.
fn live_number(row: &RosterRow) -> Option<&str> {
    let left = row.employment_status == EmploymentStatus::Leaver;
    row.esr_number.as_deref().filter(|_| !left)
}

impl RosterFile {
    /// Leaves out rows with the staff number of somebody else, who is on the list without standing in the file: `taken` holds their
    /// addresses by their numbers.
    pub fn leave_out_numbers(&mut self, taken: &HashMap<String, String>) {
        let is_taken = |row: &RosterRow| {
            live_number(row)
                .and_then(|number| taken.get(number))
                .is_some_and(|email| *email != row.email.as_str())
        };
        let good: Vec<bool> = self.rows.iter().map(|row| !is_taken(row)).collect();
        for (line, _) in self.lines.iter().zip(&good).filter(|(_, good)| !**good) {
            self.mistakes.push(Mistake {
                line: *line,
                column: Some("esr number"),
                kind: MistakeKind::Cell,
                reason: "the staff number is that of somebody who was invited with another address"
                    .to_owned(),
            });
        }
        self.mistakes.sort_by_key(|mistake| mistake.line);
        let before = self.rows.len();
        keep(&mut self.rows, &good);
        keep(&mut self.lines, &good);
        keep(&mut self.places, &good);
        self.bad_rows += before - self.rows.len();
    }

    /// How many rows there are, good and bad.
    pub fn all_rows(&self) -> usize {
        self.rows.len() + self.bad_rows
    }
}

fn keep<T>(all: &mut Vec<T>, good: &[bool]) {
    let mut good = good.iter();
    all.retain(|_| good.next().is_none_or(|good| *good));
}

/// One record, read.
struct Parsed {
    line: u64,
    row: Result<RosterRow, Vec<Mistake>>,
}

/// What holds for every row.
struct Reading {
    today: Date,
    phones: PhonePolicy,
}

/// A file to fill in: the headings alone, so that no example is ever imported by mistake.
pub fn template() -> String {
    format!("{}\r\n", COLUMNS.join(","))
}

/// Reading from memory cannot fail once the text is known to be UTF-8.
fn next(reader: &mut csv::Reader<&[u8]>, record: &mut ByteRecord) -> bool {
    reader.read_byte_record(record).unwrap_or(false)
}

fn text(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default()
}

/// Counts lines as whoever opens the file does. The reader is one behind where lines end in two bytes, since it takes the second one
/// with the next record.
struct Lines<'a> {
    bytes: &'a [u8],
    /// So far it has counted.
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record begins; records come in the order of the file.
    fn of(&mut self, record: &ByteRecord) -> u64 {
        let from = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(self.at);
        let rest = self.bytes.get(from..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.bytes.get(self.at..from + ends).unwrap_or_default();
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.at = from + ends;
        self.line
    }
}

fn row(
    (line, record): (u64, &ByteRecord),
    header: &Header,
    reading: &Reading,
) -> Result<RosterRow, Vec<Mistake>> {
    let whole = |reason: String| vec![Mistake { line, column: None, kind: MistakeKind::Row, reason }];
    let (cells, headings) = (record.len(), header.len());
    if record.iter().any(|cell| cell.contains(&b'\n')) {
        return Err(whole("a cell holds a line end; perhaps a quotation mark is not closed".to_owned()));
    }
    let beyond = record.iter().skip(headings).any(|cell| !text(cell).trim().is_empty());
    if cells < headings || beyond {
        return Err(whole(format!("has {cells} cells where there are {headings} headings")));
    }
    let cell = |column: usize| header.place(column).and_then(|at| record.get(at)).map_or("", text);
    let fields: [&str; COLUMNS.len()] = std::array::from_fn(cell);
    RosterRow::parse(&RosterFields::in_order(fields), reading.today, reading.phones).map_err(|problems| {
        let named = problems.into_iter();
        let mistake = |RowProblem { column, reason }| Mistake {
            line,
            column: Some(column),
            kind: MistakeKind::Cell,
            reason,
        };
        named.map(mistake).collect()
    })
}

#[cfg(test)]
mod tests;

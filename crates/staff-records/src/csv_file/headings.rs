//! The first line: which column is which.

use std::collections::HashSet;

use csv::ByteRecord;

use super::Name;
use super::index::Rows;
use crate::SourceProblem;

/// What headings there may be, in small letters.
#[derive(Debug, Clone, Copy)]
pub struct Headings {
    /// The column that names the person.
    pub person: &'static str,
    /// Others that must be there.
    pub needed: &'static [&'static str],
    /// Whether a column may be called so.
    pub known: fn(&str) -> bool,
}

pub(super) struct Columns {
    names: Vec<Name>,
    person: usize,
}

/// Reads the first line. Columns stand in any order, their names in any case.
pub(super) fn read(rows: &mut Rows<'_>, headings: Headings) -> Result<Columns, SourceProblem> {
    let mut record = ByteRecord::new();
    if !rows.next(&mut record)? {
        return Err(SourceProblem::Empty(rows.path.to_owned()));
    }
    let names: Vec<Name> =
        record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_lowercase().into()).collect();
    let mut what = Vec::new();
    let mut seen = HashSet::new();
    for (number, name) in names.iter().enumerate() {
        // A heading is no secret, but it may be a row that stands where headings belong.
        let column = number + 1;
        if !(headings.known)(name) {
            what.push(format!("column {column} is called like nothing that a credential says"));
        } else if !seen.insert(name) {
            what.push(format!("column {column} is a second {name}"));
        }
    }
    for needed in [headings.person].iter().chain(headings.needed) {
        if !names.iter().any(|name| **name == **needed) {
            what.push(format!("there is no {needed}"));
        }
    }
    let person = names.iter().position(|name| **name == *headings.person);
    match person {
        Some(person) if what.is_empty() => Ok(Columns { names, person }),
        _ => {
            what.truncate(20);
            Err(SourceProblem::Headings { path: rows.path.to_owned(), what })
        }
    }
}

impl Columns {
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// Who stands in a row; none where nobody does.
    pub(super) fn person<'r>(&self, record: &'r ByteRecord) -> Option<&'r str> {
        let name = std::str::from_utf8(record.get(self.person)?).ok()?.trim();
        (!name.is_empty()).then_some(name)
    }

    /// The cells of a row, each with the heading of its column; none where they are not UTF-8.
    pub(super) fn cells(&self, record: &ByteRecord) -> Option<Vec<(Name, String)>> {
        let mut cells = Vec::with_capacity(self.names.len());
        for (name, cell) in self.names.iter().zip(record) {
            let text = std::str::from_utf8(cell).ok()?.trim();
            if !text.is_empty() {
                cells.push((Name::clone(name), text.to_owned()));
            }
        }
        Some(cells)
    }
}

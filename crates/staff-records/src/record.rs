//! What a source tells: a person with their records, or a record of which not even that can be said.

use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// Where something stands in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The line of a file on which the row begins, counted from 1: the headings stand on line 1.
    Line(u64),
    /// In a page, counted from 1, by a JSON pointer (RFC 6901).
    Page {
        /// Which page.
        page: u32,
        /// Where in it.
        pointer: String,
    },
}

impl Place {
    /// The place of something within the record that stands here, by a JSON pointer into the record: in a table that is a column.
    pub fn within(&self, pointer: &str) -> String {
        match self {
            Self::Line(line) => match pointer.rsplit('/').next().filter(|column| !column.is_empty()) {
                Some(column) => format!("line {line}, column {column}"),
                None => format!("line {line}"),
            },
            Self::Page { page, pointer: here } => format!("page {page}, {here}{pointer}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.within(""))
    }
}

/// What a record says, in the form of its source.
#[derive(Clone, PartialEq)]
pub enum Said {
    /// The cells of a row, each with the heading of its column.
    Cells(Vec<(Arc<str>, String)>),
    /// JSON.
    Json(Value),
}

impl fmt::Debug for Said {
    /// Says nothing of what it says.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Cells(_) => "Cells(…)",
            Self::Json(_) => "Json(…)",
        })
    }
}

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub said: Said,
}

/// Somebody whom a source knows.
#[derive(Clone, PartialEq)]
pub struct Person {
    /// Their e-mail address or staff number, as the source writes it.
    pub name: String,
    /// What it says of them, in its order.
    pub records: Vec<Record>,
}

impl fmt::Debug for Person {
    /// Does not say who.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Person").field("records", &self.records).finish_non_exhaustive()
    }
}

/// What a source tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Of somebody.
    Person(Person),
    /// Something that cannot be read.
    Wrong(WrongRecord),
}

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongRecord {
    /// Where it stands.
    pub place: Place,
    /// Why.
    pub what: Wrong,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Nobody is named.
    #[error("names nobody: write the e-mail address or the staff number of the person")]
    Nobody,
    /// Not in UTF-8.
    #[error("is not UTF-8: let the HR system write its file in UTF-8")]
    NotUtf8,
    /// A row of another length than the headings.
    #[error("has {cells} cells where there are {headings} headings")]
    Cells {
        /// So many cells.
        cells: usize,
        /// So many headings.
        headings: usize,
    },
    /// A line end in a cell.
    #[error("holds a line end in a cell; perhaps a quotation mark is not closed")]
    LineEnd,
    /// One too many of this person.
    #[error("is one of more than {} of this person", crate::MOST_OF_ONE_PERSON)]
    TooMany,
    /// Not an object.
    #[error("write an object with person and credentials")]
    NotAPerson,
    /// No list of credentials.
    #[error("write a list of credentials")]
    NoList,
}

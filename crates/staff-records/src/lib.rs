//! What an HR system tells of people: a file of comma-separated values that it leaves in a folder, or pages of JSON that it answers
//! over HTTPS. What comes out is the same: person by person, each with what their records say, and with the place of each, so that
//! whatever is wrong with one can be named.
//!
//! Nothing here knows what a record may say, nor who of these people has an account. No name, no address and nothing of what a record
//! says is in an error, in a place or in what `Debug` prints.

mod csv_file;
pub mod outside;
mod problem;
mod record;
mod rest;

pub use csv_file::{CsvFile, Headings};
pub use problem::{AddressProblem, SourceProblem};
pub use record::{Person, Place, Record, Said, Told, Wrong, WrongRecord};
pub use rest::Rest;

use async_trait::async_trait;

/// At most so many records are taken from a source.
pub const MOST_RECORDS: usize = 200_000;
/// At most so many of one person.
pub const MOST_OF_ONE_PERSON: usize = 50;

/// A source of staff records.
#[async_trait]
pub trait StaffRecords: Send + Sync + std::fmt::Debug {
    /// Begins to read all that it tells at present.
    ///
    /// # Errors
    /// [`SourceProblem`].
    async fn open(&self) -> Result<Box<dyn Reading>, SourceProblem>;

    /// Looks whether it can be read, as far as that is quickly done.
    ///
    /// # Errors
    /// [`SourceProblem`].
    async fn check(&self) -> Result<Glimpse, SourceProblem>;
}

/// A source that is being read.
#[async_trait]
pub trait Reading: Send {
    /// The next people, some hundred at once; none where all have been told.
    ///
    /// # Errors
    /// [`SourceProblem`]: what was told before stands, what comes after is not known.
    async fn next(&mut self) -> Result<Option<Vec<Told>>, SourceProblem>;
}

/// What a look at a source found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glimpse {
    /// People.
    pub people: usize,
    /// Their records.
    pub records: usize,
    /// Whether that is all of them.
    pub all: bool,
}

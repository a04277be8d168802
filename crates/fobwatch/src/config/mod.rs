//! The configuration: one commented TOML file, every key also as `FOBWATCH_SECTION__KEY` in the environment, which wins.
//!
//! [`table`] is the one list of keys, with their documentation, defaults and examples. The typed [`Config`], its reader,
//! the printed example and the reference page are all made from it.

mod address;
mod checks;
mod contract;
mod print;
pub mod problem;
mod reader;
mod schema;
mod staff_source;
pub mod table;
pub mod value;
mod wallet;

use std::path::Path;

pub use print::{example, reference};
pub use problem::{Place, Problem, Problems};
pub use schema::{Key, Section, Shape};
pub use table::{Config, SECTIONS};

use reader::Reader;

impl Config {
    /// Reads the file, if there is one, and the variables of the environment over it. Variables that don't begin with
    /// `FOBWATCH_` are not looked at.
    ///
    /// # Errors
    /// Everything that is wrong, all at once, with its place and what to write instead.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let Some(path) = file else { return Self::parse(None, environment) };
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(Some((&name, &text)), environment),
            Err(error) => Err(Problems(vec![Problem {
                place: Place::File(name),
                what: format!("the file cannot be read ({error})"),
                remedy: "Give the path of a configuration file that this user may read; `fobwatch config example` prints one."
                    .into(),
            }])),
        }
    }

    /// As [`Config::load`], with the text of the file as `(name, text)`.
    ///
    /// # Errors
    /// Everything that is wrong, all at once.
    pub fn parse(
        file: Option<(&str, &str)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Problems> {
        let mut reader = Reader::new(file, environment);
        let config = Self::read(&mut reader);
        if let Some(config) = &config {
            checks::check(config, &mut reader);
        }
        let problems = reader.into_problems();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(Problems(problems)),
        }
    }
}

/// The variables of this process, as text. A name or value that is not UTF-8 is read as nearly as can be.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(move |(name, value)| (text(name), text(value)))
}

#[cfg(test)]
mod tests;

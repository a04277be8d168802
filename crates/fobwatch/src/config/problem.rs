//! What is wrong with a configuration, where, and what to write instead. Never the value of a secret.

use std::fmt;

/// Where a value was found, or would have been looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A line of the file, counted from 1.
    Line {
        /// The file as it was named on the command line.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// The file as a whole.
    File(String),
    /// A variable of the environment.
    Variable(String),
    /// Neither: there is no file.
    Nowhere,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line } => write!(out, "{file}, line {line}"),
            Self::File(file) => out.write_str(file),
            Self::Variable(_) => out.write_str("environment"),
            Self::Nowhere => out.write_str("configuration"),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it was found.
    pub place: Place,
    /// What is wrong, beginning with the key as it is called in that place.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}. {}", self.place, self.what, self.remedy)
    }
}

/// Everything that is wrong, in the order of the file and then of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => writeln!(out, "There is a problem in the configuration:")?,
            many => writeln!(out, "There are {many} problems in the configuration:")?,
        }
        for problem in &self.0 {
            write!(out, "\n- {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

//! The headings of a roster file: which column of the file holds what.

use rules::nearest::nearest;
use rules::roster::{COLUMNS, OPTIONAL_COLUMNS};

/// Where each of [`COLUMNS`] stands in the file.
#[derive(Debug)]
pub(super) struct Header {
    places: [Option<usize>; COLUMNS.len()],
    len: usize,
}

impl Header {
    /// Matches headings by their letters and digits alone: `E-mail`, `EMAIL` and `email` are one.
    pub(super) fn read(headings: &[&str]) -> Result<Self, Vec<String>> {
        let mut places = [None; COLUMNS.len()];
        let mut problems = Vec::new();
        // A spreadsheet leaves empty columns at the end.
        let len = headings.iter().rposition(|heading| !heading.trim().is_empty()).map_or(0, |last| last + 1);
        for (at, heading) in headings.iter().take(len).enumerate() {
            let known = COLUMNS.iter().position(|column| letters(column) == letters(heading));
            match known.and_then(|column| places.get_mut(column)) {
                Some(place @ None) => *place = Some(at),
                Some(Some(_)) => problems.push(format!("the column \"{}\" is there twice", heading.trim())),
                None => problems.push(unknown(heading)),
            }
        }
        let needed = |column: &str| !OPTIONAL_COLUMNS.contains(&column);
        for (column, place) in COLUMNS.iter().zip(&places) {
            if place.is_none() && needed(column) {
                problems.push(format!("the column \"{column}\" is missing"));
            }
        }
        if headings.len() == 1 && headings.iter().any(|heading| heading.contains([';', '\t'])) {
            problems =
                vec!["the columns are not separated by commas: save the file as \"CSV UTF-8\"".to_owned()];
        }
        if problems.is_empty() { Ok(Self { places, len }) } else { Err(problems) }
    }

    /// How many columns the file has.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Where the column with this number in [`COLUMNS`] stands.
    pub(super) fn place(&self, column: usize) -> Option<usize> {
        self.places.get(column).copied().flatten()
    }
}

fn letters(heading: &str) -> String {
    heading.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn unknown(heading: &str) -> String {
    if heading.trim().is_empty() {
        return "a column has no heading".to_owned();
    }
    let typed = heading.trim().to_lowercase().replace(['_', '-'], " ");
    match nearest(&typed, COLUMNS) {
        Some(near) => format!("the column \"{}\" is not known (did you mean \"{near}\"?)", heading.trim()),
        None => format!("the column \"{}\" is not known: remove it", heading.trim()),
    }
}

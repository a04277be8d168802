//! What must hold for whatever stands in a file. It takes any bytes and panics if a promise is broken; a test of this crate and the fuzz
//! target call it.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what it is for")]
#![expect(clippy::expect_used, clippy::panic, reason = "a broken promise panics")]

use std::collections::HashSet;
use std::fs;

use super::index::same;
use super::{CsvFile, CsvReading, Headings};
use crate::{MOST_OF_ONE_PERSON, Place, Said, Told};

const HEADINGS: Headings = Headings {
    person: "person",
    needed: &["kind"],
    known: |name| ["person", "kind", "subject"].contains(&name),
};

/// A table is read or not; everybody in it is told of once, each record with the line on which it stands.
pub fn staff_file(bytes: &[u8]) {
    let path = std::env::temp_dir().join(format!("staff-file-{}.csv", std::process::id()));
    if fs::write(&path, bytes).is_err() {
        return;
    }
    let begun = CsvFile::new(&path, HEADINGS).begin();
    if let Ok(CsvReading(Some(mut inner))) = begun {
        let mut told = Vec::new();
        while let Some(some) = inner.next().unwrap_or_else(|problem| panic!("nobody changed it: {problem}")) {
            assert!(!some.is_empty(), "it goes on");
            told.extend(some);
        }
        look_at(bytes, &told);
    }
    let _ = fs::remove_file(path);
}

fn look_at(bytes: &[u8], told: &[Told]) {
    let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    let line = |place: &Place| match place {
        Place::Line(line) => usize::try_from(*line).ok().and_then(|line| lines.get(line.checked_sub(1)?)),
        Place::Page { .. } => None,
    };
    let mut known = HashSet::new();
    for each in told {
        match each {
            Told::Person(person) => {
                assert!(!person.name.is_empty() && person.name.trim() == person.name);
                assert!(known.insert(same(&person.name)), "somebody is told of twice");
                assert!((1..=MOST_OF_ONE_PERSON).contains(&person.records.len()));
                for record in &person.records {
                    let there = line(&record.place).expect("a line of the file");
                    let Said::Cells(cells) = &record.said else { panic!("a row has cells") };
                    let named =
                        cells.iter().find(|(name, _)| **name == *"person").expect("a row names somebody");
                    assert_eq!(same(&named.1), same(&person.name));
                    // With quotation marks it may be written another way.
                    let written = there.windows(named.1.len()).any(|part| part == named.1.as_bytes());
                    assert!(written || bytes.contains(&b'"'), "line {} names somebody else", record.place);
                }
            }
            Told::Wrong(wrong) => assert!(line(&wrong.place).is_some()),
        }
    }
}

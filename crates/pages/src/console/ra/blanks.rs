//! Blank cards are registered before they are issued: one by one, or as a file from the bureau.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// A row of a file that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaBadRow {
    /// Its number; the heading is 1.
    pub row: u64,
    /// Why: `guid-malformed`, `guid-twice`, `guid-known`, `profile-unknown`, `label-too-long`, `row-malformed`.
    pub why: String,
}

/// *Register blank cards*.
#[derive(Debug, Clone, Serialize)]
pub struct RaBlanks {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// How many cards were registered just now.
    pub registered: Option<u64>,
    /// How many blank cards there are.
    pub blank: u64,
    /// Where one card posts to.
    pub action: String,
    /// What was typed before.
    pub guid: String,
    /// What was chosen before.
    pub profile: String,
    /// The profiles, by name.
    pub profiles: Vec<String>,
    /// What was typed before.
    pub label: String,
    /// Where a file posts to, as `file`.
    pub file_action: String,
    /// The first rows of the file that cannot be taken.
    pub bad_rows: Vec<RaBadRow>,
    /// How many there are in all.
    pub bad_count: u64,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for RaBlanks {
    const TEMPLATE: &'static str = "console-ra-blanks.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["guid", "profile", "label", "file"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            registered: None,
            blank: 212,
            action: "/console/smartcards/blank".into(),
            guid: String::new(),
            profile: String::new(),
            profiles: vec!["legacy-4-8-alphanumeric".into(), "piv-6-8-digits".into()],
            label: String::new(),
            file_action: "/console/smartcards/blank/file".into(),
            bad_rows: Vec::new(),
            bad_count: 0,
            back: Some("/console/smartcards".into()),
        };
        let row = |row, why: &str| RaBadRow { row, why: why.into() };
        let bad = Self {
            bad_rows: vec![
                row(2, "guid-malformed"),
                row(3, "guid-twice"),
                row(7, "guid-known"),
                row(9, "profile-unknown"),
                row(12, "label-too-long"),
                row(13, "row-malformed"),
            ],
            bad_count: 40,
            ..plain.clone()
        };
        let done = Self { registered: Some(5_000), blank: 5_212, ..plain.clone() };
        let one = Self {
            registered: Some(1),
            blank: 1,
            guid: "5f0c1e2a-9b3d-4c57-8e11-20a4b6c8d0f2".into(),
            profile: "piv-6-8-digits".into(),
            label: "NTH 004713".into(),
            ..plain.clone()
        };
        vec![plain, bad, done, one]
    }
}

//! What was read from a trust's HR system.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Link, Page, Place};

/// *Staff records*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleStaffRecords {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Whether they are being read.
    pub under_way: bool,
    /// That they could not be read.
    pub failed: Option<FailedPull>,
    /// What was found when all were last read.
    pub found: Option<FoundRecords>,
    /// Back to the search.
    pub back: Option<String>,
}

/// Records could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedPull {
    /// When, in words.
    pub at: String,
    /// When it is tried again, in words.
    pub again_at: String,
    /// What whoever looks after the HR system must know, as the program says it.
    pub problem: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundRecords {
    /// When, in words.
    pub at: String,
    /// Records that were provided as credentials.
    pub provided: u64,
    /// Records that say what they said before.
    pub unchanged: u64,
    /// Records of people without an account.
    pub without_account: u64,
    /// Records that hold no longer.
    pub run_out: u64,
    /// Records that cannot be provided.
    pub wrong: u64,
    /// The first of those, as the program names them.
    pub wrong_at: Vec<String>,
    /// Credentials of records that are there no more.
    pub vanished: u64,
    /// The first of those.
    pub vanished_links: Vec<Link>,
}

impl Page for ConsoleStaffRecords {
    const TEMPLATE: &'static str = "console-staff-records.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let none = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            under_way: false,
            failed: None,
            found: None,
            back: Some("/console/passports".into()),
        };
        let found = FoundRecords {
            at: "23 November 2026, 5:04am".into(),
            provided: 1,
            unchanged: 9_412,
            without_account: 0,
            run_out: 0,
            wrong: 0,
            wrong_at: Vec::new(),
            vanished: 0,
            vanished_links: Vec::new(),
        };
        let link = |title: &str| Link::new(title, "/console/passports/credentials/0193a0f0");
        let with_faults = FoundRecords {
            without_account: 312,
            run_out: 7,
            wrong: 140,
            wrong_at: vec![
                "line 17, column attained_on: is in the future".into(),
                "line 2048, certificate_number: it is missing; line 2048, dbs_outcome: write one of Clear, Not clear".into(),
            ],
            vanished: 23,
            vanished_links: vec![
                link("Fire safety: Amina Khan"),
                link("Resuscitation, Paediatric immediate life support: Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour"),
            ],
            ..found.clone()
        };
        let failed = FailedPull {
            at: "24 November 2026, 5am".into(),
            again_at: "5:15am".into(),
            problem: "/var/lib/fobwatch/staff-records: there is no file whose name ends in .csv".into(),
        };
        vec![
            Self { found: Some(found), ..none.clone() },
            Self { found: Some(with_faults), failed: Some(failed), ..none.clone() },
            Self { under_way: true, ..none.clone() },
            none,
        ]
    }
}

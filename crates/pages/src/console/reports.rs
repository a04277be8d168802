//! *Reports*: what the trust's staff passports amount to.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Choice, Page, Place};

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    /// What is counted: its name, or a word for which the page has words.
    pub name: String,
    /// Whether it is such a word.
    pub keyed: bool,
    /// What distinguishes it from others of this name.
    pub detail: Option<String>,
    /// Numbers; empty ones, and those at the end that are not there, say that there is nothing to count.
    pub cells: Vec<String>,
}

impl ReportRow {
    /// One that is called by its name.
    pub fn plain(name: impl Into<String>, cells: Vec<String>) -> Self {
        Self { name: name.into(), keyed: false, detail: None, cells }
    }

    /// One that goes by a word for which the page has words.
    pub fn keyed(name: &str, cells: Vec<String>) -> Self {
        Self { keyed: true, ..Self::plain(name, cells) }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportTable {
    /// Its lines.
    pub rows: Vec<ReportRow>,
    /// The same as a file.
    pub csv_href: String,
}

/// All that is told.
#[derive(Debug, Clone, Serialize)]
pub struct ReportsCounted {
    /// When it was counted, in words.
    pub when: String,
    /// By job role: people, active, by bypass, pending; of all that is required together, so much is there, of so much.
    pub passports: ReportTable,
    /// By type: how many stand how, in the order of the states.
    pub credentials: ReportTable,
    /// The months into which the days ahead reach, in words.
    pub months: Vec<String>,
    /// By type: what runs out within 30, 60 and 90 days, and in each of the months.
    pub ending: ReportTable,
    /// By standing: how many; how many of them wait for up to 7 days, up to 30, and longer; the longest.
    pub invitations: ReportTable,
    /// By reason: open, resolved, the median of days.
    pub rejections: ReportTable,
    /// By what was said of it: how many.
    pub shared: ReportTable,
}

/// *Reports*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleReports {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the form goes that chooses the area, as `area`.
    pub action: String,
    /// The areas.
    pub families: Vec<Choice>,
    /// The teams, each of which looks after some areas.
    pub teams: Vec<Choice>,
    /// The chosen one; empty: all.
    pub area: String,
    /// What was counted; none where nothing was yet.
    pub counted: Option<ReportsCounted>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for ConsoleReports {
    const TEMPLATE: &'static str = "console-reports.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let cells = |counts: &[u64]| counts.iter().map(u64::to_string).collect::<Vec<_>>();
        let table = |name: &str, rows: Vec<ReportRow>| ReportTable {
            rows,
            csv_href: format!("/console/passports/reports/{name}.csv"),
        };
        let long = "Resuscitation, Paediatric immediate life support";
        let some = ReportsCounted {
            when: "22 November 2026 at 9:58am".into(),
            passports: table(
                "passports",
                vec![
                    ReportRow::plain(
                        "Healthcare assistant on a ward",
                        cells(&[1204, 900, 4, 300, 30000, 36120]),
                    ),
                    ReportRow::plain("Porter", cells(&[0, 0, 0, 0, 0, 0])),
                    ReportRow::keyed("no-job-role", cells(&[17])),
                ],
            ),
            credentials: table(
                "credentials",
                vec![
                    ReportRow::plain("Right to work", cells(&[12, 100_000, 3, 4, 5, 6, 7])),
                    ReportRow::plain(long, cells(&[0, 1, 0, 0, 0, 0, 0])),
                ],
            ),
            months: ["November 2026", "December 2026", "January 2027", "February 2027"]
                .map(String::from)
                .into(),
            ending: table("credentials-ending", vec![ReportRow::plain(long, cells(&[3, 4, 5, 1, 2, 1, 1]))]),
            invitations: table(
                "invitations",
                vec![
                    ReportRow::keyed("sent", cells(&[5000, 10, 4000, 990, 412])),
                    ReportRow::keyed("identity-shared", cells(&[1, 1, 0, 0, 0])),
                    ReportRow::keyed("confirmed", cells(&[7])),
                ],
            ),
            rejections: table(
                "rejections",
                vec![
                    ReportRow::plain("Incorrect information", [cells(&[1, 12]), vec!["2.5".into()]].concat()),
                    ReportRow::plain("Other reason", [cells(&[1, 0]), vec![String::new()]].concat()),
                ],
            ),
            shared: table(
                "shared-credentials",
                vec![
                    ReportRow::keyed("waits", cells(&[2])),
                    ReportRow::keyed("accepted", cells(&[40])),
                    ReportRow::keyed("archived", cells(&[1])),
                    ReportRow {
                        detail: Some("We have it already".into()),
                        ..ReportRow::keyed("rejected", cells(&[3]))
                    },
                ],
            ),
        };
        let none = ReportsCounted {
            passports: table("passports", Vec::new()),
            credentials: table("credentials", Vec::new()),
            ending: table("credentials-ending", Vec::new()),
            invitations: table("invitations", Vec::new()),
            rejections: table("rejections", Vec::new()),
            shared: table("shared-credentials", Vec::new()),
            ..some.clone()
        };
        let full = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            action: "/console/passports/reports".into(),
            families: vec![
                Choice::new("employment-checks", "Employment checks"),
                Choice::new("core-skills", "Core skills"),
            ],
            teams: vec![Choice::new("0193a0f0", "Occupational health and wellbeing")],
            area: "0193a0f0".into(),
            counted: Some(some),
            back: Some("/console/passports".into()),
        };
        let empty = Self { teams: Vec::new(), area: String::new(), counted: Some(none), ..full.clone() };
        let not_yet = Self { counted: None, ..empty.clone() };
        vec![full, empty, not_yet]
    }
}

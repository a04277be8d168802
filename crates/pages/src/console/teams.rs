//! Teams that look after credentials of their areas.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Choice, Page, Place};

/// A team in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamLine {
    /// What people call it.
    pub name: String,
    /// Where it is written to.
    pub email: String,
    /// What it looks after, in words.
    pub areas: Vec<String>,
    /// Whether it gets a summary every Monday.
    pub weekly: bool,
    /// Its page; none for whoever only reads.
    pub href: Option<String>,
}

/// *Teams*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleTeams {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// By name.
    pub lines: Vec<TeamLine>,
    /// *Add a team*, for whoever may.
    pub add: Option<String>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for ConsoleTeams {
    const TEMPLATE: &'static str = "console-teams.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |name: &str, areas: &[&str], weekly| TeamLine {
            name: name.into(),
            email: "occupational-health.passports@ysbyty-llanfihangel-y-creuddyn.northfield.example".into(),
            areas: areas.iter().map(|area| (*area).to_owned()).collect(),
            weekly,
            href: Some("/console/passports/teams/0193a0f0".into()),
        };
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            lines: vec![
                line("Education", &["Core skills"], true),
                line("Occupational health and wellbeing", &["Employment checks", "Core skills"], false),
            ],
            add: Some("/console/passports/teams/new".into()),
            back: Some("/console/passports".into()),
        };
        let none = Self { lines: Vec::new(), ..some.clone() };
        let only_seen = Self {
            lines: vec![TeamLine { href: None, ..line("Education", &["Core skills"], true) }],
            add: None,
            ..some.clone()
        };
        vec![some, none, only_seen]
    }
}

/// A team.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleTeam {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What it was called before; none where it is new.
    pub called: Option<String>,
    /// Where the form posts to.
    pub action: String,
    /// The number of a form for a new one.
    pub form: Option<String>,
    /// The name, as it was typed.
    pub name: String,
    /// The address, as it was typed.
    pub email: String,
    /// All areas.
    pub areas: Vec<Choice>,
    /// The chosen ones.
    pub families: Vec<String>,
    /// Whether it gets a summary every Monday.
    pub weekly: bool,
    /// Where *Delete this team* posts to.
    pub delete_action: Option<String>,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ConsoleTeam {
    const TEMPLATE: &'static str = "console-team.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["name", "email", "families"];

    fn samples() -> Vec<Self> {
        let new = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            called: None,
            action: "/console/passports/teams/new".into(),
            form: Some("0193a0f0".into()),
            name: String::new(),
            email: String::new(),
            areas: vec![
                Choice::new("employment-checks", "Employment checks"),
                Choice::new("core-skills", "Core skills"),
            ],
            families: Vec::new(),
            weekly: true,
            delete_action: None,
            back: Some("/console/passports/teams".into()),
        };
        let known = Self {
            called: Some("Occupational health and wellbeing".into()),
            action: "/console/passports/teams/0193a0f0".into(),
            form: None,
            name: "Occupational health and wellbeing".into(),
            email: "occupational-health@northfield.example".into(),
            families: vec!["employment-checks".into()],
            weekly: false,
            delete_action: Some("/console/passports/teams/0193a0f0/delete".into()),
            ..new.clone()
        };
        vec![new, known]
    }
}

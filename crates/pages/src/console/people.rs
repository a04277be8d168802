//! Find a person, and the list of accounts that are disabled for a number.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// One person of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundPerson {
    /// First and last name.
    pub name: String,
    /// The user name: the address that the employer holds.
    pub email: String,
    /// In words.
    pub staff_group: String,
    /// Whether the account is disabled.
    pub disabled: bool,
    /// The person's page.
    pub href: String,
}

/// What a search found, one page of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsoleFound {
    /// The people.
    pub people: Vec<FoundPerson>,
    /// Which page, from 1.
    pub page: u32,
    /// Whether there is a page after it.
    pub more: bool,
    /// Whether there are more people than are listed.
    pub too_many: bool,
}

/// *Find a person*, or *Disabled accounts*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsolePeople {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the search posts to, with what is looked for as `search` and the page as `page`.
    pub action: String,
    /// What was typed before.
    pub search: String,
    /// What was found; none before anybody looked.
    pub found: Option<ConsoleFound>,
    /// Where the list of disabled accounts is.
    pub disabled_href: String,
}

impl ConsolePeople {
    pub(super) fn found() -> ConsoleFound {
        let person = |name: &str, email: &str, disabled| FoundPerson {
            name: name.into(),
            email: email.into(),
            staff_group: "Nursing and Midwifery Registered".into(),
            disabled,
            href: "/console/people/0193a0f0".into(),
        };
        ConsoleFound {
            people: vec![
                person("Amina Khan", "amina.khan@northfield.example", false),
                person(
                    "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour",
                    "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example",
                    true,
                ),
            ],
            page: 2,
            more: true,
            too_many: false,
        }
    }
}

impl Page for ConsolePeople {
    const TEMPLATE: &'static str = "console-people.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["search"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            action: "/console/people".into(),
            search: String::new(),
            found: None,
            disabled_href: "/console/disabled".into(),
        };
        let found = Self { search: "kha".into(), found: Some(Self::found()), ..plain.clone() };
        let nobody = ConsoleFound { people: Vec::new(), page: 1, more: false, too_many: false };
        let nobody = Self { search: "nobody".into(), found: Some(nobody), ..plain.clone() };
        let last = ConsoleFound { page: 5, more: false, too_many: true, ..Self::found() };
        let last = Self { search: "a.".into(), found: Some(last), ..plain.clone() };
        vec![plain, found, nobody, last]
    }
}

/// Accounts that are disabled because of a number, so that they can be put right.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleDisabled {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// The people.
    pub found: ConsoleFound,
    /// The page before this one.
    pub previous: Option<String>,
    /// The page after this one.
    pub next: Option<String>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for ConsoleDisabled {
    const TEMPLATE: &'static str = "console-disabled.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            found: ConsolePeople::found(),
            previous: Some("/console/disabled?page=1".into()),
            next: Some("/console/disabled?page=3".into()),
            back: Some("/console/people".into()),
        };
        let nobody = ConsoleFound { people: Vec::new(), page: 1, more: false, too_many: false };
        let none = Self { found: nobody, previous: None, next: None, ..some.clone() };
        vec![some, none]
    }
}

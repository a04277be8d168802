//! Job roles: what each requires of a staff passport, who has which, and how far they have come.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Choice, Page, Place};

/// A job role in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRoleLine {
    /// What people call it.
    pub name: String,
    /// How many credentials it requires.
    pub required: usize,
    /// How many people have it.
    pub people: u64,
    /// Its page.
    pub href: String,
}

/// *Job roles*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleJobRoles {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// By name.
    pub lines: Vec<JobRoleLine>,
    /// *Add a job role*, for whoever may.
    pub add: Option<String>,
    /// Back to the search.
    pub back: Option<String>,
}

const LONG_NAME: &str = "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour";
const LONG_ROLE: &str = "Advanced Clinical Practitioner, Paediatric Intensive Care";

impl Page for ConsoleJobRoles {
    const TEMPLATE: &'static str = "console-job-roles.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |name: &str, required, people| JobRoleLine {
            name: name.into(),
            required,
            people,
            href: "/console/passports/job-roles/0193a0f0".into(),
        };
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            lines: vec![line(LONG_ROLE, 30, 1), line("Porter", 1, 0), line("Staff Nurse", 24, 1_204)],
            add: Some("/console/passports/job-roles/new".into()),
            back: Some("/console/passports".into()),
        };
        let none = Self { lines: Vec::new(), ..some.clone() };
        let only_seen = Self { add: None, ..none.clone() };
        vec![some, none, only_seen]
    }
}

/// Types of credentials that belong together, to be ticked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequiredGroup {
    /// What they are.
    pub title: String,
    /// Each by its code.
    pub types: Vec<Choice>,
}

/// A job role: its name, and what it requires.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleJobRole {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What it was called before; none where it is new.
    pub called: Option<String>,
    /// Where the form posts to; none for whoever only reads.
    pub action: Option<String>,
    /// The number of a form for a new one.
    pub form: Option<String>,
    /// The name, as it was typed.
    pub name: String,
    /// All that can be required.
    pub groups: Vec<RequiredGroup>,
    /// The codes of what is.
    pub requires: Vec<String>,
    /// How many people have it.
    pub people: u64,
    /// *Give it to everybody whose record names it*, for whoever may.
    pub named: Option<String>,
    /// Where *Delete* posts to.
    pub delete_action: Option<String>,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ConsoleJobRole {
    const TEMPLATE: &'static str = "console-job-role.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["name", "requires"];

    fn samples() -> Vec<Self> {
        let group = |title: &str, types: &[(&str, &str)]| RequiredGroup {
            title: title.into(),
            types: types.iter().map(|(code, label)| Choice::new(*code, *label)).collect(),
        };
        let new = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            called: None,
            action: Some("/console/passports/job-roles/new".into()),
            form: Some("0193a0f0".into()),
            name: String::new(),
            groups: vec![
                group(
                    "Employment checks",
                    &[("dbs", "Disclosure and Barring Service (DBS)"), ("right-to-work", "Right to work")],
                ),
                group(
                    "Core skills",
                    &[
                        ("fire-safety", "Fire safety"),
                        (
                            "resuscitation-paediatric-immediate",
                            "Resuscitation, Paediatric immediate life support",
                        ),
                    ],
                ),
            ],
            requires: Vec::new(),
            people: 0,
            named: None,
            delete_action: None,
            back: Some("/console/passports/job-roles".into()),
        };
        let known = Self {
            called: Some(LONG_ROLE.into()),
            action: Some("/console/passports/job-roles/0193a0f0".into()),
            form: None,
            name: LONG_ROLE.into(),
            requires: vec!["dbs".into(), "fire-safety".into()],
            named: Some("/console/passports/job-roles/0193a0f0/named".into()),
            delete_action: Some("/console/passports/job-roles/0193a0f0/delete".into()),
            ..new.clone()
        };
        let in_use = Self { people: 1, ..known.clone() };
        let only_seen = Self { action: None, delete_action: None, people: 12, ..known.clone() };
        vec![new, known, in_use, only_seen]
    }
}

/// *Give it to everybody whose record names it*: how many that would be.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleJobRoleNamed {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What the job role is called.
    pub job_role: String,
    /// How many people.
    pub people: u64,
    /// Where the form posts to; none where there is nobody.
    pub action: Option<String>,
    /// Back to the job role.
    pub back: Option<String>,
}

impl Page for ConsoleJobRoleNamed {
    const TEMPLATE: &'static str = "console-job-role-named.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let many = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            job_role: LONG_ROLE.into(),
            people: 1_204,
            action: Some("/console/passports/job-roles/0193a0f0/named".into()),
            back: Some("/console/passports/job-roles/0193a0f0".into()),
        };
        let one = Self { people: 1, ..many.clone() };
        let nobody = Self { people: 0, action: None, ..many.clone() };
        vec![many, one, nobody]
    }
}

/// How a passport stands against its job role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequirementStanding {
    /// Something is missing.
    Pending,
    /// All is there.
    Active,
    /// Something is missing that need not be there.
    Bypassed,
}

/// Something that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingLine {
    /// What it is called.
    pub title: String,
    /// Its form, for whoever may provide it.
    pub href: Option<String>,
}

/// That the rest need not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BypassLine {
    /// Who said so.
    pub by: String,
    /// When, in words.
    pub when: String,
    /// Why, in their words.
    pub reason: String,
}

/// What somebody's job role requires, and how far they have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequirementShown {
    /// The job role; none where they have none.
    pub job_role: Option<String>,
    /// How many of the required credentials are there.
    pub completed: usize,
    /// How many are required.
    pub required: usize,
    /// How the passport stands.
    pub standing: RequirementStanding,
    /// What is missing.
    pub missing: Vec<MissingLine>,
    /// That it need not be there.
    pub bypass: Option<BypassLine>,
    /// *Change the job role*, for whoever may.
    pub change_href: Option<String>,
    /// *Bypass the rest*, for whoever may.
    pub bypass_href: Option<String>,
    /// Where *Require the rest again* posts to.
    pub require_action: Option<String>,
}

impl RequirementShown {
    /// No job role.
    pub fn none(change_href: Option<String>) -> Self {
        Self {
            job_role: None,
            completed: 0,
            required: 0,
            standing: RequirementStanding::Active,
            missing: Vec::new(),
            bypass: None,
            change_href,
            bypass_href: None,
            require_action: None,
        }
    }

    pub(crate) fn samples() -> [Self; 3] {
        let missing = |title: &str| MissingLine {
            title: title.into(),
            href: Some("/console/passports/people/0193a0f0/provide/dbs".into()),
        };
        let pending = Self {
            job_role: Some(LONG_ROLE.into()),
            completed: 3,
            required: 5,
            standing: RequirementStanding::Pending,
            missing: vec![
                missing("Disclosure and Barring Service (DBS)"),
                MissingLine { href: None, ..missing("Resuscitation, Paediatric immediate life support") },
            ],
            bypass: None,
            change_href: Some("/console/passports/people/0193a0f0/job-role".into()),
            bypass_href: Some("/console/passports/people/0193a0f0/bypass".into()),
            require_action: None,
        };
        let active = Self {
            completed: 5,
            standing: RequirementStanding::Active,
            missing: Vec::new(),
            bypass_href: None,
            ..pending.clone()
        };
        let bypassed = Self {
            standing: RequirementStanding::Bypassed,
            bypass: Some(BypassLine {
                by: LONG_NAME.into(),
                when: "22 November 2026 at 9:58am".into(),
                reason: "Starts under supervision; the DBS certificate was seen at the other trust.".into(),
            }),
            bypass_href: None,
            require_action: Some("/console/passports/people/0193a0f0/require".into()),
            ..pending.clone()
        };
        [pending, active, bypassed]
    }
}

/// *Job role* of somebody.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleGiveJobRole {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Whose.
    pub name: String,
    /// Where the form posts to.
    pub action: String,
    /// The job roles, by their ids; an empty one for none.
    pub job_roles: Vec<Choice>,
    /// The chosen one.
    pub job_role: String,
    /// Back to the passport.
    pub back: Option<String>,
}

impl Page for ConsoleGiveJobRole {
    const TEMPLATE: &'static str = "console-give-job-role.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["job_role"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            name: LONG_NAME.into(),
            action: "/console/passports/people/0193a0f0/job-role".into(),
            job_roles: vec![
                Choice::new("", "No job role"),
                Choice::new("0193a0f1", LONG_ROLE),
                Choice::new("0193a0f2", "Porter"),
            ],
            job_role: "0193a0f2".into(),
            back: Some("/console/passports/people/0193a0f0".into()),
        };
        let none = Self { job_role: String::new(), ..plain.clone() };
        vec![plain, none]
    }
}

/// *Bypass the rest*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleBypass {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Whose passport.
    pub name: String,
    /// Their job role.
    pub job_role: String,
    /// What is missing.
    pub missing: Vec<String>,
    /// Where the form posts to.
    pub action: String,
    /// Why, as it was typed.
    pub reason: String,
    /// Back to the passport.
    pub back: Option<String>,
}

impl Page for ConsoleBypass {
    const TEMPLATE: &'static str = "console-bypass.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["reason"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            name: LONG_NAME.into(),
            job_role: LONG_ROLE.into(),
            missing: vec![
                "Disclosure and Barring Service (DBS)".into(),
                "Resuscitation, Paediatric immediate life support".into(),
            ],
            action: "/console/passports/people/0193a0f0/bypass".into(),
            reason: String::new(),
            back: Some("/console/passports/people/0193a0f0".into()),
        };
        let typed = Self {
            missing: vec!["Fire safety".into()],
            reason: "Starts under supervision".into(),
            ..plain.clone()
        };
        vec![plain, typed]
    }
}

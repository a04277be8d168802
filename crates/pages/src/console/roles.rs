//! Who has which role, and changing that.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart, StaffRole};
use crate::{Page, Place};

/// Somebody with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleLine {
    /// First and last name.
    pub name: String,
    /// The user name.
    pub email: String,
    /// The role.
    pub role: StaffRole,
    /// Since when, in words.
    pub since: String,
    /// The person's page.
    pub href: String,
}

/// A role that one administrator wants to give or take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposalLine {
    /// Whose role.
    pub name: String,
    /// Which.
    pub role: StaffRole,
    /// Whether it is given; otherwise it is taken.
    pub gives: bool,
    /// Why.
    pub reason: String,
    /// Who proposes it.
    pub proposer: String,
    /// Until when it can be confirmed, in words.
    pub until: String,
    /// Where it is confirmed; none for the administrator who made it and for those who may not.
    pub confirm_action: Option<String>,
    /// Where it is declined or withdrawn; none for those who may not.
    pub decline_action: Option<String>,
    /// Whether whoever looks made it.
    pub own: bool,
}

/// The page of roles.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleRoles {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What was done just now.
    pub done: Option<String>,
    /// Everybody with a role, by name.
    pub holders: Vec<RoleLine>,
    /// What waits for a second administrator.
    pub proposed: Vec<ProposalLine>,
    /// Whether roles are given and taken by two administrators here.
    pub two_administrators: bool,
    /// Where a person is found to give a role to; none for those who may not.
    pub find_href: Option<String>,
}

impl Page for ConsoleRoles {
    const TEMPLATE: &'static str = "console-roles.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |name: &str, email: &str, role| RoleLine {
            name: name.into(),
            email: email.into(),
            role,
            since: "1 September 2026".into(),
            href: "/console/people/0193a0f0".into(),
        };
        let proposal = |gives, own: bool| ProposalLine {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            role: StaffRole::Auditor,
            gives,
            reason: "Takes over the yearly check of the records from the finance department.".into(),
            proposer: "Ben Adeyemi".into(),
            until: "29 November 2026 at 9:58am".into(),
            confirm_action: (!own).then(|| "/console/roles/proposals/0193a0f1/confirm".into()),
            decline_action: Some("/console/roles/proposals/0193a0f1/decline".into()),
            own,
        };
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Roles),
            done: None,
            holders: vec![
                line("Ben Adeyemi", "ben.adeyemi@northfield.example", StaffRole::Administrator),
                line(
                    "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour",
                    "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example",
                    StaffRole::ServiceDesk,
                ),
            ],
            proposed: Vec::new(),
            two_administrators: false,
            find_href: Some("/console/people".into()),
        };
        let waiting = Self {
            done: Some("confirmed".into()),
            proposed: vec![proposal(true, false), proposal(false, true)],
            two_administrators: true,
            ..plain.clone()
        };
        let reader = Self { find_href: None, ..plain.clone() };
        vec![plain, waiting, reader]
    }
}

/// *Change roles* of one person.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleChangeRoles {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// The roles that the person has.
    pub has: Vec<StaffRole>,
    /// The choices, each as the form sends it in `change`: `give-auditor`, `take-auditor`.
    pub choices: Vec<(String, StaffRole, bool)>,
    /// What was chosen before.
    pub chosen: String,
    /// What was typed before.
    pub reason: String,
    /// Where the form posts to.
    pub action: String,
    /// Whether a second administrator must confirm it.
    pub two_administrators: bool,
    /// Back to the person.
    pub back: Option<String>,
}

impl Page for ConsoleChangeRoles {
    const TEMPLATE: &'static str = "console-change-roles.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["change", "reason"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Roles),
            name: "Amina Khan".into(),
            has: vec![StaffRole::ServiceDesk],
            choices: vec![
                ("take-service-desk".into(), StaffRole::ServiceDesk, false),
                ("give-administrator".into(), StaffRole::Administrator, true),
                ("give-auditor".into(), StaffRole::Auditor, true),
                ("give-ra-manager".into(), StaffRole::RaManager, true),
                ("give-ra-agent".into(), StaffRole::RaAgent, true),
                ("give-ra-sponsor".into(), StaffRole::RaSponsor, true),
                ("give-ra-unlocker".into(), StaffRole::RaUnlocker, true),
            ],
            chosen: String::new(),
            reason: String::new(),
            action: "/console/people/0193a0f0/roles".into(),
            two_administrators: false,
            back: Some("/console/people/0193a0f0".into()),
        };
        let two = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            has: Vec::new(),
            chosen: "give-auditor".into(),
            reason: "Takes over the yearly check of the records.".into(),
            two_administrators: true,
            ..plain.clone()
        };
        vec![plain, two]
    }
}

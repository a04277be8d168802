//! The audit of one organisation.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Link, Page, Place};

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// Its number.
    pub number: i64,
    /// In words.
    pub when: String,
    /// What happened, in words.
    pub what: String,
    /// Whom it is about.
    pub about: Option<Link>,
    /// Who did it, where somebody else did.
    pub by: Option<Link>,
    /// What else the record says: a label in words, and a value.
    pub details: Vec<(String, String)>,
}

/// The audit.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleAudit {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the filter is sent, by GET.
    pub action: String,
    /// The address that was typed.
    pub person: String,
    /// The kind that was chosen.
    pub kind: String,
    /// The kinds that can be chosen, with their words.
    pub kinds: Vec<(String, String)>,
    /// The first day that was typed.
    pub from: String,
    /// The last day that was typed.
    pub to: String,
    /// The records, the newest first.
    pub lines: Vec<AuditLine>,
    /// Where older ones are.
    pub older_href: Option<String>,
}

impl Page for ConsoleAudit {
    const TEMPLATE: &'static str = "console-audit.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["person", "from", "to"];

    fn samples() -> Vec<Self> {
        let line = |number, what: &str, by: Option<&str>, details: &[(&str, &str)]| AuditLine {
            number,
            when: "22 November 2026 at 9:58am".into(),
            what: what.into(),
            about: Some(Link::new("Amina Khan", "/console/people/0193a0f0")),
            by: by.map(|name| Link::new(name, "/console/people/0193a0f1")),
            details: details.iter().map(|(label, value)| ((*label).into(), (*value).into())).collect(),
        };
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Audit),
            action: "/console/audit".into(),
            person: String::new(),
            kind: String::new(),
            kinds: vec![
                ("signed_in".into(), "Signed in".into()),
                ("unlocked_by_staff".into(), "Account unlocked by staff".into()),
            ],
            from: String::new(),
            to: String::new(),
            lines: vec![
                line(4711, "Signed in", None, &[("Kind", "app")]),
                line(
                    4710,
                    "Account unlocked by staff",
                    Some("Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour"),
                    &[(
                        "Reason",
                        "Called from the ward: the person mistyped the password eleven times in the dark.",
                    )],
                ),
                AuditLine { about: None, ..line(4709, "Staff list imported", None, &[]) },
            ],
            older_href: Some("/console/audit?before=4709".into()),
        };
        let none = Self {
            person: "amina.khan@northfield.example".into(),
            kind: "signed_in".into(),
            from: "2026-11-22".into(),
            to: "2026-11-22".into(),
            lines: Vec::new(),
            older_href: None,
            ..plain.clone()
        };
        vec![plain, none]
    }
}

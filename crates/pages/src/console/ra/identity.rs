//! *Check identity*: the Account Recovery Passcode, or documents seen.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// *Check identity*.
#[derive(Debug, Clone, Serialize)]
pub struct RaIdentity {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// Whether the person has an Account Recovery Passcode.
    pub has_passcode: bool,
    /// Where it posts to, as `passcode`.
    pub passcode_action: String,
    /// Where the documents post to, each as `document`.
    pub documents_action: String,
    /// The documents that can be seen, by name.
    pub kinds: Vec<String>,
    /// Which were ticked before.
    pub documents: Vec<String>,
    /// Until when it is sure who this is, in words.
    pub checked_until: Option<String>,
    /// Where the person goes on to after the check, a path of ours.
    pub next: String,
    /// Back to the person.
    pub back: Option<String>,
}

impl Page for RaIdentity {
    const TEMPLATE: &'static str = "console-ra-identity.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["passcode", "documents"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            name: "Amina Khan".into(),
            has_passcode: true,
            passcode_action: "/console/smartcards/people/0193a0f0/identity/passcode".into(),
            documents_action: "/console/smartcards/people/0193a0f0/identity/documents".into(),
            kinds: ["passport", "driving-licence", "residence-permit", "staff-card", "professional-register"]
                .map(Into::into)
                .to_vec(),
            documents: Vec::new(),
            checked_until: None,
            next: String::new(),
            back: Some("/console/smartcards/people/0193a0f0".into()),
        };
        let again = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            documents: vec!["passport".into()],
            checked_until: Some("10:08am".into()),
            next: "/console/smartcards/cards/0193a0f2/unlock".into(),
            ..plain.clone()
        };
        vec![plain.clone(), again, Self { has_passcode: false, ..plain }]
    }
}

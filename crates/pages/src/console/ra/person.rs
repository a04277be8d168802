//! A person, as the Registration Authority sees them: cards, how old the passcodes are, and what can be done.

use serde::Serialize;

use super::{RaAct, RaFlag};
use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// A card of the person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaCardLine {
    /// What is printed on it, or its GUID.
    pub label: String,
    /// How it stands.
    pub flags: Vec<RaFlag>,
    /// Until when its certificates hold, in words; none where it has none.
    pub expires: Option<String>,
    /// The card's page.
    pub href: String,
}

/// A passcode that the server checks, by its age alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaPasscode {
    /// `recovery` or `verification`.
    pub kind: String,
    /// When it was set, in words; none where there is none.
    pub set: Option<String>,
}

/// A person's page.
#[derive(Debug, Clone, Serialize)]
pub struct RaPerson {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// The user name.
    pub email: String,
    /// What was done just now.
    pub done: Option<String>,
    /// The cards, the newest first.
    pub cards: Vec<RaCardLine>,
    /// The passcodes that the server checks.
    pub passcodes: Vec<RaPasscode>,
    /// Whether it is whoever looks: nobody serves themselves.
    pub own: bool,
    /// Where one makes sure who stands there; none for those who may not.
    pub identity_href: Option<String>,
    /// Until when that is sure, in words.
    pub checked_until: Option<String>,
    /// What can be done, with where it is done.
    pub acts: Vec<(RaAct, String)>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for RaPerson {
    const TEMPLATE: &'static str = "console-ra-person.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let card = |label: &str, flags: &[RaFlag], expires: Option<&str>| RaCardLine {
            label: label.into(),
            flags: flags.to_vec(),
            expires: expires.map(Into::into),
            href: "/console/smartcards/cards/0193a0f2".into(),
        };
        let passcode =
            |kind: &str, set: Option<&str>| RaPasscode { kind: kind.into(), set: set.map(Into::into) };
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            name: "Amina Khan".into(),
            email: "amina.khan@northfield.example".into(),
            done: None,
            cards: vec![
                card("NTH 004711", &[RaFlag::InUse, RaFlag::RenewalHere], Some("14 December 2026")),
                card("NTH 002290", &[RaFlag::Cancelled], None),
            ],
            passcodes: vec![passcode("recovery", Some("1 September 2026")), passcode("verification", None)],
            own: false,
            identity_href: Some("/console/smartcards/people/0193a0f0/identity".into()),
            checked_until: None,
            acts: vec![
                (RaAct::Issue, "/console/smartcards/people/0193a0f0/issue".into()),
                (RaAct::CancelAll, "/console/smartcards/people/0193a0f0/leaves".into()),
            ],
            back: Some("/console/smartcards".into()),
        };
        let sure = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            email: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example".into(),
            done: Some("identity-checked".into()),
            cards: Vec::new(),
            passcodes: vec![passcode("recovery", None), passcode("verification", Some("1 March 2026"))],
            checked_until: Some("10:08am".into()),
            ..plain.clone()
        };
        let own = Self { own: true, identity_href: None, acts: Vec::new(), ..plain.clone() };
        vec![plain, sure, own]
    }
}

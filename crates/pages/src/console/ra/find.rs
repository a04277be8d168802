//! Find a card, or the person who has it.

use serde::Serialize;

use super::RaFlag;
use crate::console::{ConsoleFound, ConsoleFrame, ConsolePart, ConsolePeople};
use crate::{Page, Place};

/// One card of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaFoundCard {
    /// What is printed on it, or its GUID.
    pub label: String,
    /// Its GUID, in groups of hexadecimal digits.
    pub guid: String,
    /// Whose it is; none for one that is nobody's.
    pub name: Option<String>,
    /// How it stands.
    pub flags: Vec<RaFlag>,
    /// The card's page.
    pub href: String,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaFound {
    /// Cards whose label, GUID or certificate begins so.
    pub cards: Vec<RaFoundCard>,
    /// Whether there are more of them than are listed.
    pub more_cards: bool,
    /// People whose name, address or staff number begins so.
    pub people: ConsoleFound,
}

/// *Smartcards*: where the Registration Authority begins.
#[derive(Debug, Clone, Serialize)]
pub struct RaFind {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What was done just now.
    pub done: Option<String>,
    /// Where the search posts to, with what is looked for as `search`.
    pub action: String,
    /// What was typed before.
    pub search: String,
    /// What was found; none before anybody looked.
    pub found: Option<RaFound>,
    /// Who must come in; none for those who may not see it.
    pub queue_href: Option<String>,
    /// What falls due when; none for those who may not see it.
    pub forecast_href: Option<String>,
    /// What waits for a second member of staff; none where nothing ever does.
    pub requests_href: Option<String>,
    /// How many wait that whoever looks could decide.
    pub waiting: u64,
    /// What an authority outside is to be told of; none where there is nothing.
    pub outside_href: Option<String>,
    /// How many revocations that are.
    pub untold: u64,
    /// Where blank cards are registered; none for those who may not.
    pub blanks_href: Option<String>,
}

impl Page for RaFind {
    const TEMPLATE: &'static str = "console-ra-find.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["search"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            done: None,
            action: "/console/smartcards".into(),
            search: String::new(),
            found: None,
            queue_href: Some("/console/smartcards/queue".into()),
            forecast_href: Some("/console/smartcards/forecast".into()),
            requests_href: Some("/console/smartcards/requests".into()),
            waiting: 2,
            outside_href: Some("/console/smartcards/outside".into()),
            untold: 3,
            blanks_href: Some("/console/smartcards/blank".into()),
        };
        let card = |label: &str, name: Option<&str>, flags: &[RaFlag]| RaFoundCard {
            label: label.into(),
            guid: "5f0c1e2a-9b3d-4c57-8e11-20a4b6c8d0f2".into(),
            name: name.map(Into::into),
            flags: flags.to_vec(),
            href: "/console/smartcards/cards/0193a0f2".into(),
        };
        let found = RaFound {
            cards: vec![
                card("NTH 004711", Some("Amina Khan"), &[RaFlag::InUse, RaFlag::PasscodesDue]),
                card(
                    "NTH 004712",
                    Some("Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour"),
                    &[RaFlag::Locked, RaFlag::Expired, RaFlag::Blocked],
                ),
                card("NTH 004713", None, &[RaFlag::Blank]),
            ],
            more_cards: true,
            people: ConsolePeople::found(),
        };
        let some = Self { search: "NTH 0047".into(), found: Some(found), ..plain.clone() };
        let nothing = RaFound {
            cards: Vec::new(),
            more_cards: false,
            people: ConsoleFound { people: Vec::new(), page: 1, more: false, too_many: false },
        };
        let nothing = Self { search: "nobody".into(), found: Some(nothing), waiting: 0, ..plain.clone() };
        let sponsor = Self {
            queue_href: None,
            forecast_href: None,
            requests_href: None,
            outside_href: None,
            untold: 0,
            blanks_href: None,
            waiting: 0,
            done: Some("cancelled".into()),
            ..plain.clone()
        };
        vec![plain, some, nothing, sponsor]
    }
}

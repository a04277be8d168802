//! Revocations that the authority outside is to be told of.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Link, Page, Place};

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaToTell {
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// Whom it names.
    pub name: String,
    /// The card.
    pub card: Link,
    /// The name of the reason: "lost".
    pub reason: String,
    /// When it was revoked, in words.
    pub revoked: String,
    /// Where it is noted that the authority was told.
    pub action: String,
}

/// All that the authority was not told yet.
#[derive(Debug, Clone, Serialize)]
pub struct RaOutside {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Whether one was noted just now.
    pub done: bool,
    /// The earliest revocation first.
    pub lines: Vec<RaToTell>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for RaOutside {
    const TEMPLATE: &'static str = "console-ra-outside.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |serial: &str, name: &str, reason: &str| RaToTell {
            serial: serial.into(),
            name: name.into(),
            card: Link::new("NTH 004711", "/console/smartcards/cards/0193a0f2"),
            reason: reason.into(),
            revoked: "22 November 2026 at 9:58am".into(),
            action: "/console/smartcards/outside/0193a0f3/told".into(),
        };
        let long = "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour";
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            done: true,
            lines: vec![
                line("5f0c1e2a9b3d4c578e1120a4b6c8d0f2", "Amina Khan", "lost"),
                line("1b0c1e2a9b3d4c578e1120a4b6c8d0f2", long, "renewed"),
            ],
            back: Some("/console/smartcards".into()),
        };
        vec![some.clone(), Self { done: false, lines: Vec::new(), ..some }]
    }
}

//! Who must come in: locked, expired, blocked, or at the third renewal.

use serde::Serialize;

use super::RaFlag;
use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// Somebody who must come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaQueueLine {
    /// First and last name.
    pub name: String,
    /// What is printed on the card, or its GUID.
    pub label: String,
    /// Why.
    pub flags: Vec<RaFlag>,
    /// The card's page.
    pub href: String,
}

/// Everybody who must come in.
#[derive(Debug, Clone, Serialize)]
pub struct RaQueue {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// One page of them, those who have waited longest first.
    pub lines: Vec<RaQueueLine>,
    /// Which page, from 1.
    pub page: u32,
    /// The page before this one.
    pub previous: Option<String>,
    /// The page after this one.
    pub next: Option<String>,
    /// The same as a file.
    pub csv_href: String,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for RaQueue {
    const TEMPLATE: &'static str = "console-ra-queue.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |name: &str, flags: &[RaFlag]| RaQueueLine {
            name: name.into(),
            label: "NTH 004711".into(),
            flags: flags.to_vec(),
            href: "/console/smartcards/cards/0193a0f2".into(),
        };
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            lines: vec![
                line("Amina Khan", &[RaFlag::Locked]),
                line(
                    "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour",
                    &[RaFlag::Expired, RaFlag::Blocked],
                ),
                line("Sinéad O’Brien", &[RaFlag::RenewalHere]),
            ],
            page: 2,
            previous: Some("/console/smartcards/queue?page=1".into()),
            next: Some("/console/smartcards/queue?page=3".into()),
            csv_href: "/console/smartcards/queue.csv".into(),
            back: Some("/console/smartcards".into()),
        };
        vec![some.clone(), Self { lines: Vec::new(), page: 1, previous: None, next: None, ..some }]
    }
}

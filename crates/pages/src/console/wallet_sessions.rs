//! *End sessions begun by QR code*: since when, and what that would end.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// Since when sessions are to end.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleWalletSessions {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the moment goes, by GET, as `day` and `time`.
    pub action: String,
    /// What was typed before, or today.
    pub day: String,
    /// What was typed before.
    pub time: String,
    /// How many sessions have just ended.
    pub ended: Option<u64>,
    /// Back.
    pub back: Option<String>,
}

impl Page for ConsoleWalletSessions {
    const TEMPLATE: &'static str = "console-wallet-sessions.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["day", "time"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Settings),
            action: "/console/wallet-sessions/preview".into(),
            day: "2026-11-22".into(),
            time: String::new(),
            ended: None,
            back: Some("/console/settings".into()),
        };
        let one = Self { ended: Some(1), ..plain.clone() };
        let many = Self { ended: Some(2_310), time: "14:30".into(), ..plain.clone() };
        vec![plain, one, many]
    }
}

/// What that would end, before it does.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleWalletSessionsPreview {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Since when, in words.
    pub since: String,
    /// How many sessions.
    pub sessions: u64,
    /// Of how many people.
    pub people: u64,
    /// Where the form posts to, with `day`, `time` and `reason`.
    pub action: String,
    /// As it was typed.
    pub day: String,
    /// As it was typed.
    pub time: String,
    /// What was typed before.
    pub reason: String,
    /// Back to choosing another moment.
    pub back: Option<String>,
}

impl Page for ConsoleWalletSessionsPreview {
    const TEMPLATE: &'static str = "console-wallet-sessions-preview.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["reason"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Settings),
            since: "22 November 2026 at 2:30pm".into(),
            sessions: 2_310,
            people: 2_204,
            action: "/console/wallet-sessions".into(),
            day: "2026-11-22".into(),
            time: "14:30".into(),
            reason: String::new(),
            back: Some("/console/wallet-sessions".into()),
        };
        let one = Self {
            sessions: 1,
            people: 1,
            reason: "A QR code was sent round by email this afternoon.".into(),
            ..plain.clone()
        };
        let none = Self { sessions: 0, people: 0, ..plain.clone() };
        vec![plain, one, none]
    }
}

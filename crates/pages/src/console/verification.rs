//! *Check a Verification Passcode*.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// *Check a Verification Passcode*: what the caller says is typed whole, and nothing of it comes back.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleVerification {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the form posts to, as `user_name` and `passcode`.
    pub action: String,
    /// What was typed before.
    pub user_name: String,
    /// Whether the passcode that was typed is the person's; none before anything was compared.
    pub matches: Option<bool>,
}

impl Page for ConsoleVerification {
    const TEMPLATE: &'static str = "console-verification.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["user_name", "passcode"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Verification),
            action: "/console/verification".into(),
            user_name: String::new(),
            matches: None,
        };
        let name = "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example";
        let right =
            Self { user_name: "amina.khan@northfield.example".into(), matches: Some(true), ..plain.clone() };
        let wrong = Self { user_name: name.into(), matches: Some(false), ..plain.clone() };
        vec![plain, right, wrong]
    }
}

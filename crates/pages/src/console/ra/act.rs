//! An act on a card with its mandatory reason, and the card that is issued.

use serde::Serialize;

use super::RaAct;
use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// An act on a card, or on all cards of a person.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a field stands on the page")]
pub struct RaActForm {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Whose card; none for one that is nobody's.
    pub name: Option<String>,
    /// What is printed on the card, or its GUID; none where all cards are meant.
    pub label: Option<String>,
    /// What is done.
    pub act: RaAct,
    /// Where the form posts to.
    pub action: String,
    /// What was typed before.
    pub reason: String,
    /// Whether it takes a cause, sent as `why`: `lost`, `stolen`, `damaged`, `left`, `other`.
    pub takes_why: bool,
    /// What was chosen before.
    pub why: String,
    /// Whether the person types the present passcode here, sent as `current_passcode`; otherwise the agent asks for it.
    pub takes_current: bool,
    /// Whether the person types a new passcode twice here, sent as `new_passcode` and `new_passcode_again`.
    pub takes_new: bool,
    /// At least so many characters of the new passcode.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// Whether it is digits alone.
    pub digits: bool,
    /// Whether the card must be in the reader of this workstation, and a job is begun.
    pub needs_card: bool,
    /// Whether a second member of staff must agree.
    pub second: bool,
    /// Back to the card or person.
    pub back: Option<String>,
}

impl Page for RaActForm {
    const TEMPLATE: &'static str = "console-ra-act.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["reason"];

    fn samples() -> Vec<Self> {
        let card = "/console/smartcards/cards/0193a0f2";
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            name: Some("Amina Khan".into()),
            label: Some("NTH 004711".into()),
            act: RaAct::Unlock,
            action: format!("{card}/unlock"),
            reason: String::new(),
            takes_why: false,
            why: String::new(),
            takes_current: false,
            takes_new: false,
            min: 6,
            max: 8,
            digits: true,
            needs_card: false,
            second: true,
            back: Some(card.into()),
        };
        let of =
            |act, word: &str| Self { act, action: format!("{card}/{word}"), second: false, ..plain.clone() };
        let unblock = Self {
            name: Some("Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into()),
            takes_new: true,
            needs_card: true,
            reason: "The person entered an old passcode three times this morning.".into(),
            ..of(RaAct::Unblock, "unblock")
        };
        let renew = Self { takes_current: true, needs_card: true, ..of(RaAct::Renew, "renew") };
        let wipe = Self { needs_card: true, ..of(RaAct::Wipe, "wipe") };
        let by_agent = Self { min: 4, digits: false, needs_card: true, ..of(RaAct::Unblock, "unblock") };
        let cancel = Self { takes_why: true, why: "stolen".into(), ..of(RaAct::Cancel, "cancel") };
        let blank = Self { name: None, takes_why: true, ..of(RaAct::Cancel, "cancel") };
        let all = Self {
            label: None,
            second: true,
            action: "/console/smartcards/people/0193a0f0/leaves".into(),
            ..of(RaAct::CancelAll, "")
        };
        let revoke = Self { takes_why: true, ..of(RaAct::Revoke, "revoke") };
        let replace = Self { takes_why: true, ..of(RaAct::Replace, "replace") };
        vec![
            plain.clone(),
            unblock,
            renew,
            by_agent,
            of(RaAct::ForcePasscodes, "passcodes"),
            cancel,
            blank,
            revoke,
            replace,
            wipe,
            of(RaAct::Clear, "clear"),
            all,
        ]
    }
}

/// *Issue a card*.
#[derive(Debug, Clone, Serialize)]
pub struct RaIssue {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Who gets it.
    pub name: String,
    /// Where the form posts to.
    pub action: String,
    /// The blank card: what is printed on it, or its GUID; sent as `card`.
    pub card: String,
    /// `with-passcode` or `locked`, sent as `handed_over`.
    pub handed_over: String,
    /// What was typed before.
    pub reason: String,
    /// Whether the person types the passcode here, sent as `new_passcode` and `new_passcode_again`; otherwise the agent asks.
    pub takes_new: bool,
    /// Where blank cards are registered; none for those who may not.
    pub blanks_href: Option<String>,
    /// Back to the person.
    pub back: Option<String>,
}

impl Page for RaIssue {
    const TEMPLATE: &'static str = "console-ra-issue.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["card", "handed_over", "reason"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            name: "Amina Khan".into(),
            action: "/console/smartcards/people/0193a0f0/issue".into(),
            card: String::new(),
            handed_over: String::new(),
            reason: String::new(),
            takes_new: true,
            blanks_href: Some("/console/smartcards/blank".into()),
            back: Some("/console/smartcards/people/0193a0f0".into()),
        };
        let typed = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            card: "5f0c1e2a-9b3d-4c57-8e11-20a4b6c8d0f2".into(),
            handed_over: "locked".into(),
            reason: "Begins on ward 7 next Monday.".into(),
            takes_new: false,
            blanks_href: None,
            ..plain.clone()
        };
        vec![plain, typed]
    }
}

//! What waits for a second member of staff.

use serde::Serialize;

use super::RaAct;
use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Link, Page, Place};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaRequestLine {
    /// What is asked for.
    pub act: RaAct,
    /// For whom.
    pub name: String,
    /// The card; none where all cards of the person are meant.
    pub card: Option<Link>,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub asker: String,
    /// Until when it can be approved, in words.
    pub until: String,
    /// Where it is approved; none for whoever asked and for those who may not.
    pub confirm_action: Option<String>,
    /// Where it is declined or withdrawn; none for those who may not.
    pub decline_action: Option<String>,
    /// Whether whoever looks asked for it.
    pub own: bool,
}

/// Everything that waits.
#[derive(Debug, Clone, Serialize)]
pub struct RaRequests {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What was done just now.
    pub done: Option<String>,
    /// The requests, the oldest first.
    pub requests: Vec<RaRequestLine>,
    /// Whether the organisation wants a second member of staff.
    pub second_approver: bool,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for RaRequests {
    const TEMPLATE: &'static str = "console-ra-requests.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |act, name: &str, card: bool, own: bool| RaRequestLine {
            act,
            name: name.into(),
            card: card.then(|| Link::new("NTH 004711", "/console/smartcards/cards/0193a0f2")),
            reason: "The person was on leave for three weeks and comes back today.".into(),
            asker: "Ben Adeyemi".into(),
            until: "23 November 2026 at 9:58am".into(),
            confirm_action: (!own).then(|| "/console/smartcards/requests/0193a0f3/confirm".into()),
            decline_action: Some("/console/smartcards/requests/0193a0f3/decline".into()),
            own,
        };
        let long = "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour";
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            done: Some("confirmed".into()),
            requests: vec![
                line(RaAct::Unlock, "Amina Khan", true, false),
                line(RaAct::CancelAll, long, false, true),
            ],
            second_approver: true,
            back: Some("/console/smartcards".into()),
        };
        let none = Self { done: None, requests: Vec::new(), ..some.clone() };
        vec![some, none.clone(), Self { second_approver: false, ..none }]
    }
}

//! *Revoke Certificates*: a card that is lost, stolen or damaged.

use serde::Serialize;

use crate::smartcard::{PortalFrame, PortalTab};
use crate::{Page, Place};

/// A card to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardChoice {
    /// What the form sends.
    pub id: String,
    /// How people call it: "Smartcard ending 4F2A, issued on 24 December 2024".
    pub label: String,
}

/// *Revoke Certificates*.
#[derive(Debug, Clone, Serialize)]
pub struct RevokeCertificates {
    /// The tabs.
    pub frame: PortalFrame,
    /// Where the form posts to.
    pub action: String,
    /// Where *Cancel* leads.
    pub cancel_href: String,
    /// The cards that can be revoked. Where there is one it need not be chosen.
    pub cards: Vec<CardChoice>,
    /// The chosen card.
    pub card: String,
    /// The chosen reason: `lost`, `stolen` or `damaged`.
    pub reason: String,
}

impl Page for RevokeCertificates {
    const TEMPLATE: &'static str = "smartcard-revoke.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);
    const FIELDS: &'static [&'static str] = &["card", "reason", "confirm"];

    fn samples() -> Vec<Self> {
        let card = |id: &str, label: &str| CardChoice { id: id.into(), label: label.into() };
        let two = Self {
            frame: PortalFrame::sample(Some(PortalTab::RevokeCertificates)),
            action: "/smartcard/revoke".into(),
            cancel_href: "/smartcard".into(),
            cards: vec![
                card("0193a0f0", "Smartcard ending 4F2A, issued on 24 December 2024"),
                card("0193a0f1", "Smartcard ending 0C11, issued on 3 March 2025"),
            ],
            card: String::new(),
            reason: String::new(),
        };
        let chosen = Self { card: "0193a0f0".into(), reason: "stolen".into(), ..two.clone() };
        let one = Self { cards: two.cards.iter().take(1).cloned().collect(), ..two.clone() };
        let none = Self { cards: Vec::new(), ..two.clone() };
        vec![two, chosen, one, none]
    }
}

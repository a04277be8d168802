//! *Unlock your smartcard*: one that took too many wrong passcodes, or was handed over locked, gets a new passcode.

use serde::Serialize;

use crate::smartcard::{CardPasscodeRule, PortalFrame, PortalTab};
use crate::{Channel, Page, Place};

/// By the Account Recovery Passcode.
#[derive(Debug, Clone, Serialize)]
pub struct UnlockByPasscode {
    /// The tabs.
    pub frame: PortalFrame,
    /// Where the form posts to.
    pub action: String,
    /// Where *Cancel* leads.
    pub cancel_href: String,
    /// Whether the card was handed over locked, so that it was never blocked by anybody.
    pub handed_over: bool,
    /// Whether there is an Account Recovery Passcode; otherwise the Registration Authority must help.
    pub has_recovery: bool,
    /// Whether the agent on the workstation asks for the new passcode, so that this page has no fields for it.
    pub agent_asks: bool,
    /// What the new one must be.
    pub card: CardPasscodeRule,
}

impl Page for UnlockByPasscode {
    const TEMPLATE: &'static str = "smartcard-unlock.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);
    const FIELDS: &'static [&'static str] = &["recovery", "smartcard", "smartcard_again"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: PortalFrame::sample(Some(PortalTab::ManagePasscodes)),
            action: "/smartcard/unlock".into(),
            cancel_href: "/smartcard".into(),
            handed_over: false,
            has_recovery: true,
            agent_asks: false,
            card: CardPasscodeRule { min: 4, max: 8, letters: true },
        };
        let digits = Self { card: CardPasscodeRule { min: 6, max: 8, letters: false }, ..plain.clone() };
        let agent_asks = Self { agent_asks: true, ..plain.clone() };
        let none = Self { has_recovery: false, ..plain.clone() };
        let handed_over = Self { handed_over: true, ..plain.clone() };
        let new_here = Self { handed_over: true, ..none.clone() };
        vec![plain, digits, agent_asks, none, handed_over, new_here]
    }
}

/// Where a one-time code is sent.
#[derive(Debug, Clone, Serialize)]
pub struct UnlockSendCode {
    /// The tabs.
    pub frame: PortalFrame,
    /// Where *Send Code* posts to.
    pub action: String,
    /// Where *Cancel* leads.
    pub cancel_href: String,
    /// Whether the card was handed over locked, so that it was never blocked by anybody.
    pub handed_over: bool,
    /// The addresses and numbers: what the form sends, how it is reached, a hint of it.
    pub ways: Vec<(String, Channel, String)>,
    /// The chosen one.
    pub way: String,
}

impl Page for UnlockSendCode {
    const TEMPLATE: &'static str = "smartcard-unlock-send.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);
    const FIELDS: &'static [&'static str] = &["way"];

    fn samples() -> Vec<Self> {
        let both = Self {
            frame: PortalFrame::sample(Some(PortalTab::ManagePasscodes)),
            action: "/smartcard/unlock/send".into(),
            cancel_href: "/smartcard".into(),
            handed_over: false,
            ways: vec![
                ("record".into(), Channel::Email, "a•••@northfield.example".into()),
                ("0193a0f0".into(), Channel::Text, "ending in 23".into()),
            ],
            way: String::new(),
        };
        let chosen = Self { way: "record".into(), ..both.clone() };
        let handed_over = Self { handed_over: true, ..both.clone() };
        vec![both, chosen, handed_over]
    }
}

/// By a one-time code.
#[derive(Debug, Clone, Serialize)]
pub struct UnlockByCode {
    /// The tabs.
    pub frame: PortalFrame,
    /// Where the form posts to.
    pub action: String,
    /// Where a new code is asked for.
    pub resend_action: String,
    /// Where *Cancel* leads.
    pub cancel_href: String,
    /// How it was sent.
    pub channel: Channel,
    /// A hint of where to.
    pub sent_to: String,
    /// Whether *Send New Code* was pressed just now.
    pub just_resent: bool,
    /// Whether the message could not be delivered.
    pub undelivered: bool,
    /// Whether the agent on the workstation asks for the new passcode, so that this page has no fields for it.
    pub agent_asks: bool,
    /// What the new one must be.
    pub card: CardPasscodeRule,
}

impl Page for UnlockByCode {
    const TEMPLATE: &'static str = "smartcard-unlock-code.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);
    const FIELDS: &'static [&'static str] = &["code", "smartcard", "smartcard_again"];

    fn samples() -> Vec<Self> {
        let email = Self {
            frame: PortalFrame::sample(Some(PortalTab::ManagePasscodes)),
            action: "/smartcard/unlock/code".into(),
            resend_action: "/smartcard/unlock/code/new".into(),
            cancel_href: "/smartcard".into(),
            channel: Channel::Email,
            sent_to: "a•••@northfield.example".into(),
            just_resent: false,
            undelivered: false,
            agent_asks: false,
            card: CardPasscodeRule { min: 6, max: 8, letters: false },
        };
        let text = Self {
            channel: Channel::Text,
            sent_to: "ending in 23".into(),
            just_resent: true,
            ..email.clone()
        };
        let agent_asks = Self { agent_asks: true, undelivered: true, ..text.clone() };
        vec![email, text, agent_asks]
    }
}

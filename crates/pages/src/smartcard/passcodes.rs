//! *Manage Passcodes*: how the passcodes stand, and *Reset Passcodes* (guide 001, section 1.2).

use serde::Serialize;

use crate::smartcard::{PortalFrame, PortalTab};
use crate::{Page, Place};

/// One of the three passcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasscodeName {
    /// *Smartcard Passcode*.
    Smartcard,
    /// *Account Recovery Passcode*.
    Recovery,
    /// *Verification Passcode*.
    Verification,
}

/// How a passcode stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum PasscodeState {
    /// There is none.
    NotSet,
    /// It is good for a while.
    Current,
    /// It is to be changed soon.
    Reminding {
        /// Until it must be.
        days_left: u32,
    },
    /// It must be changed before anything else.
    Overdue {
        /// Until only the Registration Authority can help.
        days_until_locked: u32,
    },
    /// Only the Registration Authority can help.
    Locked,
}

/// One line of *Passcode Status*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PasscodeLine {
    /// Which.
    pub name: PasscodeName,
    /// The day it was set, in words.
    pub set_on: Option<String>,
    /// The day by which it must be changed, in words; none for those that do not grow old.
    pub due: Option<String>,
    /// How it stands.
    #[serde(flatten)]
    pub state: PasscodeState,
}

impl PasscodeLine {
    pub(crate) fn samples(state: PasscodeState) -> Vec<Self> {
        vec![
            Self {
                name: PasscodeName::Smartcard,
                set_on: Some("6 December 2025".into()),
                due: Some("6 December 2026".into()),
                state,
            },
            Self {
                name: PasscodeName::Recovery,
                set_on: Some("6 December 2025".into()),
                due: None,
                state: PasscodeState::Current,
            },
            Self { name: PasscodeName::Verification, set_on: None, due: None, state: PasscodeState::NotSet },
        ]
    }
}

/// What the card's own passcode must be: the organisation's rule and the card's, whichever is narrower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CardPasscodeRule {
    /// At least so many characters.
    pub min: u8,
    /// At most so many.
    pub max: u8,
    /// Whether letters and signs are taken; otherwise digits alone.
    pub letters: bool,
}

/// Why new passcodes come before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForcedWhy {
    /// A year has passed.
    Overdue,
    /// The Registration Authority wants it, or has unlocked the account.
    RegistrationAuthority,
}

/// *Manage Passcodes*. What was typed never comes back.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the page says or not")]
pub struct ManagePasscodes {
    /// The tabs.
    pub frame: PortalFrame,
    /// Where *Update* posts to.
    pub action: String,
    /// Where *Cancel* leads.
    pub cancel_href: String,
    /// Whether they were updated just now.
    pub updated: bool,
    /// Why this comes before anything else, if so.
    pub forced: Option<ForcedWhy>,
    /// *Passcode Status*.
    pub passcodes: Vec<PasscodeLine>,
    /// At least so many characters for the Account Recovery and the Verification Passcode.
    pub server_min: u8,
    /// At most so many.
    pub server_max: u8,
    /// What the card's own passcode must be.
    pub card: CardPasscodeRule,
    /// How many earlier passcodes are not taken again.
    pub remembered: u8,
    /// Whether the agent on the workstation asks for the card's passcodes, so that this page has no fields for them.
    pub agent_asks: bool,
    /// Whether a new Smartcard Passcode was asked for, where the agent asks for it.
    pub change_smartcard: bool,
    /// Whether the Account Recovery Passcode is what a card is unlocked by.
    pub recovery_unlocks: bool,
    /// Whether there is an Account Recovery Passcode that can be blanked.
    pub has_recovery: bool,
    /// Whether there is a Verification Passcode that can be blanked.
    pub has_verification: bool,
    /// Whether *Blank Passcode* was ticked for the first.
    pub blank_recovery: bool,
    /// Whether *Blank Passcode* was ticked for the second.
    pub blank_verification: bool,
    /// Where a script asks how strong a passcode is while it is typed; the name of the passcode is added.
    pub strength_action: String,
    /// Where a blocked card is unlocked.
    pub unlock_href: Option<String>,
}

impl Page for ManagePasscodes {
    const TEMPLATE: &'static str = "smartcard-passcodes.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);
    const FIELDS: &'static [&'static str] = &[
        "recovery",
        "recovery_again",
        "blank_recovery",
        "verification",
        "verification_again",
        "blank_verification",
        "smartcard",
        "smartcard_again",
        "current",
    ];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: PortalFrame::sample(Some(PortalTab::ManagePasscodes)),
            action: "/smartcard/passcodes".into(),
            cancel_href: "/smartcard".into(),
            updated: false,
            forced: None,
            passcodes: PasscodeLine::samples(PasscodeState::Current),
            server_min: 8,
            server_max: 20,
            card: CardPasscodeRule { min: 4, max: 8, letters: true },
            remembered: 5,
            agent_asks: false,
            change_smartcard: false,
            recovery_unlocks: true,
            has_recovery: true,
            has_verification: true,
            blank_recovery: false,
            blank_verification: false,
            strength_action: "/smartcard/passcodes/strength".into(),
            unlock_href: Some("/smartcard/unlock".into()),
        };
        let digits = Self {
            card: CardPasscodeRule { min: 6, max: 8, letters: false },
            passcodes: PasscodeLine::samples(PasscodeState::Reminding { days_left: 7 }),
            recovery_unlocks: false,
            blank_recovery: true,
            blank_verification: true,
            ..plain.clone()
        };
        let overdue = Self {
            forced: Some(ForcedWhy::Overdue),
            passcodes: PasscodeLine::samples(PasscodeState::Overdue { days_until_locked: 1 }),
            has_recovery: false,
            has_verification: false,
            card: CardPasscodeRule { min: 8, max: 8, letters: true },
            ..plain.clone()
        };
        let agent_asks = Self {
            forced: Some(ForcedWhy::RegistrationAuthority),
            agent_asks: true,
            change_smartcard: true,
            unlock_href: None,
            ..digits.clone()
        };
        let updated = Self { updated: true, agent_asks: true, ..plain.clone() };
        vec![plain, digits, overdue, agent_asks, updated]
    }
}

//! A card: how it stands and what happened to it.

use serde::Serialize;

use super::{RaAct, RaFlag};
use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Link, Page, Place};

/// A certificate of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaCertificate {
    /// `9a` or `9c`.
    pub slot: String,
    /// Its serial number, in hexadecimal digits.
    pub serial: String,
    /// From when it holds, in words.
    pub from: String,
    /// Until when, in words.
    pub until: String,
    /// Since when it is revoked, in words.
    pub revoked: Option<String>,
}

/// Something that happened to a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RaHappening {
    /// What, in words.
    pub what: String,
    /// When, in words.
    pub when: String,
    /// By whom, where somebody else did it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A card's page.
#[derive(Debug, Clone, Serialize)]
pub struct RaCard {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What is printed on it, or its GUID.
    pub label: String,
    /// Its GUID, in groups of hexadecimal digits.
    pub guid: String,
    /// `legacy-4-8-alphanumeric` or `piv-6-8-digits`.
    pub profile: String,
    /// Whose it is.
    pub person: Option<Link>,
    /// What was done just now.
    pub done: Option<String>,
    /// How it stands.
    pub flags: Vec<RaFlag>,
    /// Since when it is the person's, in words.
    pub issued: Option<String>,
    /// When its passcode was set, in words.
    pub passcode_set: Option<String>,
    /// In so many days the passcode locks the account; none where it does not, or has.
    pub locks_in: Option<i64>,
    /// How many tries it had left when it was last seen.
    pub tries_left: Option<u8>,
    /// When that was, in words.
    pub seen: Option<String>,
    /// How often its owner has renewed it alone.
    pub renewals_used: u32,
    /// How often that is possible; none where there is no limit.
    pub renewals_limit: Option<u32>,
    /// Why it was cancelled: `lost`, `stolen`, `damaged`, `left`, `replaced`, `other`.
    pub cancel_reason: Option<String>,
    /// Its certificates, the current ones first.
    pub certificates: Vec<RaCertificate>,
    /// What can be done, with where it is done.
    pub acts: Vec<(RaAct, String)>,
    /// Where one makes sure who stands there; none for those who may not.
    pub identity_href: Option<String>,
    /// Until when that is sure, in words.
    pub checked_until: Option<String>,
    /// What waits for a second member of staff.
    pub waiting: Vec<RaAct>,
    /// The work on it that whoever looks began and that has not ended.
    pub job_href: Option<String>,
    /// What happened to it, the newest first.
    pub history: Vec<RaHappening>,
    /// Back to the person, or the search.
    pub back: Option<String>,
}

/// A certificate as pages are shown with it.
fn certificate(slot: &str, revoked: Option<&str>) -> RaCertificate {
    RaCertificate {
        slot: slot.into(),
        serial: "4f5c0a21c3d94e7f8a01b2c3d4e5f607".into(),
        from: "1 March 2025".into(),
        until: "14 December 2026".into(),
        revoked: revoked.map(Into::into),
    }
}

/// Something that was done, as pages are shown with it.
fn happened(what: &str, by: Option<&str>, reason: Option<&str>) -> RaHappening {
    RaHappening {
        what: what.into(),
        when: "22 November 2026 at 9:58am".into(),
        by: by.map(Into::into),
        reason: reason.map(Into::into),
    }
}

impl Page for RaCard {
    const TEMPLATE: &'static str = "console-ra-card.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let card = "/console/smartcards/cards/0193a0f2";
        let act = |act, word: &str| (act, format!("{card}/{word}"));
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            label: "NTH 004711".into(),
            guid: "5f0c1e2a-9b3d-4c57-8e11-20a4b6c8d0f2".into(),
            profile: "piv-6-8-digits".into(),
            person: Some(Link::new("Amina Khan", "/console/smartcards/people/0193a0f0")),
            done: None,
            flags: vec![RaFlag::InUse, RaFlag::PasscodesDue],
            issued: Some("1 March 2024".into()),
            passcode_set: Some("1 December 2025".into()),
            locks_in: Some(30),
            tries_left: Some(3),
            seen: Some("20 November 2026 at 8:01am".into()),
            renewals_used: 1,
            renewals_limit: Some(2),
            cancel_reason: None,
            certificates: vec![certificate("9a", None), certificate("9c", None)],
            acts: vec![
                act(RaAct::ForcePasscodes, "passcodes"),
                act(RaAct::Renew, "renew"),
                act(RaAct::Replace, "replace"),
                act(RaAct::Cancel, "cancel"),
                act(RaAct::Revoke, "revoke"),
                act(RaAct::Clear, "clear"),
            ],
            identity_href: Some("/console/smartcards/people/0193a0f0/identity".into()),
            checked_until: None,
            waiting: Vec::new(),
            job_href: None,
            history: vec![
                happened("Certificates renewed", None, None),
                happened(
                    "New passcodes asked for by the Registration Authority",
                    Some("Ben Adeyemi"),
                    Some("The person had written the passcode on the card."),
                ),
            ],
            back: Some("/console/smartcards/people/0193a0f0".into()),
        };
        let locked = Self {
            label: "NTH 004712".into(),
            profile: "legacy-4-8-alphanumeric".into(),
            person: Some(Link::new(
                "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour",
                "/console/smartcards/people/0193a0f0",
            )),
            done: Some("asked".into()),
            flags: vec![RaFlag::Locked, RaFlag::Expired, RaFlag::Blocked],
            locks_in: None,
            tries_left: Some(0),
            renewals_used: 2,
            certificates: vec![certificate("9a", Some("1 November 2026")), certificate("9c", None)],
            acts: vec![act(RaAct::Unlock, "unlock"), act(RaAct::Unblock, "unblock")],
            checked_until: Some("10:08am".into()),
            waiting: vec![RaAct::Unlock],
            job_href: Some("/smartcard/jobs/0193a0f4".into()),
            ..plain.clone()
        };
        let blank = Self {
            label: "NTH 004713".into(),
            person: None,
            flags: vec![RaFlag::Blank],
            issued: None,
            passcode_set: None,
            locks_in: None,
            tries_left: None,
            seen: None,
            renewals_used: 0,
            certificates: Vec::new(),
            acts: vec![act(RaAct::Cancel, "cancel")],
            identity_href: None,
            history: Vec::new(),
            back: Some("/console/smartcards".into()),
            ..plain.clone()
        };
        let cancelled = Self {
            flags: vec![RaFlag::Cancelled, RaFlag::Revoked],
            cancel_reason: Some("stolen".into()),
            acts: vec![act(RaAct::Wipe, "wipe"), act(RaAct::Clear, "clear")],
            identity_href: None,
            renewals_limit: None,
            locks_in: None,
            ..plain.clone()
        };
        let wiped = Self {
            flags: vec![RaFlag::Cancelled, RaFlag::Wiped, RaFlag::Revoked],
            acts: vec![act(RaAct::Clear, "clear")],
            ..cancelled.clone()
        };
        vec![plain, locked, blank, cancelled, wiped]
    }
}

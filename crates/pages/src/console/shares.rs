//! What people shared with the trust, and what the trust says of it.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart, RequirementShown};
use crate::{Choice, CredentialFact, Page, Place};

/// What somebody shared at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShareLine {
    /// Who shared it: first and last name.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// When, in words.
    pub when: String,
    /// How many credentials.
    pub count: u32,
    /// How many of them wait for a review.
    pub waiting: u32,
    /// Its page.
    pub href: String,
}

/// *Shared credentials*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleShares {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// The oldest first.
    pub lines: Vec<ShareLine>,
    /// Whether those of which nothing waits are among them.
    pub reviewed: bool,
    /// The same list with, or without, those.
    pub other_href: String,
    /// The next page.
    pub next_href: Option<String>,
    /// Back to the search.
    pub back: Option<String>,
}

const LONG_NAME: &str = "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour";
const LONG_ADDRESS: &str = "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example";

impl Page for ConsoleShares {
    const TEMPLATE: &'static str = "console-shares.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |name: &str, count, waiting| ShareLine {
            name: name.into(),
            email: LONG_ADDRESS.into(),
            when: "22 November 2026 at 9:58am".into(),
            count,
            waiting,
            href: "/console/passports/shares/0193a0f0".into(),
        };
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            lines: vec![line(LONG_NAME, 30, 29), line("Amina Khan", 1, 1), line("Ben Adeyemi", 3, 0)],
            reviewed: true,
            other_href: "/console/passports/shares".into(),
            next_href: Some("/console/passports/shares?after=0193a0f0".into()),
            back: Some("/console/passports".into()),
        };
        let none = Self { lines: Vec::new(), reviewed: false, next_href: None, ..some.clone() };
        vec![some, none]
    }
}

/// How a shared credential stands, as far as its issuer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareStanding {
    /// It holds.
    Holds,
    /// Its issuer has revoked it.
    Revoked,
    /// Its last day is over.
    Expired,
    /// Its issuer is believed no longer.
    NotBelieved,
    /// That cannot be found out.
    Unknown,
}

/// What the trust has said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareVerdict {
    /// Nothing yet.
    Waits,
    /// It has taken it.
    Accepted,
    /// It has not.
    Rejected,
}

/// A credential that was shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedLine {
    /// What it is called.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// How it stands.
    pub standing: ShareStanding,
    /// What the trust has said of it.
    pub verdict: ShareVerdict,
    /// Its page.
    pub href: String,
}

/// What somebody shared at once.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleShare {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Who shared it.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// When, in words.
    pub when: String,
    /// The credentials.
    pub lines: Vec<SharedLine>,
    /// Those of them that lie in the trust's archive.
    pub archived: Vec<SharedLine>,
    /// How many of them wait for a review.
    pub waiting: u32,
    /// How many of those hold.
    pub acceptable: usize,
    /// Where *Accept all* posts to, for whoever may.
    pub accept_all: Option<String>,
    /// What the job role requires that the person has in this organisation.
    pub requirement: RequirementShown,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ConsoleShare {
    const TEMPLATE: &'static str = "console-share.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |title: &str, standing, verdict| SharedLine {
            title: title.into(),
            issuer: "Northfield Hospitals".into(),
            standing,
            verdict,
            href: "/console/passports/shared/0193a0f0".into(),
        };
        let [pending, active, _] = RequirementShown::samples();
        let waiting = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            name: LONG_NAME.into(),
            email: LONG_ADDRESS.into(),
            when: "22 November 2026 at 9:58am".into(),
            lines: vec![
                line("Fire safety", ShareStanding::Holds, ShareVerdict::Waits),
                line("Right to work", ShareStanding::Holds, ShareVerdict::Accepted),
                line("Conflict resolution", ShareStanding::Revoked, ShareVerdict::Accepted),
                line("Moving and handling, Level 1", ShareStanding::Expired, ShareVerdict::Rejected),
                line("Occupational health", ShareStanding::Unknown, ShareVerdict::Waits),
                line(
                    "Resuscitation, Paediatric immediate life support",
                    ShareStanding::NotBelieved,
                    ShareVerdict::Waits,
                ),
            ],
            archived: vec![line("Tuberculosis", ShareStanding::Expired, ShareVerdict::Accepted)],
            waiting: 3,
            acceptable: 1,
            accept_all: Some("/console/passports/shares/0193a0f0/accept".into()),
            requirement: pending,
            back: Some("/console/passports/shares".into()),
        };
        let only_seen = Self {
            archived: Vec::new(),
            accept_all: None,
            requirement: RequirementShown::none(None),
            ..waiting.clone()
        };
        let several = Self { acceptable: 12, requirement: active, ..waiting.clone() };
        vec![waiting, only_seen, several]
    }
}

/// How a shared credential can be rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectShared {
    /// Where the form posts to.
    pub action: String,
    /// The reasons.
    pub reasons: Vec<Choice>,
    /// The chosen one.
    pub reason: String,
    /// What was written.
    pub details: String,
}

/// A credential that was shared.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleShared {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What it is called.
    pub title: String,
    /// Who shared it.
    pub name: String,
    /// Who issued it.
    pub issuer: String,
    /// When it was shared, in words.
    pub shared: String,
    /// When it was seen to hold, in words; none where that could not be found out.
    pub held: Option<String>,
    /// How it stands now.
    pub standing: ShareStanding,
    /// What the trust has said of it.
    pub verdict: ShareVerdict,
    /// When it was reviewed, in words.
    pub reviewed: Option<String>,
    /// By whom.
    pub reviewer: Option<String>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// What whoever reviewed it wrote.
    pub details: Option<String>,
    /// What it says.
    pub facts: Vec<CredentialFact>,
    /// How that was assured.
    pub assurance: Vec<CredentialFact>,
    /// Where *Accept* posts to, for whoever may.
    pub accept_action: Option<String>,
    /// How it can be rejected, for whoever may.
    pub reject: Option<RejectShared>,
    /// When the trust put it away, in words, and the name of whoever did.
    pub archived: Option<(String, String)>,
    /// Where *Archive* posts to, for whoever may, where it can be archived.
    pub archive_action: Option<String>,
    /// Where *Restore* posts to, for whoever may, where it lies in the archive.
    pub restore_action: Option<String>,
    /// Back to what came with it.
    pub back: Option<String>,
}

impl Page for ConsoleShared {
    const TEMPLATE: &'static str = "console-shared.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["reason", "details"];

    fn samples() -> Vec<Self> {
        let waits = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            title: "Fire safety".into(),
            name: "Amina Khan".into(),
            issuer: "Northfield Hospitals".into(),
            shared: "22 November 2026 at 9:58am".into(),
            held: Some("22 November 2026 at 9:58am".into()),
            standing: ShareStanding::Holds,
            verdict: ShareVerdict::Waits,
            reviewed: None,
            reviewer: None,
            reason: None,
            details: None,
            facts: vec![CredentialFact::text("Subject", "Fire safety")],
            assurance: vec![CredentialFact::text("Origin", "Electronic Staff Record")],
            accept_action: Some("/console/passports/shared/0193a0f0/accept".into()),
            reject: Some(RejectShared {
                action: "/console/passports/shared/0193a0f0/reject".into(),
                reasons: vec![
                    Choice::new("duplicate", "We have it already"),
                    Choice::new("other", "Other reason"),
                ],
                reason: "other".into(),
                details: "The name on it is that of before the wedding.".into(),
            }),
            archived: None,
            archive_action: None,
            restore_action: None,
            back: Some("/console/passports/shares/0193a0f0".into()),
        };
        let revoked =
            Self { standing: ShareStanding::Revoked, held: None, accept_action: None, ..waits.clone() };
        let rejected = Self {
            name: LONG_NAME.into(),
            verdict: ShareVerdict::Rejected,
            reviewed: Some("23 November 2026 at 8:05am".into()),
            reviewer: Some("Ben Adeyemi".into()),
            reason: Some("Other reason".into()),
            details: Some("The name on it is that of before the wedding.".into()),
            accept_action: None,
            reject: None,
            ..waits.clone()
        };
        let accepted = Self {
            verdict: ShareVerdict::Accepted,
            standing: ShareStanding::Unknown,
            reason: None,
            details: None,
            archive_action: Some("/console/passports/shared/0193a0f0/archive".into()),
            ..rejected.clone()
        };
        let archived = Self {
            archived: Some(("24 November 2026 at 8:05am".into(), LONG_NAME.into())),
            archive_action: None,
            restore_action: Some("/console/passports/shared/0193a0f0/restore".into()),
            ..accepted.clone()
        };
        vec![waits, revoked, rejected, accepted, archived]
    }
}

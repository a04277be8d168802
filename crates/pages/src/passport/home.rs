//! The list of credentials: those to review first.

use serde::Serialize;

use crate::passport::PassportState;
use crate::{Page, Place, RequirementStanding};

/// A credential in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassportRow {
    /// What it is called: "Fire safety".
    pub title: String,
    /// Who issues it.
    pub issuer: String,
    /// The day on which it was provided, in words.
    pub provided: String,
    /// Its last day, in words.
    pub valid_until: Option<String>,
    /// Its full details.
    pub href: String,
}

/// Credentials that stand alike.
#[derive(Debug, Clone, Serialize)]
pub struct PassportSection {
    /// How they stand.
    pub state: PassportState,
    /// At least one.
    pub rows: Vec<PassportRow>,
}

/// What was just done with a credential.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum PassportAnswered {
    /// It is in the wallet.
    Added {
        /// What it is called.
        title: String,
    },
    /// It was rejected, and the trust told.
    Rejected {
        /// What it is called.
        title: String,
        /// Who was told.
        issuer: String,
    },
    /// The trust was asked for a credential.
    Requested,
    /// What one is told of was chosen.
    Saved,
}

/// Something that a job role requires and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassportMissing {
    /// What it is called.
    pub title: String,
    /// Where one reviews it, or asks for it; none where another organisation requires it.
    pub href: Option<String>,
    /// Whether it waits for a review.
    pub to_review: bool,
}

/// How far the passport has come with what a job role requires.
#[derive(Debug, Clone, Serialize)]
pub struct PassportProgress {
    /// What the job role is called.
    pub job_role: String,
    /// Which organisation requires it.
    pub organisation: String,
    /// How many of the credentials are there.
    pub completed: usize,
    /// How many there are to be.
    pub required: usize,
    /// How the passport stands.
    pub standing: RequirementStanding,
    /// What is missing.
    pub missing: Vec<PassportMissing>,
}

/// The staff passport.
#[derive(Debug, Clone, Serialize)]
pub struct PassportHome {
    /// What was just done.
    pub answered: Option<PassportAnswered>,
    /// The credential to review next.
    pub next_href: Option<String>,
    /// What waits for a review, the oldest first.
    pub to_review: Vec<PassportRow>,
    /// What job roles require; nothing where none was given.
    pub progress: Vec<PassportProgress>,
    /// All others, by how they stand.
    pub sections: Vec<PassportSection>,
    /// Where one asks the trust for a credential.
    pub request_href: String,
    /// Where the access key is collected.
    pub access_key_href: String,
    /// Where credentials are shared with a trust.
    pub share_href: String,
    /// What happened to the passport.
    pub history_href: String,
    /// By which channels one is told.
    pub notifications_href: String,
}

impl PassportRow {
    fn sample(title: &str) -> Self {
        Self {
            title: title.into(),
            issuer: "Northfield Hospitals".into(),
            provided: "22 November 2026".into(),
            valid_until: Some("21 November 2028".into()),
            href: "/passport/credentials/0193a0f0-7b1c-7c3e-8d2f-1a2b3c4d5e6f".into(),
        }
    }
}

impl PassportProgress {
    fn sample() -> Self {
        let missing = |title: &str| PassportMissing {
            title: title.into(),
            href: Some("/passport/request?type=dbs".into()),
            to_review: false,
        };
        Self {
            job_role: "Staff nurse".into(),
            organisation: "Northfield Hospitals".into(),
            completed: 3,
            required: 6,
            standing: RequirementStanding::Pending,
            missing: vec![
                PassportMissing { to_review: true, ..missing("Fire safety") },
                missing("Disclosure and Barring Service (DBS)"),
                PassportMissing { href: None, ..missing("Resuscitation, Paediatric immediate life support") },
            ],
        }
    }
}

impl Page for PassportHome {
    const TEMPLATE: &'static str = "passport.html";
    const PLACE: Option<Place> = Some(Place::Passport);

    fn samples() -> Vec<Self> {
        let long = PassportRow {
            issuer: "Bwrdd Iechyd Cymunedol a Gwasanaethau Iechyd Meddwl Llanfihangel-y-Creuddyn".into(),
            valid_until: None,
            ..PassportRow::sample("Disclosure and Barring Service (DBS)")
        };
        let section = |state| PassportSection { state, rows: vec![PassportRow::sample("Right to work")] };
        let plain = Self {
            answered: None,
            next_href: Some("/passport/credentials/0193a0f0-7b1c-7c3e-8d2f-1a2b3c4d5e6f".into()),
            to_review: vec![PassportRow::sample("Fire safety"), long],
            progress: vec![PassportProgress::sample()],
            sections: vec![section(PassportState::Accepted)],
            request_href: "/passport/request".into(),
            access_key_href: "/passport/access-key".into(),
            share_href: "/passport/share".into(),
            history_href: "/passport/history".into(),
            notifications_href: "/passport/notifications".into(),
        };
        let added = Self {
            answered: Some(PassportAnswered::Added { title: "Fire safety".into() }),
            sections: [
                PassportState::Accepted,
                PassportState::Expired,
                PassportState::Revoked,
                PassportState::Rejected,
                PassportState::Withdrawn,
                PassportState::Archived,
            ]
            .map(section)
            .into(),
            progress: vec![
                PassportProgress {
                    completed: 30,
                    required: 30,
                    standing: RequirementStanding::Active,
                    missing: Vec::new(),
                    ..PassportProgress::sample()
                },
                PassportProgress { standing: RequirementStanding::Bypassed, ..PassportProgress::sample() },
            ],
            ..plain.clone()
        };
        let last = Self {
            answered: Some(PassportAnswered::Rejected {
                title: "Fire safety".into(),
                issuer: "Northfield Hospitals".into(),
            }),
            next_href: None,
            to_review: Vec::new(),
            progress: Vec::new(),
            ..plain.clone()
        };
        let empty = Self { answered: None, sections: Vec::new(), ..last.clone() };
        let asked = Self { answered: Some(PassportAnswered::Requested), ..plain.clone() };
        let saved = Self { answered: Some(PassportAnswered::Saved), ..empty.clone() };
        vec![plain, added, last, empty, asked, saved]
    }
}

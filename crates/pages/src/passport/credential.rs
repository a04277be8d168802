//! The full details of a credential, and what can be done with it.

use serde::Serialize;

use crate::{Page, Place};

/// How a credential stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassportState {
    /// It waits for a review.
    ToReview,
    /// It is in the wallet.
    Accepted,
    /// Its owner rejected it.
    Rejected,
    /// The trust took it back.
    Withdrawn,
    /// It is good no more.
    Revoked,
    /// Its last day is over.
    Expired,
    /// It was put away.
    Archived,
}

/// What stands beside a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialValue {
    /// Words; a day in words, too.
    Text(String),
    /// The address of a picture.
    Picture(String),
}

/// One thing that a credential says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialFact {
    /// "Date of birth".
    pub label: String,
    /// What.
    pub value: CredentialValue,
}

impl CredentialFact {
    /// One in words.
    pub fn text(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: CredentialValue::Text(value.into()) }
    }
}

/// Who has put a credential away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchivedBy {
    /// Its owner.
    Owner,
    /// Nobody: a newer one took its place.
    Newer,
    /// A member of staff of the trust that provided it, by name.
    Staff(String),
}

/// That a credential lies in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchivedLine {
    /// Since when, in words.
    pub when: String,
    /// Who has put it there.
    pub by: ArchivedBy,
}

impl ArchivedLine {
    /// One for each who can do that.
    pub(crate) fn samples() -> [Self; 3] {
        let name = "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".to_owned();
        [ArchivedBy::Owner, ArchivedBy::Newer, ArchivedBy::Staff(name)]
            .map(|by| Self { when: "23 November 2026 at 8:05am".into(), by })
    }
}

/// A credential.
#[derive(Debug, Clone, Serialize)]
pub struct PassportCredential {
    /// What it is called: "Fire safety".
    pub title: String,
    /// How it stands.
    pub state: PassportState,
    /// Who issues it.
    pub issuer: String,
    /// The day on which it was provided, in words.
    pub provided: String,
    /// Its last day, in words.
    pub valid_until: Option<String>,
    /// What it says.
    pub facts: Vec<CredentialFact>,
    /// How that was assured.
    pub assurance: Vec<CredentialFact>,
    /// Why it was rejected, withdrawn or revoked, in words.
    pub reason: Option<String>,
    /// What its owner wrote when they rejected it.
    pub details: Option<String>,
    /// That it lies in the archive, and who has put it there.
    pub archived: Option<ArchivedLine>,
    /// Where *Accept credential and add it to my wallet* posts to; for *Add to a new phone* with `reissue`.
    pub accept_action: String,
    /// Where a reason is asked for.
    pub reject_href: String,
    /// Where *Archive* posts to; none where it was never in the wallet, or is in the archive.
    pub archive_action: Option<String>,
    /// Where *Restore* posts to.
    pub restore_action: String,
    /// The list.
    pub back: Option<String>,
}

impl PassportCredential {
    pub(crate) fn sample() -> Self {
        let at = |what: &str| format!("/passport/credentials/0193a0f0-7b1c-7c3e-8d2f-1a2b3c4d5e6f/{what}");
        Self {
            title: "Fire safety".into(),
            state: PassportState::ToReview,
            issuer: "Northfield Hospitals".into(),
            provided: "22 November 2026".into(),
            valid_until: Some("21 November 2028".into()),
            facts: vec![
                CredentialFact::text("Subject", "Fire safety"),
                CredentialFact::text("Attained", "22 November 2026"),
            ],
            assurance: vec![
                CredentialFact::text("Origin", "Electronic Staff Record"),
                CredentialFact::text("Assurance policy", "CSTF"),
            ],
            reason: None,
            details: None,
            archived: None,
            accept_action: at("add"),
            reject_href: at("reject"),
            archive_action: Some(at("archive")),
            restore_action: at("restore"),
            back: Some("/passport".into()),
        }
    }
}

impl Page for PassportCredential {
    const TEMPLATE: &'static str = "passport-credential.html";
    const PLACE: Option<Place> = Some(Place::Passport);

    fn samples() -> Vec<Self> {
        let plain = Self::sample();
        let at = |state| Self { state, ..plain.clone() };
        let why = |state, reason: &str| Self { reason: Some(reason.into()), ..at(state) };
        let identity = Self {
            title: "Identity".into(),
            valid_until: None,
            facts: vec![
                CredentialFact::text("First name", "Gwenllïan Angharad"),
                CredentialFact::text("Last name", "Llewelyn-Fychan d’Aubigné de la Tour"),
                CredentialFact {
                    label: "Photo".into(),
                    value: CredentialValue::Picture(
                        crate::assets::path_of("favicon.svg").unwrap_or("/x").into(),
                    ),
                },
            ],
            ..plain.clone()
        };
        let rejected = Self {
            details: Some("The date is that of the course before, which I took elsewhere.".into()),
            ..why(PassportState::Rejected, "Other reason")
        };
        let archived = |state, line| Self { archived: Some(line), ..at(state) };
        let [by_owner, by_newer, by_staff] = ArchivedLine::samples();
        vec![
            plain.clone(),
            identity,
            at(PassportState::Accepted),
            at(PassportState::Expired),
            Self { archive_action: None, ..at(PassportState::Expired) },
            archived(PassportState::Archived, by_owner),
            archived(PassportState::Expired, by_newer),
            archived(PassportState::Archived, by_staff),
            rejected,
            why(PassportState::Withdrawn, "It was issued in error"),
            why(PassportState::Revoked, "The training has expired"),
        ]
    }
}

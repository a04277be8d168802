//! *Reject this credential*: why.

use serde::Serialize;

use crate::{Choice, Page, Place};

/// *Reject this credential*.
#[derive(Debug, Clone, Serialize)]
pub struct RejectCredential {
    /// Where the form posts to.
    pub action: String,
    /// What the credential is called.
    pub title: String,
    /// Who is told.
    pub issuer: String,
    /// The reasons; the last one asks for details.
    pub reasons: Vec<Choice>,
    /// The chosen one.
    pub reason: String,
    /// What was written.
    pub details: String,
    /// The most characters of it.
    pub longest: usize,
    /// The credential.
    pub back: Option<String>,
}

impl Page for RejectCredential {
    const TEMPLATE: &'static str = "passport-reject.html";
    const PLACE: Option<Place> = Some(Place::Passport);
    const FIELDS: &'static [&'static str] = &["reason", "details"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/passport/credentials/0193a0f0/reject".into(),
            title: "Fire safety".into(),
            issuer: "Northfield Hospitals".into(),
            reasons: vec![
                Choice::new("duplicate", "Duplicate of a credential that I have"),
                Choice::new("incorrect", "Incorrect information"),
                Choice::new("not-wanted", "I no longer want this credential"),
                Choice::new("other", "Other reason"),
            ],
            reason: String::new(),
            details: String::new(),
            longest: 500,
            back: Some("/passport/credentials/0193a0f0".into()),
        };
        let filled = Self {
            title: "Disclosure and Barring Service (DBS)".into(),
            reason: "other".into(),
            details: "The reference is not that of my certificate.".into(),
            ..plain.clone()
        };
        vec![plain, filled]
    }
}

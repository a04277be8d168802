//! Asking the trust for a credential.

use serde::Serialize;

use crate::{Choice, Page, Place};

/// *Ask for a credential*.
#[derive(Debug, Clone, Serialize)]
pub struct RequestCredential {
    /// Where the form posts to.
    pub action: String,
    /// Who is asked.
    pub organisation: String,
    /// What can be asked for.
    pub kinds: Vec<Choice>,
    /// The chosen one.
    pub kind: String,
    /// What was written.
    pub note: String,
    /// The most characters of it.
    pub longest: usize,
    /// The list.
    pub back: Option<String>,
}

impl Page for RequestCredential {
    const TEMPLATE: &'static str = "passport-request.html";
    const PLACE: Option<Place> = Some(Place::Passport);
    const FIELDS: &'static [&'static str] = &["kind", "note"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/passport/request".into(),
            organisation: "Northfield Hospitals".into(),
            kinds: vec![
                Choice::new("right-to-work", "Right to work"),
                Choice::new("dbs", "Disclosure and Barring Service (DBS)"),
                Choice::new("core-skill", "Core skill"),
            ],
            kind: String::new(),
            note: String::new(),
            longest: 500,
            back: Some("/passport".into()),
        };
        let filled = Self { kind: "dbs".into(), note: "I renewed it in October.".into(), ..plain.clone() };
        vec![plain, filled]
    }
}

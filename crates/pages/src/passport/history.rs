//! The history of a passport.

use serde::Serialize;

use crate::{Page, Place};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassportHappening {
    /// What, in words: "Added to your wallet".
    pub what: String,
    /// To which credential: "Fire safety".
    pub title: Option<String>,
    /// When, in words.
    pub when: String,
    /// Which organisation did it, or was concerned.
    pub organisation: Option<String>,
    /// Which member of staff did it.
    pub by: Option<String>,
    /// Why, in words.
    pub reason: Option<String>,
}

impl PassportHappening {
    pub(crate) fn samples() -> Vec<Self> {
        let provided = Self {
            what: "Issued to you, to review".into(),
            title: Some("Fire safety".into()),
            when: "22 November 2026 at 9:58am".into(),
            organisation: Some("Northfield Hospitals".into()),
            by: None,
            reason: None,
        };
        let revoked = Self {
            what: "Revoked".into(),
            by: Some("Rosalind Achterberg".into()),
            reason: Some("The training has expired".into()),
            ..provided.clone()
        };
        let asked = Self {
            what: "You asked for a credential".into(),
            title: Some("Disclosure and Barring Service (DBS)".into()),
            ..provided.clone()
        };
        vec![revoked, provided, asked]
    }
}

/// *History*.
#[derive(Debug, Clone, Serialize)]
pub struct PassportHistory {
    /// The newest first.
    pub happenings: Vec<PassportHappening>,
    /// Where older ones are.
    pub older_href: Option<String>,
    /// Where the newest are; none where these are they.
    pub newest_href: Option<String>,
    /// The list.
    pub back: Option<String>,
}

impl Page for PassportHistory {
    const TEMPLATE: &'static str = "passport-history.html";
    const PLACE: Option<Place> = Some(Place::Passport);

    fn samples() -> Vec<Self> {
        let plain = Self {
            happenings: PassportHappening::samples(),
            older_href: Some("/passport/history?before=0193a0f0".into()),
            newest_href: None,
            back: Some("/passport".into()),
        };
        let last = Self { older_href: None, newest_href: Some("/passport/history".into()), ..plain.clone() };
        let none = Self { happenings: Vec::new(), newest_href: None, ..last.clone() };
        vec![plain, last, none]
    }
}

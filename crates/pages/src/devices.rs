//! *Devices and sessions*.

use serde::Serialize;

use crate::{Page, Place};

/// A session that can be used.
#[derive(Debug, Clone, Serialize)]
pub struct SignedInSession {
    /// "Firefox, Windows 10"; none where the browser did not say.
    pub browser: Option<String>,
    /// The range of the network: "192.0.2.0/24".
    pub network: Option<String>,
    /// When it began, in words.
    pub started: String,
    /// When it was last used, in words.
    pub last_used: String,
    /// Where it is ended; none for the session in which the page is read.
    pub end_action: Option<String>,
}

/// A browser that is spared the second factor.
#[derive(Debug, Clone, Serialize)]
pub struct RememberedBrowser {
    /// "Firefox, Windows 10"; none where the browser did not say.
    pub browser: Option<String>,
    /// The range of the network.
    pub network: Option<String>,
    /// When somebody last signed in with it, in words.
    pub last_used: String,
    /// Until when no code is asked for, in words.
    pub until: String,
    /// Where it is forgotten.
    pub forget_action: String,
}

/// Where the person is signed in, and which browsers are spared the second factor.
#[derive(Debug, Clone, Serialize)]
pub struct Devices {
    /// The last used first.
    pub sessions: Vec<SignedInSession>,
    /// The last used first.
    pub remembered: Vec<RememberedBrowser>,
    /// Where *Sign out everywhere* posts to.
    pub everywhere_action: String,
    /// Whether a session or browser was just ended or forgotten.
    pub done: bool,
}

impl Page for Devices {
    const TEMPLATE: &'static str = "devices.html";
    const PLACE: Option<Place> = Some(Place::Devices);

    fn samples() -> Vec<Self> {
        let here = SignedInSession {
            browser: Some("Firefox, Windows 10".into()),
            network: Some("192.0.2.0/24".into()),
            started: "22 November 2026 at 9:58am".into(),
            last_used: "22 November 2026 at 10:12am".into(),
            end_action: None,
        };
        let elsewhere = SignedInSession {
            browser: None,
            network: Some("2001:0db8:85a3:0000::/64".into()),
            end_action: Some("/devices/sessions/2/end".into()),
            ..here.clone()
        };
        let remembered = RememberedBrowser {
            browser: Some("Some browser with a name that nobody has ever heard of, Windows 98".into()),
            network: None,
            last_used: "22 November 2026 at 9:58am".into(),
            until: "22 December 2026 at 9:58am".into(),
            forget_action: "/devices/2/forget".into(),
        };
        let one = Self {
            sessions: vec![here.clone()],
            remembered: Vec::new(),
            everywhere_action: "/devices/sign-out-everywhere".into(),
            done: false,
        };
        let many = Self {
            sessions: vec![here, elsewhere.clone(), elsewhere],
            remembered: vec![
                remembered.clone(),
                RememberedBrowser { browser: None, network: Some("192.0.2.0/24".into()), ..remembered },
            ],
            done: true,
            ..one.clone()
        };
        vec![many, one]
    }
}

//! *Sign in with your staff passport*: where it begins, and the pages to which a wallet leads. The page with the QR code is
//! [`WalletQr`](crate::WalletQr).

use serde::Serialize;

use crate::{Choice, Page};

/// Where it begins: whose passport it is.
#[derive(Debug, Clone, Serialize)]
pub struct PassportSignIn {
    /// Where the form posts to, with the choice as `organisation`.
    pub action: String,
    /// The organisations, where there are several to choose from.
    pub organisations: Vec<Choice>,
    /// *Sign in another way*.
    pub other_ways_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for PassportSignIn {
    const TEMPLATE: &'static str = "passport-sign-in.html";
    const FIELDS: &'static [&'static str] = &["organisation"];

    fn samples() -> Vec<Self> {
        let one = Self {
            action: "/sign-in/passport".into(),
            organisations: Vec::new(),
            other_ways_href: "/sign-in".into(),
            back: Some("/sign-in".into()),
        };
        let several = Self {
            organisations: vec![
                Choice::new("NTH", "Northfield Hospitals"),
                Choice::new(
                    "LLN",
                    "Bwrdd Iechyd Cymunedol a Gwasanaethau Iechyd Meddwl Llanfihangel-y-Creuddyn a’r Cylch",
                ),
            ],
            ..one.clone()
        };
        let back_home = Self { back: None, ..several.clone() };
        vec![several, back_home, one]
    }
}

/// The wallet led back to the browser that asked.
#[derive(Debug, Clone, Serialize)]
pub struct PassportBack {
    /// Whether that confirms who is signed in; else it signs in.
    pub confirms: bool,
    /// Where the form posts to, with the code as `response_code`.
    pub action: String,
    /// The code.
    pub code: String,
}

impl Page for PassportBack {
    const TEMPLATE: &'static str = "passport-back.html";

    fn samples() -> Vec<Self> {
        let back = |confirms, action: &str| Self { confirms, action: action.into(), code: "gJ6uC8rP".into() };
        vec![back(false, "/sign-in/passport/back"), back(true, "/confirm/passport/back")]
    }
}

/// The wallet led to another browser than the one that asked: the digits to type there.
#[derive(Debug, Clone, Serialize)]
pub struct PassportCode {
    /// Whether somebody wants to confirm that it is them; else, to sign in.
    pub confirms: bool,
    /// Six digits.
    pub digits: String,
    /// The host on whose page they are typed.
    pub host: String,
    /// Whose page that is.
    pub organisation: String,
    /// Browser and system that asked; none where it did not tell.
    pub browser: Option<String>,
    /// The range of its network.
    pub network: Option<String>,
    /// When it asked, in words.
    pub when: String,
    /// Where *I did not start this* posts to, with the code as `response_code`.
    pub disown_action: String,
    /// The code.
    pub code: String,
}

impl Page for PassportCode {
    const TEMPLATE: &'static str = "passport-code.html";

    fn samples() -> Vec<Self> {
        let known = Self {
            confirms: false,
            digits: "493536".into(),
            host: "identity.northfield.example".into(),
            organisation: "Northfield Hospitals".into(),
            browser: Some("Firefox, Windows 10".into()),
            network: Some("192.0.2.0/24".into()),
            when: "22 November 2026 at 10am".into(),
            disown_action: "/sign-in/passport/not-me".into(),
            code: "gJ6uC8rP".into(),
        };
        let confirms =
            Self { confirms: true, disown_action: "/confirm/passport/not-me".into(), ..known.clone() };
        vec![known.clone(), Self { browser: None, network: None, ..known }, confirms]
    }
}

/// *I did not start this*: nobody was signed in.
#[derive(Debug, Clone, Serialize)]
pub struct PassportDisowned {
    /// Where recent activity is seen, after signing in.
    pub activity_href: String,
}

impl Page for PassportDisowned {
    const TEMPLATE: &'static str = "passport-disowned.html";

    fn samples() -> Vec<Self> {
        vec![Self { activity_href: "/activity".into() }]
    }
}

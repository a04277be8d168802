//! Sharing credentials with a trust. The page with the QR code is [`WalletQr`](crate::WalletQr).

use serde::Serialize;

use crate::{Choice, Page};

/// A credential, as its owner knows it.
#[derive(Debug, Clone, Serialize)]
pub struct HeldCredential {
    /// What the form sends.
    pub id: String,
    /// What it is called: "Safeguarding adults, Level 2".
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// With whom, and what.
#[derive(Debug, Clone, Serialize)]
pub struct PassportShare {
    /// Where the form goes: `trust` and, several times, `credentials`.
    pub action: String,
    /// The trusts; none where there is no other.
    pub trusts: Vec<Choice>,
    /// The trust that is chosen.
    pub chosen: String,
    /// What the person holds.
    pub credentials: Vec<HeldCredential>,
    /// The page before.
    pub back: Option<String>,
}

fn held(number: u32, title: &str) -> HeldCredential {
    HeldCredential {
        id: format!("0193f2c1-0000-7000-8000-00000000000{number}"),
        title: title.into(),
        issuer: "Northfield Hospitals".into(),
        chosen: false,
    }
}

impl Page for PassportShare {
    const TEMPLATE: &'static str = "passport-share.html";
    const FIELDS: &'static [&'static str] = &["trust", "credentials"];

    fn samples() -> Vec<Self> {
        let full = Self {
            action: "/passport/share".into(),
            trusts: vec![
                Choice::new("STH", "Southmere Community Trust"),
                Choice::new("WST", "Westvale Mental Health"),
            ],
            chosen: "STH".into(),
            credentials: vec![
                HeldCredential { chosen: true, ..held(1, "Identity") },
                held(2, "Fire safety"),
                held(3, "Infection prevention and control, Level 2"),
            ],
            back: Some("/passport".into()),
        };
        let nothing = Self { credentials: Vec::new(), ..full.clone() };
        let nobody = Self { trusts: Vec::new(), ..full.clone() };
        vec![full.clone(), full, nothing, nobody]
    }
}

/// Are these the ones?
#[derive(Debug, Clone, Serialize)]
pub struct PassportShareCheck {
    /// Where *Share them* posts to.
    pub action: String,
    /// The trust's code, and its name.
    pub trust: Choice,
    /// What was chosen.
    pub credentials: Vec<HeldCredential>,
    /// Where something else is chosen.
    pub back: Option<String>,
}

impl Page for PassportShareCheck {
    const TEMPLATE: &'static str = "passport-share-check.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            action: "/passport/share/begin".into(),
            trust: Choice::new("STH", "Southmere Community Trust"),
            credentials: vec![held(1, "Identity"), held(2, "Fire safety")],
            back: Some("/passport/share".into()),
        }]
    }
}

/// It was shared.
#[derive(Debug, Clone, Serialize)]
pub struct PassportShared {
    /// With whom.
    pub trust: String,
    /// How many credentials.
    pub count: u32,
    /// What was chosen from other issuers and the wallet did not share.
    pub missing: Vec<HeldCredential>,
    /// Where the person goes on.
    pub passport_href: String,
}

impl Page for PassportShared {
    const TEMPLATE: &'static str = "passport-shared.html";

    fn samples() -> Vec<Self> {
        let one = Self {
            trust: "Southmere Community Trust".into(),
            count: 1,
            missing: Vec::new(),
            passport_href: "/passport".into(),
        };
        let missing =
            vec![HeldCredential { issuer: "Riverside Partnership".into(), ..held(4, "Core skill") }];
        vec![Self { count: 12, ..one.clone() }, Self { missing, ..one.clone() }, one]
    }
}

/// On the phone, after the wallet: the page on the other device goes on.
#[derive(Debug, Clone, Serialize)]
pub struct PassportReturn {}

impl Page for PassportReturn {
    const TEMPLATE: &'static str = "passport-return.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

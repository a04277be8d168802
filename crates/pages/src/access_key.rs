//! The access key of a staff passport: what it is, the code that proves the mobile number, and that it was added.

use serde::Serialize;

use crate::Page;

/// *Collect your access key*.
#[derive(Debug, Clone, Serialize)]
pub struct AccessKey {
    /// Where *Send Code* posts to.
    pub action: String,
    /// As much of the mobile number as may be shown: "ending in 23"; none where there is none.
    pub mobile: Option<String>,
    /// Whether there is an access key in a wallet already, which the new one ends.
    pub has_one: bool,
    /// Where a mobile number is added.
    pub security_info_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for AccessKey {
    const TEMPLATE: &'static str = "access-key.html";

    fn samples() -> Vec<Self> {
        let first = Self {
            action: "/passport/access-key".into(),
            mobile: Some("ending in 23".into()),
            has_one: false,
            security_info_href: "/security-info".into(),
            back: Some("/passport".into()),
        };
        vec![first.clone(), Self { has_one: true, ..first.clone() }, Self { mobile: None, ..first }]
    }
}

/// The six digits that prove the mobile number.
#[derive(Debug, Clone, Serialize)]
pub struct AccessKeyCode {
    /// Where the form posts to.
    pub action: String,
    /// Where a new code is asked for.
    pub resend_action: String,
    /// As much of the number as may be shown.
    pub sent_to: String,
    /// Whether *Send New Code* was pressed just now.
    pub just_resent: bool,
    /// Whether the message could not be delivered.
    pub undelivered: bool,
    /// How many minutes the code works.
    pub minutes: u32,
    /// The page before.
    pub back: Option<String>,
}

impl Page for AccessKeyCode {
    const TEMPLATE: &'static str = "access-key-code.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let sent = Self {
            action: "/passport/access-key/code".into(),
            resend_action: "/passport/access-key/code/new".into(),
            sent_to: "ending in 23".into(),
            just_resent: false,
            undelivered: false,
            minutes: 5,
            back: Some("/passport/access-key".into()),
        };
        vec![
            sent.clone(),
            Self { just_resent: true, ..sent.clone() },
            Self { undelivered: true, just_resent: true, ..sent },
        ]
    }
}

/// *Access key added*.
#[derive(Debug, Clone, Serialize)]
pub struct AccessKeyAdded {
    /// Where the passport is.
    pub passport_href: String,
}

impl Page for AccessKeyAdded {
    const TEMPLATE: &'static str = "access-key-added.html";

    fn samples() -> Vec<Self> {
        vec![Self { passport_href: "/passport".into() }]
    }
}

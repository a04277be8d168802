//! *Forgotten password* and *Unlock my account*; and another password for somebody who is signed in.

use serde::Serialize;

use crate::{Method, NewPassword, Page};

/// *Reset my password* or *Unlock my account*?
#[derive(Debug, Clone, Serialize)]
pub struct Reset {
    /// Where the form posts to, with the choice as `purpose`: `password` or `unlock`.
    pub action: String,
    /// Where a start code of the service desk is typed.
    pub start_code_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for Reset {
    const TEMPLATE: &'static str = "reset.html";
    const FIELDS: &'static [&'static str] = &["purpose"];

    fn samples() -> Vec<Self> {
        vec![Self {
            action: "/reset".into(),
            start_code_href: "/reset/start-code".into(),
            back: Some("/sign-in".into()),
        }]
    }
}

/// *Email address or staff number*.
#[derive(Debug, Clone, Serialize)]
pub struct ResetUserName {
    /// Where the form posts to.
    pub action: String,
    /// What is sent along: `password` or `unlock`.
    pub purpose: String,
    /// What was typed before.
    pub user_name: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for ResetUserName {
    const TEMPLATE: &'static str = "reset-user-name.html";
    const FIELDS: &'static [&'static str] = &["user_name"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/reset/user-name".into(),
            purpose: "password".into(),
            user_name: String::new(),
            back: Some("/reset".into()),
        };
        let unlock = Self {
            purpose: "unlock".into(),
            user_name:
                "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty-cymunedol.northfield.example"
                    .into(),
            ..plain.clone()
        };
        vec![plain, unlock]
    }
}

/// The check against robots: wait, then *Continue*.
#[derive(Debug, Clone, Serialize)]
pub struct ResetWait {
    /// Where the form posts to.
    pub action: String,
    /// What is sent along.
    pub purpose: String,
    /// What is sent along.
    pub user_name: String,
    /// What is sent along.
    pub ticket: String,
    /// How long to wait.
    pub seconds: u32,
    /// The page before.
    pub back: Option<String>,
}

impl Page for ResetWait {
    const TEMPLATE: &'static str = "reset-wait.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/reset/user-name".into(),
            purpose: "password".into(),
            user_name: "amina.khan@northfield.example".into(),
            ticket: "1795593600000.0193a0c4".into(),
            seconds: 10,
            back: Some("/reset".into()),
        };
        vec![plain.clone(), Self { seconds: 1, ..plain }]
    }
}

/// One way to prove whose account it is.
#[derive(Debug, Clone, Serialize)]
pub struct WayToProve {
    /// What the form sends.
    pub value: String,
    /// Its kind.
    pub method: Method,
    /// Whether it is called rather than texted.
    pub by_call: bool,
    /// A hint of the address or number; empty for an app.
    pub hint: String,
}

/// *How do you want to prove that it is you?*
#[derive(Debug, Clone, Serialize)]
pub struct ResetWays {
    /// Where the form posts to, with the choice as `method`.
    pub action: String,
    /// The ways that there are.
    pub ways: Vec<WayToProve>,
    /// The one that was chosen before.
    pub chosen: String,
    /// Whether something was proved already.
    pub second: bool,
    /// Where a recovery code is typed; none where it cannot be used.
    pub recovery_code_href: Option<String>,
    /// Where a start code of the service desk is typed.
    pub start_code_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for ResetWays {
    const TEMPLATE: &'static str = "reset-ways.html";
    const FIELDS: &'static [&'static str] = &["method"];

    fn samples() -> Vec<Self> {
        let way = |value: &str, method, hint: &str| WayToProve {
            value: value.into(),
            method,
            by_call: value == "call",
            hint: hint.into(),
        };
        let first = Self {
            action: "/reset/methods".into(),
            ways: vec![
                way("a", Method::Text, "ending in 23"),
                way("call", Method::Text, "ending in 23"),
                way("b", Method::App, ""),
                way("d", Method::Approval, ""),
            ],
            chosen: String::new(),
            second: false,
            recovery_code_href: Some("/reset/recovery-code".into()),
            start_code_href: "/reset/start-code".into(),
            back: Some("/reset/user-name".into()),
        };
        let second = Self {
            ways: vec![way("c", Method::Email, "g•••@ysbyty-llanfihangel-y-creuddyn.northfield.example")],
            chosen: "c".into(),
            second: true,
            recovery_code_href: None,
            back: None,
            ..first.clone()
        };
        vec![first, second]
    }
}

/// The code that proves whose account it is.
#[derive(Debug, Clone, Serialize)]
pub struct ResetCode {
    /// Where the form with the code posts to.
    pub action: String,
    /// Where *Send New Code* posts to; an app needs none.
    pub resend_action: Option<String>,
    /// Where the code comes from.
    pub method: Method,
    /// A hint of the address or number. Empty for an app.
    pub sent_to: String,
    /// How long a code is good, in minutes.
    pub minutes: u32,
    /// Whether the message could not be delivered; never told before something was proved.
    pub undelivered: bool,
    /// Whether *Send New Code* was pressed just now.
    pub just_resent: bool,
    /// Where another way is chosen.
    pub other_ways_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for ResetCode {
    const TEMPLATE: &'static str = "reset-code.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let text = Self {
            action: "/reset/code".into(),
            resend_action: Some("/reset/code/new".into()),
            method: Method::Text,
            sent_to: "ending in 23".into(),
            minutes: 15,
            undelivered: false,
            just_resent: false,
            other_ways_href: "/reset/methods".into(),
            back: Some("/reset/methods".into()),
        };
        let app = Self { method: Method::App, sent_to: String::new(), resend_action: None, ..text.clone() };
        let email = Self {
            method: Method::Email,
            sent_to: "a•••@northfield.example".into(),
            just_resent: true,
            ..text.clone()
        };
        let undelivered = Self { undelivered: true, ..text.clone() };
        vec![text, app, email, undelivered]
    }
}

/// A start code of the service desk.
#[derive(Debug, Clone, Serialize)]
pub struct StartCode {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before.
    pub user_name: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for StartCode {
    const TEMPLATE: &'static str = "start-code.html";
    const FIELDS: &'static [&'static str] = &["user_name", "start_code"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/reset/start-code".into(),
            user_name: String::new(),
            back: Some("/reset".into()),
        };
        vec![plain.clone(), Self { user_name: "amina.khan@northfield.example".into(), ..plain }]
    }
}

/// A new password, after a reset. What was typed never comes back.
#[derive(Debug, Clone, Serialize)]
pub struct ChooseNewPassword {
    /// Where the form posts to.
    pub action: String,
    /// Whose it is.
    pub user_name: String,
    /// The field for the new one.
    pub new_password: NewPassword,
}

impl Page for ChooseNewPassword {
    const TEMPLATE: &'static str = "new-password.html";
    const FIELDS: &'static [&'static str] = &["password"];

    fn samples() -> Vec<Self> {
        vec![Self {
            action: "/reset/password".into(),
            user_name: "amina.khan@northfield.example".into(),
            new_password: NewPassword { name_fields: "user_name".into(), ..NewPassword::sample() },
        }]
    }
}

/// The end of a reset or an unlocking.
#[derive(Debug, Clone, Serialize)]
pub struct ResetDone {
    /// Whether the account was unlocked; otherwise it has a new password.
    pub unlocked: bool,
    /// Where the person signs in.
    pub sign_in_href: String,
}

impl Page for ResetDone {
    const TEMPLATE: &'static str = "reset-done.html";

    fn samples() -> Vec<Self> {
        [false, true].map(|unlocked| Self { unlocked, sign_in_href: "/sign-in".into() }).to_vec()
    }
}

/// *Change your password*, for somebody who is signed in. What was typed never comes back.
#[derive(Debug, Clone, Serialize)]
pub struct ChangePassword {
    /// Where the form posts to.
    pub action: String,
    /// Whose it is.
    pub user_name: String,
    /// The field for the new one.
    pub new_password: NewPassword,
    /// Whether it was changed just now.
    pub changed: bool,
    /// Where the person comes from.
    pub back: Option<String>,
}

impl Page for ChangePassword {
    const TEMPLATE: &'static str = "change-password.html";
    const FIELDS: &'static [&'static str] = &["current_password", "password"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/security-info/password".into(),
            user_name: "amina.khan@northfield.example".into(),
            new_password: NewPassword { name_fields: "user_name".into(), ..NewPassword::sample() },
            changed: false,
            back: Some("/home".into()),
        };
        vec![plain.clone(), Self { changed: true, ..plain }]
    }
}

//! Signing in: the password, then the second factor.

use serde::Serialize;

use crate::{Method, Page};

/// *Email address* and *Password*.
#[derive(Debug, Clone, Serialize)]
pub struct SignIn {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before. The password never comes back.
    pub user_name: String,
    /// First-time sign-in, for online training users and authorisers.
    pub first_time_href: String,
    /// Where an account is created.
    pub join_href: String,
    /// Whether the person has just signed out.
    pub signed_out: bool,
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "sign-in.html";
    const FIELDS: &'static [&'static str] = &["user_name", "password"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/sign-in".into(),
            user_name: String::new(),
            first_time_href: "/first-time".into(),
            join_href: "/join".into(),
            signed_out: false,
        };
        let typed = Self { user_name: "AMINA.KHAN@NORTHFIELD.EXAMPLE".into(), ..plain.clone() };
        let signed_out = Self { signed_out: true, ..plain.clone() };
        vec![plain, typed, signed_out]
    }
}

/// The second factor at sign-in. The address or number cannot be seen or changed here.
#[derive(Debug, Clone, Serialize)]
pub struct SignInCode {
    /// Where the form with the code posts to.
    pub action: String,
    /// Where *Send New Code* posts to; an app needs none.
    pub resend_action: Option<String>,
    /// Where the code comes from.
    pub method: Method,
    /// A hint of the address or number: "a•••@northfield.example", "ending in 23". Empty for an app.
    pub sent_to: String,
    /// Whether the message could not be delivered.
    pub undelivered: bool,
    /// Whether *Send New Code* was pressed just now.
    pub just_resent: bool,
    /// What was typed before, when it may be shown again: as a rule nothing.
    pub code: String,
    /// Back to the password.
    pub back: Option<String>,
}

impl Page for SignInCode {
    const TEMPLATE: &'static str = "sign-in-code.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let email = Self {
            action: "/sign-in/code".into(),
            resend_action: Some("/sign-in/code/new".into()),
            method: Method::Email,
            sent_to: "a•••@northfield.example".into(),
            undelivered: false,
            just_resent: false,
            code: String::new(),
            back: Some("/sign-in".into()),
        };
        let text =
            Self { method: Method::Text, sent_to: "ending in 23".into(), just_resent: true, ..email.clone() };
        let undelivered = Self { undelivered: true, just_resent: false, ..text.clone() };
        let app = Self { method: Method::App, sent_to: String::new(), resend_action: None, ..email.clone() };
        vec![email, text, undelivered, app]
    }
}
